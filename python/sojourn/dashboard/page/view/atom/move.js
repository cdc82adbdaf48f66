// @ts-check
/** Moves an atom: which node, what that gains, and how long it would stand still. */

import { atomPath } from "../../core/record.js";
import { problemOf } from "../../core/rest.js";
import { html, useEffect, useState } from "../../core/ui.js";
import { ms } from "../../core/unit.js";
import { ActionButton } from "../../part/action.js";
import { Name, visible } from "../../part/name.js";
import { ProblemView } from "../../part/problem.js";
import { t } from "../../text/text.js";
import { costs } from "./placement.js";

/** @typedef {{node: string, score: number|null, gain: number|null, refused: string[], here: boolean}} Choice */

/**
 * Where it could go: those that would do by what they cost, then those that would not.
 * @param {any} explanation
 * @returns {Choice[]}
 */
export function choicesOf(explanation) {
  const here = explanation.nodes.find((/** @type {any} */ each) => each.here)?.score ?? explanation.choice.here ?? null;
  return explanation.nodes.map((/** @type {any} */ each) => ({
    node: each.node,
    score: each.score ?? null,
    gain: here === null || each.score === undefined || each.score === null ? null : here - each.score,
    refused: each.refused ?? [],
    here: each.here ?? false,
  }));
}

/**
 * The requirement by which a plan tells what a move there would cost.
 * @param {string} require that there is already
 * @param {string} node
 */
export function only(require, node) {
  const there = `name == ${JSON.stringify(node)}`;
  return require ? `(${require}) and ${there}` : there;
}

/** @param {{app: import("../../core/app.js").App, record: any, off: string}} props */
export function MoveAction({ app, record, off }) {
  const [asked, ask] = useState(0);
  const [told, set] = useState(/** @type {{explanation?: any, problem?: any}} */ ({}));
  const [target, choose] = useState("");
  const path = atomPath(record.name);
  useEffect(() => {
    if (!asked) return undefined;
    const ending = new AbortController();
    app.rest.get(`${path}/explanation`, { signal: ending.signal }).then(
      (explanation) => {
        set({ explanation });
        const best = choicesOf(explanation).find((each) => !each.refused.length && !each.here);
        choose(best?.node ?? "");
      },
      (error) => ending.signal.aborted || set({ problem: problemOf(error) }),
    );
    return () => ending.abort();
  }, [app.rest, path, asked]);
  const choices = told.explanation ? choicesOf(told.explanation) : [];
  const measure = told.explanation?.choice.measure ?? "";
  const chosen = choices.find((each) => each.node === target);
  const cost = useCost(app, record, asked ? target : "");
  const consequences = [t("atom.do.move.follows")];
  if (chosen?.gain !== null && chosen?.gain !== undefined) consequences.push(gained(chosen.gain, measure, target));
  if (cost) consequences.push(t("atom.do.move.cost", { cost: ms(cost.cost_ms), total: ms(cost.total_ms) }));
  return html`<${ActionButton} app=${app} scope="atoms" off=${off} label=${t("atom.do.move")} title=${t("atom.do.move.title", { name: visible(record.name) })}
    consequences=${consequences} ready=${Boolean(target)} confirm=${target ? t("atom.do.move.confirm", { node: visible(target) }) : t("atom.do.move")}
    onOpen=${() => {
      set({});
      ask((n) => n + 1);
    }}
    run=${() => app.rest.post(`${path}/moves`, { target, cause: "asked for on the dashboard" }, { once: true })}
    answer=${(/** @type {any} */ move) => html`<p>${t("atom.do.move.done", { number: String(move.number), source: visible(move.source), target: visible(move.target) })}</p>`}>
    ${told.problem && html`<${ProblemView} problem=${told.problem} />`}
    ${!told.explanation && !told.problem && html`<p class="quiet-text">${t("shell.loading")}</p>`}
    ${
      choices.length > 0 &&
      html`<fieldset class="atom-targets"><legend>${t("atom.do.move.where")}</legend>
      ${choices.map((each) => {
        const why = each.here ? t("atom.do.move.there") : each.refused.map(visible).join("; ");
        return html`<label key=${each.node} class=${why ? "atom-target off" : "atom-target"}>
          <input type="radio" name="target" value=${each.node} checked=${target === each.node} disabled=${Boolean(why)} onChange=${() => choose(each.node)} />
          <${Name} text=${each.node} most=${32} />
          <span class="atom-target-note">${why || (each.gain === null ? "" : gainedShort(each.gain, measure))}</span>
        </label>`;
      })}</fieldset>`
    }
  <//>`;
}

/**
 * What a move there would cost, as past moves tell; null: not known.
 * @param {import("../../core/app.js").App} app
 * @param {any} record
 * @param {string} target "": none
 */
function useCost(app, record, target) {
  const [cost, set] = useState(/** @type {{cost_ms: number, total_ms: number}|null} */ (null));
  useEffect(() => {
    set(null);
    if (!target) return undefined;
    const ending = new AbortController();
    const change = { what: "change", atom: record.name, to: { require: only(record.spec?.require ?? "", target) } };
    app.rest.post("/v1/plan", { change }, { signal: ending.signal }).then(
      (plan) => {
        const move = plan.moves.find((/** @type {any} */ each) => each.atom === record.name && each.target === target);
        if (move) set(move);
      },
      // What it costs is left out where nobody can tell.
      () => {},
    );
    return () => ending.abort();
  }, [app.rest, record.name, target]);
  return cost;
}

/** Whether a gain is none as it is shown. @param {number} gain @param {string} measure */
function none(gain, measure) {
  return costs(Math.abs(gain), measure) === costs(0, measure);
}

/** What going to a node gains, in a sentence. @param {number} gain @param {string} measure @param {string} target */
function gained(gain, measure, target) {
  const node = visible(target);
  if (none(gain, measure)) return t("atom.do.move.same", { node });
  return gain > 0
    ? t("atom.do.move.gain", { gain: costs(gain, measure), node })
    : t("atom.do.move.loss", { loss: costs(-gain, measure), node });
}

/** The same in two words. @param {number} gain @param {string} measure */
function gainedShort(gain, measure) {
  if (none(gain, measure)) return t("atom.do.move.same.short");
  return t(gain > 0 ? "atom.do.move.less" : "atom.do.move.more", { by: costs(Math.abs(gain), measure) });
}
