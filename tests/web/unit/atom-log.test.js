import assert from "node:assert/strict";
import { test } from "node:test";
import {
  LINE_CHARACTERS,
  Log,
  places,
  Search,
  stripped,
} from "../../../python/sojourn/dashboard/page/view/atom/log.js";

const ESCAPE = String.fromCharCode(27);

/** @param {Log} log */
function rows(log) {
  return Array.from({ length: log.rows }, (_, i) => log.row(i)?.text);
}

test("lines are put together from pieces, whatever ends them", () => {
  const log = new Log();
  log.write("one\ntw", 0, 6);
  log.write("o\r\n\nthree", 6, 15);
  assert.deepEqual(rows(log), ["one", "two", "", "three"]);
  assert.equal(log.offset, 15);
});

test("a line without end is told as several, and no character is cut", () => {
  const log = new Log();
  const text = `${"x".repeat(LINE_CHARACTERS - 1)}\u{1f600}${"y".repeat(LINE_CHARACTERS)}`;
  log.write(text, 0, 10);
  assert.equal(rows(log).join(""), text);
  for (const row of rows(log))
    assert.ok(row !== undefined && new TextDecoder().decode(new TextEncoder().encode(row)) === row);
  assert.equal(log.lines, 3);
});

test("there are never more lines or characters than may be, and what is looked at keeps its number", () => {
  const log = new Log(1000, 50_000);
  for (let i = 0; i < 5000; i += 1) log.write(`line ${i}\n`, i * 10, i * 10 + 10);
  assert.ok(log.lines <= 1000);
  assert.equal(log.row(log.rows - 1)?.text, "line 4999");
  assert.equal(log.row(log.rows - 1)?.line, 4999);
  assert.equal(log.row(log.rowOf(4500))?.text, "line 4500");
  for (let i = 0; i < 100; i += 1) log.write("z".repeat(5000), 0, 0);
  assert.ok(rows(log).join("").length <= 50_000);
});

test("wrapping is arithmetic: every row leads back to its line", () => {
  const log = new Log();
  log.write("abcdefghij\n\nklm\n", 0, 16);
  log.wrap(4);
  assert.deepEqual(rows(log), ["abcd", "efgh", "ij", "", "klm"]);
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((i) => log.row(i)?.line),
    [0, 0, 0, 1, 2],
  );
  assert.equal(log.rowOf(2), 4);
  log.write("nopqr", 16, 21);
  assert.deepEqual(rows(log).slice(5), ["nopq", "r"]);
  log.wrap(0);
  assert.equal(log.rows, 4);
});

test("control sequences of terminals are left out, or shown", () => {
  const red = `${ESCAPE}[31mred${ESCAPE}[0m ${ESCAPE}]0;title${String.fromCharCode(7)}end${ESCAPE}c`;
  assert.equal(stripped(red), "red end");
  assert.equal(stripped("plain"), "plain");
  assert.equal(stripped(`${ESCAPE}]8;;unfinished`), "");
  const log = new Log();
  log.write(red, 0, 1);
  assert.equal(log.row(0)?.text, "red end");
  log.ansi(true);
  assert.equal(log.row(0)?.text, red);
});

test("what is gone is told, once, where it was", () => {
  const log = new Log();
  log.write("a\n", 100, 102);
  log.lost(102, 150);
  log.write("b\n", 150, 152);
  log.again(20);
  log.write("c\n", 20, 22);
  assert.deepEqual(
    Array.from({ length: log.rows }, (_, i) => [log.row(i)?.kind, log.row(i)?.text]),
    [
      ["lost", "100"],
      ["text", "a"],
      ["lost", "48"],
      ["text", "b"],
      ["again", ""],
      ["text", "c"],
    ],
  );
});

test("bytes that are no text are shown as what they cannot be read as", () => {
  const log = new Log();
  log.writeBytes(new Uint8Array([0x66, 0xff, 0x66, 0x0a]), 0);
  assert.equal(log.row(0)?.text, "f\ufffdf");
  assert.equal(log.offset, 4);
});

test("a search finds lines in either case, also from a line on", () => {
  const log = new Log();
  log.write("Alpha\nbeta\nALPHABET\n", 0, 20);
  assert.deepEqual(log.find("alpha"), [0, 2]);
  assert.deepEqual(log.find("alpha", 1), [2]);
  assert.deepEqual(log.find(""), []);
  assert.deepEqual(places("ALPHABET alpha", "alpha"), [
    [0, 5],
    [9, 14],
  ]);
  assert.deepEqual(places("\u0130stanbul", "bul"), []);
});

test("a hundred thousand lines are written, wrapped and searched within bounds", () => {
  const log = new Log();
  for (let i = 0; i < 1000; i += 1) log.write(`${"word ".repeat(30)}${i}\n`.repeat(100), i, i + 1);
  log.wrap(80);
  assert.equal(log.lines, 100_000);
  assert.equal(log.rows, 200_000);
  assert.equal(log.find("999").length, 100);
  assert.ok(log.row(150_000)?.text);
});

test("a search goes on where it was, and knows what is gone and what has grown", () => {
  const log = new Log(10);
  const search = new Search();
  log.write("find me\nnot\nfin", 0, 1);
  assert.deepEqual(search.of(log, "find"), [0]);
  log.write("d it\n", 1, 2);
  assert.deepEqual(search.of(log, "find"), [0, 2]);
  for (let i = 0; i < 20; i += 1) log.write(`${i} find\n`, 2, 3);
  const found = search.of(log, "find");
  assert.deepEqual(found, log.find("find"));
  assert.ok((found[0] ?? 0) >= log.first);
  assert.deepEqual(search.of(log, "FIND 1"), []);
  assert.deepEqual(search.of(log, "19 F"), [22]);
  assert.deepEqual(search.of(log, ""), []);
});
