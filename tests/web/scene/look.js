/** How the page looks: language, colours, and screens that are narrow. */
import assert from "node:assert/strict";
import { accessible } from "../axe.js";

/** @typedef {import("../scene.js").Scene} Scene */
/** @typedef {import("playwright-core").Page} Page */

/** Every view, by its hash. @param {string} atom */
const views = (atom) => [
  "#/map",
  "#/timeline",
  `#/atom/${atom}`,
  "#/node/node-1",
  "#/start",
  "#/programs",
  "#/simulation",
  "#/first",
];

/**
 * Shows every view of a realm where something runs, one after the other.
 * @param {Scene} scene
 * @param {import("../scene.js").View} view
 * @param {(page: Page, hash: string) => Promise<void>} look
 */
async function all(scene, view, look) {
  const atom = await scene.start(`look-${scene.name}`, { module: "steady", arguments: ["1", "1", "1000000"] });
  await scene.move(atom.name, atom.node === "node-2" ? "node-3" : "node-2");
  const page = await scene.open("#/map", view);
  for (const hash of views(atom.name)) {
    await scene.go(page, hash);
    await look(page, hash);
  }
}

/** @param {Scene} scene */
export async function accessible_when_light(scene) {
  await all(scene, { scheme: "light" }, accessible);
}

/** @param {Scene} scene */
export async function accessible_when_dark(scene) {
  await all(scene, { scheme: "dark" }, accessible);
}

/** On a telephone nothing is wider than the screen, and everything can be reached. @param {Scene} scene */
export async function narrow(scene) {
  await all(scene, { width: 360, height: 640 }, async (page, hash) => {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert(wide <= 360, `${hash} is ${wide} pixels wide`);
    for (const link of await page.getByRole("navigation").getByRole("link").all()) {
      await link.scrollIntoViewIfNeeded();
      const box = await link.boundingBox();
      assert(box && box.x >= 0 && box.x + box.width <= 361, `${hash}: ${await link.innerText()} is off the screen`);
    }
    await accessible(page, hash);
  });
}

/** @param {Scene} scene */
export async function german(scene) {
  const page = await scene.open("#/map");
  await scene.live(page);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  await page.getByRole("button", { name: "Language and colours" }).click();
  await page.getByRole("menuitemradio", { name: "Deutsch" }).click();
  await page.getByRole("navigation").getByRole("link", { name: "Karte" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
  for (const hash of views("node-1/nobody")) await scene.go(page, hash);
  await page.reload();
  await page.getByRole("navigation").getByRole("link", { name: "Karte" }).waitFor();
  scene.allow(/status of 404/); // of the atom that there is not
}

/** A browser that prefers German gets it at once. @param {Scene} scene */
export async function german_at_once(scene) {
  const page = await scene.open("#/map", { language: "de-AT" });
  await page.getByRole("navigation").getByRole("link", { name: "Karte" }).waitFor();
}

/** Colours follow the system, and the switch goes before it. @param {Scene} scene */
export async function dark(scene) {
  const page = await scene.open("#/map");
  await scene.live(page);
  const lightness = () =>
    page.evaluate(() => {
      const [red = 0, green = 0, blue = 0] =
        getComputedStyle(document.body).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
      return (red + green + blue) / 765;
    });
  assert((await lightness()) > 0.7);
  await page.emulateMedia({ colorScheme: "dark" });
  await scene.until(lightness, (light) => light < 0.3, "dark by the system");
  for (const [name, holds] of /** @type {[string, (light: number) => boolean][]} */ ([
    ["Light", (light) => light > 0.7],
    ["Dark", (light) => light < 0.3],
  ])) {
    await page.getByRole("button", { name: "Language and colours" }).click();
    await page.getByRole("menuitemradio", { name, exact: true }).click();
    await scene.until(lightness, holds, name);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.reload();
  await scene.live(page);
  assert((await lightness()) < 0.3, "what was chosen is forgotten");
}
