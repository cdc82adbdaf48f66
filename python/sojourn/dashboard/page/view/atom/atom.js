// @ts-check
/** The view `atom`. */
import { html } from "../../core/ui.js";
import { t } from "../../text/text.js";

/** @param {{app: import("../../core/app.js").App, params: Record<string, string>, query: Record<string, string>}} props */
export function AtomView({ app }) {
  return html`<section class="atom"><h1>${t("atom.title")}</h1><p>${app.picture.realm}</p></section>`;
}
