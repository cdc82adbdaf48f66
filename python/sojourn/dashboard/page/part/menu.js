// @ts-check
/**
 * A menu behind a button: arrows, Home, End, Escape.
 *   html`<${Menu} label="More" items=${[{label, onSelect, off?: "reason", checked?: bool}]}>button text<//>`
 */
import { html, useEffect, useId, useRef, useState } from "../core/ui.js";

/** @typedef {{label: string, onSelect: () => void, off?: string, checked?: boolean}} Item */

/** @param {{label: string, items: readonly Item[], children?: any}} props */
export function Menu({ label, items, children }) {
  const [open, set] = useState(false);
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const id = useId();
  useEffect(() => {
    if (!open) return undefined;
    const first = /** @type {HTMLElement|null} */ (box.current?.querySelector("[aria-checked=true], [role^=menuitem]"));
    first?.focus();
    const away = (/** @type {Event} */ event) => {
      if (!box.current?.contains(/** @type {Node} */ (event.target))) set(false);
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open]);
  function pressed(/** @type {KeyboardEvent} */ event) {
    if (!open) return;
    const all = /** @type {HTMLElement[]} */ ([...(box.current?.querySelectorAll("[role^=menuitem]") ?? [])]);
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    /** @type {Record<string, number>} */
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
    const to = steps[event.key];
    if (event.key === "Escape" || event.key === "Tab") {
      set(false);
      if (event.key === "Tab") return;
      /** @type {HTMLElement|null} */ (box.current?.querySelector("button"))?.focus();
    } else if (to !== undefined) all[(to + all.length) % all.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return html`<span class="menu" ref=${box} onKeyDown=${pressed}>
    <button type="button" class="button quiet" aria-haspopup="menu" aria-expanded=${open} aria-controls=${open ? id : undefined} aria-label=${label} title=${label} onClick=${() => set(!open)}>${children ?? label}</button>
    ${
      open &&
      html`<div class="menu-list" role="menu" id=${id} aria-label=${label}>
      ${items.map(
        (
          item,
        ) => html`<button key=${item.label} type="button" tabindex="-1" role=${item.checked === undefined ? "menuitem" : "menuitemradio"} aria-checked=${item.checked}
          aria-disabled=${Boolean(item.off)} title=${item.off}
          onClick=${() => {
            if (item.off) return;
            set(false);
            item.onSelect();
          }}>${item.label}</button>`,
      )}
    </div>`
    }
  </span>`;
}
