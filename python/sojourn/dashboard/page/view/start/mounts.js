// @ts-check
/** Folders that an atom sees: in memory, with files that are dropped here, or of the machine of its node. */
import { html, useRef, useState } from "../../core/ui.js";
import { bytes } from "../../core/unit.js";
import { Name } from "../../part/name.js";
import { t } from "../../text/text.js";
import { BODY_BYTES } from "./form.js";
import { filesOf } from "./handed.js";

/** @typedef {import("./form.js").Mount} Mount */

const HOST = "/srv/data";

/** @param {{mounts: Mount[], change: (mounts: Mount[]) => void}} props */
export function Mounts({ mounts, change }) {
  const put = (/** @type {number} */ at, /** @type {Partial<Mount>} */ part) =>
    change(mounts.map((mount, i) => (i === at ? { ...mount, ...part } : mount)));
  const add = (/** @type {Mount["kind"]} */ kind) =>
    change([...mounts, { path: mounts.length ? `/data-${mounts.length + 1}` : "/data", kind, host: "", files: [] }]);
  return html`<div class="field" role="group" aria-label=${t("start.mounts")}><span>${t("start.mounts")}</span>
    ${mounts.map((mount, at) => html`<${OneMount} key=${at} mount=${mount} put=${(/** @type {Partial<Mount>} */ part) => put(at, part)} remove=${() => change(mounts.filter((_, i) => i !== at))} />`)}
    <div class="start-choices">
      <button type="button" class="button small" onClick=${() => add("memory")}>${t("start.mounts.memory")}</button>
      <button type="button" class="button small" onClick=${() => add("host")}>${t("start.mounts.host")}</button>
    </div>
  </div>`;
}

/** @param {{mount: Mount, put: (part: Partial<Mount>) => void, remove: () => void}} props */
function OneMount({ mount, put, remove }) {
  return html`<div class="start-mount">
    <div class="start-mount-head">
      <input class="start-code" aria-label=${t("start.mounts.path")} value=${mount.path} spellcheck=${false} onInput=${(/** @type {Event} */ event) => put({ path: /** @type {HTMLInputElement} */ (event.currentTarget).value })} />
      <button type="button" class="button quiet small" aria-label=${t("start.mounts.remove", { path: mount.path })} onClick=${remove}>×</button>
    </div>
    ${mount.kind === "host" ? html`<label class="field"><span>${t("start.mounts.host.path")}</span><input class="start-code" value=${mount.host} placeholder=${HOST} spellcheck=${false} onInput=${(/** @type {Event} */ event) => put({ host: /** @type {HTMLInputElement} */ (event.currentTarget).value })} /></label><p class="quiet-text">${t("start.mounts.host.hint")}</p>` : html`<${Files} mount=${mount} put=${put} />`}
  </div>`;
}

/** @param {{mount: Mount, put: (part: Partial<Mount>) => void}} props */
function Files({ mount, put }) {
  const field = useRef(/** @type {HTMLInputElement|null} */ (null));
  const [wrong, setWrong] = useState("");
  /** @param {{path: string, file: File}[]} found */
  async function take(found) {
    setWrong("");
    const size = found.reduce((sum, { file }) => sum + file.size, 0);
    // They go with the request, in base64.
    if (size > BODY_BYTES * 0.75) {
      setWrong(t("start.field.large", { size: bytes(size), most: bytes(BODY_BYTES * 0.75) }));
      return;
    }
    const files = await Promise.all(
      found.map(async ({ path, file }) => ({ path, bytes: new Uint8Array(await file.arrayBuffer()) })),
    );
    const names = new Set(files.map((file) => file.path));
    put({ files: [...mount.files.filter((file) => !names.has(file.path)), ...files] });
  }
  async function drop(/** @type {DragEvent} */ event) {
    event.preventDefault();
    if (event.dataTransfer) await take(await filesOf(event.dataTransfer));
  }
  return html`<div class="start-files" onDragOver=${(/** @type {DragEvent} */ event) => event.preventDefault()} onDrop=${drop}>
    <p class="quiet-text">${t("start.mounts.drop")}</p>
    <input ref=${field} class="only-read" type="file" multiple aria-hidden="true" tabindex="-1" onChange=${(/** @type {Event} */ event) => void take([.../** @type {FileList} */ (/** @type {HTMLInputElement} */ (event.currentTarget).files)].map((file) => ({ path: file.name, file })))} />
    <button type="button" class="button small" aria-label=${t("start.mounts.files", { path: mount.path })} onClick=${() => field.current?.click()}>${t("start.mounts.choose")}</button>
    ${wrong && html`<p class="field-wrong" role="alert">${wrong}</p>`}
    <ul class="start-said">${mount.files.map((file) => html`<li key=${file.path}><${Name} text=${file.path} most=${40} /> <span class="quiet-text">${bytes(file.bytes.length)}</span> <button type="button" class="button quiet small" aria-label=${t("start.mounts.remove", { path: file.path })} onClick=${() => put({ files: mount.files.filter((each) => each !== file) })}>×</button></li>`)}</ul>
  </div>`;
}
