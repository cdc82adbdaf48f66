// @ts-check
/**
 * Shapes of what the page holds. Only types: nothing here runs but the defaults that answers leave out.
 *
 * @typedef {object} Energy
 * @property {string} source
 * @property {number} joules
 * @property {number} capacity_joules
 * @property {number} harvest_watts
 * @property {number} idle_watts
 * @property {number} core_watts
 * @property {boolean} mains
 *
 * @typedef {object} NodeFacts as docs/reference/rest.md, with the defaults filled in
 * @property {string} name
 * @property {string} kind
 * @property {number} incarnation
 * @property {string} arch
 * @property {string} system
 * @property {string[]} engines
 * @property {string[]} functions
 * @property {string[]} tags
 * @property {number} cores
 * @property {number} speed
 * @property {number} load cores that are busy
 * @property {number} memory_bytes
 * @property {number} memory_free_bytes
 * @property {number} atoms
 * @property {number} max_atoms
 * @property {number} euro_per_hour
 * @property {Energy|null} energy
 * @property {boolean} low_energy
 * @property {{x: number, y: number, z?: number}|null} position
 * @property {string} version
 * @property {number} uptime_s
 * @property {boolean} hosts
 *
 * @typedef {object} NodeRecord
 * @property {NodeFacts} facts
 * @property {"up"|"lost"|"gone"} state
 * @property {number} seen_at
 * @property {boolean} cordoned
 * @property {boolean} draining
 * @property {string} door
 *
 * @typedef {object} AtomRow an atom as the picture has it
 * @property {string} name
 * @property {string} node
 * @property {string} state
 * @property {string} module
 * @property {number} cores
 * @property {number} memory_bytes
 * @property {number} queue
 * @property {number} since
 * @property {string} group
 * @property {string} kind
 * @property {string} wish
 * @property {string} reason
 * @property {string} policy
 * @property {string[]} aliases each as `scope:alias`
 *
 * @typedef {object} MoveRow a move that is under way
 * @property {number} number
 * @property {string} atom
 * @property {string} source
 * @property {string} target
 * @property {string} cause
 * @property {number} decided_at
 * @property {string} phase
 * @property {number} progress 0 to 1
 * @property {number} rounds
 * @property {number} bytes
 *
 * @typedef {object} RealmEvent
 * @property {number} number
 * @property {number} at
 * @property {string} kind
 * @property {string} subject
 * @property {string} text
 * @property {Record<string, string|number|boolean>} [data]
 */

/** @type {NodeFacts} */
const FACTS = Object.freeze({
  name: "",
  kind: "",
  incarnation: 0,
  arch: "",
  system: "",
  engines: ["wasmtime"],
  functions: [],
  tags: [],
  cores: 1,
  speed: 1,
  load: 0,
  memory_bytes: 0,
  memory_free_bytes: 0,
  atoms: 0,
  max_atoms: 20000,
  euro_per_hour: 0,
  energy: null,
  low_energy: false,
  position: null,
  version: "",
  uptime_s: 0,
  hosts: true,
});

/** @type {Energy} */
const ENERGY = Object.freeze({
  source: "declared",
  joules: 0,
  capacity_joules: 0,
  harvest_watts: 0,
  idle_watts: 0,
  core_watts: 0,
  mains: false,
});

/** @type {AtomRow} */
const ATOM = Object.freeze({
  name: "",
  node: "",
  state: "running",
  module: "",
  cores: 0,
  memory_bytes: 0,
  queue: 0,
  since: 0,
  group: "",
  kind: "",
  wish: "run",
  reason: "",
  policy: "objective",
  aliases: /** @type {string[]} */ ([]),
});

/** @type {MoveRow} */
const MOVE = Object.freeze({
  number: 0,
  atom: "",
  source: "",
  target: "",
  cause: "",
  decided_at: 0,
  phase: "",
  progress: 0,
  rounds: 0,
  bytes: 0,
});

/**
 * A node with the defaults that its JSON leaves out.
 * @param {any} told
 * @returns {NodeRecord}
 */
export function nodeOf(told) {
  const facts = { ...FACTS, ...told.facts };
  if (facts.energy) facts.energy = { ...ENERGY, ...facts.energy };
  return { state: "up", seen_at: 0, cordoned: false, draining: false, door: "", ...told, facts };
}

/**
 * An atom from a row, by the columns of the picture.
 * @param {readonly string[]} columns
 * @param {readonly any[]} row
 * @returns {AtomRow}
 */
export function atomOf(columns, row) {
  /** @type {any} */
  const atom = { ...ATOM };
  for (let i = 0; i < columns.length; i += 1) {
    const told = row[i];
    if (told !== null && told !== undefined) atom[/** @type {string} */ (columns[i])] = told;
  }
  if (atom.aliases.length) atom.aliases = atom.aliases.map(aliasOf);
  return atom;
}

/** An alias and its scope in one word. @param {any} told a pair, or a text */
function aliasOf(told) {
  if (!Array.isArray(told)) return String(told);
  return told[0] ? `${told[0]}:${told[1]}` : String(told[1]);
}

/**
 * @param {any} told
 * @returns {MoveRow}
 */
export function moveOf(told) {
  return { ...MOVE, ...told };
}

/**
 * Path of an atom under `/v1/atoms/`: node of its birth and local name, each escaped.
 * @param {string} name its global name
 */
export function atomPath(name) {
  const at = name.indexOf("/");
  return `/v1/atoms/${encodeURIComponent(name.slice(0, at))}/${encodeURIComponent(name.slice(at + 1))}`;
}

/**
 * Its local name: what comes after the node of its birth.
 * @param {string} name its global name
 */
export function localName(name) {
  return name.slice(name.indexOf("/") + 1);
}
