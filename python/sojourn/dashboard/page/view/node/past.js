/**
 * Facts of a node over time: what the controller kept of the last minutes, and what comes while one looks.
 *
 * @typedef {object} History As `GET /v1/nodes/{node}/history` tells it: a value of each list for each time.
 * @property {number} [every_s]
 * @property {number[]} [at]
 * @property {(number | null)[]} [load]
 * @property {(number | null)[]} [memory_free_bytes]
 * @property {(number | null)[]} [atoms]
 * @property {(number | null)[]} [joules]
 * @property {(number | null)[]} [rtt_ms] Mean of its links.
 *
 * @typedef {object} Facts
 * @property {number} load
 * @property {number} memory_free_bytes
 * @property {number} atoms
 * @property {{joules: number} | null} energy
 * @property {number | null} [rtt_ms]
 */

const NAMES = /** @type {const} */ (["load", "memory_free_bytes", "atoms", "joules", "rtt_ms"]);

/** So many times are held: an hour, a value every five seconds. */
export const MOST = 720;

export class Past {
  constructor() {
    this.every_s = 5;
    /** @type {number[]} */
    this.at = [];
    /** @type {Record<typeof NAMES[number], (number | null)[]>} */
    this.values = { load: [], memory_free_bytes: [], atoms: [], joules: [], rtt_ms: [] };
  }

  /**
   * What was before goes in front of what has come since.
   *
   * @param {History} history
   */
  before(history) {
    const times = history.at ?? [];
    this.every_s = history.every_s || this.every_s;
    const first = this.at[0] ?? Number.POSITIVE_INFINITY;
    const count = times.filter((at) => at < first).length;
    this.at = [...times.slice(0, count), ...this.at];
    for (const name of NAMES) {
      const told = Array.from({ length: count }, (_, index) => history[name]?.[index] ?? null);
      this.values[name] = [...told, ...this.values[name]];
    }
    this._cut();
  }

  /**
   * How it is now. Of those that come sooner than one every so often, the last counts.
   *
   * @param {number} at
   * @param {Facts} facts
   */
  add(at, facts) {
    const last = this.at.length - 1;
    if (last >= 0 && at <= /** @type {number} */ (this.at[last])) {
      return;
    }
    const again = last >= 1 && at - /** @type {number} */ (this.at[last - 1]) < this.every_s;
    const place = again ? last : last + 1;
    this.at[place] = at;
    const told = { rtt_ms: null, ...facts, joules: facts.energy?.joules ?? null };
    for (const name of NAMES) {
      this.values[name][place] = told[name];
    }
    this._cut();
  }

  /** Whether a name has any value. @param {typeof NAMES[number]} name */
  has(name) {
    return this.values[name].some((value) => value !== null);
  }

  _cut() {
    const over = this.at.length - MOST;
    if (over > 0) {
      this.at.splice(0, over);
      for (const name of NAMES) {
        this.values[name].splice(0, over);
      }
    }
  }
}
