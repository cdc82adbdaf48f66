// @ts-check
/**
 * Where in the page: addresses by hash.
 *
 *   #/map  #/timeline?atom=..  #/atom/BIRTH/NAME  #/node/NAME  #/start  #/programs  #/simulation  #/ (first run, or the map)
 *
 *   parse(hash) -> {view, params: {...}, query: {...}}      unknown: view "map"
 *   href(view, params?, query?) -> "#/..."                  every part escaped
 *   atomHref(name), nodeHref(name)
 *   route.now, route.go(href), route.query({key: value|null})  changes the query in place;  route.onChange(f) -> off
 */
import { Told } from "./told.js";

/** @typedef {{view: string, params: Record<string, string>, query: Record<string, string>}} Place */

/** Names of the parts of the path that follow the view's own name. @type {Record<string, string[]>} */
export const VIEWS = {
  "": [],
  map: [],
  timeline: [],
  atom: ["birth", "name"],
  node: ["name"],
  start: [],
  programs: [],
  simulation: [],
  first: [],
};

/** @param {string} text */
function plain(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * @param {string} hash
 * @returns {Place}
 */
export function parse(hash) {
  const told = hash.replace(/^#/, "");
  const mark = told.indexOf("?");
  const parts = (mark < 0 ? told : told.slice(0, mark)).replace(/^\/+|\/+$/g, "").split("/");
  /** @type {Record<string, string>} */
  const query = Object.fromEntries(new URLSearchParams(mark < 0 ? "" : told.slice(mark + 1)));
  const view = parts[0] ?? "";
  const names = Object.hasOwn(VIEWS, view) ? VIEWS[view] : undefined;
  if (!names || parts.length - 1 < names.length) return { view: "map", params: {}, query: {} };
  /** @type {Record<string, string>} */
  const params = {};
  names.forEach((name, at) => {
    // The last takes what is left: names of atoms may have slashes.
    const told = at === names.length - 1 ? parts.slice(at + 1) : parts.slice(at + 1, at + 2);
    params[name] = told.map(plain).join("/");
  });
  return { view, params, query };
}

/**
 * @param {string} view
 * @param {Record<string, string>} [params]
 * @param {Record<string, string|number|null|undefined>} [query]
 */
export function href(view, params = {}, query = {}) {
  const path = [view, ...(VIEWS[view] ?? []).map((name) => encodeURIComponent(params[name] ?? ""))].join("/");
  const told = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") told.set(key, String(value));
  }
  const text = told.toString();
  return `#/${path}${text ? `?${text}` : ""}`;
}

/** @param {string} name global name of an atom */
export function atomHref(name) {
  const at = name.indexOf("/");
  return href("atom", { birth: name.slice(0, at), name: name.slice(at + 1) });
}

/** @param {string} name */
export function nodeHref(name) {
  return href("node", { name });
}

export class Route {
  /** @param {Window} window */
  constructor(window) {
    this._window = window;
    this.now = parse(window.location.hash);
    /** @type {Told<void>} */
    this._told = new Told();
    window.addEventListener("hashchange", () => this._read());
  }

  /** @param {() => void} told */
  onChange(told) {
    return this._told.add(told);
  }

  /** @param {string} to */
  go(to) {
    this._window.location.hash = to;
  }

  /**
   * Changes the query of where it is, without a step in the history.
   * @param {Record<string, string|number|null|undefined>} change null, "" or undefined: taken out
   */
  query(change) {
    const { view, params, query } = this.now;
    this._window.history.replaceState(null, "", href(view, params, { ...query, ...change }));
    this._read();
  }

  _read() {
    this.now = parse(this._window.location.hash);
    this._told.tell();
  }
}
