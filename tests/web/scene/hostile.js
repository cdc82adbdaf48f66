/** Texts from outside are texts, whatever is in them. */
import assert from "node:assert/strict";
import { CONTROL, hostileController, TEXTS } from "../hostile.js";

/** @typedef {import("../scene.js").Scene} Scene */
/** @typedef {import("playwright-core").Page} Page */

// All bytes but letters, and markup, so that it shows what it is.
const LOG = [...TEXTS, CONTROL, "x".repeat(20_000), "the last line"].join("\n");

/** Writes the texts, and bytes that are none, and then nothing more for ever. */
const WRITER = `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 64) "${bytes(`${LOG}\n`)}\\ff\\fe\\c3(\\80\\n")
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 64))
    (i32.store (i32.const 4) (i32.const ${new TextEncoder().encode(LOG).length + 7}))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
    (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 16)))
    (loop $rest (drop (call $yield)) (br $rest))))`;

/** A text as data of a module. @param {string} text */
function bytes(text) {
  return [...new TextEncoder().encode(text)].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
}

const VIEWS = ["#/map", "#/timeline", "#/node/node-1", "#/start", "#/programs", "#/simulation", "#/first"];

/**
 * That no text became markup or code, none turns what is around it, and none is wider than the screen.
 * @param {Page} page
 * @param {string} what
 */
async function unmarked(page, what) {
  const found = await page.evaluate(() => {
    // Marks of direction are shown as what they are, so that they do nothing.
    const turning = [...document.querySelectorAll("main *")].filter((element) =>
      [...element.childNodes].some((node) => node instanceof Text && /[\u202a-\u202e\u2066-\u2069]/.test(node.data)),
    );
    return {
      title: document.title.includes("marked"),
      marked: document.querySelectorAll(".marked, main script, main a[href^='javascript:']").length,
      turning: turning.map((element) => element.outerHTML.slice(0, 300)),
      wide: document.documentElement.scrollWidth - innerWidth,
    };
  });
  assert.deepEqual(found, { title: false, marked: 0, turning: [], wide: 0 }, what);
}

/**
 * Real ones: names, aliases, arguments, environment, causes of moves, and what an atom writes.
 * @param {Scene} scene
 */
export async function atoms(scene) {
  const module = await scene.ask("module", WRITER);
  scene.realm.modules.writer = module;
  const one = await scene.start("__proto__", {
    module: "writer",
    arguments: TEXTS,
    environment: Object.fromEntries(TEXTS.map((text, at) => [`V${at}`, text])),
    aliases: TEXTS.filter((text) => new TextEncoder().encode(text).length <= 256).map((alias) => ({
      scope: "hostile",
      alias,
    })),
  });
  const long = await scene.start(`constructor.${"W".repeat(52)}`, { module: "writer" });
  for (const [at, text] of TEXTS.entries()) {
    const target = `node-${1 + (at % 3)}`;
    const { node } = await scene.rest("GET", `/atoms/${one.name}`);
    if (node !== target) await scene.move(one.name, target, text.slice(0, 200));
  }
  const page = await scene.open("#/map");
  await scene.live(page);
  for (const hash of [...VIEWS, `#/atom/${one.name}`, `#/atom/${long.name}`]) {
    await scene.go(page, hash);
    await unmarked(page, hash);
  }
  await scene.go(page, `#/atom/${one.name}`);
  await page.getByText("the last line").first().waitFor();
  // Only lines that are seen are there.
  await page.getByRole("log").evaluate((log) => log.scrollTo(0, 0));
  await page.getByText('<b class="marked">bold</b>').first().waitFor();
  await unmarked(page, "logs");
}

/**
 * A controller that tells everything in hostile texts: reasons, causes, errors, what else there may be.
 * @param {Scene} scene
 */
export async function controller(scene) {
  const atom = await scene.start("told-of-badly", { module: "steady", arguments: ["1", "1", "1000000"] });
  await scene.move(atom.name, atom.node === "node-1" ? "node-2" : "node-1");
  const hostile = await hostileController(scene.realm.url);
  try {
    scene.realm.url = hostile.url;
    const page = await scene.open("#/map");
    await page.getByRole("navigation").waitFor();
    for (const hash of [...VIEWS, `#/atom/${atom.name}`, "#/atom/node-1/nobody"]) {
      await scene.go(page, hash);
      await unmarked(page, hash);
    }
    scene.allow(/status of 404/); // nobody
  } finally {
    for (const page of scene.pages) await page.close();
    await hostile.end();
  }
}
