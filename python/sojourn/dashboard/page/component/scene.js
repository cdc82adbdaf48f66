// @ts-check
/**
 * Programs that are started and stopped out of a scene: by elements of any page, or entities of A-Frame, which are elements, too.
 *
 *   <a-box data-sojourn-program="chess"></a-box>                 a click starts it, the next one stops it
 *   <div data-sojourn-program="chess" data-sojourn-start="mouseenter" data-sojourn-stop="mouseleave">
 *
 *   connect({controller, token, root}) -> {programs, end()}      binds those that are there, and those that come
 *
 * Each element has `data-sojourn-state` from then on, and gets the events sojourn-started, sojourn-stopped and sojourn-failed, as
 * `animation="startEvents: sojourn-started"` wants them. Where A-Frame is loaded there is a component, too:
 *
 *   <a-box sojourn-program="program: chess; start: click; stop: dblclick">
 */
import { Programs } from "./client.js";

const OWN = new URL("../", import.meta.url).href.replace(/\/+$/, "");
const MARK = "data-sojourn-program";
const MARKED = `[${MARK}]`;
const WORKING = new Set(["running", "partly", "starting"]);

/** @typedef {{program: string, start: string, stop: string}} Wanted names of events with spaces between; no `stop`: `start` turns */

/** What an element says of itself. @param {Element} element @returns {Wanted} */
export function wantedOf(element) {
  const stop = element.getAttribute("data-sojourn-stop") ?? "";
  const start = element.getAttribute("data-sojourn-start") ?? (stop ? "" : "click");
  return { program: element.getAttribute(MARK) ?? "", start, stop };
}

/** An element that is bound to a program. */
export class Bound {
  /**
   * @param {EventTarget & {setAttribute?: (name: string, value: string) => void}} element
   * @param {Wanted} wanted
   * @param {Programs} programs
   */
  constructor(element, wanted, programs) {
    this._element = element;
    this._wanted = wanted;
    this._programs = programs;
    this._busy = false;
    /** @type {(() => void)[]} */
    this._offs = [programs.onChange(() => this._show())];
    this._offs.push(
      programs.onTurn(({ kind, ...detail }) => {
        if (detail.name === wanted.program)
          element.dispatchEvent(new CustomEvent(`sojourn-${kind}`, { detail, bubbles: true }));
      }),
    );
    const turns = !wanted.stop;
    this._listen(wanted.start, () => (turns && this._on() ? this._stop() : this._start()));
    this._listen(wanted.stop, () => this._stop());
    this._show();
  }

  end() {
    for (const off of this._offs) off();
    this._offs = [];
  }

  /** @param {string} names @param {() => Promise<unknown>} work */
  _listen(names, work) {
    for (const name of names.split(/\s+/).filter(Boolean)) {
      const heard = async () => {
        // A click that comes while one is worked on is the same click.
        if (this._busy) return;
        this._busy = true;
        try {
          await work();
        } catch {
          // It is told by sojourn-failed.
        } finally {
          this._busy = false;
        }
      };
      this._element.addEventListener(name, heard);
      this._offs.push(() => this._element.removeEventListener(name, heard));
    }
  }

  _on() {
    return WORKING.has(this._programs.get(this._wanted.program)?.state ?? "");
  }

  _start() {
    return this._programs.start(this._wanted.program);
  }

  _stop() {
    return this._programs.stop(this._wanted.program);
  }

  _show() {
    const known = this._programs.get(this._wanted.program);
    const state = known?.state ?? (this._programs.list ? "unknown" : "asking");
    this._element.setAttribute?.("data-sojourn-state", this._programs.problem ? "away" : state);
  }
}

/**
 * Binds elements that name a program, also those that come later.
 * @param {{controller?: string, token?: string, root?: Document|Element}} [given]
 */
export function connect({ controller = OWN, token = "", root = document } = {}) {
  const programs = new Programs({ controller, token }).follow();
  /** @type {Map<Element, Bound>} */
  const bound = new Map();
  const put = (/** @type {Element} */ element) => {
    bound.get(element)?.end();
    bound.set(element, new Bound(element, wantedOf(element), programs));
  };
  const drop = (/** @type {Element} */ element) => {
    bound.get(element)?.end();
    bound.delete(element);
  };
  for (const element of root.querySelectorAll(MARKED)) put(element);
  const watch = new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "attributes") {
        const element = /** @type {Element} */ (target);
        if (element.hasAttribute(MARK)) put(element);
        else drop(element);
      }
      for (const node of addedNodes)
        if (node instanceof Element)
          for (const element of [node, ...node.querySelectorAll(MARKED)])
            if (element.hasAttribute(MARK) && !bound.has(element)) put(element);
    }
    for (const element of bound.keys()) if (!element.isConnected) drop(element);
  });
  watch.observe(root, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: [MARK, "data-sojourn-start", "data-sojourn-stop"],
  });
  const off = registered(/** @type {any} */ (globalThis).AFRAME, programs);
  return {
    programs,
    end() {
      watch.disconnect();
      for (const each of bound.values()) each.end();
      bound.clear();
      off();
      programs.end();
    },
  };
}

/**
 * A component of A-Frame, if that is loaded. What is said of the realm holds for the whole page.
 * @param {any} aframe
 * @param {Programs} programs
 * @returns {() => void}
 */
function registered(aframe, programs) {
  if (!aframe) return () => {};
  realm.programs = programs;
  if (!aframe.components?.["sojourn-program"])
    aframe.registerComponent("sojourn-program", {
      schema: { program: { type: "string" }, start: { type: "string", default: "click" }, stop: { type: "string" } },
      update() {
        this.remove();
        if (realm.programs) this.bound = new Bound(this.el, { ...this.data }, realm.programs);
      },
      remove() {
        this.bound?.end();
        this.bound = null;
      },
    });
  return () => {
    realm.programs = null;
  };
}

/** @type {{programs: Programs|null}} */
const realm = { programs: null };
