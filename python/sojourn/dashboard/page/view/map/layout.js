// @ts-check
/**
 * Where the nodes of a realm lie on the map. Pure: the same nodes and the same layout before give the same layout.
 *
 * Nodes of one zone (tag `zone=...`, else `region=...`; foreign ones: what they are) lie together, each in a place of a hexagonal
 * grid; zones lie side by side. Who has a place keeps it: a newcomer gets the first that is free, and moves nobody, unless its
 * zone grows and needs room. Where all nodes say their position, they lie as they do in the world, only not over each other.
 *
 * Distances are in units of the map: a node's disc has the radius `NODE`.
 */
import { counted, hexagon, ringOf } from "./hexagon.js";

export const NODE = 64;
/** From the middle of a node to that of the next. */
export const APART = 224;
/** Between zones, and how much more where they are large: their names stand there, too. */
const BETWEEN = 70;
const BETWEEN_PART = 0.08;
/** With more zones than these, zones say nothing: every node would be one. */
export const ZONES_MOST = 80;
/** Nodes in a zone from which it is drawn as one. */
const ROUNDS_MOST = 60;

/** @typedef {{name: string, zone: string, x: number, y: number}} Place */
/**
 * @typedef {object} Zone
 * @property {string} name
 * @property {number} x middle of its circle
 * @property {number} y
 * @property {number} radius
 * @property {number} nodes how many it has
 * @property {number} size which of the sizes that a zone may have: 0 one place, 1 three, 2 seven, and on by rings
 */
/** @typedef {{zone: string, slot: number}} Held */
/**
 * @typedef {object} Layout
 * @property {Map<string, Place>} places by node
 * @property {Map<string, Zone>} zones by name
 * @property {Map<string, Held>} held which place of its zone each node has
 * @property {boolean} world whether nodes lie as in the world
 */
/** @typedef {{name: string, tags: readonly string[], kind: string, position: {x: number, y: number}|null}} Lying */

/** @param {Lying} node */
export function zoneOf(node) {
  if (node.kind) return node.kind;
  for (const key of ["zone=", "region="]) {
    const tag = node.tags.find((each) => each.startsWith(key));
    if (tag) return tag.slice(key.length);
  }
  return "";
}

/**
 * @param {readonly Lying[]} nodes
 * @param {Layout|null} [before]
 * @returns {Layout}
 */
export function layoutOf(nodes, before = null) {
  const sorted = [...nodes].sort((a, b) => counted(a.name, b.name));
  if (sorted.length > 1 && sorted.every((node) => node.position)) return inWorld(sorted);
  return inZones(sorted, before?.world ? null : before);
}

/**
 * @param {readonly Lying[]} nodes
 * @param {Layout|null} before
 * @returns {Layout}
 */
function inZones(nodes, before) {
  const members = zonesOf(nodes);
  /** @type {Map<string, Held>} */
  const held = new Map();
  /** @type {Zone[]} */
  const zones = [];
  for (const [zone, names] of members) {
    const most = seat(zone, names, before, held);
    const was = before?.zones.get(zone);
    const size = Math.max(sizeOf(most + 1), was?.size ?? 0);
    const { dx, dy, reach } = shapeOf(size);
    const old = shapeOf(was?.size ?? size);
    // Grown, it has another middle: the places that it had stay where they were.
    const [x, y] = was ? [was.x - old.dx + dx, was.y - old.dy + dy] : [Number.NaN, Number.NaN];
    zones.push({ name: zone, x, y, radius: reach + NODE * 1.6, nodes: names.length, size });
  }
  for (const zone of zones) if (Number.isNaN(zone.x)) settle(zone, zones);
  part(zones);
  const byName = new Map(zones.map((zone) => [zone.name, zone]));
  /** @type {Map<string, Place>} */
  const places = new Map();
  for (const { name } of nodes) {
    const { zone, slot } = /** @type {Held} */ (held.get(name));
    const around = /** @type {Zone} */ (byName.get(zone));
    const table = hexagon(slot + 1);
    const [dx, dy] = [/** @type {number} */ (table[slot * 2]), /** @type {number} */ (table[slot * 2 + 1])];
    const shape = shapeOf(around.size);
    places.set(name, { name, zone, x: around.x - shape.dx + dx * APART, y: around.y - shape.dy + dy * APART });
  }
  return { places, zones: byName, held, world: false };
}

/** The smallest size with so many places. @param {number} count */
function sizeOf(count) {
  if (count <= 1) return 0;
  return count <= 3 ? 1 : ringOf(count) + 1;
}

/**
 * Where the middle of its places lies, from the first of them, and how far they reach from there.
 * @param {number} size
 */
function shapeOf(size) {
  // The first three places are a triangle.
  if (size === 1) return { dx: APART / 2, dy: APART * 0.2887, reach: APART * 0.5774 };
  return { dx: 0, dy: 0, reach: Math.max(0, size - 1) * APART };
}

/** @param {readonly Lying[]} nodes @returns {Map<string, string[]>} */
function zonesOf(nodes) {
  /** @type {Map<string, string[]>} */
  const members = new Map();
  for (const node of nodes) {
    const zone = zoneOf(node);
    const there = members.get(zone);
    if (there) there.push(node.name);
    else members.set(zone, [node.name]);
  }
  if (members.size > ZONES_MOST) return new Map([["", nodes.map((node) => node.name)]]);
  return new Map([...members].sort(([a], [b]) => counted(a, b)));
}

/**
 * Gives each node of a zone a place; gives the highest that is taken.
 * @param {string} zone
 * @param {readonly string[]} names
 * @param {Layout|null} before
 * @param {Map<string, Held>} held
 */
function seat(zone, names, before, held) {
  const taken = new Set();
  const fresh = [];
  for (const name of names) {
    const was = before?.held.get(name);
    if (was?.zone !== zone) {
      fresh.push(name);
      continue;
    }
    held.set(name, was);
    taken.add(was.slot);
  }
  let slot = 0;
  for (const name of fresh) {
    while (taken.has(slot)) slot += 1;
    taken.add(slot);
    held.set(name, { zone, slot });
  }
  return Math.max(...taken);
}

/**
 * Puts a zone beside those that lie already: as near to their middle as there is room; a little more readily to the side than
 * above or below, as screens are wide.
 * @param {Zone} zone
 * @param {readonly Zone[]} all
 */
function settle(zone, all) {
  const lying = all.filter((other) => other !== zone && !Number.isNaN(other.x));
  if (!lying.length) {
    zone.x = 0;
    zone.y = 0;
    return;
  }
  const middle = { x: mean(lying.map((each) => each.x)), y: mean(lying.map((each) => each.y)) };
  let least = Number.POSITIVE_INFINITY;
  for (const other of lying) {
    const distance = apartOf(other.radius, zone.radius);
    for (let turn = 0; turn < 24; turn += 1) {
      const angle = (turn * Math.PI) / 12;
      const x = other.x + Math.cos(angle) * distance;
      const y = other.y + Math.sin(angle) * distance;
      const far = (x - middle.x) ** 2 + 2.4 * (y - middle.y) ** 2;
      if (far >= least - 1 || lying.some((each) => near(each, x, y, zone.radius))) continue;
      least = far;
      zone.x = x;
      zone.y = y;
    }
  }
}

/** From the middle of a zone to that of the next. @param {number} a @param {number} b their radii */
function apartOf(a, b) {
  return (a + b) * (1 + BETWEEN_PART) + BETWEEN;
}

/** @param {Zone} zone @param {number} x @param {number} y @param {number} radius */
function near(zone, x, y, radius) {
  return Math.hypot(zone.x - x, zone.y - y) < apartOf(zone.radius, radius) - 1;
}

/**
 * Moves zones that have grown into each other apart, as little as it takes.
 * @param {Zone[]} zones
 */
function part(zones) {
  for (let round = 0; round < ROUNDS_MOST; round += 1) {
    let still = true;
    for (let i = 0; i < zones.length; i += 1) {
      for (let k = i + 1; k < zones.length; k += 1) {
        const [a, b] = [/** @type {Zone} */ (zones[i]), /** @type {Zone} */ (zones[k])];
        if (push(a, b, apartOf(a.radius, b.radius))) still = false;
      }
    }
    if (still) return;
  }
}

/**
 * Moves two apart, if they are nearer than `wanted`.
 * @param {{x: number, y: number}} a
 * @param {{x: number, y: number}} b
 * @param {number} wanted
 */
function push(a, b, wanted) {
  let dx = b.x - a.x;
  let dy = b.y - a.y;
  let distance = Math.hypot(dx, dy);
  if (distance >= wanted - 0.5) return false;
  if (distance < 1e-6) [dx, dy, distance] = [1, 0, 1];
  const half = (wanted - Math.min(distance, wanted) + (dx === 1 && dy === 0 ? 1 : 0)) / 2 / distance;
  a.x -= dx * half;
  a.y -= dy * half;
  b.x += dx * half;
  b.y += dy * half;
  return true;
}

/**
 * As they lie in the world: scaled so that a node and its nearest are `APART` in the middle, then moved off each other.
 * @param {readonly Lying[]} nodes
 * @returns {Layout}
 */
function inWorld(nodes) {
  const told = nodes.map((node) => /** @type {{x: number, y: number}} */ (node.position));
  const scale = APART / (nearest(told) || 1);
  const middle = { x: mean(told.map((at) => at.x)), y: mean(told.map((at) => at.y)) };
  /** @type {Map<string, Place>} */
  const places = new Map();
  nodes.forEach((node, i) => {
    const at = /** @type {{x: number, y: number}} */ (told[i]);
    // North is up, and a canvas counts downwards.
    places.set(node.name, {
      name: node.name,
      zone: zoneOf(node),
      x: (at.x - middle.x) * scale,
      y: (middle.y - at.y) * scale,
    });
  });
  spread([...places.values()]);
  return { places, zones: new Map(), held: new Map(), world: true };
}

/** @param {number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * How far it is to the nearest other, in the middle of all; 0 where all lie at one place.
 * @param {readonly {x: number, y: number}[]} all
 */
function nearest(all) {
  const found = [];
  for (const a of all) {
    let least = Number.POSITIVE_INFINITY;
    for (const b of all) {
      const distance = Math.hypot(a.x - b.x, a.y - b.y);
      if (distance > 0 && distance < least) least = distance;
    }
    if (Number.isFinite(least)) found.push(least);
  }
  found.sort((a, b) => a - b);
  return found[Math.floor(found.length / 2)] ?? 0;
}

/**
 * Moves those apart that lie over each other; only neighbours in a grid are compared.
 * @param {Place[]} places
 */
function spread(places) {
  for (let round = 0; round < ROUNDS_MOST; round += 1) {
    /** @type {Map<string, Place[]>} */
    const cells = new Map();
    for (const place of places) {
      const key = `${Math.floor(place.x / APART)} ${Math.floor(place.y / APART)}`;
      const there = cells.get(key);
      if (there) there.push(place);
      else cells.set(key, [place]);
    }
    let still = true;
    for (const place of places) {
      const [column, row] = [Math.floor(place.x / APART), Math.floor(place.y / APART)];
      for (let i = 0; i < 9; i += 1) {
        for (const other of cells.get(`${column - 1 + (i % 3)} ${row - 1 + Math.floor(i / 3)}`) ?? []) {
          if (other.name > place.name && push(place, other, APART * 0.86)) still = false;
        }
      }
    }
    if (still) return;
  }
}

/** Room that a layout takes. @param {Layout} layout */
export function boundsOf(layout) {
  const box = { left: 0, top: 0, right: 0, bottom: 0 };
  let first = true;
  for (const { x, y } of layout.places.values()) {
    if (first) Object.assign(box, { left: x, top: y, right: x, bottom: y });
    first = false;
    box.left = Math.min(box.left, x);
    box.top = Math.min(box.top, y);
    box.right = Math.max(box.right, x);
    box.bottom = Math.max(box.bottom, y);
  }
  // Zones that are drawn as such.
  const drawn = layout.zones.size > 1 ? [...layout.zones.values()].filter((zone) => zone.nodes > 1) : [];
  for (const { x, y, radius } of drawn) {
    box.left = Math.min(box.left, x - radius);
    box.top = Math.min(box.top, y - radius);
    box.right = Math.max(box.right, x + radius);
    box.bottom = Math.max(box.bottom, y + radius);
  }
  const edge = drawn.length ? NODE * 0.6 : NODE * 1.7;
  return { left: box.left - edge, top: box.top - edge, right: box.right + edge, bottom: box.bottom + edge };
}
