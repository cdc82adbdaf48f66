/** The timeline: what happened, and why, found, looked at closely, and compared. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** @typedef {import("../scene.js").Scene} Scene */
/** @typedef {import("playwright-core").Page} Page */

/**
 * An atom with a history: a start, two moves with causes, an end.
 * @param {Scene} scene
 * @returns {Promise<string>} Its name.
 */
async function story(scene) {
  const atom = await scene.start(`story-${scene.name.replaceAll("_", "-")}`, { module: "echo", node: "node-1" });
  await scene.move(atom.name, "node-2", "to be nearer");
  await scene.move(atom.name, "node-3", "to be cooler");
  await scene.rest("POST", `/atoms/${atom.name}/stop`, { discard: true });
  return atom.name;
}

/** Rows of the table of entries, without its head. @param {Page} page */
const rows = (page) =>
  page.getByRole("grid", { name: "Entries of the timeline" }).getByRole("row").filter({ hasNotText: "What happened" });

/** Every kind of event is there with its cause in words; filters leave what they say. @param {Scene} scene */
export async function filters(scene) {
  const name = await story(scene);
  const page = await scene.open(`#/timeline?atom=${encodeURIComponent(name)}`);
  await scene.live(page);
  await scene.until(
    () => rows(page).count(),
    (count) => count === 4,
    "start, two moves, end",
  );
  const causes = rows(page).filter({ hasText: /to be (nearer|cooler)/ });
  assert.equal(await causes.count(), 2);
  await page.getByRole("searchbox", { name: "Search in causes and texts" }).fill("nearer");
  await scene.until(
    () => rows(page).count(),
    (count) => count === 1,
    "by text",
  );
  await page.getByRole("searchbox", { name: "Search in causes and texts" }).fill("");
  const kinds = page.getByRole("group", { name: "Kinds" });
  await kinds.getByRole("button", { name: /^Move/ }).click();
  await scene.until(
    () => rows(page).count(),
    (count) => count === 2,
    "by kind",
  );
  await page.getByLabel("Node", { exact: true }).selectOption("node-3");
  await scene.until(
    () => rows(page).count(),
    (count) => count > 0 && count <= 2,
    "by node",
  );
  await page.reload();
  await scene.until(
    () => rows(page).count(),
    (count) => count > 0 && count <= 2,
    "after a reload",
  );
}

/** What is selected is told in full; a second one is compared with it. @param {Scene} scene */
export async function select_and_compare(scene) {
  const name = await story(scene);
  const page = await scene.open(`#/timeline?atom=${encodeURIComponent(name)}`);
  await scene.live(page);
  await rows(page).filter({ hasText: "to be nearer" }).click();
  const detail = page.getByRole("region", { name: "Details" });
  await detail.getByText(/moved from node-1 to node-2 in .*: to be nearer/).waitFor();
  for (const fact of ["Downtime", "Took", "Bytes", "Rounds", "Trace"])
    await detail.getByText(fact, { exact: true }).waitFor();
  const trace = detail.getByRole("link", { name: /trace/i });
  assert.match(
    String(await trace.getAttribute("href")),
    /^http:\/\/127\.0\.0\.1:1\/trace\/[0-9a-f]*[1-9a-f][0-9a-f]*$/,
  );
  assert.match(String(await trace.getAttribute("rel")), /noopener|noreferrer/);
  await page.getByRole("button", { name: /^Compare with/ }).click();
  await rows(page).filter({ hasText: "to be cooler" }).click();
  await page.getByRole("region", { name: "Two moves compared" }).getByText("to be nearer").waitFor();
  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByText(/^Select an entry/).waitFor();
}

/** The downtime of what is on the screen, as a histogram with numbers that say the same. @param {Scene} scene */
export async function histogram(scene) {
  const name = await story(scene);
  const page = await scene.open(`#/timeline?atom=${encodeURIComponent(name)}`);
  await scene.live(page);
  const picture = page.getByRole("img", { name: /^Downtime of 2 moves: median/ });
  await picture.waitFor();
  const moves = (await scene.rest("GET", "/moves?limit=1000")).items.filter(
    (/** @type {any} */ move) => move.atom === name,
  );
  const most = Math.max(...moves.map((/** @type {any} */ move) => move.downtime_ms));
  const said = Number.parseFloat(/the longest ([\d.]+) ms/.exec(await picture.ariaSnapshot())?.[1] ?? "");
  assert(Math.abs(said - most) / most < 0.01, `${said} ms instead of ${most} ms`);
}

/** Time is zoomed by buttons, wheel and keys, held and followed; a part of it is selected. @param {Scene} scene */
export async function zoom(scene) {
  const name = await story(scene);
  const page = await scene.open("#/timeline");
  await scene.live(page);
  const heading = page.getByRole("heading", { level: 2, name: /entr(y|ies)/ });
  const count = async () => Number.parseInt((await heading.innerText()).replaceAll(",", ""), 10);
  await scene.until(count, (entries) => entries >= 4, "entries");
  const all = await count();
  const lanes = page.getByRole("application");
  await page.getByRole("button", { name: "Show less time" }).click();
  await page.getByRole("button", { name: "Hold" }).click();
  await lanes.hover();
  for (let step = 0; step < 12; step++) await page.mouse.wheel(0, -300);
  await scene.until(count, (entries) => entries < all, "less time, fewer entries");
  await page.getByRole("button", { name: "All", exact: true }).click();
  await scene.until(count, (entries) => entries >= all, "all again");
  await lanes.focus();
  for (const key of ["+", "ArrowLeft", "ArrowRight", "-", "Home"]) await page.keyboard.press(key);
  await page.keyboard.press(",");
  await page.getByRole("region", { name: "Details" }).waitFor();
  await page.keyboard.press("Escape");
  for (let step = 0; step < 3; step++) await page.keyboard.press("Shift+ArrowLeft");
  await page.getByRole("heading", { name: /in the selected time/ }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: /on the screen/ }).waitFor();
  await page.getByRole("button", { name: "Nodes", exact: true }).click();
  await lanes.getByRole("link", { name: "node-2" }).first().waitFor();
  await page.getByRole("button", { name: "Atoms", exact: true }).click();
  // Of many lanes, those that are seen are there.
  await page.getByRole("searchbox", { name: "Atom", exact: true }).fill(name);
  await lanes
    .getByRole("link", { name: name.split("/")[1] ?? name })
    .first()
    .waitFor();
}

/** What is selected is downloaded, and is what the table shows. @param {Scene} scene */
export async function download(scene) {
  const name = await story(scene);
  const page = await scene.open(`#/timeline?atom=${encodeURIComponent(name)}`);
  await scene.live(page);
  await scene.until(
    () => rows(page).count(),
    (count) => count === 4,
    "start, two moves, end",
  );
  for (const [kind, holds] of /** @type {[string, (text: string) => boolean][]} */ ([
    ["CSV", (text) => text.trim().split("\n").length === 5 && text.includes("to be nearer")],
    ["JSON", (text) => JSON.stringify(JSON.parse(text)).includes("to be nearer")],
  ])) {
    await page.getByRole("button", { name: "Download", exact: true }).click();
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: new RegExp(`^${kind}`) }).click(),
    ]);
    const text = readFileSync(await file.path(), "utf8");
    assert(holds(text), text);
  }
}

/** An event is on the screen soon after it happened: within 200 ms, but for what else the machine does. @param {Scene} scene */
export async function live(scene) {
  const page = await scene.open("#/timeline");
  await scene.live(page);
  const atom = await scene.start("just-now", { module: "echo", node: "node-1" });
  await rows(page).filter({ hasText: "just-now" }).first().waitFor();
  await scene.rest("POST", `/atoms/${atom.name}/stop`, { discard: true });
  await rows(page).filter({ hasText: "just-now" }).filter({ hasText: "End" }).waitFor();
}
