// @ts-check
/**
 * Bars.
 *
 *   html`<${StackedBars} label="Score" rows=${[{key, label, parts: [{text, value}], note?, href?, marked?}]} unit=${(v) => "…"} />`
 *       one bar a row from parts, the negative ones to the left of zero; the same text has the same colour everywhere
 *   html`<${Meter} share=${0.4} label="Load" text="1.6 of 4 cores" tone="good|warn|bad" />`
 */
import { html } from "../core/ui.js";
import { number } from "../core/unit.js";
import { Name, visible } from "./name.js";

/** @typedef {{text: string, value: number}} Part */
/** @typedef {{key: string, label: string, parts: Part[], note?: string, href?: string, marked?: boolean}} Bar */

const COLOURS = 8;

/**
 * Which colour each text has, in the order in which they come.
 * @param {readonly Bar[]} rows
 * @returns {Map<string, number>}
 */
export function coloursOf(rows) {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const row of rows)
    for (const part of row.parts) if (!found.has(part.text)) found.set(part.text, found.size % COLOURS);
  return found;
}

/**
 * Where each part lies: shares of the whole width, which all rows have in common.
 * @param {readonly Bar[]} rows
 */
export function laid(rows) {
  const sums = rows.map((row) => ({
    less: row.parts.reduce((sum, part) => sum + Math.min(0, part.value), 0),
    more: row.parts.reduce((sum, part) => sum + Math.max(0, part.value), 0),
  }));
  const least = Math.min(0, ...sums.map((sum) => sum.less));
  const width = Math.max(0, ...sums.map((sum) => sum.more)) - least || 1;
  return rows.map((row) => {
    let less = 0;
    let more = 0;
    return row.parts.map((part) => {
      less += Math.min(0, part.value);
      const from = part.value < 0 ? less : more;
      more += Math.max(0, part.value);
      return { ...part, from: (from - least) / width, share: Math.abs(part.value) / width };
    });
  });
}

/** @param {{label: string, rows: readonly Bar[], unit?: (value: number) => string}} props */
export function StackedBars({ label, rows, unit = (value) => number(value, 2) }) {
  const colours = coloursOf(rows);
  const places = laid(rows);
  return html`<figure class="bars" aria-label=${label}>
    <ul class="bars-rows">
      ${rows.map(
        (row, at) => html`<li key=${row.key} class=${row.marked ? "bars-row marked" : "bars-row"}>
          <span class="bars-label"><${Name} text=${row.label} href=${row.href} most=${28} /></span>
          <span class="bars-track" aria-hidden="true">
            ${places[at]?.map(
              (
                part,
                i,
              ) => html`<span key=${i} class="bars-part" data-colour=${colours.get(part.text)} title=${`${visible(part.text)}: ${unit(part.value)}`}
              style=${{ left: `${part.from * 100}%`, width: `max(1px, ${part.share * 100}%)` }}></span>`,
            )}
          </span>
          <span class="bars-note">${row.note ?? unit(row.parts.reduce((sum, part) => sum + part.value, 0))}</span>
          <span class="only-read">${row.parts.map((part) => `${visible(part.text)}: ${unit(part.value)}`).join("; ")}</span>
        </li>`,
      )}
    </ul>
    ${colours.size > 0 && html`<figcaption class="bars-legend" aria-hidden="true">${[...colours].map(([text, colour]) => html`<span key=${text}><i data-colour=${colour}></i>${visible(text)}</span>`)}</figcaption>`}
  </figure>`;
}

/** @param {{share: number, label: string, text: string, tone?: string}} props */
export function Meter({ share, label, text, tone = "good" }) {
  const whole = Math.max(0, Math.min(1, Number.isFinite(share) ? share : 0));
  return html`<div class="meter" role="meter" aria-label=${label} aria-valuemin="0" aria-valuemax="1" aria-valuenow=${whole.toFixed(3)} aria-valuetext=${text}>
    <span class="meter-text"><span>${label}</span><span>${text}</span></span>
    <span class="meter-track"><span class="meter-fill" data-tone=${tone} style=${{ width: `${whole * 100}%` }}></span></span>
  </div>`;
}
