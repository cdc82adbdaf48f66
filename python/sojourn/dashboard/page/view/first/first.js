// @ts-check
/** What an empty realm shows: three things to try, each by one click. */
import { href } from "../../core/route.js";
import { html, useChange } from "../../core/ui.js";
import { t } from "../../text/text.js";
import { Card } from "./card.js";
import { hosts, SAMPLES } from "./samples.js";

/** @param {{app: import("../../core/app.js").App, params: Record<string, string>, query: Record<string, string>}} props */
export function FirstView({ app }) {
  useChange(app.picture);
  const nodes = hosts(app.picture.nodes.values());
  const atoms = app.picture.atoms.size;
  return html`<section class="first">
    <header class="first-head">
      <h1>${t("first.title")}</h1>
      <p>${atoms ? t("first.lead.running", { count: atoms }) : t("first.lead", { count: nodes.length })} ${t("first.lead.three")}</p>
    </header>
    ${nodes.length === 0 && html`<p class="card first-none" role="status">${t("first.no-node")}</p>`}
    <div class="first-cards">${SAMPLES.map((sample) => html`<${Card} key=${sample.id} app=${app} sample=${sample} />`)}</div>
    <p class="first-own">${t("first.own")} <a href=${href("start")}>${t("first.own.start")}</a></p>
  </section>`;
}
