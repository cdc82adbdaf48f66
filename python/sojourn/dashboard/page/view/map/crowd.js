// @ts-check
/**
 * Which place in its node's disc each atom has. It keeps it while it stays; a newcomer gets the first that is free; the dots get
 * smaller only when a ring is full, and larger again only when two would be empty. Pure.
 */
import { hexagon, placesOf, ringOf } from "./hexagon.js";

/** Rings up to which it is centred. */
const FEW = 1;

export class Crowd {
  constructor() {
    /** @type {(string|null)[]} */
    this.slots = [];
    this.count = 0;
    this.ring = 0;
    /** @type {number[]} free places below `slots.length`, not in order */
    this._free = [];
    /** Where the middle of those that are there lies, from that of the places; nought where there are many. */
    this.middle = { x: 0, y: 0 };
  }

  /** A few are shown in the middle of their node, whichever places they have. */
  _centre() {
    this.middle.x = 0;
    this.middle.y = 0;
    if (this.ring > FEW || !this.count) return;
    const table = hexagon(this.slots.length);
    let [x, y] = [0, 0];
    this.slots.forEach((atom, slot) => {
      if (atom === null) return;
      x += /** @type {number} */ (table[slot * 2]);
      y += /** @type {number} */ (table[slot * 2 + 1]);
    });
    this.middle.x = x / this.count;
    this.middle.y = y / this.count;
  }

  /** @param {string} atom @returns {number} its place */
  add(atom) {
    this.count += 1;
    const slot = this._free.pop() ?? this.slots.length;
    this.slots[slot] = atom;
    if (slot >= placesOf(this.ring)) this.ring = ringOf(slot + 1);
    this._centre();
    return slot;
  }

  /** @param {number} slot */
  remove(slot) {
    this.slots[slot] = null;
    this.count -= 1;
    if (slot === this.slots.length - 1) this.slots.pop();
    else this._free.push(slot);
    this._centre();
  }

  /**
   * Closes the holes, where there are so many that dots could be larger by two rings.
   * @param {(atom: string, slot: number) => void} moved who has another place now
   * @returns {boolean} whether any has
   */
  close(moved) {
    const wanted = ringOf(this.count);
    if (wanted > this.ring - 2 && !(this.count <= 1 && this.ring > 0)) return false;
    /** @type {(string|null)[]} */
    const slots = [];
    for (const atom of this.slots) {
      if (atom === null) continue;
      moved(atom, slots.length);
      slots.push(atom);
    }
    this.slots = slots;
    this._free = [];
    this.ring = wanted;
    this._centre();
    return true;
  }
}
