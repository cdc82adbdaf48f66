/**
 * Which entry is meant by a place in a lane.
 *
 * @typedef {import("./entry.js").Entry} Entry
 * @typedef {import("./scale.js").Scale} Scale
 */
import { firstNotBefore, pixelOf, timeOf } from "./scale.js";

/** A mark is meant from so many pixels away. */
const REACH = 8;

/**
 * The nearest entry of a lane; of several at the same place the last.
 *
 * @param {readonly Entry[]} entries In order.
 * @param {Scale} scale
 * @param {number} pixel
 * @param {number} longest_s How long the longest entry takes.
 * @param {number} now What goes on goes on until now.
 * @returns {Entry | undefined}
 */
export function entryAt(entries, scale, pixel, longest_s, now) {
  const first = firstNotBefore(entries, timeOf(scale, pixel - REACH) - longest_s);
  /** @type {Entry | undefined} */
  let found;
  let best = REACH;
  for (let index = first; index < entries.length; index += 1) {
    const entry = /** @type {Entry} */ (entries[index]);
    const [left, right] = [pixelOf(scale, entry.at), pixelOf(scale, Math.min(entry.until, Math.max(now, entry.at)))];
    if (left > pixel + REACH) {
      break;
    }
    const away = pixel < left ? left - pixel : Math.max(0, pixel - right);
    if (away <= best) {
      [found, best] = [entry, away];
    }
  }
  return found;
}

/**
 * The entry before or after one, of those that are shown; from nowhere, the last that is on the screen.
 *
 * @param {readonly Entry[]} entries In order.
 * @param {Entry | undefined} entry
 * @param {1 | -1} step
 * @param {Scale} scale
 */
export function neighbour(entries, entry, step, scale) {
  const at = entry === undefined ? -1 : entries.indexOf(entry, Math.max(0, firstNotBefore(entries, entry.at)));
  if (at >= 0) {
    return entries[at + step] ?? entry;
  }
  return entries[Math.max(0, firstNotBefore(entries, scale.to) - 1)];
}
