/**
 * What stands on the timeline: one entry for each event, and one for each move, whatever told of it.
 *
 * A move is told of by up to three: that it was decided (`atom.moves`), what came of it (`atom.moved`, `atom.refused`,
 * `atom.restored`) and its record of `/v1/moves`. They come in any order, the older ones last when somebody goes back:
 * each fills in what it knows, so that the order does not count.
 *
 * @typedef {import("./kind.js").What} What
 *
 * @typedef {object} RealmEvent
 * @property {number} number
 * @property {number} at In seconds of Unix time.
 * @property {string} kind
 * @property {string} subject
 * @property {string} text
 * @property {Record<string, any>} [data]
 *
 * @typedef {object} MoveRecord
 * @property {number} number
 * @property {string} atom
 * @property {string} source Empty: from an image.
 * @property {string} target
 * @property {string} cause
 * @property {"decided" | "done" | "failed"} [state]
 * @property {number} [decided_at]
 * @property {number} [gain]
 * @property {number} [cost]
 * @property {number} [total_ms]
 * @property {number} [downtime_ms]
 * @property {number} [bytes]
 * @property {number} [rounds]
 * @property {string} [error]
 * @property {string} [trace]
 *
 * @typedef {object} Entry
 * @property {string} key
 * @property {What} what
 * @property {string} kind The event's kind; of a move the last that was told.
 * @property {number} number Of the event that told of it last; 0: none did.
 * @property {number} at When it began.
 * @property {number} until When it was over; Infinity: it goes on.
 * @property {string} subject
 * @property {string} atom Empty: it is not about one.
 * @property {string} source Node; empty: none.
 * @property {string} target Node where it is then, or that it is about; empty: none.
 * @property {string} text
 * @property {string} cause
 * @property {"" | "decided" | "done" | "failed"} state Of a move.
 * @property {number} move Number of the move; 0: it is none.
 * @property {number} total_ms
 * @property {number} downtime_ms
 * @property {number} bytes
 * @property {number} rounds
 * @property {number} gain
 * @property {number} cost
 * @property {string} error
 * @property {string} trace
 * @property {boolean} measured Whether downtime and bytes were told.
 */
import { whatOf } from "./kind.js";

const MOVING = new Set(["atom.moves", "atom.moved", "atom.refused", "atom.restored"]);
const SETTLED = new Set(["atom.moved", "atom.refused", "atom.restored"]);

/**
 * @param {string} key
 * @param {What} what
 * @returns {Entry}
 */
function blank(key, what) {
  return {
    key,
    what,
    kind: "",
    number: 0,
    at: 0,
    until: 0,
    subject: "",
    atom: "",
    source: "",
    target: "",
    text: "",
    cause: "",
    state: "",
    move: 0,
    total_ms: 0,
    downtime_ms: 0,
    bytes: 0,
    rounds: 0,
    gain: 0,
    cost: 0,
    error: "",
    trace: "",
    measured: false,
  };
}

/** @param {unknown} value */
const text = (value) => (typeof value === "string" ? value : "");

/** @param {unknown} value */
const number = (value) => (typeof value === "number" && Number.isFinite(value) ? value : 0);

/** All entries, in order of time. */
export class Story {
  constructor() {
    /** @type {Entry[]} */
    this._entries = [];
    /** @type {Map<string, Entry>} */
    this._byKey = new Map();
    /** Moves under way, by atom, for events that do not say of which move they are. @type {Map<string, Entry>} */
    this._open = new Map();
    this._unsorted = false;
    /** Nodes that were lost, in no order. @type {Entry[]} */
    this.losses = [];
    /** How long the longest that is over took, in seconds. */
    this.longest_s = 0;
    /** Grows with each change. */
    this.revision = 0;
  }

  /** @param {readonly RealmEvent[]} events */
  addEvents(events) {
    for (const event of events) {
      this._addEvent(event);
    }
    this.revision += events.length > 0 ? 1 : 0;
  }

  /** @param {readonly MoveRecord[]} moves */
  addMoves(moves) {
    for (const move of moves) {
      this._addMove(move);
    }
    this.revision += moves.length > 0 ? 1 : 0;
  }

  /** All, by when they began. @returns {readonly Entry[]} */
  get entries() {
    if (this._unsorted) {
      this._entries.sort((a, b) => a.at - b.at || a.number - b.number);
      this._unsorted = false;
    }
    return this._entries;
  }

  /** @param {string} key */
  get(key) {
    return this._byKey.get(key);
  }

  /** @param {RealmEvent} event */
  _addEvent(event) {
    const data = event.data ?? {};
    if (MOVING.has(event.kind)) {
      const entry = this._moveOf(event, data);
      if (entry !== undefined) {
        this._tellMove(entry, event, data);
        return;
      }
    }
    const key = `e${event.number}`;
    if (this._byKey.has(key)) {
      return;
    }
    const entry = blank(key, whatOf(event.kind, data));
    this._put(entry, event.at);
    const ofNode = event.kind.startsWith("node.");
    if (event.kind === "node.lost") {
      this.losses.push(entry);
    }
    Object.assign(entry, {
      kind: event.kind,
      number: event.number,
      until: event.at,
      subject: event.subject,
      atom: event.kind.startsWith("atom.") ? event.subject : text(data.atom),
      source: text(data.source),
      target: ofNode ? event.subject : text(data.node),
      text: event.text,
      cause: text(data.cause),
      error: text(data.error),
    });
  }

  /**
   * The move that an event tells of; undefined: none that has a number.
   *
   * @param {RealmEvent} event
   * @param {Record<string, any>} data
   */
  _moveOf(event, data) {
    const told = number(data.number);
    if (told > 0) {
      return this._move(told, event.kind === "atom.restored" ? "restore" : "move", event.at);
    }
    const open = this._open.get(event.subject);
    return open !== undefined && open.number < event.number ? open : undefined;
  }

  /**
   * @param {number} told
   * @param {What} what
   * @param {number} at
   */
  _move(told, what, at) {
    const key = `m${told}`;
    const known = this._byKey.get(key);
    if (known !== undefined) {
      return known;
    }
    const entry = blank(key, what);
    entry.move = told;
    entry.state = "decided";
    entry.until = Number.POSITIVE_INFINITY;
    this._put(entry, at);
    return entry;
  }

  /**
   * @param {Entry} entry
   * @param {RealmEvent} event
   * @param {Record<string, any>} data
   */
  _tellMove(entry, event, data) {
    const newest = event.number > entry.number;
    entry.atom = event.subject;
    entry.subject = event.subject;
    entry.source ||= text(data.source);
    entry.target ||= text(data.node);
    entry.cause ||= text(data.cause);
    entry.trace ||= text(data.trace);
    entry.gain ||= number(data.gain);
    entry.cost ||= number(data.cost);
    if (newest) {
      entry.number = event.number;
      entry.kind = event.kind;
      entry.text = event.text;
    }
    if (SETTLED.has(event.kind)) {
      entry.total_ms = number(data.total_ms) || entry.total_ms;
      entry.downtime_ms = number(data.downtime_ms) || entry.downtime_ms;
      entry.bytes = number(data.bytes) || entry.bytes;
      entry.rounds = number(data.rounds) || entry.rounds;
      entry.error ||= text(data.error);
      entry.measured ||= "downtime_ms" in data;
      this._settle(entry, event.at, event.kind === "atom.refused" ? "failed" : "done");
    } else {
      this._begin(entry, event.at);
    }
  }

  /** @param {MoveRecord} move */
  _addMove(move) {
    const entry = this._move(move.number, move.source === "" ? "restore" : "move", number(move.decided_at));
    entry.atom = move.atom;
    entry.subject = move.atom;
    entry.source = move.source;
    entry.target = move.target;
    entry.cause = move.cause;
    entry.gain = number(move.gain);
    entry.cost = number(move.cost);
    entry.trace = text(move.trace);
    entry.error = text(move.error) || entry.error;
    entry.kind ||= "atom.moves";
    this._begin(entry, number(move.decided_at));
    const state = move.state ?? "decided";
    if (state === "decided") {
      return;
    }
    entry.total_ms = number(move.total_ms) || entry.total_ms;
    entry.downtime_ms = number(move.downtime_ms) || entry.downtime_ms;
    entry.bytes = number(move.bytes) || entry.bytes;
    entry.rounds = number(move.rounds) || entry.rounds;
    entry.measured ||= state === "done" && move.source !== "";
    const over = Number.isFinite(entry.until) ? entry.until : entry.at + entry.total_ms / 1000;
    this._settle(entry, over, state);
  }

  /**
   * @param {Entry} entry
   * @param {number} at
   */
  _begin(entry, at) {
    if (entry.at !== at) {
      entry.at = at;
      this._unsorted = true;
    }
    if (entry.state === "decided") {
      this._open.set(entry.atom, entry);
    } else {
      this.longest_s = Math.max(this.longest_s, entry.until - entry.at);
    }
  }

  /**
   * @param {Entry} entry
   * @param {number} at
   * @param {"done" | "failed"} state
   */
  _settle(entry, at, state) {
    entry.until = at;
    entry.state = state;
    // Nobody has told when it was decided: it took so long.
    if (entry.at === at && entry.total_ms > 0) {
      entry.at = at - entry.total_ms / 1000;
      this._unsorted = true;
    }
    this.longest_s = Math.max(this.longest_s, entry.until - entry.at);
    if (this._open.get(entry.atom) === entry) {
      this._open.delete(entry.atom);
    }
  }

  /**
   * @param {Entry} entry
   * @param {number} at
   */
  _put(entry, at) {
    entry.at = at;
    const last = this._entries.at(-1);
    this._unsorted ||= last !== undefined && last.at > at;
    this._entries.push(entry);
    this._byKey.set(entry.key, entry);
  }
}
