// @ts-check
/**
 * A button for something that changes the realm. Off with the reason where it may not be; else it opens a dialog that says what
 * will follow, does it, and shows the answer.
 *
 *   html`<${ActionButton} app=${app} scope="atoms" label="Stop" title="Stop a/b?" consequences=${[...]} danger
 *           run=${() => app.rest.post(...)} answer=${(record) => html`...`}>fields<//>`
 *
 * `off`: another reason why it is off, in words. `onOpen`: called when the dialog opens, to set fields back.
 */
import { html, useChange, useId, useState } from "../core/ui.js";
import { ActionDialog } from "./dialog.js";

/**
 * @param {import("./dialog.js").Action & {app: import("../core/app.js").App, scope: import("../core/session.js").Scope,
 *   label: string, off?: string, quiet?: boolean, small?: boolean, onOpen?: () => void}} props
 */
export function ActionButton({ app, scope, label, off = "", quiet = false, small = false, onOpen, ...action }) {
  useChange(app);
  const [open, set] = useState(false);
  const id = useId();
  const reason = app.can(scope) || off;
  function press() {
    if (reason) return;
    onOpen?.();
    set(true);
  }
  const classes = ["button", action.danger ? "danger-quiet" : "", quiet ? "quiet" : "", small ? "small" : ""]
    .filter(Boolean)
    .join(" ");
  return html`<span class="action">
    <button type="button" class=${classes} aria-disabled=${Boolean(reason)} title=${reason || undefined} aria-describedby=${reason ? id : undefined} onClick=${press}>${label}</button>
    ${reason && html`<span class="only-read" id=${id}>${reason}</span>`}
    ${open && html`<${ActionDialog} confirm=${label} ...${action} onClose=${() => set(false)} />`}
  </span>`;
}
