// @ts-check
/** Sends an atom a message, or calls it and shows its answer. */

import { atomPath } from "../../core/record.js";
import { Problem, problemOf } from "../../core/rest.js";
import { html, useChange, useState } from "../../core/ui.js";
import { bytes, clock, ms } from "../../core/unit.js";
import { visible } from "../../part/name.js";
import { ProblemView } from "../../part/problem.js";
import { t } from "../../text/text.js";

/** @typedef {"text"|"json"|"base64"} Form */
/** @typedef {{at: number, took_ms: number, sent: string, answer?: any, number?: number, problem?: any}} Exchange */

const KEPT = 50;
const SHOWN = 20_000;

/**
 * A body as the route takes it; fails with a Problem where it says that it is JSON and is not.
 * @param {Form} form
 * @param {string} data
 */
export function dataOf(form, data) {
  if (form === "json") {
    try {
      return { json: JSON.parse(data || "null") };
    } catch (error) {
      throw new Problem({
        name: "NoJson",
        detail: t("atom.message.no-json", { why: String(/** @type {Error} */ (error).message) }),
      });
    }
  }
  if (form === "base64") return { base64: data.replace(/\s+/g, "") };
  return { text: data };
}

/**
 * An answer's data as it is shown: JSON in lines, the rest as it is, not more than can be read.
 * @param {{content_type?: string, text?: string, base64?: string}} answer
 */
export function shownOf(answer) {
  let text = answer.text ?? answer.base64 ?? "";
  if (answer.text !== undefined && /\bjson\b/.test(answer.content_type ?? "") && text.length <= SHOWN) {
    try {
      text = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      // It says that it is JSON, and is not: it is shown as it came.
    }
  }
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** @param {{app: import("../../core/app.js").App, name: string, runs: boolean, off: string}} props */
export function Messages({ app, name, runs, off }) {
  useChange(app);
  const [form, set] = useState({
    as: /** @type {Form} */ ("text"),
    data: "",
    type: "",
    subject: "",
    wait: true,
    interrupt: false,
    timeout_s: 10,
  });
  const [past, setPast] = useState(/** @type {Exchange[]} */ ([]));
  const [busy, setBusy] = useState(false);
  const reason = app.can("atoms") || off || (runs ? "" : t("atom.off.ended"));
  const change = (/** @type {Partial<typeof form>} */ to) => set((now) => ({ ...now, ...to }));
  const textOf = (/** @type {Event} */ event) => /** @type {HTMLInputElement} */ (event.currentTarget).value;
  async function send() {
    if (reason || busy) return;
    setBusy(true);
    const begun = performance.now();
    /** @type {Exchange} */
    const exchange = { at: Date.now() / 1000, took_ms: 0, sent: form.data };
    try {
      const { type, subject, wait, interrupt, timeout_s } = form;
      const body = { ...dataOf(form.as, form.data), type, subject, wait, interrupt, timeout_s };
      const told = await app.rest.post(`${atomPath(name)}/messages`, body, { once: true });
      exchange.answer = told.answer;
      exchange.number = told.number;
    } catch (error) {
      exchange.problem = problemOf(error);
    }
    exchange.took_ms = performance.now() - begun;
    setPast((now) => [exchange, ...now].slice(0, KEPT));
    setBusy(false);
  }
  return html`<div class="atom-two">
    <section class="card">
      <h2>${t("atom.message")}</h2>
      <form onSubmit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        void send();
      }}>
        <div class="atom-choice" role="group" aria-label=${t("atom.message.as")}>
          ${/** @type {Form[]} */ (["text", "json", "base64"]).map((each) => html`<button key=${each} type="button" class="button small" aria-pressed=${form.as === each} onClick=${() => change({ as: each })}>${t(`atom.message.${each}`)}</button>`)}
        </div>
        <label class="field"><span>${t("atom.message.data")}</span>
          <textarea rows="5" class="atom-code" spellcheck=${false} value=${form.data} onInput=${(/** @type {Event} */ event) => change({ data: textOf(event) })}></textarea></label>
        <div class="atom-fields">
          <label class="field"><span>${t("atom.message.type")}</span><input type="text" value=${form.type} spellcheck=${false} onInput=${(/** @type {Event} */ event) => change({ type: textOf(event) })} /></label>
          <label class="field"><span>${t("atom.message.subject")}</span><input type="text" value=${form.subject} spellcheck=${false} onInput=${(/** @type {Event} */ event) => change({ subject: textOf(event) })} /></label>
          <label class="field"><span>${t("atom.message.timeout")}</span><input type="number" min="0" max="100" step="any" value=${form.timeout_s} onInput=${(/** @type {Event} */ event) => change({ timeout_s: Number(textOf(event)) || 0 })} /></label>
        </div>
        <label class="atom-check"><input type="checkbox" checked=${form.wait} onChange=${(/** @type {Event} */ event) => change({ wait: /** @type {HTMLInputElement} */ (event.currentTarget).checked })} /> ${t("atom.message.wait")}</label>
        <label class="atom-check"><input type="checkbox" checked=${form.interrupt} onChange=${(/** @type {Event} */ event) => change({ interrupt: /** @type {HTMLInputElement} */ (event.currentTarget).checked })} /> ${t("atom.message.interrupt")}</label>
        <p class="quiet-text">${t(form.wait ? "atom.message.follows.call" : "atom.message.follows")}</p>
        <button type="submit" class="button primary" aria-disabled=${Boolean(reason) || busy} aria-busy=${busy} title=${reason || undefined}>${busy ? t("shell.running") : t(form.wait ? "atom.message.call" : "atom.message.send")}</button>
        ${reason && html`<p class="quiet-text">${reason}</p>`}
      </form>
    </section>
    <section class="card" aria-live="polite">
      <h2>${t("atom.message.answers")}</h2>
      ${past.length === 0 && html`<p class="quiet-text">${t("atom.message.none")}</p>`}
      <ul class="atom-exchanges">${past.map((each) => html`<${ExchangeRow} key=${each.at} exchange=${each} />`)}</ul>
    </section>
  </div>`;
}

/** @param {{exchange: Exchange}} props */
function ExchangeRow({ exchange }) {
  const { answer, problem, number, sent } = exchange;
  return html`<li>
    <p class="quiet-text">${clock(exchange.at)} · ${ms(exchange.took_ms)}${sent && html` · <code>${visible(sent.slice(0, 200))}</code>`}</p>
    ${problem && html`<${ProblemView} problem=${problem} />`}
    ${number !== undefined && !answer && !problem && html`<p>${t("atom.message.sent", { number: String(number) })}</p>`}
    ${
      answer &&
      html`<p class="quiet-text">${[answer.type, answer.subject, answer.content_type].filter(Boolean).map(visible).join(" · ")} ${bytes(answer.size_bytes ?? 0)}</p>
      <pre class="atom-answer" dir="ltr">${visible(shownOf(answer)) || t("atom.message.empty")}</pre>`
    }
  </li>`;
}
