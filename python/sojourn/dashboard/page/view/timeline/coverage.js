/**
 * Which events are here. Numbers have no gaps, so what lies between two that are here and is not here is missing.
 *
 * @typedef {object} Span
 * @property {number} first Number of its first event.
 * @property {number} last
 * @property {number} from When the first was.
 * @property {number} to
 *
 * @typedef {object} Hole Events that are not here.
 * @property {number} first
 * @property {number} last
 * @property {number} from When the event before them was.
 * @property {number} to When the event after them was.
 */

/** Spans of numbers, apart from one another, in order. */
export class Coverage {
  constructor() {
    /** @type {Span[]} */
    this.spans = [];
  }

  /**
   * Events are here now: in order, but not all of a kind may be among them.
   *
   * @param {readonly {number: number, at: number}[]} events
   */
  add(events) {
    /** @type {Span | undefined} */
    let span;
    for (const { number, at } of events) {
      if (span !== undefined && number === span.last + 1) {
        span.last = number;
        span.to = at;
      } else {
        this._put(span);
        span = { first: number, last: number, from: at, to: at };
      }
    }
    this._put(span);
  }

  /** Number of the oldest; 0: there is none. */
  get first() {
    return this.spans[0]?.first ?? 0;
  }

  /** When the oldest was; Infinity: there is none. */
  get from() {
    return this.spans[0]?.from ?? Number.POSITIVE_INFINITY;
  }

  /** What is missing between what is here, the oldest first. @returns {Hole[]} */
  get holes() {
    /** @type {Hole[]} */
    const holes = [];
    for (let at = 1; at < this.spans.length; at += 1) {
      const [before, after] = [this.spans[at - 1], this.spans[at]];
      if (before !== undefined && after !== undefined) {
        holes.push({ first: before.last + 1, last: after.first - 1, from: before.to, to: after.from });
      }
    }
    return holes;
  }

  /** @param {Span | undefined} span */
  _put(span) {
    if (span === undefined) {
      return;
    }
    const newest = this.spans.at(-1);
    if (newest !== undefined && span.first === newest.last + 1) {
      newest.last = span.last;
      newest.to = span.to;
      return;
    }
    this.spans.push(span);
    this.spans.sort((a, b) => a.first - b.first);
    this.spans = joined(this.spans);
  }
}

/**
 * Those that touch or overlap as one.
 *
 * @param {readonly Span[]} spans
 */
function joined(spans) {
  /** @type {Span[]} */
  const apart = [];
  for (const span of spans) {
    const before = apart.at(-1);
    if (before === undefined || span.first > before.last + 1) {
      apart.push({ ...span });
    } else if (span.last > before.last) {
      before.last = span.last;
      before.to = span.to;
    }
  }
  return apart;
}
