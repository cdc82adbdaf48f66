import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { nodeOf } from "../../../python/sojourn/dashboard/page/core/record.js";
import { functions, isReactive, needs, wrongs } from "../../../python/sojourn/dashboard/page/view/start/needs.js";
import { moduleOf, WasmError } from "../../../python/sojourn/dashboard/page/view/start/wasm.js";
import { PAGE } from "../source.js";

const HEAD = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** @param {string} text */
const named = (text) => [text.length, ...Buffer.from(text)];

/** @param {number} id @param {number[]} bytes */
const section = (id, bytes) => [id, ...leb(bytes.length), ...bytes];

/** @param {number} value */
function leb(value) {
  const found = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) found.push((value % 128) + 128);
  return [...found, value];
}

/** @param {...number[]} sections */
const made = (...sections) => new Uint8Array([...HEAD, ...sections.flat()]);

/** @param {string} text */
const said = (text) => section(0, [...named("sojourn"), ...Buffer.from(text)]);

const START = section(7, [1, ...named("_start"), 0, 0]);

test("the samples are read as the engine reads them", () => {
  for (const name of ["count", "pair", "work"]) {
    const path = join(PAGE, "samples", `${name}.wasm`);
    assert(existsSync(path));
    const bytes = readFileSync(path);
    const found = moduleOf(bytes);
    const module = new WebAssembly.Module(bytes);
    assert.deepEqual(
      found.imports,
      WebAssembly.Module.imports(module).map(({ module: from, name: what, kind }) => ({
        module: from,
        name: what,
        kind,
      })),
    );
    assert.deepEqual(found.exports, WebAssembly.Module.exports(module));
    assert.deepEqual(found.said, [["kind", "daemon"]]);
    assert.deepEqual(wrongs(found, []), []);
    assert.equal(isReactive(found), false);
    assert(found.functions > 5);
    assert(Number(found.memories[0]?.pages) > 0);
  }
});

test("what a module says is read from all its sections, in order", () => {
  const found = moduleOf(made(said("name=a\n\n needs.tag = gpu\nnothing"), section(0, named("name")), said("name=b")));
  assert.deepEqual(found.said, [
    ["name", "a"],
    ["needs.tag", "gpu"],
    ["nothing", ""],
    ["name", "b"],
  ]);
});

test("imports of each kind are read", () => {
  const imports = [
    [...named("env"), ...named("f"), 0, 5],
    [...named("env"), ...named("t"), 1, 0x64, 0x70, 1, 1, 2],
    [...named("env"), ...named("m"), 2, 3, 1, 0x80, 0x08],
    [...named("env"), ...named("g"), 3, 0x7f, 1],
    [...named("env"), ...named("x"), 4, 0, 0],
  ];
  const found = moduleOf(made(section(2, [imports.length, ...imports.flat()]), START));
  assert.deepEqual(
    found.imports.map(({ name, kind }) => [name, kind]),
    [
      ["f", "function"],
      ["t", "table"],
      ["m", "memory"],
      ["g", "global"],
      ["x", "tag"],
    ],
  );
  assert.deepEqual(
    wrongs(found, []).map(({ key, values }) => [key, values.name]),
    [
      ["import", "env.t"],
      ["import", "env.m"],
      ["import", "env.g"],
      ["import", "env.x"],
      ["function", "env.f"],
    ],
  );
});

test("a function that some node offers is no fault", () => {
  const module = moduleOf(made(section(2, [1, ...named("gpu"), ...named("run"), 0, 0]), START));
  const node = nodeOf({ facts: { name: "a", functions: ["gpu.run"] } });
  const lost = nodeOf({ facts: { name: "a", functions: ["gpu.run"] }, state: "lost" });
  assert.deepEqual(needs(module), ["gpu.run"]);
  assert.deepEqual(functions(module), [{ from: "gpu", count: 1, usual: false }]);
  assert.deepEqual(wrongs(module, [node]), []);
  assert.equal(wrongs(module, [lost])[0]?.key, "function");
});

test("a module without an entry cannot run, and one that answers messages can", () => {
  assert.equal(wrongs(moduleOf(made()), [])[0]?.key, "entry");
  const reactive = moduleOf(made(section(7, [1, ...named("handle"), 0, 0])));
  assert.deepEqual(wrongs(reactive, []), []);
  assert.equal(isReactive(reactive), true);
  assert.equal(isReactive(moduleOf(made(START, said("kind=reactive")))), true);
});

test("limits of memories may be of 64 bits, and are never more than a number holds", () => {
  const found = moduleOf(made(section(5, [1, 5, ...Array(9).fill(0xff), 1, ...Array(9).fill(0xff), 1])));
  assert.deepEqual(found.memories, [{ pages: 2 ** 48, most: 2 ** 48 }]);
});

/** @type {[string, Uint8Array][]} */
const OTHERS = [
  ["empty", new Uint8Array()],
  ["text", Buffer.from("\n;; a comment\n(module)")],
  ["text", Buffer.from("(component)")],
  ["component", new Uint8Array([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0])],
  ["other", Buffer.from("\x7fELF")],
  ["other", Buffer.from("GIF89a")],
  ["other", new Uint8Array([0, 0x61, 0x73, 0x6d, 9, 0, 0, 0])],
  ["damaged", new Uint8Array(HEAD.slice(0, 6))],
  ["damaged", made([2, 200])],
  ["damaged", made(section(2, [0xff, 0xff, 0xff, 0xff, 0x0f]))],
  ["damaged", made(section(7, [1, ...named("f"), 9, 0]))],
  ["damaged", made(section(5, [1, ...Array(12).fill(0x80)]))],
];

for (const [why, bytes] of OTHERS)
  test(`a file that is ${why} is told from a module: ${Buffer.from(bytes).toString("hex").slice(0, 24)}`, () => {
    assert.throws(
      () => moduleOf(bytes),
      (error) => error instanceof WasmError && error.why === why,
    );
  });

test("a module that is cut off anywhere is damaged or read, and nothing else happens", () => {
  const whole = readFileSync(join(PAGE, "samples", "count.wasm"));
  for (let length = 0; length < whole.length; length += 7) {
    try {
      moduleOf(whole.subarray(0, length));
    } catch (error) {
      assert(error instanceof WasmError, String(error));
    }
  }
});
