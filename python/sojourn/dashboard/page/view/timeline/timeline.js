// @ts-check
/** The view `timeline`. */
import { html } from "../../core/ui.js";
import { t } from "../../text/text.js";

/** @param {{app: import("../../core/app.js").App, params: Record<string, string>, query: Record<string, string>}} props */
export function TimelineView({ app }) {
  return html`<section class="timeline"><h1>${t("timeline.title")}</h1><p>${app.picture.realm}</p></section>`;
}
