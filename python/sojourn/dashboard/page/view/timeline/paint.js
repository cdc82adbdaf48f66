/**
 * Draws the timeline: lanes from top to bottom, time from left to right. Twenty thousand entries are drawn in a few
 * milliseconds, for what falls on the same pixel of a lane is drawn once.
 *
 * @typedef {import("./entry.js").Entry} Entry
 * @typedef {import("./scale.js").Scale} Scale
 * @typedef {import("./ink.js").Ink} Ink
 * @typedef {import("./board.js").Board} Board
 *
 * @typedef {object} Sheet What is drawn on, and how.
 * @property {CanvasRenderingContext2D} context
 * @property {Ink} ink
 * @property {number} height Of the lanes that are seen.
 * @property {number} top What is scrolled away.
 * @property {number} lane Height of a lane.
 * @property {string} language
 * @property {(node: string) => string} colour Of a node.
 * @property {string | undefined} hovered Key of an entry.
 * @property {string} missing What is written where events are missing.
 * @property {string} older And before the first.
 */

import { visibleLanes } from "./lane.js";
import { firstNotBefore, pixelOf, span } from "./scale.js";
import { BOX, signOf } from "./sign.js";
import { staysOf } from "./stay.js";
import { ticks } from "./tick.js";

/** Height of the axis, at the top. */
export const AXIS = 26;
const LABEL = 86;
const STAY = 12;
/** Signs of a kind that are nearer than this are one. */
const CLOSE = 3;

/**
 * @param {Board} board
 * @param {Sheet} sheet
 */
export function paint(board, sheet) {
  const { context, height } = sheet;
  const { scale } = board;
  context.clearRect(0, 0, scale.width, AXIS + height);
  const range = visibleLanes(board.lanes.length, sheet.lane, sheet.top, height);
  axis(board, sheet);
  context.save();
  context.beginPath();
  context.rect(0, AXIS, scale.width, height);
  context.clip();
  absent(board, sheet);
  for (let at = range[0]; at < range[1]; at += 1) {
    lane(board, sheet, at);
  }
  losses(board, sheet);
  if (board.by === "node") {
    ways(board, sheet);
  }
  for (let at = range[0]; at < range[1]; at += 1) {
    marks(board, sheet, at);
  }
  selection(board, sheet);
  context.restore();
  present(board, sheet);
}

/**
 * Middle of a lane.
 *
 * @param {Sheet} sheet
 * @param {number} at
 */
function middle(sheet, at) {
  return AXIS + (at + 0.5) * sheet.lane - sheet.top;
}

/**
 * @param {Board} board
 * @param {Sheet} sheet
 */
function axis({ scale }, { context, ink, height, language }) {
  context.font = `11px ${ink.font}`;
  context.textBaseline = "middle";
  context.textAlign = "center";
  context.lineWidth = 1;
  for (const tick of ticks(scale.from, scale.to, scale.width / LABEL, language)) {
    const x = Math.round(pixelOf(scale, tick.at)) + 0.5;
    context.strokeStyle = ink.line;
    context.globalAlpha = tick.day ? 1 : 0.7;
    context.beginPath();
    context.moveTo(x, AXIS - 5);
    context.lineTo(x, AXIS + height);
    context.stroke();
    context.globalAlpha = 1;
    context.fillStyle = tick.day ? ink.text : ink.muted;
    context.fillText(tick.label, Math.min(Math.max(x, 32), scale.width - 32), AXIS / 2 - 1);
  }
  context.strokeStyle = ink.line;
  context.beginPath();
  context.moveTo(0, AXIS - 0.5);
  context.lineTo(scale.width, AXIS - 0.5);
  context.stroke();
}

/**
 * Where events are missing, and where none are here yet.
 *
 * @param {Board} board
 * @param {Sheet} sheet
 */
function absent({ scale, coverage }, sheet) {
  for (const hole of coverage.holes) {
    hatched(scale, sheet, hole.from, hole.to, sheet.missing);
  }
  if (scale.from < coverage.from && Number.isFinite(coverage.from)) {
    hatched(scale, sheet, scale.from, coverage.from, sheet.older);
  }
}

/**
 * @param {Scale} scale
 * @param {Sheet} sheet
 * @param {number} from
 * @param {number} to
 * @param {string} text
 */
function hatched(scale, { context, ink, height }, from, to, text) {
  const left = Math.max(-20, pixelOf(scale, from));
  const right = Math.min(scale.width + 20, Math.max(pixelOf(scale, to), left + 3));
  if (right < 0 || left > scale.width) {
    return;
  }
  context.save();
  context.beginPath();
  context.rect(left, AXIS, right - left, height);
  context.clip();
  context.strokeStyle = ink.line;
  context.beginPath();
  for (let x = left - height; x < right; x += 9) {
    context.moveTo(x, AXIS + height);
    context.lineTo(x + height, AXIS);
  }
  context.stroke();
  context.font = `11px ${ink.font}`;
  const room = Math.min(right, scale.width) - Math.max(left, 0);
  const wide = context.measureText(text).width;
  if (room > wide + 20) {
    const x = Math.max(left, 0) + room / 2;
    context.fillStyle = ink.surface;
    context.fillRect(x - wide / 2 - 6, AXIS + height / 2 - 9, wide + 12, 18);
    context.fillStyle = ink.muted;
    context.fillText(text, x, AXIS + height / 2);
  }
  context.restore();
}

/**
 * The line under a lane; and of an atom, where it was.
 *
 * @param {Board} board
 * @param {Sheet} sheet
 * @param {number} at
 */
function lane(board, sheet, at) {
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
function marks(board, sheet, at) {
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
function ways(board, sheet) {
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

/**
 * When nodes were lost: through all lanes, for it concerns them.
 *
 * @param {Board} board
 * @param {Sheet} sheet
 */
function losses({ scale, lost }, { context, ink, height }) {
  context.strokeStyle = ink.bad;
  context.globalAlpha = 0.5;
  context.lineWidth = 1;
  context.setLineDash([2, 3]);
  context.beginPath();
  for (const times of lost.values()) {
    for (const at of times) {
      const x = Math.round(pixelOf(scale, at)) + 0.5;
      if (x >= 0 && x <= scale.width) {
        context.moveTo(x, AXIS);
        context.lineTo(x, AXIS + height);
      }
    }
  }
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/**
 * @param {Board} board
 * @param {Sheet} sheet
 */
function selection(board, sheet) {
  const { context, ink, height } = sheet;
  const { scale, range } = board;
  if (range !== undefined) {
    const [left, right] = [pixelOf(scale, range[0]), pixelOf(scale, range[1])];
    context.fillStyle = ink.accent;
    context.globalAlpha = 0.1;
    context.fillRect(left, AXIS, right - left, height);
    context.globalAlpha = 1;
    context.fillRect(Math.round(left), AXIS, 1, height);
    context.fillRect(Math.round(right) - 1, AXIS, 1, height);
  }
  for (const entry of board.selected) {
    ring(board, sheet, entry, 2);
  }
  const hovered = sheet.hovered === undefined ? undefined : board.story.get(sheet.hovered);
  if (hovered !== undefined) {
    ring(board, sheet, hovered, 1);
  }
}

/**
 * @param {Board} board
 * @param {Sheet} sheet
 * @param {Entry} entry
 * @param {number} width
 */
function ring(board, sheet, entry, width) {
  const { context, ink, height } = sheet;
  const key = board.by === "atom" ? entry.atom : entry.target;
  const at = board.lanes.findIndex((each) => each.key === key);
  if (at < 0) {
    return;
  }
  const x = pixelOf(board.scale, Math.min(entry.until, Math.max(board.now, entry.at)));
  context.strokeStyle = ink.text;
  context.lineWidth = width;
  context.beginPath();
  context.arc(x, middle(sheet, at), 9, 0, 7);
  context.stroke();
  if (width > 1) {
    context.globalAlpha = 0.25;
    context.fillStyle = ink.text;
    context.fillRect(Math.round(x), AXIS, 1, height);
    context.globalAlpha = 1;
  }
}

/**
 * Where now is.
 *
 * @param {Board} board
 * @param {Sheet} sheet
 */
function present({ scale, now }, { context, ink, height }) {
  const x = Math.round(pixelOf(scale, now));
  if (x < 0 || x > scale.width) {
    return;
  }
  context.fillStyle = ink.accent;
  context.fillRect(x, AXIS - 6, 1.5, height + 6);
  context.beginPath();
  context.moveTo(x - 4, AXIS - 8);
  context.lineTo(x + 5.5, AXIS - 8);
  context.lineTo(x + 0.75, AXIS - 1);
  context.fill();
}
