/** One node: its facts, now and in the past, and what can be done with it. */
import assert from "node:assert/strict";

/** @typedef {import("../scene.js").Scene} Scene */

/** What it is, has and did; its atoms, links and kept code. @param {Scene} scene */
export async function facts(scene) {
  const atom = await scene.start("resident", { module: "steady", arguments: ["1", "1", "1000000"], node: "node-1" });
  const page = await scene.open("#/node/node-1");
  await scene.live(page);
  for (const name of ["Load", "Memory", "Atoms"]) await page.getByRole("meter", { name }).waitFor();
  for (const name of [/^Cores that are busy/, /^Memory in use/, /^Atoms/])
    await page.getByRole("img", { name }).waitFor();
  await page.getByRole("link", { name: atom.name }).waitFor();
  const links = page.getByRole("grid", { name: "Links" });
  for (const name of ["node-2", "node-3"]) await links.getByRole("link", { name }).waitFor();
  const record = await scene.rest("GET", "/nodes/node-1");
  await page.getByText(record.facts.engines.join(", ")).first().waitFor();
  await page.getByRole("heading", { name: "Host functions" }).waitFor();
  const cache = await scene.rest("GET", "/nodes/node-1/cache");
  await page.getByRole("heading", { name: /^Code cache/ }).waitFor();
  assert(cache.items.some((/** @type {any} */ entry) => entry.module === scene.realm.modules.steady));
  await page.getByText(String(scene.realm.modules.steady).slice(0, 12)).first().waitFor();
  await page.getByText("It is not known what this node keeps").waitFor({ state: "detached" });
  await page.getByRole("link", { name: atom.name }).click();
  await page.waitForURL(/#\/atom\/node-1\/resident/);
}

/** It is cordoned, and takes atoms again. @param {Scene} scene */
export async function cordon(scene) {
  const page = await scene.open("#/node/node-3");
  await scene.act(page, page.getByRole("button", { name: "Cordon", exact: true }));
  await page.getByText("cordoned", { exact: true }).first().waitFor();
  assert.equal((await scene.rest("GET", "/nodes/node-3")).cordoned, true);
  await scene.act(page, page.getByRole("button", { name: /Uncordon|Take atoms again|End/ }));
  await page.getByRole("button", { name: "Cordon", exact: true }).waitFor();
  assert.notEqual((await scene.rest("GET", "/nodes/node-3")).cordoned, true);
}

/** What would follow is told before; then its atoms leave, as it is seen; and it takes atoms again. @param {Scene} scene */
export async function drain(scene) {
  const atom = await scene.start("drained", { module: "steady", arguments: ["1", "1", "1000000"], node: "node-2" });
  const page = await scene.open("#/node/node-2");
  await page.getByRole("link", { name: atom.name }).waitFor();
  await scene.act(page, page.getByRole("button", { name: "Drain", exact: true }), { consequences: /drained/ });
  await page.getByRole("link", { name: atom.name }).waitFor({ state: "detached" });
  await scene.until(
    () => scene.rest("GET", `/atoms/${atom.name}`),
    (record) => record.node !== "node-2" && record.state === "running",
    "it runs elsewhere",
  );
  await scene.act(page, page.getByRole("button", { name: /Uncordon|Take atoms again|End/ }));
  await page.getByRole("button", { name: "Drain", exact: true }).waitFor();
  assert.notEqual((await scene.rest("GET", "/nodes/node-2")).cordoned, true);
}

/** What would follow if it were lost. @param {Scene} scene */
export async function what_if_it_were_lost(scene) {
  await scene.start("at-risk", { module: "steady", arguments: ["1", "1", "1000000"], node: "node-1" });
  const page = await scene.open("#/node/node-1");
  await page.getByRole("button", { name: /What if it were lost/ }).click();
  await page
    .getByRole("dialog")
    .getByText(/at-risk/)
    .first()
    .waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
}
