// @ts-check
/**
 * What the map shows: nodes with their places, atoms with theirs within them, which fit the filter, what of it has changed.
 * Follows the picture; knows nothing of a canvas. Pure: no clock.
 *
 *   world.spots: Map(node -> Spot); "" is the spot of atoms that are nowhere, there only while there are any
 *   world.seats: Map(atom -> Seat {spot, slot, tone, fits})
 *   world.follow(change)  what picture.onChange tells;  world.filter(filter)
 *   onDirty(spot) one has to be drawn again; onAll() everything; onGround() links or traffic
 *   onMoved(atom, source, target) an atom is elsewhere than before
 */
import { Crowd } from "./crowd.js";
import { filterOf } from "./filter.js";
import { APART, boundsOf, layoutOf, NODE } from "./layout.js";
import { toneOf } from "./look.js";

/** @typedef {import("../../core/picture.js").Picture} Picture */
/** @typedef {import("../../core/record.js").NodeRecord} NodeRecord */
/**
 * @typedef {object} Spot
 * @property {string} name
 * @property {number} x
 * @property {number} y
 * @property {NodeRecord|null} record null: the spot of those that are nowhere
 * @property {Crowd} crowd
 * @property {boolean} fits the filter
 * @property {number} fitting how many of its atoms do
 */
/** @typedef {{spot: Spot, slot: number, tone: number, fits: boolean}} Seat */
/** @typedef {{a: Spot, b: Spot, rtt_ms: number, bytes_per_s: number, messages_per_s: number, across: boolean}} Way */

export const NOWHERE = "";
const SILENT = { onDirty: () => {}, onAll: () => {}, onGround: () => {}, onMoved: () => {} };

export class World {
  /** @param {Picture} picture */
  constructor(picture) {
    this.picture = picture;
    /** @type {{onDirty: (spot: Spot) => void, onAll: () => void, onGround: () => void, onMoved: (atom: string, source: string, target: string) => void}} */
    this.told = SILENT;
    this.filter = filterOf("");
    /** @type {import("./layout.js").Layout|null} */
    this.layout = null;
    /** @type {Map<string, Spot>} */
    this.spots = new Map();
    /** @type {Map<string, Seat>} */
    this.seats = new Map();
    /** @type {Way[]} */
    this.ways = [];
    this._byLink = /** @type {any} */ (null);
    this.fittingAtoms = 0;
    this.fittingNodes = 0;
    this.rebuild();
  }

  /** Everything from the picture anew; places stay as they were. */
  rebuild() {
    this.spots = new Map();
    this.seats = new Map();
    this._arrange();
    for (const name of this.picture.atoms.keys()) this._seat(name);
    this._refit();
    this._ways();
    this.told.onAll();
  }

  /** Nodes that are on the map: those that have not left. @returns {NodeRecord[]} */
  nodes() {
    const shown = [];
    for (const node of this.picture.nodes.values()) {
      if (node.state !== "gone" || this.picture.atomsOf(node.facts.name).size) shown.push(node);
    }
    return shown;
  }

  /** Lays the nodes out; spots that were there stay the same objects. */
  _arrange() {
    const nodes = this.nodes();
    const lying = nodes.map(({ facts }) => ({
      name: facts.name,
      tags: facts.tags,
      kind: facts.kind,
      position: facts.position,
    }));
    this.layout = layoutOf(lying, this.layout);
    const before = this.spots;
    this.spots = new Map();
    for (const record of nodes) {
      const { name } = record.facts;
      const place = /** @type {import("./layout.js").Place} */ (this.layout.places.get(name));
      const spot = before.get(name) ?? spotOf(name);
      spot.record = record;
      spot.x = place.x;
      spot.y = place.y;
      this.spots.set(name, spot);
    }
    const nowhere = before.get(NOWHERE);
    if (nowhere?.crowd.count) this._keepNowhere(nowhere);
  }

  /** Those that are nowhere wait below all nodes. @param {Spot} spot */
  _keepNowhere(spot) {
    const box = boundsOf(/** @type {import("./layout.js").Layout} */ (this.layout));
    spot.x = box.left + NODE * 1.7;
    spot.y = box.bottom + APART * 0.6;
    this.spots.set(NOWHERE, spot);
  }

  /** The box that all of it takes. */
  bounds() {
    const box = boundsOf(/** @type {import("./layout.js").Layout} */ (this.layout));
    const nowhere = this.spots.get(NOWHERE);
    return nowhere ? { ...box, bottom: Math.max(box.bottom, nowhere.y + NODE * 1.7) } : box;
  }

  /** @param {import("../../core/picture.js").Change} change */
  follow(change) {
    if (change.whole) return this.rebuild();
    // Atoms may name nodes that came with them, and nodes may stay only for their atoms.
    if (change.nodes.length) this._nodesChanged(change.nodes);
    for (const name of change.atoms) this._atomChanged(name);
    for (const name of change.loads) this._loadChanged(name);
    if (change.links || change.traffic) {
      this._ways();
      this.told.onGround();
    }
    return undefined;
  }

  /** @param {string[]} names */
  _nodesChanged(names) {
    let anew = false;
    for (const name of names) {
      const record = this.picture.nodes.get(name);
      const spot = this.spots.get(name);
      const lies = spot?.record && record && sameLying(spot.record, record);
      if (!lies) anew = true;
      else {
        spot.record = record;
        this._fitSpot(spot);
        this.told.onDirty(spot);
      }
    }
    if (!anew) return;
    const gone = new Set(this.spots.keys());
    this._arrange();
    for (const name of this.spots.keys()) gone.delete(name);
    for (const [atom, seat] of this.seats) if (gone.has(seat.spot.name) || seat.spot.name === NOWHERE) this._seat(atom);
    this._refit();
    this._ways();
    this.told.onAll();
  }

  /** @param {string} name */
  _loadChanged(name) {
    const spot = this.spots.get(name);
    const record = this.picture.nodes.get(name);
    if (!spot || !record) return;
    spot.record = record;
    this.told.onDirty(spot);
  }

  /** @param {string} name */
  _atomChanged(name) {
    const before = this.seats.get(name);
    const from = before?.spot.name;
    const seat = this._seat(name);
    if (before && seat && from !== seat.spot.name)
      this.told.onMoved(name, /** @type {string} */ (from), seat.spot.name);
  }

  /**
   * Gives an atom the seat that it is to have now, or takes it away where it is gone.
   * @param {string} name
   * @returns {Seat|null}
   */
  _seat(name) {
    const atom = this.picture.atoms.get(name);
    let seat = this.seats.get(name) ?? null;
    if (!atom) {
      if (seat) this._leave(name, seat);
      this.seats.delete(name);
      return null;
    }
    const spot = this.spots.get(atom.node) ?? this._nowhere();
    if (seat && seat.spot !== spot) {
      this._leave(name, seat);
      seat = null;
    }
    if (!seat) {
      seat = { spot, slot: spot.crowd.add(name), tone: 0, fits: false };
      this.seats.set(name, seat);
    }
    const fits = this.filter.all || this.filter.atom(atom, spot.record ?? undefined);
    if (fits !== seat.fits) {
      const by = fits ? 1 : -1;
      this.fittingAtoms += by;
      spot.fitting += by;
    }
    seat.fits = fits;
    seat.tone = toneOf(atom.state);
    this.told.onDirty(spot);
    return seat;
  }

  /** @param {string} name @param {Seat} seat */
  _leave(name, { spot, slot, fits }) {
    this.seats.delete(name);
    spot.crowd.remove(slot);
    if (fits) {
      this.fittingAtoms -= 1;
      spot.fitting -= 1;
    }
    spot.crowd.close((atom, place) => {
      const seat = this.seats.get(atom);
      if (seat) seat.slot = place;
    });
    this.told.onDirty(spot);
    if (spot.name === NOWHERE && !spot.crowd.count) {
      this.spots.delete(NOWHERE);
      this.told.onAll();
    }
  }

  /** @returns {Spot} */
  _nowhere() {
    const there = this.spots.get(NOWHERE);
    if (there) return there;
    const spot = spotOf(NOWHERE);
    this._keepNowhere(spot);
    this._fitSpot(spot);
    this.told.onAll();
    return spot;
  }

  /** @param {string} text */
  filterBy(text) {
    if (text === this.filter.text) return;
    this.filter = filterOf(text);
    this._refit();
    this.told.onAll();
  }

  /** Which fit, from the beginning. */
  _refit() {
    this.fittingAtoms = 0;
    this.fittingNodes = 0;
    for (const spot of this.spots.values()) {
      spot.fits = false;
      spot.fitting = 0;
      this._fitSpot(spot);
    }
    for (const [name, seat] of this.seats) {
      const atom = /** @type {import("../../core/record.js").AtomRow} */ (this.picture.atoms.get(name));
      seat.fits = this.filter.all || this.filter.atom(atom, seat.spot.record ?? undefined);
      if (!seat.fits) continue;
      this.fittingAtoms += 1;
      seat.spot.fitting += 1;
    }
  }

  /** @param {Spot} spot */
  _fitSpot(spot) {
    const fits = this.filter.all || (spot.record !== null && this.filter.node(spot.record));
    if (fits !== spot.fits && spot.record) this.fittingNodes += fits ? 1 : -1;
    spot.fits = fits;
  }

  /** Links, and traffic between atoms as traffic between their nodes. */
  _ways() {
    /** @type {Map<string, Way>} */
    const found = new Map();
    for (const [a, b, rtt_ms, bytes_per_s] of this.picture.links) {
      const way = this._way(found, a, b);
      if (!way) continue;
      way.rtt_ms = rtt_ms;
      way.bytes_per_s = bytes_per_s;
    }
    for (const [source, target, messages] of this.picture.traffic) {
      const [a, b] = [this.seats.get(source)?.spot.name, this.seats.get(target)?.spot.name];
      if (!a || !b || a === b) continue;
      const way = this._way(found, a, b);
      if (way) way.messages_per_s += messages;
    }
    this.ways = [...found.values()];
  }

  /** @param {Map<string, Way>} found @param {string} one @param {string} other @returns {Way|null} */
  _way(found, one, other) {
    const [a, b] = [this.spots.get(one), this.spots.get(other)];
    if (!a || !b || a === b) return null;
    const key = one < other ? `${one}\n${other}` : `${other}\n${one}`;
    let way = found.get(key);
    if (!way) {
      const zones = this.layout?.places;
      const across = zones?.get(one)?.zone !== zones?.get(other)?.zone;
      way = { a, b, rtt_ms: 0, bytes_per_s: 0, messages_per_s: 0, across };
      found.set(key, way);
    }
    return way;
  }
}

/** @param {string} name @returns {Spot} */
function spotOf(name) {
  return { name, x: 0, y: 0, record: null, crowd: new Crowd(), fits: true, fitting: 0 };
}

/** Whether a node lies where it lay: nothing that the layout asks for has changed. @param {NodeRecord} a @param {NodeRecord} b */
function sameLying(a, b) {
  const [p, q] = [a.facts.position, b.facts.position];
  return (
    a.facts.kind === b.facts.kind &&
    (a.state === "gone") === (b.state === "gone") &&
    p?.x === q?.x &&
    p?.y === q?.y &&
    a.facts.tags.length === b.facts.tags.length &&
    a.facts.tags.every((tag, i) => tag === b.facts.tags[i])
  );
}
