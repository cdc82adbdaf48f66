import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, onceKey, Problem, Rest } from "../../../python/sojourn/dashboard/page/core/rest.js";

/** @typedef {{address: string, init: any}} Asked */

/**
 * A Rest whose network answers what is given, one after the other.
 * @param {(Response | Error)[]} answers
 */
function restOf(answers, token = "") {
  /** @type {Asked[]} */
  const asked = [];
  const rest = new Rest({
    token: () => token,
    fetch: async (/** @type {any} */ address, /** @type {any} */ init) => {
      asked.push({ address, init });
      const answer = answers.shift();
      if (answer instanceof Error || !answer) throw answer ?? new TypeError("network");
      return answer;
    },
  });
  return { rest, asked };
}

const json = (/** @type {any} */ body, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

/** @param {string[]} pieces */
function streamed(pieces) {
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    start(out) {
      for (const piece of pieces) out.enqueue(encoder.encode(piece));
      out.close();
    },
  });
  return new Response(body, { status: 200, headers: { "content-type": "text/event-stream" } });
}

test("a query says what has a value", () => {
  assert.equal(
    addressOf("/v1/atoms", { name: "a b&c", node: "", limit: 0, group: null, x: undefined }),
    "/v1/atoms?name=a+b%26c&limit=0",
  );
  assert.equal(addressOf("/v1/atoms", {}), "/v1/atoms");
});

test("the token goes with each request, and a key where something is to happen once", async () => {
  const { rest, asked } = restOf([json({ ok: true }), json({})], "secret");
  assert.deepEqual(await rest.post("/v1/atoms", { a: 1 }, { once: true }), { ok: true });
  assert.equal(asked[0]?.init.headers.authorization, "Bearer secret");
  assert.match(asked[0]?.init.headers["idempotency-key"], /^[0-9a-f]{32}$/);
  assert.equal(asked[0]?.init.body, '{"a":1}');
  await rest.get("/v1/atoms");
  assert.equal(asked[1]?.init.headers["idempotency-key"], undefined);
  assert.equal(asked[1]?.init.body, undefined);
  assert.notEqual(onceKey(), onceKey());
});

test("a problem has what the controller says of it", async () => {
  const told = {
    status: 409,
    name: "Busy",
    detail: "it is being moved",
    hint: "try again",
    pointer: "/x",
    definite: false,
  };
  const { rest } = restOf([json(told, 409)]);
  await assert.rejects(rest.get("/v1/x"), (/** @type {any} */ problem) => {
    assert.ok(problem instanceof Problem);
    for (const [key, value] of Object.entries(told)) assert.equal(/** @type {any} */ (problem)[key], value);
    return true;
  });
});

test("an answer that is no problem document is a problem all the same", async () => {
  const { rest } = restOf([new Response("<h1>Bad Gateway</h1>", { status: 502 })]);
  await assert.rejects(rest.get("/v1/x"), { status: 502, definite: false });
});

test("nobody answers: reading did nothing, anything else may have", async () => {
  const { rest } = restOf([]);
  await assert.rejects(rest.get("/v1/x"), { status: 0, name: "NoAnswer", definite: true });
  await assert.rejects(rest.post("/v1/x", {}), { status: 0, definite: false });
});

test("who is refused is told", async () => {
  const { rest } = restOf([json({}, 401), json({}, 403)]);
  let refused = 0;
  rest.onRefused(() => {
    refused += 1;
  });
  await assert.rejects(rest.get("/v1/x"));
  await assert.rejects(rest.get("/v1/x"));
  assert.equal(refused, 1);
});

test("all parts of a list", async () => {
  const { rest, asked } = restOf([json({ items: [1, 2], next: "c" }), json({ items: [3] })]);
  assert.deepEqual(await rest.all("/v1/moves", { query: { state: "done" } }), [1, 2, 3]);
  assert.deepEqual(
    asked.map(({ address }) => address),
    ["/v1/moves?state=done", "/v1/moves?state=done&cursor=c"],
  );
});

test("a stream goes on after its last event when the connection ends", async () => {
  const { rest, asked } = restOf([
    streamed(['id: 4\ndata: {"n"', ':4}\n\nid: 5\ndata: {"n":5}\n\nid: 6\ndata: {"n"']),
    json({ detail: "restarts" }, 503),
    streamed(["id: 6\nevent: x\ndata: é\n\n"]),
    json({ detail: "no such path", name: "NoSuchPath" }, 404),
  ]);
  /** @type {any[]} */
  const events = [];
  /** @type {string[]} */
  const states = [];
  await new Promise((done) => {
    rest.stream("/v1/events", {
      lastId: "3",
      onEvent: (event) => events.push([event.id, event.event, event.data]),
      onState: (state, problem) => {
        states.push(state);
        if (state === "closed") done(problem);
      },
    });
  });
  assert.deepEqual(events, [
    ["4", "message", { n: 4 }],
    ["5", "message", { n: 5 }],
    ["6", "x", "é"],
  ]);
  assert.deepEqual(states, ["open", "waiting", "waiting", "open", "waiting", "closed"]);
  assert.deepEqual(
    asked.map(({ init }) => init.headers["last-event-id"]),
    ["3", "5", "5", "6"],
  );
});

test("a stream that is closed tells nothing more", async () => {
  const { rest, asked } = restOf([streamed(["data: 1\n\ndata: 2\n\n"])]);
  /** @type {any[]} */
  const events = [];
  await new Promise((done) => {
    const stream = rest.stream("/v1/events", {
      onEvent: ({ data }) => {
        events.push(data);
        stream.close();
        setTimeout(done, 0);
      },
    });
  });
  assert.equal(asked.length, 1);
  assert.equal(events[0], 1);
});
