// @ts-check
/**
 * Every text by key, in the language of the page.
 *
 *   t("map.filter")   t("map.found", {count: 3, of: 12})     {placeholders}; a key that is not there is shown itself
 *   await need("map", "timeline")    loads en/map.js ... ; `t` gives the keys of those that are loaded
 *   language() "en"|"de",  setLanguage(l) -> Promise,  LANGUAGES,  onLanguage(f) -> off
 *
 * A file `en/ROOM.js` exports by default {"ROOM.key": "text", "ROOM.things": {one: "{count} thing", other: "{count} things"}}:
 * the form is chosen by `count`. Placeholders are put in as text; numbers in the language's own way.
 */

/** @typedef {string | {one: string, other: string}} Text */

export const LANGUAGES = /** @type {const} */ ({ en: "English", de: "Deutsch" });
const KEY = "sojourn.language";

/** @type {Map<string, Text>} */
const texts = new Map();
/** @type {Set<string>} */
const rooms = new Set();
/** @type {Set<() => void>} */
const followers = new Set();
let now = chosen();

function chosen() {
  let kept = null;
  try {
    kept = globalThis.localStorage?.getItem(KEY);
  } catch {
    // The browser keeps nothing for this page: what it prefers has to do.
  }
  const wanted = kept ?? globalThis.navigator?.language ?? "en";
  return wanted.toLowerCase().startsWith("de") ? "de" : "en";
}

export function language() {
  return now;
}

/**
 * @param {"en"|"de"} wanted
 */
export async function setLanguage(wanted) {
  const loaded = await Promise.all([...rooms].map((room) => import(`./${wanted}/${room}.js`)));
  now = wanted;
  try {
    globalThis.localStorage?.setItem(KEY, wanted);
  } catch {
    // It lasts as long as the page does.
  }
  for (const each of loaded) put(each.default);
  for (const told of followers) told();
}

/** @param {() => void} told */
export function onLanguage(told) {
  followers.add(told);
  return () => {
    followers.delete(told);
  };
}

/** @param {Record<string, Text>} more */
export function put(more) {
  for (const [key, text] of Object.entries(more)) texts.set(key, text);
}

/** Loads the texts of rooms, if they are not there. @param {string[]} wanted */
export async function need(...wanted) {
  await Promise.all(
    wanted
      .filter((room) => !rooms.has(room))
      .map(async (room) => {
        put((await import(`./${now}/${room}.js`)).default);
        rooms.add(room);
      }),
  );
}

/**
 * @param {string} key
 * @param {Record<string, string|number>} [values]
 * @returns {string}
 */
export function t(key, values) {
  const text = texts.get(key);
  if (text === undefined) return key;
  let form = text;
  if (typeof form !== "string") {
    const one = new Intl.PluralRules(now).select(Number(values?.count ?? 0)) === "one";
    form = one ? form.one : form.other;
  }
  if (!values) return form;
  return form.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? value.toLocaleString(now) : value;
  });
}
