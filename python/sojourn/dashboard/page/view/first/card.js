// @ts-check
/** One of the programs to try: what one will see, a button, and then what it says while it runs. */
import { atomPath } from "../../core/record.js";
import { problemOf } from "../../core/rest.js";
import { atomHref, href } from "../../core/route.js";
import { html, useChange, useEffect, useRef, useState } from "../../core/ui.js";
import { ms } from "../../core/unit.js";
import { Name } from "../../part/name.js";
import { ProblemView } from "../../part/problem.js";
import { t } from "../../text/text.js";
import { Lines } from "./lines.js";
import { atWork, hosts, nextNode, numbered } from "./samples.js";
import { Sign } from "./sign.js";

/** @typedef {import("../../core/app.js").App} App */
/** @typedef {{name: string, parts: {part: string, atom?: string, node?: string, state: string, reason?: string}[]}} Program */

/**
 * Brings a program to the realm and starts it.
 * @param {App} app
 * @param {import("./samples.js").Sample} sample
 * @returns {Promise<Program>}
 */
async function begin(app, sample) {
  const file = await fetch(new URL(`../../samples/${sample.file}`, import.meta.url));
  if (!file.ok) throw new Error(t("first.missing", { file: sample.file }));
  const { rest, picture } = app;
  const module = await rest.send("/v1/modules", await file.arrayBuffer(), "application/wasm", {
    query: { name: sample.file },
  });
  const there = await rest.all("/v1/programs");
  const name = numbered(sample.id, new Set(there.map((each) => each.name)));
  const parts = sample.parts(name, module.digest, hosts(picture.nodes.values()));
  await rest.put(`/v1/programs/${name}`, { description: t(`first.${sample.id}.title`), parts });
  return rest.post(`/v1/programs/${name}/start`, undefined, { once: true });
}

/** @param {{app: App, sample: import("./samples.js").Sample}} props */
export function Card({ app, sample }) {
  const [state, set] = useState(
    /** @type {{at: "before"|"starting"|"running", program?: Program, problem?: any}} */ ({ at: "before" }),
  );
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    // Whoever comes back finds it as it is.
    app.rest.all("/v1/programs").then(
      (programs) => {
        const program = atWork(sample, programs);
        if (here.current && program) set((now) => (now.at === "before" ? { at: "running", program } : now));
      },
      () => {},
    );
    return () => {
      here.current = false;
    };
  }, []);
  const off = app.can("atoms");
  async function start() {
    if (off || state.at === "starting") return;
    set({ at: "starting" });
    try {
      const program = await begin(app, sample);
      app.announce("starts", t("first.runs", { name: program.name }));
      if (here.current) set({ at: "running", program });
    } catch (error) {
      if (here.current) set({ at: "before", problem: problemOf(error) });
    }
  }
  const { program } = state;
  return html`<article class=${program ? "card first-card first-on" : "card first-card"} aria-label=${t(`first.${sample.id}.title`)}>
    <div class="first-top"><${Sign} id=${sample.id} /><h2>${t(`first.${sample.id}.title`)}</h2></div>
    <p>${t(`first.${sample.id}.what`)}</p>
    ${!program && html`<p class="first-see"><strong>${t("first.see")}</strong> ${t(`first.${sample.id}.see`)}</p>`}
    ${state.problem && html`<${ProblemView} problem=${state.problem} />`}
    ${
      program
        ? html`<${Running} app=${app} sample=${sample} program=${program} again=${() => set({ at: "before" })} />`
        : html`<div class="first-foot"><button type="button" class="button primary" aria-disabled=${Boolean(off) || state.at === "starting"} aria-busy=${state.at === "starting"} title=${off || undefined} onClick=${start}>${t(state.at === "starting" ? "first.starting" : "first.start")}</button>
        ${off && html`<span class="first-off">${off}</span>`}</div>`
    }
  </article>`;
}

/** What a program does that was started. @param {{app: App, sample: import("./samples.js").Sample, program: Program, again: () => void}} props */
function Running({ app, sample, program, again }) {
  useChange(app.picture);
  const watched = program.parts.find((part) => part.part === sample.watched) ?? program.parts[0];
  const failed = program.parts.filter((part) => part.state === "failed");
  const atom = watched?.atom ?? "";
  return html`<div class="first-running">
    <ul class="first-parts">
      ${program.parts.map((part) => html`<li key=${part.part}><${PartLine} app=${app} part=${part} /></li>`)}
    </ul>
    ${failed.map((part) => html`<p key=${part.part} class="field-wrong">${t("first.failed", { part: part.part, reason: part.reason ?? "" })}</p>`)}
    ${atom && html`<${Lines} app=${app} atom=${atom} />`}
    <div class="first-foot">
      ${atom && html`<${MoveOn} app=${app} atom=${atom} />`}
      <a class="button" href=${href("map")}>${t("first.map")}</a>
      ${atom && html`<a class="button" href=${atomHref(atom)}>${t("first.atom")}</a>`}
      <${StopIt} app=${app} name=${program.name} onDone=${again} />
    </div>
  </div>`;
}

/** @param {{app: App, part: {part: string, atom?: string, state: string}}} props */
function PartLine({ app, part }) {
  const row = part.atom ? app.picture.atoms.get(part.atom) : undefined;
  const where = row?.node ?? "";
  return html`<${Name} text=${part.part} most=${16} /> <span class="first-where">${row && row.state !== "running" ? t(`shell.state.${row.state}`) : where ? t("first.on", { node: where }) : ""}</span>`;
}

/** Moves an atom to the next node, at once: nothing is lost by it. @param {{app: App, atom: string}} props */
function MoveOn({ app, atom }) {
  const [state, set] = useState(/** @type {{busy: boolean, told?: string, problem?: any}} */ ({ busy: false }));
  const row = app.picture.atoms.get(atom);
  const to = nextNode(hosts(app.picture.nodes.values()), row?.node ?? "");
  const off =
    app.can("atoms") || (to ? "" : t("first.nowhere")) || (row && row.state !== "running" ? t("first.over") : "");
  async function move() {
    if (off || state.busy) return;
    set({ busy: true });
    try {
      const { number } = await app.rest.post(
        `${atomPath(atom)}/moves`,
        { target: to, cause: t("first.cause") },
        { once: true },
      );
      const moved = await over(app, number);
      const told =
        moved.state === "done" ? t("first.moved", { node: to, down: ms(moved.downtime_ms ?? 0) }) : (moved.error ?? "");
      app.announce("moves", told);
      set({ busy: false, told });
    } catch (error) {
      set({ busy: false, problem: problemOf(error) });
    }
  }
  return html`<button type="button" class="button primary" aria-disabled=${Boolean(off) || state.busy} aria-busy=${state.busy} title=${off || undefined} onClick=${move}>${to ? t("first.move", { node: to }) : t("first.move.none")}</button>
    <p class="first-told" role="status">${state.problem ? state.problem.detail : (state.told ?? "")}</p>`;
}

/**
 * A move when it is over, or as it is after a while.
 * @param {App} app
 * @param {number} number
 */
async function over(app, number) {
  const until = Date.now() + 30_000;
  for (;;) {
    const move = await app.rest.get(`/v1/moves/${number}`);
    if ((move.state ?? "decided") !== "decided" || Date.now() > until) return move;
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** @param {{app: App, name: string, onDone: () => void}} props */
function StopIt({ app, name, onDone }) {
  const [state, set] = useState(/** @type {{busy: boolean, problem?: any}} */ ({ busy: false }));
  const off = app.can("atoms");
  async function stop() {
    if (off || state.busy) return;
    set({ busy: true });
    try {
      await app.rest.post(`/v1/programs/${name}/stop`, { discard: true }, { once: true });
      await app.rest.remove(`/v1/programs/${name}`);
      onDone();
    } catch (error) {
      set({ busy: false, problem: problemOf(error) });
    }
  }
  return html`<button type="button" class="button quiet" aria-disabled=${Boolean(off) || state.busy} aria-busy=${state.busy} title=${off || undefined} onClick=${stop}>${t("first.stop")}</button>
    ${state.problem && html`<${ProblemView} problem=${state.problem} />`}`;
}
