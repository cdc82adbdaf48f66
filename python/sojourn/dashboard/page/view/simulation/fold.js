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
  const merge = new Merge(name);
  for (const told of changes) merge.take(told);
  return merge.told();
}

/** What is told last of each holds. */
class Merge {
  /** @param {number} name */
  constructor(name) {
    this._name = name;
    /** @type {Change} */
    this._plain = {};
    /** @type {Record<string, Map<any, any>>} */
    this._rows = { nodes: new Map(), loads: new Map(), atoms: new Map(), links: new Map(), moves: new Map() };
    /** @type {Record<string, Set<any>>} */
    this._names = { gone_nodes: new Set(), gone_atoms: new Set(), moves_over: new Set() };
  }

  /** @param {Change} told */
  take(told) {
    for (const key of ["at", "number", "role", "traffic"]) if (told[key] !== undefined) this._plain[key] = told[key];
    for (const node of listOf(told.nodes)) {
      this._put("nodes", node.facts.name, node, "gone_nodes");
      this._rows.loads?.delete(node.facts.name);
    }
    for (const row of listOf(told.loads)) this._put("loads", row[0], row);
    for (const row of listOf(told.atoms)) this._put("atoms", row[this._name], row, "gone_atoms");
    for (const link of listOf(told.links)) this._put("links", keyOf(link), link);
    for (const move of listOf(told.moves)) this._put("moves", move.number, move);
    this._drop("atoms", "gone_atoms", told);
    this._drop("nodes", "gone_nodes", told);
    for (const number of listOf(told.moves_over)) this._names.moves_over?.add(number);
  }

  told() {
    const whole = { ...this._plain };
    for (const [key, rows] of Object.entries(this._rows)) if (rows.size) whole[key] = [...rows.values()];
    for (const [key, names] of Object.entries(this._names)) if (names.size) whole[key] = [...names];
    return whole;
  }

  /** @param {string} what @param {any} key @param {any} row @param {string} [gone] what it is no longer in */
  _put(what, key, row, gone = "") {
    this._rows[what]?.set(key, row);
    this._names[gone]?.delete(key);
  }

  /** @param {string} what @param {string} gone @param {Change} told */
  _drop(what, gone, told) {
    for (const key of listOf(told[gone])) {
      this._rows[what]?.delete(key);
      this._names[gone]?.add(key);
    }
  }
}
