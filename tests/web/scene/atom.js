/** One atom: what is told of it, and everything that can be done with it. */
import assert from "node:assert/strict";

/** @typedef {import("../scene.js").Scene} Scene */

/** Who may only read sees all, and everything that changes something is off, with the reason. @param {Scene} scene */
export async function read_only(scene) {
  const atom = await scene.start("only-read", { module: "steady", arguments: ["1", "1", "1000000"] });
  const page = await scene.open(`#/atom/${atom.name}`, { scope: "read" });
  await scene.live(page);
  await page
    .getByRole("heading", { name: /only-read/ })
    .first()
    .waitFor();
  for (const name of ["Move", "Stop", "Keep an image", "Update", "Send"]) {
    const button = page.getByRole("button", { name: new RegExp(`^${name}`) }).first();
    assert.equal(await button.getAttribute("aria-disabled"), "true", name);
    assert.match(String(await button.getAttribute("title")), /needs a token with the scope/, name);
    // What is off does nothing.
    await button.click({ force: true });
    assert.equal(await page.getByRole("dialog").count(), 0, name);
  }
}
