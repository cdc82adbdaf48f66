// @ts-check
/**
 * Server-sent events as a client reads them (WHATWG HTML, 9.2), from text in any pieces.
 *
 *   new EventReader().push(text) -> [{id, event, data}]    data is text; comments and `retry` are taken in
 *   .lastId   what a later request says in Last-Event-ID;  .retry_ms  what the server asked for, or null
 *
 * An event that the connection ended within is dropped, as the standard has it: it comes again after `lastId`.
 */

/** @typedef {{id: string, event: string, data: string}} ServerEvent */

const LINE = /\r\n|\n|\r/;
// A line longer than this is no line of ours: a picture of 20,000 atoms has about 4 MB.
export const LINE_MOST = 64 * 1024 * 1024;

export class EventReader {
  constructor(lastId = "") {
    this.lastId = lastId;
    /** @type {number|null} */
    this.retry_ms = null;
    /** @type {string[]} */
    this._pieces = [];
    this._length = 0;
    this._begun = false;
    this._afterReturn = false;
    this._id = lastId;
    this._event = "";
    /** @type {string[]} */
    this._data = [];
  }

  /**
   * Takes a piece of the stream, decoded as UTF-8; gives the events that it completes.
   * @param {string} piece
   * @returns {ServerEvent[]}
   */
  push(piece) {
    if (piece === "") return [];
    let text = piece;
    if (!this._begun) {
      this._begun = true;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    // A line feed that belongs to the carriage return that the last piece ended with.
    if (this._afterReturn && text.startsWith("\n")) text = text.slice(1);
    if (text === "") return [];
    this._afterReturn = text.endsWith("\r");
    const lines = text.split(LINE);
    const rest = /** @type {string} */ (lines.pop());
    /** @type {ServerEvent[]} */
    const events = [];
    for (const line of lines) {
      const whole = this._pieces.length ? this._pieces.join("") + line : line;
      this._pieces.length = 0;
      this._length = 0;
      this._line(whole, events);
    }
    if (rest !== "") {
      this._pieces.push(rest);
      this._length += rest.length;
      if (this._length > LINE_MOST) throw new RangeError("a line of the stream is longer than any is");
    }
    return events;
  }

  /**
   * @param {string} line
   * @param {ServerEvent[]} events
   */
  _line(line, events) {
    if (line === "") {
      this.lastId = this._id;
      if (this._data.length)
        events.push({ id: this.lastId, event: this._event || "message", data: this._data.join("\n") });
      this._data = [];
      this._event = "";
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const from = colon < 0 ? line.length : colon + (line[colon + 1] === " " ? 2 : 1);
    const value = line.slice(from);
    if (field === "data") this._data.push(value);
    else if (field === "event") this._event = value;
    else if (field === "id" && !value.includes("\0")) this._id = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.retry_ms = Number(value);
  }
}

const FIRST_MS = 250;
const MOST_MS = 5000;

/**
 * How long to wait before trying again: doubled each time up to 5 s, and half of it by chance, so that not all come at once.
 * @param {number} failed how many attempts have failed since the last that came through
 * @param {number|null} asked_ms what the server asked for
 * @param {() => number} chance 0 to 1
 */
export function waitOf(failed, asked_ms, chance = Math.random) {
  const whole = Math.min(MOST_MS, Math.max(asked_ms ?? 0, FIRST_MS * 2 ** Math.min(failed, 10)));
  return whole / 2 + (whole / 2) * chance();
}
