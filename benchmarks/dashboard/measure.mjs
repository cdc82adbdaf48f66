// @ts-check
/**
 * What the dashboard's page does under load, in headless Chromium over its DevTools protocol.
 *
 *   node measure.mjs PLAYWRIGHT CHROMIUM ADDRESS ORDER...
 *
 * Each line of standard input is a command, each line of standard output its answer, as JSON:
 *   {"do": "open"}                     -> first paints, bytes           {"do": "frames", "seconds": 10} -> gaps, latencies
 *   {"do": "memory"}                   -> heap and process              {"do": "follow"} / {"do": "followed"} -> numbers of events
 *   {"do": "profile", "seconds": 5}    -> where processor time goes     {"do": "close"}
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [, , playwright, executablePath, address] = process.argv;
const { chromium } = await import(pathToFileURL(`${playwright}/index.mjs`).href);
const OPENED = 7;
const SIZE = { width: 1280, height: 800 };
const WAIT_MS = 60_000;

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--enable-precise-memory-info"] });
/** @type {any} */
let page;
/** @type {any} */
let tools;

/** A page of its own, with nothing kept of others before. */
async function opened() {
  const context = await browser.newContext({ viewport: SIZE });
  const fresh = await context.newPage();
  const session = await context.newCDPSession(fresh);
  await session.send("Network.enable");
  /** @type {Map<string, {url: string, sent: number, plain: number}>} */
  const answers = new Map();
  session.on("Network.responseReceived", (/** @type {any} */ told) => {
    answers.set(told.requestId, { url: told.response.url, sent: 0, plain: 0 });
  });
  session.on("Network.dataReceived", (/** @type {any} */ told) => {
    const answer = answers.get(told.requestId);
    if (answer) answer.plain += told.dataLength;
  });
  session.on("Network.loadingFinished", (/** @type {any} */ told) => {
    const answer = answers.get(told.requestId);
    if (answer) answer.sent = told.encodedDataLength;
  });
  await fresh.goto(`${address}/#/map`);
  await fresh.waitForFunction(() => globalThis.document.querySelector("canvas"), undefined, { timeout: WAIT_MS });
  await fresh.waitForFunction(loaded, undefined, { timeout: WAIT_MS });
  return { context, fresh, session, answers };
}

/* In the page. */

/** Whether its picture is there; `measured.app` is the page's `app` from then on. */
async function loaded() {
  globalThis.measured ??= { app: (await import("/main.js")).app };
  return globalThis.measured.app.picture.loaded;
}

/** Gaps between frames, and how late events and moves are painted, for so many seconds. */
async function frames(seconds) {
  const { app } = globalThis.measured;
  const gaps = [];
  const events = [];
  const moves = [];
  let fresh = [];
  let begun = [];
  const seen = new Set(app.picture.moves.keys());
  const off = [
    app.events.onEvent((event) => fresh.push(event.at)),
    app.picture.onChange((change) => {
      for (const number of change.moves) {
        const move = app.picture.moves.get(number);
        if (move && !seen.has(number)) begun.push(move.decided_at);
        seen.add(number);
      }
    }),
  ];
  const painted = new MessageChannel();
  painted.port1.onmessage = ({ data }) => {
    const now = Date.now();
    for (const at of data.fresh) events.push(now - at * 1000);
    for (const at of data.begun) moves.push(now - at * 1000);
  };
  const end = performance.now() + seconds * 1000;
  await new Promise((done) => {
    let before = 0;
    const frame = (now) => {
      if (before) gaps.push(now - before);
      before = now;
      // What came before this frame is painted by it: a message comes after that.
      painted.port2.postMessage({ fresh, begun });
      fresh = [];
      begun = [];
      if (performance.now() < end) requestAnimationFrame(frame);
      else setTimeout(done, 100);
    };
    requestAnimationFrame(frame);
  });
  for (const each of off) each();
  return { gaps, events, moves };
}

/* From outside. */

const COMMANDS = {
  async open() {
    const paints = [];
    const pictures = [];
    let bytes = { sent: 0, plain: 0, files: 0 };
    for (let i = 0; i < OPENED; i += 1) {
      const { context, fresh, session, answers } = await opened();
      const told = await fresh.evaluate(() => ({
        paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
        now: performance.now(),
      }));
      paints.push(told.paint);
      pictures.push(told.now);
      const files = [...answers.values()].filter(({ url }) => !url.includes("/v1/"));
      bytes = {
        sent: files.reduce((sum, each) => sum + each.sent, 0),
        plain: files.reduce((sum, each) => sum + each.plain, 0),
        files: files.length,
      };
      if (i === OPENED - 1) [page, tools] = [fresh, session];
      else await context.close();
    }
    await tools.send("Network.disable");
    return { paints, pictures, ...bytes };
  },
  frames: ({ seconds }) => page.evaluate(frames, seconds),
  async memory() {
    await tools.send("HeapProfiler.collectGarbage");
    const { metrics } = await tools.send("Performance.enable").then(() => tools.send("Performance.getMetrics"));
    const heap = metrics.find((each) => each.name === "JSHeapUsedSize").value;
    const whole = await browser.newBrowserCDPSession();
    const { processInfo } = await whole.send("SystemInfo.getProcessInfo");
    await whole.detach();
    const sizes = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => proportional(id));
    return { heap, process: Math.max(...sizes) };
  },
  follow: () =>
    page.evaluate(() => {
      const { app } = globalThis.measured;
      const state = { numbers: [], waited: 0, open: 0 };
      globalThis.measured.followed = state;
      app.events.onEvent((event) => state.numbers.push(event.number));
      app.source.onChange(() => {
        if (app.source.state === "waiting") state.waited ||= Date.now();
        if (app.source.state === "open" && state.waited) state.open ||= Date.now();
      });
    }),
  followed: () =>
    page.evaluate(() => {
      const { app, followed } = globalThis.measured;
      return { ...followed, gaps: app.events.gaps.length, atoms: app.picture.atoms.size, state: app.source.state };
    }),
  go: ({ hash }) =>
    page.evaluate((to) => {
      location.hash = to;
    }, hash),
  shot: ({ path }) => page.screenshot({ path }).then(() => ({})),
  async profile({ seconds }) {
    await tools.send("Profiler.enable");
    await tools.send("Profiler.start");
    await page.waitForTimeout(seconds * 1000);
    const { profile } = await tools.send("Profiler.stop");
    const own = new Map();
    const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
    profile.samples.forEach((id, at) => {
      const { functionName, url, lineNumber } = nodes.get(id).callFrame;
      const name = `${functionName || "(anonymous)"} ${url.replace(address, "")}:${lineNumber + 1}`;
      own.set(name, (own.get(name) ?? 0) + profile.timeDeltas[at] / 1000);
    });
    return [...own]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 40)
      .map(([name, ms]) => [name, Math.round(ms)]);
  },
};

/** Memory of a process in bytes, of what is shared its share. @param {number} id */
function proportional(id) {
  const told = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8"));
  return Number(told?.[1] ?? 0) * 1024;
}

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  if (order.do === "close") break;
  let told;
  try {
    told = { answer: (await COMMANDS[order.do](order)) ?? null };
  } catch (error) {
    told = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
await browser.close();
