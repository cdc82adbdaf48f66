// @ts-check
/** A recording as a source of the page: it plays into the picture and the events that all views look at. */
import { Told } from "../../core/told.js";
import { RecordedRest, reader } from "./asked.js";
import { SimulationBar } from "./bar.js";
import { Player } from "./player.js";

// A frame after a pause, as of a tab that was hidden, does not jump.
const MOST_FRAME_S = 0.25;

/** @implements {Source} @typedef {import("../../core/source.js").Source} Source */
export class Recorded {
  /**
   * @param {import("./recording.js").Recording} recording
   * @param {import("../../core/app.js").App} app
   */
  constructor(recording, app) {
    /** @type {"recording"} */
    this.kind = "recording";
    this.bar = SimulationBar;
    this.recording = recording;
    this.player = new Player(recording, app.picture, app.events);
    this.label = recording.header?.name ?? "";
    /** @type {"open"} */
    this.state = "open";
    this.since = this.player.begins;
    /** @type {import("../../core/rest.js").Problem|null} */
    this.problem = null;
    this.rest = new RecordedRest(recording, app.picture, app.rest instanceof RecordedRest ? app.rest.live : app.rest);
    this.session = reader();
    /** What stops what still comes; null: all is there. @type {AbortController|null} */
    this.coming = null;
    this._events = app.events;
    /** @type {Told<void>} */
    this._told = new Told();
    this._frame = 0;
    /** Where to go with the next frame: a slider that is dragged asks more often than that. @type {number|null} */
    this._wanted = null;
  }

  /** @param {number} at */
  seek(at) {
    this._wanted = at;
  }

  /** @param {() => void} told */
  onChange(told) {
    return this._told.add(told);
  }

  now() {
    return this.player.at;
  }

  begin() {
    if (this._frame) return;
    const { events } = this.recording;
    this._events.older = async (number) => {
      const first = events[0]?.number ?? 1;
      return events.slice(Math.max(0, number - first - 500), Math.max(0, number - first));
    };
    this.player.seek(this.player.at);
    this.player.play();
    let before = performance.now();
    const frame = (/** @type {number} */ now) => {
      if (this._wanted !== null) this.player.seek(this._wanted);
      this._wanted = null;
      this.player.tick(Math.min(MOST_FRAME_S, Math.max(0, (now - before) / 1000)));
      before = now;
      this._frame = requestAnimationFrame(frame);
    };
    this._frame = requestAnimationFrame(frame);
  }

  end() {
    cancelAnimationFrame(this._frame);
    this._frame = 0;
    this.coming?.abort();
    this.coming = null;
  }
}
