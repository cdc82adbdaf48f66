/**
 * What the timeline is drawn on.
 *
 * @typedef {import("./ink.js").Ink} Ink
 *
 * @typedef {object} Sheet What is drawn on, and how.
 * @property {CanvasRenderingContext2D} context
 * @property {Ink} ink
 * @property {number} height Of the lanes that are seen.
 * @property {number} top What is scrolled away.
 * @property {number} lane Height of a lane.
 * @property {string} language
 * @property {(node: string) => string} colour Of a node.
 * @property {string | undefined} hovered Key of an entry.
 * @property {string} missing What is written where events are missing.
 * @property {string} older And before the first.
 */

/** Height of the axis, at the top. */
export const AXIS = 26;

/**
 * Middle of a lane.
 *
 * @param {Sheet} sheet
 * @param {number} at
 */
export function middle(sheet, at) {
  return AXIS + (at + 0.5) * sheet.lane - sheet.top;
}
