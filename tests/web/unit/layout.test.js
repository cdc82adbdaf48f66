import assert from "node:assert/strict";
import { test } from "node:test";
import { counted, hexagon, placesOf, ringOf } from "../../../python/sojourn/dashboard/page/view/map/hexagon.js";
import { APART, boundsOf, layoutOf, NODE, zoneOf } from "../../../python/sojourn/dashboard/page/view/map/layout.js";

/** @typedef {import("../../../python/sojourn/dashboard/page/view/map/layout.js").Layout} Layout */

const ZONES = ["eu", "us", "asia", "lab", "edge"];
/** @param {number} i @param {number} zones how many */
const lying = (i, zones = 1) => ({
  name: `node-${i}`,
  tags: zones ? [`zone=${ZONES[i % zones]}`] : [],
  kind: "",
  position: /** @type {any} */ (null),
});
/** @param {number} count @param {number} [zones] */
const some = (count, zones) => Array.from({ length: count }, (_, i) => lying(i + 1, zones));

/** The nearest that any two lie. @param {Layout} layout */
function nearest(layout) {
  const all = [...layout.places.values()];
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < all.length; i += 1) {
    for (let k = i + 1; k < all.length; k += 1) {
      const [a, b] = [/** @type {any} */ (all[i]), /** @type {any} */ (all[k])];
      least = Math.min(least, Math.hypot(a.x - b.x, a.y - b.y));
    }
  }
  return least;
}

/** How far each moved. @param {Layout} before @param {Layout} after */
function moved(before, after) {
  return [...before.places]
    .filter(([name]) => after.places.has(name))
    .map(([name, was]) => {
      const is = /** @type {any} */ (after.places.get(name));
      return Math.hypot(is.x - was.x, is.y - was.y);
    });
}

test("rings and their places", () => {
  assert.deepEqual([0, 1, 2, 3].map(placesOf), [1, 7, 19, 37]);
  for (let count = 1; count < 3000; count += 1) {
    const ring = ringOf(count);
    assert.ok(placesOf(ring) >= count && (ring === 0 || placesOf(ring - 1) < count), String(count));
  }
});

test("places of the grid are 1 apart or more, those of a ring before the next", () => {
  const table = hexagon(127);
  const at = (/** @type {number} */ k) => [
    /** @type {number} */ (table[2 * k]),
    /** @type {number} */ (table[2 * k + 1]),
  ];
  for (let i = 0; i < 127; i += 1) {
    const [x, y] = /** @type {[number, number]} */ (at(i));
    assert.ok(Math.hypot(x, y) <= ringOf(i + 1) + 1e-9);
    for (let k = 0; k < i; k += 1) {
      const [u, v] = /** @type {[number, number]} */ (at(k));
      assert.ok(Math.hypot(x - u, y - v) > 1 - 1e-9);
    }
  }
});

test("names are counted as people count", () => {
  assert.deepEqual(["node-10", "node-9", "node-1", "a", "node-010", "node"].sort(counted), [
    "a",
    "node",
    "node-1",
    "node-9",
    "node-010",
    "node-10",
  ]);
  const huge = ["9".repeat(400), `1${"0".repeat(400)}`];
  assert.deepEqual([...huge].reverse().sort(counted), huge);
});

for (const [count, zones] of /** @type {const} */ ([
  [1, 0],
  [3, 3],
  [12, 1],
  [60, 5],
  [1000, 5],
  [200, 0],
])) {
  test(`${count} nodes in ${zones} zones: the same each time, whatever the order, and none over another`, () => {
    const nodes = some(count, zones);
    const layout = layoutOf(nodes);
    assert.deepEqual(layoutOf([...nodes].reverse()), layout);
    assert.equal(layout.places.size, count);
    assert.ok(count === 1 || nearest(layout) >= APART - 1e-6);
  });
}

test("a newcomer moves nobody while its zone has room", () => {
  let layout = layoutOf(some(8, 0));
  for (let count = 9; count <= 19; count += 1) {
    const next = layoutOf(some(count, 0), layout);
    assert.ok(Math.max(...moved(layout, next)) < 1e-6);
    layout = next;
  }
});

test("where a zone grows, none moves further than that takes, and those in it keep their places", () => {
  let layout = layoutOf(some(30, 5));
  for (let count = 31; count <= 140; count += 1) {
    const next = layoutOf(some(count, 5), layout);
    assert.ok(Math.max(...moved(layout, next)) < 2.5 * APART, String(count));
    for (const [name, held] of layout.held) assert.deepEqual(next.held.get(name), held);
    assert.ok(nearest(next) >= APART - 1e-6);
    layout = next;
  }
});

test("who leaves makes room, and moves nobody", () => {
  const nodes = some(40, 5);
  const layout = layoutOf(nodes);
  const fewer = layoutOf(
    nodes.filter((_, i) => i % 3 !== 0),
    layout,
  );
  assert.ok(Math.max(...moved(layout, fewer)) < 1e-6);
  const back = layoutOf(nodes, fewer);
  assert.ok(Math.max(...moved(layout, back)) < 3 * APART);
});

test("zones do not reach into each other", () => {
  const zones = [...layoutOf(some(1000, 5)).zones.values()];
  for (const a of zones) {
    for (const b of zones) if (a !== b) assert.ok(Math.hypot(a.x - b.x, a.y - b.y) >= a.radius + b.radius);
  }
});

test("with as many zones as nodes, zones say nothing", () => {
  const nodes = Array.from({ length: 300 }, (_, i) => ({ ...lying(i), tags: [`zone=z${i}`] }));
  assert.equal(layoutOf(nodes).zones.size, 1);
});

test("which zone", () => {
  assert.equal(zoneOf({ ...lying(1), tags: ["gpu", "region=x", "zone=y"] }), "y");
  assert.equal(zoneOf({ ...lying(1), tags: ["region=x"] }), "x");
  assert.equal(zoneOf({ ...lying(1), tags: ["zoned"] }), "");
  assert.equal(zoneOf({ ...lying(1), kind: "arts" }), "arts");
});

test("nodes that know where they are lie as in the world, north up, and not over each other", () => {
  const at = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ i) => ({
    ...lying(i),
    position: { x, y },
  });
  const layout = layoutOf([at(0, 0, 1), at(1000, 0, 2), at(0, 1000, 3), at(0, 1000, 4), at(0, 1000.5, 5)]);
  const place = (/** @type {number} */ i) => /** @type {any} */ (layout.places.get(`node-${i}`));
  assert.equal(layout.world, true);
  assert.ok(place(2).x > place(1).x);
  assert.ok(place(3).y < place(1).y);
  assert.ok(nearest(layout) > 2 * NODE);
});

test("all at one place in the world is no reason to fail", () => {
  const nodes = Array.from({ length: 30 }, (_, i) => ({ ...lying(i), position: { x: 7, y: 7 } }));
  const layout = layoutOf(nodes);
  for (const { x, y } of layout.places.values()) assert.ok(Number.isFinite(x) && Number.isFinite(y));
  assert.deepEqual(layoutOf(nodes), layout);
});

test("all of it is within its bounds", () => {
  for (const layout of [layoutOf([]), layoutOf(some(1)), layoutOf(some(90, 5))]) {
    const box = boundsOf(layout);
    for (const { x, y } of layout.places.values()) {
      assert.ok(x - NODE >= box.left && x + NODE <= box.right && y - NODE >= box.top && y + NODE <= box.bottom);
    }
  }
});
