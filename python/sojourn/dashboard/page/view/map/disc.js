// @ts-check
/** One node as it is drawn: disc, ring of its load, its atoms as dots or as a number, label. No allocation but for texts. */
import { localName } from "../../core/record.js";
import { visible } from "../../part/name.js";
import { t } from "../../text/text.js";
import { coordinate, hexagon } from "./hexagon.js";
import { fitted } from "./ink.js";
import { NODE } from "./layout.js";
import { dotOf, dotsApart, dotted, LINE, loadTone, named, TONES } from "./look.js";
import { NOWHERE } from "./world.js";

/** @typedef {import("./world.js").Spot} Spot */
/** @typedef {import("./world.js").World} World */
/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./look.js").Look} Look */
/** @typedef {import("./ink.js").Ink} Ink */

const TURN = Math.PI * 2;
const FAINT = 0.22;
/** Smaller dots than this are squares: nobody can tell, and they are drawn in a quarter of the time. */
const ROUND = 2;
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
  const wide = Math.max(1.5, look.radius * 0.07);
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

/**
 * Its atoms, tone by tone, those that do not fit the filter first and faint.
 * @param {CanvasRenderingContext2D} context @param {World} world @param {Spot} spot @param {number} left @param {number} top @param {Look} look @param {Ink} ink
 */
function paintDots(context, world, spot, left, top, look, ink) {
  const { crowd } = spot;
  const apart = dotsApart(crowd.ring) * look.zoom;
  const dot = dotOf(crowd.ring) * look.zoom;
  const table = hexagon(crowd.slots.length);
  for (let fits = 0; fits < 2; fits += 1) {
    if (fits === 0 && spot.fitting === crowd.count) continue;
    if (fits === 1 && spot.fitting === 0) continue;
    context.globalAlpha = fits ? 1 : FAINT;
    for (let tone = 0; tone < TONES.length; tone += 1) {
      let any = false;
      for (let slot = 0; slot < crowd.slots.length; slot += 1) {
        const name = crowd.slots[slot];
        if (!name) continue;
        const seat = world.seats.get(name);
        if (!seat || seat.tone !== tone || seat.fits !== Boolean(fits)) continue;
        if (!any) {
          any = true;
          context.fillStyle = /** @type {string} */ (ink.atoms[tone]);
          context.beginPath();
        }
        const x = left + (coordinate(table, slot * 2) - crowd.middle.x) * apart;
        const y = top + (coordinate(table, slot * 2 + 1) - crowd.middle.y) * apart;
        if (dot < ROUND) context.rect(x - dot, y - dot, dot * 2, dot * 2);
        else {
          context.moveTo(x + dot, y);
          context.arc(x, y, dot, 0, TURN);
        }
      }
      if (any) context.fill();
    }
  }
  context.globalAlpha = 1;
  if (named(look, crowd.ring)) nameDots(context, world, spot, left, top, look, ink);
}

/** Whether another atom is right beside one. @param {readonly (string|null)[]} slots @param {Float64Array} table @param {number} slot */
function besides(slots, table, slot) {
  for (let other = 0; other < slots.length; other += 1) {
    if (other === slot || slots[other] === null) continue;
    const dx = Math.abs(coordinate(table, other * 2) - coordinate(table, slot * 2));
    const dy = Math.abs(coordinate(table, other * 2 + 1) - coordinate(table, slot * 2 + 1));
    if (dy < 0.1 && dx < 1.9) return true;
  }
  return false;
}

/** Their names below them, as far as they do not reach into each other. @param {CanvasRenderingContext2D} context @param {World} world @param {Spot} spot @param {number} left @param {number} top @param {Look} look @param {Ink} ink */
function nameDots(context, world, spot, left, top, look, ink) {
  const { crowd } = spot;
  const apart = dotsApart(crowd.ring) * look.zoom;
  const below = dotOf(crowd.ring) * look.zoom + 2;
  const table = hexagon(crowd.slots.length);
  context.font = ink.small;
  context.textAlign = "center";
  context.textBaseline = "top";
  context.fillStyle = ink.of("--ink");
  for (let slot = 0; slot < crowd.slots.length; slot += 1) {
    const name = crowd.slots[slot];
    if (!name) continue;
    context.globalAlpha = world.seats.get(name)?.fits ? 1 : FAINT;
    const x = left + (coordinate(table, slot * 2) - crowd.middle.x) * apart;
    const y = top + (coordinate(table, slot * 2 + 1) - crowd.middle.y) * apart;
    const alone = !besides(crowd.slots, table, slot);
    context.fillText(fitted(context, visible(localName(name)), alone ? apart * 1.9 : apart), x, y + below);
  }
  context.globalAlpha = 1;
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

/** Where an atom's dot lies, in units of the map. @param {import("./world.js").Seat} seat @param {{x: number, y: number}} into */
export function seatAt(seat, into) {
  const { spot, slot } = seat;
  const apart = dotsApart(spot.crowd.ring);
  const table = hexagon(slot + 1);
  const { middle } = spot.crowd;
  into.x = spot.x + (coordinate(table, slot * 2) - middle.x) * apart;
  into.y = spot.y + (coordinate(table, slot * 2 + 1) - middle.y) * apart;
  return into;
}

/** Radius within which a node is hit, in units of the map. @param {Look} look */
export function hitOf(look) {
  return Math.max(NODE * 1.12, 9 / look.zoom);
}
