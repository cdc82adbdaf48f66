// @ts-check
/**
 * A memory as a grid of cells. Pure.
 *
 *   cellsOf(memory, most) -> {cells: [{start, end, used, stored}], bytes}    `bytes` of a cell, a power of two
 *   kindOf(cell) -> "zero"|"even"|"mixed"|"dense"       by how far what is used can be compressed
 */

/** @typedef {{start: number, end: number, used_bytes: number, stored_bytes: number}} Extent */
/** @typedef {{index: number, size_bytes: number, used_bytes: number, stored_bytes: number, grain_bytes: number, extents: Extent[]}} Memory */
/** @typedef {{start: number, end: number, used: number, stored: number}} Cell */
/** @typedef {"zero"|"even"|"mixed"|"dense"} Kind */

/** @type {Kind[]} */
export const KINDS = ["zero", "even", "mixed", "dense"];

/**
 * @param {Memory} memory
 * @param {number} most cells
 * @returns {{cells: Cell[], bytes: number}}
 */
export function cellsOf(memory, most) {
  let bytes = Math.max(memory.grain_bytes, 1);
  while (memory.size_bytes / bytes > most) bytes *= 2;
  const count = Math.ceil(memory.size_bytes / bytes);
  /** @type {Cell[]} */
  const cells = [];
  for (let i = 0; i < count; i += 1)
    cells.push({ start: i * bytes, end: Math.min((i + 1) * bytes, memory.size_bytes), used: 0, stored: 0 });
  for (const extent of memory.extents) {
    const length = extent.end - extent.start;
    if (length <= 0) continue;
    for (let at = Math.floor(extent.start / bytes); at < count && at * bytes < extent.end; at += 1) {
      const cell = cells[at];
      if (!cell) continue;
      // An extent's bytes are spread evenly over it: no more is known.
      const share = (Math.min(extent.end, cell.end) - Math.max(extent.start, cell.start)) / length;
      cell.used += extent.used_bytes * share;
      cell.stored += extent.stored_bytes * share;
    }
  }
  return { cells, bytes };
}

/**
 * @param {Cell} cell
 * @returns {Kind}
 */
export function kindOf(cell) {
  if (cell.used <= 0) return "zero";
  const ratio = cell.stored / cell.used;
  return ratio < 0.1 ? "even" : ratio < 0.5 ? "mixed" : "dense";
}

/**
 * How many cells of each kind.
 * @param {readonly Cell[]} cells
 * @returns {Record<Kind, number>}
 */
export function counted(cells) {
  const found = { zero: 0, even: 0, mixed: 0, dense: 0 };
  for (const cell of cells) found[kindOf(cell)] += 1;
  return found;
}

/** @param {number} address */
export function hex(address) {
  return `0x${address.toString(16)}`;
}
