// @ts-check
/** An atom's output, live: one stream at a time, followed or held, searched, wrapped; and its standard input. */
import { html, useChange, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../../core/ui.js";
import { bytes } from "../../core/unit.js";
import { visible } from "../../part/name.js";
import { ProblemView } from "../../part/problem.js";
import { SearchField } from "../../part/search.js";
import { t } from "../../text/text.js";
import { Input } from "./input.js";
import { places, Search } from "./log.js";
import { Reading } from "./reading.js";

/** @typedef {"stdout"|"stderr"} StreamName */
/** @typedef {import("../../core/app.js").App} App */

const ROW = 20;
const BEYOND = 12;
// How long a page may be hidden before it lets go of its stream: a browser has few connections.
const HIDDEN_MS = 5000;
// Output ends before it is known that the atom runs again: then it is asked for anew.
const AGAIN_MS = 1000;
// Lower half of an epoch: its moves; what is above is its lineage.
const LINEAGE = 2 ** 32;

/**
 * What is read of an atom's output, for as long as the atom is looked at.
 * @param {App} app
 * @param {string} name
 * @param {number} epoch
 */
export function useReadings(app, name, epoch) {
  const readings = useMemo(
    () => ({ stdout: new Reading(app.rest, name, "stdout"), stderr: new Reading(app.rest, name, "stderr") }),
    [app.rest, name],
  );
  useEffect(() => {
    for (const each of Object.values(readings)) each.lives(Math.floor(epoch / LINEAGE));
  }, [readings, epoch]);
  return readings;
}

/** @typedef {ReturnType<typeof useReadings>} Readings */

/** @param {{app: App, name: string, readings: Readings, runs: boolean, off: string, channel: boolean, compact?: boolean}} props */
export function Output({ app, name, readings, runs, off, channel, compact = false }) {
  const [stream, setStream] = useState(/** @type {StreamName} */ ("stdout"));
  const [settings, set] = useState({ follow: true, wrap: true, ansi: false, search: "", at: 0 });
  const reading = useChange(readings[stream]);
  useFollowed(reading, runs);
  const { log } = reading;
  log.ansi(settings.ansi);
  const searching = useRef(/** @type {Search|null} */ (null));
  searching.current ??= new Search();
  const found = searching.current.of(log, settings.search);
  const change = (/** @type {Partial<typeof settings>} */ to) => set((now) => ({ ...now, ...to }));
  const goTo = (/** @type {number} */ step) => {
    if (!found.length) return;
    const at = (settings.at + step + found.length) % found.length;
    change({ at, follow: false });
  };
  return html`<section class=${compact ? "atom-output compact" : "atom-output"} aria-label=${t("atom.output")}>
    <div class="atom-output-bar">
      <span class="atom-choice" role="group" aria-label=${t("atom.output.stream")}>
        ${/** @type {StreamName[]} */ (["stdout", "stderr"]).map((each) => html`<button key=${each} type="button" class="button small" aria-pressed=${stream === each} onClick=${() => setStream(each)}>${t(`atom.output.${each}`)}</button>`)}
      </span>
      <button type="button" class="button small" aria-pressed=${settings.follow} onClick=${() => change({ follow: !settings.follow })} title=${t("atom.output.follow.hint")}>${t("atom.output.follow")}</button>
      <button type="button" class="button small" aria-pressed=${settings.wrap} onClick=${() => change({ wrap: !settings.wrap })}>${t("atom.output.wrap")}</button>
      <button type="button" class="button small" aria-pressed=${settings.ansi} onClick=${() => change({ ansi: !settings.ansi })} title=${t("atom.output.ansi.hint")}>${t("atom.output.ansi")}</button>
      <${SearchField} label=${t("atom.output.search")} value=${settings.search} onInput=${(/** @type {string} */ search) => change({ search, at: 0, ...(search ? { follow: false } : {}) })}
        found=${settings.search ? t("atom.output.found", { count: found.length }) : ""} />
      ${
        found.length > 0 &&
        html`<span class="atom-choice"><button type="button" class="button small" aria-label=${t("atom.output.before")} onClick=${() => goTo(-1)}>↑</button>
        <button type="button" class="button small" aria-label=${t("atom.output.after")} onClick=${() => goTo(1)}>↓</button></span>`
      }
    </div>
    <${Lines} log=${log} revision=${log.revision} wrap=${settings.wrap} follow=${settings.follow} search=${settings.search} marked=${found[settings.at] ?? -1}
      onFollow=${(/** @type {boolean} */ follow) => change({ follow })} empty=${emptyText(reading)} />
    <div class="atom-output-foot">
      <span>${t("atom.output.size", { count: log.lines, bytes: bytes(log.offset) })}</span>
      <span role="status">${reading.reason ? visible(reading.reason) : t(`atom.output.state.${reading.state}`)}</span>
    </div>
    ${reading.problem && reading.state === "closed" && html`<${ProblemView} problem=${reading.problem} retry=${() => reading.begin()} />`}
    <${Input} app=${app} name=${name} runs=${runs} off=${off} channel=${channel} />
  </section>`;
}

/** @param {Reading} reading */
function emptyText(reading) {
  if (reading.state === "asking") return t("atom.output.asking");
  return reading.state === "over" ? t("atom.output.none") : t("atom.output.nothing");
}

/**
 * Follows while the page is seen; goes on when the atom runs again.
 * @param {Reading} reading
 * @param {boolean} runs
 */
function useFollowed(reading, runs) {
  useEffect(() => {
    reading.begin();
    let timer = 0;
    const hidden = () => {
      clearTimeout(timer);
      if (document.hidden) timer = window.setTimeout(() => reading.end(), HIDDEN_MS);
      else if (reading.state !== "over") reading.begin();
    };
    document.addEventListener("visibilitychange", hidden);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", hidden);
      reading.end();
    };
  }, [reading]);
  const over = reading.state === "over";
  useEffect(() => {
    if (!runs || !over) return undefined;
    const timer = setTimeout(() => reading.again(), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [reading, runs, over]);
}

/**
 * The rows that are seen.
 * @param {{log: import("./log.js").Log, revision: number, wrap: boolean, follow: boolean, search: string, marked: number,
 *   onFollow: (follow: boolean) => void, empty: string}} props
 */
function Lines({ log, revision, wrap, follow, search, marked, onFollow, empty }) {
  const box = useRef(/** @type {HTMLDivElement|null} */ (null));
  const probe = useRef(/** @type {HTMLSpanElement|null} */ (null));
  const [view, setView] = useState({ top: 0, height: 400, columns: 0 });
  const kept = useRef({ first: log.first, line: 0, log });
  log.wrap(wrap ? view.columns : 0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const measure = () => {
      const width = (probe.current?.getBoundingClientRect().width ?? 80) / 10;
      const columns = Math.max(20, Math.floor((element.clientWidth - 24) / width));
      setView((now) => ({ ...now, height: element.clientHeight, columns }));
    };
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    measure();
    return () => watch.disconnect();
  }, []);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const was = kept.current;
    if (follow) element.scrollTop = element.scrollHeight;
    // What is looked at stays where it is when the oldest lines go.
    else if (was.log === log && was.first !== log.first)
      element.scrollTop = log.rowOf(Math.max(was.line, log.first)) * ROW + (element.scrollTop % ROW);
    kept.current = { first: log.first, line: log.row(Math.floor(element.scrollTop / ROW))?.line ?? 0, log };
  }, [revision, follow, log, view.columns, wrap]);
  useLayoutEffect(() => {
    const element = box.current;
    if (marked < 0 || !element) return;
    element.scrollTop = Math.max(0, log.rowOf(marked) * ROW - element.clientHeight / 2);
  }, [marked, search]);
  const scrolled = () => {
    const element = box.current;
    if (!element) return;
    kept.current.line = log.row(Math.floor(element.scrollTop / ROW))?.line ?? 0;
    setView((now) => ({ ...now, top: element.scrollTop }));
    const atEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - ROW;
    if (follow && !atEnd && element.scrollTop < log.rows * ROW - element.clientHeight - ROW) onFollow(false);
    else if (!follow && atEnd && marked < 0 && log.rows * ROW > element.clientHeight) onFollow(true);
  };
  const top = follow ? Math.max(0, log.rows * ROW - view.height) : view.top;
  const from = Math.max(0, Math.floor(top / ROW) - BEYOND);
  const to = Math.min(log.rows, Math.ceil((top + view.height) / ROW) + BEYOND);
  const rows = [];
  for (let i = from; i < to; i += 1) rows.push(i);
  return html`<div ref=${box} class=${wrap ? "atom-lines wrap" : "atom-lines"} tabindex="0" role="log" aria-live="off" aria-label=${t("atom.output.lines")} onScroll=${scrolled}>
    <span ref=${probe} class="atom-probe" aria-hidden="true">0000000000</span>
    ${log.rows === 0 && html`<p class="quiet-text atom-lines-empty">${empty}</p>`}
    <div class="atom-lines-space" style=${{ height: `${log.rows * ROW}px` }}>
      <div class="atom-lines-seen" style=${{ transform: `translateY(${from * ROW}px)` }}>
        ${rows.map((i) => html`<${LineRow} key=${i} row=${log.row(i)} search=${search} marked=${marked} />`)}
      </div>
    </div>
  </div>`;
}

/** @param {{row: import("./log.js").Row|null, search: string, marked: number}} props */
function LineRow({ row, search, marked }) {
  if (!row) return null;
  if (row.kind !== "text") {
    const text =
      row.kind === "lost" ? t("atom.output.lost", { bytes: bytes(Number(row.text)) }) : t("atom.output.again");
    return html`<div class="atom-line mark" dir="ltr">${text}</div>`;
  }
  const found = places(row.text, search);
  const classes = row.line === marked ? "atom-line here" : "atom-line";
  if (!found.length) return html`<div class=${classes} dir="ltr">${visible(row.text) || " "}</div>`;
  const pieces = [];
  let at = 0;
  for (const [from, to] of found) {
    pieces.push(visible(row.text.slice(at, from)), html`<mark>${visible(row.text.slice(from, to))}</mark>`);
    at = to;
  }
  pieces.push(visible(row.text.slice(at)));
  return html`<div class=${classes} dir="ltr">${pieces}</div>`;
}
