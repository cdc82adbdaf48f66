// @ts-check
/**
 * Lines of an atom's output: bounded, with what is gone told, searched and wrapped by arithmetic, so that a hundred thousand of
 * them are no burden. Pure.
 *
 *   log.write(text, offset)   log.writeBytes(bytes, offset)   log.lost(from, to)   log.again(offset)
 *   log.rows                  how many rows there are to be drawn, with `log.wrap(columns)` (0: a line is a row)
 *   log.row(i) -> {line, text, first, kind}       `line` grows for ever; `first`: whether the line begins in this row
 *   log.find(text) -> [line, ...]                 ascending;  log.rowOf(line)
 */

/** @typedef {"text"|"lost"|"again"} Kind */
/** @typedef {{text: string, kind: Kind}} Line */
/** @typedef {{line: number, text: string, first: boolean, kind: Kind}} Row */

export const LINES = 100_000;
export const CHARACTERS = 32 * 1024 * 1024;
// A line that is longer is told as several.
export const LINE_CHARACTERS = 8192;
// So many go at once when there are too many: what stands for all of them is made anew then.
const SHARE = 0.1;

const ESCAPE = String.fromCharCode(0x1b);
const CSI = String.fromCharCode(0x9b);
const BELL = String.fromCharCode(0x07);
const FINAL = "[0-?]*[ -/]*[@-~]";
// Control sequences (ECMA-48): CSI in both its forms, strings such as OSC, which bell or ST ends, and single escapes.
const ANSI = new RegExp(
  `(?:${ESCAPE}\\[|${CSI})${FINAL}|${ESCAPE}[\\]PX^_][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)?|${ESCAPE}[ -/]*[0-~]`,
  "g",
);

/**
 * Text without control sequences of terminals.
 * @param {string} text
 */
export function stripped(text) {
  return text.includes(ESCAPE) || text.includes(CSI) ? text.replace(ANSI, "") : text;
}

export class Log {
  constructor(lines = LINES, characters = CHARACTERS) {
    this._most = lines;
    this._mostCharacters = characters;
    this._columns = 0;
    this._ansi = false;
    /** @type {Line[]} */
    this._lines = [];
    /** Number of the first line that is still there. */
    this.first = 0;
    this._characters = 0;
    /** Whether the last line goes on. */
    this._open = false;
    this._decoder = new TextDecoder();
    /** Byte after the last. */
    this.offset = 0;
    /** Rows before each line, and after the last. @type {number[]} */
    this._before = [0];
    /** One more with each change. */
    this.revision = 0;
  }

  get lines() {
    return this._lines.length;
  }

  /** Which form of the text is shown. */
  get shown() {
    return this._ansi ? "whole" : "stripped";
  }

  get rows() {
    return this._columns ? /** @type {number} */ (this._before[this._lines.length]) : this._lines.length;
  }

  /** Whether control sequences are shown. @param {boolean} shown */
  ansi(shown) {
    if (this._ansi === shown) return;
    this._ansi = shown;
    this._measure();
  }

  /** Wraps after so many columns; 0: not at all. @param {number} columns */
  wrap(columns) {
    if (this._columns === columns) return;
    this._columns = columns;
    this._measure();
  }

  /** @param {string} text @param {number} offset number of its first byte @param {number} end number of the byte after it */
  write(text, offset, end) {
    this._check(offset);
    this._put(text);
    this.offset = end;
  }

  /** @param {Uint8Array} bytes @param {number} offset */
  writeBytes(bytes, offset) {
    this._check(offset);
    this._put(this._decoder.decode(bytes, { stream: true }));
    this.offset = offset + bytes.length;
  }

  /** @param {number} from @param {number} to */
  lost(from, to) {
    this._mark("lost", String(to - from));
    this.offset = to;
  }

  /** What follows takes the place of what was written from there on: a mark says so, what was seen stays. @param {number} offset */
  again(offset) {
    // Two who know of it say it once.
    if (this._lines.at(-1)?.kind !== "again") this._mark("again", "");
    this.offset = offset;
  }

  /** What came is not what was to come next: somebody else has dropped something. @param {number} offset */
  _check(offset) {
    if (offset > this.offset && this.offset > 0) this._mark("lost", String(offset - this.offset));
    else if (offset > 0 && this._lines.length === 0) this._mark("lost", String(offset));
  }

  /** @param {Kind} kind @param {string} text */
  _mark(kind, text) {
    this._open = false;
    this._push(text, kind);
    this._trim();
    this.revision += 1;
  }

  /** @param {string} text */
  _put(text) {
    let from = 0;
    while (from < text.length) {
      const feed = text.indexOf("\n", from);
      const end = feed < 0 ? text.length : feed;
      this._append(text.slice(from, end));
      if (feed >= 0) this._close();
      from = end + 1;
    }
    this._trim();
    this.revision += 1;
  }

  /** @param {string} text */
  _append(text) {
    let rest = text;
    if (this._open) {
      const last = /** @type {Line} */ (this._lines.at(-1));
      const room = LINE_CHARACTERS - last.text.length;
      this._replace(last.text + cut(rest, room));
      rest = rest.slice(cut(rest, room).length);
    } else {
      this._push(cut(rest, LINE_CHARACTERS), "text");
      rest = rest.slice(cut(rest, LINE_CHARACTERS).length);
      this._open = true;
    }
    while (rest) {
      const part = cut(rest, LINE_CHARACTERS);
      this._push(part, "text");
      rest = rest.slice(part.length);
    }
  }

  _close() {
    const last = this._lines.at(-1);
    if (!this._open) this._push("", "text");
    else if (last?.text.endsWith("\r")) this._replace(last.text.slice(0, -1));
    this._open = false;
  }

  /** @param {string} text @param {Kind} kind */
  _push(text, kind) {
    const line = { text, kind };
    this._lines.push(line);
    this._characters += text.length;
    const before = this._before;
    before.push(/** @type {number} */ (before[before.length - 1]) + this._rowsOf(line));
  }

  /** @param {string} text of the last line */
  _replace(text) {
    const at = this._lines.length - 1;
    const line = /** @type {Line} */ (this._lines[at]);
    this._characters += text.length - line.text.length;
    const made = { text, kind: line.kind };
    this._lines[at] = made;
    this._before[at + 1] = /** @type {number} */ (this._before[at]) + this._rowsOf(made);
  }

  _trim() {
    if (this._lines.length <= this._most && this._characters <= this._mostCharacters) return;
    let gone = Math.max(0, this._lines.length - Math.floor(this._most * (1 - SHARE)));
    let characters = this._characters;
    for (let i = 0; i < gone; i += 1) characters -= /** @type {Line} */ (this._lines[i]).text.length;
    while (characters > this._mostCharacters * (1 - SHARE) && gone < this._lines.length - 1) {
      characters -= /** @type {Line} */ (this._lines[gone]).text.length;
      gone += 1;
    }
    this._lines = this._lines.slice(gone);
    this._characters = characters;
    this.first += gone;
    this._measure();
  }

  _measure() {
    const before = new Array(this._lines.length + 1);
    before[0] = 0;
    for (let i = 0; i < this._lines.length; i += 1)
      before[i + 1] = before[i] + this._rowsOf(/** @type {Line} */ (this._lines[i]));
    this._before = before;
    this.revision += 1;
  }

  /** @param {Line} line */
  _rowsOf(line) {
    if (!this._columns || line.kind !== "text") return 1;
    return Math.max(1, Math.ceil(this._shown(line).length / this._columns));
  }

  /** @param {Line} line */
  _shown(line) {
    return this._ansi ? line.text : stripped(line.text);
  }

  /**
   * A row as it is to be drawn.
   * @param {number} row
   * @returns {Row|null}
   */
  row(row) {
    if (row < 0 || row >= this.rows) return null;
    if (!this._columns) {
      const line = /** @type {Line} */ (this._lines[row]);
      return { line: this.first + row, text: this._shown(line), first: true, kind: line.kind };
    }
    const at = this._lineAt(row);
    const line = /** @type {Line} */ (this._lines[at]);
    const part = row - /** @type {number} */ (this._before[at]);
    const text =
      line.kind === "text" ? this._shown(line).slice(part * this._columns, (part + 1) * this._columns) : line.text;
    return { line: this.first + at, text, first: part === 0, kind: line.kind };
  }

  /** First row of a line. @param {number} line */
  rowOf(line) {
    const at = Math.max(0, Math.min(this._lines.length - 1, line - this.first));
    return this._columns ? /** @type {number} */ (this._before[at]) : at;
  }

  /** Place of the line that a row belongs to. @param {number} row */
  _lineAt(row) {
    let low = 0;
    let high = this._lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (/** @type {number} */ (this._before[middle]) <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /**
   * Lines that hold a text, in upper or lower case.
   * @param {string} text
   * @param {number} [from] number of the line from which on is looked
   * @returns {number[]}
   */
  find(text, from = 0) {
    const wanted = text.toLowerCase();
    /** @type {number[]} */
    const found = [];
    if (!wanted) return found;
    for (let i = Math.max(0, from - this.first); i < this._lines.length; i += 1) {
      const line = /** @type {Line} */ (this._lines[i]);
      if (line.kind === "text" && this._shown(line).toLowerCase().includes(wanted)) found.push(this.first + i);
    }
    return found;
  }

  /** All of it, as text. */
  text() {
    return this._lines.map((line) => (line.kind === "text" ? this._shown(line) : "")).join("\n");
  }
}

/** The beginning of a text, in which no pair of surrogates is cut. @param {string} text @param {number} most */
function cut(text, most) {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most);
}

/**
 * Where a text stands in another, as [from, to) pairs; at most 100.
 * @param {string} text
 * @param {string} wanted
 * @returns {[number, number][]}
 */
export function places(text, wanted) {
  /** @type {[number, number][]} */
  const found = [];
  if (!wanted) return found;
  const low = text.toLowerCase();
  // Where the lower case is longer, places would be wrong: then nothing is marked.
  if (low.length !== text.length) return found;
  const what = wanted.toLowerCase();
  for (let at = low.indexOf(what); at >= 0 && found.length < 100; at = low.indexOf(what, at + what.length))
    found.push([at, at + what.length]);
  return found;
}

/** A search that goes on where it was when more lines come. */
export class Search {
  constructor() {
    /** @type {Log|null} */
    this._log = null;
    this._key = "";
    /** @type {number[]} */
    this._found = [];
    this._next = 0;
  }

  /**
   * Lines of a log that hold a text.
   * @param {Log} log
   * @param {string} text
   * @returns {readonly number[]}
   */
  of(log, text) {
    const key = `${log.shown} ${text}`;
    if (log !== this._log || key !== this._key) {
      this._log = log;
      this._key = key;
      this._found = [];
      this._next = 0;
    }
    if (!text) return this._found;
    // The last line may have grown, and the first ones may be gone.
    const sure = Math.max(log.first, this._next - 1);
    this._found = [...this._found.filter((line) => line >= log.first && line < sure), ...log.find(text, sure)];
    this._next = log.first + log.lines;
    return this._found;
  }
}
