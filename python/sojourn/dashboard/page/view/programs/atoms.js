// @ts-check
/** Makes a program of atoms that run: they stay as they are, and are its parts from then on. */
import { atomPath } from "../../core/record.js";
import { html, useState } from "../../core/ui.js";
import { ActionButton } from "../../part/action.js";
import { Name } from "../../part/name.js";
import { t } from "../../text/text.js";
import { PROGRAM, partOfAtom } from "./definition.js";

const SHOWN = 200;
const MOST = 64;

/** @param {{app: import("../../core/app.js").App, programs: import("./programs.js").Program[], onDone: () => void}} props */
export function FromAtoms({ app, programs, onDone }) {
  // An atom is part of one program.
  const others = new Set(programs.flatMap((program) => program.parts.map((part) => part.atom ?? "")));
  const [name, setName] = useState("");
  const [filter, setFilter] = useState("");
  const [chosen, setChosen] = useState(/** @type {ReadonlySet<string>} */ (new Set()));
  const running = [...app.picture.atoms.values()].filter(
    (atom) => !atom.kind && atom.state === "running" && atom.wish !== "stop" && !others.has(atom.name),
  );
  const shown = running.filter((atom) => atom.name.toLowerCase().includes(filter.toLowerCase())).slice(0, SHOWN);
  const taken = programs.some((program) => program.name === name);
  const turn = (/** @type {string} */ atom) => {
    const next = new Set(chosen);
    if (!next.delete(atom)) next.add(atom);
    setChosen(next);
  };
  async function make() {
    /** @type {import("./definition.js").Part[]} */
    const parts = [];
    for (const atom of chosen) {
      const record = await app.rest.get(atomPath(atom));
      // What it was given is known to itself only. Where it cannot be looked into, it begins without arguments the next time.
      const inspection = await app.rest
        .post(`${atomPath(atom)}/inspection`, undefined, { query: { most: 0 } })
        .catch(() => null);
      parts.push(partOfAtom(record, inspection, new Set(parts.map((part) => part.part))));
    }
    return app.rest.put(`/v1/programs/${name}`, { parts });
  }
  return html`<${ActionButton} app=${app} scope="atoms" label=${t("programs.from-atoms")} title=${t("programs.from-atoms.title")} confirm=${t("programs.from-atoms.make")}
      off=${running.length ? "" : t("programs.off.no-atom")} ready=${PROGRAM.test(name) && !taken && chosen.size > 0 && chosen.size <= MOST}
      consequences=${[t("programs.from-atoms.follows", { count: chosen.size }), t("programs.from-atoms.environment")]}
      onOpen=${() => {
        setName("");
        setFilter("");
        setChosen(new Set());
      }}
      run=${make} answer=${(/** @type {any} */ told) => html`<p>${t("programs.from-atoms.made", { name: told.name, count: told.parts.length })}</p>`} onDone=${onDone}>
    <label class="field"><span>${t("programs.name")}</span><input value=${name} autocomplete="off" spellcheck=${false} onInput=${(/** @type {Event} */ event) => setName(/** @type {HTMLInputElement} */ (event.currentTarget).value.trim())} /></label>
    ${taken && html`<p class="field-wrong" role="alert">${t("programs.taken", { name })}</p>`}
    ${name && !PROGRAM.test(name) && html`<p class="field-wrong" role="alert">${t("programs.name.wrong")}</p>`}
    ${running.length > 8 && html`<label class="field"><span>${t("programs.filter.atoms")}</span><input type="search" value=${filter} onInput=${(/** @type {Event} */ event) => setFilter(/** @type {HTMLInputElement} */ (event.currentTarget).value)} /></label>`}
    <ul class="programs-choose">${shown.map((atom) => html`<li key=${atom.name}><label><input type="checkbox" checked=${chosen.has(atom.name)} onChange=${() => turn(atom.name)} /> <${Name} text=${atom.name} most=${40} /> <span class="quiet-text">${t("programs.on")} ${atom.node}</span></label></li>`)}</ul>
  <//>`;
}
