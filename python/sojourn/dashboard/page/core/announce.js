// @ts-check
/**
 * What a screen reader is told, politely: at most one sentence every few seconds, however much happens.
 *
 *   const announcer = new Announcer({say(text), now_ms(), later(f, ms)});  announcer.tell("moves", "a/b moved to c")
 *
 * Of a topic with more than three sentences since the last time, only how many there were is said. Pure.
 */
import { t } from "../text/text.js";

export const EVERY_MS = 4000;
const MOST = 3;

export class Announcer {
  /** @param {{say: (text: string) => void, now_ms: () => number, later: (what: () => void, ms: number) => void}} with_ */
  constructor({ say, now_ms, later }) {
    this._say = say;
    this._now = now_ms;
    this._later = later;
    this._last = Number.NEGATIVE_INFINITY;
    this._waits = false;
    /** @type {Map<string, {first: string[], count: number}>} */
    this._topics = new Map();
  }

  /**
   * @param {string} topic of which several are counted: `shell.told.TOPIC` says how many
   * @param {string} text
   */
  tell(topic, text) {
    const there = this._topics.get(topic) ?? { first: [], count: 0 };
    there.count += 1;
    if (there.first.length < MOST) there.first.push(text);
    this._topics.set(topic, there);
    if (this._waits) return;
    this._waits = true;
    this._later(() => this._speak(), Math.max(0, this._last + EVERY_MS - this._now()));
  }

  _speak() {
    this._waits = false;
    this._last = this._now();
    const said = [];
    for (const [topic, { first, count }] of this._topics) {
      if (count <= MOST) said.push(...first);
      else said.push(t(`shell.told.${topic}`, { count }));
    }
    this._topics.clear();
    this._say(said.join(" "));
  }
}
