// @ts-check
/** Choosing a module: a file that is dropped or picked, or one that the realm has. */
import { html, useEffect, useRef, useState } from "../../core/ui.js";
import { bytes, short } from "../../core/unit.js";
import { Name } from "../../part/name.js";
import { t } from "../../text/text.js";

const SHOWN = 30;

/** @param {{small: boolean, onFile: (file: File) => void}} props */
export function DropZone({ small, onFile }) {
  const [over, set] = useState(false);
  const field = useRef(/** @type {HTMLInputElement|null} */ (null));
  const drop = (/** @type {DragEvent} */ event) => {
    // Also what is no file is taken here, and not by the page around.
    event.preventDefault();
    set(false);
    const file = event.dataTransfer?.files[0];
    if (file) onFile(file);
  };
  const chose = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.currentTarget);
    const file = input.files?.[0];
    // The same file may be chosen again.
    input.value = "";
    if (file) onFile(file);
  };
  return html`<div class=${`start-drop${small ? " start-drop-small" : ""}${over ? " start-drop-over" : ""}`}
      onDragOver=${(/** @type {DragEvent} */ event) => {
        event.preventDefault();
        set(true);
      }} onDragLeave=${() => set(false)} onDrop=${drop}>
    ${!small && html`<svg class="start-drop-sign" viewBox="0 0 64 64" aria-hidden="true"><path d="M14 8h24l12 12v36H14z" /><path d="M38 8v12h12M32 46V28m-8 8 8-8 8 8" /></svg>`}
    <p>${t(small ? "start.drop.other" : "start.drop")}</p>
    <input ref=${field} class="only-read" type="file" accept=".wasm,application/wasm" aria-hidden="true" tabindex="-1" onChange=${chose} />
    <button type="button" class=${small ? "button small" : "button primary"} onClick=${() => field.current?.click()}>${t("start.choose")}</button>
  </div>`;
}

/** What a module is called: as its file, or as it says itself. @param {any} record */
export function called(record) {
  const said = (record.annotation ?? []).find((/** @type {[string, string]} */ [key]) => key === "name")?.[1];
  return record.name || said || t("start.unnamed");
}

/** @param {{app: import("../../core/app.js").App, onChoose: (record: any) => void}} props */
export function KnownModules({ app, onChoose }) {
  const [list, set] = useState(/** @type {any[]} */ ([]));
  useEffect(() => {
    let here = true;
    app.rest.get("/v1/modules", { query: { limit: SHOWN } }).then(
      (part) => here && set(part.items),
      () => {},
    );
    return () => {
      here = false;
    };
  }, []);
  if (list.length === 0) return null;
  return html`<div class="start-known">
    <h2>${t("start.known")}</h2>
    <ul>${list.map(
      (
        record,
      ) => html`<li key=${record.digest}><button type="button" class="start-module" onClick=${() => onChoose(record)}>
        <${Name} text=${called(record)} most=${32} /> <code>${short(record.digest)}</code> <span class="quiet-text">${record.bytes ? bytes(record.bytes) : ""}</span></button></li>`,
    )}</ul>
  </div>`;
}
