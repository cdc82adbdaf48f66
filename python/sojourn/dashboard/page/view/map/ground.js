// @ts-check
/** The lowest layer: zones, and links with their latency and traffic. Drawn when the camera moves, or links change. */
import { ms, per } from "../../core/unit.js";
import { visible } from "../../part/name.js";
import { fitted } from "./ink.js";
import { NODE } from "./layout.js";
import { along, bendOf } from "./look.js";

/** More links than these are a haze that says nothing. */
const LINKS_MOST = 6000;
/** Of more than these, only the links of the node that is selected are labelled. */
export const LABELLED_MOST = 12;
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
  for (const { a, b, rtt_ms, messages_per_s } of world.ways) {
    if (of !== null && a.name !== of && b.name !== of) continue;
    const free = (Math.hypot(a.x - b.x, a.y - b.y) - 2 * NODE) * camera.zoom;
    const parts = [rtt_ms > 0 ? ms(rtt_ms) : "", messages_per_s > 0 ? `✉ ${per(messages_per_s)}` : ""].filter(Boolean);
    if (!parts.length || look.lines === 0) continue;
    const whole = parts.join(" · ");
    const text = free > context.measureText(whole).width + 16 ? whole : /** @type {string} */ (parts[0]);
    if (free < context.measureText(text).width + 8) continue;
    along(a, b, 0.5, POINT);
    plate(context, text, camera.left(POINT.x), camera.top(POINT.y), ink);
  }
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
