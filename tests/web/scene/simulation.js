/** Simulations: one that the controller runs, and a recording that is given to the page, in the views of a realm. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** @typedef {import("../scene.js").Scene} Scene */
/** @typedef {import("playwright-core").Page} Page */

const SMALL = { seed: 2, nodes: 9, atoms: 9, hours: 0.02 };

/** A scenario is run, played, held, sought in and left. @param {Scene} scene */
export async function run(scene) {
  const page = await scene.open("#/simulation");
  await scene.live(page);
  await page.getByRole("radio", { name: /^moving-user/ }).check();
  for (const [name, value] of Object.entries(SMALL))
    await page.getByRole("spinbutton", { name: new RegExp(`^${name}`, "i") }).fill(String(value));
  await page.getByRole("button", { name: "Run and play" }).click();
  const bar = page.getByRole("region", { name: "Player of the simulation" });
  await bar.getByText("This is a simulation").waitFor();
  await bar.getByText("moving-user").waitFor();
  // What came of it is there when all of it is.
  await page.getByRole("region", { name: "What came of it" }).waitFor();
  await page.getByRole("link", { name: "Look at the map" }).click();
  await page.getByText(/9 nodes · 9 atoms/).waitFor();
  await seek(page);
  // Nothing can be done in it.
  await page.getByRole("grid", { name: "Nodes" }).getByRole("link", { name: "site-0" }).click();
  await page.waitForURL(/#\/node\/site-0/);
  await page.getByRole("button", { name: /^Drain/ }).waitFor();
  assert.equal(await page.getByRole("button", { name: /^Drain/ }).getAttribute("aria-disabled"), "true");
  await bar.getByRole("button", { name: "Back to the realm" }).click();
  await bar.waitFor({ state: "detached" });
  await scene.live(page);
}

/** A recording is given to the page, plain and packed. @param {Scene} scene */
export async function recording(scene) {
  const plain = join(scene.folder, "hour.jsonl");
  const packed = join(scene.folder, "hour.jsonl.gz");
  const told = await recorded(scene);
  await writeFile(plain, told);
  await writeFile(packed, gzipSync(told));
  const page = await scene.open("#/simulation");
  await scene.live(page);
  for (const file of [plain, packed]) {
    await page.getByLabel("File of a recording").setInputFiles(file);
    const bar = page.getByRole("region", { name: "Player of the simulation" });
    await bar.getByText("seed 2").waitFor();
    await page.getByRole("link", { name: "Look at the timeline" }).click();
    await page.waitForURL(/#\/timeline/);
    await seek(page);
    await bar.getByRole("button", { name: "Back to the realm" }).click();
    await bar.waitFor({ state: "detached" });
    await page.getByRole("navigation").getByRole("link", { name: "Simulation" }).click();
  }
}

/** What is no recording, or a damaged one, is told in words and changes nothing. @param {Scene} scene */
export async function damaged(scene) {
  const whole = await recorded(scene);
  const lines = whole.split("\n");
  const page = await scene.open("#/simulation");
  await scene.live(page);
  for (const [text, said] of /** @type {[string, RegExp][]} */ ([
    ["<script>alert(1)</script>", /no recording/],
    ["", /no recording/],
    [whole.replace('"sojourn_recording":1', '"sojourn_recording":9'), /format 9/],
    [[...lines.slice(0, 4), '[1,"change",{}]'].join("\n"), /Line 5 .*damaged/],
    [[...lines.slice(0, 4), "{"].join("\n"), /Line 5 .*damaged/],
  ])) {
    const file = join(scene.folder, "damaged.jsonl");
    await writeFile(file, text);
    await page.getByLabel("File of a recording").setInputFiles(file);
    await page.getByText(said).waitFor();
    assert.equal(await page.getByRole("region", { name: "Player of the simulation" }).count(), 0);
  }
}

/** To the end and the beginning by keys, and on from there. @param {Page} page */
async function seek(page) {
  const bar = page.getByRole("region", { name: "Player of the simulation" });
  const hold = bar.getByRole("button", { name: "Hold" });
  if (await hold.count()) await hold.click();
  const slider = bar.getByRole("slider", { name: "Time" });
  await slider.press("End");
  await bar.getByText(/00:01:12 of 00:01:12/).waitFor();
  await slider.press("Home");
  await bar.getByText(/00:00:00 of 00:01:12/).waitFor();
  await bar.getByRole("combobox", { name: "Speed" }).selectOption({ label: "10 ×" });
  await bar.getByRole("button", { name: "Play" }).click();
  await bar.getByText(/00:00:[0-9][1-9] of 00:01:12/).waitFor();
  await bar.getByRole("button", { name: "Hold" }).click();
}

/** A small recording, as the controller makes it. @param {Scene} scene */
async function recorded(scene) {
  const answer = await fetch(`${scene.realm.url}/v1/simulations/moving-user`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${scene.realm.tokens.admin}` },
    body: JSON.stringify(SMALL),
  });
  assert.equal(answer.status, 200);
  return answer.text();
}
