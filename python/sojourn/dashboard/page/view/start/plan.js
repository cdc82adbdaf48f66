// @ts-check
/** Where an atom would be: node by node, as the realm thinks of it; asked again when something is changed. */
import { problemOf } from "../../core/rest.js";
import { html, useEffect, useState } from "../../core/ui.js";
import { number } from "../../core/unit.js";
import { StackedBars } from "../../part/bars.js";
import { Name, visible } from "../../part/name.js";
import { ProblemView } from "../../part/problem.js";
import { t } from "../../text/text.js";
import { FieldError, specOf } from "./form.js";

// Whoever types is let finish a word.
const PAUSE_MS = 300;
const SHOWN = 8;

/** @param {{app: import("../../core/app.js").App, digest: string, form: import("./form.js").Form}} props */
export function PlanPanel({ app, digest, form }) {
  const [state, set] = useState(/** @type {{found?: any, problem?: any}} */ ({}));
  const asked = JSON.stringify([digest, form.policy, form.objective, form.require, form.tags]);
  useEffect(() => {
    if (!digest) return undefined;
    const ending = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const { objective, policy, require, tags } = specOf({ ...form, checkpoint: "" });
        const body = { spec: { objective, policy, require, tags }, module: digest };
        const found = await app.rest.post("/v1/place", body, { signal: ending.signal });
        set({ found });
      } catch (error) {
        if (!ending.signal.aborted && !(error instanceof FieldError)) set({ problem: problemOf(error) });
      }
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [asked]);
  return html`<section class="card start-plan">
    <h2>${t("start.plan")}</h2>
    ${state.problem ? html`<${ProblemView} problem=${state.problem} />` : state.found ? html`<${Verdicts} found=${state.found} node=${form.node} />` : html`<p class="quiet-text">${t(digest ? "start.plan.asking" : "start.plan.none")}</p>`}
  </section>`;
}

/** @param {{found: any, node: string}} props */
function Verdicts({ found, node }) {
  /** @type {any[]} */
  const nodes = found.nodes ?? [];
  const fit = nodes.filter((each) => !each.refused?.length);
  const refused = nodes.filter((each) => each.refused?.length);
  const chosen = node || found.choice?.node || "";
  const unit = found.choice?.measure ?? "";
  const forced = node ? nodes.find((each) => each.node === node) : undefined;
  const rows = fit.slice(0, SHOWN).map((each) => ({
    key: each.node,
    label: each.node,
    parts: each.terms ?? [],
    note: `${number(each.score ?? 0, 2)} ${unit}`.trim(),
    marked: each.node === chosen,
  }));
  return html`<div role="status">
    <p class="start-choice">${chosen && !forced?.refused?.length ? html`${t(node ? "start.plan.asked" : "start.plan.goes")} <${Name} text=${chosen} />` : t("start.plan.nowhere")}</p>
    ${!node && found.choice?.reason && html`<p class="quiet-text">${visible(found.choice.reason)}</p>`}
    ${rows.length > 0 && html`<${StackedBars} label=${t("start.plan.scores")} rows=${rows} unit=${(/** @type {number} */ value) => `${number(value, 2)} ${unit}`.trim()} />`}
    ${fit.length > SHOWN && html`<p class="quiet-text">${t("start.plan.more", { count: fit.length - SHOWN })}</p>`}
    ${refused.length > 0 && html`<h3>${t("start.plan.refused")}</h3><ul class="start-said">${refused.slice(0, SHOWN).map((each) => html`<li key=${each.node}><${Name} text=${each.node} /> <span class="quiet-text">${visible(each.refused.join("; "))}</span></li>`)}</ul>`}
    ${found.objective && html`<p class="quiet-text">${t("start.plan.by")} <code>${visible(found.objective)}</code></p>`}
  </div>`;
}
