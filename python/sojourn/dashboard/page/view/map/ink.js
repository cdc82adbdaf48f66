// @ts-check
/** Colours and letters of the map, as a canvas takes them; made anew when the scheme changes. */
import { colours } from "../../core/colour.js";

const NAMES = [
  "--ink",
  "--muted",
  "--line",
  "--line-strong",
  "--back",
  "--surface",
  "--accent",
  "--accent-soft",
  "--good",
  "--busy",
  "--busy-soft",
  "--warn",
  "--bad",
  "--bad-soft",
  "--still",
  "--still-soft",
];
const SANS = 'system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif';

/**
 * @typedef {object} Ink
 * @property {(name: string) => string} of a token
 * @property {readonly string[]} atoms by tone
 * @property {string} label
 * @property {string} fine
 * @property {string} small
 * @property {string} zone
 * @property {(pixels: number) => string} number
 */

/** @param {Element} element @returns {Ink} */
export function inkOf(element) {
  const of = colours(element, NAMES);
  /** @type {Map<number, string>} */
  const numbers = new Map();
  return {
    of,
    atoms: [of("--accent"), of("--busy"), of("--bad"), of("--line-strong")],
    label: `600 13px ${SANS}`,
    fine: `11.5px ${SANS}`,
    small: `11px ${SANS}`,
    zone: `600 12px ${SANS}`,
    number: (pixels) => {
      const whole = Math.round(pixels);
      let font = numbers.get(whole);
      if (!font) {
        font = `600 ${whole}px ${SANS}`;
        numbers.set(whole, font);
      }
      return font;
    },
  };
}

/** @type {Map<string, string>} */
const cut = new Map();
const CUT_MOST = 5000;

/**
 * A text that is no wider than so many pixels, by the font that is set.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} wide
 */
export function fitted(context, text, wide) {
  const room = Math.floor(wide / 4) * 4;
  const key = `${context.font}\n${room}\n${text}`;
  const known = cut.get(key);
  if (known !== undefined) return known;
  let shown = text.length > 200 ? text.slice(0, 200) : text;
  if (context.measureText(shown).width > room || shown !== text) {
    let [least, most] = [0, shown.length - 1];
    while (least < most) {
      const half = (least + most + 1) >> 1;
      if (context.measureText(shortened(shown, half)).width <= room) least = half;
      else most = half - 1;
    }
    shown = least < 2 ? "" : shortened(shown, least);
  }
  if (cut.size > CUT_MOST) cut.clear();
  cut.set(key, shown);
  return shown;
}

/** Beginning and end of a text: names often differ in their last digits. @param {string} text @param {number} kept characters */
function shortened(text, kept) {
  const tail = Math.floor(kept / 3);
  return `${text.slice(0, kept - tail)}…${tail ? text.slice(-tail) : ""}`;
}
