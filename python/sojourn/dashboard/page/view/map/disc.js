// @ts-check
/** One node as it is drawn: disc, ring of its load, its atoms as dots or as a number, label. No allocation but for texts. */
import { visible } from "../../part/name.js";
import { t } from "../../text/text.js";
import { paintDots } from "./dots.js";
import { fitted } from "./ink.js";
import { NODE } from "./layout.js";
import { dotted, FAINT, LINE, loadTone } from "./look.js";
import { NOWHERE } from "./world.js";

/** @typedef {import("./world.js").Spot} Spot */
/** @typedef {import("./world.js").World} World */
/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./look.js").Look} Look */
/** @typedef {import("./ink.js").Ink} Ink */

const TURN = Math.PI * 2;
/** From this radius on, there is a second ring, and marks. */
const RINGED = 18;

/**
 * How far a node reaches from its middle, in pixels: what is cleared before it is drawn again. Without labels, less than half of
 * the way to the next.
 * @param {Look} look
 */
export function reachOf(look) {
  if (look.small) return { wide: look.radius + 1, up: look.radius + 1, down: look.radius + 1 };
  const edge = look.radius < RINGED ? look.radius * 1.17 + 1.5 : look.radius * 1.26 + 3;
  const label = look.lines * LINE + 4;
  return { wide: Math.max(edge, look.lines ? look.wide / 2 + 3 : 0), up: edge, down: edge + (look.lines ? label : 0) };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {World} world
 * @param {Spot} spot
 * @param {Camera} camera
 * @param {Look} look
 * @param {Ink} ink
 */
export function paintSpot(context, world, spot, camera, look, ink) {
  const [left, top] = [camera.left(spot.x), camera.top(spot.y)];
  const faint = !spot.fits && spot.fitting === 0;
  if (faint && !look.small) paintHole(context, left, top, look, ink);
  context.globalAlpha = faint ? FAINT : 1;
  paintDisc(context, spot, left, top, look, ink);
  context.globalAlpha = faint ? FAINT : 1;
  if (!look.small) paintLoad(context, spot, left, top, look, ink);
  if (dotted(look, spot.crowd.ring)) paintDots(context, world, spot, left, top, look, ink);
  else if (look.counts && spot.crowd.count > 0) paintCount(context, world, spot, left, top, look, ink);
  context.globalAlpha = faint ? FAINT : 1;
  if (look.lines > 0) paintLabel(context, spot, left, top, look, ink);
  if (look.radius >= RINGED) paintMarks(context, spot, left, top, look, ink);
  context.globalAlpha = 1;
}

/** Under what is faint, so that links do not show through it. @param {CanvasRenderingContext2D} context @param {number} left @param {number} top @param {Look} look @param {Ink} ink */
function paintHole(context, left, top, look, ink) {
  context.beginPath();
  context.arc(left, top, look.radius, 0, TURN);
  context.fillStyle = ink.of("--back");
  context.fill();
}

/** @param {Spot} spot */
function share(spot) {
  const facts = spot.record?.facts;
  return facts && facts.cores > 0 ? Math.max(0, facts.load / facts.cores) : 0;
}

/** @param {CanvasRenderingContext2D} context @param {Spot} spot @param {number} left @param {number} top @param {Look} look @param {Ink} ink */
function paintDisc(context, spot, left, top, look, ink) {
  const lost = spot.record?.state === "lost";
  const r = Math.max(2, look.radius);
  context.beginPath();
  // What is foreign, or no node at all, is no disc.
  if (spot.record?.facts.kind || spot.name === NOWHERE) context.roundRect(left - r, top - r, 2 * r, 2 * r, r * 0.3);
  else context.arc(left, top, r, 0, TURN);
  if (look.small) {
    const busy = share(spot);
    context.fillStyle = lost
      ? ink.of("--bad")
      : spot.crowd.count
        ? ink.of(`--${loadTone(busy)}`)
        : ink.of("--line-strong");
    context.fill();
    return;
  }
  context.fillStyle = ink.of(lost ? "--bad-soft" : "--surface");
  context.fill();
  context.lineWidth = look.radius > 18 ? 1.5 : 1;
  context.strokeStyle = ink.of(lost ? "--bad" : "--line");
  if (lost || spot.name === NOWHERE) context.setLineDash(DASHED);
  context.stroke();
  context.setLineDash(WHOLE);
}

const DASHED = [5, 4];
/** @type {number[]} */
const WHOLE = [];

/** Rings around it: how busy it is, and what is left of its energy. @param {CanvasRenderingContext2D} context @param {Spot} spot @param {number} left @param {number} top @param {Look} look @param {Ink} ink */
function paintLoad(context, spot, left, top, look, ink) {
  const facts = spot.record?.facts;
  if (!facts || spot.record?.state !== "up" || facts.kind) return;
  const wide = Math.max(1.5, look.radius * 0.055);
  ring(context, left, top, look.radius + wide * 0.9, wide, 1, ink.of("--line"));
  const busy = share(spot);
  if (busy > 0.005)
    ring(context, left, top, look.radius + wide * 0.9, wide, Math.min(1, busy), ink.of(`--${loadTone(busy)}`));
  const energy = facts.energy;
  if (!energy || energy.mains || energy.capacity_joules <= 0 || look.radius < RINGED) return;
  const filled = Math.min(1, energy.joules / energy.capacity_joules);
  ring(
    context,
    left,
    top,
    look.radius + wide * 2.5,
    wide * 0.8,
    filled,
    ink.of(filled < 0.2 || facts.low_energy ? "--bad" : "--good"),
  );
}

/** @param {CanvasRenderingContext2D} context @param {number} left @param {number} top @param {number} radius @param {number} wide @param {number} part @param {string} colour */
function ring(context, left, top, radius, wide, part, colour) {
  context.beginPath();
  context.arc(left, top, radius, -TURN / 4, -TURN / 4 + TURN * part);
  context.lineWidth = wide;
  context.lineCap = part < 1 ? "round" : "butt";
  context.strokeStyle = colour;
  context.stroke();
}

/** How many atoms it has, or how many of them fit. @param {CanvasRenderingContext2D} context @param {World} world @param {Spot} spot @param {number} left @param {number} top @param {Look} look @param {Ink} ink */
function paintCount(context, world, spot, left, top, look, ink) {
  const count = world.filter.all ? spot.crowd.count : spot.fitting;
  const text = count < 10000 ? String(count) : `${Math.round(count / 1000)}k`;
  context.font = ink.number(Math.min(22, (look.radius * 1.5) / Math.max(1.6, text.length * 0.62)));
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = ink.of(spot.record?.state === "lost" ? "--bad" : count ? "--ink" : "--muted");
  context.fillText(text, left, top + 0.5);
}

/** How many lines its label has. @param {Spot} spot @param {Look} look */
export function linesOf(spot, look) {
  const facts = spot.record?.facts;
  return Math.min(look.lines, facts ? (facts.tags.length ? 3 : 2) : 1);
}

/** Its name, and what it is, as far as there is room. @param {CanvasRenderingContext2D} context @param {Spot} spot @param {number} left @param {number} top @param {Look} look @param {Ink} ink */
function paintLabel(context, spot, left, top, look, ink) {
  context.textAlign = "center";
  context.textBaseline = "top";
  let line = top + look.radius * 1.2 + 4;
  context.font = ink.label;
  context.fillStyle = ink.of("--ink");
  const name = spot.name === NOWHERE ? t("map.nowhere") : visible(spot.name);
  // Lines that run through it do not make it harder to read.
  context.strokeStyle = ink.of("--back");
  context.lineWidth = 4;
  context.lineJoin = "round";
  written(context, fitted(context, name, look.wide), left, line);
  const facts = spot.record?.facts;
  if (!facts || look.lines < 2) return;
  context.font = ink.fine;
  context.fillStyle = ink.of("--muted");
  line += LINE + 1;
  const what = facts.kind ? facts.kind : [facts.arch, facts.engines.join(" ")].filter(Boolean).join(" · ");
  written(context, fitted(context, visible(what), look.wide), left, line);
  if (look.lines < 3 || !facts.tags.length) return;
  line += LINE - 1;
  written(context, fitted(context, visible(facts.tags.join("  ")), look.wide), left, line);
}

/** A text with an edge in the colour of the ground. @param {CanvasRenderingContext2D} context @param {string} text @param {number} left @param {number} top */
function written(context, text, left, top) {
  context.strokeText(text, left, top);
  context.fillText(text, left, top);
}

/** What holds of it beside: no further atoms, is being emptied. @param {CanvasRenderingContext2D} context @param {Spot} spot @param {number} left @param {number} top @param {Look} look @param {Ink} ink */
function paintMarks(context, spot, left, top, look, ink) {
  const record = spot.record;
  if (!record || !(record.cordoned || record.draining)) return;
  const r = Math.max(6, look.radius * 0.16);
  const [x, y] = [left + look.radius * 0.82, top - look.radius * 0.82];
  context.beginPath();
  context.arc(x, y, r, 0, TURN);
  context.fillStyle = ink.of("--warn");
  context.fill();
  context.strokeStyle = ink.of("--surface");
  context.lineWidth = 2;
  context.lineCap = "round";
  context.beginPath();
  context.moveTo(x - r * 0.5, y);
  context.lineTo(x + r * 0.5, y);
  if (record.draining) {
    context.moveTo(x + r * 0.1, y - r * 0.4);
    context.lineTo(x + r * 0.5, y);
    context.lineTo(x + r * 0.1, y + r * 0.4);
  }
  context.stroke();
}

/** Radius within which a node is hit, in units of the map. @param {Look} look */
export function hitOf(look) {
  return Math.max(NODE * 1.12, 9 / look.zoom);
}
