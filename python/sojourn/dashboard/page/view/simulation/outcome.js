// @ts-check
/** What came of a simulation: gains, and how it went with and without the controller. */
import { html } from "../../core/ui.js";
import { number, percent } from "../../core/unit.js";
import { Chart } from "../../part/chart.js";
import { t } from "../../text/text.js";

const GAINS = ["energy_gain", "mobility_gain", "outage_gain", "crowd_gain", "deadline_gain"];
const LINES = ["work", "suspended", "battery", "down", "over", "unserved", "moves"];
const SHARES = ["battery", "unserved"];
const HOUR_S = 3600;

/**
 * Lines from nothing on, and at least so high: a small difference must not look like a large one.
 * @param {number} high
 */
function scaled(high) {
  const range = (/** @type {any} */ _plot, /** @type {number} */ least, /** @type {number} */ most) => [
    Math.min(0, least),
    Math.max(high, most * 1.1),
  ];
  return { scales: { x: { time: true }, y: { range } } };
}
const OF_SHARES = scaled(0.1);
const OF_COUNTS = scaled(1);

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
      <${Chart} label=${t(`simulation.line.${name}`)} x=${x} height=${140} sync="simulation" options=${SHARES.includes(name) ? OF_SHARES : OF_COUNTS} unit=${SHARES.includes(name) ? percent : two} series=${[
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

/** @param {number} value */
function two(value) {
  return number(value, 2);
}
