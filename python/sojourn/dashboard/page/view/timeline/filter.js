/**
 * What of the story is shown, as the page's address says it.
 *
 * @typedef {import("./entry.js").Entry} Entry
 * @typedef {import("./kind.js").What} What
 *
 * @typedef {object} Filter
 * @property {string} atom An atom's name, or where there is none of it, part of one; empty: all.
 * @property {string} node Name of a node; empty: all.
 * @property {string} text Part of what is told; empty: all.
 * @property {ReadonlySet<What>} what Empty: all.
 */
import { WHATS } from "./kind.js";

/**
 * @param {Readonly<Record<string, string | undefined>>} query
 * @returns {Filter}
 */
export function filterOf(query) {
  const named = (query.what ?? "").split(",");
  return {
    atom: query.atom ?? "",
    node: query.node ?? "",
    text: query.text ?? "",
    what: new Set(WHATS.filter((what) => named.includes(what))),
  };
}

/**
 * As the address has it; what is empty is left out.
 *
 * @param {Filter} filter
 * @returns {Record<string, string>}
 */
export function queryOf(filter) {
  const query = { atom: filter.atom, node: filter.node, text: filter.text, what: [...filter.what].join(",") };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ""));
}

/** @param {Filter} filter */
export function takesAll(filter) {
  return filter.atom === "" && filter.node === "" && filter.text === "" && filter.what.size === 0;
}

/**
 * Those that are shown. What happened to a node concerns its atoms, too: nothing is hidden that is about the node.
 *
 * @param {readonly Entry[]} entries
 * @param {Filter} filter
 * @returns {readonly Entry[]}
 */
export function chosen(entries, filter) {
  if (takesAll(filter)) {
    return entries;
  }
  const [atom, text] = [filter.atom.toLowerCase(), filter.text.toLowerCase()];
  const exact = atom !== "" && entries.some((entry) => entry.atom === filter.atom);
  return entries.filter(
    (entry) =>
      (filter.what.size === 0 || filter.what.has(entry.what)) &&
      (filter.node === "" || entry.source === filter.node || entry.target === filter.node) &&
      (atom === "" || (exact ? entry.atom === filter.atom : entry.atom.toLowerCase().includes(atom))) &&
      (text === "" || says(entry, text)),
  );
}

/**
 * @param {Entry} entry
 * @param {string} text In lower case.
 */
function says(entry, text) {
  return [entry.text, entry.cause, entry.error, entry.subject].some((each) => each.toLowerCase().includes(text));
}

/**
 * Those that touch a part of time.
 *
 * @param {readonly Entry[]} entries
 * @param {number} from
 * @param {number} to
 */
export function between(entries, from, to) {
  return entries.filter((entry) => entry.until >= from && entry.at <= to);
}
