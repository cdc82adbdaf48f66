/**
 * Signs of what happened: told apart by shape, too, not by colour alone.
 *
 * @typedef {import("./kind.js").What} What
 * @typedef {import("./ink.js").Ink} Ink
 */

/** Each around the middle. @type {Record<What, string>} */
const SHAPES = {
  move: "M-3.5-4.5L4.5 0L-3.5 4.5Z",
  start: "M0-4.2A4.2 4.2 0 1 1-.01-4.2Z",
  end: "M-3.5-3.5H3.5V3.5H-3.5Z",
  failure: "M-3.8-3.8L3.8 3.8M3.8-3.8L-3.8 3.8",
  restore: "M0-4.6L4.4 3.6H-4.4Z",
  update: "M0 4.6L4.4-3.6H-4.4Z",
  node: "M0-5L5 0L0 5L-5 0Z",
  change: "M0-2.4A2.4 2.4 0 1 1-.01-2.4Z",
};

/** Those that are lines; the others are filled. */
const LINES = new Set(["failure"]);

/** Width and height of a sign with what is around it, and how much finer it is drawn. */
export const BOX = 16;
const FINER = 2;

/** Signs that were drawn, of each ink. @type {WeakMap<Ink, Map<string, HTMLCanvasElement>>} */
const made = new WeakMap();

/**
 * A sign, drawn once: a picture is put down much sooner than a path is filled.
 *
 * @param {Ink} ink
 * @param {What} what
 * @param {boolean} open It goes on.
 */
export function signOf(ink, what, open) {
  const signs = made.get(ink) ?? new Map();
  made.set(ink, signs);
  const key = `${what} ${open}`;
  let sign = signs.get(key);
  if (sign === undefined) {
    sign = document.createElement("canvas");
    sign.width = sign.height = BOX * FINER;
    draw(sign.getContext("2d"), ink, what, open);
    signs.set(key, sign);
  }
  return sign;
}

/**
 * @param {CanvasRenderingContext2D | null} context
 * @param {Ink} ink
 * @param {What} what
 * @param {boolean} open
 */
function draw(context, ink, what, open) {
  if (context === null) return;
  const path = new Path2D(SHAPES[what]);
  const colour = ink.what[what];
  context.scale(FINER, FINER);
  context.translate(BOX / 2, BOX / 2);
  context.lineCap = "round";
  if (LINES.has(what)) {
    for (const [width, style] of /** @type {const} */ ([
      [4.5, ink.surface],
      [2.2, colour],
    ])) {
      context.lineWidth = width;
      context.strokeStyle = style;
      context.stroke(path);
    }
    return;
  }
  context.lineWidth = 2;
  context.strokeStyle = open ? colour : ink.surface;
  context.fillStyle = open ? ink.surface : colour;
  context.stroke(path);
  context.fill(path);
}
