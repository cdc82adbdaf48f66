// @ts-check
/**
 * Colours of tokens as a canvas takes them, in the scheme that holds now.
 *
 *   colours(element, ["--ink"]) -> (name) => "rgb(23, 33, 46)"       onScheme(f) -> off: the scheme changed
 */

/**
 * @param {Element} element near which they hold
 * @param {readonly string[]} names
 * @returns {(name: string) => string}
 */
export function colours(element, names) {
  const probe = document.createElement("span");
  probe.hidden = true;
  element.append(probe);
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const name of names) {
    probe.style.color = `var(${name})`;
    found.set(name, getComputedStyle(probe).color);
  }
  probe.remove();
  return (name) => found.get(name) ?? "gray";
}

/**
 * Tells when colours may be others: of the system, or by the page's own switch.
 * @param {() => void} told
 * @returns {() => void}
 */
export function onScheme(told) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", told);
  const own = new MutationObserver(told);
  own.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => {
    system.removeEventListener("change", told);
    own.disconnect();
  };
}
