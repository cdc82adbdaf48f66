// @ts-check
/**
 * Names and other texts from outside, made safe to look at: isolated (`bdi`), so that right-to-left text turns nothing around it,
 * control characters visible, long ones cut in the middle with the whole in `title`.
 *
 *   html`<${Name} text=${name} most=${40} href=${...} />`       visible(text)
 */

import { html } from "../core/ui.js";
import { clip } from "../core/unit.js";

// Control characters but tab and line feed; and marks that turn the direction of text or have no width.
const HIDDEN = /(?![\t\n])[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * Text in which nothing is hidden: C0 characters as their pictures, others as `U+202E` in brackets.
 * @param {string} text
 */
export function visible(text) {
  return text.replace(HIDDEN, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return "\u2421";
    return `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
  });
}

/** @param {{text: string, most?: number, href?: string, class?: string}} props */
export function Name({ text, most = 48, href, class: classes = "" }) {
  const whole = visible(text);
  const shown = clip(whole, most);
  const title = shown === whole ? undefined : clip(whole, 2000);
  const inner = html`<bdi class="name ${classes}" title=${title}>${shown}</bdi>`;
  return href ? html`<a class="name-link" href=${href}>${inner}</a>` : inner;
}
