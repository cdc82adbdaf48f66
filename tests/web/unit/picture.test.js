import assert from "node:assert/strict";
import { test } from "node:test";
import { Picture } from "../../../python/sojourn/dashboard/page/core/picture.js";

const COLUMNS = [
  "name",
  "node",
  "state",
  "module",
  "cores",
  "memory_bytes",
  "queue",
  "since",
  "group",
  "kind",
  "wish",
  "reason",
  "policy",
  "aliases",
];

/** Numbers that look like chance and are the same each time. @param {number} seed */
function chance(seed) {
  let state = seed >>> 0;
  return (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** @param {string} name @param {string} node */
const row = (name, node, state = "running") => [
  name,
  node,
  state,
  "ab",
  0.5,
  4096,
  0,
  10,
  "",
  "",
  "run",
  "",
  "objective",
  [],
];
/** @param {string} name */
const nodeOf = (name, load = 0) => ({ facts: { name, load, cores: 4, memory_free_bytes: 9 } });

/** A realm as a controller would hold it, that tells all of itself or what changed. */
class Realm {
  /** @param {number} seed */
  constructor(seed) {
    this.chance = chance(seed);
    /** @type {Map<string, any>} */
    this.nodes = new Map();
    /** @type {Map<string, any[]>} */
    this.atoms = new Map();
    /** @type {Map<string, any>} */
    this.links = new Map();
    /** @type {Map<number, any>} */
    this.moves = new Map();
    this.number = 0;
    for (let i = 0; i < 5; i += 1) this.nodes.set(`n${i}`, nodeOf(`n${i}`));
  }

  whole() {
    return {
      realm: "r",
      role: "leading",
      at: this.number,
      number: this.number,
      nodes: [...this.nodes.values()],
      atoms: { columns: COLUMNS, rows: [...this.atoms.values()] },
      links: [...this.links.values()],
      traffic: [],
      moves: [...this.moves.values()],
    };
  }

  /** One change of several things. */
  change() {
    this.number += 1;
    /** @type {any} */
    const told = {
      at: this.number,
      number: this.number,
      nodes: [],
      loads: [],
      atoms: [],
      gone_atoms: [],
      gone_nodes: [],
      links: [],
      moves: [],
      moves_over: [],
    };
    for (let i = this.chance(6); i >= 0; i -= 1) this.once(told);
    return told;
  }

  /** @param {any} told */
  once(told) {
    const name = `n${this.chance(9)}`;
    const atom = `n0/a${this.chance(12)}`;
    const touched =
      told.nodes.some((/** @type {any} */ node) => node.facts.name === name) ||
      told.loads.some((/** @type {any} */ load) => load[0] === name) ||
      told.gone_nodes.includes(name);
    switch (this.chance(6)) {
      case 0: {
        if (touched) return;
        const node = nodeOf(name, this.chance(5));
        this.nodes.set(name, node);
        told.nodes.push(node);
        return;
      }
      case 1: {
        if (touched || !this.nodes.delete(name)) return;
        told.gone_nodes.push(name);
        for (const [key, [a, b]] of this.links) if (a === name || b === name) this.links.delete(key);
        return;
      }
      case 2: {
        if (told.gone_atoms.includes(atom)) return;
        const made = row(atom, this.chance(5) ? name : "");
        this.atoms.set(atom, made);
        told.atoms = told.atoms.filter((/** @type {any} */ each) => each[0] !== atom);
        told.atoms.push(made);
        return;
      }
      case 3: {
        if (told.atoms.some((/** @type {any} */ each) => each[0] === atom) || !this.atoms.delete(atom)) return;
        told.gone_atoms.push(atom);
        return;
      }
      case 4: {
        const there = this.nodes.get(name);
        if (!there || touched) return;
        const load = this.chance(40) / 10;
        this.nodes.set(name, { facts: { ...there.facts, load, memory_free_bytes: 7, atoms: 3 } });
        told.loads.push([name, load, 7, 3, null]);
        return;
      }
      default: {
        const number = this.chance(4);
        if (told.moves_over.includes(number) || told.moves.some((/** @type {any} */ each) => each.number === number))
          return;
        if (this.moves.delete(number)) told.moves_over.push(number);
        else {
          const move = {
            number,
            atom,
            source: "n0",
            target: name,
            cause: "c",
            decided_at: 1,
            phase: "copying",
            progress: 0.5,
          };
          this.moves.set(number, move);
          told.moves.push(move);
        }
      }
    }
  }
}

/** What a picture holds, without the order in which it came. @param {Picture} picture */
function seen(picture) {
  const sorted = (/** @type {Iterable<any>} */ all) => [...all].sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
  return {
    number: picture.number,
    nodes: sorted(picture.nodes).map(([name, { facts, ...rest }]) => [name, rest, { ...facts, atoms: 0 }]),
    atoms: sorted(picture.atoms),
    links: sorted(picture.links),
    moves: sorted(picture.moves),
    there: sorted([...picture.nodes.keys(), ""].map((name) => [name, [...picture.atomsOf(name)].sort()])),
  };
}

for (let seed = 1; seed <= 40; seed += 1) {
  test(`changes lead where the whole picture does: ${seed}`, () => {
    const realm = new Realm(seed);
    const followed = new Picture();
    followed.replace(realm.whole());
    for (let i = 0; i < 60; i += 1) {
      followed.apply(realm.change());
      const fresh = new Picture();
      fresh.replace(realm.whole());
      assert.deepEqual(seen(followed), seen(fresh));
    }
  });
}

test("what the JSON leaves out is at its default", () => {
  const picture = new Picture();
  picture.replace({
    nodes: [{ facts: { name: "n", energy: { joules: 5 } } }],
    atoms: { columns: ["name", "node"], rows: [["n/a", "n"]] },
  });
  const node = picture.nodes.get("n");
  assert.equal(node?.state, "up");
  assert.deepEqual(node?.facts.tags, []);
  assert.equal(node?.facts.energy?.capacity_joules, 0);
  assert.equal(picture.atoms.get("n/a")?.policy, "objective");
  assert.equal(picture.loaded, true);
});

test("a change says what it changed, and only that has new objects", () => {
  const picture = new Picture();
  picture.replace({
    nodes: [nodeOf("a"), nodeOf("b")],
    atoms: { columns: COLUMNS, rows: [row("a/x", "a"), row("a/y", "a")] },
    moves: [{ number: 3, atom: "a/x" }],
  });
  const [b, y] = [picture.nodes.get("b"), picture.atoms.get("a/y")];
  /** @type {any[]} */
  const told = [];
  picture.onChange((change) => told.push(change));
  picture.apply({
    number: 9,
    loads: [
      ["a", 2, 1, 1, null],
      ["gone", 1, 1, 1, null],
    ],
    atoms: [row("a/x", "b")],
    moves_over: [3, 4],
  });
  assert.equal(told.length, 1);
  assert.deepEqual(told[0].loads, ["a"]);
  assert.deepEqual(told[0].atoms, ["a/x"]);
  assert.deepEqual(
    told[0].over.map((/** @type {any} */ move) => move.number),
    [3],
  );
  assert.equal(picture.nodes.get("b"), b);
  assert.equal(picture.atoms.get("a/y"), y);
  assert.deepEqual([...picture.atomsOf("b")], ["a/x"]);
  assert.deepEqual([...picture.atomsOf("a")], ["a/y"]);
});

test("a link is one from both ends, and ends with a time below nothing", () => {
  const picture = new Picture();
  picture.replace({ links: [["a", "b", 1, 0]] });
  picture.apply({
    links: [
      ["b", "a", 2, 0],
      ["a", "c", 3, 0],
    ],
  });
  assert.deepEqual(picture.links, [
    ["b", "a", 2, 0],
    ["a", "c", 3, 0],
  ]);
  picture.apply({ links: [["a", "b", -1, 0]] });
  assert.deepEqual(picture.links, [["a", "c", 3, 0]]);
});

test("one who fails keeps no other from being told", () => {
  const picture = new Picture();
  const error = console.error;
  console.error = () => {};
  let told = 0;
  picture.onChange(() => {
    throw new Error("mine");
  });
  const off = picture.onChange(() => {
    told += 1;
  });
  picture.replace({});
  console.error = error;
  assert.equal(told, 1);
  off();
});

test("aliases are words with their scope", () => {
  const picture = new Picture();
  picture.replace({
    atoms: {
      columns: ["name", "aliases"],
      rows: [
        [
          "n/a",
          [
            ["web", "front"],
            ["", "plain"],
          ],
        ],
      ],
    },
  });
  assert.deepEqual(picture.atoms.get("n/a")?.aliases, ["web:front", "plain"]);
});
