/**
 * How values are spread: counts between bounds that grow by 1, 2, 5, and percentiles.
 *
 * @typedef {object} Bin
 * @property {number} from
 * @property {number} to
 * @property {number} count
 */

const DECADE = [1, 2, 5];

/**
 * The percentile by nearest rank: the smallest value that so many of a hundred are not above.
 *
 * @param {readonly number[]} ordered Values in rising order.
 * @param {number} share From 0 to 100.
 */
export function percentile(ordered, share) {
  if (ordered.length === 0) {
    return Number.NaN;
  }
  const rank = Math.ceil((share / 100) * ordered.length - 1e-9);
  return /** @type {number} */ (ordered[Math.min(ordered.length, Math.max(1, rank)) - 1]);
}

/**
 * Bins of 1, 2, 5, 10, ... that hold all values, the empty ones between them too.
 *
 * @param {readonly number[]} values None below 0.
 * @returns {Bin[]}
 */
export function bins(values) {
  if (values.length === 0) {
    return [];
  }
  /** @type {Map<number, number>} */
  const counts = new Map();
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    const place = placeOf(value);
    counts.set(place, (counts.get(place) ?? 0) + 1);
    first = Math.min(first, place);
    last = Math.max(last, place);
  }
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    from: first + index === LEAST ? 0 : boundOf(first + index),
    to: boundOf(first + index + 1),
    count: counts.get(first + index) ?? 0,
  }));
}

// What is below 10 microseconds (in milliseconds) is in one bin.
const LEAST = -6;

/** @param {number} place */
function boundOf(place) {
  const decade = Math.floor(place / 3);
  return Number(`${DECADE[place - 3 * decade]}e${decade}`);
}

/** @param {number} value */
function placeOf(value) {
  if (!(value >= boundOf(LEAST + 1))) {
    return LEAST;
  }
  let place = 3 * Math.floor(Math.log10(value)) - 1;
  while (boundOf(place + 1) <= value) {
    place += 1;
  }
  return place;
}

/**
 * What a list of values is summed up by; undefined: there is none.
 *
 * @param {readonly number[]} values
 */
export function summary(values) {
  if (values.length === 0) {
    return undefined;
  }
  const ordered = [...values].sort((a, b) => a - b);
  return {
    count: ordered.length,
    least: /** @type {number} */ (ordered[0]),
    p50: percentile(ordered, 50),
    p90: percentile(ordered, 90),
    p99: percentile(ordered, 99),
    most: /** @type {number} */ (ordered.at(-1)),
    mean: ordered.reduce((sum, value) => sum + value, 0) / ordered.length,
  };
}
