/** What happened in the lanes: where atoms were, what befell them, and the ways between nodes. */
import { firstNotBefore, pixelOf, span } from "./scale.js";
import { middle } from "./sheet.js";
import { BOX, signOf } from "./sign.js";
import { staysOf } from "./stay.js";

/**
 * @typedef {import("./board.js").Board} Board
 * @typedef {import("./sheet.js").Sheet} Sheet
 * @typedef {import("./entry.js").Entry} Entry
 * @typedef {import("./ink.js").Ink} Ink
 */

const STAY = 12;
/** Signs of a kind that are nearer than this are one. */
const CLOSE = 3;

/**
 * The line under a lane; and of an atom, where it was.
 *
 * @param {Board} board
 * @param {Sheet} sheet
 * @param {number} at
 */
export function lane(board, sheet, at) {
  const { context, ink } = sheet;
  const { scale } = board;
  const y = middle(sheet, at);
  const { key, entries } = /** @type {import("./lane.js").Lane} */ (board.lanes[at]);
  context.strokeStyle = ink.line;
  context.globalAlpha = 0.6;
  context.beginPath();
  context.moveTo(0, Math.round(y + sheet.lane / 2) - 0.5);
  context.lineTo(scale.width, Math.round(y + sheet.lane / 2) - 0.5);
  context.stroke();
  context.globalAlpha = 1;
  if (board.by !== "atom" || key === "") {
    return;
  }
  const now = board.now;
  context.font = `10px ${ink.font}`;
  context.textAlign = "left";
  for (const stay of staysOf(entries, board.lost)) {
    const left = pixelOf(scale, Math.max(scale.from, stay.from, board.coverage.from));
    const right = pixelOf(scale, Math.min(scale.to, stay.to, now));
    if (right <= left) {
      continue;
    }
    context.fillStyle = sheet.colour(stay.node);
    context.globalAlpha = 0.26;
    context.fillRect(left, y - STAY / 2, Math.max(1, right - left - 1), STAY);
    context.globalAlpha = 1;
    named(context, ink, stay.node, left + 12, right - left - 24, y);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Ink} ink
 * @param {string} name
 * @param {number} x
 * @param {number} room
 * @param {number} y
 */
function named(context, ink, name, x, room, y) {
  if (room < 18) {
    return;
  }
  let text = name;
  if (context.measureText(text).width > room) {
    text = `${name.slice(0, Math.max(1, Math.floor((room / context.measureText(name).width) * name.length) - 1))}…`;
    if (text.length < 4) {
      return;
    }
  }
  context.fillStyle = ink.muted;
  context.fillText(text, x, y + 0.5);
}

/**
 * The entries of a list that may be seen, from the first on, until `each` has had all.
 *
 * @param {Board} board
 * @param {readonly Entry[]} entries
 * @param {(entry: Entry, left: number, right: number) => void} each
 */
function seen({ scale, story, now }, entries, each) {
  const margin = (8 / scale.width) * span(scale);
  const until = scale.to + margin;
  for (let at = firstNotBefore(entries, scale.from - margin - story.longest_s); at < entries.length; at += 1) {
    const entry = /** @type {Entry} */ (entries[at]);
    if (entry.at > until) {
      return;
    }
    const end = Math.min(entry.until, Math.max(now, entry.at));
    if (end >= scale.from - margin) {
      each(entry, pixelOf(scale, entry.at), pixelOf(scale, end));
    }
  }
}

/**
 * @param {Board} board
 * @param {Sheet} sheet
 * @param {number} at
 */
export function marks(board, sheet, at) {
  const { context, ink } = sheet;
  const y = middle(sheet, at);
  const { key, entries } = /** @type {import("./lane.js").Lane} */ (board.lanes[at]);
  /** Where each kind was drawn last. @type {Record<string, number>} */
  const last = {};
  seen(board, entries, (entry, left, right) => {
    const failed = entry.state === "failed";
    const what = failed ? "failure" : entry.what;
    const colour = ink.what[what];
    // Of nodes, that of the source has how long it took, for there it ran; that of the target the arrival.
    const leaves = board.by === "node" && entry.source !== "" && entry.target !== entry.source;
    if (right - left > 3 && (!leaves || entry.source === key)) {
      lasting(board, sheet, entry, left, right, y, colour);
    }
    if (leaves && entry.source === key) {
      return;
    }
    if (right - (last[what] ?? Number.NEGATIVE_INFINITY) < CLOSE) {
      return;
    }
    last[what] = right;
    const sign = signOf(ink, what, entry.until === Number.POSITIVE_INFINITY);
    context.drawImage(sign, right - BOX / 2, y - BOX / 2, BOX, BOX);
  });
}

/**
 * How long it took, and how long of that the atom stood still.
 *
 * @param {Board} board
 * @param {Sheet} sheet
 * @param {Entry} entry
 * @param {number} left
 * @param {number} right
 * @param {number} y
 * @param {string} colour
 */
function lasting(board, { context }, entry, left, right, y, colour) {
  context.fillStyle = colour;
  context.globalAlpha = 0.45;
  context.fillRect(left, y - 3, right - left, 6);
  context.globalAlpha = 1;
  if (entry.downtime_ms > 0) {
    const still = (entry.downtime_ms / 1000 / span(board.scale)) * board.scale.width;
    context.fillRect(Math.max(left, right - still), y - 5, Math.min(right - left, Math.max(1, still)), 10);
  }
}

/**
 * From the lane of one node to that of another.
 *
 * @param {Board} board
 * @param {Sheet} sheet
 */
export function ways(board, sheet) {
  const { context, ink } = sheet;
  const places = new Map(board.lanes.map((each, at) => [each.key, middle(sheet, at)]));
  /** @type {Map<string, number>} */
  const last = new Map();
  // By colour, and as rectangles: those are filled much sooner than lines are stroked.
  /** @type {Map<string, number[]>} */
  const found = new Map();
  seen(board, board.shown, (entry, _left, right) => {
    const [from, to] = [places.get(entry.source), places.get(entry.target)];
    if (entry.source === "" || from === undefined || to === undefined || from === to) {
      return;
    }
    const pair = `${entry.source}\n${entry.target}`;
    if (right - (last.get(pair) ?? Number.NEGATIVE_INFINITY) < 2) {
      return;
    }
    last.set(pair, right);
    const colour = entry.state === "failed" ? ink.bad : sheet.colour(entry.source);
    let ends = found.get(colour);
    if (ends === undefined) {
      ends = [];
      found.set(colour, ends);
    }
    ends.push(right, from, to + (to > from ? -6 : 6));
  });
  context.globalAlpha = 0.6;
  for (const [colour, ends] of found) {
    context.fillStyle = colour;
    for (let at = 0; at < ends.length; at += 3) {
      const [x, from, to] = /** @type {[number, number, number]} */ (ends.slice(at, at + 3));
      context.fillRect(x - 0.75, Math.min(from, to), 1.5, Math.abs(to - from));
      context.fillRect(x - 2, from - 2, 4, 4);
    }
  }
  context.globalAlpha = 1;
}
