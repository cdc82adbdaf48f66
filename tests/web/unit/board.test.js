import assert from "node:assert/strict";
import { test } from "node:test";
import { Board } from "../../../python/sojourn/dashboard/page/view/timeline/board.js";
import { filterOf } from "../../../python/sojourn/dashboard/page/view/timeline/filter.js";
import { pressed } from "../../../python/sojourn/dashboard/page/view/timeline/press.js";

/** @typedef {import("../../../python/sojourn/dashboard/page/view/timeline/entry.js").RealmEvent} RealmEvent */

/** One event a second; its number says when. @param {number} number @returns {RealmEvent} */
const event = (number) => ({
  number,
  at: number,
  kind: "atom.started",
  subject: `n/a${number % 3}`,
  text: "",
  data: { node: "n" },
});

/** @param {number} first @param {number} last */
const events = (first, last) => Array.from({ length: last - first + 1 }, (_, at) => event(first + at));

/**
 * A board over a realm that keeps events from `kept` on, of which the page has those from `first` to `last`.
 *
 * @param {{kept?: number, first?: number, last?: number, fails?: boolean}} [given]
 */
function made({ kept = 1, first = 1001, last = 1100, fails = false } = {}) {
  /** @type {number[]} */
  const asked = [];
  const realm = { list: events(first, last), now: last, fails };
  const board = new Board({
    events: {
      get list() {
        return realm.list;
      },
      before: async (number) => {
        asked.push(number);
        if (realm.fails) throw new Error("nobody answers");
        return events(Math.max(kept, number - 500), number - 1);
      },
    },
    moves: async () => [],
    now: () => realm.now,
  });
  return { board, realm, asked };
}

/** Waits until a board has done all that it was about to. @param {Board} board */
async function settled(board) {
  for (let turn = 0; turn < 1000; turn += 1) {
    await null;
    if (turn > 20 && board.older !== "loading") return;
  }
  assert.fail("it goes on loading");
}

test("what has come is taken once, and what is shown follows the time", async () => {
  const { board, realm } = made();
  assert.equal(board.sync(), true);
  assert.equal(board.sync(), false);
  await settled(board);
  const length = board.scale.to - board.scale.from;
  realm.list = events(1001, 1105);
  realm.now = 1105;
  assert.equal(board.sync(), true);
  board.tick();
  assert.equal(board.coverage.spans[0]?.last, 1105);
  assert.ok(Math.abs(board.scale.to - board.scale.from - length) < 1e-6);
  assert.ok(board.scale.to >= 1105);
});

test("it is held where one looks, until the time is followed again", () => {
  const { board, realm } = made();
  board.sync();
  board.show({ from: 1010, to: 1020, width: 1 });
  realm.now = 2000;
  assert.equal(board.tick(), false);
  assert.deepEqual([board.scale.from, board.scale.to, board.scale.width], [1010, 1020, 1000]);
  board.follow();
  assert.ok(board.scale.to >= 2000);
});

test("older events come as far as one looks, and no farther", async () => {
  const { board, asked } = made();
  board.sync();
  await settled(board);
  const before = asked.length;
  board.show({ from: 400, to: 1100, width: 1 });
  await settled(board);
  assert.ok(board.coverage.from <= 400);
  assert.ok(asked.length - before <= 2);
  assert.deepEqual([board.older, board.coverage.holes.length], ["", 0]);
});

test("where nothing older is kept, that is said", async () => {
  const { board } = made({ kept: 900 });
  board.sync();
  board.show({ from: 0, to: 1100, width: 1 });
  await settled(board);
  assert.deepEqual([board.older, board.coverage.first], ["end", 900]);
});

test("what failed to come is asked for again when that is wanted", async () => {
  const { board, realm } = made({ fails: true });
  board.sync();
  board.show({ from: 0, to: 1100, width: 1 });
  await settled(board);
  assert.equal(board.older, "failed");
  realm.fails = false;
  board.retry();
  await settled(board);
  assert.deepEqual([board.older, board.coverage.first], ["end", 1]);
});

test("when numbers begin anew, nothing of before is left", () => {
  const { board, realm } = made();
  board.sync();
  board.choose("e1001");
  board.select([1, 2]);
  realm.list = events(1, 3);
  board.sync();
  assert.deepEqual([board.shown.length, board.chosen, board.range], [3, [], undefined]);
});

test("one is selected, or two beside each other", () => {
  const { board } = made();
  board.sync();
  board.choose("e1001");
  board.choose("e1002");
  assert.deepEqual(board.chosen, ["e1002"]);
  board.choose("e1003", true);
  assert.deepEqual(board.chosen, ["e1002", "e1003"]);
  board.choose("e1004");
  board.compare(true);
  board.choose("e1005");
  assert.deepEqual([board.chosen, board.comparing], [["e1004", "e1005"], false]);
  board.choose(undefined);
  assert.deepEqual(board.selected, []);
  board.select([9, 3]);
  assert.deepEqual(board.range, [3, 9]);
});

test("filters and lanes are those of what is there", () => {
  const { board } = made();
  board.sync();
  assert.deepEqual(
    board.lanes.map((lane) => lane.key),
    ["n/a0", "n/a1", "n/a2"],
  );
  board.setFilter(filterOf({ atom: "a1" }));
  assert.deepEqual([board.lanes.length, board.shown.length], [1, 33]);
  board.setFilter(filterOf({}));
  board.setBy("node");
  assert.deepEqual(
    board.lanes.map((lane) => [lane.key, lane.entries.length]),
    [["n", 100]],
  );
});

test("keys go through time, entries and lanes", async () => {
  const { board } = made();
  board.sync();
  await settled(board);
  let scrolled = 0;
  /** @param {string} key @param {Partial<KeyboardEvent>} [held] */
  const press = (key, held = {}) =>
    pressed(
      board,
      /** @type {KeyboardEvent} */ ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held }),
      (lines) => {
        scrolled += lines;
      },
    );
  const length = board.scale.to - board.scale.from;
  assert.equal(press("+"), true);
  assert.ok(board.scale.to - board.scale.from < length);
  assert.equal(board.following, true);
  press("ArrowLeft");
  assert.equal(board.following, false);
  press("End");
  press(" ");
  assert.equal(board.following, false);
  press("p");
  press("p");
  assert.deepEqual(board.chosen, ["e1099"]);
  press("n");
  assert.deepEqual(board.chosen, ["e1100"]);
  press("Enter");
  assert.ok(board.scale.to - board.scale.from < 1);
  press("ArrowRight", { shiftKey: true });
  assert.ok(board.range !== undefined && board.range[1] > board.range[0]);
  press("ArrowDown");
  assert.equal(scrolled, 2);
  press("c");
  assert.equal(board.comparing, true);
  press("Home");
  assert.ok(board.scale.from <= board.coverage.from && board.scale.to >= 1100);
  press("Escape");
  assert.deepEqual([board.chosen, board.range], [[], undefined]);
  assert.deepEqual([press("x"), press("+", { ctrlKey: true })], [false, false]);
});
