// @ts-check
/**
 * What a recording says where a view would ask the controller: nodes, atoms, moves, the past of a node. Pure.
 *
 *   answerOf(recording, picture, path, query) -> what GET answers, or undefined: the recording does not say
 */

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {import("../../core/picture.js").Picture} Picture */

// Points of a node's past.
const POINTS = 240;
const FACTS = /** @type {const} */ (["load", "memory_free_bytes", "atoms", "joules"]);

/**
 * @param {Recording} recording
 * @param {Picture} picture
 * @param {string} path
 * @param {Record<string, any>} [query]
 */
export function answerOf(recording, picture, path, query = {}) {
  const [, version, what, ...names] = path.split("/").map(decodeURIComponent);
  if (version !== "v1") return undefined;
  if (what === "nodes" && names.length === 1) return picture.nodes.get(names[0] ?? "");
  if (what === "nodes" && names.length === 2 && names[1] === "history")
    return past(recording, picture.at, names[0] ?? "");
  if (what === "atoms" && names.length === 2) return atomOf(picture.atoms.get(names.join("/")));
  if (what === "moves" && names.length === 0) return { items: moves(recording, picture.at, query) };
  if (what === "moves" && names.length === 1)
    return moves(recording, picture.at, {}).find((move) => move.number === Number(names[0]));
  if (what === "session") return { name: "", scopes: ["read"], open: true, trace_address: "" };
  return undefined;
}

/** A row as the record that REST has. @param {import("../../core/record.js").AtomRow|undefined} row */
function atomOf(row) {
  if (!row) return undefined;
  const { policy, group, aliases, ...rest } = row;
  return { ...rest, epoch: 0, spec: { policy, group } };
}

/**
 * A node from the beginning up to a time, at no more than `POINTS` times.
 * @param {Recording} recording
 * @param {number} until
 * @param {string} node
 */
function past(recording, until, node) {
  /** @type {Record<string, (number|null)[]>} */
  const told = { at: [], load: [], memory_free_bytes: [], atoms: [], joules: [], rtt_ms: [] };
  const every_s = Math.max(1, (until - recording.begins) / POINTS);
  const named = JSON.stringify(node);
  let next = Number.NEGATIVE_INFINITY;
  const count = recording.lineAt(until);
  for (let i = 0; i < count; i += 1) {
    const at = recording.timeOf(i);
    if (at < next || !recording.mentions(i, named)) continue;
    const row = rowOf(recording.change(i), node);
    if (!row) continue;
    next = at + every_s;
    told.at?.push(at);
    for (const [place, fact] of FACTS.entries()) told[fact]?.push(typeof row[place] === "number" ? row[place] : null);
    told.rtt_ms?.push(null);
  }
  return { every_s, ...told };
}

/**
 * What a change says of a node's load, in the order of `FACTS`.
 * @param {import("./fold.js").Change} change
 * @param {string} name
 */
function rowOf(change, name) {
  const row = change.loads?.find((/** @type {any[]} */ each) => each[0] === name);
  if (row) return row.slice(1);
  const node = change.nodes?.find((/** @type {any} */ each) => each.facts.name === name);
  if (!node) return null;
  const { load = 0, memory_free_bytes = 0, atoms = 0, energy } = node.facts;
  return [load, memory_free_bytes, atoms, energy?.joules];
}

/**
 * Moves up to a time as records, the newest first, as their events tell of them.
 * @param {Recording} recording
 * @param {number} until
 * @param {Record<string, any>} query
 */
function moves(recording, until, { atom = "", since = 0, until: before = 0 }) {
  /** @type {Map<number, any>} */
  const found = new Map();
  for (const event of recording.events.slice(0, recording.eventsUntil(until))) {
    const data = /** @type {Record<string, any>} */ (event.data ?? {});
    const { number } = data;
    if (event.kind === "atom.moves" && typeof number === "number") {
      found.set(number, { ...moveOf(event.subject, data), decided_at: event.at, state: "decided" });
    } else if ((event.kind === "atom.moved" || event.kind === "atom.refused") && found.has(number)) {
      const state = event.kind === "atom.moved" ? "done" : "failed";
      found.set(number, { ...found.get(number), ...measured(data), state });
    }
  }
  const fits = (/** @type {any} */ move) =>
    (!atom || move.atom === atom) && move.decided_at >= since && (!before || move.decided_at < before);
  return [...found.values()].filter(fits).reverse();
}

/** @param {string} atom @param {Record<string, any>} data */
function moveOf(atom, data) {
  const { number, source = "", node: target = "", cause = "", gain = 0, cost = 0, trace = "" } = data;
  return {
    number,
    atom,
    source,
    target,
    cause,
    gain,
    cost,
    trace,
    total_ms: 0,
    downtime_ms: 0,
    bytes: 0,
    rounds: 0,
    error: "",
  };
}

/** @param {Record<string, any>} data */
function measured({ total_ms = 0, downtime_ms = 0, bytes = 0, rounds = 0, error = "" }) {
  return { total_ms, downtime_ms, bytes, rounds, error };
}
