import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeOf } from "../../../python/sojourn/dashboard/page/core/record.js";
import {
  atWork,
  hosts,
  nextNode,
  numbered,
  SAMPLES,
} from "../../../python/sojourn/dashboard/page/view/first/samples.js";
import { Tail } from "../../../python/sojourn/dashboard/page/view/first/tail.js";

const NODES = ["node-1", "node-2", "node-3"];

test("every sample is a program whose parts have names of their own, and one is watched", () => {
  for (const sample of SAMPLES) {
    const parts = sample.parts("name", "ab".repeat(32), NODES);
    const names = parts.map((part) => part.part);
    assert.equal(new Set(names).size, names.length, sample.id);
    assert(names.includes(sample.watched), sample.id);
    for (const name of names) assert.match(name, /^[A-Za-z0-9._-]{1,22}$/);
  }
});

test("work has a worker on each node, but not more than it can count", () => {
  const work = /** @type {import("../../../python/sojourn/dashboard/page/view/first/samples.js").Sample} */ (
    SAMPLES.find((sample) => sample.id === "work")
  );
  assert.deepEqual(
    work.parts("work", "ab", NODES).map((part) => part.node),
    [undefined, ...NODES],
  );
  const many = Array.from({ length: 40 }, (_, at) => `node-${at}`);
  assert.equal(work.parts("work", "ab", many).length, 7);
});

test("parts are placed also where there is one node, or none", () => {
  for (const sample of SAMPLES)
    for (const nodes of [[], ["only"]])
      for (const part of sample.parts("x", "ab", nodes)) assert.notEqual(part.node, "undefined");
});

test("a name is numbered until nobody has it", () => {
  assert.equal(numbered("talk", new Set()), "talk");
  assert.equal(numbered("talk", new Set(["talk", "talk-2"])), "talk-3");
});

test("hosts are nodes that take atoms", () => {
  const made = [
    { facts: { name: "b" } },
    { facts: { name: "a" } },
    { facts: { name: "cordoned" }, cordoned: true },
    { facts: { name: "draining" }, draining: true },
    { facts: { name: "lost" }, state: "lost" },
    { facts: { name: "door", hosts: false } },
    { facts: { name: "foreign", kind: "arts" } },
  ].map(nodeOf);
  assert.deepEqual(hosts(made), ["a", "b"]);
});

test("an atom goes around in a circle", () => {
  assert.equal(nextNode(NODES, "node-1"), "node-2");
  assert.equal(nextNode(NODES, "node-3"), "node-1");
  assert.equal(nextNode(NODES, ""), "node-1");
  assert.equal(nextNode(["only"], "only"), "");
  assert.equal(nextNode([], "only"), "");
});

test("the last lines of a text that comes in parts", () => {
  const tail = new Tail(2);
  for (const text of ["one\ntw", "o\nthree\nfo", "ur"]) tail.push({ text });
  tail.push({ base64: "/w==" });
  tail.push(null);
  assert.deepEqual(tail.lines(), ["three", "four"]);
  tail.push({ text: "\n" });
  assert.deepEqual(tail.lines(), ["three", "four"]);
  tail.push({ text: "x".repeat(10_000) });
  assert.equal(tail.lines()[1]?.length, 400);
});

test("a sample that runs is found again, and nothing else of its name", () => {
  const [count] = SAMPLES;
  assert(count);
  const made = (/** @type {string} */ name, /** @type {string} */ state, part = "counter") => ({
    name,
    state,
    parts: [{ part }],
  });
  const programs = [made("count", "stopped"), made("count-2", "running"), made("counting", "running")];
  assert.equal(atWork(count, programs)?.name, "count-2");
  assert.equal(atWork(count, [made("count", "running", "other"), made("talk", "running")]), undefined);
});
