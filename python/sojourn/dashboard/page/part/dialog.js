// @ts-check
/**
 * Dialogs. An action says its consequences before, and shows the answer after.
 *
 *   html`<${Dialog} title onClose>...<//>`
 *   html`<${ActionDialog} title consequences=${["..."]} confirm="Stop" danger run=${async () => answer}
 *           answer=${(answer) => html`...`} onClose>fields...<//>`
 *
 * `run` fails with a Problem, which is shown; the dialog stays, so that it can be tried again or closed.
 */

import { problemOf } from "../core/rest.js";
import { html, useId, useLayoutEffect, useRef, useState } from "../core/ui.js";
import { t } from "../text/text.js";
import { ProblemView } from "./problem.js";

/** @param {{title: string, onClose: () => void, wide?: boolean, children?: any}} props */
export function Dialog({ title, onClose, wide = false, children }) {
  const element = useRef(/** @type {HTMLDialogElement|null} */ (null));
  const id = useId();
  useLayoutEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const cancelled = (/** @type {Event} */ event) => {
    event.preventDefault();
    onClose();
  };
  return html`<dialog ref=${element} class=${wide ? "dialog wide" : "dialog"} aria-labelledby=${id} onCancel=${cancelled}>
    <div class="dialog-head">
      <h2 id=${id}>${title}</h2>
      <button class="button quiet" aria-label=${t("shell.close")} onClick=${onClose}>×</button>
    </div>
    ${children}
  </dialog>`;
}

/** Closes what has been done: it has the focus, for that of the button that did it is gone. @param {{onClose: () => void}} props */
function Leave({ onClose }) {
  const button = useRef(/** @type {HTMLButtonElement|null} */ (null));
  useLayoutEffect(() => button.current?.focus(), []);
  return html`<button ref=${button} type="button" class="button primary" onClick=${onClose}>${t("shell.close")}</button>`;
}

/**
 * @typedef {object} Action
 * @property {string} title
 * @property {string[]} [consequences] what will follow, each a sentence
 * @property {string} [confirm] on the button
 * @property {boolean} [danger] what it does cannot be taken back
 * @property {boolean} [ready] whether the fields are filled in
 * @property {() => Promise<any>} run
 * @property {(answer: any) => any} [answer] how the answer is shown
 * @property {(answer: any) => void} [onDone]
 * @property {any} [children] fields
 */

/** @param {Action & {onClose: () => void}} props */
export function ActionDialog({
  title,
  consequences = [],
  confirm,
  danger = false,
  ready = true,
  run,
  answer,
  onDone,
  onClose,
  children,
}) {
  const [state, set] = useState(
    /** @type {{at: "before"|"running"|"done", answer?: any, problem?: any}} */ ({ at: "before" }),
  );
  const open = useRef(true);
  useLayoutEffect(
    () => () => {
      open.current = false;
    },
    [],
  );
  async function go(/** @type {Event} */ event) {
    event.preventDefault();
    if (state.at === "running" || !ready) return;
    set({ at: "running" });
    try {
      const told = await run();
      if (open.current) set({ at: "done", answer: told });
      onDone?.(told);
    } catch (error) {
      if (open.current) set({ at: "before", problem: problemOf(error) });
    }
  }
  if (state.at === "done") {
    return html`<${Dialog} title=${title} onClose=${onClose}>
      <div class="dialog-answer" role="status">${answer ? answer(state.answer) : html`<p>${t("shell.done")}</p>`}</div>
      <div class="dialog-foot"><${Leave} onClose=${onClose} /></div>
    <//>`;
  }
  const running = state.at === "running";
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <form onSubmit=${go}>
      ${children}
      ${consequences.length > 0 && html`<div class="consequences"><h3>${t("shell.consequences")}</h3><ul>${consequences.map((each) => html`<li key=${each}>${each}</li>`)}</ul></div>`}
      ${state.problem && html`<${ProblemView} problem=${state.problem} />`}
      <div class="dialog-foot">
        <button type="button" class="button" onClick=${onClose}>${t("shell.cancel")}</button>
        <button type="submit" class=${danger ? "button danger" : "button primary"} aria-disabled=${running || !ready} aria-busy=${running}>
          ${running ? t("shell.running") : (confirm ?? title)}
        </button>
      </div>
    </form>
  <//>`;
}
