// @ts-check
/**
 * Atoms on their way, as they are drawn: what is known of progress comes a few times a second, what is seen goes on between.
 * Pure: time is given, in milliseconds.
 *
 * A move that is under way goes where its progress says, smoothly. One that was over before it was heard of is shown all the same,
 * in `SHORT_MS`. One that failed turns red, and goes back.
 */

export const SHORT_MS = 700;
export const LANDING_MS = 260;
export const BACK_MS = 500;
/** Events and picture tell of the same within so long. */
const TOLD_MS = 1500;
/** A flight that only an event told of is over after so long, if nothing more was heard. */
const UNHEARD_MS = 5000;
/** More at once are not shown one by one. */
export const MOST = 400;

/**
 * @typedef {object} Flight
 * @property {string} atom
 * @property {string} source
 * @property {string} target
 * @property {number} move its number; 0: none is known
 * @property {number} shown where it is drawn, 0 to 1
 * @property {number} wanted where it is
 * @property {"under"|"landing"|"back"} phase
 * @property {number} speed of `shown`, a millisecond
 * @property {number} began when it was first heard of
 */

export class Flights {
  constructor() {
    /** @type {Map<string, Flight>} by atom */
    this.all = new Map();
    /** Who landed where, and when: the same is told by events and by the picture. @type {Map<string, {target: string, at: number}>} */
    this._landed = new Map();
    this._at = 0;
  }

  /**
   * A move is under way, and has come so far.
   * @param {import("../../core/record.js").MoveRow} move
   */
  under({ atom, source, target, number, progress }) {
    const there = this.all.get(atom);
    if (there?.move === number) {
      there.wanted = Math.max(there.wanted, Math.min(0.97, progress));
      return;
    }
    if (!source || !target || source === target || !this._room(atom)) return;
    this._landed.delete(atom);
    const at = Math.min(0.97, progress);
    const began = this._at;
    this.all.set(atom, { atom, source, target, move: number, shown: at, wanted: at, phase: "under", speed: 0, began });
  }

  /**
   * It is at its target.
   * @param {string} atom
   * @param {string} source
   * @param {string} target
   */
  arrived(atom, source, target) {
    const there = this.all.get(atom);
    if (there && there.target === target) {
      there.phase = "landing";
      there.wanted = 1;
      there.speed = (1 - there.shown) / LANDING_MS;
      return;
    }
    const landed = this._landed.get(atom);
    if (landed?.target === target && this._at - landed.at < TOLD_MS) return;
    if (!source || !target || !this._room(atom)) return;
    this.all.set(atom, {
      atom,
      source,
      target,
      move: 0,
      shown: 0,
      wanted: 1,
      phase: "landing",
      speed: 1 / SHORT_MS,
      began: this._at,
    });
  }

  /** A move is over, and its atom is not at the target. @param {string} atom @param {number} move */
  failed(atom, move) {
    const there = this.all.get(atom);
    if (there?.move !== move || there.phase === "landing") return;
    there.phase = "back";
    there.wanted = 0;
    there.speed = Math.max(there.shown, 0.05) / BACK_MS;
  }

  /** Lets those go of which nothing was heard but their beginning. @param {ReadonlyMap<number, unknown>} moves under way */
  check(moves) {
    for (const flight of this.all.values()) {
      const unheard = flight.phase === "under" && !moves.has(flight.move);
      if (unheard && this._at - flight.began > UNHEARD_MS) this.all.delete(flight.atom);
    }
  }

  /** @param {string} atom */
  _room(atom) {
    return this.all.size < MOST || this.all.has(atom);
  }

  /**
   * Lets time go on.
   * @param {number} now_ms
   * @param {(flight: Flight) => void} ended each that is over
   * @returns {boolean} whether anything is to be drawn
   */
  step(now_ms, ended) {
    const passed = Math.min(100, Math.max(0, now_ms - this._at));
    this._at = now_ms;
    for (const flight of this.all.values()) {
      if (flight.phase === "under") {
        // Half of what is missing every 150 ms, and a little on its own, so that it never seems to hang.
        flight.shown += (flight.wanted - flight.shown) * (1 - 0.5 ** (passed / 150));
        if (flight.shown < 0.9) flight.shown += passed * 0.000_01;
      } else if (flight.phase === "landing") {
        flight.shown += passed * flight.speed;
        if (flight.shown >= 1) this._end(flight, ended);
      } else {
        flight.shown -= passed * flight.speed;
        if (flight.shown <= 0) this._end(flight, ended);
      }
    }
    return this.all.size > 0;
  }

  /** @param {Flight} flight @param {(flight: Flight) => void} ended */
  _end(flight, ended) {
    this.all.delete(flight.atom);
    if (flight.phase === "landing") {
      if (this._landed.size >= MOST) this._landed.clear();
      this._landed.set(flight.atom, { target: flight.target, at: this._at });
    }
    ended(flight);
  }

  clear() {
    this.all.clear();
  }
}
