/**
 * What is selected, as a file: comma-separated values (RFC 4180), or JSON.
 *
 * @typedef {import("./entry.js").Entry} Entry
 */

/** Columns, in order. Times are ISO 8601 in UTC, with seconds of Unix time beside. */
const COLUMNS = [
  "number", "what", "kind", "began", "at", "until", "subject", "atom", "source", "target", "cause", "state", "move",
  "total_ms", "downtime_ms", "bytes", "rounds", "gain", "cost", "error", "trace", "text",
]; // biome-ignore format: a table

/**
 * One entry as it is kept: without what nobody has measured, or what does not apply.
 *
 * @param {Entry} entry
 * @returns {Record<string, string | number | null>}
 */
export function plain(entry) {
  const moved = entry.move > 0;
  return {
    number: entry.number || null,
    what: entry.what,
    kind: entry.kind,
    began: instant(entry.at),
    at: entry.at,
    until: Number.isFinite(entry.until) ? entry.until : null,
    subject: entry.subject,
    atom: entry.atom,
    source: entry.source,
    target: entry.target,
    cause: entry.cause,
    state: entry.state,
    move: moved ? entry.move : null,
    total_ms: moved && entry.total_ms > 0 ? entry.total_ms : null,
    downtime_ms: entry.measured ? entry.downtime_ms : null,
    bytes: entry.measured ? entry.bytes : null,
    rounds: entry.rounds || null,
    gain: entry.gain || null,
    cost: entry.cost || null,
    error: entry.error,
    trace: entry.trace,
    text: entry.text,
  };
}

/**
 * A time as ISO 8601; empty: it is out of what that can say.
 *
 * @param {number} at
 */
function instant(at) {
  const date = new Date(at * 1000);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

/** @param {readonly Entry[]} entries */
export function asCsv(entries) {
  const rows = entries.map((entry) => {
    const row = plain(entry);
    return COLUMNS.map((column) => cell(row[column] ?? "")).join(",");
  });
  return [COLUMNS.join(","), ...rows, ""].join("\r\n");
}

/** @param {readonly Entry[]} entries */
export function asJson(entries) {
  return `${JSON.stringify(entries.map(plain), undefined, 1)}\n`;
}

/**
 * A spreadsheet takes a text that begins like a formula for one; a quote before it keeps it a text.
 *
 * @param {string | number} value
 */
function cell(value) {
  if (typeof value === "number") {
    return String(value);
  }
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Has the browser save a text.
 *
 * @param {string} name
 * @param {string} type
 * @param {string} text
 */
export function save(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
