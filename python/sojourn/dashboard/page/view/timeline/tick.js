/**
 * Ticks of the axis of time: at round times of the clock on the wall, as many as have room.
 *
 * @typedef {object} Tick
 * @property {number} at
 * @property {string} label
 * @property {boolean} day Whether a day begins here, so that its label names the day.
 */

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const STEPS = [
  0.0001,
  0.0002,
  0.0005,
  0.001,
  0.002,
  0.005,
  0.01,
  0.02,
  0.05,
  0.1,
  0.2,
  0.5,
  1,
  2,
  5,
  10,
  15,
  30,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  30 * DAY,
  90 * DAY,
  365 * DAY,
  730 * DAY,
  1825 * DAY,
  3650 * DAY,
];

/** Before this (1973), times are those of a clock that began at 0: of a model. */
export const MODELLED_BEFORE = 100_000_000;

/**
 * Seconds between two ticks.
 *
 * @param {number} seconds What is shown.
 * @param {number} most How many have room.
 */
export function stepOf(seconds, most) {
  const least = seconds / Math.max(1, most);
  return STEPS.find((step) => step >= least) ?? /** @type {number} */ (STEPS.at(-1));
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} most How many have room.
 * @param {string} language
 * @param {number} [east_s] What the clock on the wall is ahead of UTC; what the browser says, if it is left out.
 * @returns {Tick[]}
 */
export function ticks(from, to, most, language, east_s = eastOf(from)) {
  const step = stepOf(to - from, most);
  const wall = from < MODELLED_BEFORE ? 0 : east_s;
  const labelled = labels(language, step, from < MODELLED_BEFORE);
  /** @type {Tick[]} */
  const list = [];
  // Multiples of the step by a whole number: sums of fractions drift.
  for (let count = Math.ceil((from + wall) / step); count * step - wall <= to && list.length <= most + 1; count += 1) {
    const at = count * step - wall;
    const day = step < DAY && from >= MODELLED_BEFORE && (count * step) % DAY === 0;
    list.push({ at, day, label: labelled(at, day) });
  }
  return list;
}

/**
 * What the browser's clock is ahead of UTC, in seconds.
 *
 * @param {number} at
 */
export function eastOf(at) {
  return -60 * new Date(at * 1000).getTimezoneOffset();
}

/**
 * @param {string} language
 * @param {number} step
 * @param {boolean} modelled
 * @returns {(at: number, day: boolean) => string}
 */
function labels(language, step, modelled) {
  if (modelled) {
    return (at) => elapsed(at, step);
  }
  const date = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
  if (step >= DAY) {
    const long = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "2-digit" });
    return (at) => (step >= 30 * DAY ? long : date).format(at * 1000);
  }
  const digits = step >= 1 ? 0 : Math.min(3, Math.ceil(-Math.log10(step) - 1e-9));
  const clock = new Intl.DateTimeFormat(language, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(step < MINUTE ? { second: "2-digit" } : {}),
    ...(digits > 0 ? { fractionalSecondDigits: /** @type {1 | 2 | 3} */ (digits) } : {}),
  });
  // A half of a millisecond more: what is cut off is not what was rounded down.
  return (at, day) => (day ? date : clock).format(at * 1000 + 0.5);
}

/**
 * Time since a model began: `12.5 s`, `2:05`, `1:00:05`.
 *
 * @param {number} at
 * @param {number} step
 */
export function elapsed(at, step) {
  const sign = at < 0 ? "−" : "";
  const seconds = Math.abs(at);
  const digits = step >= 1 ? 0 : Math.min(4, Math.ceil(-Math.log10(step) - 1e-9));
  if (seconds < MINUTE) {
    return `${sign}${seconds.toFixed(digits)} s`;
  }
  const whole = Math.floor(seconds / MINUTE);
  const rest = (seconds % MINUTE).toFixed(digits).padStart(digits > 0 ? digits + 3 : 2, "0");
  const hours = Math.floor(whole / 60);
  const minutes = String(whole % 60);
  return hours > 0 ? `${sign}${hours}:${minutes.padStart(2, "0")}:${rest}` : `${sign}${minutes}:${rest}`;
}
