// @ts-check
/**
 * Follows one stream of an atom's output into a log: goes on where it was after the page was hidden or the connection ended, and
 * begins anew when the atom went back to an image.
 *
 *   reading = new Reading(app.rest, name, "stdout");  reading.begin();  reading.end();  reading.log
 *   reading.state   "asking" | "open" | "waiting" | "over" | "closed",  reading.problem,  reading.onChange(f) -> off
 */
import { atomPath } from "../../core/record.js";
import { Told } from "../../core/told.js";
import { Log } from "./log.js";

/** @typedef {"asking"|"open"|"waiting"|"over"|"closed"} State */

export class Reading {
  /**
   * @param {import("../../core/rest.js").Rest} rest
   * @param {string} atom
   * @param {"stdout"|"stderr"} stream
   */
  constructor(rest, atom, stream) {
    this._rest = rest;
    this._atom = atom;
    this._stream = stream;
    this.log = new Log();
    /** @type {State} */
    this.state = "asking";
    /** @type {import("../../core/rest.js").Problem|null} */
    this.problem = null;
    /** Why it ended early; "": it did not. */
    this.reason = "";
    /** 0: not known yet. */
    this._lineage = 0;
    /** @type {Told<void>} */
    this._told = new Told();
    /** @type {{close: () => void}|null} */
    this._following = null;
  }

  /** @param {() => void} told */
  onChange(told) {
    return this._told.add(told);
  }

  begin() {
    if (this._following) return;
    this.problem = null;
    const from = this.log.offset;
    this._following = this._rest.stream(`${atomPath(this._atom)}/output`, {
      query: { stream: this._stream, ...(from ? { offset: from } : {}) },
      onEvent: (event) => this._came(event),
      onState: (state, problem) => {
        // The end of an atom ends the stream, and is no fault.
        if (this.state === "over" && state !== "open") return this.end();
        this.state = state;
        this.problem = problem ?? null;
        if (state === "closed") this._following = null;
        this._told.tell();
      },
    });
  }

  /** Lets go; what was read stays. */
  end() {
    this._following?.close();
    this._following = null;
    this._told.tell();
  }

  /**
   * Which life of the atom it is: another one goes on from an image, and a line says so.
   * @param {number} lineage
   */
  lives(lineage) {
    if (this._lineage > 0 && this._lineage !== lineage && this.log.lines > 0) this.log.again(this.log.offset);
    this._lineage = lineage;
  }

  /** The atom runs again: what follows is read, too. */
  again() {
    if (this.state !== "over") return;
    this.state = "asking";
    this.end();
    this.begin();
  }

  /** @param {import("../../core/rest.js").StreamEvent} event */
  _came({ id, event, data }) {
    const end = Number(id);
    if (event === "output" && typeof data.text === "string") this.log.write(data.text, data.offset, end);
    else if (event === "output") this.log.writeBytes(bytesOf(data.base64 ?? ""), data.offset);
    else if (event === "lost") this.log.lost(data.offset, data.end);
    else if (event === "again") this.log.again(data.offset);
    else if (event === "end" && data.over) {
      this.state = "over";
      this.reason = "";
      this.end();
      return;
    } else if (event === "end") this.reason = String(data.reason ?? "");
    else return;
    if (event !== "end") this.reason = "";
    this._told.tell();
  }
}

/** @param {string} base64 */
export function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}
