/** The first minute: an empty realm shows three things to try, and each works by one click. */
import assert from "node:assert/strict";
import { accessible } from "../axe.js";

/** @typedef {import("../scene.js").Scene} Scene */

/**
 * All three are started, do what was promised, and move; then the page shows the map by itself.
 * @param {Scene} scene
 */
export async function three_things_to_try(scene) {
  const page = await scene.open("#/");
  await page.getByRole("heading", { name: "Welcome to the continuum" }).waitFor();
  await accessible(page, "an empty realm");
  for (const [title, says] of /** @type {[string, RegExp][]} */ ([
    ["A counter that you move", /\d/],
    ["Two who talk and hop", /\w/],
    ["A bag of work on all nodes", /\d/],
  ])) {
    const card = page.getByRole("article", { name: title });
    await card.getByRole("button", { name: "Start it" }).click();
    const log = card.getByRole("log");
    await scene.until(
      () => log.innerText(),
      (text) => says.test(text) && !/said nothing yet/.test(text),
      title,
    );
    await card.getByRole("link", { name: "See it on the map" }).waitFor();
  }
  const counter = page.getByRole("article", { name: "A counter that you move" });
  await counter.getByRole("button", { name: /^Move it to node-/ }).click();
  await counter.getByText(/It is on node-\d now, and stood still for/).waitFor();
  // It goes on where it was: every number is there once.
  const counts = async () =>
    [...(await counter.getByRole("log").innerText()).matchAll(/^(\d+) on node-\d$/gm)].map((match) => Number(match[1]));
  const before = await counts();
  const after = await scene.until(
    counts,
    (numbers) => Number(numbers.at(-1)) > Number(before.at(-1)) + 1,
    "it counts on",
  );
  assert.deepEqual(
    after,
    after.map((_, at) => Number(after[0]) + at),
  );
  await accessible(page, "with all three");
  await counter.getByRole("link", { name: "See it on the map" }).click();
  await page.getByRole("tab", { name: /^Atoms/ }).click();
  await page.getByRole("grid", { name: "Atoms" }).getByRole("row").nth(3).waitFor();
  // Who comes now sees the map first.
  const other = await scene.open("#/");
  await other.getByRole("application", { name: /Map of the realm/ }).waitFor();
  await scene.go(page, "#/first");
  await counter.getByRole("button", { name: "Stop it" }).click();
  await counter.getByRole("button", { name: "Start it" }).waitFor();
}
