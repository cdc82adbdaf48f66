// @ts-check
/** The last lines of a text that comes in parts. Pure. */

// A line without an end is cut here.
const LONGEST = 400;

export class Tail {
  /** @param {number} most lines */
  constructor(most) {
    this._most = most;
    /** @type {string[]} */
    this._lines = [];
    this._open = "";
  }

  /** @param {any} part what an event of the output says: `{text}`, `{base64}`, or something about the stream */
  push(part) {
    if (typeof part?.text !== "string") return;
    const lines = (this._open + part.text).split("\n");
    this._open = (lines.pop() ?? "").slice(-LONGEST);
    this._lines.push(...lines.map((line) => line.slice(0, LONGEST)));
    if (this._lines.length > this._most) this._lines.splice(0, this._lines.length - this._most);
  }

  /** The last lines; one that has no end yet is the last. */
  lines() {
    return this._open ? [...this._lines, this._open].slice(-this._most) : [...this._lines];
  }
}
