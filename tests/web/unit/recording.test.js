// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Events } from "../../../python/sojourn/dashboard/page/core/events.js";
import { Picture } from "../../../python/sojourn/dashboard/page/core/picture.js";
import { merged } from "../../../python/sojourn/dashboard/page/view/simulation/fold.js";
import { Player } from "../../../python/sojourn/dashboard/page/view/simulation/player.js";
import { Recording, RecordingError } from "../../../python/sojourn/dashboard/page/view/simulation/recording.js";

const BEGINS = 1_800_000_000;
const HEADER = { sojourn_recording: 1, name: "test", title: "A test", seed: 7, begins: BEGINS, ends: BEGINS + 1000 };
const COLUMNS = ["name", "node", "state"];

/** @param {string} name @param {object} [facts] */
const node = (name, facts = {}) => ({ facts: { name, ...facts } });

/**
 * One atom goes to and fro between two nodes, every ten seconds, for a thousand.
 * @param {object} [header]
 */
function lines(header = HEADER) {
  /** @type {any[]} */
  const told = [
    header,
    [
      BEGINS,
      "picture",
      {
        at: BEGINS,
        nodes: [node("a"), node("b", { energy: { joules: 5 } })],
        atoms: { columns: COLUMNS, rows: [["a/x", "a", "running"]] },
      },
    ],
  ];
  for (let i = 1; i <= 100; i += 1) {
    const at = BEGINS + i * 10;
    const [source, target] = i % 2 ? ["a", "b"] : ["b", "a"];
    told.push([
      at - 2,
      "change",
      { moves: [{ number: i, atom: "a/x", source, target, decided_at: at - 2 }], loads: [["b", i, 0, 1, i]] },
    ]);
    told.push([at, "change", { moves_over: [i], atoms: [["a/x", target, "running"]] }]);
    told.push([at, "event", { number: i, at, kind: "atom.moved", subject: "a/x", text: `to ${target}` }]);
  }
  told.push([BEGINS + 1000, "end", { gains: { energy_gain: 1.4 } }]);
  return told.map((line) => JSON.stringify(line));
}

/** @param {string[]} told @param {number} [piece] */
function read(told, piece = 17, between = 8, held = 1_000_000) {
  const recording = new Recording(held, between);
  const text = told.join("\n");
  for (let at = 0; at < text.length; at += piece) recording.push(text.slice(at, at + piece));
  recording.close();
  return recording;
}

function playing(recording = read(lines())) {
  const picture = new Picture();
  const events = new Events();
  const player = new Player(recording, picture, events);
  player.seek(player.begins);
  return { player, picture, events };
}

test("a recording is read in any pieces", () => {
  for (const piece of [1, 100, 1_000_000]) {
    const recording = read(lines(), piece);
    assert.equal(recording.count, 201);
    assert.equal(recording.events.length, 100);
    assert.equal(recording.summary?.gains.energy_gain, 1.4);
    assert.equal(recording.header?.title, "A test");
  }
});

test("a place in time is the same, however one comes to it", () => {
  const recording = read(lines());
  const { player, picture } = playing(recording);
  player.setSpeed(1);
  player.play();
  for (let at = 0; at < 333; at += 1) player.tick(1);
  const walked = [...picture.nodes.values()].map((each) => each.facts);
  const where = picture.atoms.get("a/x")?.node;
  player.seek(BEGINS + 1000);
  player.seek(BEGINS + 333);
  assert.deepEqual(
    [...picture.nodes.values()].map((each) => each.facts),
    walked,
  );
  assert.equal(picture.atoms.get("a/x")?.node, where);
  assert.equal(where, "b");
  assert.equal(picture.nodes.get("b")?.facts.energy?.joules, 33);
});

test("keyframes give what all lines before come to", () => {
  const recording = read(lines());
  const plain = read(lines(), 1000, 1_000_000);
  for (const count of [1, 8, 9, 64, 200, 201]) {
    assert.deepEqual(recording.foldAt(count).told(), plain.foldAt(count).told());
  }
});

test("keyframes hold no more than they may", () => {
  const recording = read(lines(), 1000, 1, 40);
  assert.ok(recording._keys.length < 12);
  assert.deepEqual(recording.foldAt(150).told(), read(lines()).foldAt(150).told());
});

test("events follow the time, without a gap, and go back with it", () => {
  const { player, events } = playing();
  /** @type {number[]} */
  const told = [];
  events.onEvent((event) => told.push(event.number));
  player.setSpeed(10);
  player.play();
  for (let i = 0; i < 50; i += 1) player.tick(1);
  assert.deepEqual(
    told,
    Array.from({ length: 50 }, (_, i) => i + 1),
  );
  player.seek(BEGINS + 95);
  assert.equal(events.last, 9);
  assert.equal(events.list.length, 9);
  player.play();
  player.tick(1);
  assert.equal(told.at(-1), 10);
});

test("a move that was shorter than a frame is seen", () => {
  const { player, picture } = playing();
  player.setSpeed(100);
  player.play();
  player.tick(0.1);
  assert.equal(picture.atoms.get("a/x")?.node, "b");
  assert.deepEqual([...picture.moves.keys()], [1]);
  player.hold();
  player.setSpeed(0.1);
  player.play();
  player.tick(0.5);
  assert.deepEqual([...picture.moves.keys()], [1]);
  player.tick(0.5);
  assert.deepEqual([...picture.moves.keys()], []);
});

test("a move is as far as its time is, for it is known when it will be over", () => {
  const { player, picture } = playing();
  player.setSpeed(1);
  player.seek(BEGINS + 8);
  player.play();
  player.tick(0.5);
  assert.equal(picture.moves.get(1)?.progress, 0.25);
  player.tick(1);
  assert.equal(picture.moves.get(1)?.progress, 0.75);
});

test("it ends at the end, and begins again from the beginning", () => {
  const { player } = playing();
  player.setSpeed(7200);
  player.play();
  player.tick(1);
  assert.equal(player.at, BEGINS + 1000);
  assert.equal(player.playing, false);
  player.play();
  assert.equal(player.at, BEGINS);
  assert.equal(player.playing, true);
});

test("while it comes, it is played as far as it has come", () => {
  const recording = new Recording();
  const told = lines();
  recording.push(`${told.slice(0, 20).join("\n")}\n`);
  const { player } = playing(recording);
  player.setSpeed(7200);
  player.play();
  player.tick(1);
  assert.ok(player.at < BEGINS + 100);
  assert.equal(player.playing, true);
  recording.push(told.slice(20).join("\n"));
  recording.close();
  player.tick(1);
  assert.equal(player.at, BEGINS + 1000);
});

test("speeds go up and down, and stay within what there is", () => {
  const { player } = playing();
  assert.equal(player.speed, 10);
  player.step(1);
  assert.equal(player.speed, 30);
  for (let i = 0; i < 20; i += 1) player.step(-1);
  assert.equal(player.speed, 1);
  player.seek(Number.NaN);
  assert.equal(player.at, BEGINS);
  player.seek(1e300);
  assert.equal(player.at, BEGINS + 1000);
});

test("what is no recording is refused in words, and never half read", () => {
  const good = lines();
  /** @type {[string, string[]][]} */
  const bad = [
    ["simulation.no_recording", []],
    ["simulation.no_recording", ["<html>"]],
    ["simulation.no_recording", ["{}"]],
    ["simulation.no_recording", ["[]", "null"]],
    ["simulation.no_recording", [JSON.stringify(HEADER)]],
    ["simulation.other_format", [JSON.stringify({ ...HEADER, sojourn_recording: 2 })]],
    ["simulation.wrong_line", [JSON.stringify({ ...HEADER, ends: "later" })]],
    ["simulation.wrong_line", [JSON.stringify({ ...HEADER, ends: 0 })]],
    ["simulation.wrong_line", [...good.slice(0, 5), "{"]],
    ["simulation.wrong_line", [...good.slice(0, 5), "[1]"]],
    ["simulation.wrong_line", [...good.slice(0, 5), JSON.stringify([BEGINS + 1, "change", null])]],
    ["simulation.wrong_line", [...good.slice(0, 5), JSON.stringify([BEGINS - 1, "change", {}])]],
    ["simulation.wrong_line", [...good.slice(0, 5), /** @type {string} */ (good[1])]],
    ["simulation.wrong_line", [...good.slice(0, 1), .../** @type {string[]} */ (good.slice(2))]],
    ["simulation.wrong_line", [...good.slice(0, 5), JSON.stringify([BEGINS + 20, "change", { nodes: [{}] }])]],
    ["simulation.wrong_line", [...good.slice(0, 5), JSON.stringify([BEGINS + 20, "change", { loads: [null] }])]],
    ["simulation.wrong_line", [...good.slice(0, 8), JSON.stringify([BEGINS + 20, "event", { number: 9 }])]],
  ];
  for (const [key, told] of bad) {
    assert.throws(
      () => read(told),
      (error) => error instanceof RecordingError && error.key === key,
      `${key}: ${told.at(-1)}`,
    );
  }
});

test("changes come to the same one by one and as one", () => {
  const changes = [
    { atoms: [["x", "a"]], nodes: [node("a")], loads: [["a", 1, 1, 1, 1]] },
    { gone_atoms: ["x"], gone_nodes: ["a"], loads: [["a", 2, 1, 1, 1]] },
    { atoms: [["x", "b"]], nodes: [node("b")], links: [["b", "a", 1, 1]] },
    { gone_atoms: ["y"], moves: [{ number: 1 }], moves_over: [1], links: [["a", "b", 2, 2]] },
  ];
  const whole = merged(changes, 0);
  assert.deepEqual(whole.atoms, [["x", "b"]]);
  assert.deepEqual(whole.gone_atoms, ["y"]);
  assert.deepEqual(whole.gone_nodes, ["a"]);
  assert.deepEqual(whole.links, [["a", "b", 2, 2]]);
  assert.deepEqual(whole.nodes, [node("b")]);
});
