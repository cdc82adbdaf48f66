// @ts-check
/**
 * What is drawn at which size: dots where they can be told apart, counts where not. Pure; sizes in CSS pixels.
 *
 * | radius of a node | its disc | atoms | label |
 * |---|---|---|---|
 * | below 6 | a dot in the colour of its load | none | none |
 * | 6 to 18 | with a ring for its load | their number, from 11 on | none |
 * | above 18 | the same | dots, or their number where dots were below 0.8 | as many lines as there is room for |
 */
import { APART, NODE } from "./layout.js";

export const LINE = 15;
/** Most of a disc that atoms lie in. */
const INNER = 0.86;
const DOT_MOST = 9;
const APART_MOST = 37;
/** Dots that are so far apart, in pixels, have names below them. */
const NAMED = 40;

/**
 * @typedef {object} Look
 * @property {number} zoom
 * @property {number} radius of a node
 * @property {boolean} small nothing but a dot
 * @property {boolean} counts numbers may be in it
 * @property {number} lines of a label
 * @property {number} wide most width of a label
 */

/** @param {number} zoom @returns {Look} */
export function lookOf(zoom) {
  const radius = NODE * zoom;
  const free = (APART * 0.866 - 2 * NODE - 14) * zoom;
  const lines = radius < 18 ? 0 : Math.max(radius < 26 ? 0 : 1, Math.min(3, Math.floor(free / LINE)));
  return { zoom, radius, small: radius < 6, counts: radius >= 11, lines, wide: APART * zoom - 6 };
}

/** How far apart dots are, in units of the map. @param {number} ring of the crowd */
export function dotsApart(ring) {
  return Math.min(APART_MOST, (NODE * INNER) / (ring + 0.5));
}

/** Radius of a dot, in units of the map. @param {number} ring */
export function dotOf(ring) {
  return Math.min(DOT_MOST, dotsApart(ring) * 0.4);
}

/** Whether there is room for the names of atoms. @param {Look} look @param {number} ring @param {number} apart how far dots are apart */
export function named(look, ring, apart) {
  return ring <= 2 && apart * look.zoom >= NAMED;
}

/** Whether atoms are dots. @param {Look} look @param {number} ring */
export function dotted(look, ring) {
  return look.radius >= 18 && dotOf(ring) * look.zoom >= 0.8;
}

/** How much is seen of what does not fit the filter. */
export const FAINT = 0.22;

/** Tones of atoms, as indices; in the order in which they are drawn. */
export const TONES = /** @type {const} */ (["good", "busy", "bad", "still"]);

/** @type {Record<string, number>} */
const TONE = {
  running: 0,
  starting: 1,
  leaving: 1,
  frozen: 1,
  held: 1,
  lost: 2,
  unplaced: 2,
  failed: 2,
  trapped: 2,
};

/** @param {string} state */
export function toneOf(state) {
  return TONE[state] ?? 3;
}

/**
 * A point of the way from a to b: a little to the right of the straight line, so that links do not run through nodes between.
 * @param {{x: number, y: number}} a
 * @param {{x: number, y: number}} b
 * @param {number} t 0 to 1
 * @param {{x: number, y: number}} into
 */
export function along(a, b, t, into) {
  const bend = bendOf(a, b);
  const u = 1 - t;
  into.x = u * u * a.x + 2 * u * t * bend.x + t * t * b.x;
  into.y = u * u * a.y + 2 * u * t * bend.y + t * t * b.y;
  return into;
}

/**
 * How far along the way it is from the middle of a disc to its rim: what flies is seen between the discs.
 * @param {{x: number, y: number}} a
 * @param {{x: number, y: number}} b
 */
export function rimOf(a, b) {
  const far = Math.hypot(a.x - b.x, a.y - b.y);
  return far > 0 ? Math.min(0.36, (NODE * 1.15) / far) : 0;
}

const BEND = { x: 0, y: 0 };

/**
 * The middle point of that curve; the same for both directions. One object, used again.
 * @param {{x: number, y: number}} a
 * @param {{x: number, y: number}} b
 */
export function bendOf(a, b) {
  // One way round, whichever is given first: what goes forth and back runs on one line.
  const forth = a.x < b.x || (a.x === b.x && a.y < b.y);
  const [dx, dy] = forth ? [b.x - a.x, b.y - a.y] : [a.x - b.x, a.y - b.y];
  BEND.x = (a.x + b.x) / 2 - dy * 0.12;
  BEND.y = (a.y + b.y) / 2 + dx * 0.12;
  return BEND;
}

/** @param {number} share of the cores that are busy */
export function loadTone(share) {
  return share < 0.85 ? "accent" : "warn";
}
