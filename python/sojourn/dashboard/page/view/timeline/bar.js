/** What is shown, and how: filters, lanes, time. */
import { html } from "../../core/ui.js";
import { number } from "../../core/unit.js";
import { Menu } from "../../part/menu.js";
import { SearchField } from "../../part/search.js";
import { t } from "../../text/text.js";
import { asCsv, asJson, save } from "./download.js";
import { WHATS } from "./kind.js";
import { compareNames } from "./lane.js";
import { all, into } from "./press.js";

/**
 * @typedef {import("./board.js").Board} Board
 * @typedef {import("./filter.js").Filter} Filter
 */

/**
 * @param {{board: Board, nodes: readonly string[], entries: readonly import("./entry.js").Entry[], realm: string,
 *   onFilter: (filter: Filter) => void, onBy: (by: "atom" | "node") => void}} props
 */
export function Bar({ board, nodes, entries, realm, onFilter, onBy }) {
  const { filter } = board;
  /** @type {(change: Partial<Filter>) => void} */
  const change = (part) => onFilter({ ...filter, ...part });
  const name = `${realm || "realm"}-timeline`;
  const files = [
    {
      label: t("timeline.download.csv", { count: entries.length }),
      onSelect: () => save(`${name}.csv`, "text/csv;charset=utf-8", asCsv(entries)),
    },
    {
      label: t("timeline.download.json", { count: entries.length }),
      onSelect: () => save(`${name}.json`, "application/json", asJson(entries)),
    },
  ];
  const known = [...new Set([...nodes, ...(filter.node ? [filter.node] : [])])].sort(compareNames);
  return html`<div class="timeline-bar">
    <${SearchField} label=${t("timeline.filter.text")} value=${filter.text} onInput=${(/** @type {string} */ text) => change({ text })}
      found=${t("timeline.found", { count: board.shown.length })} />
    <input class="timeline-atom" type="search" aria-label=${t("timeline.filter.atom")} placeholder=${t("timeline.filter.atom")} value=${filter.atom}
      spellcheck=${false} onInput=${(/** @type {any} */ event) => change({ atom: event.currentTarget.value })} />
    <select aria-label=${t("timeline.filter.node")} value=${filter.node} onChange=${(/** @type {any} */ event) => change({ node: event.currentTarget.value })}>
      <option value="">${t("timeline.filter.all-nodes")}</option>
      ${known.map((node) => html`<option key=${node} value=${node}>${node}</option>`)}
    </select>
    <div class="timeline-switch" role="group" aria-label=${t("timeline.lanes")}>
      ${(/** @type {const} */ (["atom", "node"])).map(
        (by) =>
          html`<button key=${by} type="button" class="button small" aria-pressed=${board.by === by} onClick=${() => onBy(by)}>${t(`timeline.lanes.${by}`)}</button>`,
      )}
    </div>
    <span class="timeline-space-between"></span>
    <div class="timeline-switch" role="group" aria-label=${t("timeline.time")}>
      <button type="button" class="button small" aria-label=${t("timeline.farther")} title=${t("timeline.farther")} onClick=${() => board.zoom(1.6)}>−</button>
      <button type="button" class="button small" aria-label=${t("timeline.nearer")} title=${t("timeline.nearer")} onClick=${() => board.zoom(0.6)}>+</button>
      <button type="button" class="button small" onClick=${() => all(board)}>${t("timeline.all")}</button>
      ${board.range && html`<button type="button" class="button small" onClick=${() => into(board)}>${t("timeline.into")}</button>`}
    </div>
    <button type="button" class=${board.following ? "button small timeline-live" : "button small"} onClick=${() => (board.following ? board.hold() : board.follow())}>
      ${board.following ? t("timeline.hold") : t("timeline.follow")}
    </button>
    <${Menu} label=${t("timeline.download")} items=${files}>${t("timeline.download")} ▾<//>
  </div>`;
}

/**
 * The legend, which is a filter too.
 *
 * @param {{board: Board, counts: ReadonlyMap<string, number>, onFilter: (filter: Filter) => void}} props
 */
export function Legend({ board, counts, onFilter }) {
  const { filter } = board;
  /** @param {import("./kind.js").What} what */
  function turn(what) {
    const chosen = new Set(filter.what);
    if (!chosen.delete(what)) chosen.add(what);
    onFilter({ ...filter, what: chosen });
  }
  return html`<div class="timeline-legend" role="group" aria-label=${t("timeline.filter.what")}>
    ${WHATS.map(
      (
        what,
      ) => html`<button key=${what} type="button" class="timeline-chip" aria-pressed=${filter.what.has(what)} onClick=${() => turn(what)}>
        <span class="timeline-sign" data-what=${what} aria-hidden="true"></span>${t(`timeline.what.${what}`)}<span class="timeline-count">${number(counts.get(what) ?? 0, 0)}</span>
      </button>`,
    )}
    ${filter.what.size > 0 && html`<button type="button" class="button quiet small" onClick=${() => onFilter({ ...filter, what: new Set() })}>${t("timeline.all-kinds")}</button>`}
  </div>`;
}
