import assert from "node:assert/strict";
import { test } from "node:test";
import { Picture } from "../../../python/sojourn/dashboard/page/core/picture.js";
import { Camera } from "../../../python/sojourn/dashboard/page/view/map/camera.js";
import { Crowd } from "../../../python/sojourn/dashboard/page/view/map/crowd.js";
import { seatAt } from "../../../python/sojourn/dashboard/page/view/map/dots.js";
import { filterOf } from "../../../python/sojourn/dashboard/page/view/map/filter.js";
import { Flights, MOST } from "../../../python/sojourn/dashboard/page/view/map/flight.js";
import { placesOf } from "../../../python/sojourn/dashboard/page/view/map/hexagon.js";
import { NODE } from "../../../python/sojourn/dashboard/page/view/map/layout.js";
import { dotOf, lookOf } from "../../../python/sojourn/dashboard/page/view/map/look.js";
import { beside, pick } from "../../../python/sojourn/dashboard/page/view/map/pick.js";
import { World } from "../../../python/sojourn/dashboard/page/view/map/world.js";

const COLUMNS = ["name", "node", "state", "aliases"];
/** @param {string} name @param {any} [more] */
const node = (name, more = {}) => ({ facts: { name, cores: 4, load: 1, ...more } });

function realm() {
  const picture = new Picture();
  picture.replace({
    nodes: [node("n1", { tags: ["gpu"] }), node("n2"), node("n3")],
    atoms: {
      columns: COLUMNS,
      rows: [
        ["n1/a", "n1", "running", []],
        ["n1/b", "n1", "leaving", [["web", "front"]]],
        ["n2/c", "n2", "running", []],
        ["n2/d", "", "unplaced", []],
      ],
    },
    links: [
      ["n1", "n2", 3, 0],
      ["n1", "nobody", 3, 0],
    ],
    traffic: [
      ["n1/a", "n2/c", 5, 100],
      ["n1/a", "n1/b", 9, 100],
    ],
  });
  const world = new World(picture);
  /** @type {string[]} */
  const told = [];
  world.told = {
    onDirty: (spot) => told.push(`dirty ${spot.name}`),
    onAll: () => told.push("all"),
    onGround: () => told.push("ground"),
    onMoved: (atom, source, target) => told.push(`${atom} ${source}>${target}`),
  };
  picture.onChange((change) => world.follow(change));
  return { picture, world, told };
}

/** Each atom has exactly one seat, at its node, and each place at most one atom. @param {World} world */
function check(world) {
  assert.equal(world.seats.size, world.picture.atoms.size);
  for (const [name, seat] of world.seats) {
    const at = world.picture.atoms.get(name)?.node ?? "";
    assert.equal(seat.spot.name, world.spots.has(at) ? at : "");
    assert.equal(world.spots.get(seat.spot.name), seat.spot);
    assert.equal(seat.spot.crowd.slots[seat.slot], name);
  }
  let fitting = 0;
  for (const spot of world.spots.values()) {
    const there = spot.crowd.slots.filter((each) => each !== null);
    assert.equal(there.length, spot.crowd.count);
    assert.ok(spot.crowd.slots.length <= placesOf(spot.crowd.ring));
    assert.equal(spot.fitting, there.filter((name) => world.seats.get(/** @type {string} */ (name))?.fits).length);
    fitting += spot.fitting;
  }
  assert.equal(world.fittingAtoms, fitting);
}

test("atoms sit at their nodes, those without one beside", () => {
  const { world } = realm();
  check(world);
  assert.equal(world.spots.get("")?.crowd.count, 1);
  assert.equal(world.ways.length, 1);
  assert.equal(world.ways[0]?.messages_per_s, 5);
});

test("a move is told once, and only the two nodes are dirty", () => {
  const { picture, world, told } = realm();
  picture.apply({ atoms: [["n1/a", "n3", "running", []]] });
  assert.deepEqual(
    told.filter((each) => each.includes(">")),
    ["n1/a n1>n3"],
  );
  assert.deepEqual(new Set(told.filter((each) => each.startsWith("dirty"))), new Set(["dirty n1", "dirty n3"]));
  assert.ok(!told.includes("all"));
  check(world);
});

test("a load makes one node dirty, links the ground", () => {
  const { picture, told } = realm();
  picture.apply({ loads: [["n2", 3, 0, 1, null]] });
  picture.apply({ links: [["n2", "n3", 1, 0]] });
  assert.deepEqual(told, ["dirty n2", "ground"]);
});

test("nodes come and go, and atoms that stay without theirs are nowhere", () => {
  const { picture, world } = realm();
  picture.apply({ nodes: [node("n4")], atoms: [["n2/d", "n4", "running", []]] });
  check(world);
  assert.equal(world.spots.has(""), false);
  picture.apply({ gone_nodes: ["n4"] });
  check(world);
  assert.equal(world.spots.get("")?.crowd.count, 1);
  // The atom was told of before its node.
  picture.apply({ atoms: [["n2/d", "n5", "running", []]] });
  picture.apply({ nodes: [node("n5")] });
  check(world);
  assert.equal(world.spots.has(""), false);
});

test("a node that left in order is not shown, but for atoms that it still has", () => {
  const { picture, world } = realm();
  picture.apply({
    nodes: [
      { ...node("n3"), state: "gone" },
      { ...node("n1"), state: "gone" },
    ],
  });
  assert.equal(world.spots.has("n3"), false);
  assert.equal(world.spots.has("n1"), true);
  check(world);
});

test("much that happens, in any order, leaves everybody at one place", () => {
  const { picture, world } = realm();
  let state = 7;
  const chance = (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  world.filterBy("state:running");
  for (let i = 0; i < 400; i += 1) {
    const name = `n1/x${chance(120)}`;
    const at = `n${1 + chance(5)}`;
    const kind = chance(12);
    if (kind < 7) picture.apply({ atoms: [[name, chance(9) ? at : "", chance(3) ? "running" : "ended", []]] });
    else if (kind < 10) picture.apply({ gone_atoms: [name, `n1/x${chance(120)}`] });
    else if (kind < 11) picture.apply({ nodes: [node(at, { tags: chance(2) ? ["zone=a"] : [] })] });
    else picture.apply({ gone_nodes: [at] });
    check(world);
  }
});

test("who fits", () => {
  const { world } = realm();
  const counts = (/** @type {string} */ text) => {
    world.filterBy(text);
    check(world);
    return [world.fittingNodes, world.fittingAtoms];
  };
  assert.deepEqual(counts(""), [3, 4]);
  assert.deepEqual(counts("tag:gpu"), [1, 2]);
  assert.deepEqual(counts("alias:FRONT"), [0, 1]);
  assert.deepEqual(counts("state:leaving node:n1"), [0, 1]);
  assert.deepEqual(counts("n2"), [1, 2]);
  assert.deepEqual(counts("nothing:n2"), [0, 0]);
  assert.deepEqual(counts("name:n2/c"), [0, 1]);
  assert.equal(filterOf("  ").all, true);
});

test("places in a disc: who stays keeps its own, holes are filled, and closed when there are many", () => {
  const crowd = new Crowd();
  const slots = new Map(Array.from({ length: 100 }, (_, i) => [`a${i}`, crowd.add(`a${i}`)]));
  assert.equal(crowd.ring, 6);
  crowd.remove(/** @type {number} */ (slots.get("a5")));
  assert.equal(crowd.add("new"), slots.get("a5"));
  assert.equal(
    crowd.close(() => assert.fail()),
    false,
  );
  for (let i = 10; i < 100; i += 1) {
    crowd.remove(/** @type {number} */ (slots.get(`a${i}`)));
    crowd.close((atom, slot) => slots.set(atom, slot));
  }
  assert.equal(crowd.count, 10);
  assert.ok(crowd.ring <= 3);
});

test("what lies under a point", () => {
  const { world } = realm();
  const look = lookOf(2);
  const at = { x: 0, y: 0 };
  const seat = /** @type {any} */ (world.seats.get("n1/b"));
  seatAt(seat, at);
  assert.deepEqual(pick(world, look, at.x, at.y), { kind: "atom", name: "n1/b" });
  assert.deepEqual(pick(world, look, seat.spot.x, seat.spot.y + NODE * 0.95), { kind: "node", name: "n1" });
  assert.deepEqual(pick(world, lookOf(0.2), at.x, at.y), { kind: "node", name: "n1" });
  assert.equal(pick(world, look, 1e6, 1e6), null);
  assert.ok(dotOf(0) < NODE && dotOf(40) > 0);
});

test("who lies in a direction", () => {
  const { world } = realm();
  const [a, b] = [/** @type {any} */ (world.spots.get("n1")), /** @type {any} */ (world.spots.get("n2"))];
  assert.equal(beside(world, "n1", Math.sign(b.x - a.x), 0), "n2");
  assert.equal(beside(world, "nobody", 1, 0), null);
});

test("a camera keeps what lies under the pointer, and shows all of a box", () => {
  const camera = new Camera();
  camera.resize(800, 600);
  camera.zoomAt(3, 100, 50);
  const [x, y] = [camera.mapX(700), camera.mapY(500)];
  camera.zoomAt(0.4, 700, 500);
  assert.ok(Math.abs(camera.left(x) - 700) < 1e-6 && Math.abs(camera.top(y) - 500) < 1e-6);
  const box = { left: -5000, top: -200, right: 3000, bottom: 900 };
  camera.fit(box, { left: 30, top: 20, right: 60, bottom: 100 });
  assert.ok(camera.left(box.left) >= 30 - 1e-6 && camera.left(box.right) <= 740 + 1e-6);
  assert.ok(camera.top(box.top) >= 20 - 1e-6 && camera.top(box.bottom) <= 500 + 1e-6);
  camera.show(9000, 0);
  assert.ok(camera.left(9000) <= 800 - 60 + 1e-6);
});

/** @param {Flights} flights @param {number} from @param {number} ms */
function fly(flights, from, ms) {
  /** @type {string[]} */
  const ended = [];
  for (let now = from; now <= from + ms; now += 33)
    flights.step(now, (flight) => ended.push(`${flight.phase} ${flight.atom}`));
  return ended;
}
/** @param {number} number @param {number} progress */
const move = (number, progress) => /** @type {any} */ ({ number, atom: "n1/a", source: "n1", target: "n2", progress });

test("a flight follows its move, never ahead of its end, and lands", () => {
  const flights = new Flights();
  flights.under(move(1, 0.1));
  fly(flights, 0, 300);
  flights.under(move(1, 0.6));
  fly(flights, 400, 1500);
  const flight = /** @type {any} */ (flights.all.get("n1/a"));
  assert.ok(flight.shown > 0.55 && flight.shown < 0.7, String(flight.shown));
  flights.under(move(1, 0.2));
  assert.ok(flight.wanted >= 0.6);
  flights.arrived("n1/a", "n1", "n2");
  assert.deepEqual(fly(flights, 2000, 1000), ["landing n1/a"]);
});

test("one that fails goes back; one that was over before it was seen is shown all the same", () => {
  const flights = new Flights();
  flights.under(move(1, 0.9));
  fly(flights, 0, 500);
  flights.failed("n1/a", 1);
  assert.deepEqual(fly(flights, 600, 2000), ["back n1/a"]);
  flights.arrived("n1/a", "n1", "n2");
  assert.deepEqual(fly(flights, 3000, 3000), ["landing n1/a"]);
  flights.failed("n1/a", 1);
  flights.arrived("n1/a", "", "n2");
  assert.equal(flights.all.size, 0);
});

test("of very many, only some are shown one by one", () => {
  const flights = new Flights();
  for (let i = 0; i < MOST * 3; i += 1) flights.arrived(`n/${i}`, "n1", "n2");
  assert.equal(flights.all.size, MOST);
});

test("what events and the picture both tell of is one flight", () => {
  const flights = new Flights();
  flights.under(move(4, 0));
  flights.step(40, () => {});
  flights.arrived("n1/a", "n1", "n2");
  assert.deepEqual(fly(flights, 50, 600), ["landing n1/a"]);
  flights.arrived("n1/a", "n1", "n2");
  assert.equal(flights.all.size, 0);
  flights.arrived("n1/a", "n2", "n3");
  assert.equal(flights.all.size, 1);
});

test("one of which nothing more is heard goes", () => {
  const flights = new Flights();
  flights.under(move(4, 0));
  flights.under({ ...move(5, 0), atom: "n1/b" });
  fly(flights, 0, 6000);
  flights.check(new Map([[5, {}]]));
  assert.deepEqual([...flights.all.keys()], ["n1/b"]);
});
