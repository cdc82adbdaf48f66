// @ts-check
/**
 * Programs of a realm as another page follows, starts and stops them. No document is needed.
 *
 *   const programs = new Programs({controller: "https://host:7480", token: "..."})
 *   programs.follow()          keeps `list` new until programs.end()
 *   programs.list              [{name, state, wish, parts, description}] by name; null: nothing is known yet
 *   programs.problem           why nothing is known, or not any more; null: all is well
 *   await programs.start("chess"), await programs.stop("chess", {discard: true})      fail with a Problem
 *   programs.onChange(f) -> off
 *   programs.onTurn(f({kind: "started"|"stopped"|"failed", program, problem?})) -> off     whoever did it
 */
import { Problem, problemOf, Rest } from "../core/rest.js";
import { Told } from "../core/told.js";

/** @typedef {{part: string, state: string, atom?: string, node?: string, reason?: string}} Part */
/** @typedef {{name: string, state: string, wish: string, description?: string, parts: Part[]}} Program */
/** @typedef {{kind: "started"|"stopped"|"failed", name: string, program: Program|null, problem?: Problem}} Turn */

// Several events come at once; the list is asked for once.
const PAUSE_MS = 150;
// So often before something is begun, where a look was overtaken by another or failed.
const LOOKS = 3;
const OFF = new Set(["stopped", "ended"]);
const ON = new Set(["running", "partly", "starting"]);

/**
 * What has become of programs, of how they were and how they are. One that is being stopped is told of once, when it is.
 * @param {Set<string>} on names of those that were at work; it is brought up to date
 * @param {readonly Program[]} before
 * @param {readonly Program[]} now
 * @returns {Turn[]}
 */
export function turns(on, before, now) {
  const were = new Map(before.map((program) => [program.name, program]));
  /** @type {Turn[]} */
  const found = [];
  for (const program of now) {
    const { name, state } = program;
    const was = were.get(name);
    if (state === "running" && was?.state !== "running") found.push({ kind: "started", name, program });
    if (OFF.has(state) && on.delete(name)) found.push({ kind: "stopped", name, program });
    if (ON.has(state)) on.add(name);
    if (failures(program) > (was ? failures(was) : 0)) found.push({ kind: "failed", name, program });
  }
  for (const { name } of before)
    if (!now.some((each) => each.name === name) && on.delete(name))
      found.push({ kind: "stopped", name, program: null });
  return found;
}

/** @param {Program} program */
function failures(program) {
  return program.parts.filter((part) => part.state === "failed").length;
}

export class Programs {
  /**
   * @param {object} made
   * @param {string} made.controller where it is asked; "": where this page is from
   * @param {string} [made.token]
   * @param {typeof fetch} [made.fetch]
   */
  constructor({ controller, token = "", fetch: asks }) {
    const origin = controller.replace(/\/+$/, "");
    this.rest = new Rest({ token: () => token, origin, ...(asks ? { fetch: asks } : {}) });
    /** @type {Program[]|null} */
    this.list = null;
    /** @type {Problem|null} */
    this.problem = null;
    /** @type {Told<void>} */
    this._changed = new Told();
    /** @type {Told<Turn>} */
    this._turned = new Told();
    /** @type {{close: () => void}|null} */
    this._stream = null;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this._timer = undefined;
    this._asked = 0;
    /** @type {Set<string>} */
    this._on = new Set();
  }

  /** @param {() => void} told */
  onChange(told) {
    return this._changed.add(told);
  }

  /** @param {(turn: Turn) => void} told */
  onTurn(told) {
    return this._turned.add(told);
  }

  follow() {
    this._stream ??= this.rest.stream("/v1/events", {
      query: { after: -1, kind: "program.,atom." },
      onEvent: () => this._soon(),
      onState: (state, problem) => {
        if (state === "open") this._soon();
        else if (problem) this._failed(problem);
      },
    });
    return this;
  }

  end() {
    this._stream?.close();
    this._stream = null;
    clearTimeout(this._timer);
    this._timer = undefined;
    // What is still on its way is of nobody's interest any more.
    this._asked += 1;
  }

  /** Asks how all are now. */
  async refresh() {
    this._asked += 1;
    const asked = this._asked;
    try {
      const list = await this.rest.all("/v1/programs");
      // Another question was asked after this one.
      if (asked === this._asked) this._take(list);
    } catch (error) {
      if (asked === this._asked) this._failed(problemOf(error));
    }
  }

  /** @param {string} name @returns {Promise<Program>} when its parts are begun, or could not be */
  start(name) {
    return this._turn(name, "start", undefined);
  }

  /** @param {string} name @param {{discard?: boolean}} [how] @returns {Promise<Program>} */
  stop(name, { discard = false } = {}) {
    return this._turn(name, "stop", { discard });
  }

  /** @param {string} name */
  get(name) {
    return this.list?.find((program) => program.name === name) ?? null;
  }

  /** @param {string} name @param {"start"|"stop"} what @param {unknown} body */
  async _turn(name, what, body) {
    // What becomes of it is told by how it was before: whoever is the first to look looks now.
    for (let tries = 0; !this.list && tries < LOOKS; tries++) await this.refresh();
    try {
      const program = await this.rest.post(`/v1/programs/${encodeURIComponent(name)}/${what}`, body, { once: true });
      // A look that began before this is older than its answer.
      this._asked += 1;
      this._soon();
      if (this.list)
        this._take(
          this.list
            .filter((each) => each.name !== name)
            .concat(program)
            .sort(byName),
        );
      return program;
    } catch (error) {
      const problem = problemOf(error);
      this._turned.tell({ kind: "failed", name, program: this.get(name), problem });
      throw problem;
    }
  }

  _soon() {
    this._timer ??= setTimeout(() => {
      this._timer = undefined;
      void this.refresh();
    }, PAUSE_MS);
  }

  /** @param {Program[]} list */
  _take(list) {
    const before = this.list;
    this.list = list;
    this.problem = null;
    this._changed.tell();
    const found = turns(this._on, before ?? list, list);
    // What was so before anybody looked has not just become so.
    if (before) for (const turn of found) this._turned.tell(turn);
  }

  /** @param {Problem} problem */
  _failed(problem) {
    this.problem = problem;
    this._changed.tell();
  }
}

/** @param {Program} a @param {Program} b */
function byName(a, b) {
  return a.name < b.name ? -1 : 1;
}
