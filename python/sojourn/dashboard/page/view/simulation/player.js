// @ts-check
/**
 * Plays a recording into a picture and events: whoever looks at these does not know that it is one.
 *
 *   const player = new Player(recording, picture, events)
 *   .at (Unix seconds, modelled), .playing, .speed (modelled seconds a second), .onChange(f) -> off
 *   .play(), .hold(), .seek(at), .setSpeed(speed), .tick(elapsed_s)   `tick` is called once a frame by whoever has a clock
 *
 * A move that began and ended between two frames is shown for `SEEN_S` all the same. Pure: no clock, no document.
 */
import { Told } from "../../core/told.js";
import { merged } from "./fold.js";

// Further than so many lines ahead, the whole picture is put in place instead.
const AHEAD = 400;
// Moves are on the map for so long, in the viewer's time.
const SEEN_S = 0.7;
// All of it takes about so long where nobody chose a speed.
const WHOLE_S = 120;
export const SPEEDS = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200];
const KEPT = 20_000;

export class Player {
  /**
   * @param {import("./recording.js").Recording} recording
   * @param {import("../../core/picture.js").Picture} picture
   * @param {import("../../core/events.js").Events} events
   */
  constructor(recording, picture, events) {
    this.recording = recording;
    this._picture = picture;
    this._events = events;
    const header = /** @type {import("./recording.js").Header} */ (recording.header);
    this.begins = header.begins;
    this.ends = header.ends;
    this.at = this.begins;
    this.playing = false;
    this.speed = fitting(this.ends - this.begins);
    this._line = 0;
    this._event = 0;
    /** Moves that are over but still shown, and for how long: number to seconds. @type {Map<number, number>} */
    this._lingers = new Map();
    /** @type {Told<void>} */
    this._told = new Told();
  }

  /** @param {() => void} told */
  onChange(told) {
    return this._told.add(told);
  }

  /** Up to where there is something to be shown: it may still be coming. */
  get reached() {
    return this.recording.complete ? this.ends : this.recording.reached;
  }

  get over() {
    return this.at >= this.ends;
  }

  play() {
    if (this.over) this.seek(this.begins);
    this.playing = true;
    this._told.tell();
  }

  hold() {
    this.playing = false;
    this._told.tell();
  }

  /** @param {number} speed */
  setSpeed(speed) {
    this.speed = Math.min(Math.max(speed, 0.1), 100_000);
    this._told.tell();
  }

  /** @param {1|-1} by one step quicker, or slower */
  step(by) {
    const next = by > 0 ? SPEEDS.find((speed) => speed > this.speed) : SPEEDS.findLast((speed) => speed < this.speed);
    if (next !== undefined) this.setSpeed(next);
  }

  /**
   * Shows it as it was at a time.
   * @param {number} at
   */
  seek(at) {
    this.at = this._within(at);
    const { recording } = this;
    this._line = Math.max(1, recording.lineAt(this.at));
    this._lingers.clear();
    this._picture.replace({ ...recording.foldAt(this._line).told(), at: this.at, role: "leading" });
    this._events.clear();
    this._event = recording.eventsUntil(this.at);
    this._events.add(recording.events.slice(Math.max(0, this._event - KEPT), this._event), true);
    this._told.tell();
  }

  /**
   * Time has passed for who looks on.
   * @param {number} elapsed_s
   */
  tick(elapsed_s) {
    if (!this.playing) return;
    this.at = this._within(this.at + Math.max(0, elapsed_s) * this.speed);
    this._forward(elapsed_s);
    if (this.over) this.playing = false;
    this._told.tell();
  }

  /** @param {number} at */
  _within(at) {
    return Math.min(Math.max(Number.isFinite(at) ? at : this.begins, this.begins), this.reached);
  }

  /** @param {number} elapsed_s */
  _forward(elapsed_s) {
    const until = this.recording.lineAt(this.at);
    if (until - this._line > AHEAD) {
      this.seek(this.at);
      return;
    }
    const changes = [];
    for (; this._line < until; this._line += 1) changes.push(this.recording.change(this._line));
    const ended = this._fade(elapsed_s);
    if (this._picture.moves.size) changes.push({ moves: this._progress(ended) });
    if (changes.length || ended.length)
      this._show(changes.length ? merged(changes, this.recording.nameColumn) : {}, ended);
    const told = this.recording.eventsUntil(this.at);
    if (told > this._event) this._events.add(this.recording.events.slice(this._event, told));
    this._event = told;
  }

  /**
   * @param {import("./fold.js").Change} change
   * @param {number[]} ended
   */
  _show(change, ended) {
    for (const number of change.moves_over ?? []) this._lingers.set(number, SEEN_S);
    this._picture.apply({ ...change, at: this.at, moves_over: ended });
  }

  /**
   * Moves that are shown, and how far they are: the recording knows when each will be over.
   * @param {number[]} ended
   */
  _progress(ended) {
    const moves = [];
    for (const move of this._picture.moves.values()) {
      if (ended.includes(move.number)) continue;
      const over = this.recording.over.get(move.number);
      const left = this._lingers.get(move.number);
      let progress = over === undefined ? 0 : (this.at - move.decided_at) / Math.max(over - move.decided_at, 1e-9);
      if (left !== undefined) progress = 1 - left / SEEN_S;
      moves.push({ ...move, progress: Math.min(1, Math.max(move.progress, progress)) });
    }
    return moves;
  }

  /**
   * Moves that have been shown long enough.
   * @param {number} elapsed_s
   */
  _fade(elapsed_s) {
    const ended = [];
    for (const [number, left] of this._lingers) {
      if (left > elapsed_s) this._lingers.set(number, left - elapsed_s);
      else ended.push(number);
    }
    for (const number of ended) this._lingers.delete(number);
    return ended;
  }
}

/**
 * The speed at which so many seconds take about two minutes.
 * @param {number} seconds
 */
function fitting(seconds) {
  return SPEEDS.find((speed) => seconds / speed <= WHOLE_S) ?? /** @type {number} */ (SPEEDS.at(-1));
}
