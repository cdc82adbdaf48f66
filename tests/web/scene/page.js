/** The page as it is served, before any view. */
import assert from "node:assert/strict";

/** @typedef {import("../scene.js").Scene} Scene */

/** The policy that comes with the page, and with each of its files. @param {Scene} scene */
export async function policy(scene) {
  const page = await scene.blank();
  /** @type {import("playwright-core").Response[]} */
  const answers = [];
  page.on("response", (answer) => answers.push(answer));
  await page.goto(`${scene.realm.url}/`);
  await page.getByRole("main").waitFor();
  const files = answers.filter((answer) => !new URL(answer.url()).pathname.startsWith("/v1/"));
  assert(files.length > 3);
  for (const answer of files) {
    const policy = answer.headers()["content-security-policy"] ?? "";
    assert.match(policy, /default-src 'none'/, answer.url());
    assert.doesNotMatch(policy, /unsafe|\*|https?:/, answer.url());
    assert.equal(answer.headers()["x-content-type-options"], "nosniff");
  }
}
