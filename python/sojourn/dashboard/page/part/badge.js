// @ts-check
/**
 * The state of something in a word and a colour: `html\`<${Badge} state="running" />\``; `toneOf(state)` is "good", "busy", "warn",
 * "bad" or "still". Texts: `shell.state.STATE`; a state that has none is shown as it is.
 */
import { html } from "../core/ui.js";
import { t } from "../text/text.js";
import { visible } from "./name.js";

/** @type {Record<string, "good"|"busy"|"warn"|"bad"|"still">} */
const TONES = {
  running: "good",
  up: "good",
  done: "good",
  leaving: "busy",
  arriving: "busy",
  held: "busy",
  frozen: "busy",
  decided: "busy",
  starting: "busy",
  draining: "warn",
  cordoned: "warn",
  unplaced: "warn",
  paused: "warn",
  lost: "bad",
  failed: "bad",
  trapped: "bad",
  rolled_back: "bad",
  ended: "still",
  stopped: "still",
  gone: "still",
};

/** @param {string} state */
export function toneOf(state) {
  return Object.hasOwn(TONES, state) ? /** @type {string} */ (TONES[state]) : "still";
}

/** @param {{state: string, text?: string}} props */
export function Badge({ state, text }) {
  const key = `shell.state.${state}`;
  const known = t(key);
  return html`<span class="badge" data-tone=${toneOf(state)}>${text ?? (known === key ? visible(state) : known)}</span>`;
}
