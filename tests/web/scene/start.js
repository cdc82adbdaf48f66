/** A module becomes an atom: dropped, looked at, planned, started. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** @typedef {import("../scene.js").Scene} Scene */
/** @typedef {import("playwright-core").Page} Page */

/**
 * Drops a file on the page, as from a folder beside the browser.
 * @param {Page} page
 * @param {string} name
 * @param {Buffer} content
 */
async function drop(page, name, content) {
  const dropped = await page.evaluateHandle(
    ({ name: called, text }) => {
      const data = new DataTransfer();
      const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
      data.items.add(new File([bytes], called, { type: "application/wasm" }));
      return data;
    },
    { name, text: content.toString("base64") },
  );
  for (const type of ["dragenter", "dragover", "drop"])
    await page.locator("main h1").dispatchEvent(type, { dataTransfer: dropped });
}

/** What it says of itself and needs is told; arguments, a folder and an objective are given; it is planned and runs. @param {Scene} scene */
export async function dropped_planned_started(scene) {
  const page = await scene.open("#/start");
  await scene.live(page);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await drop(page, "steady.wasm", readFileSync(String(scene.realm.files.steady)));
  const module = page.getByRole("article").filter({ hasText: "steady.wasm" });
  await module.getByText("in the realm").waitFor();
  await module
    .getByText(/wasi_snapshot_preview1/)
    .first()
    .waitFor();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("from-the-page");
  await page.getByRole("textbox", { name: "Arguments" }).fill("1 1 1000000");
  await page.getByRole("textbox", { name: /^Environment/ }).fill("GREETING=grüß dich");
  await page.getByRole("button", { name: "Folder in memory" }).click();
  await page.getByRole("group", { name: "Folders" }).getByRole("textbox").first().fill("/data");
  const objective = page.getByRole("textbox", { name: /^Objective/ });
  scene.allow(/status of 4\d\d/); // what is typed half is not understood
  await objective.fill("load +");
  const plan = page.getByRole("complementary", { name: "Where it would be, and start" });
  await page.getByRole("alert").first().waitFor();
  await objective.fill("load + atoms");
  await page.getByRole("combobox", { name: "Node", exact: true }).selectOption("node-2");
  await plan
    .getByText(/node-2/)
    .first()
    .waitFor();
  await plan.getByText("load + atoms").first().waitFor();
  await page.getByRole("alert").first().waitFor({ state: "detached" });
  await plan.getByRole("button", { name: "Start", exact: true }).click();
  const link = page
    .getByRole("main")
    .getByRole("link", { name: /from-the-page/ })
    .first();
  await link
    .or(page.getByRole("heading", { name: /from-the-page/ }))
    .first()
    .waitFor();
  const name = "node-2/from-the-page";
  scene.atoms.push(name);
  const record = await scene.until(
    () => scene.rest("GET", `/atoms/${name}`),
    (atom) => atom.state === "running",
    "it runs",
  );
  assert.equal(record.spec.objective, "load + atoms");
  assert.equal(record.node, "node-2");
  await scene.go(page, `#/atom/${name}?tab=output`);
  await page
    .getByRole("log")
    .getByText(/step \d+/)
    .first()
    .waitFor();
}

/** What is no module is refused with what is wrong with it, and the next one is taken. @param {Scene} scene */
export async function nonsense(scene) {
  const page = await scene.open("#/start");
  await scene.live(page);
  await page.getByRole("heading", { level: 1 }).waitFor();
  scene.allow(/status of 4\d\d/);
  for (const [name, content] of /** @type {[string, Buffer][]} */ ([
    ['<img src=x onerror="alert(1)">.wasm', Buffer.from("no module")],
    ["empty.wasm", Buffer.alloc(0)],
    ["cut.wasm", readFileSync(String(scene.realm.files.steady)).subarray(0, 1000)],
  ])) {
    await drop(page, name, content);
    await page.getByRole("alert").filter({ hasText: /\S/ }).first().waitFor();
    assert.equal(await page.locator("main img").count(), 0);
  }
  await drop(page, "echo.wasm", readFileSync(String(scene.realm.files.echo)));
  await page.getByText("name=echo").waitFor();
  await page.getByRole("button", { name: "Start", exact: true }).waitFor();
}

/** One that the realm has is chosen, and nobody who may only read starts it. @param {Scene} scene */
export async function one_that_is_there(scene) {
  const page = await scene.open("#/start", { scope: "read" });
  await scene.live(page);
  const digest = String(scene.realm.modules.counter).slice(0, 12);
  await page.getByRole("listitem").filter({ hasText: digest }).getByRole("button").click();
  await page.getByText("name=counter").first().waitFor();
  assert.equal(await page.getByRole("button", { name: "Start", exact: true }).getAttribute("aria-disabled"), "true");
}
