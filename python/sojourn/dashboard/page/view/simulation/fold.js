// @ts-check
/**
 * What a picture and its changes come to, as the JSON that they are made of: nothing is read into it. A copy costs as much as
 * its maps, for what is in them is shared.
 *
 * Pure: no clock, no document.
 */

/** @typedef {{at?: number, number?: number, role?: string, realm?: string} & Record<string, any>} Change */

/** @param {any} value @returns {any[]} */
const listOf = (value) => (Array.isArray(value) ? value : []);

export class Fold {
  constructor() {
    this.at = 0;
    this.number = 0;
    this.role = "";
    this.realm = "";
    /** @type {string[]} */
    this.columns = [];
    /** @type {any[]} */
    this.traffic = [];
    /** @type {Map<string, any>} */
    this.nodes = new Map();
    /** @type {Map<string, any[]>} */
    this.loads = new Map();
    /** @type {Map<string, any[]>} */
    this.atoms = new Map();
    /** @type {Map<string, any[]>} */
    this.links = new Map();
    /** @type {Map<number, any>} */
    this.moves = new Map();
  }

  /** How many things a copy of it holds on to. */
  get size() {
    return this.nodes.size + this.loads.size + this.atoms.size + this.links.size + this.moves.size;
  }

  copy() {
    const copy = Object.assign(new Fold(), this);
    copy.nodes = new Map(this.nodes);
    copy.loads = new Map(this.loads);
    copy.atoms = new Map(this.atoms);
    copy.links = new Map(this.links);
    copy.moves = new Map(this.moves);
    return copy;
  }

  /** Everything anew. @param {Change} told what `picture` says */
  replace(told) {
    const fresh = new Fold();
    fresh.realm = String(told.realm ?? "");
    fresh.columns = listOf(told.atoms?.columns).map(String);
    Object.assign(this, fresh);
    this.apply({ ...told, atoms: listOf(told.atoms?.rows) });
  }

  /** What changed. @param {Change} told what `change` says */
  apply(told) {
    this._stamp(told);
    for (const node of listOf(told.nodes)) {
      this.nodes.set(node.facts.name, node);
      this.loads.delete(node.facts.name);
    }
    for (const row of listOf(told.loads)) if (this.nodes.has(row[0])) this.loads.set(row[0], row);
    const name = Math.max(0, this.columns.indexOf("name"));
    for (const row of listOf(told.atoms)) this.atoms.set(row[name], row);
    for (const atom of listOf(told.gone_atoms)) this.atoms.delete(atom);
    for (const link of listOf(told.links)) {
      if (link[2] < 0) this.links.delete(keyOf(link));
      else this.links.set(keyOf(link), link);
    }
    if (Array.isArray(told.traffic)) this.traffic = told.traffic;
    for (const move of listOf(told.moves)) this.moves.set(move.number, move);
    for (const number of listOf(told.moves_over)) this.moves.delete(number);
    this._leave(listOf(told.gone_nodes));
  }

  /** It as `picture` says it. */
  told() {
    const nodes = [];
    for (const [name, node] of this.nodes) nodes.push(loaded(node, this.loads.get(name)));
    return {
      at: this.at,
      number: this.number,
      role: this.role,
      realm: this.realm,
      nodes,
      atoms: { columns: this.columns, rows: [...this.atoms.values()] },
      links: [...this.links.values()],
      traffic: this.traffic,
      moves: [...this.moves.values()],
    };
  }

  /** @param {Change} told */
  _stamp(told) {
    this.at = told.at ?? this.at;
    this.number = told.number ?? this.number;
    this.role = told.role ?? this.role;
  }

  /** @param {string[]} gone */
  _leave(gone) {
    if (!gone.length) return;
    for (const name of gone) {
      this.nodes.delete(name);
      this.loads.delete(name);
    }
    for (const [key, [a, b]] of this.links) if (gone.includes(a) || gone.includes(b)) this.links.delete(key);
  }
}

/** A link is one, whichever end told of it. @param {any[]} link */
function keyOf([a, b]) {
  return a < b ? `${a}\n${b}` : `${b}\n${a}`;
}

/**
 * A node with what was told last of its load.
 * @param {any} node
 * @param {any[]|undefined} row
 */
function loaded(node, row) {
  if (!row) return node;
  const [, load, memory_free_bytes, atoms, joules] = row;
  const { energy } = node.facts;
  const left = energy && typeof joules === "number" ? { energy: { ...energy, joules } } : {};
  return { ...node, facts: { ...node.facts, load, memory_free_bytes, atoms, ...left } };
}

/**
 * Several changes, one after the other, as one.
 * @param {readonly Change[]} changes
 * @param {number} name which column of an atom's row is its name
 * @returns {Change}
 */
export function merged(changes, name) {
  if (changes.length === 1) return /** @type {Change} */ (changes[0]);
  /** @type {Change} */
  const whole = {};
  const nodes = new Map();
  const loads = new Map();
  const atoms = new Map();
  const links = new Map();
  const moves = new Map();
  const over = new Set();
  const gone_atoms = new Set();
  const gone_nodes = new Set();
  for (const told of changes) {
    for (const key of ["at", "number", "role", "traffic"]) if (told[key] !== undefined) whole[key] = told[key];
    for (const node of listOf(told.nodes)) {
      nodes.set(node.facts.name, node);
      loads.delete(node.facts.name);
      gone_nodes.delete(node.facts.name);
    }
    for (const row of listOf(told.loads)) loads.set(row[0], row);
    for (const row of listOf(told.atoms)) {
      atoms.set(row[name], row);
      gone_atoms.delete(row[name]);
    }
    for (const atom of listOf(told.gone_atoms)) {
      atoms.delete(atom);
      gone_atoms.add(atom);
    }
    for (const node of listOf(told.gone_nodes)) {
      nodes.delete(node);
      gone_nodes.add(node);
    }
    for (const link of listOf(told.links)) links.set(keyOf(link), link);
    for (const move of listOf(told.moves)) moves.set(move.number, move);
    for (const number of listOf(told.moves_over)) over.add(number);
  }
  if (nodes.size) whole.nodes = [...nodes.values()];
  if (loads.size) whole.loads = [...loads.values()];
  if (atoms.size) whole.atoms = [...atoms.values()];
  if (links.size) whole.links = [...links.values()];
  if (moves.size) whole.moves = [...moves.values()];
  if (over.size) whole.moves_over = [...over];
  if (gone_atoms.size) whole.gone_atoms = [...gone_atoms];
  if (gone_nodes.size) whole.gone_nodes = [...gone_nodes];
  return whole;
}
