import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bytes,
  clip,
  joules,
  ms,
  number,
  per,
  percent,
  short,
  span,
} from "../../../python/sojourn/dashboard/page/core/unit.js";
import { visible } from "../../../python/sojourn/dashboard/page/part/name.js";
import { setLanguage } from "../../../python/sojourn/dashboard/page/text/text.js";

/** With plain spaces. @param {string} text */
const plain = (text) => text.replace(/[\u00a0\u202f]/g, " ");

test("in English", async () => {
  await setLanguage("en");
  assert.deepEqual([0, 1023, 1536, 1048576, 5e12].map(bytes).map(plain), [
    "0 B",
    "1,023 B",
    "1.5 KiB",
    "1 MiB",
    "4.55 TiB",
  ]);
  assert.deepEqual([0, 0.0004, 0.4, 5.678, 123.4, 1500, 65_000, 3_700_000].map(ms).map(plain), [
    "0 ms",
    "0 ms",
    "400 µs",
    "5.68 ms",
    "123 ms",
    "1.5 s",
    "1 min 5 s",
    "1 h 1 min",
  ]);
  assert.deepEqual([0.5, 59.9, 60, 86_400, 90_000].map(span).map(plain), [
    "0.5 s",
    "59.9 s",
    "1 min",
    "1 d",
    "1 d 1 h",
  ]);
  assert.deepEqual([0, 0.0123, 0.5, 1.7].map(percent).map(plain), ["0%", "1.2%", "50%", "170%"]);
  assert.deepEqual([10, 7200, 7.2e6].map(joules).map(plain), ["10 J", "2 Wh", "2 kWh"]);
  assert.equal(number(1234.56), "1,234.6");
  assert.equal(plain(per(0.256)), "0.256/s");
});

test("in German", async () => {
  await setLanguage("de");
  assert.equal(plain(bytes(1536)), "1,5 KiB");
  assert.equal(plain(percent(0.5)), "50 %");
  assert.equal(number(1234.56), "1.234,6");
  await setLanguage("en");
});

test("what is no number is a dash", () => {
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
    for (const unit of [bytes, ms, span, percent, number]) assert.equal(unit(wrong), "–");
  }
});

test("long texts lose their middle, never half of a character", () => {
  assert.equal(clip("short", 10), "short");
  assert.equal(clip("abcdefghijklmnop", 10), "abcdef…nop");
  const rockets = "\u{1f680}".repeat(40);
  assert.equal(clip(rockets, 10), `${"\u{1f680}".repeat(6)}…${"\u{1f680}".repeat(3)}`);
  assert.ok(Array.from(clip("x".repeat(1_000_000), 30)).length <= 30);
  assert.equal(short("0123456789abcdef"), "0123456789ab");
});

test("nothing in a name is hidden", () => {
  assert.equal(visible("plain ü 漢\u{1f680}"), "plain ü 漢\u{1f680}");
  assert.equal(visible("a\u0000\u001b[31m\u007f"), "a\u2400\u241b[31m\u2421");
  assert.equal(visible("a\u202eb\u200b\ufeff\u2066"), "a[U+202E]b[U+200B][U+FEFF][U+2066]");
  assert.equal(visible("line\n\tnext"), "line\n\tnext");
});
