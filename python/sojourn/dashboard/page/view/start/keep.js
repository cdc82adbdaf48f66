// @ts-check
/** Keeps what is filled in as a part of a program, instead of starting it at once. */
import { href } from "../../core/route.js";
import { html, useEffect, useState } from "../../core/ui.js";
import { ActionButton } from "../../part/action.js";
import { t } from "../../text/text.js";
import { PART, PROGRAM, partName } from "../programs/definition.js";
import { bodyOf, FieldError } from "./form.js";

/** @param {{app: import("../../core/app.js").App, chosen: import("./start.js").Chosen, form: import("./form.js").Form, off: string}} props */
export function KeepAsProgram({ app, chosen, form, off }) {
  const [program, setProgram] = useState("");
  const [part, setPart] = useState("");
  const [names, setNames] = useState(/** @type {string[]} */ ([]));
  useEffect(() => setPart(partName(form.name || chosen.name.replace(/\.wasm$/, ""), new Set())), [chosen.name]);
  const opened = () => {
    app.rest.all("/v1/programs").then(
      (list) => setNames(list.map((each) => each.name)),
      () => {},
    );
  };
  async function keep() {
    const there = names.includes(program)
      ? await app.rest.get(`/v1/programs/${program}/definition`)
      : { description: "", parts: [] };
    let body;
    try {
      body = bodyOf(form, chosen.digest);
    } catch (error) {
      throw error instanceof FieldError ? new Error(t(`start.field.${error.key}`, error.values)) : error;
    }
    // A part of the same name is replaced.
    const others = there.parts.filter((/** @type {any} */ each) => each.part !== part);
    return app.rest.put(`/v1/programs/${program}`, { ...there, parts: [...others, { ...body, part }] });
  }
  return html`<${ActionButton} app=${app} scope="atoms" label=${t("start.keep")} title=${t("start.keep.title")} confirm=${t("start.keep.confirm")} off=${off}
      ready=${PROGRAM.test(program) && PART.test(part)} consequences=${[t(names.includes(program) ? "start.keep.adds" : "start.keep.makes", { program: program || "…" })]} onOpen=${opened}
      run=${keep} answer=${(/** @type {any} */ told) => html`<p>${t("start.keep.kept", { program: told.name, count: told.parts.length })} <a href=${href("programs")}>${t("start.keep.go")}</a></p>`}>
    <label class="field"><span>${t("start.keep.program")}</span><input list="start-programs" value=${program} autocomplete="off" onInput=${(/** @type {Event} */ event) => setProgram(/** @type {HTMLInputElement} */ (event.currentTarget).value)} /></label>
    <datalist id="start-programs">${names.map((name) => html`<option key=${name} value=${name}></option>`)}</datalist>
    <label class="field"><span>${t("start.keep.part")}</span><input value=${part} autocomplete="off" onInput=${(/** @type {Event} */ event) => setPart(/** @type {HTMLInputElement} */ (event.currentTarget).value)} /></label>
  <//>`;
}
