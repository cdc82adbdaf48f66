/** The map: what there is, found, opened, and seen while it moves. */
import assert from "node:assert/strict";

/** @typedef {import("../scene.js").Scene} Scene */
/** @typedef {import("playwright-core").Page} Page */

/** What a filter leaves, by name, tag and alias. @param {Scene} scene */
export async function filter(scene) {
  const alias = { scope: "topic", alias: "filter-prices" };
  const one = await scene.start("filter-one", { module: "echo", aliases: [alias] });
  await scene.start("filter-two", { module: "steady", arguments: ["1", "1", "1000000"] });
  const page = await scene.open("#/map");
  await scene.live(page);
  const field = page.getByRole("searchbox", { name: "Filter" });
  await page.getByRole("tab", { name: /^Atoms/ }).click();
  const rows = page.getByRole("grid", { name: "Atoms" }).getByRole("row");
  for (const [text, names] of /** @type {[string, RegExp[]][]} */ ([
    ["filter-", [/filter-one/, /filter-two/]],
    ["name:filter-one", [/filter-one/]],
    ["alias:filter-prices", [/filter-one/]],
    [`filter- node:${one.node} alias:filter-prices`, [/filter-one/]],
    ["filter- tag:nonesuch", []],
  ])) {
    await field.fill(text);
    await scene.until(
      () => rows.count(),
      (count) => count === 1 + names.length,
      text,
    );
    for (const name of names) await rows.filter({ hasText: name }).waitFor();
    await page
      .getByRole("status")
      .filter({ hasText: new RegExp(`^${names.length} atom`) })
      .waitFor();
  }
  // The filter is part of the address.
  await field.fill("name:filter-two");
  await page.waitForURL(/filter=name/);
  await page.reload();
  await page.getByRole("tab", { name: /^Atoms/ }).click();
  await rows.filter({ hasText: "filter-two" }).waitFor();
  await scene.until(
    () => rows.count(),
    (count) => count === 2,
    "after a reload",
  );
}

/** A node is opened from the table, by the keyboard on the map, and by a double click on it. @param {Scene} scene */
export async function open_a_node(scene) {
  const page = await scene.open("#/map");
  await scene.live(page);
  const back = async (/** @type {string} */ name) => {
    await page.waitForURL(new RegExp(`#/node/${name}`));
    await scene.drawn(page);
    await page.goBack();
    await page.getByRole("grid", { name: "Nodes" }).waitFor();
  };
  await page.getByRole("grid", { name: "Nodes" }).getByRole("link", { name: "node-2" }).click();
  await back("node-2");
  const place = await find(page, /^\s*node-3(?!\/)/, 60);
  await page.mouse.dblclick(place.x, place.y);
  await back("node-3");
  await page.getByRole("application").focus();
  await page.keyboard.press("Tab");
  const said = page.getByRole("status").filter({ hasText: /^node-\d, up/ });
  await said.waitFor();
  const name = String((await said.innerText()).split(",")[0]);
  await page.keyboard.press("Enter");
  await back(name);
}

/** A move is seen as it happens, with its progress, and told of when it is over. @param {Scene} scene */
export async function a_move_is_seen(scene) {
  const atom = await scene.start("seen", { module: "steady", arguments: ["384", "200", "1000000"], node: "node-1" });
  const page = await scene.open("#/map");
  await scene.live(page);
  await page.getByRole("link", { name: /seen runs at node-1/ }).waitFor();
  // What the page is told, and what it says of it.
  await page.evaluate(`import("/main.js").then(({ app }) => {
    window.progress = [];
    app.picture.onChange(() => {
      for (const move of app.picture.moves.values()) if (move.atom === ${JSON.stringify(atom.name)}) window.progress.push(move.progress);
    });
    window.summaries = new Set();
    const summary = document.querySelector(".map-summary");
    new MutationObserver(() => window.summaries.add(summary.innerText)).observe(summary, { subtree: true, childList: true, characterData: true });
  })`);
  const move = await scene.move(atom.name, "node-2", "to be seen");
  assert.equal(move.state, "done");
  await page.getByRole("link", { name: /seen moved from node-1 to node-2 .*to be seen/ }).waitFor();
  const { progress, summaries } = await page.evaluate(() => {
    const told = /** @type {any} */ (window);
    return { progress: told.progress, summaries: [...told.summaries] };
  });
  assert(
    progress.some((/** @type {number} */ part) => part > 0 && part < 1),
    `progress: ${progress}`,
  );
  assert.deepEqual(
    progress,
    [...progress].sort((/** @type {number} */ a, /** @type {number} */ b) => a - b),
  );
  assert(
    summaries.some((text) => /1 on its way/.test(text)),
    summaries.join("; "),
  );
  await page.getByRole("tab", { name: /^Atoms/ }).click();
  await page.getByRole("row", { name: /seen/ }).filter({ hasText: "node-2" }).waitFor();
}

/** An atom that is dragged onto another node moves there, once that was confirmed. @param {Scene} scene */
export async function drag(scene) {
  const atom = await scene.start("dragged", { module: "echo", node: "node-1" });
  const page = await scene.open("#/map");
  await scene.live(page);
  const node = await find(page, /^\s*node-2(?!\/)/, 60);
  const home = await find(page, /^\s*node-1(?!\/)/, 60);
  const dot = await find(page, /node-1\/dragged/, 16, { x: home.x - 150, y: home.y - 150, width: 300, height: 300 });
  await page.mouse.move(dot.x, dot.y);
  await page.mouse.down();
  await page.mouse.move((dot.x + node.x) / 2, (dot.y + node.y) / 2, { steps: 4 });
  await page.mouse.move(node.x, node.y, { steps: 4 });
  await page.mouse.up();
  const dialog = page.getByRole("dialog", { name: /Move node-1\/dragged to node-2/ });
  await dialog.getByText(/goes from node-1 to node-2/).waitFor();
  await dialog.getByRole("button", { name: "Move" }).click();
  await dialog.getByText(/Decided as move/).waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await scene.until(
    () => scene.rest("GET", `/atoms/${atom.name}`),
    (record) => record.node === "node-2",
    "it is there",
  );
}

/** The map is moved and zoomed by buttons, wheel and keys, and nothing of that moves an atom. @param {Scene} scene */
export async function camera(scene) {
  const page = await scene.open("#/map");
  await scene.live(page);
  const place = await find(page, /^\s*node-1(?!\/)/, 60);
  for (const name of ["Zoom in", "Zoom out", "Zoom in", "Zoom in"]) await page.getByRole("button", { name }).click();
  await page.mouse.move(place.x, place.y);
  await page.mouse.wheel(0, -400);
  await page.getByRole("application").focus();
  for (const key of ["ArrowLeft", "ArrowUp", "+", "-", "0"]) await page.keyboard.press(key);
  await page.getByRole("button", { name: "Show all of it" }).click();
  const again = await find(page, /^\s*node-1(?!\/)/, 60);
  assert.deepEqual(again, place);
}

/**
 * Where something lies on the map, as whoever moves the mouse over it finds it.
 * @param {Page} page
 * @param {RegExp} what On its card.
 * @param {number} step Pixels from one place to the next.
 * @param {{x: number, y: number, width: number, height: number} | null} [part] Of the page where it is looked for.
 * @returns {Promise<{x: number, y: number}>} In pixels of the page.
 */
async function find(page, what, step, part = null) {
  const box = part ?? (await page.getByRole("application").boundingBox());
  assert(box);
  for (let y = box.y + step / 2; y < box.y + box.height; y += step)
    for (let x = box.x + step / 2; x < box.x + box.width; x += step) {
      await page.mouse.move(x, y);
      const card = await page.evaluate(
        () =>
          new Promise((resolve) => {
            const read = () =>
              resolve(/** @type {HTMLElement|null} */ (document.querySelector(".map-hover"))?.innerText ?? "");
            requestAnimationFrame(() => requestAnimationFrame(read));
          }),
      );
      if (what.test(String(card))) return { x, y };
    }
  throw new Error(`${what} is nowhere on the map`);
}
