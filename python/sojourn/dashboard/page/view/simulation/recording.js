// @ts-check
/**
 * A recording as docs/format/recording.md has it: a line of JSON each, read as they come.
 *
 *   const recording = new Recording(); recording.push(text) ...; recording.close()
 *   .header {name, title, seed, begins, ends, ...},  .reached (time of the last line),  .summary (from the last line, or null)
 *   .lineAt(at) -> how many of `lines` are not after a time;  .change(i) -> what line i says
 *   .over: Map(number of a move -> when it was over)
 *   .foldAt(count) -> Fold of the first so many lines;  .events (all, ascending);  .eventsUntil(at) -> how many are not after it
 *
 * Lines stay text until they are wanted. *Keyframes* make seeking quick: copies of what the lines before came to, as many as
 * hold `HELD` things together. Pure: no clock, no document.
 */
import { Fold } from "./fold.js";

export const FORMAT = 1;
// What all keyframes hold together, and how few lines are between two.
const HELD = 1_500_000;
const BETWEEN = 64;
// In characters: a line, and all.
const MOST_LINE = 64 * 1024 * 1024;
const MOST = 192 * 1024 * 1024;

/** @typedef {{sojourn_recording: number, name: string, title: string, seed: number, begins: number, ends: number} & Record<string, any>} Header */
/** @typedef {import("../../core/record.js").RealmEvent} RealmEvent */

/** What is wrong with a recording: `key` of the text, and what goes in it. */
export class RecordingError extends Error {
  /** @param {string} key @param {Record<string, string|number>} [values] */
  constructor(key, values = {}) {
    super(`${key} ${JSON.stringify(values)}`);
    this.key = key;
    this.values = values;
  }
}

export class Recording {
  constructor(held = HELD, between = BETWEEN) {
    this._held = held;
    this._between = between;
    /** @type {Header|null} */
    this.header = null;
    this.reached = 0;
    /** @type {Record<string, any>|null} */
    this.summary = null;
    /** @type {RealmEvent[]} */
    this.events = [];
    this.complete = false;
    /** @type {string[]} */
    this._lines = [];
    /** @type {number[]} */
    this._times = [];
    /** @type {{count: number, fold: Fold}[]} */
    this._keys = [];
    /** When each move was over: what tells how far it is before. @type {Map<number, number>} */
    this.over = new Map();
    this._fold = new Fold();
    this._rest = "";
    this._read = 0;
    this._number = 0;
  }

  /** How many changes there are, the picture that all begins with among them. */
  get count() {
    return this._lines.length;
  }

  /** Which column of an atom's row is its name. */
  get nameColumn() {
    return Math.max(0, this._fold.columns.indexOf("name"));
  }

  /**
   * Takes a piece of it.
   * @param {string} piece
   */
  push(piece) {
    this._read += piece.length;
    if (this._read > MOST) throw new RecordingError("simulation.too_large", { size: MOST / 2 ** 20 });
    const lines = (this._rest + piece).split("\n");
    this._rest = /** @type {string} */ (lines.pop());
    if (this._rest.length > MOST_LINE) throw new RecordingError("simulation.no_recording");
    for (const line of lines) this._take(line);
  }

  /** All of it has come. */
  close() {
    if (this._rest.trim()) this._take(this._rest);
    this._rest = "";
    this.complete = true;
    if (!this.header || !this._lines.length) throw new RecordingError("simulation.no_recording");
  }

  /** @param {string} line */
  _take(line) {
    this._number += 1;
    if (!line.trim()) return;
    let told;
    try {
      told = JSON.parse(line);
    } catch {
      throw this.header ? this._wrong() : new RecordingError("simulation.no_recording");
    }
    if (!this.header) this._begin(told);
    else this._follow(told, line);
  }

  /** @param {any} told */
  _begin(told) {
    const version = told?.sojourn_recording;
    if (typeof version !== "number") throw new RecordingError("simulation.no_recording");
    if (version !== FORMAT) throw new RecordingError("simulation.other_format", { version });
    if (!(Number.isFinite(told.begins) && Number.isFinite(told.ends) && told.ends >= told.begins)) throw this._wrong();
    this.header = {
      ...told,
      name: String(told.name ?? ""),
      title: String(told.title ?? ""),
      seed: Number(told.seed ?? 0),
    };
    this.reached = told.begins;
  }

  /** @param {any} told @param {string} line */
  _follow(told, line) {
    if (!Array.isArray(told) || !Number.isFinite(told[0]) || typeof told[2] !== "object" || !told[2])
      throw this._wrong();
    const [at, what, value] = told;
    if (at < this.reached) throw this._wrong();
    this.reached = at;
    try {
      if (what === "picture" || what === "change") this._change(at, what, value, line);
      else if (what === "event") this._event(value);
      else if (what === "end") this.summary = value;
    } catch {
      // Something in it is not of the kind that it should be.
      throw this._wrong();
    }
  }

  /** @param {number} at @param {string} what @param {any} value @param {string} line */
  _change(at, what, value, line) {
    if ((what === "picture") !== !this._lines.length) throw this._wrong();
    if (what === "picture") this._fold.replace(value);
    else this._fold.apply(value);
    this._lines.push(line);
    this._times.push(at);
    for (const number of value.moves_over ?? []) this.over.set(number, at);
    const last = this._keys.at(-1)?.count ?? 0;
    if (!last || this._lines.length - last >= this._between) this._key();
  }

  /** Keeps a keyframe; every other goes where they have become too much. */
  _key() {
    this._keys.push({ count: this._lines.length, fold: this._fold.copy() });
    const held = this._keys.reduce((sum, { fold }) => sum + fold.size, 0);
    if (held <= this._held || this._keys.length < 4) return;
    this._keys = this._keys.filter((_, number) => number % 2 === 0);
    this._between *= 2;
  }

  /** @param {any} event */
  _event(event) {
    if (event.number !== (this.events.at(-1)?.number ?? event.number - 1) + 1) throw this._wrong();
    this.events.push({
      number: event.number,
      at: Number(event.at),
      kind: String(event.kind),
      subject: String(event.subject),
      text: String(event.text),
      data: event.data ?? {},
    });
  }

  _wrong() {
    return new RecordingError("simulation.wrong_line", { line: this._number });
  }

  // What it says.

  get begins() {
    return this.header?.begins ?? 0;
  }

  /** @param {number} i @returns {number} the time of a change */
  timeOf(i) {
    return /** @type {number} */ (this._times[i]);
  }

  /** Whether a change has a text in it, as JSON has it; cheaper than reading it. @param {number} i @param {string} text */
  mentions(i, text) {
    return /** @type {string} */ (this._lines[i]).includes(text);
  }

  /** @param {number} at @returns {number} how many changes are not after a time */
  lineAt(at) {
    return after(this._times.length, (i) => /** @type {number} */ (this._times[i]) <= at);
  }

  /** @param {number} at @returns {number} how many events are not after a time */
  eventsUntil(at) {
    return after(this.events.length, (i) => /** @type {RealmEvent} */ (this.events[i]).at <= at);
  }

  /** @param {number} i @returns {import("./fold.js").Change} */
  change(i) {
    return JSON.parse(/** @type {string} */ (this._lines[i]))[2];
  }

  /**
   * What the first so many lines come to.
   * @param {number} count
   */
  foldAt(count) {
    const key =
      this._keys[after(this._keys.length, (i) => /** @type {{count: number}} */ (this._keys[i]).count <= count) - 1];
    if (!key) return new Fold();
    const fold = key.fold.copy();
    for (let i = key.count; i < count; i += 1) fold.apply(this.change(i));
    return fold;
  }
}

/**
 * How many of the first so many fit, where those that do come before those that do not.
 * @param {number} count
 * @param {(i: number) => boolean} fits
 */
function after(count, fits) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
