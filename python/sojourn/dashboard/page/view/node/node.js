// @ts-check
/** The view `node`. */
import { html } from "../../core/ui.js";
import { t } from "../../text/text.js";

/** @param {{app: import("../../core/app.js").App, params: Record<string, string>, query: Record<string, string>}} props */
export function NodeView({ app }) {
  return html`<section class="node"><h1>${t("node.title")}</h1><p>${app.picture.realm}</p></section>`;
}
