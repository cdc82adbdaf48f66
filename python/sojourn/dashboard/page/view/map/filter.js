// @ts-check
/**
 * What the filter of the map asks for: words, all of which must fit. `tag:gpu`, `alias:worker`, `node:node-1`, `state:lost`,
 * `name:lua`, `module:3f2a`, `group:web` fit one field; a plain word fits any. Upper and lower case are the same. Pure.
 *
 *   const filter = filterOf("lua tag:gpu");  filter.all (it asks for nothing);  filter.node(record), filter.atom(row, node)
 *
 * A node fits by its own fields; an atom by its own and, for `tag:` and `node:`, those of its node.
 */

/** @typedef {import("../../core/record.js").NodeRecord} NodeRecord */
/** @typedef {import("../../core/record.js").AtomRow} AtomRow */
/** @typedef {{field: string, text: string}} Word */

const FIELDS = new Set(["tag", "alias", "node", "state", "name", "module", "group", "zone", "engine", "arch"]);

/** @param {string} text @returns {Word[]} */
export function wordsOf(text) {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => {
      const at = word.indexOf(":");
      const field = word.slice(0, Math.max(0, at));
      return FIELDS.has(field) ? { field, text: word.slice(at + 1) } : { field: "", text: word };
    });
}

export class Filter {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.words = wordsOf(text);
    this.all = this.words.length === 0;
  }

  /** @param {NodeRecord} node */
  node(node) {
    return this.words.every((word) => nodeFits(node, word));
  }

  /** @param {AtomRow} atom @param {NodeRecord|undefined} node where it is */
  atom(atom, node) {
    return this.words.every((word) => atomFits(atom, node, word));
  }
}

/** @param {string} text */
export function filterOf(text) {
  return new Filter(text);
}

/** @param {string} text @param {string} part */
function has(text, part) {
  return text.toLowerCase().includes(part);
}

/** @param {readonly string[]} texts @param {string} part */
function anyHas(texts, part) {
  for (const text of texts) if (has(text, part)) return true;
  return false;
}

/** @param {NodeRecord} node */
function statesOf(node) {
  return [node.state, node.cordoned ? "cordoned" : "", node.draining ? "draining" : ""].filter(Boolean);
}

/** @param {NodeRecord} node @param {Word} word */
function nodeFits(node, { field, text }) {
  const { facts } = node;
  switch (field) {
    case "tag":
    case "zone":
      return anyHas(facts.tags, text);
    case "node":
    case "name":
      return has(facts.name, text);
    case "state":
      return anyHas(statesOf(node), text);
    case "engine":
      return anyHas(facts.engines, text);
    case "arch":
      return has(facts.arch, text);
    case "":
      return has(facts.name, text) || anyHas(facts.tags, text) || anyHas(statesOf(node), text) || has(facts.arch, text);
    default:
      return false;
  }
}

/** @param {AtomRow} atom @param {NodeRecord|undefined} node @param {Word} word */
function atomFits(atom, node, { field, text }) {
  switch (field) {
    case "tag":
    case "zone":
    case "engine":
    case "arch":
      return node !== undefined && nodeFits(node, { field, text });
    case "alias":
      return anyHas(atom.aliases, text);
    case "node":
      return has(atom.node, text);
    case "name":
      return has(atom.name, text);
    case "state":
      return has(atom.state, text);
    case "module":
      return atom.module.startsWith(text);
    case "group":
      return has(atom.group, text);
    default:
      return (
        has(atom.name, text) ||
        anyHas(atom.aliases, text) ||
        has(atom.node, text) ||
        has(atom.state, text) ||
        has(atom.group, text) ||
        (text.length >= 6 && atom.module.startsWith(text))
      );
  }
}
