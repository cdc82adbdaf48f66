// @ts-check
/** Standard input of an atom whose `/dev/stdin` is a channel: a line at a time. */

import { atomPath } from "../../core/record.js";
import { problemOf } from "../../core/rest.js";
import { html, useChange, useId, useState } from "../../core/ui.js";
import { ProblemView } from "../../part/problem.js";
import { t } from "../../text/text.js";

/** @param {{app: import("../../core/app.js").App, name: string, runs: boolean, off: string, channel: boolean}} props */
export function Input({ app, name, runs, off, channel }) {
  useChange(app);
  const [text, setText] = useState("");
  const [state, set] = useState(
    /** @type {{sending: boolean, problem?: any, sent: number}} */ ({ sending: false, sent: 0 }),
  );
  const id = useId();
  const reason = app.can("atoms") || off || (runs ? "" : t("atom.off.ended"));
  /** @param {string} what */
  async function give(what) {
    if (reason || state.sending) return;
    set((now) => ({ ...now, sending: true }));
    try {
      await app.rest.post(`${atomPath(name)}/input`, { text: what }, { once: true });
      setText("");
      set((now) => ({ sending: false, sent: now.sent + 1 }));
    } catch (error) {
      set((now) => ({ ...now, sending: false, problem: problemOf(error) }));
    }
  }
  return html`<details class="atom-input" open=${channel}>
    <summary>${t("atom.input")}</summary>
    <form onSubmit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      void give(`${text}\n`);
    }}>
      <label class="only-read" for=${id}>${t("atom.input.line")}</label>
      <input id=${id} type="text" value=${text} disabled=${Boolean(reason)} autocomplete="off" spellcheck=${false} placeholder=${reason || t("atom.input.line")}
        onInput=${(/** @type {Event} */ event) => setText(/** @type {HTMLInputElement} */ (event.currentTarget).value)} />
      <button type="submit" class="button primary small" aria-disabled=${Boolean(reason) || state.sending} title=${reason || undefined}>${t("atom.input.send")}</button>
      <button type="button" class="button small" aria-disabled=${Boolean(reason) || state.sending} title=${reason || t("atom.input.end.hint")} onClick=${() => give("")}>${t("atom.input.end")}</button>
    </form>
    <p class="quiet-text" role="status">${state.sent ? t("atom.input.sent", { count: state.sent }) : channel ? t("atom.input.channel") : t("atom.input.unknown")}</p>
    ${state.problem && html`<${ProblemView} problem=${state.problem} />`}
  </details>`;
}
