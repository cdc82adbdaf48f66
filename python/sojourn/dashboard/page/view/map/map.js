// @ts-check
/** The view `map`. */
import { html } from "../../core/ui.js";
import { t } from "../../text/text.js";

/** @param {{app: import("../../core/app.js").App, params: Record<string, string>, query: Record<string, string>}} props */
export function MapView({ app }) {
  return html`<section class="map"><h1>${t("map.title")}</h1><p>${app.picture.realm}</p></section>`;
}
