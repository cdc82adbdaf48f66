import assert from "node:assert/strict";
import { test } from "node:test";
import { cellsOf, counted, kindOf } from "../../../python/sojourn/dashboard/page/view/atom/memory.js";
import { peersOf, Samples } from "../../../python/sojourn/dashboard/page/view/atom/rates.js";
import { Reading } from "../../../python/sojourn/dashboard/page/view/atom/reading.js";

const KIB = 1024;

test("traffic is told by whom it is with, in and out, the strongest first", () => {
  /** @type {import("../../../python/sojourn/dashboard/page/view/atom/rates.js").Flow[]} */
  const traffic = [
    ["n/a", "n/b", 2, 20],
    ["n/b", "n/a", 1, 500],
    ["n/c", "n/a", 9, 90],
    ["n/c", "n/b", 7, 7],
  ];
  const peers = peersOf(traffic, "n/a");
  assert.deepEqual(
    peers.map((each) => each.peer),
    ["n/b", "n/c"],
  );
  assert.deepEqual(peers[0], { peer: "n/b", in_per_s: 1, in_bytes: 500, out_per_s: 2, out_bytes: 20 });
});

test("samples are bounded, never go back in time, and have a gap where there is no atom", () => {
  const samples = new Samples(3);
  const atom = { cores: 1, memory_bytes: 2, queue: 3 };
  for (const at of [1, 2, 2, 1, 3]) samples.add(at, atom, [["x", "me", 5, 50]], "me");
  samples.add(4, undefined, [], "me");
  assert.deepEqual(samples.at, [2, 3, 4]);
  assert.deepEqual(samples.received, [5, 5, null]);
  assert.deepEqual(samples.sent, [0, 0, null]);
  // A recording that is taken back begins anew.
  samples.add(-100, atom, [], "me");
  assert.deepEqual(samples.at, [-100]);
});

test("a memory is a field of cells, and what is used of each is kept when they are made larger", () => {
  const memory = {
    index: 0,
    size_bytes: 1024 * 64 * KIB,
    used_bytes: 3 * 64 * KIB,
    stored_bytes: 70 * KIB,
    grain_bytes: 64 * KIB,
    extents: [
      { start: 0, end: 64 * KIB, used_bytes: 64 * KIB, stored_bytes: 60 * KIB },
      { start: 10 * 64 * KIB, end: 12 * 64 * KIB, used_bytes: 128 * KIB, stored_bytes: 10 * KIB },
    ],
  };
  const fine = cellsOf(memory, 2048);
  assert.equal(fine.cells.length, 1024);
  assert.deepEqual(
    [0, 1, 10, 11].map((i) => kindOf(/** @type {any} */ (fine.cells[i]))),
    ["dense", "zero", "even", "even"],
  );
  assert.deepEqual(counted(fine.cells), { zero: 1021, even: 2, mixed: 0, dense: 1 });
  const coarse = cellsOf(memory, 100);
  assert.ok(coarse.cells.length <= 100);
  assert.equal(Math.round(coarse.cells.reduce((sum, cell) => sum + cell.used, 0)), memory.used_bytes);
  assert.deepEqual(cellsOf({ ...memory, size_bytes: 0, extents: [] }, 10).cells, []);
});

/** A connection that a test tells what comes. */
class Wire {
  constructor() {
    /** @type {any[]} */
    this.asked = [];
  }

  /** @param {string} path @param {any} options */
  stream(path, options) {
    const opened = { path, ...options, closed: false };
    this.asked.push(opened);
    return {
      close: () => {
        opened.closed = true;
      },
    };
  }
}

test("output is followed, let go, and taken up where it was; the end of the atom ends it", () => {
  const wire = new Wire();
  const reading = new Reading(/** @type {any} */ (wire), "n/a b", "stderr");
  reading.begin();
  const [first] = wire.asked;
  assert.equal(first.path, "/v1/atoms/n/a%20b/output");
  assert.deepEqual(first.query, { stream: "stderr" });
  first.onState("open");
  first.onEvent({ id: "4", event: "output", data: { offset: 0, text: "one\n" } });
  first.onEvent({ id: "6", event: "output", data: { offset: 4, base64: "/wo=" } });
  first.onEvent({ id: "x", event: "unknown", data: {} });
  reading.end();
  assert.ok(first.closed);
  reading.begin();
  assert.deepEqual(wire.asked[1].query, { stream: "stderr", offset: 6 });
  wire.asked[1].onEvent({ id: "6", event: "end", data: { offset: 6, over: true, reason: "" } });
  assert.equal(reading.state, "over");
  assert.ok(wire.asked[1].closed);
  reading.again();
  assert.equal(wire.asked.length, 3);
  assert.equal(reading.log.lines, 2);
  for (const lineage of [1, 1, 2]) reading.lives(lineage);
  wire.asked[2].onEvent({ id: "3", event: "again", data: { offset: 3, reason: "" } });
  // It is told once, whoever knows of it.
  assert.equal(reading.log.lines, 3);
  assert.equal(reading.log.offset, 3);
});
