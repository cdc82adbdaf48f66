import assert from "node:assert/strict";
import { test } from "node:test";
import { Announcer, EVERY_MS } from "../../../python/sojourn/dashboard/page/core/announce.js";
import { coloursOf, laid } from "../../../python/sojourn/dashboard/page/part/bars.js";
import { sorted } from "../../../python/sojourn/dashboard/page/part/table.js";
import { need, setLanguage } from "../../../python/sojourn/dashboard/page/text/text.js";

test("at most one sentence in a while, and of many only how many", async () => {
  await setLanguage("en");
  await need("shell");
  let now = 0;
  /** @type {string[]} */
  const said = [];
  /** @type {{what: () => void, at: number}[]} */
  const timers = [];
  const announcer = new Announcer({
    say: (text) => said.push(text),
    now_ms: () => now,
    later: (what, ms) => timers.push({ what, at: now + ms }),
  });
  const until = (/** @type {number} */ end) => {
    for (; now <= end; now += 10) while (timers[0] && timers[0].at <= now) timers.shift()?.what();
  };
  announcer.tell("moves", "a moved.");
  until(20);
  assert.deepEqual(said, ["a moved."]);
  for (let i = 0; i < 50; i += 1) announcer.tell("moves", `${i} moved.`);
  announcer.tell("failures", "b failed.");
  until(EVERY_MS - 100);
  assert.equal(said.length, 1);
  until(EVERY_MS * 2);
  assert.deepEqual(said.slice(1), ["50 atoms moved. b failed."]);
});

test("a table is sorted by numbers as numbers, and by texts as texts, and stays so for equals", () => {
  const columns = [{ key: "v", label: "v", value: (/** @type {any} */ row) => row.v }];
  const rows = [
    { v: 10, i: 0 },
    { v: 9, i: 1 },
    { v: 10, i: 2 },
  ];
  assert.deepEqual(
    sorted(rows, columns, { key: "v", down: false }).map((row) => row.i),
    [1, 0, 2],
  );
  assert.deepEqual(
    sorted(rows, columns, { key: "v", down: true }).map((row) => row.i),
    [0, 2, 1],
  );
  assert.equal(sorted(rows, columns, { key: "other", down: false }), rows);
});

test("bars: what is negative lies left of nothing, all within the width", () => {
  const rows = [
    {
      key: "a",
      label: "a",
      parts: [
        { text: "x", value: 3 },
        { text: "y", value: -1 },
        { text: "z", value: 2 },
      ],
    },
    { key: "b", label: "b", parts: [{ text: "y", value: 4 }] },
  ];
  const places = laid(rows);
  assert.deepEqual(
    places[0]?.map((part) => [part.from * 6, part.share * 6].map((value) => Math.round(value * 100) / 100)),
    [
      [1, 3],
      [0, 1],
      [4, 2],
    ],
  );
  assert.deepEqual(
    [...coloursOf(rows)],
    [
      ["x", 0],
      ["y", 1],
      ["z", 2],
    ],
  );
  assert.deepEqual(laid([{ key: "", label: "", parts: [{ text: "", value: 0 }] }])[0]?.[0]?.share, 0);
});
