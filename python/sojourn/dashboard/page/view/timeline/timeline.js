/** The view `timeline`: what happened, when, why, and what it cost. */
import { html, useEffect, useMemo, useState } from "../../core/ui.js";
import { number } from "../../core/unit.js";
import { language, t } from "../../text/text.js";
import { Bar, Legend } from "./bar.js";
import { Board } from "./board.js";
import { Detail } from "./detail.js";
import { between, chosen, filterOf, queryOf } from "./filter.js";
import { manner, usePicked, useSlowly } from "./follow.js";
import { compareNames } from "./lane.js";
import { List } from "./list.js";
import { Overview } from "./overview.js";
import { Spread } from "./spread.js";
import { Stage } from "./stage.js";
import { timeText } from "./when.js";

/** @typedef {import("../../core/app.js").App} App */

const MOST_MOVES = 10_000;

/**
 * Records of moves that were decided between two times.
 *
 * @param {App} app
 * @param {number} since
 * @param {number} until
 * @returns {Promise<import("./entry.js").MoveRecord[]>}
 */
function movesOf(app, since, until) {
  const query = { since, limit: 1000, ...(Number.isFinite(until) ? { until } : {}) };
  return app.rest.all("/v1/moves", { query, most: MOST_MOVES });
}

/** Which colour each node has. @param {readonly string[]} nodes */
function coloursOf(nodes) {
  const known = new Map(nodes.map((name, at) => [name, at % 8]));
  // One that is gone has the colour of its name.
  return (/** @type {string} */ name) =>
    known.get(name) ?? [...name].reduce((sum, each) => sum + each.charCodeAt(0), 0) % 8;
}

/** @param {{app: App, params: Record<string, string>, query: Record<string, string>}} props */
export function TimelineView({ app, query }) {
  const board = useMemo(
    () => new Board({ events: app.events, moves: (since, until) => movesOf(app, since, until), now: () => app.now() }),
    [app, app.source],
  );
  const [traces, setTraces] = useState("");
  usePicked(board, () => manner(board));
  const wanted = JSON.stringify(queryOf(filterOf(query)));
  useEffect(() => board.setFilter(filterOf(query)), [board, wanted]);
  useEffect(() => board.setBy(query.by === "node" ? "node" : "atom"), [board, query.by]);
  useEffect(() => {
    // Without it, the trace's identity is shown.
    app.rest.get("/v1/session").then(
      (/** @type {any} */ told) => setTraces(told.trace_address ?? ""),
      () => {},
    );
  }, [app]);

  const known = [...app.picture.nodes.keys()].sort(compareNames);
  const colour = useMemo(() => coloursOf(known), [known.join(" ")]);
  /** @param {import("./filter.js").Filter} filter */
  function filtered(filter) {
    const { atom = null, node = null, text = null, what = null } = queryOf(filter);
    app.route.query({ atom, node, text, what });
  }
  return html`<section class="timeline">
    <h1 class="only-read">${t("timeline.title")}</h1>
    <${Controls} app=${app} board=${board} known=${known} onFilter=${filtered} />
    <div class="timeline-card">
      <${Stage} app=${app} board=${board} colour=${colour} />
      <${Overview} board=${board} />
    </div>
    <${Notice} board=${board} />
    <details class="timeline-help"><summary>${t("timeline.help")}</summary><p id="timeline-keys">${t("timeline.keys")}</p></details>
    <${Below} app=${app} board=${board} traces=${traces} />
  </section>`;
}

/** @param {{app: App, board: Board, known: string[], onFilter: (filter: import("./filter.js").Filter) => void}} props */
function Controls({ app, board, known, onFilter }) {
  useSlowly(board);
  const entries = selectedOf(board);
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const entry of chosen(board.story.entries, { ...board.filter, what: new Set() })) {
    counts.set(entry.what, (counts.get(entry.what) ?? 0) + 1);
  }
  return html`<${Bar} board=${board} nodes=${known} entries=${entries} realm=${app.picture.realm} onFilter=${onFilter}
      onBy=${(/** @type {string} */ by) => app.route.query({ by: by === "node" ? by : null })} />
    <${Legend} board=${board} counts=${counts} onFilter=${onFilter} />`;
}

/** What is selected: those of a part of time, or those on the screen. @param {Board} board */
function selectedOf(board) {
  const [from, to] = board.range ?? [board.scale.from, board.scale.to];
  return between(board.shown, from, to);
}

/** What there is to know of older events. @param {{board: Board}} props */
function Notice({ board }) {
  if (board.older === "failed") {
    return html`<p class="timeline-notice" role="status">${t("timeline.older.failed")} <button type="button" class="button small" onClick=${() => board.retry()}>${t("shell.again")}</button></p>`;
  }
  if (board.older === "full") return html`<p class="timeline-notice" role="status">${t("timeline.older.full")}</p>`;
  return null;
}

/** @param {{app: App, board: Board, traces: string}} props */
function Below({ app, board, traces }) {
  useSlowly(board);
  const [from, to] = board.range ?? [board.scale.from, board.scale.to];
  const pixel = (board.scale.to - board.scale.from) / board.scale.width;
  const place = `${Math.round(from / pixel / 4)} ${Math.round(to / pixel / 4)}`;
  const entries = useMemo(() => selectedOf(board), [board, board.story.revision, board.filter, place]);
  /** What its record knows beside. @param {import("./entry.js").Entry} entry */
  function refresh(entry) {
    app.rest.get(`/v1/moves/${entry.move}`).then(
      (/** @type {any} */ move) => {
        board.story.addMoves([move]);
        board.touch();
      },
      () => {},
    );
  }
  const moves = entries.filter((entry) => entry.move > 0).length;
  const when = { from: timeText(from), to: timeText(Math.min(to, board.now)), moves: number(moves, 0) };
  return html`<div class="timeline-below">
    <section class="card"><h2>${t("timeline.selected")}</h2><${Detail} board=${board} entries=${entries} traces=${traces} refresh=${refresh} /></section>
    <section class="card"><h2>${t("timeline.spread")}</h2>
      ${moves > 0 && html`<p class="timeline-quiet">${t(board.range ? "timeline.spread.range" : "timeline.spread.screen", when)}</p>`}
      <${Spread} entries=${entries} /></section>
    <section class="timeline-table"><h2>${t(board.range ? "timeline.in-range" : "timeline.on-screen", { count: entries.length })}</h2>
      <${List} board=${board} entries=${entries} language=${language()} /></section>
  </div>`;
}
