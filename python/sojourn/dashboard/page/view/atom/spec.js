// @ts-check
/** What is wanted of an atom: policy, objective and requirement, to be changed while it runs. */
import { atomPath } from "../../core/record.js";
import { html, useState } from "../../core/ui.js";
import { bytes, number, span } from "../../core/unit.js";
import { ActionButton } from "../../part/action.js";
import { Name, visible } from "../../part/name.js";
import { t } from "../../text/text.js";

const POLICIES = [
  "objective",
  "nearest",
  "spread",
  "pack",
  "co_locate",
  "energy",
  "deadline",
  "round_robin",
  "least_modules",
  "admm",
  "admm_distributed",
];

/** @param {{app: import("../../core/app.js").App, record: any, off: string, onChanged: () => void}} props */
export function SpecForm({ app, record, off, onChanged }) {
  const spec = record.spec ?? {};
  const is = { policy: spec.policy ?? "objective", objective: spec.objective ?? "", require: spec.require ?? "" };
  const [to, set] = useState(is);
  const changed = Object.fromEntries(
    Object.entries(to).filter(([key, value]) => value !== is[/** @type {keyof typeof is} */ (key)]),
  );
  /** @param {keyof typeof is} key */
  const field = (key) => (/** @type {Event} */ event) =>
    set((now) => ({ ...now, [key]: /** @type {HTMLInputElement} */ (event.currentTarget).value }));
  const others = otherWishes(spec);
  return html`
    <dl class="atom-facts">
      <dt>${t("atom.policy")}</dt><dd>${visible(is.policy)}</dd>
      <dt>${t("atom.objective")}</dt><dd>${is.objective ? html`<code>${visible(is.objective)}</code>` : t("atom.objective.realm")}</dd>
      <dt>${t("atom.require")}</dt><dd>${is.require ? html`<code>${visible(is.require)}</code>` : t("atom.nothing")}</dd>
      ${others.map(([label, value]) => html`<dt key=${label}>${label}</dt><dd><${Name} text=${value} most=${120} /></dd>`)}
    </dl>
    <${ActionButton} app=${app} scope="atoms" off=${off} label=${t("atom.spec.change")} title=${t("atom.spec.change.title", { name: visible(record.name) })}
      consequences=${[t("atom.spec.follows"), t("atom.spec.follows.move")]} confirm=${t("atom.spec.save")} ready=${Object.keys(changed).length > 0}
      onOpen=${() => set(is)} onDone=${onChanged}
      run=${() => app.rest.patch(atomPath(record.name), changed)} answer=${() => html`<p>${t("atom.spec.changed")}</p>`}>
      <label class="field"><span>${t("atom.policy")}</span>
        <input type="text" list="atom-policies" value=${to.policy} spellcheck=${false} onInput=${field("policy")} /></label>
      <datalist id="atom-policies">${POLICIES.map((each) => html`<option key=${each} value=${each}></option>`)}</datalist>
      <label class="field"><span>${t("atom.objective")}</span>
        <textarea rows="2" class="atom-code" value=${to.objective} spellcheck=${false} placeholder=${t("atom.objective.realm")} onInput=${field("objective")}></textarea></label>
      <label class="field"><span>${t("atom.require")}</span>
        <textarea rows="2" class="atom-code" value=${to.require} spellcheck=${false} placeholder=${t("atom.require.example")} onInput=${field("require")}></textarea></label>
    <//>
  `;
}

/**
 * What else is wanted, in words; what is not said is left out.
 * @param {any} spec
 * @returns {[string, string][]}
 */
function otherWishes(spec) {
  /** @type {[string, unknown, (value: any) => string][]} */
  const all = [
    ["tags", spec.tags, (value) => value.join(", ")],
    ["functions", spec.functions, (value) => value.join(", ")],
    ["kinds", spec.kinds, (value) => value.join(", ")],
    ["engine", spec.engine, String],
    ["memory", spec.memory_bytes, bytes],
    ["cores", spec.cores, (value) => number(value, 2)],
    ["work", spec.work_s, span],
    ["pinned", spec.pinned, String],
    ["durable", spec.durable, () => t("atom.spec.durable.yes")],
    ["restart", spec.restart, String],
    ["group", spec.group, String],
    ["checkpoint", spec.checkpoint_s, span],
  ];
  return all
    .filter(([, value]) => (Array.isArray(value) ? value.length : value))
    .map(([key, value, shown]) => [t(`atom.spec.${key}`), shown(value)]);
}
