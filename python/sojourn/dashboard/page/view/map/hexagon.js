// @ts-check
/**
 * Places in a hexagonal grid, counted in rings from the middle: place 0 is the middle, 1 to 6 the first ring, and so on.
 * What has a place keeps it when others come: they get the next ones further out. Pure.
 */

const STEPS = [
  [-1, 1],
  [-1, 0],
  [0, -1],
  [1, -1],
  [1, 0],
  [0, 1],
];
const ROOT3_2 = Math.sqrt(3) / 2;

/** Where places 0 to n-1 lie, as x, y, x, y ...; grown when a later one is asked for. */
let table = new Float64Array(0);

/** How many places there are up to and with a ring. @param {number} ring */
export function placesOf(ring) {
  return 1 + 3 * ring * (ring + 1);
}

/** The smallest ring with which there are so many places. @param {number} count */
export function ringOf(count) {
  if (count <= 1) return 0;
  const ring = Math.max(0, Math.ceil((Math.sqrt(12 * count - 3) - 3) / 6));
  if (ring > 0 && placesOf(ring - 1) >= count) return ring - 1;
  return placesOf(ring) >= count ? ring : ring + 1;
}

/** @param {number} count */
function grow(count) {
  const ring = ringOf(count);
  const made = new Float64Array(placesOf(ring) * 2);
  let at = 2;
  for (let r = 1; r <= ring; r += 1) {
    // From the right corner of the ring, once around.
    let [q, s] = [r, 0];
    for (const [dq, ds] of STEPS) {
      for (let i = 0; i < r; i += 1) {
        made[at] = q + s / 2;
        made[at + 1] = s * ROOT3_2;
        at += 2;
        q += /** @type {number} */ (dq);
        s += /** @type {number} */ (ds);
      }
    }
  }
  table = made;
}

/**
 * The table of places, long enough for `count`: x of place k at 2k, y at 2k+1; neighbours are 1 apart.
 * @param {number} count
 */
export function hexagon(count) {
  if (table.length < count * 2) grow(Math.max(count, 64));
  return table;
}

/** A number of the table. @param {Float64Array} table @param {number} at */
export function coordinate(table, at) {
  return /** @type {number} */ (table[at]);
}

/** Names in the order in which people count: node-2 before node-10. @param {string} a @param {string} b */
export function counted(a, b) {
  const [x, y] = [pieces(a), pieces(b)];
  const least = Math.min(x.length, y.length);
  for (let i = 0; i < least; i += 1) {
    const [p, q] = [/** @type {string} */ (x[i]), /** @type {string} */ (y[i])];
    if (p === q) continue;
    // Of numbers, the longer is the larger; those of the same length compare as texts do.
    if (i % 2 === 1 && p.length !== q.length) return p.length - q.length;
    return p < q ? -1 : 1;
  }
  return x.length - y.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** Texts and numbers in turn; numbers without the zeros in front. @param {string} name */
function pieces(name) {
  return name.split(/0*(\d+)/);
}
