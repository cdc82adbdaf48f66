/** Times as people read them: those of a model from its beginning on. */
import { language } from "../../text/text.js";
import { elapsed, MODELLED_BEFORE } from "./tick.js";

/**
 * With milliseconds; the day, where it is not today.
 *
 * @param {number} at
 */
export function timeText(at) {
  if (at < MODELLED_BEFORE) return elapsed(at, 0.001);
  const date = new Date(at * 1000);
  const clock = date.toLocaleTimeString(language(), {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    hourCycle: "h23",
  });
  if (date.toDateString() === new Date().toDateString()) return clock;
  return `${date.toLocaleDateString(language(), { day: "numeric", month: "short" })} ${clock}`;
}
