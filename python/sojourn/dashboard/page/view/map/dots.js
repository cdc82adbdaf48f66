// @ts-check
/** Atoms within their node: where their dots lie, and how they are drawn. No allocation but for texts. */
import { localName } from "../../core/record.js";
import { visible } from "../../part/name.js";
import { coordinate, hexagon } from "./hexagon.js";
import { fitted } from "./ink.js";
import { dotOf, dotsApart, FAINT, named, TONES } from "./look.js";

/** @typedef {import("./crowd.js").Crowd} Crowd */
/** @typedef {import("./world.js").Spot} Spot */
/** @typedef {import("./world.js").World} World */
/** @typedef {import("./look.js").Look} Look */
/** @typedef {import("./ink.js").Ink} Ink */

const TURN = Math.PI * 2;
/** Smaller dots than this are squares: nobody can tell, and they are drawn in a quarter of the time. */
const ROUND = 2;
/** Up to three have the middle for themselves, far enough apart for their names: x and y of each, in units of the map. */
const FEW = 3;
const FEW_APART = 58;
const FEW_AT = [[], [0, 0], [-FEW_APART / 2, 0, FEW_APART / 2, 0], [-FEW_APART / 2, -18, FEW_APART / 2, -18, 0, 26]];
const AT = { x: 0, y: 0 };

/**
 * Where a dot lies, from the middle of its node, in units of the map.
 * @param {Crowd} crowd
 * @param {number} slot
 * @param {{x: number, y: number}} into
 */
export function dotAt(crowd, slot, into) {
  if (crowd.count <= FEW) {
    const table = /** @type {number[]} */ (FEW_AT[crowd.count]);
    let rank = 0;
    for (let before = 0; before < slot; before += 1) if (crowd.slots[before]) rank += 1;
    into.x = table[rank * 2] ?? 0;
    into.y = table[rank * 2 + 1] ?? 0;
    return into;
  }
  const table = hexagon(crowd.slots.length);
  const apart = dotsApart(crowd.ring);
  into.x = (coordinate(table, slot * 2) - crowd.middle.x) * apart;
  into.y = (coordinate(table, slot * 2 + 1) - crowd.middle.y) * apart;
  return into;
}

/** Where an atom's dot lies on the map. @param {import("./world.js").Seat} seat @param {{x: number, y: number}} into */
export function seatAt({ spot, slot }, into) {
  dotAt(spot.crowd, slot, into);
  into.x += spot.x;
  into.y += spot.y;
  return into;
}

/**
 * A node's atoms, tone by tone, those that do not fit the filter first and faint.
 * @param {CanvasRenderingContext2D} context @param {World} world @param {Spot} spot @param {number} left @param {number} top @param {Look} look @param {Ink} ink
 */
export function paintDots(context, world, spot, left, top, look, ink) {
  const { crowd } = spot;
  const dot = dotOf(crowd.ring) * look.zoom;
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
        dotAt(crowd, slot, AT);
        const [x, y] = [left + AT.x * look.zoom, top + AT.y * look.zoom];
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
  const apart = crowd.count <= FEW ? FEW_APART : dotsApart(crowd.ring);
  if (named(look, crowd.ring, apart)) nameDots(context, world, spot, left, top, look, ink);
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
  const few = crowd.count <= FEW;
  const apart = (few ? FEW_APART : dotsApart(crowd.ring)) * look.zoom;
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
    dotAt(crowd, slot, AT);
    const wide = few || besides(crowd.slots, table, slot) ? apart : apart * 1.9;
    const text = fitted(context, shownName(world, name), crowd.count === 1 ? look.radius * 1.7 : wide);
    context.fillText(text, left + AT.x * look.zoom, top + AT.y * look.zoom + below);
  }
  context.globalAlpha = 1;
}

/** Its own name; within a group without the group's. @param {World} world @param {string} name */
function shownName(world, name) {
  const group = world.picture.atoms.get(name)?.group ?? "";
  const local = localName(name);
  return visible(group && local.startsWith(`${group}.`) ? local.slice(group.length + 1) : local);
}
