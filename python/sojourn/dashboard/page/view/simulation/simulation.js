// @ts-check
/** The view `simulation`. */
import { html } from "../../core/ui.js";
import { t } from "../../text/text.js";

/** @param {{app: import("../../core/app.js").App, params: Record<string, string>, query: Record<string, string>}} props */
export function SimulationView({ app }) {
  return html`<section class="simulation"><h1>${t("simulation.title")}</h1><p>${app.picture.realm}</p></section>`;
}
