/** Who asks: tokens as the REST has them. */
import assert from "node:assert/strict";

/** @typedef {import("../scene.js").Scene} Scene */

/** A token in the address is taken out of it, kept for the tab, and there after a reload. @param {Scene} scene */
export async function token_in_the_address(scene) {
  const page = await scene.open("#/map");
  await page.getByRole("navigation").waitFor();
  const token = String(scene.realm.tokens.admin);
  assert(!page.url().includes(token));
  assert(!(await page.evaluate(() => JSON.stringify({ ...localStorage }))).includes(token));
  await page.reload();
  await page.getByRole("navigation").waitFor();
  await scene.live(page);
}

/** Who has no token is asked for one; a wrong one is told so; who signs out is asked again. @param {Scene} scene */
export async function asked_for_a_token(scene) {
  const page = await scene.open("#/map", { scope: "" });
  const field = page.getByLabel("Token");
  await field.waitFor();
  assert.equal(await page.getByRole("navigation").count(), 0);
  await field.fill("nonsense");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "does not know this token" }).waitFor();
  await field.fill(String(scene.realm.tokens.read));
  await page.getByRole("button", { name: "Sign in" }).click();
  await scene.live(page);
  await page.getByRole("button", { name: "Language and colours" }).click();
  await page.getByRole("menuitem", { name: /^Sign out/ }).click();
  await field.waitFor();
  await page.reload();
  await field.waitFor();
}

/** A token that is revoked while the page is open ends what is shown. @param {Scene} scene */
export async function revoked(scene) {
  const token = await scene.ask("token", "read");
  const page = await scene.open("#/map", { scope: "" });
  await page.getByLabel("Token").fill(token.token);
  await page.keyboard.press("Enter");
  await scene.live(page);
  await scene.ask("revoke", token.id);
  scene.allow(/status of 401/);
  await page.reload();
  await page.getByLabel("Token").waitFor();
}
