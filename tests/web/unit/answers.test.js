// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Events } from "../../../python/sojourn/dashboard/page/core/events.js";
import { Picture } from "../../../python/sojourn/dashboard/page/core/picture.js";
import { answerOf } from "../../../python/sojourn/dashboard/page/view/simulation/answers.js";
import { Player } from "../../../python/sojourn/dashboard/page/view/simulation/player.js";
import { Recording } from "../../../python/sojourn/dashboard/page/view/simulation/recording.js";

const BEGINS = 1_800_000_000;

function shown() {
  const recording = new Recording();
  const at = (/** @type {number} */ passed) => BEGINS + passed;
  const told = [
    { sojourn_recording: 1, name: "n", title: "t", seed: 1, begins: at(0), ends: at(1000) },
    [
      at(0),
      "picture",
      {
        at: at(0),
        nodes: [{ facts: { name: "a", load: 1, energy: { joules: 100 } } }, { facts: { name: "b", tags: ["a"] } }],
        atoms: { columns: ["name", "node", "policy", "group"], rows: [["a/x", "a", "spread", "g"]] },
      },
    ],
    [
      at(10),
      "event",
      {
        number: 1,
        at: at(10),
        kind: "atom.moves",
        subject: "a/x",
        text: "",
        data: { number: 5, source: "a", node: "b", cause: "sun", gain: 2 },
      },
    ],
    [
      at(20),
      "event",
      {
        number: 2,
        at: at(20),
        kind: "atom.moved",
        subject: "a/x",
        text: "",
        data: { number: 5, downtime_ms: 4, total_ms: 9000, bytes: 7 },
      },
    ],
    [
      at(30),
      "event",
      {
        number: 3,
        at: at(30),
        kind: "atom.moves",
        subject: "a/y",
        text: "",
        data: { number: 6, source: "b", node: "a", cause: "rain" },
      },
    ],
    ...Array.from({ length: 99 }, (_, i) => [at(10 * (i + 1)), "change", { loads: [["a", i, 1000, 2, 100 - i]] }]),
  ]
    .map((line, i) => ({ line, at: Array.isArray(line) ? Number(line[0]) : 0, i }))
    .sort((a, b) => a.at - b.at || a.i - b.i)
    .map(({ line }) => JSON.stringify(line));
  recording.push(told.join("\n"));
  recording.close();
  const picture = new Picture();
  const player = new Player(recording, picture, new Events());
  player.seek(at(500));
  const ask = (/** @type {string} */ path, /** @type {any} */ query = {}) => answerOf(recording, picture, path, query);
  return { player, ask, at };
}

test("nodes and atoms are answered as REST has them", () => {
  const { ask } = shown();
  assert.equal(ask("/v1/nodes/a").facts.load, 49);
  assert.deepEqual(ask("/v1/atoms/a/x").spec, { policy: "spread", group: "g" });
  assert.equal(ask("/v1/nodes/c"), undefined);
  assert.equal(ask("/v1/atoms/a/z"), undefined);
  assert.equal(ask("/v1/nodes/a/cache"), undefined);
  assert.equal(ask("/v1/settings"), undefined);
});

test("the past of a node goes as far as the time", () => {
  const { ask, at, player } = shown();
  const past = ask("/v1/nodes/a/history");
  assert.equal(past.at[0], at(0));
  assert.equal(past.at.at(-1), at(500));
  assert.deepEqual(past.joules.slice(0, 3), [100, 100, 99]);
  assert.equal(past.load.length, past.at.length);
  assert.deepEqual(ask("/v1/nodes/b/history").at, [at(0)]);
  player.seek(at(40));
  assert.equal(ask("/v1/nodes/a/history").at.at(-1), at(40));
});

test("moves are put together from what was told of them", () => {
  const { ask, at, player } = shown();
  const [second, first] = ask("/v1/moves").items;
  assert.deepEqual([first.number, first.atom, first.source, first.target, first.state], [5, "a/x", "a", "b", "done"]);
  assert.deepEqual([first.downtime_ms, first.total_ms, first.bytes, first.decided_at], [4, 9000, 7, at(10)]);
  assert.deepEqual([second.number, second.state], [6, "decided"]);
  assert.deepEqual(ask("/v1/moves", { atom: "a/x" }).items.length, 1);
  assert.deepEqual(
    ask("/v1/moves", { since: at(15), until: at(31) }).items.map((/** @type {any} */ move) => move.number),
    [6],
  );
  assert.equal(ask("/v1/moves/5").cause, "sun");
  player.seek(at(15));
  assert.equal(ask("/v1/moves").items.length, 1);
  assert.equal(ask("/v1/moves/5").state, "decided");
});
