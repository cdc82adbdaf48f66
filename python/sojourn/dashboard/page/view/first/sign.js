// @ts-check
/** A small drawing of what a program does. */
import { html } from "../../core/ui.js";

/** @type {Record<string, () => any>} */
const DRAWN = {
  count: () =>
    html`<circle cx="10" cy="32" r="6" /><circle cx="54" cy="32" r="6" /><path d="M16 27c8-16 24-16 32 0" /><path class="first-arrow" d="m42 20 6 7-9 1" />`,
  talk: () =>
    html`<circle cx="12" cy="40" r="6" /><circle cx="52" cy="40" r="6" /><path d="M8 10h24v14H18l-6 6v-6H8z" /><path class="first-thin" d="M13 17h14M38 24h14v-6" />`,
  work: () =>
    html`<path d="M20 8h24l-3 14H23z" /><circle cx="12" cy="50" r="6" /><circle cx="32" cy="50" r="6" /><circle cx="52" cy="50" r="6" /><path class="first-thin" d="m26 24-11 18M32 24v18M38 24l11 18" />`,
};

/** @param {{id: string}} props */
export function Sign({ id }) {
  return html`<svg class="first-sign" viewBox="0 0 64 64" aria-hidden="true">${DRAWN[id]?.()}</svg>`;
}
