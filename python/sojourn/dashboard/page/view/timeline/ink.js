/**
 * Colours of the timeline, from the page's tokens.
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
