import assert from "node:assert/strict";
import { test } from "node:test";
import { spoilt, TEXTS } from "../hostile.js";

test("texts for people are spoilt, names and numbers are not", () => {
  const told = spoilt({ name: "a/b", reason: "it was", count: 3, inner: [{ cause: "x", state: "up" }], empty: "" });
  assert.equal(told.name, "a/b");
  assert.equal(told.count, 3);
  assert.equal(told.empty, "");
  assert.equal(told.inner[0].state, "up");
  assert(told.reason.startsWith(TEXTS[0]));
  assert(told.inner[0].cause.startsWith(TEXTS[1]));
});

test("rows are spoilt by their columns", () => {
  const told = spoilt({ columns: ["name", "reason"], rows: [["a/b", "it was"]] });
  assert.equal(told.rows[0][0], "a/b");
  assert(told.rows[0][1].startsWith(TEXTS[0]));
});
