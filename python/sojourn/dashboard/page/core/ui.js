// @ts-check
/**
 * What components are made of: Preact, its hooks and htm, from `vendor/`. Views import it from here.
 *
 *   html`<${Part} name=${value} on=${() => ...}>text</${Part}>`   htm's templates: text and values are never markup
 *   useState, useEffect, useLayoutEffect, useMemo, useRef, useCallback, createContext, useContext
 *   useChange(source)   renders again when `source.onChange` tells, at most once a frame
 *   useNow(every_ms)    the time in seconds, which renders again as it goes
 */

import htm from "../vendor/htm/htm.mjs";
import * as hooks from "../vendor/preact/hooks.mjs";
import * as preact from "../vendor/preact/preact.mjs";

const P = /** @type {any} */ (preact);
const H = /** @type {any} */ (hooks);

/** @typedef {any} VNode what a component gives to be drawn */

/** @type {(strings: TemplateStringsArray, ...values: any[]) => VNode} */
export const html = /** @type {any} */ (htm).bind(P.h);
/** @type {(node: VNode, into: Element) => void} */
export const render = P.render;
/** @type {<T>(initial: T | (() => T)) => [T, (next: T | ((now: T) => T)) => void]} */
export const useState = H.useState;
/** @type {(effect: () => (void | (() => void)), of?: readonly unknown[]) => void} */
export const useEffect = H.useEffect;
/** @type {(effect: () => (void | (() => void)), of?: readonly unknown[]) => void} */
export const useLayoutEffect = H.useLayoutEffect;
/** @type {<T>(make: () => T, of: readonly unknown[]) => T} */
export const useMemo = H.useMemo;
/** @type {<T>(initial: T) => {current: T}} */
export const useRef = H.useRef;
/** @type {<F extends (...given: any[]) => any>(what: F, of: readonly unknown[]) => F} */
export const useCallback = H.useCallback;
/** @type {(initial: any) => any} */
export const createContext = P.createContext;
/** @type {(context: any) => any} */
export const useContext = H.useContext;
/** @type {(caught?: (error: any) => void) => [any, () => void]} */
export const useErrorBoundary = H.useErrorBoundary;
/** @type {() => string} an id that is unique on the page */
export const useId = H.useId;

/**
 * @typedef {{onChange: (told: () => void) => (() => void)}} Changing something that tells when it has changed
 */

/**
 * Renders again when it has changed, at most once a frame.
 * @template {Changing} T
 * @param {T} source
 * @returns {T}
 */
export function useChange(source) {
  const [, again] = useState(0);
  useLayoutEffect(() => {
    let asked = 0;
    const off = source.onChange(() => {
      asked ||= requestAnimationFrame(() => {
        asked = 0;
        again((n) => n + 1);
      });
    });
    return () => {
      off();
      cancelAnimationFrame(asked);
    };
  }, [source]);
  return source;
}

/**
 * The time as Unix seconds, told anew every so often while the page is seen.
 * @param {number} every_ms
 */
export function useNow(every_ms = 1000) {
  const [now, set] = useState(() => Date.now() / 1000);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) set(Date.now() / 1000);
    }, every_ms);
    return () => clearInterval(timer);
  }, [every_ms]);
  return now;
}
