// @ts-check
/** Something to copy, as a digest or a command: `html\`<${Copyable} text=${digest} shown=${short(digest)} />\``. */
import { html, useState } from "../core/ui.js";
import { t } from "../text/text.js";
import { visible } from "./name.js";

/** @param {{text: string, shown?: string, label?: string}} props */
export function Copyable({ text, shown, label }) {
  const [done, set] = useState("");
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      set(t("shell.copied"));
    } catch {
      // Only pages of https, or of this machine, may write there.
      set(t("shell.not-copied"));
    }
    setTimeout(() => set(""), 2000);
  }
  return html`<span class="copyable"><code title=${visible(text)}>${visible(shown ?? text)}</code>
    <button type="button" class="button quiet small" onClick=${copy} aria-label=${t("shell.copy.what", { what: label ?? visible(shown ?? text) })}><svg class="copyable-sign" viewBox="0 0 16 16" aria-hidden="true"><path d="M5.5 5.5h8v8h-8zM10.5 5V2.5h-8v8H5" /></svg></button>
    <span class="copyable-done" role="status">${done}</span></span>`;
}
