/**
 * Who is at a node, and who is only known to have been there last.
 *
 * @typedef {import("../../core/record.js").AtomRow} AtomRow
 */

/** States of atoms that a node has: as in `control/registry.py`. */
const LIVING = new Set(["starting", "running", "leaving", "frozen", "held"]);

/**
 * @param {{atomsOf: (node: string) => Iterable<string>, atoms: ReadonlyMap<string, AtomRow>}} picture
 * @param {string} node
 * @returns {{rows: AtomRow[], living: number}} All, and how many of them live.
 */
export function atomsAt(picture, node) {
  /** @type {AtomRow[]} */
  const rows = [];
  let living = 0;
  for (const name of picture.atomsOf(node)) {
    const atom = picture.atoms.get(name);
    if (atom !== undefined) {
      rows.push(atom);
      living += LIVING.has(atom.state) ? 1 : 0;
    }
  }
  return { rows, living };
}
