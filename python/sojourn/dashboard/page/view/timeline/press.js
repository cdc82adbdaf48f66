/**
 * Keys of the lanes.
 *
 * @typedef {import("./board.js").Board} Board
 */
import { neighbour } from "./hit.js";
import { panned, showing, span } from "./scale.js";

const STEP = 0.1;
const NEARER = 0.7;

/**
 * @param {Board} board
 * @param {KeyboardEvent} event
 * @param {(lines: number) => void} scroll
 * @returns {boolean} Whether it did something.
 */
export function pressed(board, event, scroll) {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const turn = event.key === "ArrowLeft" ? -1 : 1;
  switch (event.key) {
    case "ArrowLeft":
    case "ArrowRight":
      if (event.shiftKey) widen(board, turn);
      else board.show(panned(board.scale, turn * STEP * board.scale.width));
      return true;
    case "ArrowUp":
    case "ArrowDown":
      scroll(event.key === "ArrowUp" ? -2 : 2);
      return true;
    case "+":
    case "=":
      board.zoom(NEARER);
      return true;
    case "-":
      board.zoom(1 / NEARER);
      return true;
    case ",":
    case "p":
      step(board, -1);
      return true;
    case ".":
    case "n":
      step(board, 1);
      return true;
    case "Home":
      all(board);
      return true;
    case "End":
      board.follow();
      return true;
    case " ":
      if (board.following) board.hold();
      else board.follow();
      return true;
    case "Enter":
      into(board);
      return true;
    case "c":
      board.compare(!board.comparing);
      return true;
    case "Escape":
      board.select(undefined);
      board.choose(undefined);
      return true;
    default:
      return false;
  }
}

/**
 * Makes the part of time that is selected longer or shorter at its end.
 *
 * @param {Board} board
 * @param {number} turn
 */
function widen(board, turn) {
  const { scale } = board;
  const begin = board.range ?? [(scale.from + scale.to) / 2, (scale.from + scale.to) / 2];
  const to = Math.max(begin[0], begin[1] + turn * 0.05 * span(scale));
  board.select([begin[0], to]);
}

/**
 * @param {Board} board
 * @param {1 | -1} turn
 */
export function step(board, turn) {
  const entry = neighbour(board.shown, board.selected.at(-1), turn, board.scale);
  if (entry === undefined) return;
  board.choose(entry.key);
  reveal(board, entry);
}

/**
 * Shows the time of an entry, if it is not on the screen.
 *
 * @param {Board} board
 * @param {import("./entry.js").Entry} entry
 */
export function reveal(board, entry) {
  const { scale } = board;
  if (entry.at >= scale.from && entry.at <= scale.to) return;
  board.show(showing(scale, entry.at - span(scale) / 2, entry.at + span(scale) / 2));
}

/** All that is here. @param {Board} board */
export function all(board) {
  const { from } = board.coverage;
  if (!Number.isFinite(from)) return;
  const margin = 0.02 * Math.max(1, board.now - from);
  board.show(showing(board.scale, from - margin, board.now + margin));
}

/** What is selected, from edge to edge. @param {Board} board */
export function into(board) {
  if (board.range !== undefined && board.range[1] > board.range[0]) {
    board.show(showing(board.scale, board.range[0], board.range[1]));
    board.select(undefined);
    return;
  }
  const { selected } = board;
  if (selected.length === 0) return;
  const from = Math.min(...selected.map((entry) => entry.at));
  const to = Math.max(...selected.map((entry) => Math.min(entry.until, Math.max(entry.at, board.now))));
  const margin = Math.max(0.05, (to - from) / 2);
  board.show(showing(board.scale, from - margin, to + margin));
}
