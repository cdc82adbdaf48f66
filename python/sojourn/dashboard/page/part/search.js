// @ts-check
/** A field that filters, and says how many are left: `html\`<${SearchField} label value onInput=${(text) => ...} found="3 of 12" />\``. */
import { html, useId } from "../core/ui.js";
import { t } from "../text/text.js";

/** @param {{label: string, value: string, onInput: (text: string) => void, placeholder?: string, found?: string, hint?: string}} props */
export function SearchField({ label, value, onInput, placeholder, found, hint }) {
  const id = useId();
  function pressed(/** @type {KeyboardEvent} */ event) {
    if (event.key !== "Escape" || !value) return;
    event.stopPropagation();
    onInput("");
  }
  return html`<div class="search" role="search">
    <input type="search" aria-label=${label} aria-describedby=${id} value=${value} placeholder=${placeholder ?? label} title=${hint} spellcheck=${false} autocomplete="off"
      onInput=${(/** @type {Event} */ event) => onInput(/** @type {HTMLInputElement} */ (event.currentTarget).value)} onKeyDown=${pressed} />
    ${value && html`<button type="button" class="button quiet small search-clear" aria-label=${t("shell.clear")} onClick=${() => onInput("")}>×</button>`}
    <span class="search-found" id=${id} role="status">${found ?? ""}</span>
  </div>`;
}
