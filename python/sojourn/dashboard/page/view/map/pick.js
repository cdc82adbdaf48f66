// @ts-check
/** What lies under a point of the map. Pure. */
import { hitOf } from "./disc.js";
import { seatAt } from "./dots.js";
import { dotOf, dotted } from "./look.js";

/** @typedef {{kind: "node", name: string} | {kind: "atom", name: string} | null} Picked */

const AT = { x: 0, y: 0 };

/**
 * @param {import("./world.js").World} world
 * @param {import("./look.js").Look} look
 * @param {number} x of the map
 * @param {number} y of the map
 * @returns {Picked}
 */
export function pick(world, look, x, y) {
  const hit = hitOf(look);
  let best = null;
  let least = hit;
  for (const spot of world.spots.values()) {
    const far = Math.hypot(spot.x - x, spot.y - y);
    if (far > least) continue;
    least = far;
    best = spot;
  }
  if (!best) return null;
  const atom = dotted(look, best.crowd.ring) ? atomAt(world, best, look, x, y) : null;
  return atom ? { kind: "atom", name: atom } : { kind: "node", name: best.name };
}

/** @param {import("./world.js").World} world @param {import("./world.js").Spot} spot @param {import("./look.js").Look} look @param {number} x @param {number} y */
function atomAt(world, spot, look, x, y) {
  let found = null;
  let least = Math.max(dotOf(spot.crowd.ring) * 1.25, 4 / look.zoom);
  for (const name of spot.crowd.slots) {
    const seat = name ? world.seats.get(name) : undefined;
    if (!name || !seat) continue;
    seatAt(seat, AT);
    const far = Math.hypot(AT.x - x, AT.y - y);
    if (far > least) continue;
    least = far;
    found = name;
  }
  return found;
}

/**
 * The node that lies nearest in a direction; null: there is none.
 * @param {import("./world.js").World} world
 * @param {string} from
 * @param {number} dx
 * @param {number} dy
 * @returns {string|null}
 */
export function beside(world, from, dx, dy) {
  const here = world.spots.get(from);
  if (!here) return null;
  let found = null;
  let least = Number.POSITIVE_INFINITY;
  for (const spot of world.spots.values()) {
    const [x, y] = [spot.x - here.x, spot.y - here.y];
    const ahead = x * dx + y * dy;
    if (ahead <= 1) continue;
    const aside = Math.abs(x * dy - y * dx);
    const far = ahead + 2.5 * aside;
    if (aside > ahead * 2 || far >= least) continue;
    least = far;
    found = spot.name;
  }
  return found;
}
