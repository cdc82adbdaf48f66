/**
 * Draws the timeline: lanes from top to bottom, time from left to right. Twenty thousand entries are drawn in a few
 * milliseconds, for what falls on the same pixel of a lane is drawn once.
 *
 * @typedef {import("./entry.js").Entry} Entry
 * @typedef {import("./board.js").Board} Board
 * @typedef {import("./sheet.js").Sheet} Sheet
 */
import { absent, axis, losses, present } from "./backdrop.js";
import { lane, marks, ways } from "./course.js";
import { visibleLanes } from "./lane.js";
import { pixelOf } from "./scale.js";
import { AXIS, middle } from "./sheet.js";

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
