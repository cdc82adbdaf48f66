import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BODY_BYTES,
  base64,
  bodyOf,
  channelsOf,
  EMPTY,
  environmentOf,
  FieldError,
  specOf,
  words,
} from "../../../python/sojourn/dashboard/page/view/start/form.js";

const DIGEST = "ab".repeat(32);

test("arguments are split as a shell splits them", () => {
  assert.deepEqual(words('  -e  \'two words\' "a \\"b\\"" c\\ d \'\' x"y"z '), [
    "-e",
    "two words",
    'a "b"',
    "c d",
    "",
    "xyz",
  ]);
  assert.deepEqual(words(""), []);
  assert.deepEqual(words("'\\n'"), ["\\n"]);
  assert.throws(() => words("it's"), FieldError);
});

test("what is left empty is not said", () => {
  assert.deepEqual(bodyOf(EMPTY, DIGEST), { module: DIGEST });
});

test("a form that is filled in", () => {
  const body = bodyOf(
    {
      ...EMPTY,
      name: " counter ",
      program: "count.wasm",
      arguments: "1 2",
      environment: "A=1\n\nB=x=y\n",
      mounts: [
        { path: "/data", kind: "memory", host: "", files: [{ path: "a/b", bytes: new Uint8Array([0, 255]) }] },
        { path: "/host", kind: "host", host: "/srv", files: [] },
      ],
      input: "text",
      stdin: "ü",
      channels: "/ch/a rw\n/ch/b r",
      channelTo: "node-1/panel",
      listen: "127.0.0.1:80, [::1]:81",
      policy: "spread",
      require: "cores > 1",
      tags: "gpu, zone=eu",
      checkpoint: "2.5",
      node: "node-1",
    },
    DIGEST,
  );
  assert.deepEqual(body, {
    module: DIGEST,
    program: "count.wasm",
    arguments: ["1", "2"],
    environment: { A: "1", B: "x=y" },
    mounts: { "/data": { files: { "a/b": "AP8=" } }, "/host": { host: "/srv" } },
    stdin: "w7w=",
    listen: ["127.0.0.1:80", "[::1]:81"],
    name: "counter",
    channels: { "/ch/a": "rw", "/ch/b": "r" },
    channel_to: "node-1/panel",
    spec: { policy: "spread", require: "cores > 1", tags: ["gpu", "zone=eu"], checkpoint_s: 2.5 },
    node: "node-1",
  });
});

test("input that is typed later is a channel", () => {
  assert.deepEqual(bodyOf({ ...EMPTY, input: "later", stdin: "not sent" }, DIGEST), {
    module: DIGEST,
    channels: { "/dev/stdin": "r" },
  });
});

/** @type {[string, Partial<import("../../../python/sojourn/dashboard/page/view/start/form.js").Form>][]} */
const WRONG = [
  ["name", { name: "a b" }],
  ["variable", { environment: "=x" }],
  ["variable", { environment: "novalue" }],
  ["channel", { channels: "relative rw" }],
  ["channel", { channels: "/a x" }],
  ["path", { mounts: [{ path: "data", kind: "memory", host: "", files: [] }] }],
  ["host", { mounts: [{ path: "/data", kind: "host", host: "", files: [] }] }],
  ["number", { checkpoint: "soon" }],
  ["number", { checkpoint: "-1" }],
  ["quote", { arguments: '"' }],
  [
    "large",
    { mounts: [{ path: "/d", kind: "memory", host: "", files: [{ path: "a", bytes: new Uint8Array(BODY_BYTES) }] }] },
  ],
];

for (const [key, part] of WRONG)
  test(`a field that is wrong is told of: ${JSON.stringify(part).slice(0, 60)}`, () => {
    assert.throws(
      () => bodyOf({ ...EMPTY, ...part }, DIGEST),
      (error) => error instanceof FieldError && error.key === key,
    );
  });

test("two folders of one path", () => {
  /** @type {import("../../../python/sojourn/dashboard/page/view/start/form.js").Mount} */
  const mount = { path: "/data", kind: "memory", host: "", files: [] };
  assert.throws(
    () => bodyOf({ ...EMPTY, mounts: [mount, mount] }, DIGEST),
    (error) => error instanceof FieldError && error.key === "twice",
  );
});

test("names of variables and channels may be those of an object's own", () => {
  assert.deepEqual(Object.keys(environmentOf("__proto__=1\nconstructor=2")).sort(), ["__proto__", "constructor"]);
  assert.deepEqual(channelsOf("/__proto__ r"), { "/__proto__": "r" });
  assert.deepEqual(specOf({ ...EMPTY, tags: "__proto__" }), { tags: ["__proto__"] });
});

test("bytes as base64, also many", () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251);
  assert.equal(base64(bytes), Buffer.from(bytes).toString("base64"));
});
