import assert from "node:assert/strict";
import { test } from "node:test";
import { EventReader, LINE_MOST, waitOf } from "../../../python/sojourn/dashboard/page/core/stream.js";

/**
 * @param {string} text
 * @param {number} size of each piece
 */
function inPieces(text, size) {
  const reader = new EventReader();
  const events = [];
  for (let at = 0; at < text.length; at += size) events.push(...reader.push(text.slice(at, at + size)));
  return { reader, events };
}

const STREAM =
  ': still here\n\nretry: 1500\n\nid: 7\nevent: atom.moved\ndata: {"a":1}\n\n\ndata:two\ndata: lines\nid: 8\n\nnothing\nevent: none\n\ndata\n\nid: 9\ndata: half';
const EVENTS = [
  { id: "7", event: "atom.moved", data: '{"a":1}' },
  { id: "8", event: "message", data: "two\nlines" },
  { id: "8", event: "message", data: "" },
];

for (const end of ["\n", "\r\n", "\r"]) {
  for (const size of [1, 2, 3, 5, 64, 1000]) {
    test(`pieces of ${size}, lines ended by ${JSON.stringify(end)}`, () => {
      const { reader, events } = inPieces(STREAM.replaceAll("\n", end), size);
      assert.deepEqual(events, EVENTS);
      assert.equal(reader.retry_ms, 1500);
      // The last one has not ended: it is not told, nor is its number.
      assert.equal(reader.lastId, "8");
    });
  }
}

test("a byte order mark is no part of the first field", () => {
  assert.deepEqual(new EventReader().push("\ufeffdata: x\n\n"), [{ id: "", event: "message", data: "x" }]);
});

test("one space after the colon is none of the value's, a second one is", () => {
  assert.equal(new EventReader().push("data:  x: y\n\n")[0]?.data, " x: y");
});

test("an id with a zero in it is none, an empty one takes the last away", () => {
  const reader = new EventReader("5");
  reader.push("id: a\0b\ndata: x\n\n");
  assert.equal(reader.lastId, "5");
  reader.push("id\ndata: x\n\n");
  assert.equal(reader.lastId, "");
});

test("only digits are a time to wait", () => {
  const reader = new EventReader();
  reader.push("retry: soon\nretry: -1\nretry: 1e3\n\n");
  assert.equal(reader.retry_ms, null);
});

test("a line without an end is refused, before it takes all memory", () => {
  const reader = new EventReader();
  const piece = "x".repeat(LINE_MOST / 4);
  assert.throws(() => {
    for (let i = 0; i < 6; i += 1) reader.push(piece);
  }, RangeError);
});

test("waits double, up to five seconds, and half of each is by chance", () => {
  const whole = () => 1;
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 50].map((failed) => waitOf(failed, null, whole)),
    [250, 500, 1000, 2000, 4000, 5000, 5000],
  );
  assert.equal(
    waitOf(0, null, () => 0),
    125,
  );
  assert.equal(waitOf(0, 3000, whole), 3000);
  assert.equal(waitOf(0, 60_000, whole), 5000);
});
