// @ts-check
/**
 * What a file is, and what a WebAssembly module says of itself and needs: read from its sections, nothing of it is executed. Pure.
 *
 *   moduleOf(bytes) -> {size, imports: [{module, name, kind}], exports: [{name, kind}], memories: [{pages, most}], functions, said}
 *   fails with WasmError {why: "empty"|"text"|"component"|"other"|"damaged"}
 *
 * The format: WebAssembly Core Specification, 5.5 (binary format of modules). Whoever sends a module checks all of it; this is to show.
 */

/** @typedef {"function"|"table"|"memory"|"global"|"tag"} Kind */
/** @typedef {{module: string, name: string, kind: Kind}} Import */
/** @typedef {{pages: number, most: number|null}} Memory pages of 64 KiB; `most` null: no limit */
/**
 * @typedef {object} Module
 * @property {number} size
 * @property {Import[]} imports
 * @property {{name: string, kind: Kind}[]} exports
 * @property {Memory[]} memories its own
 * @property {number} functions its own
 * @property {[string, string][]} said lines of its custom sections `sojourn`, in order
 */

const MAGIC = [0x00, 0x61, 0x73, 0x6d];
const CUSTOM = 0;
const SECTION = { imports: 2, functions: 3, memories: 5, exports: 7 };
/** @type {Kind[]} */
const KINDS = ["function", "table", "memory", "global", "tag"];
const REFERENCES = new Set([0x63, 0x64]);
// More of a kind than any engine takes is damage.
const MOST = 1_000_000;
const MOST_PAGES = 2 ** 48;
const SAID_BYTES = 65536;

export class WasmError extends Error {
  /** @param {"empty"|"text"|"component"|"other"|"damaged"} why */
  constructor(why) {
    super(why);
    this.why = why;
  }
}

class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  get left() {
    return this.bytes.length - this.at;
  }

  byte() {
    const value = this.bytes[this.at];
    if (value === undefined) throw new WasmError("damaged");
    this.at += 1;
    return value;
  }

  /** LEB128 of at most 64 bits; what a number cannot hold is rounded. */
  number() {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new WasmError("damaged");
  }

  /** How many follow: never more than there are bytes. */
  count() {
    const value = this.number();
    if (value > Math.min(MOST, this.left)) throw new WasmError("damaged");
    return value;
  }

  /** @param {number} length */
  part(length) {
    if (length > this.left) throw new WasmError("damaged");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text() {
    return new TextDecoder().decode(this.part(this.number()));
  }

  /** A type of values or references. */
  skipType() {
    if (REFERENCES.has(this.byte())) this.number();
  }

  /** @returns {Memory} */
  limits() {
    const flags = this.number();
    const pages = Math.min(this.number(), MOST_PAGES);
    const most = flags & 1 ? Math.min(this.number(), MOST_PAGES) : null;
    if (flags & 8) this.number();
    return { pages, most };
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {Module}
 */
export function moduleOf(bytes) {
  refuseOthers(bytes);
  /** @type {Module} */
  const found = { size: bytes.length, imports: [], exports: [], memories: [], functions: 0, said: [] };
  const reader = new Reader(bytes);
  reader.at = 8;
  let annotation = "";
  while (reader.left > 0) {
    const id = reader.byte();
    const section = new Reader(reader.part(reader.number()));
    if (id === CUSTOM) {
      if (section.text() === "sojourn") annotation += `${new TextDecoder().decode(section.part(section.left))}\n`;
    } else if (id === SECTION.imports) found.imports = many(section, readImport);
    else if (id === SECTION.functions) found.functions = section.number();
    else if (id === SECTION.memories) found.memories = many(section, (each) => each.limits());
    else if (id === SECTION.exports) found.exports = many(section, readExport);
  }
  found.said = saidIn(annotation.slice(0, SAID_BYTES));
  return found;
}

/** Says what a file is that is no module. @param {Uint8Array} bytes */
function refuseOthers(bytes) {
  if (bytes.length === 0) throw new WasmError("empty");
  if (MAGIC.every((byte, at) => bytes[at] === byte)) {
    const [version, layer] = [(bytes[4] ?? 0) + 256 * (bytes[5] ?? 0), (bytes[6] ?? 0) + 256 * (bytes[7] ?? 0)];
    if (bytes.length < 8) throw new WasmError("damaged");
    if (layer === 1) throw new WasmError("component");
    if (version !== 1 || layer !== 0) throw new WasmError("other");
    return;
  }
  const begins = new TextDecoder().decode(bytes.subarray(0, 256)).replace(/^(\s|;;[^\n]*\n)+/, "");
  throw new WasmError(/^\((module|component)\b/.test(begins) ? "text" : "other");
}

/**
 * @template T
 * @param {Reader} section
 * @param {(section: Reader) => T} read
 * @returns {T[]}
 */
function many(section, read) {
  const count = section.count();
  const found = [];
  for (let at = 0; at < count; at += 1) found.push(read(section));
  return found;
}

/** @param {Reader} section @returns {Kind} */
function kindOf(section) {
  const kind = KINDS[section.byte()];
  if (!kind) throw new WasmError("damaged");
  return kind;
}

/** @param {Reader} section @returns {Import} */
function readImport(section) {
  const [module, name] = [section.text(), section.text()];
  const kind = kindOf(section);
  if (kind === "function") section.number();
  else if (kind === "memory") section.limits();
  else if (kind === "table") {
    section.skipType();
    section.limits();
  } else if (kind === "global") {
    section.skipType();
    section.byte();
  } else {
    section.byte();
    section.number();
  }
  return { module, name, kind };
}

/** @param {Reader} section */
function readExport(section) {
  const name = section.text();
  const kind = kindOf(section);
  section.number();
  return { name, kind };
}

/**
 * Keys and values of an annotation.
 * @param {string} text
 * @returns {[string, string][]}
 */
function saidIn(text) {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [line, ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    });
}
