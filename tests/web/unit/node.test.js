import assert from "node:assert/strict";
import { test } from "node:test";
import { linksOf, meanRtt } from "../../../python/sojourn/dashboard/page/view/node/link.js";
import { atomsAt } from "../../../python/sojourn/dashboard/page/view/node/living.js";
import { MOST, Past } from "../../../python/sojourn/dashboard/page/view/node/past.js";
import { summed } from "../../../python/sojourn/dashboard/page/view/node/plan.js";

/** @param {number} load @param {number | null} [joules] */
const facts = (load, joules = null) => ({
  load,
  memory_free_bytes: 100 - load,
  atoms: 2 * load,
  energy: joules === null ? null : { joules },
});

test("what was before stands in front of what comes, whichever is there first", () => {
  const past = new Past();
  past.add(30, facts(3));
  past.before({ every_s: 5, at: [10, 15, 30], load: [1, 2, 9], memory_free_bytes: [99, 98, 0], atoms: [2, 4, 0] });
  assert.deepEqual(past.at, [10, 15, 30]);
  assert.deepEqual(past.values.load, [1, 2, 3]);
  assert.deepEqual(past.values.atoms, [2, 4, 6]);
  assert.deepEqual(past.values.joules, [null, null, null]);
  assert.deepEqual([past.has("joules"), past.has("load")], [false, true]);
});

test("what comes sooner takes the place of the last, and time does not go back", () => {
  const past = new Past();
  for (const [at, load] of /** @type {[number, number][]} */ ([
    [10, 1],
    [12, 2],
    [14, 3],
    [16, 4],
    [16, 9],
    [3, 9],
  ])) {
    past.add(at, facts(load, 100 * load));
  }
  assert.deepEqual(past.at, [10, 14, 16]);
  assert.deepEqual(past.values.load, [1, 3, 4]);
  assert.deepEqual(past.values.joules, [100, 300, 400]);
});

test("an hour is held, not more", () => {
  const past = new Past();
  past.before({ at: Array.from({ length: 100 }, (_, index) => index), load: [] });
  for (let at = 0; at < MOST; at += 1) {
    past.add(1000 + at * 5, facts(at));
  }
  assert.equal(past.at.length, MOST);
  assert.deepEqual([past.at[0], past.values.load[0], past.values.load.at(-1)], [1000, 0, MOST - 1]);
});

test("links of a node, with the traffic between what is here and there", () => {
  const atoms = new Map([
    ["a/1", { node: "a" }],
    ["a/2", { node: "a" }],
    ["b/1", { node: "b" }],
    ["c/1", { node: "c" }],
  ]);
  const rows = linksOf("a", {
    atoms,
    links: [
      ["b", "a", 4, 1e6],
      ["b", "c", 1, 0],
      ["a", "d", -1, 0],
    ],
    traffic: [
      ["a/1", "b/1", 5, 50],
      ["b/1", "a/2", 1, 10],
      ["a/1", "a/2", 9, 9],
      ["c/1", "a/1", 2, 20],
      ["gone", "a/1", 1, 1],
    ],
  });
  assert.deepEqual(rows, [
    { peer: "b", rtt_ms: 4, bytes_per_s: 1e6, messages_per_s: 6, traffic_bytes_per_s: 60 },
    { peer: "c", rtt_ms: Number.NaN, bytes_per_s: 0, messages_per_s: 2, traffic_bytes_per_s: 20 },
  ]);
});

test("what a plan comes to", () => {
  /** @type {(atom: string, target: string, cost_ms: number) => import("../../../python/sojourn/dashboard/page/view/node/plan.js").PlannedMove} */
  const move = (atom, target, cost_ms) => ({ atom, source: "a", target, cost_ms });
  const plan = {
    change: "",
    moves: [move("x", "b", 5), move("y", "c", 20), move("z", "c", 1)],
    unplaced: [{ atom: "w" }],
    stays: 3,
  };
  assert.deepEqual(summed(plan), {
    moves: 3,
    unplaced: 1,
    longest_ms: 20,
    together_ms: 26,
    targets: [
      { node: "c", count: 2 },
      { node: "b", count: 1 },
    ],
  });
});

test("who is at a node, and who was there last", () => {
  /** @type {any} */
  const atoms = new Map([
    ["a/1", { name: "a/1", state: "running" }],
    ["a/2", { name: "a/2", state: "down" }],
    ["a/3", { name: "a/3", state: "frozen" }],
  ]);
  const at = atomsAt({ atoms, atomsOf: () => ["a/1", "a/2", "a/3", "a/4"] }, "a");
  assert.deepEqual([at.rows.map((atom) => atom.name), at.living], [["a/1", "a/2", "a/3"], 2]);
});

test("the mean latency is that of the links that are there", () => {
  assert.equal(
    meanRtt("a", [
      ["a", "b", 2, 0],
      ["c", "a", 4, 0],
      ["b", "c", 9, 0],
      ["a", "d", -1, 0],
    ]),
    3,
  );
  assert.equal(meanRtt("z", []), null);
});
