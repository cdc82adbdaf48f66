/**
 * Chromium on the dashboard of a real realm: plays scenes as lines of JSON on standard input ask for them.
 *
 *   in   {"scene": "map", "name": "filter", "realm": {...}, "folder": "..."}    one of scene/map.js; what `Scene` is made of
 *   out  {"ask": "kill", "given": {...}}       the scene wants something done; the next line in is {"answer": ...}
 *   out  {"done": true}   or   {"failed": "...", "pictures": ["..."]}
 *
 * The program's argument is Chromium's path.
 */
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { chromium } from "playwright-core";
import { Scene } from "./scene.js";

const LONGEST_MS = 180_000;

const [program] = process.argv.slice(2);
// The sandbox is not for root, whom tests in a container are.
const browser = await chromium.launch({ executablePath: program ?? "chromium", args: ["--no-sandbox"] });
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** @returns {Promise<any>} The next line; null: there is none. */
async function next() {
  const line = await lines.next();
  return line.done ? null : JSON.parse(line.value);
}

/** @param {unknown} value */
function tell(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/**
 * @param {string} what
 * @param {unknown} given
 */
async function ask(what, given) {
  tell({ ask: what, given });
  const said = await next();
  if (said.failed) throw new Error(`${what}: ${said.failed}`);
  return said.answer;
}

/**
 * What a scene waits for inside of a page has no bound of its own.
 * @param {Promise<void>} played
 */
async function within(played) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it is not over after ${LONGEST_MS} ms`)), LONGEST_MS);
  });
  await Promise.race([played, late]).finally(() => clearTimeout(timer));
}

tell({ ready: browser.version() });
for (let asked = await next(); asked !== null; asked = await next()) {
  const scene = new Scene(browser, asked, ask);
  try {
    const played = (await import(`./scene/${asked.scene}.js`))[asked.name];
    await within(played(scene));
    await scene.quiet();
    tell({ done: true });
  } catch (error) {
    const pictures = await scene.pictures();
    const story = error instanceof Error ? (error.stack ?? error.message) : String(error);
    // Without what only a terminal understands.
    tell({ failed: stripVTControlCharacters([story, ...scene.said()].join("\n")), pictures });
  }
  await scene.end();
}
await browser.close();
