/** Everything is reached and done by the keyboard alone, and it is seen where the focus is. */
import assert from "node:assert/strict";

/** @typedef {import("../scene.js").Scene} Scene */
/** @typedef {import("playwright-core").Page} Page */

/** What has the focus: how it is called, and whether that is seen. @param {Page} page */
const focus = (page) =>
  page.evaluate(() => {
    const element = /** @type {HTMLElement} */ (document.activeElement);
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    return {
      name: element.getAttribute("aria-label") ?? element.innerText ?? "",
      tag: element.tagName,
      inDialog: element.closest("dialog") !== null,
      seen: (outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0) || boxShadow !== "none",
      onScreen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0,
    };
  });

/**
 * Presses Tab until the focus is on something that is called so; all on the way is seen to have it.
 * @param {Page} page
 * @param {RegExp} name
 */
async function tab_to(page, name) {
  const way = [];
  for (let step = 0; step < 80; step++) {
    await page.keyboard.press("Tab");
    const at = await focus(page);
    way.push(at.name.slice(0, 30));
    if (at.tag === "BODY") continue;
    assert(at.seen, `it is not seen that ${at.tag} ${JSON.stringify(at.name)} has the focus`);
    assert(at.onScreen, `${at.tag} ${JSON.stringify(at.name)} has the focus, and is not on the screen`);
    if (name.test(at.name)) return;
  }
  throw new Error(`${name} is not reached by Tab: ${way.join(", ")}`);
}

/** From the head to an atom, and an action in a dialog that keeps the focus and gives it back. @param {Scene} scene */
export async function from_head_to_action(scene) {
  const atom = await scene.start("by-keyboard", { module: "steady", arguments: ["1", "1", "1000000000"] });
  const page = await scene.open(`#/atom/${atom.name}`);
  await scene.live(page);
  await page.getByRole("heading", { name: atom.name }).waitFor();
  // The first of all is the way past the head.
  await page.keyboard.press("Tab");
  assert.match((await focus(page)).name, /To the content/);
  await page.keyboard.press("Enter");
  await tab_to(page, /^Checkpoint$/);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  for (let step = 0; step < 8; step++) {
    await page.keyboard.press("Tab");
    const at = await focus(page);
    // Between its last and its first, a browser may stop at its own controls.
    assert(at.inDialog || at.tag === "BODY", `the dialog lets the focus go to ${at.tag} ${at.name}`);
  }
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.match((await focus(page)).name, /^Checkpoint$/);
  await page.keyboard.press("Enter");
  await dialog.waitFor();
  await dialog.locator("button[type=submit]").focus();
  await page.keyboard.press("Enter");
  await dialog.locator(".dialog-answer").waitFor();
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  assert.match((await focus(page)).name, /^Checkpoint$/);
}

/** Views by the head, tabs by arrows, a table's row by Enter. @param {Scene} scene */
export async function from_view_to_view(scene) {
  const atom = await scene.start("by-arrows", { module: "echo", node: "node-1" });
  const page = await scene.open("#/timeline");
  await scene.live(page);
  await tab_to(page, /^Map$/);
  await page.keyboard.press("Enter");
  await page.getByRole("application", { name: /Map of the realm/ }).waitFor();
  await tab_to(page, /^Nodes/);
  await page.keyboard.press("ArrowRight");
  await page.getByRole("grid", { name: "Atoms" }).waitFor();
  await page.getByRole("searchbox", { name: "Filter" }).fill("by-arrows");
  await tab_to(page, new RegExp(atom.name));
  await page.keyboard.press("Enter");
  await page.waitForURL(/#\/atom\//);
  await page.getByRole("heading", { name: atom.name }).waitFor();
}

/** What happens is said by a screen reader, and not more than it can say. @param {Scene} scene */
export async function told_of(scene) {
  const page = await scene.open("#/map");
  await scene.live(page);
  await page.evaluate(() => {
    const told = /** @type {any} */ (window);
    told.said = [];
    const region = /** @type {HTMLElement} */ (document.getElementById("said"));
    new MutationObserver(() => told.said.push(region.textContent)).observe(region, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
  assert.equal(await page.locator("#said").getAttribute("aria-live"), "polite");
  const atom = await scene.start("said", { module: "echo", node: "node-1" });
  for (let round = 0; round < 6; round++) await scene.move(atom.name, round % 2 ? "node-1" : "node-2");
  const said = await scene.until(
    () => page.evaluate(() => /** @type {any} */ (window).said),
    (texts) => texts.some((/** @type {string} */ text) => /moved/.test(text)),
    "moves are said",
  );
  assert(said.length <= 6, said.join("; "));
}
