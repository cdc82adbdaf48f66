// @ts-check
/** What an atom is given, and what is wanted of it. */
import { html } from "../../core/ui.js";
import { t } from "../../text/text.js";
import { POLICIES } from "./form.js";
import { Mounts } from "./mounts.js";

/** @typedef {import("./form.js").Form} Form */
/** @typedef {{form: Form, change: (part: Partial<Form>) => void}} Editing */

const RESTARTS = ["never", "start", "image"];

/** @param {Editing & {app: import("../../core/app.js").App, said: [string, string][]}} props */
export function Fields({ app, form, said, change }) {
  const says = (/** @type {string} */ key) => said.findLast(([name]) => name === key)?.[1] ?? "";
  const nodes = [...app.picture.nodes.values()].filter(
    ({ facts, state }) => state === "up" && facts.hosts && !facts.kind,
  );
  const given = { form, change };
  return html`<div class="start-fields">
    <fieldset class="card"><legend>${t("start.given")}</legend>
      <${Field} ...${given} at="name" hint=${says("name") || t("start.name.hint")} />
      <${Field} ...${given} at="arguments" hint=${t("start.arguments.hint")} />
      <${Area} ...${given} at="environment" hint="NAME=VALUE" />
      <div class="field" role="radiogroup" aria-label=${t("start.input")}><span>${t("start.input")}</span>
        <div class="start-choices">${["none", "text", "later"].map((kind) => html`<label key=${kind}><input type="radio" name="start-input" checked=${form.input === kind} onChange=${() => change({ input: /** @type {Form["input"]} */ (kind) })} /> ${t(`start.input.${kind}`)}</label>`)}</div>
      </div>
      ${form.input === "text" && html`<${Area} ...${given} at="stdin" hint="" />`}
      <${Mounts} mounts=${form.mounts} change=${(/** @type {Form["mounts"]} */ mounts) => change({ mounts })} />
      <details><summary>${t("start.more")}</summary>
        <${Field} ...${given} at="program" hint="main.wasm" />
        <${Area} ...${given} at="channels" hint="/ch/light/data rw" />
        <${Field} ...${given} at="channelTo" hint="node-1/panel" />
        <${Field} ...${given} at="listen" hint="127.0.0.1:8080" />
      </details>
    </fieldset>
    <fieldset class="card"><legend>${t("start.wanted")}</legend>
      <label class="field"><span>${t("start.policy")}</span><select value=${form.policy} onChange=${(/** @type {Event} */ event) => change({ policy: fieldText(event) })}>
        <option value="">${says("policy") || t("start.policy.default")}</option>
        ${POLICIES.map((policy) => html`<option key=${policy} value=${policy}>${policy.replaceAll("_", " ")}</option>`)}
      </select></label>
      <${Field} ...${given} at="objective" hint=${says("objective") || "latency_ms(client) + 0.05 * finish_ms"} code />
      <${Field} ...${given} at="require" hint=${says("require") || 'arch == "x86_64" and memory_free >= 1 GiB'} code />
      <${Field} ...${given} at="tags" hint="gpu zone=eu" />
      <label class="field"><span>${t("start.node")}</span><select value=${form.node} onChange=${(/** @type {Event} */ event) => change({ node: fieldText(event) })}>
        <option value="">${t("start.node.any")}</option>
        ${nodes.map(({ facts }) => html`<option key=${facts.name} value=${facts.name}>${facts.name}</option>`)}
      </select></label>
      <label class="field"><span>${t("start.restart")}</span><select value=${form.restart} onChange=${(/** @type {Event} */ event) => change({ restart: fieldText(event) })}>
        <option value="">${says("restart") || t("start.restart.default")}</option>
        ${RESTARTS.map((how) => html`<option key=${how} value=${how}>${t(`start.restart.${how}`)}</option>`)}
      </select></label>
      <${Field} ...${given} at="checkpoint" hint=${says("checkpoint") || t("start.checkpoint.hint")} />
    </fieldset>
  </div>`;
}

/** @param {Event} event */
function fieldText(event) {
  return /** @type {HTMLInputElement} */ (event.currentTarget).value;
}

/** @typedef {"name"|"arguments"|"program"|"channelTo"|"listen"|"objective"|"require"|"tags"|"checkpoint"|"environment"|"stdin"|"channels"} Text */

/** @param {Editing & {at: Text, hint: string, code?: boolean}} props */
function Field({ form, change, at, hint, code = false }) {
  return html`<label class="field"><span>${t(`start.${at}`)}</span>
    <input class=${code ? "start-code" : ""} value=${form[at]} placeholder=${hint} spellcheck=${false} autocomplete="off" onInput=${(/** @type {Event} */ event) => change({ [at]: fieldText(event) })} /></label>`;
}

/** @param {Editing & {at: Text, hint: string}} props */
function Area({ form, change, at, hint }) {
  const rows = Math.min(8, Math.max(2, form[at].split("\n").length));
  return html`<label class="field"><span>${t(`start.${at}`)}</span>
    <textarea class="start-code" rows=${rows} value=${form[at]} placeholder=${hint} spellcheck=${false} onInput=${(/** @type {Event} */ event) => change({ [at]: fieldText(event) })}></textarea></label>`;
}
