// @ts-check
/** The view `programs`. */
import { html } from "../../core/ui.js";
import { t } from "../../text/text.js";

/** @param {{app: import("../../core/app.js").App, params: Record<string, string>, query: Record<string, string>}} props */
export function ProgramsView({ app }) {
  return html`<section class="programs"><h1>${t("programs.title")}</h1><p>${app.picture.realm}</p></section>`;
}
