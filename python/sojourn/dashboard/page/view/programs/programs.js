// @ts-check
/** Programs: atoms that are started and stopped together. A list of them, with the state of each part. */
import { problemOf } from "../../core/rest.js";
import { href } from "../../core/route.js";
import { html, useChange, useEffect, useState } from "../../core/ui.js";
import { ProblemView } from "../../part/problem.js";
import { SearchField } from "../../part/search.js";
import { t } from "../../text/text.js";
import { FromAtoms } from "./atoms.js";
import { ProgramCard } from "./card.js";

// Several events come at once; the list is asked for once.
const PAUSE_MS = 150;

/** @typedef {{part: string, module: string, state: string, atom?: string, node?: string, reason?: string}} PartFacts */
/** @typedef {{name: string, description?: string, strategy?: string, wish: string, state: string, changed_at?: number, parts: PartFacts[]}} Program */

/**
 * All programs, kept new by what happens.
 * @param {import("../../core/app.js").App} app
 * @returns {[Program[]|null, any, () => void]}
 */
function usePrograms(app) {
  const [list, set] = useState(/** @type {Program[]|null} */ (null));
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const [asked, again] = useState(0);
  useEffect(() => {
    let here = true;
    app.rest.all("/v1/programs").then(
      (found) => {
        if (!here) return;
        set(found);
        setProblem(null);
      },
      (error) => here && setProblem(problemOf(error)),
    );
    return () => {
      here = false;
    };
  }, [asked, app.source]);
  useEffect(() => {
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    let timer;
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        again((n) => n + 1);
      }, PAUSE_MS);
    };
    const offs = [
      app.events.onEvent((event) => {
        if (event.kind.startsWith("program.") || event.kind.startsWith("atom.")) soon();
      }),
      // After it was away, the controller may know of others.
      app.source.onChange(soon),
    ];
    return () => {
      clearTimeout(timer);
      for (const off of offs) off();
    };
  }, [app.source]);
  return [list, problem, () => again((n) => n + 1)];
}

/** @param {{app: import("../../core/app.js").App, params: Record<string, string>, query: Record<string, string>}} props */
export function ProgramsView({ app }) {
  useChange(app);
  const [list, problem, again] = usePrograms(app);
  const [filter, setFilter] = useState("");
  const wanted = filter.toLowerCase();
  const shown = (list ?? []).filter((each) => `${each.name} ${each.description ?? ""}`.toLowerCase().includes(wanted));
  const recording = app.source.kind === "recording";
  return html`<section class="programs">
    <header class="programs-head">
      <div><h1>${t("programs.title")}</h1><p class="programs-lead">${t("programs.lead")}</p></div>
      <div class="programs-make">
        <a class="button primary" href=${href("start")}>${t("programs.from-start")}</a>
        <${FromAtoms} app=${app} programs=${list ?? []} onDone=${again} />
      </div>
    </header>
    ${recording && html`<p class="card" role="status">${t("programs.recording")}</p>`}
    ${problem && html`<${ProblemView} problem=${problem} retry=${again} />`}
    ${(list ?? []).length > 4 && html`<${SearchField} label=${t("programs.filter")} value=${filter} onInput=${setFilter} found=${t("programs.found", { count: shown.length, of: (list ?? []).length })} />`}
    ${list === null && !problem && html`<p class="quiet-text" role="status">${t("shell.loading")}</p>`}
    ${list?.length === 0 && html`<div class="card programs-none"><h2>${t("programs.none")}</h2><p>${t("programs.none.how")}</p><p><a href=${href("first")}>${t("programs.none.try")}</a></p></div>`}
    <div class="programs-list">${shown.map((program) => html`<${ProgramCard} key=${program.name} app=${app} program=${program} onDone=${again} />`)}</div>
  </section>`;
}
