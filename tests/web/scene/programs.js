/** Programs: atoms that are started and stopped together. */

/** @typedef {import("../scene.js").Scene} Scene */
/** @typedef {import("playwright-core").Page} Page */

/**
 * A program of two parts.
 * @param {Scene} scene
 * @param {string} name
 */
async function keep(scene, name) {
  const { steady } = scene.realm.modules;
  const parts = [
    { part: "writer", module: steady, arguments: ["1", "1", "1000000000"] },
    { part: "answerer", module: steady, arguments: ["2", "1", "1000000000"] },
  ];
  await scene.rest("PUT", `/programs/${name}`, { description: "for a scene", parts });
}

/** How a program is. @param {Scene} scene @param {string} name @param {string} state */
const is = (scene, name, state) =>
  scene.until(
    () => scene.rest("GET", `/programs/${name}`),
    (program) => program.state === state,
    `${name} is ${state}`,
  );

/** It is started, seen running, stopped and removed; what follows is told before. @param {Scene} scene */
export async function start_and_stop(scene) {
  await keep(scene, "of-two");
  const page = await scene.open("#/programs");
  await scene.live(page);
  const one = page
    .getByRole("article", { name: "of-two" })
    .or(page.getByRole("region", { name: "of-two" }))
    .first();
  await one.getByText("answerer").first().waitFor();
  await scene.act(page, one.getByRole("button", { name: "Start", exact: true }), {
    consequences: /2 parts are started/,
  });
  await is(scene, "of-two", "running");
  await one.getByText("running", { exact: true }).first().waitFor();
  await scene.act(page, one.getByRole("button", { name: "Stop", exact: true }), {
    consequences: /2 atoms are stopped/,
  });
  await is(scene, "of-two", "stopped");
  await one.getByText("stopped", { exact: true }).first().waitFor();
  await one.getByRole("button", { name: "Remove", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/The list is forgotten/).waitFor();
  // What is removed takes its dialog with it.
  await dialog.locator("button[type=submit]").click();
  await one.waitFor({ state: "detached" });
}
