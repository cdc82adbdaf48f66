/**
 * The axis of time: which second stands at which pixel.
 *
 * @typedef {object} Scale
 * @property {number} from Seconds at the left edge.
 * @property {number} to Seconds at the right edge.
 * @property {number} width Pixels between.
 */

/** What can be looked at, at least and at most, in seconds: a millisecond, ten years. */
export const SHORTEST_S = 0.001;
export const LONGEST_S = 315_360_000;

/**
 * @param {Scale} scale
 * @param {number} at
 */
export function pixelOf(scale, at) {
  return ((at - scale.from) / (scale.to - scale.from)) * scale.width;
}

/**
 * @param {Scale} scale
 * @param {number} pixel
 */
export function timeOf(scale, pixel) {
  return scale.from + (pixel / Math.max(1, scale.width)) * (scale.to - scale.from);
}

/** @param {Scale} scale */
export function span(scale) {
  return scale.to - scale.from;
}

/**
 * Another part of time, as long as may be.
 *
 * @param {Scale} scale
 * @param {number} from
 * @param {number} to
 * @returns {Scale}
 */
export function showing(scale, from, to) {
  const [first, last] = from <= to ? [from, to] : [to, from];
  const length = Math.min(LONGEST_S, Math.max(SHORTEST_S, last - first));
  const middle = (first + last) / 2;
  return { from: middle - length / 2, to: middle + length / 2, width: scale.width };
}

/**
 * Nearer or farther: `factor` below 1 shows less time; what stands at `at` stays where it is.
 *
 * @param {Scale} scale
 * @param {number} factor
 * @param {number} at
 * @returns {Scale}
 */
export function zoomed(scale, factor, at) {
  const length = span(scale);
  const wanted = Math.min(LONGEST_S, Math.max(SHORTEST_S, length * factor));
  const share = (at - scale.from) / length;
  return { from: at - share * wanted, to: at + (1 - share) * wanted, width: scale.width };
}

/**
 * @param {Scale} scale
 * @param {number} pixels To the right: later.
 * @returns {Scale}
 */
export function panned(scale, pixels) {
  const moved = (pixels / Math.max(1, scale.width)) * span(scale);
  return { ...scale, from: scale.from + moved, to: scale.to + moved };
}

/**
 * The same length, ending at a time.
 *
 * @param {Scale} scale
 * @param {number} to
 * @returns {Scale}
 */
export function endingAt(scale, to) {
  return { ...scale, from: to - span(scale), to };
}

/**
 * Index of the first in an ordered list that is not before a time.
 *
 * @param {readonly {at: number}[]} list
 * @param {number} at
 */
export function firstNotBefore(list, at) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (/** @type {{at: number}} */ (list[middle]).at < at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
