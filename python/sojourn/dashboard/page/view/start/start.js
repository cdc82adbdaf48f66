// @ts-check
/** The view `start`. */
import { html } from "../../core/ui.js";
import { t } from "../../text/text.js";

/** @param {{app: import("../../core/app.js").App, params: Record<string, string>, query: Record<string, string>}} props */
export function StartView({ app }) {
  return html`<section class="start"><h1>${t("start.title")}</h1><p>${app.picture.realm}</p></section>`;
}
