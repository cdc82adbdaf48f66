/** One entry in full, or two side by side. */
import { atomHref, nodeHref } from "../../core/route.js";
import { html, useEffect, useMemo } from "../../core/ui.js";
import { bytes, ms, number, rate } from "../../core/unit.js";
import { Copyable } from "../../part/copyable.js";
import { Name, visible } from "../../part/name.js";
import { t } from "../../text/text.js";
import { compared, downtimeOf, longestOf, rateOf } from "./compare.js";
import { manner, usePicked } from "./follow.js";
import { into } from "./press.js";
import { traceHref } from "./trace.js";
import { timeText } from "./when.js";

/**
 * @typedef {import("./entry.js").Entry} Entry
 * @typedef {import("./board.js").Board} Board
 */

/** So many of the longest are named. */
const MOST = 4;

/** @param {string} name @param {"atom" | "node"} view */
function link(name, view) {
  return name && html`<${Name} text=${name} most=${80} href=${view === "atom" ? atomHref(name) : nodeHref(name)} />`;
}

/**
 * What is told of an entry: name and value, only what is known.
 *
 * @param {Entry} entry
 * @param {string} traces
 * @returns {[string, any][]}
 */
function facts(entry, traces) {
  const downtime = downtimeOf(entry);
  const pace = rateOf(entry);
  /** @type {[string, any][]} */
  const list = [
    ["at", timeText(entry.at)],
    ["atom", link(entry.atom, "atom")],
    ["way", way(entry)],
    ["cause", entry.cause && visible(entry.cause)],
    ["error", entry.error && visible(entry.error)],
    ["downtime", downtime !== undefined && html`<strong>${ms(downtime)}</strong>`],
    ["total", entry.total_ms > 0 && ms(entry.total_ms)],
    ["bytes", entry.measured && bytes(entry.bytes)],
    ["rate", pace !== undefined && rate(pace)],
    ["rounds", entry.rounds > 0 && number(entry.rounds, 0)],
    ["gain", entry.gain !== 0 && number(entry.gain, 3)],
    ["cost", entry.cost !== 0 && number(entry.cost, 3)],
    ["trace", entry.trace && html`<${Trace} trace=${entry.trace} traces=${traces} />`],
    ["number", entry.number > 0 && String(entry.number)],
  ];
  return list.filter(([, value]) => value !== "" && value !== false && value !== undefined);
}

/** @param {Entry} entry */
function way(entry) {
  if (entry.source === "" && entry.target === "") return "";
  if (entry.source === "" || entry.source === entry.target) return link(entry.target, "node");
  if (entry.target === "") return link(entry.source, "node");
  return html`${link(entry.source, "node")} → ${link(entry.target, "node")}`;
}

/** @param {{trace: string, traces: string}} props */
function Trace({ trace, traces }) {
  const href = traceHref(traces, trace);
  const copy = html`<${Copyable} text=${trace} shown=${trace.slice(0, 12)} label=${t("timeline.fact.trace")} />`;
  if (href === "") return copy;
  return html`<a href=${href} target="_blank" rel="noreferrer noopener">${t("timeline.trace.open")}</a> ${copy}`;
}

/** Where nothing is selected: what is most worth a look. @param {{board: Board, entries: readonly Entry[]}} props */
function Longest({ board, entries }) {
  const longest = useMemo(() => longestOf(entries, MOST), [entries]);
  return html`<p class="timeline-quiet">${t("timeline.nothing")}</p>
    ${
      longest.length > 0 &&
      html`<h3 class="timeline-longest-head">${t("timeline.longest")}</h3><ol class="timeline-longest">
      ${longest.map(
        (
          entry,
        ) => html`<li key=${entry.key}><button type="button" class="timeline-longest-one" onClick=${() => board.choose(entry.key)}>
          <strong>${ms(entry.downtime_ms)}</strong> <${Name} text=${entry.atom} most=${32} />
          <span class="timeline-longest-why">${visible(entry.source)} → ${visible(entry.target)} · ${visible(entry.cause)}</span></button></li>`,
      )}
    </ol>`
    }`;
}

/**
 * @param {{board: Board, entries: readonly Entry[], traces: string, refresh: (entry: Entry) => void}} props
 */
export function Detail({ board, entries, traces, refresh }) {
  usePicked(board, () => `${manner(board)}\n${board.selected.map((entry) => entry.state + entry.number).join()}`);
  const { selected } = board;
  const [first, second] = selected;
  const only = second === undefined ? first : undefined;
  useEffect(() => {
    if (only !== undefined && only.move > 0) refresh(only);
  }, [only?.key, only?.state]);
  if (first === undefined) return html`<${Longest} board=${board} entries=${entries} />`;
  if (second !== undefined) return html`<${Comparison} board=${board} first=${first} second=${second} />`;
  const shown = first.text || t("timeline.under-way", { atom: visible(first.atom), target: visible(first.target) });
  return html`<div class="timeline-detail" role="region" aria-label=${t("timeline.detail")}>
    <p class="timeline-what" data-what=${first.what}>${t(`timeline.what.${first.what}`)}${first.state && ` · ${t(`timeline.state.${first.state}`)}`}</p>
    <p class="timeline-told"><bdi>${visible(shown)}</bdi></p>
    <dl class="timeline-facts">
      ${facts(first, traces).map(([name, value]) => html`<div key=${name}><dt>${t(`timeline.fact.${name}`)}</dt><dd>${value}</dd></div>`)}
    </dl>
    <div class="timeline-buttons">
      ${
        first.move > 0 &&
        html`<button type="button" class="button small" aria-pressed=${board.comparing} onClick=${() => board.compare(!board.comparing)}>${t("timeline.compare")}</button>`
      }
      <button type="button" class="button small" onClick=${() => into(board)}>${t("timeline.zoom-to")}</button>
      <button type="button" class="button small quiet" onClick=${() => board.choose(undefined)}>${t("timeline.clear")}</button>
    </div>
    ${board.comparing && html`<p class="timeline-quiet" role="status">${t("timeline.comparing")}</p>`}
  </div>`;
}

/** @param {number | string | undefined} value @param {import("./compare.js").Unit} unit */
function written(value, unit) {
  if (value === undefined || value === "") return "–";
  if (typeof value === "string") return html`<bdi>${visible(value)}</bdi>`;
  const units = {
    time: timeText,
    milliseconds: ms,
    bytes,
    rate,
    number: (/** @type {number} */ each) => number(each, 3),
    text: String,
  };
  return units[unit](value);
}

/** @param {number | undefined} ratio */
function difference(ratio) {
  if (ratio === undefined) return "";
  const factor = ratio >= 1 ? ratio : 1 / ratio;
  if (factor < 1.005) return t("timeline.same");
  return t(ratio >= 1 ? "timeline.times-more" : "timeline.times-less", { factor: number(factor, factor < 10 ? 2 : 0) });
}

/** @param {{board: Board, first: Entry, second: Entry}} props */
function Comparison({ board, first, second }) {
  return html`<div class="timeline-comparison" role="region" aria-label=${t("timeline.comparison")}>
    <table>
      <thead><tr><td></td><th scope="col">A</th><th scope="col">B</th><th scope="col">${t("timeline.difference")}</th></tr></thead>
      <tbody>
        ${compared(first, second).map(
          (
            row,
          ) => html`<tr key=${row.name} class=${row.ratio !== undefined && Math.abs(Math.log(row.ratio)) > 0.2 ? "timeline-differs" : ""}>
            <th scope="row">${t(`timeline.fact.${row.name}`)}</th>
            <td>${row.name === "state" && row.first ? t(`timeline.state.${row.first}`) : written(row.first, row.unit)}</td>
            <td>${row.name === "state" && row.second ? t(`timeline.state.${row.second}`) : written(row.second, row.unit)}</td>
            <td class="timeline-ratio">${difference(row.ratio)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
    <div class="timeline-buttons">
      <button type="button" class="button small" onClick=${() => into(board)}>${t("timeline.zoom-to")}</button>
      <button type="button" class="button small quiet" onClick=${() => board.choose(undefined)}>${t("timeline.clear")}</button>
    </div>
  </div>`;
}
