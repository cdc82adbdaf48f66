/**
 * What the timeline shows, apart from how it is drawn: the story so far, which part of it, and what is selected.
 *
 *   board.sync()          takes what has come since; true: something has
 *   board.shown, .lanes   entries that the filter takes, and their lanes
 *   board.scale           the part of time on the screen; board.show(scale) holds it, board.follow() goes with the time
 *   board.range, .chosen  what is selected: a part of time, up to two entries
 *   board.reach()         loads older events while the screen shows a time before the first
 *   board.onChange(f) -> off
 *
 * No document and no clock: `now` is given.
 *
 * @typedef {import("./entry.js").Entry} Entry
 * @typedef {import("./filter.js").Filter} Filter
 * @typedef {import("./scale.js").Scale} Scale
 * @typedef {import("./lane.js").Lane} Lane
 *
 * @typedef {object} From Where it comes from.
 * @property {{list: readonly import("./entry.js").RealmEvent[], before: (number: number) => Promise<import("./entry.js").RealmEvent[]>}} events
 * @property {(since: number, until: number) => Promise<import("./entry.js").MoveRecord[]>} moves Decided between.
 * @property {() => number} now
 */
import { Told } from "../../core/told.js";
import { Coverage } from "./coverage.js";
import { Story } from "./entry.js";
import { chosen, filterOf } from "./filter.js";
import { lanesOf } from "./lane.js";
import { endingAt, span } from "./scale.js";
import { lostNodes } from "./stay.js";

/** More entries are not held: the page stays smooth, and `sojourn events` has the rest. */
export const MOST = 60_000;
/** What is shown first, in seconds, and how much of it is kept free after now. */
const FIRST_S = 300;
const AHEAD = 0.02;

export class Board {
  /** @param {From} from */
  constructor(from) {
    this._from = from;
    /** @type {Told<void>} */
    this._told = new Told();
    /** @type {Filter} */
    this.filter = filterOf({});
    /** @type {"atom" | "node"} */
    this.by = "atom";
    this.following = true;
    /** @type {[number, number] | undefined} */
    this.range = undefined;
    /** Keys of entries. @type {string[]} */
    this.chosen = [];
    /** Whether the next one that is selected is compared with the one before. */
    this.comparing = false;
    /** @type {"" | "loading" | "end" | "full" | "failed"} */
    this.older = "";
    this.scale = endingAt({ from: 0, to: FIRST_S, width: 1000 }, from.now());
    this.story = new Story();
    this.coverage = new Coverage();
    this._newest = 0;
    this._made = -1;
    /** @type {readonly Entry[]} */
    this._shown = [];
    /** @type {Lane[]} */
    this._lanes = [];
    /** @type {Map<string, number[]>} */
    this._lost = new Map();
  }

  /** Nothing is known: another realm, or its numbers began anew. */
  _reset() {
    this.story = new Story();
    this.coverage = new Coverage();
    this._newest = 0;
    this._made = -1;
    this.older = "";
    this.select(undefined);
    this.choose(undefined);
  }

  /** @param {() => void} told */
  onChange(told) {
    return this._told.add(told);
  }

  /** Takes the events that have come; whether there were any. */
  sync() {
    const { list } = this._from.events;
    const last = list.at(-1)?.number ?? 0;
    if (last < this._newest) {
      this._reset();
    }
    if (last === this._newest) {
      return false;
    }
    let from = list.length;
    while (from > 0 && /** @type {{number: number}} */ (list[from - 1]).number > this._newest) {
      from -= 1;
    }
    const fresh = list.slice(from);
    const first = this._newest === 0;
    this._newest = last;
    this._take(fresh);
    if (first) {
      this._fit();
      void this._moves(this.coverage.from, Number.POSITIVE_INFINITY).then(() => this.reach());
    }
    return true;
  }

  /** Of a story that is short, or long ago, all is shown at first. */
  _fit() {
    const now = this._from.now();
    const newest = this.story.entries.at(-1)?.at ?? now;
    const wanted = Math.min(3600, Math.max(30, 1.1 * (now - Math.max(this.coverage.from, newest - FIRST_S))));
    this.scale = { ...this.scale, from: now - wanted, to: now };
    this._ahead();
  }

  /** @param {readonly import("./entry.js").RealmEvent[]} events */
  _take(events) {
    this.coverage.add(events);
    this.story.addEvents(events);
    this._told.tell();
  }

  /** What is drawn has changed, though nothing that is told here. */
  touch() {
    this._told.tell();
  }

  get now() {
    return this._from.now();
  }

  get shown() {
    this._make();
    return this._shown;
  }

  get lanes() {
    this._make();
    return this._lanes;
  }

  /** When nodes were lost, by name. */
  get lost() {
    this._make();
    return this._lost;
  }

  _make() {
    if (this._made === this.story.revision) {
      return;
    }
    this._made = this.story.revision;
    this._shown = chosen(this.story.entries, this.filter);
    this._lanes = lanesOf(this._shown, this.by);
    this._lost = lostNodes(this.story.losses);
  }

  /** @param {Filter} filter */
  setFilter(filter) {
    this.filter = filter;
    this._made = -1;
    this._told.tell();
  }

  /** @param {"atom" | "node"} by */
  setBy(by) {
    this.by = by;
    this._made = -1;
    this._told.tell();
  }

  /** @param {number} width */
  setWidth(width) {
    if (width !== this.scale.width) {
      this.scale = { ...this.scale, width };
      this._told.tell();
    }
  }

  /**
   * Another part of time, which stays until another is wanted.
   *
   * @param {Scale} scale
   */
  show(scale) {
    this.scale = { ...scale, width: this.scale.width };
    this.following = false;
    this._told.tell();
    void this.reach();
  }

  /** The same length nearer or farther, while it goes on with the time. @param {number} factor */
  zoom(factor) {
    const length = span(this.scale);
    const middle = this.scale.from + length / 2;
    const wanted = Math.min(315_360_000, Math.max(0.001, length * factor));
    if (this.following) {
      this.scale = { ...this.scale, from: this.scale.to - wanted };
      this._told.tell();
      void this.reach();
    } else {
      this.show({ ...this.scale, from: middle - wanted / 2, to: middle + wanted / 2 });
    }
  }

  /** Goes with the time from here on. */
  follow() {
    this.following = true;
    this._ahead();
    this._told.tell();
  }

  hold() {
    this.following = false;
    this._told.tell();
  }

  /** Time has gone on; whether the screen goes with it. */
  tick() {
    if (this.following) {
      this._ahead();
    }
    return this.following;
  }

  _ahead() {
    this.scale = endingAt(this.scale, this._from.now() + AHEAD * span(this.scale));
  }

  /** @param {[number, number] | undefined} range */
  select(range) {
    this.range = range === undefined || range[0] <= range[1] ? range : [range[1], range[0]];
    this._told.tell();
  }

  /**
   * Selects an entry: the only one, or beside the one before.
   *
   * @param {string | undefined} key
   * @param {boolean} [beside]
   */
  choose(key, beside = this.comparing) {
    const before = this.chosen.at(-1);
    if (key === undefined) {
      this.chosen = [];
    } else if (beside && before !== undefined && before !== key) {
      this.chosen = [before, key];
    } else {
      this.chosen = [key];
    }
    this.comparing = false;
    this._told.tell();
  }

  /** @param {boolean} on */
  compare(on) {
    this.comparing = on;
    this._told.tell();
  }

  /** Entries that are selected. @returns {Entry[]} */
  get selected() {
    return this.chosen.map((key) => this.story.get(key)).filter((entry) => entry !== undefined);
  }

  /** Loads older events while the screen begins before them. */
  async reach() {
    if (this.older !== "") {
      return;
    }
    this.older = "loading";
    try {
      while (this.scale.from < this.coverage.from && (await this._olderPart())) {
        this._told.tell();
      }
      this.older = this.older === "loading" ? "" : this.older;
    } catch {
      this.older = "failed";
    }
    this._told.tell();
  }

  /** Tries again after it failed. */
  retry() {
    this.older = "";
    void this.reach();
  }

  /** One part more; whether there may be another. */
  async _olderPart() {
    const { first, from: until } = this.coverage;
    if (first <= 1) {
      this.older = "end";
      return false;
    }
    if (this.story.entries.length >= MOST) {
      this.older = "full";
      return false;
    }
    const story = this.story;
    const events = await this._from.events.before(first);
    // Meanwhile another realm may be looked at.
    if (story !== this.story) {
      return false;
    }
    if (events.length === 0) {
      this.older = "end";
      return false;
    }
    this._take(events);
    await this._moves(this.coverage.from, until);
    return story === this.story;
  }

  /**
   * What records of moves know beside the events.
   *
   * @param {number} since
   * @param {number} until
   */
  async _moves(since, until) {
    const story = this.story;
    try {
      const moves = await this._from.moves(since, until);
      if (story === this.story) {
        const newest = this.story.entries.at(-1)?.at ?? 0;
        story.addMoves(moves.filter((move) => (move.decided_at ?? 0) >= since && (move.decided_at ?? 0) <= newest));
        this._told.tell();
      }
    } catch {
      // Events tell nearly as much.
    }
  }
}
