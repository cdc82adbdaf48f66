/** The element and the scene in a page of another site: examples/scene, as it lies there. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** @typedef {import("../scene.js").Scene} Scene */

const EXAMPLE = join(dirname(fileURLToPath(import.meta.url)), "../../../examples/scene");
/** @type {Record<string, string>} */
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/**
 * Serves the example at the site that may ask, with the controller of this realm in it.
 * @param {Scene} scene
 */
async function served(scene) {
  const server = createServer((request, response) => {
    const name = request.url === "/" ? "index.html" : String(request.url).slice(1);
    const type = TYPES[extname(name)];
    if (!/^[a-z]+\.[a-z]+$/.test(name) || !type) return response.writeHead(404).end();
    const text = readFileSync(join(EXAMPLE, name), "utf8").replaceAll("http://127.0.0.1:7480", scene.realm.url);
    return response.writeHead(200, { "content-type": type }).end(text);
  });
  const { port, host } = new URL(scene.realm.host);
  await new Promise((done) => server.listen(Number(port), "127.0.0.1", () => done(undefined)));
  return { server, host };
}

/** @param {Scene} scene @param {string} name @param {Record<string, unknown>} spec */
async function put(scene, name, spec = {}) {
  const parts = ["a", "b"].map((part) => ({
    part,
    module: scene.realm.modules.counter,
    name: `${name}-${part}`,
    spec,
  }));
  await scene.rest("PUT", `/programs/${name}`, { parts });
}

/** @param {Scene} scene @param {string} name */
async function gone(scene, name) {
  await scene.rest("POST", `/programs/${name}/stop`, { discard: true });
  await scene.rest("DELETE", `/programs/${name}`);
}

/** Programs are started and stopped by the element's buttons, its methods, and things of a scene. @param {Scene} scene */
export async function element(scene) {
  await put(scene, "talk");
  await put(scene, "work", { require: "cores < 0" });
  const { server, host } = await served(scene);
  try {
    const page = await scene.blank({ host });
    // A favicon is nobody's.
    scene.allow(/favicon/);
    await page.goto(`${scene.realm.host}/#token=${scene.realm.tokens.atoms}`);
    const list = page.locator("sojourn-programs");
    const row = list.locator('[data-program="talk"]');
    await row.getByRole("button", { name: "Start talk" }).click();
    await page.getByText("talk started").waitFor();
    const lamp = page.getByRole("button", { name: "Lamp of talk" });
    // It follows the realm by itself.
    await page.locator('.lamp[data-sojourn-state="running"]').waitFor();
    await row.getByText("2 of 2 run").waitFor();
    const { state } = await scene.rest("GET", "/programs/talk");
    assert.equal(state, "running");

    // The lamp stops what runs, and starts it again.
    await lamp.click();
    await page.getByText("talk stopped").waitFor();
    await page.locator('.lamp[data-sojourn-state="stopped"]').waitFor();
    await lamp.click();
    await page.getByText("talk started").nth(1).waitFor();

    // What cannot start is told with the reason, and is no error of the page.
    await page.locator(".door").dispatchEvent("pointerenter");
    await page.getByText("work failed").first().waitFor();
    await list
      .getByText(/do not meet its requirement/)
      .first()
      .waitFor();

    // A method, as a script calls it; and one that fails.
    scene.allow(/404/);
    const said = await page.evaluate(async () => {
      const found = /** @type {any} */ (document.querySelector("sojourn-programs"));
      const stopped = await found.stop("talk", { discard: true });
      const unknown = await found.start("none").catch((/** @type {any} */ problem) => problem.name);
      return [stopped.state, unknown];
    });
    assert.deepEqual(said, ["stopped", "UnknownProgram"]);
  } finally {
    server.close();
    await gone(scene, "talk");
    await gone(scene, "work");
  }
}

/** Where A-Frame is there, its entities have a component. @param {Scene} scene */
export async function entities(scene) {
  await put(scene, "talk");
  const { server, host } = await served(scene);
  try {
    const page = await scene.blank({ host });
    scene.allow(/favicon/);
    // As much of A-Frame as the component touches.
    await page.addInitScript(() => {
      const components = /** @type {Record<string, any>} */ ({});
      Object.assign(globalThis, {
        AFRAME: {
          components,
          registerComponent: (/** @type {string} */ name, /** @type {any} */ component) => {
            components[name] = component;
          },
        },
      });
    });
    await page.goto(`${scene.realm.host}/#token=${scene.realm.tokens.atoms}`);
    await page.waitForFunction(() => /** @type {any} */ (globalThis).AFRAME.components["sojourn-program"]);
    const started = await page.evaluate(async () => {
      const component = /** @type {any} */ (globalThis).AFRAME.components["sojourn-program"];
      const el = document.createElement("a-box");
      document.body.append(el);
      const entity = { ...component, el, data: { program: "talk", start: "click", stop: "dblclick" } };
      entity.update();
      const told = new Promise((done) =>
        el.addEventListener("sojourn-started", (event) => done(/** @type {any} */ (event).detail.name)),
      );
      el.dispatchEvent(new Event("click"));
      const name = await told;
      entity.remove();
      return name;
    });
    assert.equal(started, "talk");
  } finally {
    server.close();
    await gone(scene, "talk");
  }
}

/** A page of a site that is not named may not ask, and is told nothing. @param {Scene} scene */
export async function strangers(scene) {
  const server = createServer((_request, response) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<p>stranger</p>"),
  );
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  try {
    const page = await scene.blank({ host: `127.0.0.1:${port}` });
    scene.allow(/CORS|ERR_FAILED|favicon|404|blocked/i);
    await page.goto(`http://127.0.0.1:${port}/`);
    const told = await page.evaluate(
      async ({ url, token }) => {
        const asked = fetch(`${url}/v1/programs`, { headers: { authorization: `Bearer ${token}` } });
        const script = Object.assign(document.createElement("script"), {
          type: "module",
          src: `${url}/component/programs.js`,
        });
        const loaded = new Promise((done, failed) => {
          script.onload = done;
          script.onerror = failed;
        });
        document.head.append(script);
        return (await Promise.allSettled([asked, loaded])).map((each) => each.status);
      },
      { url: scene.realm.url, token: scene.realm.tokens.admin },
    );
    assert.deepEqual(told, ["rejected", "rejected"]);
  } finally {
    server.close();
  }
}
