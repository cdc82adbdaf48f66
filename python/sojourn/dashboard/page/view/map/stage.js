// @ts-check
/**
 * Draws the map on three canvases over each other: ground (zones, links), nodes (with their atoms), overlay (what moves).
 * Draws only when something has changed: a node that has is drawn again alone; the overlay goes on while atoms are on their way.
 *
 *   const stage = new Stage(element, app.picture, app.events)     element holds three <canvas>
 *   stage.camera, stage.world, stage.marked                       change them, then stage.draw("all"|"overlay")
 *   stage.fit(), stage.show(node), stage.select({node?, atom?}), stage.end()
 *   stage.onDrawn: told after everything moved (the camera), so that what lies over it can follow
 */

import { onScheme } from "../../core/colour.js";
import { Camera } from "./camera.js";
import { paintSpot, reachOf } from "./disc.js";
import { Flights } from "./flight.js";
import { paintGround } from "./ground.js";
import { inkOf } from "./ink.js";
import { lookOf } from "./look.js";
import { paintFlashes, paintFlights, paintMarked } from "./overlay.js";
import { World } from "./world.js";

/** With many nodes, a frame every 33 ms: half of what a screen can, and nobody sees the difference. */
const FRAME_MS = 30;
const MANY = 60;
const FLASHES_MOST = 60;
const NARROW = { left: 8, top: 36, right: 48, bottom: 76 };
/** From so many dirty nodes on, everything is drawn: that is less work. */
const DIRTY_PART = 0.5;

/** Kinds of events that flash: at the node that they tell of. @type {Record<string, "bad"|"good">} */
const FLASHING = {
  "atom.refused": "bad",
  "atom.down": "bad",
  "atom.falls": "bad",
  "atom.gone": "bad",
  "atom.unplaced": "bad",
  "node.lost": "bad",
  "atom.started": "good",
  "atom.restored": "good",
  "node.up": "good",
  "node.back": "good",
};

/** What is not yet known of a move that an event told of. */
const UNDER = { cause: "", decided_at: 0, phase: "decided", progress: 0, rounds: 0, bytes: 0 };

/** @typedef {import("./world.js").Spot} Spot */
/** @typedef {{wide: number, up: number, down: number}} Reach */

export class Stage {
  /**
   * @param {HTMLElement} element
   * @param {import("../../core/picture.js").Picture} picture
   * @param {import("../../core/events.js").Events} events
   */
  constructor(element, picture, events) {
    this._element = element;
    const canvases = [...element.querySelectorAll("canvas")];
    this._contexts = canvases.map((canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")));
    this.camera = new Camera();
    this.world = new World(picture);
    this.flights = new Flights();
    /** @type {import("./overlay.js").Flash[]} */
    this.flashes = [];
    /** @type {import("./overlay.js").Marked} */
    this.marked = { node: null, atom: null, focus: null, drag: null };
    this.look = lookOf(1);
    this.ink = inkOf(element);
    this.onDrawn = () => {};
    this._dirty = new Set();
    this._all = true;
    this._ground = true;
    this._overlay = true;
    this._asked = 0;
    this._last = 0;
    this._fitted = false;
    this._narrow = matchMedia("(max-width: 860px)");
    this._still = matchMedia("(prefers-reduced-motion: reduce)");
    this._frame = this._frame.bind(this);
    this.world.told = {
      onDirty: (spot) => {
        this._dirty.add(spot);
        this._ask();
      },
      onAll: () => this._changed(),
      onGround: () => {
        this._ground = true;
        this._ask();
      },
      onMoved: (atom, source, target) => this.flights.arrived(atom, source, target),
    };
    const resize = new ResizeObserver(() => this._resize());
    resize.observe(element);
    const offs = [
      picture.onChange((change) => this._follow(change)),
      events.onEvent((event) => this._event(event)),
      onScheme(() => {
        this.ink = inkOf(element);
        this.draw("all");
      }),
      () => resize.disconnect(),
    ];
    this._off = () => {
      for (const off of offs) off();
    };
    this._resize();
    for (const move of picture.moves.values()) this.flights.under(move);
  }

  end() {
    this._off();
    cancelAnimationFrame(this._asked);
  }

  /** @param {"all"|"overlay"} what */
  draw(what) {
    if (what === "all") this._all = true;
    this._overlay = true;
    this._ask();
  }

  fit() {
    this._fit();
    this._fitted = true;
    this.draw("all");
  }

  /** All of it, in what is not covered by what lies over the map. */
  _fit() {
    const wide = !this._narrow.matches;
    this.camera.fit(this.world.bounds(), wide ? { left: 20, top: 40, right: 56, bottom: 152 } : NARROW);
  }

  /** Moves as little as needed for a node to be seen. @param {string} node */
  show(node) {
    const spot = this.world.spots.get(node);
    if (!spot) return;
    this.camera.show(spot.x, spot.y);
    this.draw("all");
  }

  /** @param {{node?: string|null, atom?: string|null}} what */
  select({ node = null, atom = null }) {
    this.marked.node = node;
    this.marked.atom = atom;
    this.draw("overlay");
  }

  /** The nodes are others, or lie elsewhere: seen whole, unless the camera was moved by hand. */
  _changed() {
    if (this._fitted) this._fit();
    this.draw("all");
  }

  /** The camera is moved by hand: it stays where it is put. */
  moved() {
    this._fitted = false;
    this.draw("all");
  }

  /** @param {import("../../core/picture.js").Change} change */
  _follow(change) {
    if (change.whole) this.flights.clear();
    const { picture } = this.world;
    const moves = change.whole ? [...picture.moves.keys()] : change.moves;
    for (const number of moves) {
      const move = picture.moves.get(number);
      if (move) this.flights.under(move);
    }
    this.world.follow(change);
    for (const move of change.over) {
      const at = picture.atoms.get(move.atom)?.node;
      if (at === move.target) this.flights.arrived(move.atom, move.source, move.target);
      else this.flights.failed(move.atom, move.number);
    }
    this.flights.check(picture.moves);
    if (this.flights.all.size) this.draw("overlay");
  }

  /** @param {import("../../core/record.js").RealmEvent} event */
  _event({ kind, subject, data }) {
    this._moveTold(kind, subject, data ?? {});
    const tone = FLASHING[kind];
    if (!tone) return;
    const node = this.world.spots.has(subject)
      ? subject
      : (this.world.picture.atoms.get(subject)?.node ?? String(data?.node ?? data?.source ?? ""));
    this.flash(node, tone, tone === "bad" ? 1600 : 700);
  }

  /** Events come at once, the picture a few times a second: a move is seen from its first word on. @param {string} kind @param {string} atom @param {Record<string, any>} data */
  _moveTold(kind, atom, { number = 0, source = "", node = "" }) {
    if (kind === "atom.moves") {
      this.flights.under({ ...UNDER, atom, number, source, target: node });
    } else if (kind === "atom.moved") this.flights.arrived(atom, source, node);
    else if (kind === "atom.refused") this.flights.failed(atom, number);
    else return;
    this.draw("overlay");
  }

  /** @param {string} node @param {"bad"|"good"|"accent"} tone @param {number} lasts milliseconds */
  flash(node, tone, lasts) {
    if (this.flashes.length >= FLASHES_MOST) this.flashes.shift();
    this.flashes.push({ node, tone, began: performance.now(), lasts });
    this.draw("overlay");
  }

  _resize() {
    const { clientWidth, clientHeight } = this._element;
    if (!clientWidth || !clientHeight) return;
    const ratio = globalThis.devicePixelRatio || 1;
    this.camera.resize(clientWidth, clientHeight);
    for (const context of this._contexts) {
      context.canvas.width = Math.round(clientWidth * ratio);
      context.canvas.height = Math.round(clientHeight * ratio);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    if (this._fitted || this._last === 0) this._fit();
    this._fitted ||= this._last === 0;
    // At once: a canvas that has another size is empty.
    this._all = true;
    this._draw(performance.now());
  }

  _ask() {
    if (!this._asked) this._asked = requestAnimationFrame(this._frame);
  }

  /** @param {number} now */
  _frame(now) {
    this._asked = 0;
    if (this.world.spots.size > MANY && !this._all && now - this._last < FRAME_MS) return this._ask();
    return this._draw(now);
  }

  /** @param {number} now */
  _draw(now) {
    this._last = now;
    const moved = this._all;
    if (moved) this.look = lookOf(this.camera.zoom);
    if (moved || this._ground) this._drawGround();
    this._drawNodes();
    this._drawOverlay(now);
    if (moved) this.onDrawn();
  }

  _drawGround() {
    const context = /** @type {CanvasRenderingContext2D} */ (this._contexts[0]);
    context.clearRect(0, 0, this.camera.width, this.camera.height);
    paintGround(context, this.world, this.camera, this.look, this.ink);
    this._ground = false;
  }

  _drawNodes() {
    const context = /** @type {CanvasRenderingContext2D} */ (this._contexts[1]);
    const { world, camera, look, ink } = this;
    const reach = reachOf(look);
    if (this._all || this._dirty.size > world.spots.size * DIRTY_PART) {
      context.clearRect(0, 0, camera.width, camera.height);
      for (const spot of world.spots.values()) {
        if (this._seen(spot, reach)) paintSpot(context, world, spot, camera, look, ink);
      }
    } else {
      for (const spot of this._dirty) if (this._seen(spot, reach)) this._drawSpot(context, spot, reach);
    }
    this._all = false;
    this._dirty.clear();
  }

  /**
   * One node anew; where labels reach over others, those too, within its own rectangle.
   * @param {CanvasRenderingContext2D} context @param {Spot} spot @param {Reach} reach
   */
  _drawSpot(context, spot, reach) {
    const { world, camera, look, ink } = this;
    const [left, top] = [camera.left(spot.x) - reach.wide, camera.top(spot.y) - reach.up];
    const [wide, high] = [2 * reach.wide, reach.up + reach.down];
    context.clearRect(left, top, wide, high);
    if (look.lines === 0) {
      if (world.spots.get(spot.name) === spot) paintSpot(context, world, spot, camera, look, ink);
      return;
    }
    context.save();
    context.beginPath();
    context.rect(left, top, wide, high);
    context.clip();
    for (const other of world.spots.values()) {
      const dx = Math.abs(other.x - spot.x) * camera.zoom;
      const dy = Math.abs(other.y - spot.y) * camera.zoom;
      if (dx < wide && dy < high) paintSpot(context, world, other, camera, look, ink);
    }
    context.restore();
  }

  /** @param {Spot} spot @param {Reach} reach */
  _seen({ x, y }, reach) {
    const { camera } = this;
    const [left, top] = [camera.left(x), camera.top(y)];
    return (
      left > -reach.wide && left < camera.width + reach.wide && top > -reach.down && top < camera.height + reach.up
    );
  }

  /** @param {number} now */
  _drawOverlay(now) {
    const { world, camera, look, ink, flights } = this;
    const still = this._still.matches;
    const flying = flights.step(now, (flight) => this._landed(flight));
    while (this.flashes[0] && now - this.flashes[0].began > this.flashes[0].lasts) this.flashes.shift();
    const moving = flying || this.flashes.length > 0;
    if (!moving && !this._overlay) return;
    const context = /** @type {CanvasRenderingContext2D} */ (this._contexts[2]);
    context.clearRect(0, 0, camera.width, camera.height);
    paintFlights(context, world, flights.all.values(), flights.all.size, camera, look, ink, still);
    paintFlashes(context, world, this.flashes, now, camera, look, ink, still);
    paintMarked(context, world, this.marked, camera, look, ink);
    // Once more after the last, so that it is cleared away.
    this._overlay = moving;
    if (moving) this._ask();
  }

  /** @param {import("./flight.js").Flight} flight */
  _landed(flight) {
    if (flight.phase === "back") this.flash(flight.source, "bad", 1200);
    else if (this.world.spots.size <= MANY) this.flash(flight.target, "accent", 600);
  }
}
