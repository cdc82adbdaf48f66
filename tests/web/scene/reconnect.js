/** The page while its controller is killed and begins again. */
import assert from "node:assert/strict";

/** @typedef {import("../scene.js").Scene} Scene */
/** @typedef {import("playwright-core").Page} Page */

/** Numbers of the events that the page holds. @param {Scene} scene @param {Page} page */
const held = (scene, page) =>
  scene.app(page, (app) => app.events.list.map((/** @type {{number: number}} */ event) => event.number));

/** Numbers of all events of the realm from one on, as REST lists them. @param {Scene} scene @param {number} from */
async function told(scene, from) {
  const token = scene.realm.tokens.admin;
  const answer = await fetch(`${scene.realm.url}/v1/events?follow=false&after=${from - 1}`, {
    headers: { authorization: `Bearer ${token}`, accept: "text/event-stream" },
  });
  return [...(await answer.text()).matchAll(/^id: *(\d+)/gm)].map((match) => Number(match[1]));
}

/**
 * Every event is there once, in order, however often the controller is killed; and the picture is that of the realm.
 * @param {Scene} scene
 */
export async function nothing_is_missed(scene) {
  const atom = await scene.start("reconnect", { module: "steady", arguments: ["1", "1", "1000000"] });
  const page = await scene.open("#/timeline");
  await scene.live(page);
  // What a browser says of connections that break is no fault of the page.
  scene.allow(/Failed to load resource/, /net::ERR/);
  for (const round of [1, 2]) {
    await scene.ask("kill", null);
    await page
      .getByText(/no connection/)
      .first()
      .waitFor();
    await scene.ask("begin", null);
    await scene.live(page);
    // The controller has to have met the nodes again before it moves anything.
    await scene.until(
      () => scene.rest("GET", "/nodes?state=up"),
      (nodes) => nodes.items.length === 3,
      "nodes are up",
    );
    const { node } = await scene.until(
      () => scene.rest("GET", `/atoms/${atom.name}`),
      (record) => Boolean(record.node),
      "it is known again",
    );
    const move = await scene.move(atom.name, node === "node-1" ? "node-2" : "node-1");
    assert.equal(move.state, "done", JSON.stringify(move));
    const there = await scene.until(
      async () => ({ page: await held(scene, page), round }),
      ({ page: numbers }) => numbers.length > 0 && numbers.at(-1) !== undefined,
      "events are held",
    );
    const first = Number(there.page[0]);
    const all = await scene.until(
      async () => ({ realm: await told(scene, first), page: await held(scene, page) }),
      (both) => both.realm.length > 0 && both.page.length >= both.realm.length,
      "the page has every event",
    );
    assert.deepEqual(all.page.slice(0, all.realm.length), all.realm);
    const shown = await scene.until(
      () =>
        scene.app(
          page,
          (app) => [...app.picture.atoms.values()].find((each) => each.name.endsWith("/reconnect"))?.node,
        ),
      (at) => at === move.target,
      "the picture is as the realm is",
    );
    assert.equal(shown, move.target);
  }
}
