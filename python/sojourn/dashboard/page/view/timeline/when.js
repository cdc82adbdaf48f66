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
  const { clock, day } = formats();
  const date = new Date(at * 1000);
  const today = date.toDateString() === new Date().toDateString();
  return today ? clock.format(date) : `${day.format(date)} ${clock.format(date)}`;
}

/** @type {{language: string, clock: Intl.DateTimeFormat, day: Intl.DateTimeFormat} | undefined} */
let made;

/** Those of the page's language: they take long to make. */
function formats() {
  const wanted = language();
  if (made?.language !== wanted) {
    const clock = new Intl.DateTimeFormat(wanted, {
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      fractionalSecondDigits: 3,
      hourCycle: "h23",
    });
    made = { language: wanted, clock, day: new Intl.DateTimeFormat(wanted, { day: "numeric", month: "short" }) };
  }
  return made;
}
