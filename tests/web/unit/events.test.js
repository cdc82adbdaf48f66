import assert from "node:assert/strict";
import { test } from "node:test";
import { Events } from "../../../python/sojourn/dashboard/page/core/events.js";

/** @param {number} from @param {number} to */
function some(from, to) {
  return Array.from({ length: to - from + 1 }, (_, i) => ({
    number: from + i,
    at: from + i,
    kind: "atom.moved",
    subject: "a/b",
    text: "",
  }));
}
const numbers = (/** @type {Events} */ events) => events.list.map((event) => event.number);

test("each is told once, in order, whatever comes again", () => {
  const events = new Events();
  /** @type {number[]} */
  const told = [];
  events.onEvent((event) => told.push(event.number));
  events.add(some(1, 3));
  events.add(some(2, 5));
  events.add(some(5, 5));
  assert.deepEqual(told, [1, 2, 3, 4, 5]);
  assert.deepEqual(numbers(events), told);
  assert.equal(events.last, 5);
});

test("of more than it keeps, the newest stay", () => {
  const events = new Events(100);
  for (let at = 1; at <= 1000; at += 7) events.add(some(at, at + 6));
  assert.ok(events.list.length <= 125);
  assert.equal(events.last, 1001);
  assert.deepEqual(
    numbers(events),
    some(events.list[0]?.number ?? 0, 1001).map((event) => event.number),
  );
});

test("those of the past are kept, and not told", () => {
  const events = new Events();
  let told = 0;
  events.onEvent(() => {
    told += 1;
  });
  events.add(some(1, 9), true);
  assert.equal(told, 0);
  assert.equal(events.list.length, 9);
});

test("older ones go in front, as far as there is room", () => {
  const events = new Events(10);
  events.add(some(20, 24));
  events.addOlder(some(1, 22));
  assert.deepEqual(numbers(events), [15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
});

test("all at once, and none", () => {
  const events = new Events();
  events.add(some(1, 5));
  events.gap({ first: 6, last: 9, reason: "gone" });
  events.replace(some(3, 4));
  assert.deepEqual(numbers(events), [3, 4]);
  assert.deepEqual(events.gaps, []);
  events.clear();
  assert.equal(events.last, 0);
});
