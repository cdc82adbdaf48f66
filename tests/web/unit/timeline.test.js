import assert from "node:assert/strict";
import { test } from "node:test";
import { compared, downtimeOf, longestOf } from "../../../python/sojourn/dashboard/page/view/timeline/compare.js";
import { Coverage } from "../../../python/sojourn/dashboard/page/view/timeline/coverage.js";
import { asCsv, asJson } from "../../../python/sojourn/dashboard/page/view/timeline/download.js";
import { Story } from "../../../python/sojourn/dashboard/page/view/timeline/entry.js";
import { between, chosen, filterOf, queryOf } from "../../../python/sojourn/dashboard/page/view/timeline/filter.js";
import { entryAt, neighbour } from "../../../python/sojourn/dashboard/page/view/timeline/hit.js";
import { whatOf } from "../../../python/sojourn/dashboard/page/view/timeline/kind.js";
import { lanesOf, visibleLanes } from "../../../python/sojourn/dashboard/page/view/timeline/lane.js";
import { lostNodes, staysOf } from "../../../python/sojourn/dashboard/page/view/timeline/stay.js";

/** @typedef {import("../../../python/sojourn/dashboard/page/view/timeline/entry.js").RealmEvent} RealmEvent */
/** @typedef {import("../../../python/sojourn/dashboard/page/view/timeline/entry.js").Entry} Entry */

/** @type {(number: number, at: number, kind: string, subject: string, data?: Record<string, any>) => RealmEvent} */
const event = (number, at, kind, subject, data = {}) => ({
  number,
  at,
  kind,
  subject,
  text: `${subject} ${kind}`,
  data,
});

const MOVE = { number: 7, source: "a", node: "b", cause: "a is drained", trace: "00ff" };
const DECIDED = event(2, 10, "atom.moves", "a/x", { ...MOVE, gain: 2, cost: 1 });
const MOVED = event(3, 10.5, "atom.moved", "a/x", { ...MOVE, total_ms: 480, downtime_ms: 9.5, bytes: 4096, rounds: 3 });
/** @type {import("../../../python/sojourn/dashboard/page/view/timeline/entry.js").MoveRecord} */
const RECORD = {
  number: 7,
  atom: "a/x",
  source: "a",
  target: "b",
  cause: "a is drained",
  state: "done",
  decided_at: 10,
  gain: 2,
  cost: 1,
  total_ms: 480,
  downtime_ms: 9.5,
  bytes: 4096,
  rounds: 3,
  trace: "00ff",
};

/** @param {readonly RealmEvent[]} events */
function told(events) {
  const story = new Story();
  story.addEvents(events);
  return story.entries;
}

test("a move is one entry, in whatever order it is told of", () => {
  /** @type {((story: Story) => void)[]} */
  const parts = [
    (story) => story.addEvents([DECIDED]),
    (story) => story.addEvents([MOVED]),
    (story) => story.addMoves([RECORD]),
  ];
  for (const order of [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]) {
    const story = new Story();
    for (const part of order) {
      parts[part]?.(story);
    }
    assert.equal(story.entries.length, 1);
    const { at, until, state, source, target, cause, downtime_ms, bytes, rounds, gain, trace, number, measured } =
      /** @type {Entry} */ (story.entries[0]);
    assert.deepEqual(
      { at, state, source, target, cause, downtime_ms, bytes, rounds, gain, trace, number, measured },
      {
        at: 10,
        state: "done",
        source: "a",
        target: "b",
        cause: "a is drained",
        downtime_ms: 9.5,
        bytes: 4096,
        rounds: 3,
        gain: 2,
        trace: "00ff",
        number: 3,
        measured: true,
      },
      `order ${order}`,
    );
    assert.ok(until === 10.5 || until === 10.48, `until ${until}`);
  }
});

test("a move that is not settled goes on, and one that was refused has failed", () => {
  assert.equal(told([DECIDED])[0]?.until, Number.POSITIVE_INFINITY);
  const refused = told([DECIDED, event(3, 11, "atom.refused", "a/x", { ...MOVE, error: "b is full" })]);
  assert.deepEqual(
    refused.map(({ state, error, until }) => [state, error, until]),
    [["failed", "b is full", 11]],
  );
});

test("a move whose beginning nobody told began as long before as it took", () => {
  assert.equal(told([MOVED])[0]?.at, 10.5 - 0.48);
});

test("events without a number of a move belong to the one under way, and else stand alone", () => {
  const { number, ...without } = MOVE;
  const entries = told([
    event(1, 5, "atom.moved", "a/x", { node: "a" }),
    DECIDED,
    event(3, 11, "atom.moved", "a/x", without),
  ]);
  assert.deepEqual(
    entries.map(({ key, state, target }) => [key, state, target]),
    [
      ["e1", "", "a"],
      [`m${number}`, "done", "b"],
    ],
  );
});

test("an event that comes twice is there once, and entries are in order of time", () => {
  const [late, early] = [event(5, 30, "node.lost", "b"), event(1, 3, "atom.started", "a/x", { node: "a" })];
  const story = new Story();
  story.addEvents([late]);
  story.addEvents([early, late]);
  assert.deepEqual(
    story.entries.map((entry) => entry.at),
    [3, 30],
  );
});

test("a restoration is a move from nowhere", () => {
  const [entry] = told([event(4, 20, "atom.restored", "a/x", { number: 9, node: "c", total_ms: 1000, epoch: 2 })]);
  assert.deepEqual([entry?.what, entry?.source, entry?.target, entry?.at], ["restore", "", "c", 19]);
  assert.equal(downtimeOf(/** @type {Entry} */ (entry)), undefined);
});

test("what an event is goes by its kind, or the first word of it", () => {
  assert.deepEqual(
    ["atom.moved", "atom.new-kind", "node.up", "node.lost", "rollout.step", "program.started", "other"].map((kind) =>
      whatOf(kind, {}),
    ),
    ["move", "change", "node", "failure", "update", "start", "change"],
  );
  assert.deepEqual([whatOf("atom.ended", { status: 0 }), whatOf("atom.ended", { status: -1 })], ["end", "failure"]);
});

test("what is missing between numbers is a hole, until it comes", () => {
  const coverage = new Coverage();
  coverage.add([event(10, 100, "", ""), event(11, 101, "", ""), event(14, 110, "", "")]);
  assert.deepEqual(coverage.holes, [{ first: 12, last: 13, from: 101, to: 110 }]);
  coverage.add([event(3, 50, "", "")]);
  assert.deepEqual([coverage.first, coverage.from, coverage.holes.length], [3, 50, 2]);
  coverage.add([event(12, 105, "", ""), event(13, 106, "", "")]);
  coverage.add([4, 5, 6, 7, 8, 9].map((number) => event(number, 60, "", "")));
  assert.deepEqual(coverage.spans, [{ first: 3, last: 14, from: 50, to: 110 }]);
  assert.deepEqual([new Coverage().first, new Coverage().holes], [0, []]);
});

test("lanes go by name as people count, the realm first", () => {
  const entries = told([
    event(1, 1, "atom.started", "n/a10", { node: "n" }),
    event(2, 2, "atom.started", "n/a2", { node: "m" }),
    event(3, 3, "realm.setting", "adapt.paused"),
    event(4, 4, "atom.moved", "n/a2", { source: "m", node: "n" }),
  ]);
  assert.deepEqual(
    lanesOf(entries, "atom").map((lane) => [lane.key, lane.entries.length]),
    [
      ["", 1],
      ["n/a2", 2],
      ["n/a10", 1],
    ],
  );
  assert.deepEqual(
    lanesOf(entries, "node").map((lane) => [lane.key, lane.entries.length]),
    [
      ["", 1],
      ["m", 2],
      ["n", 2],
    ],
  );
});

test("lanes that are on the screen", () => {
  assert.deepEqual(visibleLanes(10, 20, 0, 100), [0, 5]);
  assert.deepEqual(visibleLanes(10, 20, 30, 100), [1, 7]);
  assert.deepEqual(visibleLanes(3, 20, 0, 100), [0, 3]);
  assert.deepEqual(visibleLanes(0, 20, 500, 100), [0, 0]);
});

test("where an atom was, also before anything is known and after its node was lost", () => {
  const entries = told([
    DECIDED,
    MOVED,
    event(4, 20, "node.lost", "b"),
    event(5, 21, "atom.restored", "a/x", { number: 8, node: "c", total_ms: 500 }),
    event(6, 30, "atom.stopped", "a/x", { node: "c" }),
  ]);
  const own = entries.filter((entry) => entry.atom === "a/x");
  assert.deepEqual(staysOf(own, lostNodes(entries.filter((entry) => entry.kind === "node.lost"))), [
    { node: "a", from: Number.NEGATIVE_INFINITY, to: 10.5 },
    { node: "b", from: 10.5, to: 20 },
    { node: "c", from: 21, to: 30 },
  ]);
});

test("an atom that stays is there until now; a move that failed changes nothing", () => {
  const entries = told([
    event(1, 1, "atom.started", "a/x", { node: "a" }),
    DECIDED,
    event(3, 11, "atom.refused", "a/x", MOVE),
  ]);
  assert.deepEqual(staysOf(entries, new Map()), [{ node: "a", from: 1, to: Number.POSITIVE_INFINITY }]);
});

test("a filter takes what its address says, and its address is its own again", () => {
  const entries = told([
    event(1, 1, "atom.started", "n/One", { node: "n" }),
    DECIDED,
    event(3, 11, "atom.refused", "a/x", { ...MOVE, error: "b is Full" }),
    event(4, 12, "node.lost", "b"),
  ]);
  /** @param {Record<string, string>} query */
  const keys = (query) => chosen(entries, filterOf(query)).map((entry) => entry.key);
  assert.deepEqual(keys({}), ["e1", "m7", "e4"]);
  assert.deepEqual(keys({ atom: "one" }), ["e1"]);
  assert.deepEqual(keys({ node: "b" }), ["m7", "e4"]);
  assert.deepEqual(keys({ text: "is full" }), ["m7"]);
  assert.deepEqual(keys({ what: "failure,start" }), ["e1", "e4"]);
  assert.deepEqual(keys({ what: "nonsense" }), ["e1", "m7", "e4"]);
  const query = { atom: "one", node: "b", text: "full", what: "start,failure" };
  assert.deepEqual(queryOf(filterOf(query)), query);
  assert.deepEqual(queryOf(filterOf({})), {});
  assert.deepEqual(
    between(entries, 10.5, 11.5).map((entry) => entry.key),
    ["m7"],
  );
});

test("the whole name of an atom means that atom, and no other that begins so", () => {
  const entries = told(
    ["n/a1", "n/a10", "n/A1"].map((name, at) => event(at + 1, at, "atom.started", name, { node: "n" })),
  );
  /** @param {string} atom */
  const names = (atom) => chosen(entries, filterOf({ atom })).map((entry) => entry.atom);
  assert.deepEqual(names("n/a1"), ["n/a1"]);
  assert.deepEqual(names("a1"), ["n/a1", "n/a10", "n/A1"]);
});

test("two moves side by side", () => {
  const slow = { ...MOVED, number: 9, data: { ...MOVED.data, number: 8, downtime_ms: 19, total_ms: 960 } };
  const [first, second] = told([MOVED, slow]);
  const rows = compared(/** @type {Entry} */ (second), /** @type {Entry} */ (first));
  assert.deepEqual(
    rows
      .filter((row) => row.ratio !== undefined && row.ratio !== 1)
      .map((row) => [row.name, row.first, row.second, row.ratio]),
    [
      ["total", 480, 960, 2],
      ["downtime", 9.5, 19, 2],
      ["rate", (4096 * 1000) / 480, (4096 * 1000) / 960, 0.5],
    ],
  );
  assert.ok(!rows.some((row) => row.name === "gain"));
});

test("what is meant by a place in a lane", () => {
  const scale = { from: 0, to: 100, width: 1000 };
  const entries = told([
    event(1, 10, "atom.started", "a/x", { node: "a" }),
    event(2, 20, "atom.moves", "a/x", { ...MOVE, number: 1 }),
    event(3, 60, "atom.moved", "a/x", { ...MOVE, number: 1, total_ms: 40_000 }),
    event(4, 61, "atom.respecified", "a/x"),
  ]);
  /** @param {number} pixel */
  const at = (pixel) => entryAt(entries, scale, pixel, 40, 100)?.key;
  assert.deepEqual(
    [at(104), at(150), at(400), at(604), at(611), at(700)],
    ["e1", undefined, "m1", "m1", "e4", undefined],
  );
  assert.equal(neighbour(entries, entries[0], 1, scale)?.key, "m1");
  assert.equal(neighbour(entries, entries[0], -1, scale)?.key, "e1");
  assert.equal(neighbour(entries, undefined, 1, scale)?.key, "e4");
});

test("a file of values is one that a spreadsheet reads, and no formula", () => {
  const [entry] = told([event(1, 0.25, "node.energy", "n", { cause: '=HYPERLINK("x"),y\nz' })]);
  const [head, row] = [
    asCsv([/** @type {Entry} */ (entry)]).split("\r\n")[0],
    asCsv([/** @type {Entry} */ (entry)]).split("\r\n")[1],
  ];
  assert.ok(head?.startsWith("number,what,kind,began,at,until,"));
  assert.ok(row?.startsWith("1,node,node.energy,1970-01-01T00:00:00.250Z,0.25,0.25,n,,,n,"));
  assert.ok(row?.includes(`"'=HYPERLINK(""x""),y\nz"`));
  assert.deepEqual(JSON.parse(asJson(told([DECIDED])))[0].until, null);
});

test("those that stood still longest, the longest first", () => {
  const times = [3, 9, 1, 9.5, 7];
  const entries = told(
    times.map((downtime_ms, at) => ({
      ...MOVED,
      number: at + 1,
      data: { ...MOVED.data, number: at + 1, downtime_ms },
    })),
  );
  assert.deepEqual(
    longestOf(entries, 3).map((entry) => entry.downtime_ms),
    [9.5, 9, 7],
  );
  assert.deepEqual(longestOf(told([DECIDED, event(9, 9, "node.up", "a")]), 3), []);
});
