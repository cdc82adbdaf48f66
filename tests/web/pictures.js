/** Pictures of each view, for the documentation: a realm with some programs that have a history. */
import { join } from "node:path";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("playwright-core").Page} Page */

const FOR_EVER = "1000000000";

/**
 * What runs in the pictures.
 * @param {Scene} scene
 * @returns {Promise<string>} The atom that is looked at.
 */
async function populate(scene) {
  const places = ["node-1", "node-2", "node-3"];
  for (const [at, name] of ["harbour", "weather", "tides", "ferries", "cranes", "pilots"].entries())
    await scene.start(name, {
      module: "steady",
      arguments: [String(1 + 3 * (at % 3)), "1", FOR_EVER],
      node: places[at % 3],
    });
  await scene.start("desk", { module: "echo", node: "node-2", aliases: [{ scope: "role", alias: "desk" }] });
  await scene.start("tally", { module: "counter", node: "node-3" });
  const looked = "node-1/harbour";
  for (const [target, cause] of /** @type {[string, string][]} */ ([
    ["node-2", "nearer to its users"],
    ["node-3", "node-2 was busy"],
    ["node-1", "back home for the night"],
  ])) {
    await scene.move(looked, target, cause);
    // The realm may have moved it there meanwhile.
    const { node } = await scene.rest("GET", "/atoms/node-2/desk");
    if (node !== target) await scene.move("node-2/desk", target, cause);
  }
  await scene.rest("POST", `/atoms/${looked}/images`);
  const { steady, echo } = scene.realm.modules;
  await scene.rest("PUT", "/programs/harbour-watch", {
    description: "Watches the harbour, and answers who asks",
    parts: [
      { part: "watch", module: steady, arguments: ["1", "1", FOR_EVER] },
      { part: "answer", module: echo },
    ],
  });
  await scene.rest("POST", "/programs/harbour-watch/start");
  await scene.until(
    () => scene.rest("GET", "/programs/harbour-watch"),
    (program) => program.state === "running",
    "the program runs",
  );
  return looked;
}

/**
 * @param {Scene} scene
 * @param {Page} page
 * @param {string} name
 */
async function take(scene, page, name) {
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(scene.folder, `${name}.png`), animations: "disabled" });
}

/** All of them. @param {Scene} scene */
export async function all(scene) {
  const looked = await populate(scene);
  const page = await scene.open("#/map");
  await scene.live(page);
  await page
    .getByRole("link", { name: /moved from/ })
    .first()
    .waitFor();
  await take(scene, page, "map");
  await scene.go(page, "#/timeline");
  const rows = page.getByRole("grid", { name: "Entries of the timeline" }).getByRole("row");
  await rows.filter({ hasText: "node-2 was busy" }).first().click();
  await page.getByRole("region", { name: "Details" }).waitFor();
  await page.getByRole("searchbox", { name: "Search in causes and texts" }).scrollIntoViewIfNeeded();
  await take(scene, page, "timeline");
  await scene.go(page, `#/atom/${looked}?tab=output`);
  await page
    .getByRole("log")
    .getByText(/step \d+/)
    .first()
    .waitFor();
  await take(scene, page, "atom");
  await scene.go(page, `#/atom/${looked}?tab=placement`);
  await page.getByRole("figure", { name: /What each node would cost/ }).waitFor();
  await take(scene, page, "placement");
  await scene.go(page, `#/atom/${looked}?tab=images`);
  await page.getByRole("button", { name: "Look inside now" }).click();
  await page.getByText("_start", { exact: true }).first().waitFor();
  await take(scene, page, "stack");
  await scene.go(page, "#/node/node-1");
  await page.getByRole("img", { name: /^Cores that are busy/ }).waitFor();
  await take(scene, page, "node");
  await scene.go(page, "#/start");
  await page.locator("main input[type=file]").first().setInputFiles(String(scene.realm.files.echo));
  await page.getByText(/It would go to/).waitFor();
  await take(scene, page, "start");
  await scene.go(page, "#/programs");
  await page.getByText("harbour-watch").first().waitFor();
  await take(scene, page, "programs");
  await scene.go(page, "#/simulation");
  await page.getByRole("radio", { name: /^failing-site/ }).check();
  await take(scene, page, "simulation");
  await scene.go(page, "#/first");
  await page.getByRole("button", { name: "Start it" }).first().waitFor();
  await take(scene, page, "first");
  const dark = await scene.open("#/map", { scheme: "dark" });
  await scene.live(dark);
  await dark
    .getByRole("link", { name: /moved from/ })
    .first()
    .waitFor();
  await take(scene, dark, "map-dark");
}
