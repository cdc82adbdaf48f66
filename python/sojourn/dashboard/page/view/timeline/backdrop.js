/** What is behind and over the lanes: the axis, where events are missing, when nodes were lost, now. */
import { pixelOf } from "./scale.js";
import { AXIS } from "./sheet.js";
import { ticks } from "./tick.js";

/**
 * @typedef {import("./board.js").Board} Board
 * @typedef {import("./sheet.js").Sheet} Sheet
 * @typedef {import("./scale.js").Scale} Scale
 */

/** Room for a label of the axis. */
const LABEL = 86;

/**
 * @param {Board} board
 * @param {Sheet} sheet
 */
export function axis({ scale }, { context, ink, height, language }) {
  context.font = `11px ${ink.font}`;
  context.textBaseline = "middle";
  context.textAlign = "center";
  context.lineWidth = 1;
  for (const tick of ticks(scale.from, scale.to, scale.width / LABEL, language)) {
    const x = Math.round(pixelOf(scale, tick.at)) + 0.5;
    context.strokeStyle = ink.line;
    context.globalAlpha = tick.day ? 1 : 0.7;
    context.beginPath();
    context.moveTo(x, AXIS - 5);
    context.lineTo(x, AXIS + height);
    context.stroke();
    context.globalAlpha = 1;
    context.fillStyle = tick.day ? ink.text : ink.muted;
    context.fillText(tick.label, Math.min(Math.max(x, 32), scale.width - 32), AXIS / 2 - 1);
  }
  context.strokeStyle = ink.line;
  context.beginPath();
  context.moveTo(0, AXIS - 0.5);
  context.lineTo(scale.width, AXIS - 0.5);
  context.stroke();
}

/**
 * Where events are missing, and where none are here yet.
 *
 * @param {Board} board
 * @param {Sheet} sheet
 */
export function absent({ scale, coverage }, sheet) {
  for (const hole of coverage.holes) {
    hatched(scale, sheet, hole.from, hole.to, sheet.missing);
  }
  if (scale.from < coverage.from && Number.isFinite(coverage.from)) {
    hatched(scale, sheet, scale.from, coverage.from, sheet.older);
  }
}

/**
 * @param {Scale} scale
 * @param {Sheet} sheet
 * @param {number} from
 * @param {number} to
 * @param {string} text
 */
function hatched(scale, { context, ink, height }, from, to, text) {
  const left = Math.max(-20, pixelOf(scale, from));
  const right = Math.min(scale.width + 20, Math.max(pixelOf(scale, to), left + 3));
  if (right < 0 || left > scale.width) {
    return;
  }
  context.save();
  context.beginPath();
  context.rect(left, AXIS, right - left, height);
  context.clip();
  context.strokeStyle = ink.line;
  context.beginPath();
  for (let x = left - height; x < right; x += 9) {
    context.moveTo(x, AXIS + height);
    context.lineTo(x + height, AXIS);
  }
  context.stroke();
  context.font = `11px ${ink.font}`;
  const room = Math.min(right, scale.width) - Math.max(left, 0);
  const wide = context.measureText(text).width;
  if (room > wide + 20) {
    const x = Math.max(left, 0) + room / 2;
    context.fillStyle = ink.surface;
    context.fillRect(x - wide / 2 - 6, AXIS + height / 2 - 9, wide + 12, 18);
    context.fillStyle = ink.muted;
    context.fillText(text, x, AXIS + height / 2);
  }
  context.restore();
}

/**
 * When nodes were lost: through all lanes, for it concerns them.
 *
 * @param {Board} board
 * @param {Sheet} sheet
 */
export function losses({ scale, lost }, { context, ink, height }) {
  context.strokeStyle = ink.bad;
  context.globalAlpha = 0.5;
  context.lineWidth = 1;
  context.setLineDash([2, 3]);
  context.beginPath();
  for (const times of lost.values()) {
    for (const at of times) {
      const x = Math.round(pixelOf(scale, at)) + 0.5;
      if (x >= 0 && x <= scale.width) {
        context.moveTo(x, AXIS);
        context.lineTo(x, AXIS + height);
      }
    }
  }
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/**
 * Where now is.
 *
 * @param {Board} board
 * @param {Sheet} sheet
 */
export function present({ scale, now }, { context, ink, height }) {
  const x = Math.round(pixelOf(scale, now));
  if (x < 0 || x > scale.width) {
    return;
  }
  context.fillStyle = ink.accent;
  context.fillRect(x, AXIS - 6, 1.5, height + 6);
  context.beginPath();
  context.moveTo(x - 4, AXIS - 8);
  context.lineTo(x + 5.5, AXIS - 8);
  context.lineTo(x + 0.75, AXIS - 1);
  context.fill();
}
