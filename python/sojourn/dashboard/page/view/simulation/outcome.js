// @ts-check
/** What came of a simulation: gains, and how it went with and without the controller. */
import { html } from "../../core/ui.js";
import { number } from "../../core/unit.js";
import { Chart } from "../../part/chart.js";
import { t } from "../../text/text.js";

const GAINS = ["energy_gain", "mobility_gain", "outage_gain", "crowd_gain", "deadline_gain"];
const LINES = ["work", "suspended", "battery", "down", "over", "unserved", "moves"];
const HOUR_S = 3600;

/** @param {{recording: import("./recording.js").Recording}} props */
export function Outcome({ recording }) {
  const { summary, header } = recording;
  if (!summary || !header) return null;
  const { baseline, control, gains = {} } = summary;
  const shown = LINES.filter((name) => control?.lines?.[name]?.some(isSome) || baseline?.lines?.[name]?.some(isSome));
  const hours = control?.lines?.at ?? [];
  const x = hours.map((/** @type {number} */ hour) => header.begins + hour * HOUR_S);
  return html`<section class="card simulation-outcome" aria-label=${t("simulation.outcome")}>
    <h2>${t("simulation.outcome")}</h2>
    ${summary.cut_at && html`<p class="badge" data-tone="warn">${t("simulation.cut")}</p>`}
    <ul class="simulation-gains">${GAINS.filter((name) => typeof gains[name] === "number").map((name) => html`<li key=${name}><strong>${`${number(gains[name], 2)} ×`}</strong> ${t(`simulation.gain.${name}`)}</li>`)}</ul>
    <div class="simulation-lines">${shown.map(
      (name) => html`<div key=${name}><h3>${t(`simulation.line.${name}`)}</h3>
      <${Chart} label=${t(`simulation.line.${name}`)} x=${x} height=${140} sync="simulation" series=${[
        { label: t("simulation.control"), values: control?.lines?.[name] ?? [], colour: 0, fill: true },
        { label: t("simulation.baseline"), values: baseline?.lines?.[name] ?? [], colour: 2 },
      ]} /></div>`,
    )}</div>
  </section>`;
}

/** @param {any} value */
function isSome(value) {
  return typeof value === "number" && value !== 0;
}
