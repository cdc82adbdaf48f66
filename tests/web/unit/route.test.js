import assert from "node:assert/strict";
import { test } from "node:test";
import { atomHref, href, nodeHref, parse } from "../../../python/sojourn/dashboard/page/core/route.js";

test("addresses of views", () => {
  assert.deepEqual(parse(""), { view: "", params: {}, query: {} });
  assert.deepEqual(parse("#/"), { view: "", params: {}, query: {} });
  assert.deepEqual(parse("#/map?filter=tag%3Agpu"), { view: "map", params: {}, query: { filter: "tag:gpu" } });
  assert.deepEqual(parse("#/atom/node-1/lua?tab=logs"), {
    view: "atom",
    params: { birth: "node-1", name: "lua" },
    query: { tab: "logs" },
  });
  assert.deepEqual(parse("#/node/a%2Fb"), { view: "node", params: { name: "a/b" }, query: {} });
});

for (const hash of ["#/nothing", "#/atom", "#/atom/x", "#/constructor", "#/__proto__", "#anchor", "#/node"]) {
  test(`what is no address leads to the map: ${hash}`, () => {
    assert.deepEqual(parse(hash), { view: "map", params: {}, query: {} });
  });
}

for (const name of [
  "node-1/lua",
  "n/a b",
  "n/ü<b>&?#%",
  "n/a/b",
  "n/%41",
  "n/\u202eabc",
  "n/\ud83d\ude80",
  "n/..",
  "n/a?token=x",
]) {
  test(`an atom's address leads back to its name: ${name}`, () => {
    const { view, params } = parse(atomHref(name));
    assert.equal(view, "atom");
    assert.equal(`${params.birth}/${params.name}`, name);
  });
}

test("a node's, too; and what is wrongly escaped is taken as it stands", () => {
  assert.equal(parse(nodeHref("a/b c")).params.name, "a/b c");
  assert.equal(parse("#/node/%zz").params.name, "%zz");
});

test("a query leaves out what says nothing", () => {
  assert.equal(
    href("timeline", {}, { atom: "a/b", from: 0, to: null, kind: "", x: undefined }),
    "#/timeline?atom=a%2Fb&from=0",
  );
});
