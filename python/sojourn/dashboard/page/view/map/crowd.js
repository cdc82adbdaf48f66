// @ts-check
/**
 * Which place in its node's disc each atom has. It keeps it while it stays; a newcomer gets the first that is free; the dots get
 * smaller only when a ring is full, and larger again only when two would be empty. Pure.
 */
import { placesOf, ringOf } from "./hexagon.js";

export class Crowd {
  constructor() {
    /** @type {(string|null)[]} */
    this.slots = [];
    this.count = 0;
    this.ring = 0;
    /** @type {number[]} free places below `slots.length`, not in order */
    this._free = [];
  }

  /** @param {string} atom @returns {number} its place */
  add(atom) {
    this.count += 1;
    const slot = this._free.pop() ?? this.slots.length;
    this.slots[slot] = atom;
    if (slot >= placesOf(this.ring)) this.ring = ringOf(slot + 1);
    return slot;
  }

  /** @param {number} slot */
  remove(slot) {
    this.slots[slot] = null;
    this.count -= 1;
    if (slot === this.slots.length - 1) this.slots.pop();
    else this._free.push(slot);
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
    return true;
  }
}
