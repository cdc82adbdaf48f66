// @ts-check
/** Changes a program: what it is called for people, how its parts stand and fall, and what each part is given. */
import { problemOf } from "../../core/rest.js";
import { html, useEffect, useState } from "../../core/ui.js";
import { short } from "../../core/unit.js";
import { ActionDialog, Dialog } from "../../part/dialog.js";
import { ProblemView } from "../../part/problem.js";
import { need, t } from "../../text/text.js";
import { FieldError, POLICIES } from "../start/form.js";
import { applied, formOf, PART } from "./definition.js";

/** @typedef {import("./definition.js").Definition} Definition */
/** @typedef {import("./definition.js").Fields} Fields */

/** @param {{app: import("../../core/app.js").App, name: string, onClose: () => void, onDone: () => void}} props */
export function EditProgram({ app, name, onClose, onDone }) {
  const at = `/v1/programs/${encodeURIComponent(name)}`;
  const [asked, set] = useState(/** @type {{definition?: Definition, problem?: any}} */ ({}));
  useEffect(() => {
    let here = true;
    // What is wrong with a field is said as on the start page.
    Promise.all([app.rest.get(`${at}/definition`), need("start")]).then(
      ([definition]) => here && set({ definition }),
      (error) => here && set({ problem: problemOf(error) }),
    );
    return () => {
      here = false;
    };
  }, [at]);
  if (asked.definition)
    return html`<${Editing} app=${app} at=${at} name=${name} definition=${asked.definition} onClose=${onClose} onDone=${onDone} />`;
  return html`<${Dialog} title=${t("programs.edit.title", { name })} onClose=${onClose}>
    ${asked.problem ? html`<${ProblemView} problem=${asked.problem} />` : html`<p class="quiet-text">${t("shell.loading")}</p>`}
  <//>`;
}

/** @param {{app: import("../../core/app.js").App, at: string, name: string, definition: Definition, onClose: () => void, onDone: () => void}} props */
function Editing({ app, at, name, definition, onClose, onDone }) {
  const [description, setDescription] = useState(definition.description);
  const [strategy, setStrategy] = useState(definition.strategy);
  const [rows, setRows] = useState(() => definition.parts.map((part) => ({ part, fields: formOf(part) })));
  const put = (/** @type {number} */ at, /** @type {Partial<Fields>} */ change) =>
    setRows((now) => now.map((row, i) => (i === at ? { ...row, fields: { ...row.fields, ...change } } : row)));
  async function keep() {
    try {
      return await app.rest.put(at, {
        description,
        strategy,
        parts: rows.map(({ part, fields }) => applied(part, fields)),
      });
    } catch (error) {
      throw error instanceof FieldError ? new Error(t(`start.field.${error.key}`, error.values)) : error;
    }
  }
  return html`<${ActionDialog} title=${t("programs.edit.title", { name })} confirm=${t("programs.edit.keep")} consequences=${[t("programs.edit.follows")]}
      ready=${rows.every(({ fields }) => PART.test(fields.part.trim()))} run=${keep} answer=${() => html`<p>${t("programs.edit.kept", { name })}</p>`} onDone=${onDone} onClose=${onClose}>
    <label class="field"><span>${t("programs.description")}</span><input value=${description} onInput=${(/** @type {Event} */ event) => setDescription(textIn(event))} /></label>
    <label class="field"><span>${t("programs.strategy")}</span><select value=${strategy} onChange=${(/** @type {Event} */ event) => setStrategy(textIn(event))}>
      ${["one_for_one", "all_for_one"].map((each) => html`<option key=${each} value=${each}>${t(`programs.strategy.${each}`)}</option>`)}</select></label>
    ${rows.map((row, i) => html`<${PartFields} key=${i} app=${app} module=${row.part.module} fields=${row.fields} put=${(/** @type {Partial<Fields>} */ change) => put(i, change)} remove=${() => setRows((now) => now.filter((_, each) => each !== i))} />`)}
  <//>`;
}

/** @param {Event} event */
function textIn(event) {
  return /** @type {HTMLInputElement} */ (event.currentTarget).value;
}

/** @param {{app: import("../../core/app.js").App, module: string, fields: Fields, put: (change: Partial<Fields>) => void, remove: () => void}} props */
function PartFields({ app, module, fields, put, remove }) {
  const nodes = [...app.picture.nodes.keys()].sort();
  const field = (
    /** @type {keyof Fields} */ key,
  ) => html`<label class="field"><span>${t(`programs.field.${key}`)}</span>
    <input value=${fields[key]} spellcheck=${false} autocomplete="off" onInput=${(/** @type {Event} */ event) => put({ [key]: textIn(event) })} /></label>`;
  return html`<details class="programs-edit" open=${!PART.test(fields.part.trim())}>
    <summary><bdi>${fields.part || "…"}</bdi> <code>${short(module)}</code> ${fields.arguments && html`<code class="quiet-text">${fields.arguments}</code>`}</summary>
    ${field("part")} ${field("arguments")}
    <label class="field"><span>${t("programs.field.environment")}</span><textarea rows="2" spellcheck=${false} value=${fields.environment} onInput=${(/** @type {Event} */ event) => put({ environment: textIn(event) })}></textarea></label>
    <label class="field"><span>${t("programs.field.policy")}</span><select value=${fields.policy} onChange=${(/** @type {Event} */ event) => put({ policy: textIn(event) })}>
      <option value="">${t("programs.usual")}</option>${POLICIES.map((each) => html`<option key=${each} value=${each}>${each.replaceAll("_", " ")}</option>`)}</select></label>
    ${field("objective")} ${field("require")}
    <label class="field"><span>${t("programs.field.node")}</span><select value=${fields.node} onChange=${(/** @type {Event} */ event) => put({ node: textIn(event) })}>
      <option value="">${t("programs.any-node")}</option>${nodes.map((each) => html`<option key=${each} value=${each}>${each}</option>`)}</select></label>
    <label class="field"><span>${t("programs.field.restart")}</span><select value=${fields.restart} onChange=${(/** @type {Event} */ event) => put({ restart: textIn(event) })}>
      <option value="">${t("programs.usual")}</option>${["never", "start", "image"].map((each) => html`<option key=${each} value=${each}>${t(`programs.restart.${each}`)}</option>`)}</select></label>
    <button type="button" class="button small danger-quiet" onClick=${remove}>${t("programs.part.remove")}</button>
  </details>`;
}
