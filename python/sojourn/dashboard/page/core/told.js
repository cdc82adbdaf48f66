// @ts-check
/** Those who want to know: `const told = new Told(); const off = told.add(f); told.tell(value)`. One that fails stops no other. */

/** @template T */
export class Told {
  constructor() {
    /** @type {Set<(value: T) => void>} */
    this._who = new Set();
  }

  /**
   * @param {(value: T) => void} who
   * @returns {() => void} ends it
   */
  add(who) {
    this._who.add(who);
    return () => {
      this._who.delete(who);
    };
  }

  /** @param {T} value */
  tell(value) {
    for (const who of this._who) {
      try {
        who(value);
      } catch (error) {
        console.error(error);
      }
    }
  }
}
