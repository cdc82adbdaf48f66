/**
 * Colours and signs of the timeline, from the page's tokens.
 *
 * @typedef {import("./kind.js").What} What
 *
 * @typedef {object} Ink
 * @property {string} text
 * @property {string} muted
 * @property {string} line
 * @property {string} surface
 * @property {string} accent
 * @property {string} bad
 * @property {Record<What, string>} what
 * @property {readonly string[]} series
 * @property {string} font
 */
import { colours } from "../../core/colour.js";
import { WHATS } from "./kind.js";

const PLAIN = ["--ink", "--muted", "--line", "--surface", "--accent", "--bad"];
const SERIES = Array.from({ length: 8 }, (_, at) => `--series-${at}`);

/** Token of each. @type {Record<What, string>} */
const TOKENS = {
  move: "--series-0",
  start: "--series-3",
  end: "--series-7",
  failure: "--bad",
  restore: "--series-1",
  update: "--series-5",
  node: "--series-2",
  change: "--series-6",
};

/**
 * @param {Element} element
 * @returns {Ink}
 */
export function inkOf(element) {
  const token = colours(element, [...PLAIN, ...SERIES]);
  return {
    text: token("--ink"),
    muted: token("--muted"),
    line: token("--line"),
    surface: token("--surface"),
    accent: token("--accent"),
    bad: token("--bad"),
    what: /** @type {Record<What, string>} */ (Object.fromEntries(WHATS.map((what) => [what, token(TOKENS[what])]))),
    series: SERIES.map(token),
    font: getComputedStyle(element).fontFamily,
  };
}

/**
 * The sign of each, in a box of 10 by 10 around the middle: told apart without colour, too. Those of `LINES` are drawn, the others filled.
 *
 * @type {Record<What, string>}
 */
export const SIGNS = {
  move: "M-3.5-4.5L4.5 0L-3.5 4.5Z",
  start: "M0-4.2A4.2 4.2 0 1 1-.01-4.2Z",
  end: "M-3.5-3.5H3.5V3.5H-3.5Z",
  failure: "M-3.8-3.8L3.8 3.8M3.8-3.8L-3.8 3.8",
  restore: "M0-4.6L4.4 3.6H-4.4Z",
  update: "M0 4.6L4.4-3.6H-4.4Z",
  node: "M0-5L5 0L0 5L-5 0Z",
  change: "M0-2.4A2.4 2.4 0 1 1-.01-2.4Z",
};

export const LINES = new Set(["failure"]);
