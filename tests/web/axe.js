/** Accessibility, as axe-core finds faults in it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/**
 * Fails where a page, as it is now, violates WCAG 2 at level A or AA.
 * @param {import("playwright-core").Page} page
 * @param {string} what Which view this is, for the message.
 */
export async function accessible(page, what) {
  await page.evaluate(SOURCE);
  const found = await page.evaluate(async (tags) => {
    const { axe } = /** @type {any} */ (window);
    const told = await axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
    return told.violations.flatMap((/** @type {any} */ rule) =>
      rule.nodes.map((/** @type {any} */ node) => `${rule.id}: ${node.html.slice(0, 200)}\n    ${node.failureSummary}`),
    );
  }, RULES);
  assert.deepEqual(found, [], what);
}
