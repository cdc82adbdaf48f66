// @ts-check
/**
 * Pointer and keyboard on the map.
 *
 * Dragging moves the map, or an atom where its dot is large enough; two fingers and the wheel zoom. A click selects, a double click
 * opens. Keys: arrows move, + and - zoom, 0 fits, Tab goes through the nodes (with Shift and an arrow: to the one that lies there),
 * Enter opens, Escape lets go.
 */
import { counted } from "./hexagon.js";
import { dotOf } from "./look.js";
import { beside, pick } from "./pick.js";

/** @typedef {import("./pick.js").Picked} Picked */
/**
 * @typedef {object} Hands
 * @property {(picked: Picked, left: number, top: number) => void} onHover
 * @property {(picked: Picked) => void} onSelect
 * @property {(picked: NonNullable<Picked>) => void} onOpen
 * @property {(atom: string, node: string) => void} onDrop
 * @property {(node: string|null) => void} onFocus the keyboard is at a node
 */

const NEAR = 5;
const STEP = 60;
/** A dot is held from this radius on. */
const HELD = 4;

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @param {HTMLElement} element
 * @param {import("./stage.js").Stage} stage
 * @param {Hands} told
 * @returns {() => void} ends it
 */
export function handle(element, stage, told) {
  const ending = new AbortController();
  const { signal } = ending;
  /** @type {Map<number, {x: number, y: number}>} */
  const fingers = new Map();
  /** @type {{x: number, y: number, far: boolean, picked: Picked, holds: boolean}|null} */
  let press = null;
  let hovered = 0;

  /** @param {{clientX: number, clientY: number}} event */
  function at(event) {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
  /** @param {{x: number, y: number}} point */
  function picked({ x, y }) {
    return pick(stage.world, stage.look, stage.camera.mapX(x), stage.camera.mapY(y));
  }
  /** @param {Picked} what */
  function holds(what) {
    const seat = what?.kind === "atom" ? stage.world.seats.get(what.name) : undefined;
    return seat !== undefined && dotOf(seat.spot.crowd.ring) * stage.look.zoom >= HELD;
  }

  /** @param {PointerEvent} event */
  function down(event) {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    const point = at(event);
    fingers.set(event.pointerId, point);
    const what = fingers.size === 1 ? picked(point) : null;
    press = fingers.size === 1 ? { ...point, far: false, picked: what, holds: holds(what) } : null;
  }
  /** @param {PointerEvent} event */
  function move(event) {
    const point = at(event);
    const before = fingers.get(event.pointerId);
    if (!before) return hover(point);
    if (fingers.size === 2) pinch(event.pointerId, before, point);
    else if (press) drag(press, before, point);
    fingers.set(event.pointerId, point);
    return undefined;
  }
  /** @param {{x: number, y: number}} point */
  function hover(point) {
    cancelAnimationFrame(hovered);
    hovered = requestAnimationFrame(() => {
      const what = picked(point);
      element.classList.toggle("holds", holds(what));
      element.classList.toggle("over", what !== null);
      told.onHover(what, point.x, point.y);
    });
  }
  /** @param {number} finger @param {{x: number, y: number}} before @param {{x: number, y: number}} now */
  function pinch(finger, before, now) {
    const other = [...fingers].find(([id]) => id !== finger)?.[1];
    if (!other) return;
    const [was, is] = [
      Math.hypot(before.x - other.x, before.y - other.y),
      Math.hypot(now.x - other.x, now.y - other.y),
    ];
    stage.camera.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    if (was > 0) stage.camera.zoomAt(is / was, (now.x + other.x) / 2, (now.y + other.y) / 2);
    stage.moved();
  }
  /** @param {NonNullable<typeof press>} pressed @param {{x: number, y: number}} before @param {{x: number, y: number}} now */
  function drag(pressed, before, now) {
    if (!pressed.far && Math.hypot(now.x - pressed.x, now.y - pressed.y) < NEAR) return;
    if (!pressed.far) told.onHover(null, 0, 0);
    pressed.far = true;
    if (!pressed.holds || !pressed.picked) {
      stage.camera.pan(now.x - before.x, now.y - before.y);
      stage.moved();
      return;
    }
    const over = picked(now);
    const node = over?.kind === "atom" ? (stage.world.seats.get(over.name)?.spot.name ?? null) : (over?.name ?? null);
    stage.marked.drag = { atom: pressed.picked.name, left: now.x, top: now.y, over: node || null };
    stage.draw("overlay");
  }
  /** @param {PointerEvent} event */
  function up(event) {
    fingers.delete(event.pointerId);
    const pressed = press;
    press = null;
    const dragged = stage.marked.drag;
    stage.marked.drag = null;
    if (dragged) stage.draw("overlay");
    if (!pressed || event.type === "pointercancel") return;
    if (!pressed.far) told.onSelect(pressed.picked);
    else if (dragged?.over && stage.world.seats.get(dragged.atom)?.spot.name !== dragged.over) {
      told.onDrop(dragged.atom, dragged.over);
    }
  }
  /** @param {MouseEvent} event */
  function twice(event) {
    const what = picked(at(event));
    if (what) told.onOpen(what);
  }
  /** @param {WheelEvent} event */
  function wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const point = at(event);
    stage.camera.zoomAt(1.0015 ** (-event.deltaY * lines * (event.ctrlKey ? 4 : 1)), point.x, point.y);
    told.onHover(null, 0, 0);
    stage.moved();
  }
  /** @param {KeyboardEvent} event */
  function key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (pressed(event)) event.preventDefault();
  }
  /** @param {KeyboardEvent} event @returns {boolean} whether it was for the map */
  function pressed(event) {
    const { focus } = stage.marked;
    const arrow = ARROWS[event.key];
    if (arrow) return event.shiftKey ? goBeside(arrow) : pan(arrow);
    switch (event.key) {
      case "+":
      case "=":
        return zoom(1.3);
      case "-":
        return zoom(1 / 1.3);
      case "0":
        stage.fit();
        return true;
      case "Tab":
        return goOn(event.shiftKey ? -1 : 1);
      case "Enter":
        if (focus !== null) told.onOpen({ kind: "node", name: focus });
        return focus !== null;
      case " ":
        if (focus !== null) told.onSelect({ kind: "node", name: focus });
        return focus !== null;
      case "Escape":
        focusOn(null);
        told.onSelect(null);
        leaving = true;
        return true;
      default:
        return false;
    }
  }
  /** After Escape, Tab leaves the map. */
  let leaving = false;
  /** @param {[number, number]} arrow */
  function pan([dx, dy]) {
    stage.camera.pan(-dx * STEP, -dy * STEP);
    stage.moved();
    return true;
  }
  /** @param {number} by */
  function zoom(by) {
    stage.camera.zoomAt(by);
    stage.moved();
    return true;
  }
  /** @param {[number, number]} arrow */
  function goBeside([dx, dy]) {
    const from = stage.marked.focus;
    const to = from === null ? (order()[0] ?? null) : beside(stage.world, from, dx, dy);
    if (to !== null) focusOn(to);
    return true;
  }
  function order() {
    return [...stage.world.spots.keys()].filter((name) => name !== "" && fits(name)).sort(counted);
  }
  /** @param {string} name */
  function fits(name) {
    const spot = stage.world.spots.get(name);
    return stage.world.filter.all || Boolean(spot?.fits || spot?.fitting);
  }
  /** @param {number} by */
  function goOn(by) {
    if (leaving) return false;
    const names = order();
    const { focus } = stage.marked;
    const to = focus === null ? (by > 0 ? 0 : -1) : names.indexOf(focus) + by;
    const next = names[to];
    focusOn(next ?? null);
    return next !== undefined;
  }
  /** @param {string|null} name */
  function focusOn(name) {
    stage.marked.focus = name;
    if (name !== null) stage.show(name);
    stage.draw("overlay");
    told.onFocus(name);
  }

  element.addEventListener("pointerdown", down, { signal });
  element.addEventListener("pointermove", move, { signal });
  element.addEventListener("pointerup", up, { signal });
  element.addEventListener("pointercancel", up, { signal });
  element.addEventListener("pointerleave", () => told.onHover(null, 0, 0), { signal });
  element.addEventListener("dblclick", twice, { signal });
  element.addEventListener("wheel", wheel, { signal, passive: false });
  element.addEventListener("keydown", key, { signal });
  element.addEventListener("focus", () => (leaving = false), { signal });
  element.addEventListener("blur", () => focusOn(null), { signal });
  return () => ending.abort();
}
