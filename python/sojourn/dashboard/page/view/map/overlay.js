// @ts-check
/** The uppermost layer: atoms on their way, flashes, what is selected, what is dragged. Drawn anew each frame while any of it moves. */
import { localName } from "../../core/record.js";
import { percent } from "../../core/unit.js";
import { visible } from "../../part/name.js";
import { t } from "../../text/text.js";
import { seatAt } from "./dots.js";
import { LABELLED_MOST, labelLinks } from "./ground.js";
import { fitted } from "./ink.js";
import { along, dotOf, dotted, rimOf } from "./look.js";

/** @typedef {import("./world.js").World} World */
/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./look.js").Look} Look */
/** @typedef {import("./ink.js").Ink} Ink */
/** @typedef {import("./flight.js").Flight} Flight */
/** @typedef {{node: string, tone: "bad"|"good"|"accent", began: number, lasts: number}} Flash */
/**
 * @typedef {object} Marked
 * @property {string|null} node selected
 * @property {string|null} atom selected
 * @property {string|null} focus of the keyboard: a node
 * @property {{atom: string, left: number, top: number, over: string|null}|null} drag
 */

const TURN = Math.PI * 2;
const POINT = { x: 0, y: 0 };
const OTHER = { x: 0, y: 0 };
/** So many flights say who they are: fewer where nodes are small. */
const NAMED_MOST = 12;
const FEW = 3;

/** Flights: each as a dot with a trail on the link that it takes. @param {CanvasRenderingContext2D} context @param {World} world @param {Iterable<Flight>} flights @param {number} count @param {Camera} camera @param {Look} look @param {Ink} ink @param {boolean} still nothing may move */
export function paintFlights(context, world, flights, count, camera, look, ink, still) {
  labels = 0;
  const named = look.lines > 0 && count <= (look.radius < 34 ? FEW : NAMED_MOST);
  for (const flight of flights) {
    const [a, b] = [world.spots.get(flight.source), world.spots.get(flight.target)];
    if (!a || !b) continue;
    const seat = world.seats.get(flight.atom);
    if (seat && !seat.fits) continue;
    const rim = rimOf(a, b);
    const flown = rim + flight.shown * (1 - 2 * rim);
    const colour = ink.of(flight.phase === "back" ? "--bad" : "--busy");
    context.strokeStyle = colour;
    context.lineCap = "round";
    context.lineWidth = Math.max(1, Math.min(3, look.radius * 0.06));
    context.globalAlpha = look.small ? 0.3 : 0.5;
    context.beginPath();
    trail(context, a, b, rim, still ? 1 - rim : flown, camera);
    context.stroke();
    context.globalAlpha = 1;
    along(a, b, still ? 0.5 : flown, POINT);
    const [left, top] = [camera.left(POINT.x), camera.top(POINT.y)];
    const dot = Math.max(2, Math.min(9, look.radius * 0.12));
    context.beginPath();
    context.arc(left, top, dot, 0, TURN);
    context.fillStyle = colour;
    context.fill();
    if (look.radius > 12) {
      context.strokeStyle = ink.of("--surface");
      context.lineWidth = 1.5;
      context.stroke();
    }
    if (named) tell(context, world, flight, left, top - dot - 12, ink);
  }
}

/** What has been gone of the way. @param {CanvasRenderingContext2D} context @param {{x: number, y: number}} a @param {{x: number, y: number}} b @param {number} from @param {number} to @param {Camera} camera */
function trail(context, a, b, from, to, camera) {
  for (let i = 0; i <= 8; i += 1) {
    along(a, b, from + ((to - from) * i) / 8, POINT);
    if (i === 0) context.moveTo(camera.left(POINT.x), camera.top(POINT.y));
    else context.lineTo(camera.left(POINT.x), camera.top(POINT.y));
  }
}

/** Who it is, and how far. @param {CanvasRenderingContext2D} context @param {World} world @param {Flight} flight @param {number} left @param {number} low @param {Ink} ink */
function tell(context, world, flight, left, low, ink) {
  const move = world.picture.moves.get(flight.move);
  context.font = ink.fine;
  const name = fitted(context, visible(localName(flight.atom)), 120);
  const text =
    flight.phase === "back"
      ? `${name} · ${t("map.flight.back")}`
      : move
        ? `${name} · ${phaseOf(move.phase)} ${percent(move.progress)}`
        : `${name} → ${fitted(context, visible(flight.target), 120)}`;
  const wide = context.measureText(text).width + 12;
  const top = above(left, low, wide);
  context.fillStyle = ink.of("--surface");
  context.strokeStyle = ink.of(flight.phase === "back" ? "--bad" : "--busy");
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(left - wide / 2, top - 10, wide, 20, 10);
  context.fill();
  context.stroke();
  context.fillStyle = ink.of("--ink");
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, left, top + 0.5);
}

/** Labels that stand already in this frame: left, top and half the width of each. */
const LABELS = new Float64Array(NAMED_MOST * 3);
let labels = 0;

/** How high a label has to stand to cover none before it. @param {number} left @param {number} low @param {number} wide */
function above(left, low, wide) {
  let top = low;
  for (let i = 0; i < labels; i += 1) {
    const apart = Math.abs(/** @type {number} */ (LABELS[i * 3]) - left);
    const free = /** @type {number} */ (LABELS[i * 3 + 2]) + wide / 2 + 2;
    if (apart < free && Math.abs(/** @type {number} */ (LABELS[i * 3 + 1]) - top) < 22) {
      top = /** @type {number} */ (LABELS[i * 3 + 1]) - 22;
      i = -1;
    }
  }
  LABELS.set([left, top, wide / 2], labels * 3);
  labels += 1;
  return top;
}

/** The phase of a move in words. @param {string} phase */
export function phaseOf(phase) {
  if (!phase) return "";
  const text = t(`map.phase.${phase}`);
  return text.startsWith("map.phase.") ? visible(phase) : text;
}

/** Flashes: a ring that widens and fades; a still one where nothing may move. @param {CanvasRenderingContext2D} context @param {World} world @param {readonly Flash[]} flashes @param {number} now @param {Camera} camera @param {Look} look @param {Ink} ink @param {boolean} still */
export function paintFlashes(context, world, flashes, now, camera, look, ink, still) {
  for (const flash of flashes) {
    const spot = world.spots.get(flash.node);
    if (!spot) continue;
    const part = Math.min(1, Math.max(0, (now - flash.began) / flash.lasts));
    const base = Math.max(4, look.radius);
    context.globalAlpha = still ? 0.9 : (1 - part) * 0.9;
    context.strokeStyle = ink.of(`--${flash.tone}`);
    context.lineWidth = flash.tone === "bad" ? 3 : 2;
    context.beginPath();
    context.arc(
      camera.left(spot.x),
      camera.top(spot.y),
      base * (still ? 1.2 : 1.05 + part * (flash.tone === "bad" ? 0.9 : 0.4)),
      0,
      TURN,
    );
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** What is selected, has the keyboard, or is dragged. @param {CanvasRenderingContext2D} context @param {World} world @param {Marked} marked @param {Camera} camera @param {Look} look @param {Ink} ink */
export function paintMarked(context, world, marked, camera, look, ink) {
  if (marked.atom) paintAtom(context, world, marked.atom, camera, look, ink);
  if (marked.node) {
    if (world.ways.length > LABELLED_MOST) labelLinks(context, world, camera, look, ink, marked.node);
    around(context, world, marked.node, camera, look, ink.of("--accent"), 2.5);
  }
  if (marked.focus) around(context, world, marked.focus, camera, look, ink.of("--ink"), 2);
  const drag = marked.drag;
  if (!drag) return;
  if (drag.over !== null) around(context, world, drag.over, camera, look, ink.of("--busy"), 3);
  context.beginPath();
  context.arc(drag.left, drag.top, 9, 0, TURN);
  context.fillStyle = ink.of("--busy");
  context.fill();
  context.strokeStyle = ink.of("--surface");
  context.lineWidth = 2;
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {World} world @param {string} node @param {Camera} camera @param {Look} look @param {string} colour @param {number} wide */
function around(context, world, node, camera, look, colour, wide) {
  const spot = world.spots.get(node);
  if (!spot) return;
  context.beginPath();
  context.arc(camera.left(spot.x), camera.top(spot.y), Math.max(6, look.radius * 1.24 + 2), 0, TURN);
  context.strokeStyle = colour;
  context.lineWidth = wide;
  context.stroke();
}

/** An atom, and whom it talks with. @param {CanvasRenderingContext2D} context @param {World} world @param {string} name @param {Camera} camera @param {Look} look @param {Ink} ink */
function paintAtom(context, world, name, camera, look, ink) {
  const seat = world.seats.get(name);
  if (!seat) return;
  const seen = dotted(look, seat.spot.crowd.ring);
  placeOf(seat, seen, POINT);
  const [left, top] = [camera.left(POINT.x), camera.top(POINT.y)];
  context.strokeStyle = ink.of("--accent");
  context.lineWidth = 1.5;
  context.globalAlpha = 0.8;
  context.beginPath();
  for (const [source, target] of world.picture.traffic) {
    if (source !== name && target !== name) continue;
    const other = world.seats.get(source === name ? target : source);
    if (!other) continue;
    placeOf(other, dotted(look, other.spot.crowd.ring), OTHER);
    context.moveTo(left, top);
    context.lineTo(camera.left(OTHER.x), camera.top(OTHER.y));
  }
  context.stroke();
  context.globalAlpha = 1;
  context.beginPath();
  context.arc(left, top, seen ? dotOf(seat.spot.crowd.ring) * look.zoom + 4 : Math.max(6, look.radius * 0.5), 0, TURN);
  context.strokeStyle = ink.of("--ink");
  context.lineWidth = 2;
  context.stroke();
}

/** @param {import("./world.js").Seat} seat @param {boolean} seen @param {{x: number, y: number}} into */
function placeOf(seat, seen, into) {
  if (seen) return seatAt(seat, into);
  into.x = seat.spot.x;
  into.y = seat.spot.y;
  return into;
}
