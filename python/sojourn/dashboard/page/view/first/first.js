// @ts-check
/** The view `first`. */
import { html } from "../../core/ui.js";
import { t } from "../../text/text.js";

/** @param {{app: import("../../core/app.js").App, params: Record<string, string>, query: Record<string, string>}} props */
export function FirstView({ app }) {
  return html`<section class="first"><h1>${t("first.title")}</h1><p>${app.picture.realm}</p></section>`;
}
