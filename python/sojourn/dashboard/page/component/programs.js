// @ts-check
/**
 * `<sojourn-programs controller="https://host:7480" token="...">`: programs of a realm in any page, with a button each.
 *
 *   attributes   controller (none: where this file is from), token, programs="a b" (only these), readonly
 *   properties   token (not seen in the document), programs (the list)
 *   methods      start(name), stop(name, {discard}), refresh()       promises; fail with {status, name, detail, hint}
 *   events       sojourn-started, sojourn-stopped, sojourn-failed {detail: {name, program, problem?}}, sojourn-changed
 *
 * The page's origin has to be in `controller.origins`, if it is another one. See docs/guide/dashboard-component.md.
 */
import { need, onLanguage, t } from "../text/text.js";
import { Programs } from "./client.js";
import { LOOK } from "./look.js";

/** @typedef {import("./client.js").Program} Program */

const OWN = new URL("../", import.meta.url).href.replace(/\/+$/, "");
const WORKING = new Set(["running", "partly", "starting"]);

let sheet = /** @type {CSSStyleSheet|null} */ (null);

/** One sheet for all elements; by the object model, which every policy allows. */
function look() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(LOOK);
  }
  return sheet;
}

export class SojournPrograms extends HTMLElement {
  static get observedAttributes() {
    return ["controller", "token", "programs", "readonly"];
  }

  constructor() {
    super();
    this._root = this.attachShadow({ mode: "open" });
    this._root.adoptedStyleSheets = [look()];
    /** @type {Programs|null} */
    this._client = null;
    this._token = "";
    /** @type {Set<string>} */
    this._busy = new Set();
    /** @type {(() => void)[]} */
    this._offs = [];
  }

  connectedCallback() {
    // A script may have set it before this file came: then it is a plain property, and hides ours.
    if (Object.hasOwn(this, "token")) {
      const { token } = this;
      Reflect.deleteProperty(this, "token");
      this._token = token;
    }
    this._begin();
    this._language = onLanguage(() => this._draw());
    void need("programs", "shell").then(() => this._draw());
  }

  disconnectedCallback() {
    this._end();
    this._language?.();
  }

  /** @param {string} name @param {string|null} before @param {string|null} now */
  attributeChangedCallback(name, before, now) {
    // While it becomes an element, its attributes come before it is told that it is in the document.
    if (!this._client || before === now) return;
    if (name === "controller" || name === "token") {
      this._end();
      this._begin();
    } else this._draw();
  }

  get token() {
    return this._token || this.getAttribute("token") || "";
  }

  set token(text) {
    this._token = text;
    if (!this._client) return;
    this._end();
    this._begin();
  }

  /** Programs that are shown. */
  get programs() {
    const only = (this.getAttribute("programs") ?? "").split(/\s+/).filter(Boolean);
    const list = this._client?.list ?? [];
    return only.length ? list.filter((program) => only.includes(program.name)) : list;
  }

  refresh() {
    return this._asks().refresh();
  }

  /** @param {string} name @returns {Promise<Program>} */
  start(name) {
    return this._turn(name, () => this._asks().start(name));
  }

  /** @param {string} name @param {{discard?: boolean}} [how] @returns {Promise<Program>} */
  stop(name, how) {
    return this._turn(name, () => this._asks().stop(name, how));
  }

  _asks() {
    if (!this._client) throw new Error("sojourn-programs is in no document yet");
    return this._client;
  }

  _begin() {
    const client = new Programs({ controller: this.getAttribute("controller") || OWN, token: this.token });
    this._client = client;
    this._offs = [
      client.onChange(() => {
        this._draw();
        this._tell("changed", { programs: this.programs });
      }),
      client.onTurn(({ kind, ...detail }) => this._tell(kind, detail)),
    ];
    client.follow();
    this._draw();
  }

  _end() {
    this._client?.end();
    for (const off of this._offs) off();
    this._offs = [];
    this._client = null;
  }

  /** @param {string} what @param {unknown} detail */
  _tell(what, detail) {
    this.dispatchEvent(new CustomEvent(`sojourn-${what}`, { detail, bubbles: true, composed: true }));
  }

  /** @param {string} name @param {() => Promise<Program>} work */
  async _turn(name, work) {
    this._busy.add(name);
    this._draw();
    try {
      return await work();
    } finally {
      this._busy.delete(name);
      this._draw();
    }
  }

  _draw() {
    const problem = this._client?.problem;
    const focused = this._root.activeElement?.getAttribute("data-of");
    /** @type {Node[]} */
    const nodes = [];
    if (problem) nodes.push(made("p", { class: "problem", role: "alert" }, [problem.detail]));
    const list = this.programs;
    if (list.length)
      nodes.push(
        made(
          "ul",
          { "aria-label": t("programs.title") },
          list.map((program) => this._row(program)),
        ),
      );
    else if (this._client?.list) nodes.push(made("p", { class: "note" }, [t("programs.none")]));
    else if (!problem) nodes.push(made("p", { class: "note", role: "status" }, [t("shell.loading")]));
    this._root.replaceChildren(...nodes);
    if (focused)
      /** @type {HTMLElement|null} */ (this._root.querySelector(`[data-of="${CSS.escape(focused)}"]`))?.focus();
  }

  /** @param {Program} program */
  _row(program) {
    const { name, state, parts } = program;
    const on = WORKING.has(state);
    const running = parts.filter((part) => part.state === "running").length;
    const failed = parts.filter((part) => part.state === "failed");
    const row = made("li", { class: "program", "data-program": name }, [
      made("bdi", { class: "name" }, [name]),
      made("span", { class: "state", "data-state": state }, [t(`programs.state.${state}`)]),
      made("span", { class: "count" }, [t("programs.running", { count: running, of: parts.length })]),
    ]);
    if (!this.hasAttribute("readonly")) {
      const busy = this._busy.has(name) || state === "starting" || state === "stopping";
      const label = t(on ? "programs.stop" : "programs.start");
      const button = made(
        "button",
        { type: "button", class: on ? "stop" : "start", "data-of": name, "aria-label": `${label} ${name}` },
        [label],
      );
      if (busy) button.setAttribute("aria-disabled", "true");
      // What fails is told by an event, and shown.
      else button.addEventListener("click", () => void (on ? this.stop(name) : this.start(name)).catch(() => {}));
      row.append(made("span", { class: "end" }, [button]));
    }
    if (program.description) row.append(made("p", { class: "description" }, [program.description]));
    for (const part of failed) row.append(made("p", { class: "why" }, [`${part.part}: ${part.reason ?? ""}`]));
    return row;
  }
}

/**
 * An element; what comes from outside is text.
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {(Node|string)[]} children
 */
function made(name, attributes, children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

if (!customElements.get("sojourn-programs")) customElements.define("sojourn-programs", SojournPrograms);
