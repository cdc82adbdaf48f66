// @ts-check
/**
 * Where picture and events come from. Views do not know which it is; actions are off unless `source.kind` is "live".
 *
 *   source.kind "live" | "recording";  source.label what it is called;  .begin(), .end()
 *   source.state "asking" | "open" | "waiting" | "closed";  .since (Unix seconds);  .problem;  .onChange(f) -> off
 *
 * A recording (view/simulation) is any object of this shape that feeds the same picture and events: see `app.use(source)`. It may
 * have, beside: `rest` and `session` (what views ask instead of the controller), `now()` (its own Unix seconds), and `bar`, a
 * component `({app})` that is shown above every view while it is the source.
 */
import { KEPT } from "./events.js";
import { Told } from "./told.js";

const EARLIER = 1000;
const OLDER = 500;

/** @typedef {"asking"|"open"|"waiting"|"closed"} State */
/**
 * @typedef {object} Source
 * @property {"live"|"recording"} kind
 * @property {string} label
 * @property {State} state
 * @property {number} since
 * @property {import("./rest.js").Problem|null} problem
 * @property {(told: () => void) => (() => void)} onChange
 * @property {() => void} begin
 * @property {() => void} end
 * @property {import("./rest.js").Rest} [rest]
 * @property {import("./session.js").Session} [session]
 * @property {() => number} [now]
 * @property {any} [bar]
 */

/** The realm as the controller tells it. @implements {Source} */
export class Live {
  /**
   * @param {import("./rest.js").Rest} rest
   * @param {import("./picture.js").Picture} picture
   * @param {import("./events.js").Events} events
   * @param {() => number} now Unix seconds
   */
  constructor(rest, picture, events, now = () => Date.now() / 1000) {
    /** @type {"live"} */
    this.kind = "live";
    this.label = "";
    /** @type {State} */
    this.state = "asking";
    this._now = now;
    this.since = now();
    /** @type {import("./rest.js").Problem|null} */
    this.problem = null;
    this._rest = rest;
    this._picture = picture;
    this._events = events;
    /** @type {Told<void>} */
    this._told = new Told();
    /** @type {{close: () => void}[]} */
    this._streams = [];
  }

  /** @param {() => void} told */
  onChange(told) {
    return this._told.add(told);
  }

  begin() {
    this.end();
    this._set("asking");
    this._events.older = (number) => this._older(number);
    let followed = false;
    const pictures = this._rest.stream("/v1/picture", {
      onEvent: ({ event, data }) => {
        if (event === "picture") this._picture.replace(data);
        else if (event === "change") this._picture.apply(data);
        if (followed || event !== "picture") return;
        followed = true;
        this._follow(data.number ?? 0);
      },
      onState: (state, problem) => this._set(state, problem),
    });
    this._streams.push(pictures);
  }

  end() {
    for (const stream of this._streams) stream.close();
    this._streams = [];
  }

  /**
   * Events from a little before the picture on, and on with what happens.
   * @param {number} number of the newest event in the picture
   */
  _follow(number) {
    // A page that looks again after a long while begins anew: what lies between can be asked for.
    if (this._events.last < number - KEPT) this._events.clear();
    const after = this._events.last || Math.max(0, number - EARLIER);
    const stream = this._rest.stream("/v1/events", {
      query: { after },
      onEvent: ({ id, event, data }) => {
        if (event === "gap") return this._gap(data);
        if (id === "" || typeof data !== "object" || typeof data?.number !== "number") return undefined;
        return this._events.add([data], data.number <= number);
      },
    });
    this._streams.push(stream);
  }

  /** @param {any} gap */
  _gap(gap) {
    // Numbers began anew: another store. What is shown is of the old one.
    if (gap.last < this._events.last) this._events.clear();
    else this._events.gap(gap);
  }

  /** @param {number} number */
  async _older(number) {
    const after = Math.max(0, number - 1 - OLDER);
    if (number <= 1) return [];
    /** @type {import("./record.js").RealmEvent[]} */
    const older = [];
    await new Promise((done, fail) => {
      let open = false;
      const stream = this._rest.stream("/v1/events", {
        query: { after, before: number, follow: false },
        onEvent: ({ data }) => {
          if (typeof data?.number === "number") older.push(data);
        },
        // It ends with the last of them.
        onState: (state, problem) => {
          open ||= state === "open";
          if (state === "open") return;
          stream.close();
          if (open) done(undefined);
          else fail(problem);
        },
      });
    });
    return older;
  }

  /**
   * @param {State} state
   * @param {import("./rest.js").Problem|null} [problem]
   */
  _set(state, problem = null) {
    if (state !== this.state) this.since = this._now();
    this.state = state;
    this.problem = state === "open" ? null : problem;
    this._told.tell();
  }
}
