// @ts-check
/**
 * What every view is given: `app = {rest, picture, events, session, route, t, source, ...}`.
 *
 *   app.rest app.picture app.events app.session app.route app.t     see core/rest.js and its neighbours
 *   app.source              the live realm, or a recording (core/source.js)
 *   app.use(source)         shows another source from now on; app.live() goes back to the realm
 *   app.now()               Unix seconds: of the clock, or of the recording
 *   app.account             who is signed in, whatever the source is;  app.session is that of the source
 *   app.can(scope) -> ""    "" or the reason, in words, why an action is off (no right, signed out, a recording)
 *   app.announce(topic, text)   said by screen readers, politely and not too often (core/announce.js)
 *   app.onChange(f) -> off  another source, session or language
 *   app.theme, app.setTheme("auto"|"light"|"dark")
 */
import { onLanguage, t } from "../text/text.js";
import { Events } from "./events.js";
import { Picture } from "./picture.js";
import { Rest } from "./rest.js";
import { Session } from "./session.js";
import { Live } from "./source.js";
import { Told } from "./told.js";

/** @typedef {import("./session.js").Scope} Scope */
/** @typedef {import("./source.js").Source} Source */
/** @typedef {{route: import("./route.js").Route, announce: (topic: string, text: string) => void, storage?: Storage, origin?: string}} Made */

export class App {
  /** @param {Made} made */
  constructor({ route, announce, storage, origin = "" }) {
    this.t = t;
    this.route = route;
    this.announce = announce;
    this.picture = new Picture();
    this.events = new Events();
    this.account = new Session(storage);
    this._rest = new Rest({ token: () => this.account.token(), origin });
    this.account.begin(this._rest);
    this._live = new Live(this._rest, this.picture, this.events);
    /** @type {Source} */
    this.source = this._live;
    this._rests = false;
    /** @type {Told<void>} */
    this._told = new Told();
    this.account.onChange(() => this._told.tell());
    onLanguage(() => this._told.tell());
    this.theme = "auto";
  }

  /** @type {Rest} */
  get rest() {
    return this.source.rest ?? this._rest;
  }

  /** @type {Session} */
  get session() {
    return this.source.session ?? this.account;
  }

  now() {
    return this.source.now?.() ?? Date.now() / 1000;
  }

  /** @param {() => void} told */
  onChange(told) {
    return this._told.add(told);
  }

  /**
   * Shows another source: what there was is forgotten, actions are off while it is a recording.
   * @param {Source} source
   */
  use(source) {
    this.source.end();
    this.picture.clear();
    this.events.clear();
    this.events.older = async () => [];
    this.source = source;
    source.begin();
    this._told.tell();
  }

  live() {
    if (this.source !== this._live) this.use(this._live);
  }

  /**
   * Nobody looks, or somebody looks again. A browser has few connections to one host for all its tabs: one that nobody looks at
   * gives its own back.
   * @param {boolean} hidden
   */
  rests(hidden) {
    if (this.source !== this._live || this._rests === hidden || !this.account.may("read")) return;
    this._rests = hidden;
    if (hidden) this._live.end();
    else this._live.begin();
  }

  /**
   * Why an action is off; "": it is on.
   * @param {Scope} scope that it needs
   */
  can(scope) {
    if (this.source.kind === "recording") return t("shell.off.recording");
    if (this.session.may(scope)) return "";
    return t("shell.off.scope", { scope, name: this.session.name || t("shell.off.nobody") });
  }

  /** @param {string} theme "auto", "light" or "dark" */
  setTheme(theme) {
    this.theme = theme;
    const root = document.documentElement;
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    try {
      localStorage.setItem("sojourn.theme", theme);
    } catch {
      // It lasts as long as the page does.
    }
    this._told.tell();
  }
}
