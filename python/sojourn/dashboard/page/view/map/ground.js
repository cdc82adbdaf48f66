// @ts-check
/** The lowest layer: zones, and links with their latency and traffic. Drawn when the camera moves, or links change. */
import { ms, per } from "../../core/unit.js";
import { visible } from "../../part/name.js";
import { linesOf } from "./disc.js";
import { fitted } from "./ink.js";
import { NODE } from "./layout.js";
import { along, bendOf, LINE } from "./look.js";

/** More links than these are a haze that says nothing. */
const LINKS_MOST = 6000;
/** Of more than these, only the links of the node that is selected are labelled. */
export const LABELLED_MOST = 12;
/** Labels of nodes are seldom wider than twice this. */
const LABEL_HALF = 80;
const POINT = { x: 0, y: 0 };

/** @typedef {import("./world.js").World} World */
/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./ink.js").Ink} Ink */

/**
 * @param {CanvasRenderingContext2D} context
 * @param {World} world
 * @param {Camera} camera
 * @param {import("./look.js").Look} look
 * @param {Ink} ink
 */
export function paintGround(context, world, camera, look, ink) {
  paintZones(context, world, camera, ink);
  paintLinks(context, world, camera, look, ink);
  if (!look.small && world.ways.length <= LABELLED_MOST) labelLinks(context, world, camera, look, ink, null);
}

/** @param {CanvasRenderingContext2D} context @param {World} world @param {Camera} camera @param {Ink} ink */
function paintZones(context, world, camera, ink) {
  const zones = world.layout?.zones;
  if (!zones || zones.size < 2) return;
  context.font = ink.zone;
  context.textAlign = "center";
  context.textBaseline = "bottom";
  for (const zone of zones.values()) {
    if (zone.nodes < 2) continue;
    const [left, top, radius] = [camera.left(zone.x), camera.top(zone.y), zone.radius * camera.zoom];
    context.beginPath();
    context.arc(left, top, radius, 0, Math.PI * 2);
    context.globalAlpha = 0.55;
    context.fillStyle = ink.of("--surface");
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = ink.of("--line");
    context.lineWidth = 1;
    context.stroke();
  }
  // Names last, so that no other zone lies over them.
  context.strokeStyle = ink.of("--back");
  context.fillStyle = ink.of("--muted");
  context.lineJoin = "round";
  context.lineWidth = 4;
  for (const zone of zones.values()) {
    const radius = zone.radius * camera.zoom;
    if (zone.nodes < 2 || !zone.name || radius < 24) continue;
    const text = fitted(context, visible(zone.name), radius * 2);
    const [left, top] = [camera.left(zone.x), camera.top(zone.y) - radius - 3];
    context.strokeText(text, left, top);
    context.fillText(text, left, top);
  }
}

/**
 * All links: quiet ones in one path, busy ones each as wide as it is busy.
 * @param {CanvasRenderingContext2D} context @param {World} world @param {Camera} camera @param {import("./look.js").Look} look @param {Ink} ink
 */
function paintLinks(context, world, camera, look, ink) {
  const few = world.ways.length <= 200;
  context.strokeStyle = few ? ink.of("--line-strong") : ink.of("--line");
  context.globalAlpha = few ? 0.55 : 0.8;
  context.lineWidth = 1;
  context.beginPath();
  let left = LINKS_MOST;
  for (const { a, b } of world.ways) {
    if (left-- <= 0) break;
    trace(context, a, b, camera, look.small);
  }
  context.stroke();
  context.globalAlpha = 1;
  context.lineCap = "round";
  context.strokeStyle = ink.of("--accent");
  for (const { a, b, messages_per_s } of world.ways) {
    if (messages_per_s <= 0) continue;
    context.globalAlpha = few ? 0.45 : 0.28;
    context.lineWidth = Math.min(7, 1 + Math.log2(1 + messages_per_s) * 0.7) * Math.min(1, 0.25 + look.radius / 40);
    context.beginPath();
    trace(context, a, b, camera, look.small);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/**
 * One link, as a bow, or straight where nobody could tell.
 * @param {CanvasRenderingContext2D} context
 * @param {{x: number, y: number}} a
 * @param {{x: number, y: number}} b
 * @param {Camera} camera
 * @param {boolean} straight
 */
export function trace(context, a, b, camera, straight) {
  context.moveTo(camera.left(a.x), camera.top(a.y));
  if (straight) {
    context.lineTo(camera.left(b.x), camera.top(b.y));
    return;
  }
  const bend = bendOf(a, b);
  context.quadraticCurveTo(camera.left(bend.x), camera.top(bend.y), camera.left(b.x), camera.top(b.y));
}

/**
 * @param {CanvasRenderingContext2D} context @param {World} world @param {Camera} camera @param {import("./look.js").Look} look @param {Ink} ink
 * @param {string|null} of only the links of this node; null: all
 */
export function labelLinks(context, world, camera, look, ink, of) {
  context.font = ink.fine;
  context.textAlign = "center";
  context.textBaseline = "middle";
  taken.length = 0;
  for (const { a, b, rtt_ms, messages_per_s } of world.ways) {
    if (of !== null && a.name !== of && b.name !== of) continue;
    const free = (Math.hypot(a.x - b.x, a.y - b.y) - 2 * NODE) * camera.zoom;
    const parts = [rtt_ms > 0 ? ms(rtt_ms) : "", messages_per_s > 0 ? `✉ ${per(messages_per_s)}` : ""].filter(Boolean);
    if (!parts.length || look.lines === 0) continue;
    for (const text of [parts.join(" · "), /** @type {string} */ (parts[0])]) {
      const wide = context.measureText(text).width + 10;
      const place = free > wide + 6 ? freePlace(world, camera, look, a, b, wide) : null;
      if (!place) continue;
      plate(context, text, place.x, place.y, ink);
      break;
    }
  }
}

/** Where labels are already, as boxes: left, top, right, bottom. @type {[number, number, number, number][]} */
const taken = [];
const TRIED = [0.5, 0.57, 0.43, 0.64, 0.36, 0.7, 0.3];

/**
 * A place along a link where its label lies over no node, no node's label and no other link's; null: there is none.
 * @param {World} world @param {Camera} camera @param {import("./look.js").Look} look
 * @param {import("./world.js").Spot} a @param {import("./world.js").Spot} b @param {number} wide
 */
function freePlace(world, camera, look, a, b, wide) {
  for (const t of TRIED) {
    along(a, b, t, POINT);
    const [x, y] = [camera.left(POINT.x), camera.top(POINT.y)];
    if (
      taken.some(([left, top, right, low]) => x + wide / 2 > left && x - wide / 2 < right && y + 9 > top && y - 9 < low)
    )
      continue;
    if (overNode(world, camera, look, x, y, wide / 2)) continue;
    taken.push([x - wide / 2, y - 9, x + wide / 2, y + 9]);
    return { x, y };
  }
  return null;
}

/** @param {World} world @param {Camera} camera @param {import("./look.js").Look} look @param {number} x @param {number} y @param {number} half */
function overNode(world, camera, look, x, y, half) {
  for (const spot of world.spots.values()) {
    const dx = Math.abs(camera.left(spot.x) - x);
    const dy = y - camera.top(spot.y);
    const label = Math.min(look.wide / 2, LABEL_HALF);
    const below = look.radius * 1.2 + 4 + linesOf(spot, look) * LINE;
    if (Math.hypot(Math.max(0, dx - half), Math.max(0, Math.abs(dy) - 9)) < look.radius * 1.14) return true;
    if (dx < label + half && dy > 0 && dy < below + 9) return true;
  }
  return false;
}

/**
 * A small text on the ground's own colour, so that lines do not run through it.
 * @param {CanvasRenderingContext2D} context @param {string} text @param {number} left @param {number} top @param {Ink} ink
 */
export function plate(context, text, left, top, ink) {
  const wide = context.measureText(text).width + 10;
  context.fillStyle = ink.of("--back");
  context.beginPath();
  context.roundRect(left - wide / 2, top - 9, wide, 18, 9);
  context.fill();
  context.fillStyle = ink.of("--muted");
  context.fillText(text, left, top + 0.5);
}
