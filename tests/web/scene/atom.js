/** One atom: what is told of it, and everything that can be done with it. */
import assert from "node:assert/strict";

/** @typedef {import("../scene.js").Scene} Scene */
/** @typedef {import("playwright-core").Page} Page */

const FOR_EVER = ["1", "1", "1000000000"];

/**
 * Opens a part of the view of an atom.
 * @param {Page} page
 * @param {string} name
 */
async function part(page, name) {
  await page.getByRole("tab", { name, exact: true }).click();
  await page.getByRole("tabpanel", { name }).waitFor();
}

/** @param {Page} page @param {string} name */
const action = (page, name) =>
  page.getByRole("group", { name: "What can be done" }).getByRole("button", { name, exact: true });

/** Who may only read sees all, and everything that changes something is off, with the reason. @param {Scene} scene */
export async function read_only(scene) {
  const atom = await scene.start("only-read", { module: "steady", arguments: FOR_EVER });
  const page = await scene.open(`#/atom/${atom.name}`, { scope: "read" });
  await scene.live(page);
  await page.getByRole("heading", { name: atom.name }).waitFor();
  const off = ["Move", "Checkpoint", "Update", "Stop"].map((name) => action(page, name));
  off.push(page.getByRole("button", { name: "Pause adaptation" }));
  for (const button of off) {
    await button.waitFor();
    assert.equal(await button.getAttribute("aria-disabled"), "true");
    assert.match(String(await button.getAttribute("title")), /needs a token with the scope/);
    // What is off does nothing.
    await button.click({ force: true });
    assert.equal(await page.getByRole("dialog").count(), 0);
  }
  await page
    .getByRole("log")
    .getByText(/step \d+/)
    .first()
    .waitFor();
  await page.goto(`${scene.realm.url}/#/node/node-1`);
  for (const name of ["Cordon", "Drain"])
    assert.equal(await page.getByRole("button", { name, exact: true }).getAttribute("aria-disabled"), "true");
}

/** Why it is where it is: every node with its score, term by term. @param {Scene} scene */
export async function explain(scene) {
  const spec = { objective: "load + 2 * latency_ms(client)" };
  const atom = await scene.start("explained", { module: "steady", arguments: FOR_EVER, spec });
  const page = await scene.open(`#/atom/${atom.name}`);
  await part(page, "Placement");
  const figure = page.getByRole("figure", { name: /What each node would cost/ });
  for (const node of ["node-1", "node-2", "node-3"]) await figure.getByRole("link", { name: node }).waitFor();
  await figure.getByText(/load/).first().waitFor();
  await page.getByText("load + 2 * latency_ms(client)").first().waitFor();
  await page.getByRole("button", { name: "Change" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Objective" }).fill("lode");
  await dialog.locator("button[type=submit]").click();
  // What is wrong with it is said where it was given.
  await dialog.getByRole("alert").waitFor();
  scene.allow(/status of 4\d\d/);
  await dialog.getByRole("textbox", { name: "Objective" }).fill("load");
  await dialog.locator("button[type=submit]").click();
  await dialog.locator(".dialog-answer").waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await scene.until(
    () => scene.rest("GET", `/atoms/${atom.name}`),
    (record) => record.spec.objective === "load",
    "the objective is another",
  );
}

/** What it writes comes as it writes it, also after it has moved, and is searched. @param {Scene} scene */
export async function output(scene) {
  const atom = await scene.start("writes", { module: "steady", arguments: FOR_EVER, node: "node-1" });
  const page = await scene.open(`#/atom/${atom.name}?tab=output`);
  const log = page.getByRole("log");
  const newest = async () => Number(/step (\d+)(?!.*step)/s.exec(await log.innerText())?.[1] ?? 0);
  const first = await scene.until(newest, (step) => step > 0, "it writes");
  await scene.move(atom.name, "node-2");
  await scene.until(newest, (step) => step > first + 100, "it writes on where it has moved");
  const lines = (await log.innerText()).split("\n").filter((line) => line.startsWith("step"));
  const steps = lines.map((line) => Number(line.split(" ")[1]));
  assert.deepEqual(
    steps,
    steps.map((_, at) => Number(steps[0]) + 50 * at),
    "no line is missed, none is there twice",
  );
  await page.getByRole("searchbox", { name: "Search in output" }).fill(`step ${first} `);
  await page.getByRole("tabpanel").getByRole("status").filter({ hasText: /1/ }).first().waitFor();
  await page.getByRole("button", { name: "stderr" }).click();
  await scene.until(newest, (step) => step === 0, "nothing was written there");
}

/** A message is sent, a call is answered, and the answer is shown. @param {Scene} scene */
export async function message(scene) {
  const atom = await scene.start("answers", { module: "echo" });
  const page = await scene.open(`#/atom/${atom.name}?tab=messages`);
  const panel = page.getByRole("tabpanel");
  await panel.getByRole("textbox", { name: "Data" }).fill("grüß <b>dich</b>");
  await panel.getByRole("textbox", { name: "Type" }).fill("hello");
  await panel.getByRole("button", { name: "Call" }).click();
  await panel.getByRole("listitem").filter({ hasText: "grüß <b>dich</b>" }).first().waitFor();
  await panel.getByRole("button", { name: "JSON" }).click();
  await panel.getByRole("textbox", { name: "Data" }).fill('{"n": 1}');
  await panel.getByRole("button", { name: "Call" }).click();
  await panel
    .getByRole("listitem")
    .filter({ hasText: /"n": ?1/ })
    .first()
    .waitFor();
  await panel.getByRole("checkbox", { name: "Wait for the answer" }).uncheck();
  await panel.getByRole("button", { name: "Send" }).click();
  await panel
    .getByText(/Sent as number \d+/)
    .first()
    .waitFor();
}

/** It is moved: what follows is told before, what came of it after. @param {Scene} scene */
export async function move(scene) {
  const atom = await scene.start("moves", { module: "steady", arguments: FOR_EVER, node: "node-1" });
  const page = await scene.open(`#/atom/${atom.name}`);
  const answer = await scene.act(page, action(page, "Move"), {
    fill: (dialog) => dialog.getByRole("radio", { name: /node-3/ }).check(),
    consequences: /keeps its name, memory, messages and connections/,
  });
  assert.match(answer, /node-3|move/i);
  await page.getByRole("link", { name: "node-3" }).first().waitFor();
  await part(page, "Moves");
  await page.getByRole("row", { name: /node-1 → node-3 done/ }).waitFor();
  assert(await focused(page, "tab"), "the focus is lost");
}

/** Whether the focus is on something with this role. @param {Page} page @param {string} role */
const focused = (page, role) =>
  page.evaluate((wanted) => document.activeElement?.getAttribute("role") === wanted, role);

/** An image is kept, looked into, and gone back to; stack and memory are those of a program. @param {Scene} scene */
export async function images(scene) {
  const atom = await scene.start("imaged", { module: "steady", arguments: FOR_EVER });
  const page = await scene.open(`#/atom/${atom.name}`);
  for (const _ of [1, 2])
    await scene.act(page, action(page, "Checkpoint"), { consequences: /stands still for a moment/ });
  await part(page, "Images and stack");
  const panel = page.getByRole("tabpanel");
  await scene.until(
    () => panel.getByRole("button", { name: "Look inside", exact: true }).count(),
    (count) => count >= 2,
    "two images",
  );
  await panel.getByRole("button", { name: "Look inside now" }).click();
  for (const name of ["main", "_start"]) await panel.getByText(name, { exact: true }).first().waitFor();
  await panel
    .getByRole("img", { name: /MiB, .* used/ })
    .first()
    .waitFor();
  await panel.getByRole("group").filter({ hasText: "main" }).first().click();
  await panel
    .getByRole("cell", { name: /^local \d+$/ })
    .first()
    .waitFor();
  await panel.getByRole("button", { name: "Look inside", exact: true }).first().click();
  await panel.getByRole("heading", { name: /Stack/ }).waitFor();
  await scene.act(page, panel.getByRole("button", { name: "Roll back" }).last(), { consequences: /goes on as it was/ });
  await scene.until(
    () => scene.rest("GET", `/atoms/${atom.name}`),
    (record) => record.state === "running" && record.epoch > atom.epoch,
    "it runs as another",
  );
}

/** It is given another module, which it runs; its name stays. @param {Scene} scene */
export async function update(scene) {
  const atom = await scene.start("updated", { module: "counter" });
  const page = await scene.open(`#/atom/${atom.name}`);
  await action(page, "Update").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/Drop a .wasm here/).setInputFiles(String(scene.realm.files.echo));
  await dialog.locator("button[type=submit]:not([aria-disabled=true])").click();
  await dialog
    .getByText(/new module/)
    .first()
    .waitFor();
  await scene.until(
    () => scene.rest("GET", `/atoms/${atom.name}`),
    (record) => record.module === scene.realm.modules.echo,
    "it has the new module",
  );
}

/** What is no module is refused, with what is wrong with it. @param {Scene} scene */
export async function update_with_nonsense(scene) {
  const atom = await scene.start("not-updated", { module: "counter" });
  const page = await scene.open(`#/atom/${atom.name}`);
  await action(page, "Update").click();
  const dialog = page.getByRole("dialog");
  await dialog
    .getByLabel(/Drop a .wasm here/)
    .setInputFiles({ name: "no.wasm", mimeType: "application/wasm", buffer: Buffer.from("no module") });
  scene.allow(/status of 4\d\d/);
  const go = dialog.locator("button[type=submit]");
  if ((await go.getAttribute("aria-disabled")) !== "true") await go.click();
  await dialog.getByRole("alert").first().waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
}

/** It is stopped with its image kept, and goes on from it. @param {Scene} scene */
export async function stop_and_restore(scene) {
  const atom = await scene.start("stops", { module: "steady", arguments: FOR_EVER });
  const page = await scene.open(`#/atom/${atom.name}`);
  const state = page.getByRole("main").getByText("stopped", { exact: true });
  const answer = await scene.act(page, action(page, "Stop"), { consequences: /stops for good/ });
  assert.match(answer, /its image is kept/);
  await state.first().waitFor();
  await scene.act(page, action(page, "Restore"), { consequences: /goes on from its newest image/ });
  await page.getByRole("main").getByText("running", { exact: true }).first().waitFor();
}

/** One that there is not is told so, with a way on. @param {Scene} scene */
export async function nobody(scene) {
  scene.allow(/status of 404/);
  const page = await scene.open("#/atom/node-1/nobody");
  await page
    .getByText(/no atom|not known|there is no/i)
    .first()
    .waitFor();
}
