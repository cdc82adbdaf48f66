/**
 * Lanes: one for each atom or each node, with what happened to it in order of time.
 *
 * @typedef {import("./entry.js").Entry} Entry
 *
 * @typedef {object} Lane
 * @property {string} key Global name of an atom, name of a node, or REALM.
 * @property {Entry[]} entries
 */

/** The lane of what is about no atom, or no node. No name is empty. */
export const REALM = "";

const byName = new Intl.Collator("en", { numeric: true, sensitivity: "variant" });

/**
 * @param {string} a
 * @param {string} b
 */
export function compareNames(a, b) {
  return byName.compare(a, b) || (a < b ? -1 : Number(a > b));
}

/**
 * @param {readonly Entry[]} entries
 * @param {"atom" | "node"} by
 * @returns {Lane[]} By name; what is about the realm first.
 */
export function lanesOf(entries, by) {
  /** @type {Map<string, Entry[]>} */
  const found = new Map();
  /** @type {(key: string, entry: Entry) => void} */
  const put = (key, entry) => {
    const list = found.get(key);
    if (list === undefined) {
      found.set(key, [entry]);
    } else {
      list.push(entry);
    }
  };
  for (const entry of entries) {
    if (by === "atom") {
      put(entry.atom, entry);
      continue;
    }
    if (entry.source !== "") {
      put(entry.source, entry);
    }
    if (entry.target !== entry.source || entry.target === REALM) {
      put(entry.target, entry);
    }
  }
  return [...found].map(([key, list]) => ({ key, entries: list })).sort((a, b) => compareNames(a.key, b.key));
}

/**
 * Which lanes are on the screen: indices of the first, and of the one after the last.
 *
 * @param {number} count
 * @param {number} height Of one.
 * @param {number} top Pixels that are scrolled away.
 * @param {number} room Pixels that there are.
 * @returns {[number, number]}
 */
export function visibleLanes(count, height, top, room) {
  const first = Math.max(0, Math.min(count, Math.floor(top / height)));
  return [first, Math.max(first, Math.min(count, Math.ceil((top + room) / height)))];
}
