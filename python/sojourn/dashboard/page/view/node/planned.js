/** A plan, as people read it: who would go where, and what that costs. Nothing has been done. */
import { problemOf } from "../../core/rest.js";
import { html, useEffect, useState } from "../../core/ui.js";
import { ms } from "../../core/unit.js";
import { Name, visible } from "../../part/name.js";
import { ProblemView } from "../../part/problem.js";
import { DataTable } from "../../part/table.js";
import { t } from "../../text/text.js";
import { summed } from "./plan.js";

/** @typedef {import("./plan.js").Plan} Plan */

/** @returns {import("../../part/table.js").Column[]} */
function columns() {
  return [
    {
      key: "atom",
      label: t("node.plan.atom"),
      width: "minmax(8rem, 2fr)",
      value: (move) => move.atom,
      cell: (move) => html`<${Name} text=${move.atom} most=${40} />`,
    },
    {
      key: "target",
      label: t("node.plan.target"),
      width: "minmax(6rem, 1fr)",
      value: (move) => move.target,
      cell: (move) => html`<${Name} text=${move.target} most=${30} />`,
    },
    {
      key: "cost",
      label: t("node.plan.cost"),
      width: "6rem",
      align: "end",
      value: (move) => move.cost_ms ?? 0,
      cell: (move) => (move.source ? ms(move.cost_ms ?? 0) : "–"),
    },
    {
      key: "reason",
      label: t("node.plan.reason"),
      width: "minmax(7rem, 2fr)",
      value: (move) => move.reason ?? "",
      cell: (move) => html`<bdi title=${visible(move.reason ?? "")}>${visible(move.reason ?? "")}</bdi>`,
    },
  ];
}

/**
 * Asks what would follow of a change to a node, and shows it.
 *
 * @param {{app: import("../../core/app.js").App, node: string, what: "drain" | "lose", onPlan?: (plan: Plan | undefined) => void}} props
 */
export function PlanOf({ app, node, what, onPlan }) {
  const [told, set] = useState(/** @type {{plan?: Plan, problem?: any}} */ ({}));
  const [asked, again] = useState(0);
  useEffect(() => {
    const ending = new AbortController();
    set({});
    onPlan?.(undefined);
    app.rest.post("/v1/plan", { change: { what, node } }, { signal: ending.signal }).then(
      (/** @type {Plan} */ plan) => {
        set({ plan });
        onPlan?.(plan);
      },
      (/** @type {any} */ error) => ending.signal.aborted || set({ problem: problemOf(error) }),
    );
    return () => ending.abort();
  }, [app, node, what, asked]);
  if (told.problem) return html`<${ProblemView} problem=${told.problem} retry=${() => again(asked + 1)} />`;
  if (!told.plan) return html`<p class="quiet-text" role="status">${t("node.plan.asking")}</p>`;
  return html`<${PlanView} plan=${told.plan} lost=${what === "lose"} />`;
}

/** @param {{plan: Plan, lost: boolean}} props */
export function PlanView({ plan, lost }) {
  const sum = summed(plan);
  if (sum.moves === 0 && sum.unplaced === 0) return html`<p>${t("node.plan.nobody")}</p>`;
  const targets = sum.targets.map(({ node, count }) => `${visible(node)} (${count})`).join(", ");
  return html`<div class="node-plan">
    <ul>
      ${sum.moves > 0 && html`<li>${t(lost ? "node.plan.restored" : "node.plan.moved", { count: sum.moves, targets })}</li>`}
      ${sum.moves > 0 && !lost && html`<li>${t("node.plan.still", { longest: ms(sum.longest_ms), together: ms(sum.together_ms) })}</li>`}
      ${sum.unplaced > 0 && html`<li class="node-bad">${t(lost ? "node.plan.homeless" : "node.plan.stuck", { count: sum.unplaced })}</li>`}
    </ul>
    ${
      sum.unplaced > 0 &&
      html`<ul class="node-unplaced">${plan.unplaced
        .slice(0, 20)
        .map(
          (each) =>
            html`<li key=${each.atom}><${Name} text=${each.atom} most=${40} />: <bdi>${visible(each.reason ?? "")}</bdi></li>`,
        )}</ul>`
    }
    ${
      sum.moves > 0 &&
      html`<${DataTable} caption=${t("node.plan.table")} columns=${columns()} rows=${plan.moves} rowKey=${(/** @type {any} */ move) => move.atom} height="14rem" />`
    }
  </div>`;
}
