import assert from "node:assert/strict";
import { test } from "node:test";
import { Programs, turns } from "../../../python/sojourn/dashboard/page/component/client.js";
import { Bound, wantedOf } from "../../../python/sojourn/dashboard/page/component/scene.js";

/** @typedef {import("../../../python/sojourn/dashboard/page/component/client.js").Program} Program */

/** @param {string} name @param {string} state @param {string[]} parts @returns {Program} */
const program = (name, state, ...parts) => ({
  name,
  state,
  wish: "run",
  parts: parts.map((each, at) => ({ part: `p${at}`, state: each })),
});

test("what has become of programs", () => {
  const before = [program("a", "stopped"), program("b", "running"), program("c", "running"), program("d", "running")];
  const now = [
    program("a", "running"),
    program("b", "stopped"),
    program("c", "partly", "running", "failed"),
    program("e", "running"),
  ];
  assert.deepEqual(
    turns(new Set(["b", "c", "d"]), before, now).map(({ kind, name }) => [name, kind]),
    [
      ["a", "started"],
      ["b", "stopped"],
      ["c", "failed"],
      ["e", "started"],
      ["d", "stopped"],
    ],
  );
  assert.deepEqual(turns(new Set(), now, now), []);
});

test("one that is being stopped is told of once", () => {
  const on = new Set(["a"]);
  const seen = ["running", "stopping", "stopped", "stopping", "stopped"].map((state) => [program("a", state)]);
  const told = seen.slice(1).flatMap((now, at) => turns(on, seen[at] ?? [], now));
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ["stopped"],
  );
});

/**
 * A controller with one program, which answers as the real one.
 * @param {Program} state
 */
function controller(state) {
  /** @type {string[]} */
  const asked = [];
  /** @type {any} */
  const asks = async (/** @type {string|URL} */ url, /** @type {RequestInit} */ init) => {
    const { pathname, origin } = new URL(String(url));
    const headers = new Headers(init.headers);
    asked.push(`${init.method} ${origin}${pathname} ${headers.get("authorization")}`);
    const told = (/** @type {unknown} */ body, status = 200) =>
      new Response(JSON.stringify(body), {
        status,
        headers: { "content-type": status < 400 ? "application/json" : "application/problem+json" },
      });
    if (pathname.endsWith("/start")) {
      if (!pathname.includes(`/${state.name}/`))
        return told({ name: "UnknownProgram", status: 404, detail: "there is no program x" }, 404);
      state.state = "running";
    }
    if (pathname.endsWith("/stop")) state.state = "stopped";
    return told(pathname === "/v1/programs" ? { items: [{ ...state }] } : { ...state });
  };
  return { asked, asks };
}

test("a program is started and stopped at another site, with the token", async () => {
  const { asked, asks } = controller(program("chess", "stopped"));
  const programs = new Programs({ controller: "https://realm.example:7480/", token: "secret", fetch: asks });
  /** @type {string[]} */
  const told = [];
  programs.onTurn(({ kind, name }) => told.push(`${name} ${kind}`));
  await programs.refresh();
  assert.equal(programs.get("chess")?.state, "stopped");
  assert.deepEqual(told, []);
  await programs.start("chess");
  await programs.refresh();
  await programs.stop("chess", { discard: true });
  assert.deepEqual(told, ["chess started", "chess stopped"]);
  assert.deepEqual(asked.slice(0, 2), [
    "GET https://realm.example:7480/v1/programs Bearer secret",
    "POST https://realm.example:7480/v1/programs/chess/start Bearer secret",
  ]);
});

test("a start is told also where nobody had looked before", async () => {
  const { asks } = controller(program("chess", "stopped"));
  const programs = new Programs({ controller: "https://realm.example", fetch: asks });
  /** @type {string[]} */
  const told = [];
  programs.onTurn(({ kind, name }) => told.push(`${name} ${kind}`));
  await programs.start("chess");
  assert.deepEqual(told, ["chess started"]);
  programs.end();
});

test("a program that there is not fails, and that is told", async () => {
  const { asks } = controller(program("chess", "stopped"));
  const programs = new Programs({ controller: "https://realm.example", fetch: asks });
  /** @type {(string|undefined)[]} */
  const told = [];
  programs.onTurn(({ kind, problem }) => told.push(kind, problem?.detail));
  await assert.rejects(programs.start("x"), { name: "UnknownProgram" });
  assert.deepEqual(told, ["failed", "there is no program x"]);
});

/** An element, as far as it is needed. */
class Element extends EventTarget {
  /** @param {Record<string, string>} attributes */
  constructor(attributes) {
    super();
    this.attributes = attributes;
  }

  /** @param {string} name */
  getAttribute(name) {
    return this.attributes[name] ?? null;
  }

  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
}

test("what an element says of itself", () => {
  const said = (/** @type {Record<string, string>} */ attributes) =>
    wantedOf(/** @type {any} */ (new Element(attributes)));
  assert.deepEqual(said({ "data-sojourn-program": "a" }), { program: "a", start: "click", stop: "" });
  assert.deepEqual(said({ "data-sojourn-program": "a", "data-sojourn-stop": "leave" }), {
    program: "a",
    start: "",
    stop: "leave",
  });
});

/** @param {EventTarget} element @param {string} name */
async function heard(element, name) {
  const told = new Promise((done) => element.addEventListener(name, done, { once: true }));
  return told;
}

test("a click starts a program, the next one stops it, and the element knows", async () => {
  const { asks } = controller(program("chess", "stopped"));
  const programs = new Programs({ controller: "https://realm.example", fetch: asks });
  const element = new Element({ "data-sojourn-program": "chess" });
  const bound = new Bound(element, wantedOf(/** @type {any} */ (element)), programs);
  assert.equal(element.attributes["data-sojourn-state"], "asking");
  await programs.refresh();
  assert.equal(element.attributes["data-sojourn-state"], "stopped");
  const started = heard(element, "sojourn-started");
  element.dispatchEvent(new Event("click"));
  await started;
  assert.equal(element.attributes["data-sojourn-state"], "running");
  // What is begun by the click is over only after that.
  await new Promise((done) => setImmediate(done));
  const stopped = heard(element, "sojourn-stopped");
  element.dispatchEvent(new Event("click"));
  await stopped;
  assert.equal(element.attributes["data-sojourn-state"], "stopped");
  bound.end();
  element.dispatchEvent(new Event("click"));
  await new Promise((done) => setImmediate(done));
  assert.equal(programs.get("chess")?.state, "stopped");
});

test("a program that is not there is unknown", async () => {
  const { asks } = controller(program("chess", "stopped"));
  const programs = new Programs({ controller: "https://realm.example", fetch: asks });
  const element = new Element({ "data-sojourn-program": "other" });
  new Bound(element, wantedOf(/** @type {any} */ (element)), programs);
  await programs.refresh();
  assert.equal(element.attributes["data-sojourn-state"], "unknown");
  const failed = heard(element, "sojourn-failed");
  element.dispatchEvent(new Event("click"));
  await failed;
});
