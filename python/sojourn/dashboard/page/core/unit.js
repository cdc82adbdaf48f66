// @ts-check
/**
 * Numbers with units, in the language of the page. Pure: no clock.
 *
 *   number(1234.5) "1,234.5"   bytes(1536) "1.5 KiB"   rate(2e6) "1.9 MiB/s"   per(0.25) "0.25/s"
 *   ms(1234) "1.23 s"   ms(0.4) "0.4 ms"   span(3700) "1 h 1 min" (seconds)   percent(0.123) "12 %"   cores(1.25) "1.25"
 *   clock(at) "14:03:09"   stamp(at) date and time   ago(at, now) "3 min ago"   joules(7200) "2 Wh"
 *   short(digest) first 12 digits   clip(text, 40) with an ellipsis in the middle
 */
import { language } from "../text/text.js";

/** Between number and unit; no line break. */
const GAP = "\u00a0";
const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** @param {number} digits @param {boolean} significant */
function format(digits, significant) {
  const key = `${language()} ${digits} ${significant}`;
  let made = formats.get(key);
  if (!made) {
    made = new Intl.NumberFormat(
      language(),
      significant ? { maximumSignificantDigits: digits } : { maximumFractionDigits: digits },
    );
    formats.set(key, made);
  }
  return made;
}

/** @param {number} value @param {number} [digits] after the point, at most */
export function number(value, digits = 1) {
  return Number.isFinite(value) ? format(digits, false).format(value) : "–";
}

/** Three digits that matter. @param {number} value */
function three(value) {
  const big = Math.abs(value) >= 100;
  return big ? format(0, false).format(value) : format(3, true).format(value);
}

/** @param {number} value */
export function bytes(value) {
  if (!Number.isFinite(value)) return "–";
  let at = 0;
  let left = value;
  while (Math.abs(left) >= 1024 && at < BINARY.length - 1) {
    left /= 1024;
    at += 1;
  }
  return `${three(left)}${GAP}${BINARY[at]}`;
}

/** @param {number} bytesPerSecond */
export function rate(bytesPerSecond) {
  return `${bytes(bytesPerSecond)}/s`;
}

/** @param {number} perSecond */
export function per(perSecond) {
  return `${three(perSecond)}/s`;
}

/** @param {number} value milliseconds */
export function ms(value) {
  if (!Number.isFinite(value)) return "–";
  if (Math.abs(value) < 1 && value !== 0)
    return value < 0.001 ? `0${GAP}ms` : `${three(Math.round(value * 1000))}${GAP}µs`;
  if (Math.abs(value) < 1000) return `${three(value)}${GAP}ms`;
  return span(value / 1000);
}

/** @param {number} seconds */
export function span(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 60) return `${three(seconds)}${GAP}s`;
  const whole = Math.round(seconds);
  const [days, hours, minutes, rest] = [
    Math.floor(whole / 86400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  if (days) return joined(days, "d", hours, "h");
  if (hours) return joined(hours, "h", minutes, "min");
  return joined(minutes, "min", rest, "s");
}

/** @param {number} a @param {string} of @param {number} b @param {string} then */
function joined(a, of, b, then) {
  return b ? `${a}${GAP}${of} ${b}${GAP}${then}` : `${a}${GAP}${of}`;
}

/** @param {number} share 0 to 1 */
export function percent(share) {
  if (!Number.isFinite(share)) return "–";
  return new Intl.NumberFormat(language(), {
    style: "percent",
    maximumFractionDigits: share < 0.1 && share > 0 ? 1 : 0,
  }).format(share);
}

/** @param {number} value */
export function cores(value) {
  return number(value, 2);
}

/** @param {number} value */
export function joules(value) {
  const hours = value / 3600;
  return hours >= 1000
    ? `${three(hours / 1000)}${GAP}kWh`
    : hours >= 1
      ? `${three(hours)}${GAP}Wh`
      : `${three(value)}${GAP}J`;
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const kept = new Map();
/** @type {Intl.DateTimeFormatOptions} */
const CLOCK = { hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23" };
/** @type {Intl.DateTimeFormatOptions} */
const STAMP = { dateStyle: "medium", timeStyle: "medium" };

/**
 * A time in a format that is made once in each language: that takes far longer than using it.
 * @param {string} name
 * @param {Intl.DateTimeFormatOptions} options
 * @param {number} at Unix seconds
 */
function dated(name, options, at) {
  const key = `${language()} ${name}`;
  let made = kept.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(language(), options);
    kept.set(key, made);
  }
  const date = new Date(at * 1000);
  return Number.isNaN(date.getTime()) ? "–" : made.format(date);
}

/** @param {number} at Unix seconds */
export function clock(at) {
  return dated("clock", CLOCK, at);
}

/** @param {number} at Unix seconds */
export function stamp(at) {
  return dated("stamp", STAMP, at);
}

/** @param {number} at @param {number} now Unix seconds */
export function ago(at, now) {
  const passed = Math.max(0, now - at);
  const words = new Intl.RelativeTimeFormat(language(), { numeric: "auto", style: "short" });
  if (passed < 60) return words.format(-Math.floor(passed), "second");
  if (passed < 3600) return words.format(-Math.floor(passed / 60), "minute");
  if (passed < 86400) return words.format(-Math.floor(passed / 3600), "hour");
  return words.format(-Math.floor(passed / 86400), "day");
}

/** @param {string} digest */
export function short(digest) {
  return digest.slice(0, 12);
}

/**
 * The beginning and the end of a long text. By code points, so that no character is cut.
 * @param {string} text
 * @param {number} most characters
 */
export function clip(text, most) {
  if (text.length <= most) return text;
  const points = Array.from(text.length > most * 8 ? text.slice(0, most * 4) + text.slice(-most * 4) : text);
  if (points.length <= most && text.length <= most * 8) return text;
  const tail = Math.floor((most - 1) / 3);
  return `${points.slice(0, most - 1 - tail).join("")}…${tail ? points.slice(-tail).join("") : ""}`;
}
