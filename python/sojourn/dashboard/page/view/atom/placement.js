// @ts-check
/** Where an atom is and why: what each node would cost it, term by term; and what is wanted of it, which can be changed. */

import { atomPath } from "../../core/record.js";
import { problemOf } from "../../core/rest.js";
import { nodeHref } from "../../core/route.js";
import { html, useEffect, useState } from "../../core/ui.js";
import { ago, number } from "../../core/unit.js";
import { StackedBars } from "../../part/bars.js";
import { Name, visible } from "../../part/name.js";
import { ProblemView } from "../../part/problem.js";
import { t } from "../../text/text.js";
import { SpecForm } from "./spec.js";

/** @typedef {import("../../core/app.js").App} App */

const EVERY_MS = 5000;

/**
 * A score with its measure.
 * @param {number} value
 * @param {string} measure
 */
export function costs(value, measure) {
  return measure ? `${number(value, 2)}\u00a0${visible(measure)}` : number(value, 2);
}

/**
 * An explanation that is asked for again and again while it is looked at.
 * @param {App} app
 * @param {string} name
 * @param {unknown} again asked for at once when this changes
 */
export function useExplanation(app, name, again) {
  const [told, set] = useState(/** @type {{explanation?: any, problem?: any}} */ ({}));
  useEffect(() => {
    const ending = new AbortController();
    const ask = async () => {
      if (document.hidden) return;
      try {
        set({ explanation: await app.rest.get(`${atomPath(name)}/explanation`, { signal: ending.signal }) });
      } catch (error) {
        if (!ending.signal.aborted) set((now) => ({ ...now, problem: problemOf(error) }));
      }
    };
    void ask();
    const timer = setInterval(ask, EVERY_MS);
    return () => {
      clearInterval(timer);
      ending.abort();
    };
  }, [app.rest, name, again]);
  return told;
}

/** @param {{app: App, record: any, off: string, now: number, onChanged: () => void}} props */
export function Placement({ app, record, off, now, onChanged }) {
  const told = useExplanation(app, record.name, `${record.node} ${record.spec?.objective} ${record.spec?.policy}`);
  const { explanation, problem } = told;
  return html`<div class="atom-two">
    <section class="card">
      <h2>${t("atom.placement.why")}</h2>
      ${problem && html`<${ProblemView} problem=${problem} />`}
      ${!explanation && !problem && html`<p class="quiet-text">${t("shell.loading")}</p>`}
      ${explanation && html`<${Explained} explanation=${explanation} now=${now} />`}
    </section>
    <section class="card">
      <h2>${t("atom.spec")}</h2>
      <p class="quiet-text">${t("atom.spec.about")}</p>
      <${SpecForm} app=${app} record=${record} off=${off} onChanged=${onChanged} />
    </section>
  </div>`;
}

/** @param {{explanation: any, now: number}} props */
export function Explained({ explanation, now }) {
  const { choice, nodes, notes = [] } = explanation;
  const measure = choice.measure ?? "";
  const fit = nodes.filter((/** @type {any} */ each) => !each.refused?.length);
  const refused = nodes.filter((/** @type {any} */ each) => each.refused?.length);
  return html`
    <p>${visible(choice.reason ?? "")}</p>
    <dl class="atom-facts">
      <dt>${t("atom.policy")}</dt><dd>${visible(explanation.policy)}</dd>
      ${explanation.objective && html`<dt>${t("atom.objective")}</dt><dd><code>${visible(explanation.objective)}</code></dd>`}
      ${explanation.require && html`<dt>${t("atom.require")}</dt><dd><code>${visible(explanation.require)}</code></dd>`}
    </dl>
    ${
      fit.length > 0 &&
      html`<${StackedBars} label=${t("atom.placement.bars")} unit=${(/** @type {number} */ value) => costs(value, measure)}
      rows=${fit.map((/** @type {any} */ each) => ({
        key: each.node,
        label: each.node,
        href: nodeHref(each.node),
        marked: each.here ?? false,
        parts: each.terms ?? [],
        note: each.here
          ? t("atom.placement.here", { score: costs(each.score ?? 0, measure) })
          : costs(each.score ?? 0, measure),
      }))} />
      <p class="quiet-text">${t("atom.placement.less")}</p>`
    }
    ${
      refused.length > 0 &&
      html`<h3>${t("atom.placement.refused", { count: refused.length })}</h3>
      <ul class="atom-refused">${refused.slice(0, 200).map((/** @type {any} */ each) => html`<li key=${each.node}><${Name} text=${each.node} href=${nodeHref(each.node)} /> <span>${each.refused.map(visible).join("; ")}</span></li>`)}</ul>
      ${refused.length > 200 && html`<p class="quiet-text">${t("atom.more", { count: refused.length - 200 })}</p>`}`
    }
    ${notes.length > 0 && html`<ul class="atom-notes">${notes.map((/** @type {string} */ each) => html`<li key=${each}>${visible(each)}</li>`)}</ul>`}
    <p class="quiet-text">${t("atom.placement.at", { ago: ago(explanation.at, now) })}</p>
  `;
}
