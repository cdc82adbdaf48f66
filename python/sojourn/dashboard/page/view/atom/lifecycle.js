// @ts-check
/** Stops an atom, keeps an image of it, lets it go on from its last one. */
import { atomPath } from "../../core/record.js";
import { html, useState } from "../../core/ui.js";
import { bytes } from "../../core/unit.js";
import { ActionButton } from "../../part/action.js";
import { visible } from "../../part/name.js";
import { t } from "../../text/text.js";

/** @typedef {{app: import("../../core/app.js").App, record: any, off: string, onDone: () => void}} Props */

/** @param {Props} props */
export function CheckpointAction({ app, record, off, onDone }) {
  const name = visible(record.name);
  return html`<${ActionButton} app=${app} scope="atoms" off=${off} label=${t("atom.do.checkpoint")} title=${t("atom.do.checkpoint.title", { name })}
    consequences=${[t("atom.do.checkpoint.follows"), t("atom.do.checkpoint.follows.kept")]} onDone=${onDone}
    run=${() => app.rest.post(`${atomPath(record.name)}/images`, undefined, { once: true })}
    answer=${(/** @type {any} */ answer) => html`<p>${t("atom.do.checkpoint.done", { count: answer.items.length, bytes: bytes(answer.items[0]?.bytes ?? 0), nodes: answer.items.map((/** @type {any} */ each) => visible(each.node)).join(", ") })}</p>`} />`;
}

/** @param {Props} props */
export function StopAction({ app, record, off, onDone }) {
  const [keep, setKeep] = useState(true);
  const name = visible(record.name);
  const group = record.spec?.group;
  return html`<${ActionButton} app=${app} scope="atoms" off=${off} danger label=${t("atom.do.stop")} title=${t("atom.do.stop.title", { name })} onDone=${onDone} onOpen=${() => setKeep(true)}
    consequences=${[t("atom.do.stop.follows"), keep ? t("atom.do.stop.kept") : t("atom.do.stop.discarded"), ...(group ? [t("atom.do.stop.group", { group: visible(group) })] : [])]}
    run=${() => app.rest.post(`${atomPath(record.name)}/stop`, { discard: !keep }, { once: true })}
    answer=${() => html`<p>${t(keep ? "atom.do.stop.done.kept" : "atom.do.stop.done")}</p>`}>
    <label class="atom-check"><input type="checkbox" checked=${keep} onChange=${(/** @type {Event} */ event) => setKeep(/** @type {HTMLInputElement} */ (event.currentTarget).checked)} /> ${t("atom.do.stop.keep")}</label>
  <//>`;
}

/** @param {Props} props */
export function RestoreAction({ app, record, off, onDone }) {
  const name = visible(record.name);
  return html`<${ActionButton} app=${app} scope="atoms" off=${off} label=${t("atom.do.restore")} title=${t("atom.do.restore.title", { name })} onDone=${onDone}
    consequences=${[t("atom.do.restore.follows"), t("atom.do.restore.follows.place")]}
    run=${() => app.rest.post(`${atomPath(record.name)}/restore`, {}, { once: true })}
    answer=${(/** @type {any} */ answer) => html`<p>${t("atom.restored", { node: visible(answer.node) })}</p>`} />`;
}
