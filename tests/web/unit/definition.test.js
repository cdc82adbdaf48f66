import assert from "node:assert/strict";
import { test } from "node:test";
import {
  applied,
  formOf,
  PART,
  partName,
  partOfAtom,
  typed,
} from "../../../python/sojourn/dashboard/page/view/programs/definition.js";
import { words } from "../../../python/sojourn/dashboard/page/view/start/form.js";

test("arguments as they are typed are split to the same again", () => {
  for (const list of [[], [""], ["a", "b c"], ['"', "\\", "it's", "a\nb", "$(x)", "ü"], ["--x=1", "/a/b,c"]])
    assert.deepEqual(words(typed(list)), list);
});

test("a part that is edited keeps what has no field", () => {
  const part = {
    part: "a",
    module: "ab",
    mounts: { "/d": { host: "/srv" } },
    arguments: ["x y"],
    environment: { A: "1" },
    spec: { policy: "objective", tags: ["gpu"], objective: "load", require: "" },
    node: null,
  };
  const fields = formOf(part);
  assert.deepEqual(applied(part, fields), {
    ...part,
    spec: { tags: ["gpu"], objective: "load" },
  });
  const changed = applied(part, { ...fields, part: "b", arguments: "z", environment: "B=2", objective: "", node: "n" });
  assert.deepEqual(changed, {
    ...part,
    part: "b",
    arguments: ["z"],
    environment: { B: "2" },
    spec: { tags: ["gpu"] },
    node: "n",
  });
});

test("names of parts are short, plain and no two alike", () => {
  const taken = new Set(["part", "a-very-long-name-of-an"]);
  assert.equal(partName("", taken), "part-2");
  assert.equal(partName("a-very-long-name-of-an-atom", taken), "a-very-long-name-of--2");
  assert.match(partName("ü /🛰", new Set()), PART);
});

test("an atom that runs becomes a part that it is already", () => {
  const record = { name: "node-1/a-x7", module: "ab", spec: { policy: "spread", group: "g", strategy: "all_for_one" } };
  const inspection = {
    arguments: ["a.wasm", "1", "2"],
    mounts: [
      { path: "/m", host: null },
      { path: "/h", host: "/srv" },
    ],
  };
  assert.deepEqual(partOfAtom(record, inspection, new Set()), {
    part: "a-x7",
    module: "ab",
    program: "a.wasm",
    arguments: ["1", "2"],
    mounts: { "/h": { host: "/srv" } },
    spec: { policy: "spread" },
    runs_as: "node-1/a-x7",
  });
  assert.equal(partOfAtom(record, null, new Set(["a-x7"])).part, "a-x7-2");
});
