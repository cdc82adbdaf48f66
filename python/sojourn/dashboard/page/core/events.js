// @ts-check
/**
 * What happened, newest last: the last 20,000 events of the realm, by number, without gaps.
 *
 *   events.list -> RealmEvent[]                     ascending numbers; do not change it
 *   events.onEvent(f(event)) -> off                 each new one, once
 *   events.onChange(f) -> off                       after several came, or all anew (`useChange` takes it)
 *   events.before(number) -> Promise(RealmEvent[])  up to 500 older ones, from where the source has them
 *   events.add(several), events.replace(several), events.clear()             what a source does; those that are there already are passed over
 *   events.gaps: [{first, last, reason}]            which are not kept anywhere any more
 *
 * Pure: no clock, no document.
 */
import { Told } from "./told.js";

export const KEPT = 20_000;

/** @typedef {import("./record.js").RealmEvent} RealmEvent */

export class Events {
  constructor(kept = KEPT) {
    this._kept = kept;
    /** @type {RealmEvent[]} */
    this.list = [];
    /** @type {{first: number, last: number, reason: string}[]} */
    this.gaps = [];
    /** @type {Told<RealmEvent>} */
    this._each = new Told();
    /** @type {Told<void>} */
    this._changed = new Told();
    /** @type {(number: number) => Promise<RealmEvent[]>} */
    this.older = async () => [];
  }

  /** @param {(event: RealmEvent) => void} told */
  onEvent(told) {
    return this._each.add(told);
  }

  /** @param {() => void} told */
  onChange(told) {
    return this._changed.add(told);
  }

  /** Number of the newest; 0: there is none. */
  get last() {
    return this.list.at(-1)?.number ?? 0;
  }

  /**
   * Takes events, ascending.
   * @param {readonly RealmEvent[]} several
   * @param {boolean} [past] they are of before the page looked: kept, but not told one by one
   */
  add(several, past = false) {
    const fresh = several.filter((event) => event.number > this.last);
    if (!fresh.length) return;
    for (const event of fresh) this.list.push(event);
    if (this.list.length > this._kept + this._kept / 4) this.list = this.list.slice(-this._kept);
    if (!past) for (const event of fresh) this._each.tell(event);
    this._changed.tell();
  }

  /**
   * Older ones in front.
   * @param {readonly RealmEvent[]} several ascending, all before the first
   */
  addOlder(several) {
    const first = this.list[0]?.number ?? Number.POSITIVE_INFINITY;
    const fresh = several.filter((event) => event.number < first);
    const room = this._kept - this.list.length;
    if (!fresh.length || room <= 0) return;
    this.list = [...fresh.slice(-room), ...this.list];
    this._changed.tell();
  }

  /**
   * Events before a number, ascending; empty where there are none any more.
   * @param {number} number
   */
  before(number) {
    return this.older(number);
  }

  /** @param {{first: number, last: number, reason: string}} gap */
  gap(gap) {
    this.gaps.push(gap);
    this._changed.tell();
  }

  /** All at once, ascending: a recording was wound to another place. @param {readonly RealmEvent[]} several */
  replace(several) {
    this.list = several.slice(-this._kept);
    this.gaps = [];
    this._changed.tell();
  }

  clear() {
    this.list = [];
    this.gaps = [];
    this._changed.tell();
  }
}
