// @ts-check
/** One program: how its parts are, and what can be done with it. */
import { atomHref, nodeHref } from "../../core/route.js";
import { html, useState } from "../../core/ui.js";
import { ActionButton } from "../../part/action.js";
import { Badge } from "../../part/badge.js";
import { Name, visible } from "../../part/name.js";
import { t } from "../../text/text.js";
import { EditProgram } from "./edit.js";

/** @typedef {import("./programs.js").Program} Program */

/** The word of the page's badges that has the colour of a state. @type {Record<string, string>} */
const COLOURS = { partly: "cordoned", waiting: "cordoned", stopping: "starting" };

/** @param {{state: string}} props */
function State({ state }) {
  return html`<${Badge} state=${COLOURS[state] ?? state} text=${t(`programs.state.${state}`)} />`;
}

/** @param {{app: import("../../core/app.js").App, program: Program, onDone: () => void}} props */
export function ProgramCard({ app, program, onDone }) {
  const { name, parts } = program;
  const [editing, setEditing] = useState(false);
  const at = `/v1/programs/${encodeURIComponent(name)}`;
  const running = parts.filter((part) => part.state === "running").length;
  const working = parts.filter((part) => ["running", "starting", "waiting", "stopping"].includes(part.state)).length;
  const rest = parts.length - working;
  const off = app.can("atoms");
  return html`<article class="card programs-card" aria-label=${name}>
    <header class="programs-card-head">
      <h2><${Name} text=${name} /></h2> <${State} state=${program.state} />
      <span class="quiet-text">${t("programs.running", { count: running, of: parts.length })}</span>
    </header>
    ${program.description && html`<p>${visible(program.description)}</p>`}
    <ul class="programs-parts">${parts.map((part) => html`<${PartRow} key=${part.part} part=${part} />`)}</ul>
    ${parts.length === 0 && html`<p class="quiet-text">${t("programs.no-parts")}</p>`}
    <footer class="programs-foot">
      <${ActionButton} app=${app} scope="atoms" label=${t("programs.start")} title=${t("programs.start.title", { name })} confirm=${t("programs.start")}
        off=${parts.length === 0 ? t("programs.off.empty") : rest === 0 ? t("programs.off.running") : ""}
        consequences=${[t("programs.start.follows", { count: rest }), ...(working ? [t("programs.start.stay", { count: working })] : [])]}
        run=${() => app.rest.post(`${at}/start`, undefined, { once: true })} answer=${answered} onDone=${onDone} />
      <${Stop} app=${app} at=${at} name=${name} working=${working} onDone=${onDone} />
      <button type="button" class="button" aria-disabled=${Boolean(off)} title=${off || undefined} onClick=${() => !off && setEditing(true)}>${t("programs.edit")}</button>
      <${ActionButton} app=${app} scope="atoms" label=${t("programs.remove")} title=${t("programs.remove.title", { name })} confirm=${t("programs.remove")} danger quiet
        off=${working ? t("programs.off.working") : ""} consequences=${[t("programs.remove.follows")]}
        run=${() => app.rest.remove(at)} onDone=${onDone} />
    </footer>
    ${editing && html`<${EditProgram} app=${app} name=${name} onClose=${() => setEditing(false)} onDone=${onDone} />`}
  </article>`;
}

/** @param {{app: import("../../core/app.js").App, at: string, name: string, working: number, onDone: () => void}} props */
function Stop({ app, at, name, working, onDone }) {
  const [discard, setDiscard] = useState(false);
  return html`<${ActionButton} app=${app} scope="atoms" label=${t("programs.stop")} title=${t("programs.stop.title", { name })} confirm=${t("programs.stop")} danger
      off=${working ? "" : t("programs.off.stopped")}
      consequences=${[t("programs.stop.follows", { count: working }), t(discard ? "programs.stop.discards" : "programs.stop.keeps")]}
      onOpen=${() => setDiscard(false)} run=${() => app.rest.post(`${at}/stop`, { discard }, { once: true })} answer=${answered} onDone=${onDone}>
    <label class="field"><span></span><input type="checkbox" checked=${discard} onChange=${() => setDiscard(!discard)} /> ${t("programs.stop.discard")}</label>
  <//>`;
}

/** What was said of a start or a stop. @param {Program} told */
function answered(told) {
  return html`<p>${t(`programs.told.${told.state}`, { name: told.name })}</p>
    <ul class="programs-parts">${told.parts.map((part) => html`<${PartRow} key=${part.part} part=${part} />`)}</ul>`;
}

/** @param {{part: import("./programs.js").PartFacts}} props */
function PartRow({ part }) {
  return html`<li class="programs-part">
    <span class="programs-part-name"><${Name} text=${part.part} most=${22} /></span>
    <${State} state=${part.state} />
    <span class="programs-where">${part.atom && part.state !== "stopped" && html`<${Name} text=${part.atom} href=${atomHref(part.atom)} most=${36} />`} ${part.node && html`<span class="quiet-text">${t("programs.on")} <${Name} text=${part.node} href=${nodeHref(part.node)} most=${24} /></span>`}</span>
    ${part.reason && html`<span class=${part.state === "failed" ? "field-wrong programs-why" : "quiet-text programs-why"}>${visible(part.reason)}</span>`}
  </li>`;
}
