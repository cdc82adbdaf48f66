import assert from "node:assert/strict";
import { test } from "node:test";
import { asked, templates, withoutComments, words } from "../source.js";

const said = (/** @type {string} */ text) => templates(text).flatMap(words);

test("words in markup are found, at any depth", () => {
  assert.deepEqual(said("html`<p>Hello</p>`"), ["Hello"]);
  assert.deepEqual(said('html`<p title="Your name">${t("a.b")}</p>`'), ["Your name"]);
  assert.deepEqual(said('html`<p>${ok ? html`<b>well</b>` : "x}"}</p>`'), ["well"]);
  assert.deepEqual(said("html`<p>${list.map((x) => html`<li>${x} of ${`${x} }`}</li>`)}</p>`"), ["of"]);
});

test("what is no language is none", () => {
  assert.deepEqual(said('html`<p class="map-list">${a} / ${b} · %</p><${Part} app=${app} />`'), []);
  assert.deepEqual(said("css`<p>Hello</p>`"), []);
});

test("comments are taken away, and nothing that looks like them", () => {
  assert.equal(withoutComments('a("//no") // yes\n/* and */b(`/*no*/`)'), 'a("//no")  \n b(`/*no*/`)');
});

test("keys of texts", () => {
  assert.deepEqual(asked('t("map.filter") + app.t("x") + start("no") + t(`cause.${kind}`)'), {
    keys: ["map.filter", "x"],
    beginnings: ["cause."],
  });
});
