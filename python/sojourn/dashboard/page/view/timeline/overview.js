/**
 * All that is here at a glance, below the lanes: how much happened when, and which part of it the lanes show. A drag in that part
 * moves it, a drag elsewhere chooses another one.
 */
import { onScheme } from "../../core/colour.js";
import { html, useEffect, useRef } from "../../core/ui.js";
import { t } from "../../text/text.js";
import { inkOf } from "./ink.js";
import { pixelOf, showing, timeOf } from "./scale.js";

/** @typedef {import("./board.js").Board} Board */

const HEIGHT = 44;
const BAR = 3;
/** So often all is counted anew. */
const EVERY_MS = 400;

/** @param {Board} board @param {number} width */
function whole(board, width) {
  const first = board.story.entries[0]?.at ?? board.scale.from;
  const from = Math.min(first, board.scale.from);
  const to = Math.max(board.now, board.scale.to);
  return { from, to: to > from ? to : from + 1, width };
}

/**
 * Counts for each bar: all, and failures.
 *
 * @param {readonly import("./entry.js").Entry[]} entries
 * @param {import("./scale.js").Scale} scale
 */
export function counted(entries, scale) {
  const size = Math.max(1, Math.ceil(scale.width / BAR));
  const [all, bad] = [new Uint32Array(size), new Uint32Array(size)];
  for (const entry of entries) {
    const at = Math.min(size - 1, Math.max(0, Math.floor(pixelOf(scale, entry.at) / BAR)));
    all[at] = /** @type {number} */ (all[at]) + 1;
    if (entry.what === "failure" || entry.state === "failed") bad[at] = /** @type {number} */ (bad[at]) + 1;
  }
  return { all, bad };
}

/**
 * @typedef {object} Counted
 * @property {import("./scale.js").Scale} scale
 * @property {Uint32Array} all
 * @property {Uint32Array} bad
 */

/**
 * @param {Board} board
 * @param {Counted} counts
 * @param {CanvasRenderingContext2D} context
 * @param {import("./ink.js").Ink} ink
 */
function draw(board, { scale, all, bad }, context, ink) {
  const { width } = scale;
  // A hundred times more is not a hundred times higher: single events are to be seen beside a storm.
  const most = Math.log1p(Math.max(1, ...all));
  context.clearRect(0, 0, width, HEIGHT);
  const [left, right] = [pixelOf(scale, board.scale.from), pixelOf(scale, board.scale.to)];
  context.fillStyle = ink.accent;
  context.globalAlpha = 0.12;
  context.fillRect(left, 0, Math.max(2, right - left), HEIGHT);
  context.globalAlpha = 1;
  for (let at = 0; at < all.length; at += 1) {
    const [count, failed] = [all[at] ?? 0, bad[at] ?? 0];
    if (count === 0) continue;
    const high = Math.max(2, (Math.log1p(count) / most) * (HEIGHT - 8));
    const low = failed === 0 ? 0 : Math.max(2, (failed / count) * high);
    context.fillStyle = ink.what.move;
    context.globalAlpha = 0.75;
    context.fillRect(at * BAR, HEIGHT - high, BAR - 1, high - low);
    context.globalAlpha = 1;
    context.fillStyle = ink.bad;
    context.fillRect(at * BAR, HEIGHT - low, BAR - 1, low);
  }
  context.fillStyle = ink.accent;
  for (const edge of [left, right]) context.fillRect(Math.round(edge) - 1, 0, 2, HEIGHT);
}

/** @param {{board: Board}} props */
export function Overview({ board }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return undefined;
    let ink = inkOf(element);
    let [asked, taken] = [0, Number.NEGATIVE_INFINITY];
    /** @type {Counted | undefined} */
    let counts;
    const again = (/** @type {number} */ time) => {
      asked = 0;
      if (counts === undefined || time - taken > EVERY_MS) {
        taken = time;
        const scale = whole(board, element.clientWidth);
        counts = { scale, ...counted(board.shown, scale) };
      }
      draw(board, counts, context, ink);
    };
    const ask = () => {
      if (asked === 0) asked = requestAnimationFrame(again);
    };
    const size = () => {
      const ratio = globalThis.devicePixelRatio || 1;
      element.width = Math.round(element.clientWidth * ratio);
      element.height = Math.round(HEIGHT * ratio);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      ink = inkOf(element);
      counts = undefined;
      ask();
    };
    const watch = new ResizeObserver(size);
    watch.observe(element);
    const timer = setInterval(ask, 1000);
    const ends = [board.onChange(ask), onScheme(size), dragging(board, element)];
    return () => {
      watch.disconnect();
      clearInterval(timer);
      cancelAnimationFrame(asked);
      for (const end of ends) end();
    };
  }, [board]);
  return html`<div class="timeline-overview"><canvas ref=${canvas} style=${{ height: `${HEIGHT}px` }} aria-hidden="true" title=${t("timeline.overview")}></canvas></div>`;
}

/**
 * @param {Board} board
 * @param {HTMLCanvasElement} canvas
 */
function dragging(board, canvas) {
  /** @type {{at: number, scale: import("./scale.js").Scale, inside: [number, number] | undefined} | undefined} */
  let begun;
  const off = new AbortController();
  const how = { signal: off.signal };
  canvas.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      const scale = whole(board, canvas.clientWidth);
      const at = timeOf(scale, event.offsetX);
      const { from, to } = board.scale;
      begun = { at, scale, inside: at >= from && at <= to ? [from, to] : undefined };
    },
    how,
  );
  canvas.addEventListener(
    "pointermove",
    (event) => {
      if (begun === undefined) return;
      const at = timeOf(begun.scale, event.offsetX);
      if (begun.inside !== undefined) {
        const by = at - begun.at;
        board.show({ ...board.scale, from: begun.inside[0] + by, to: begun.inside[1] + by });
      } else if (Math.abs(pixelOf(begun.scale, at) - pixelOf(begun.scale, begun.at)) > 3) {
        board.show(showing(board.scale, begun.at, at));
      }
    },
    how,
  );
  const end = () => {
    begun = undefined;
  };
  canvas.addEventListener("pointerup", end, how);
  canvas.addEventListener("pointercancel", end, how);
  return () => off.abort();
}
