/**
 * Two moves side by side: what each was, and by how much the second differs.
 *
 * @typedef {import("./entry.js").Entry} Entry
 *
 * @typedef {"time" | "milliseconds" | "bytes" | "rate" | "number" | "text"} Unit How a value is written.
 *
 * @typedef {object} Row
 * @property {string} name Key of its text.
 * @property {Unit} unit
 * @property {number | string | undefined} first undefined: nobody knows.
 * @property {number | string | undefined} second
 * @property {number | undefined} ratio Of the second to the first; undefined: it says nothing.
 */

/** @type {readonly {name: string, unit: Unit, of: (entry: Entry) => number | string | undefined}[]} */
const ROWS = [
  { name: "atom", unit: "text", of: (entry) => entry.atom },
  { name: "source", unit: "text", of: (entry) => entry.source },
  { name: "target", unit: "text", of: (entry) => entry.target },
  { name: "cause", unit: "text", of: (entry) => entry.cause },
  { name: "state", unit: "text", of: (entry) => entry.state },
  { name: "at", unit: "time", of: (entry) => entry.at },
  { name: "total", unit: "milliseconds", of: (entry) => entry.total_ms || undefined },
  { name: "downtime", unit: "milliseconds", of: downtimeOf },
  { name: "bytes", unit: "bytes", of: (entry) => (entry.measured ? entry.bytes : undefined) },
  { name: "rate", unit: "rate", of: rateOf },
  { name: "rounds", unit: "number", of: (entry) => entry.rounds || undefined },
  { name: "gain", unit: "number", of: (entry) => entry.gain || undefined },
  { name: "cost", unit: "number", of: (entry) => entry.cost || undefined },
  { name: "error", unit: "text", of: (entry) => entry.error || undefined },
];

/**
 * How long the atom stood still, in milliseconds; undefined: it has not been measured.
 *
 * @param {Entry} entry
 */
export function downtimeOf(entry) {
  return entry.measured && entry.state === "done" ? entry.downtime_ms : undefined;
}

/**
 * Bytes a second over the whole move; undefined: it has not been measured.
 *
 * @param {Entry} entry
 */
export function rateOf(entry) {
  return entry.measured && entry.total_ms > 0 ? (entry.bytes * 1000) / entry.total_ms : undefined;
}

/**
 * Rows that say something of one of them.
 *
 * @param {Entry} first
 * @param {Entry} second
 * @returns {Row[]}
 */
export function compared(first, second) {
  return ROWS.map(({ name, unit, of }) => ({ name, unit, first: of(first), second: of(second) }))
    .filter((row) => known(row.first) || known(row.second))
    .map((row) => ({ ...row, ratio: ratioOf(row) }));
}

/** @param {number | string | undefined} value */
function known(value) {
  return value !== undefined && value !== "";
}

/** @param {{unit: Unit, first: number | string | undefined, second: number | string | undefined}} row */
function ratioOf({ unit, first, second }) {
  if (unit === "time" || typeof first !== "number" || typeof second !== "number" || first <= 0) {
    return undefined;
  }
  return second / first;
}

/**
 * Those in which atoms stood still longest, the longest first.
 *
 * @param {readonly Entry[]} entries
 * @param {number} most
 * @returns {Entry[]}
 */
export function longestOf(entries, most) {
  /** @type {Entry[]} */
  const found = [];
  for (const entry of entries) {
    const downtime = downtimeOf(entry);
    const last = found.at(-1);
    if (downtime === undefined || (found.length === most && last !== undefined && downtime <= last.downtime_ms)) {
      continue;
    }
    const at = found.findIndex((each) => each.downtime_ms < downtime);
    found.splice(at < 0 ? found.length : at, 0, entry);
    found.length = Math.min(found.length, most);
  }
  return found;
}
