import assert from "node:assert/strict";
import { test } from "node:test";
import { Session } from "../../../python/sojourn/dashboard/page/core/session.js";

function storage() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return {
    kept,
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(key, value),
    removeItem: (/** @type {string} */ key) => void kept.delete(key),
  };
}

/** @param {Session} session @param {any} told */
function answers(session, told) {
  session.begin(/** @type {any} */ ({ get: async () => told, onRefused: () => () => {} }));
}

for (const [hash, token, rest] of [
  ["#token=abc", "abc", "#/"],
  ["#/map?token=abc", "abc", "#/map"],
  ["#/map?filter=x&token=a%2Fb", "a/b", "#/map?filter=x"],
  ["#token=%zz", "%zz", "#/"],
]) {
  test(`a token is taken out of ${hash}`, () => {
    const kept = storage();
    const session = new Session(kept);
    assert.equal(session.take(/** @type {string} */ (hash)), rest);
    assert.equal(session.token(), token);
    assert.equal(kept.kept.size, 1);
  });
}

test("an address without a token stays as it is", () => {
  for (const hash of ["", "#/", "#/map?filter=mytoken=1", "#/atom/n/token"])
    assert.equal(new Session().take(hash), null);
});

test("what each scope allows", async () => {
  const session = new Session();
  answers(session, { name: "x", scopes: ["atoms"], open: false });
  await session.ask();
  assert.deepEqual(
    /** @type {const} */ (["read", "atoms", "nodes", "admin"]).map((scope) => session.may(scope)),
    [true, true, false, false],
  );
  answers(session, { scopes: ["admin"] });
  await session.ask();
  assert.ok(session.may("nodes"));
  answers(session, { scopes: [] });
  assert.equal(await session.ask(), false);
  assert.equal(session.may("read"), false);
});

test("a token that is none is not kept", async () => {
  const kept = storage();
  const session = new Session(kept);
  answers(session, { scopes: [] });
  assert.equal(await session.signIn(" wrong "), false);
  assert.equal(session.token(), "");
  assert.equal(kept.kept.size, 0);
  answers(session, { name: "t", scopes: ["read"] });
  assert.equal(await session.signIn(" right "), true);
  assert.equal(session.token(), "right");
  session.signOut();
  assert.equal(kept.kept.size, 0);
  assert.equal(session.may("read"), false);
});
