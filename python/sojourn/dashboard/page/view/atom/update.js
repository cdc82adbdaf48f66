// @ts-check
/** Gives an atom another module: dropped or chosen, brought to the controller, rolled out to this atom, and watched. */

import { problemOf } from "../../core/rest.js";
import { html, useEffect, useState } from "../../core/ui.js";
import { bytes, short, span } from "../../core/unit.js";
import { ActionButton } from "../../part/action.js";
import { Badge } from "../../part/badge.js";
import { visible } from "../../part/name.js";
import { ProblemView } from "../../part/problem.js";
import { t } from "../../text/text.js";

const WASM = "application/wasm";
const LOOK_MS = 1000;
const WATCH_S = 10;

/** @param {{app: import("../../core/app.js").App, record: any, off: string, onDone: () => void}} props */
export function UpdateAction({ app, record, off, onDone }) {
  const [file, setFile] = useState(/** @type {File|null} */ (null));
  const [over, setOver] = useState(false);
  async function run() {
    if (!file) return null;
    const name = file.name.replace(/\.wasm$/i, "").slice(0, 256);
    const module = await app.rest.send("/v1/modules", file, WASM, { query: { name } });
    return app.rest.post(
      "/v1/rollouts",
      { old: record.module, new: module.digest, atoms: [record.name], canary: 1, watch_s: WATCH_S },
      { once: true },
    );
  }
  /** @param {DragEvent} event */
  function dropped(event) {
    event.preventDefault();
    setOver(false);
    setFile(event.dataTransfer?.files[0] ?? null);
  }
  return html`<${ActionButton} app=${app} scope="atoms" off=${off} label=${t("atom.do.update")} title=${t("atom.do.update.title", { name: visible(record.name) })}
    ready=${Boolean(file)} onOpen=${() => setFile(null)} onDone=${onDone} run=${run} answer=${(/** @type {any} */ rollout) => rollout && html`<${Watched} app=${app} first=${rollout} />`}
    consequences=${[t("atom.do.update.follows"), t("atom.do.update.follows.memory"), t("atom.do.update.follows.watch", { span: span(WATCH_S) })]}>
    <label class=${over ? "atom-drop over" : "atom-drop"} onDragOver=${(/** @type {DragEvent} */ event) => {
      event.preventDefault();
      setOver(true);
    }} onDragLeave=${() => setOver(false)} onDrop=${dropped}>
      <input type="file" accept=".wasm,application/wasm" class="only-read" onChange=${(/** @type {Event} */ event) => setFile(/** @type {HTMLInputElement} */ (event.currentTarget).files?.[0] ?? null)} />
      ${file ? html`<strong>${visible(file.name)}</strong> <span class="quiet-text">${bytes(file.size)}</span>` : t("atom.do.update.drop")}
    </label>
    <p class="quiet-text">${t("atom.do.update.now")} <code>${short(record.module)}</code></p>
  <//>`;
}

/**
 * A rollout as it goes on, with the way back.
 * @param {{app: import("../../core/app.js").App, first: any}} props
 */
function Watched({ app, first }) {
  const [rollout, set] = useState(first);
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const path = `/v1/rollouts/${encodeURIComponent(first.name)}`;
  const state = rollout.state ?? "running";
  useEffect(() => {
    if (state !== "running") return undefined;
    const timer = setInterval(() => {
      app.rest.get(path).then(
        (now) => set(now),
        (error) => setProblem(problemOf(error)),
      );
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [app.rest, path, state]);
  async function back() {
    try {
      set(await app.rest.post(`${path}/rollback`, undefined, { once: true }));
    } catch (error) {
      setProblem(problemOf(error));
    }
  }
  const over = state === "done" || state === "rolled_back";
  return html`<p><strong>${visible(rollout.name)}</strong> <${Badge} state=${state} /></p>
    <p>${t(over ? `atom.do.update.${state}` : "atom.do.update.watching")}</p>
    ${rollout.reason && html`<p class="quiet-text">${visible(rollout.reason)}</p>`}
    ${problem && html`<${ProblemView} problem=${problem} />`}
    ${state !== "rolled_back" && html`<button type="button" class="button" onClick=${back}>${t("atom.do.update.back")}</button>`}`;
}
