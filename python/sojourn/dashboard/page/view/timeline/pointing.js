/**
 * Mouse, pen and fingers on the lanes.
 *
 * @typedef {import("./board.js").Board} Board
 *
 * @typedef {object} Pointed An entry that is pointed at, and where.
 * @property {string} key
 * @property {number} x
 * @property {number} y
 * @property {number} width Of the canvas.
 */
import { entryAt } from "./hit.js";
import { panned, showing, timeOf, zoomed } from "./scale.js";
import { AXIS } from "./sheet.js";

/** Who moves less than this, in pixels, has clicked. */
const CLICK = 4;
const WHEEL = 0.0018;

export class Pointing {
  /**
   * @param {Board} board
   * @param {number} lane Height of a lane.
   * @param {(pointed: Pointed | undefined) => void} onPointed
   */
  constructor(board, lane, onPointed) {
    this._board = board;
    this._lane = lane;
    this._onPointed = onPointed;
    /** What is scrolled away. */
    this.top = 0;
    /** Fingers that are down: where each is. @type {Map<number, {x: number, y: number}>} */
    this._down = new Map();
    /** @type {{x: number, y: number, at: number, ranging: boolean, moved: boolean} | undefined} */
    this._begun = undefined;
    /** @type {string | undefined} */
    this._pointed = undefined;
  }

  /** @param {HTMLCanvasElement} canvas */
  listen(canvas) {
    const off = new AbortController();
    const how = { signal: off.signal };
    canvas.addEventListener("pointerdown", (event) => this._press(event, canvas), how);
    canvas.addEventListener("pointermove", (event) => this._move(event, canvas), how);
    canvas.addEventListener("pointerup", (event) => this._lift(event), how);
    canvas.addEventListener("pointercancel", (event) => this._cancel(event), how);
    canvas.addEventListener("pointerleave", () => this._point(undefined), how);
    canvas.addEventListener("dblclick", (event) => this._nearer(event, 0.4), how);
    canvas.addEventListener("wheel", (event) => this._wheel(event), { ...how, passive: false });
    return () => off.abort();
  }

  /** @param {WheelEvent} event */
  _wheel(event) {
    event.preventDefault();
    const pixels = event.deltaMode === 0 ? 1 : 16;
    const board = this._board;
    const across = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (Math.abs(across) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      board.show(panned(board.scale, across * pixels));
      return;
    }
    // Turned by much at once, it is still a step.
    this._nearer(event, Math.exp(Math.max(-400, Math.min(400, event.deltaY * pixels)) * WHEEL));
  }

  /**
   * @param {MouseEvent} event
   * @param {number} factor
   */
  _nearer(event, factor) {
    const board = this._board;
    if (board.following && event.type === "wheel") {
      board.zoom(factor);
    } else {
      board.show(zoomed(board.scale, factor, timeOf(board.scale, event.offsetX)));
    }
  }

  /**
   * @param {PointerEvent} event
   * @param {HTMLCanvasElement} canvas
   */
  _press(event, canvas) {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    this._down.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    const at = timeOf(this._board.scale, event.offsetX);
    const ranging = event.shiftKey || event.offsetY < AXIS;
    this._begun = { x: event.offsetX, y: event.offsetY, at, ranging, moved: this._down.size > 1 };
  }

  /**
   * @param {PointerEvent} event
   * @param {HTMLCanvasElement} canvas
   */
  _move(event, canvas) {
    const place = { x: event.offsetX, y: event.offsetY };
    const before = this._down.get(event.pointerId);
    const begun = this._begun;
    if (before === undefined || begun === undefined) {
      this._hover(place, canvas);
      return;
    }
    if (this._down.size === 2) {
      this._pinch(event.pointerId, place);
      return;
    }
    begun.moved ||= Math.abs(place.x - begun.x) > CLICK;
    if (!begun.moved) return;
    const board = this._board;
    if (begun.ranging) {
      board.select([begun.at, timeOf(board.scale, place.x)]);
    } else {
      this._point(undefined);
      board.show(panned(board.scale, before.x - place.x));
    }
    this._down.set(event.pointerId, place);
  }

  /**
   * Two fingers: what is under each stays under it.
   *
   * @param {number} finger
   * @param {{x: number, y: number}} place
   */
  _pinch(finger, place) {
    const { scale } = this._board;
    const other = [...this._down].find(([id]) => id !== finger)?.[1];
    const before = this._down.get(finger);
    if (other === undefined || before === undefined || Math.abs(place.x - other.x) < 10) return;
    const [a, b] = [timeOf(scale, other.x), timeOf(scale, before.x)];
    const length = ((b - a) * scale.width) / (place.x - other.x);
    if (length > 0) {
      const from = a - (other.x / scale.width) * length;
      this._board.show(showing(scale, from, from + length));
    }
    this._down.set(finger, place);
  }

  /** @param {PointerEvent} event */
  _lift(event) {
    const begun = this._begun;
    this._down.delete(event.pointerId);
    if (begun === undefined) return;
    this._begun = undefined;
    if (begun.moved) return;
    const found = this._entry(begun);
    this._board.choose(found?.key, event.ctrlKey || event.metaKey || this._board.comparing);
    if (found === undefined) this._board.select(undefined);
  }

  /** @param {PointerEvent} event */
  _cancel(event) {
    this._down.delete(event.pointerId);
    this._begun = undefined;
  }

  /** @param {{x: number, y: number}} place */
  _entry({ x, y }) {
    const board = this._board;
    const lane = board.lanes[Math.floor((y - AXIS + this.top) / this._lane)];
    return y < AXIS || lane === undefined
      ? undefined
      : entryAt(lane.entries, board.scale, x, board.story.longest_s, board.now);
  }

  /**
   * @param {{x: number, y: number}} place
   * @param {HTMLCanvasElement} canvas
   */
  _hover(place, canvas) {
    const found = this._entry(place);
    canvas.style.cursor = found ? "pointer" : place.y < AXIS ? "col-resize" : "grab";
    this._point(found && { key: found.key, x: place.x, y: place.y, width: canvas.clientWidth });
  }

  /** @param {Pointed | undefined} pointed */
  _point(pointed) {
    if (pointed?.key === this._pointed) return;
    this._pointed = pointed?.key;
    this._onPointed(pointed);
    this._board.touch();
  }
}
