// @ts-check
/**
 * The realm as it is now, kept by what a source tells.
 *
 *   picture.realm, .at (Unix seconds of the controller), .number (of the newest event in it), .role ("leading"|...)
 *   picture.nodes: Map(name -> NodeRecord)     defaults filled in; a new object whenever one changes
 *   picture.atoms: Map(name -> AtomRow)        a new object whenever one changes
 *   picture.atomsOf(node) -> Set(names)        atoms that are nowhere: atomsOf("")
 *   picture.links: [[a, b, rtt_ms, bytes_per_s]],  .traffic: [[source, target, messages_per_s, bytes_per_s]]
 *   picture.moves: Map(number -> MoveRow)      those under way
 *   picture.revision                           one more with each change;  .loaded: whether there is any
 *   picture.onChange(f({whole, nodes, loads, atoms, links, traffic, moves, over})) -> off
 *        names of what changed (arrays; `whole`: everything, the arrays are empty); `over`: moves that ended
 *   picture.replace(p), picture.apply(c)       what `GET /v1/picture` says in `picture` and `change`
 *
 * Pure: no clock, no document.
 */
import { atomOf, moveOf, nodeOf } from "./record.js";
import { Told } from "./told.js";

/** @typedef {[string, string, number, number]} Link */
/**
 * @typedef {object} Change
 * @property {boolean} whole
 * @property {string[]} nodes came, changed or went
 * @property {string[]} loads of which only load, free memory, count of atoms or energy changed
 * @property {string[]} atoms came, changed or went
 * @property {boolean} links
 * @property {boolean} traffic
 * @property {number[]} moves began or changed
 * @property {import("./record.js").MoveRow[]} over ended
 */

/** @type {ReadonlySet<string>} */
const NONE = new Set();
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

export class Picture {
  constructor() {
    this.realm = "";
    this.at = 0;
    this.number = 0;
    this.role = "";
    this.loaded = false;
    this.revision = 0;
    /** @type {Map<string, import("./record.js").NodeRecord>} */
    this.nodes = new Map();
    /** @type {Map<string, import("./record.js").AtomRow>} */
    this.atoms = new Map();
    /** @type {Link[]} */
    this.links = [];
    /** @type {Link[]} */
    this.traffic = [];
    /** @type {Map<number, import("./record.js").MoveRow>} */
    this.moves = new Map();
    /** @type {Map<string, Set<string>>} */
    this._byNode = new Map();
    /** @type {Map<string, Link>} */
    this._links = new Map();
    this._columns = COLUMNS;
    /** @type {Told<Change>} */
    this._told = new Told();
  }

  /**
   * @param {(change: Change) => void} told
   * @returns {() => void}
   */
  onChange(told) {
    return this._told.add(told);
  }

  /**
   * Names of the atoms at a node.
   * @param {string} node
   * @returns {ReadonlySet<string>}
   */
  atomsOf(node) {
    return this._byNode.get(node) ?? NONE;
  }

  /**
   * Everything anew.
   * @param {any} told
   */
  replace(told) {
    this.realm = told.realm ?? "";
    this.nodes = new Map();
    for (const each of told.nodes ?? []) this._putNode(nodeOf(each));
    this.atoms = new Map();
    this._byNode = new Map();
    this._columns = told.atoms?.columns ?? COLUMNS;
    for (const row of told.atoms?.rows ?? []) this._putAtom(atomOf(this._columns, row));
    this._links = new Map();
    for (const link of told.links ?? []) this._putLink(link);
    this.links = [...this._links.values()];
    this.traffic = told.traffic ?? [];
    this.moves = new Map();
    for (const each of told.moves ?? []) this.moves.set(each.number, moveOf(each));
    this._stamp(told);
    this.loaded = true;
    this._told.tell({ whole: true, nodes: [], loads: [], atoms: [], links: true, traffic: true, moves: [], over: [] });
  }

  /** Nothing is known: another source begins. */
  clear() {
    this.replace({});
    this.loaded = false;
    this.role = "";
    this.number = 0;
    this.at = 0;
  }

  /**
   * What changed since the last.
   * @param {any} told
   */
  apply(told) {
    const atoms = this._applyAtoms(told);
    const nodes = this._applyNodes(told);
    const loads = this._applyLoads(told.loads ?? []);
    if (told.links) {
      for (const link of told.links) this._putLink(link);
      this.links = [...this._links.values()];
    }
    if (told.traffic) this.traffic = told.traffic;
    const moves = [];
    for (const each of told.moves ?? []) {
      this.moves.set(each.number, moveOf(each));
      moves.push(each.number);
    }
    const over = [];
    for (const number of told.moves_over ?? []) {
      const move = this.moves.get(number);
      if (move) over.push(move);
      this.moves.delete(number);
    }
    this._stamp(told);
    this._told.tell({
      whole: false,
      nodes,
      loads,
      atoms,
      links: Boolean(told.links),
      traffic: Boolean(told.traffic),
      moves,
      over,
    });
  }

  /** @param {any} told */
  _stamp(told) {
    this.at = told.at ?? this.at;
    this.number = told.number ?? this.number;
    this.role = told.role ?? this.role;
    this.revision += 1;
  }

  /** @param {any} told @returns {string[]} */
  _applyAtoms(told) {
    const names = [];
    const rows = Array.isArray(told.atoms) ? told.atoms : (told.atoms?.rows ?? []);
    for (const row of rows) {
      const atom = atomOf(told.atoms?.columns ?? this._columns, row);
      this._putAtom(atom);
      names.push(atom.name);
    }
    for (const name of told.gone_atoms ?? []) {
      const was = this.atoms.get(name);
      if (!was) continue;
      this.atoms.delete(name);
      this._leave(was.node, name);
      names.push(name);
    }
    return names;
  }

  /** @param {any} told @returns {string[]} */
  _applyNodes(told) {
    const names = [];
    for (const each of told.nodes ?? []) {
      const node = nodeOf(each);
      this._putNode(node);
      names.push(node.facts.name);
    }
    const gone = new Set();
    for (const name of told.gone_nodes ?? []) {
      if (!this.nodes.delete(name)) continue;
      gone.add(name);
      names.push(name);
    }
    if (gone.size) {
      for (const [key, [a, b]] of this._links) if (gone.has(a) || gone.has(b)) this._links.delete(key);
      this.links = [...this._links.values()];
    }
    return names;
  }

  /** @param {any[]} loads @returns {string[]} */
  _applyLoads(loads) {
    const names = [];
    for (const [name, load, memory_free_bytes, atoms, joules] of loads) {
      const node = this.nodes.get(name);
      if (!node) continue;
      const energy =
        node.facts.energy && typeof joules === "number" ? { ...node.facts.energy, joules } : node.facts.energy;
      this._putNode({ ...node, facts: { ...node.facts, load, memory_free_bytes, atoms, energy } });
      names.push(name);
    }
    return names;
  }

  /** @param {import("./record.js").NodeRecord} node */
  _putNode(node) {
    this.nodes.set(node.facts.name, node);
  }

  /** @param {import("./record.js").AtomRow} atom */
  _putAtom(atom) {
    const was = this.atoms.get(atom.name);
    this.atoms.set(atom.name, atom);
    if (was?.node === atom.node) return;
    if (was) this._leave(was.node, atom.name);
    const there = this._byNode.get(atom.node);
    if (there) there.add(atom.name);
    else this._byNode.set(atom.node, new Set([atom.name]));
  }

  /** @param {string} node @param {string} name */
  _leave(node, name) {
    const there = this._byNode.get(node);
    there?.delete(name);
    if (there?.size === 0) this._byNode.delete(node);
  }

  /** A link is one, whichever end told of it; one with less than no time is none any more. @param {Link} link */
  _putLink(link) {
    const [a, b, rtt_ms] = link;
    const key = a < b ? `${a}\n${b}` : `${b}\n${a}`;
    if (rtt_ms < 0) this._links.delete(key);
    else this._links.set(key, link);
  }
}
