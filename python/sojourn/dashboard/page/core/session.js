// @ts-check
/**
 * Who asks: what the page's token allows.
 *
 *   session.name, .scopes ([] where the token is none or wrong), .open (no token is needed), .known (has been asked)
 *   session.may("read"|"atoms"|"nodes"|"admin")      `admin` allows all, each other allows `read`, too
 *   session.traceAddress "" or the address of a trace, with `{trace}` in it
 *   session.signIn(token) -> Promise(bool)           kept in this tab only (sessionStorage)
 *   session.signOut(),  session.onChange(f) -> off,  session.token()
 *
 * A token in the address (`#token=...`) is taken, and removed from it before anything else is done.
 */
import { Told } from "./told.js";

/** @typedef {"read"|"atoms"|"nodes"|"admin"} Scope */

const KEY = "sojourn.token";

export class Session {
  /** @param {Pick<Storage, "getItem"|"setItem"|"removeItem">} [storage] where the token is kept */
  constructor(storage) {
    this._storage = storage;
    this._token = storage?.getItem(KEY) ?? "";
    this.name = "";
    /** @type {Scope[]} */
    this.scopes = [];
    this.open = false;
    this.traceAddress = "";
    this.known = false;
    /** @type {Told<void>} */
    this._told = new Told();
    /** @type {import("./rest.js").Rest|null} */
    this._rest = null;
  }

  /** @param {() => void} told */
  onChange(told) {
    return this._told.add(told);
  }

  token() {
    return this._token;
  }

  /** @param {import("./rest.js").Rest} rest */
  begin(rest) {
    this._rest = rest;
    rest.onRefused(() => {
      if (!this.known || !this.scopes.length) return;
      this.scopes = [];
      this._told.tell();
    });
  }

  /** Asks who it is; fails with a Problem when nobody answers. */
  async ask() {
    const told = await /** @type {import("./rest.js").Rest} */ (this._rest).get("/v1/session");
    this.name = told.name ?? "";
    this.scopes = told.scopes ?? [];
    this.open = told.open ?? false;
    this.traceAddress = told.trace_address ?? "";
    this.known = true;
    this._told.tell();
    return this.may("read");
  }

  /** @param {Scope} scope */
  may(scope) {
    if (this.scopes.includes("admin") || this.scopes.includes(scope)) return true;
    return scope === "read" && this.scopes.length > 0;
  }

  /**
   * @param {string} token
   * @returns {Promise<boolean>} whether it is one
   */
  async signIn(token) {
    this._token = token.trim();
    const may = await this.ask();
    if (may) this._storage?.setItem(KEY, this._token);
    else this._token = "";
    return may;
  }

  signOut() {
    this._storage?.removeItem(KEY);
    this._token = "";
    this.scopes = [];
    this.name = "";
    this._told.tell();
  }

  /**
   * Takes a token from the address's hash; gives the hash without it.
   * @param {string} hash as `#token=abc` or `#/map?token=abc`
   * @returns {string|null} what the hash is to be; null: there was none
   */
  take(hash) {
    const found = /(^#|[?&])token=([^&]*)/.exec(hash);
    if (!found) return null;
    let token = /** @type {string} */ (found[2]);
    try {
      token = decodeURIComponent(token);
    } catch {
      // It is taken as it stands: it will be refused, which is said.
    }
    this._token = token;
    this._storage?.setItem(KEY, token);
    const rest = hash.slice(0, found.index) + hash.slice(found.index + found[0].length);
    return rest.startsWith("#") ? rest.replace(/[?&]$/, "") : "#/";
  }
}
