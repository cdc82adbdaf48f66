// @ts-check
/** Simulations: a scenario that the controller runs, or a recording that is dropped on the page, shown in all views. */
import { problemOf } from "../../core/rest.js";
import { href } from "../../core/route.js";
import { html, useChange, useEffect, useRef, useState } from "../../core/ui.js";
import { number, span } from "../../core/unit.js";
import { Name, visible } from "../../part/name.js";
import { ProblemView } from "../../part/problem.js";
import { t } from "../../text/text.js";
import { Outcome } from "./outcome.js";
import { fromController, fromFile } from "./reading.js";
import { RecordingError } from "./recording.js";
import { Recorded } from "./source.js";

/** @typedef {import("../../core/app.js").App} App */
/** @typedef {{name: string, title: string, hours: number, nodes: number, atoms: number, users: number}} Scenario */
/** @typedef {{busy: string, problem: any, recording: import("./recording.js").Recording|null}} State */

const NUMBERS = ["seed", "nodes", "atoms", "hours"];

/** @param {{app: App}} props */
export function SimulationView({ app }) {
  useChange(app);
  const source = app.source.kind === "recording" ? /** @type {Recorded} */ (/** @type {unknown} */ (app.source)) : null;
  const [state, set] = useState(/** @type {State} */ ({ busy: "", problem: null, recording: null }));
  const stop = useRef(/** @type {AbortController|null} */ (null));
  useEffect(
    () => () => {
      // What is not shown yet is not waited for; what is shown goes on to come.
      if (app.source.kind !== "recording") stop.current?.abort();
    },
    [],
  );
  const show = (/** @type {import("./recording.js").Recording} */ recording) => {
    const shown = new Recorded(recording, app);
    shown.coming = recording.complete ? null : stop.current;
    app.use(shown);
  };
  const failed = (/** @type {any} */ error) => set({ busy: "", problem: error, recording: null });

  async function run(/** @type {string} */ scenario, /** @type {Record<string, number>} */ wanted) {
    stop.current?.abort();
    const ending = new AbortController();
    stop.current = ending;
    set({ busy: scenario, problem: null, recording: null });
    try {
      await fromController(app.rest, scenario, wanted, {
        signal: ending.signal,
        onBegun: (recording) => set({ busy: scenario, problem: null, recording }),
        onReady: show,
      });
      set({ busy: "", problem: null, recording: null });
    } catch (error) {
      if (ending.signal.aborted) set({ busy: "", problem: null, recording: null });
      else failed(error);
    }
  }

  async function open(/** @type {File|undefined} */ file) {
    if (!file) return;
    stop.current?.abort();
    set({ busy: file.name, problem: null, recording: null });
    try {
      show(await fromFile(file));
      set({ busy: "", problem: null, recording: null });
    } catch (error) {
      failed(error);
    }
  }

  return html`<section class="simulation">
    <h1>${t("simulation.title")}</h1>
    <p class="simulation-lead">${t("simulation.lead")}</p>
    ${source && html`<${Showing} source=${source} />`}
    ${source && html`<${Outcome} recording=${source.recording} />`}
    ${state.busy && html`<${Busy} state=${state} stop=${() => stop.current?.abort()} />`}
    ${state.problem && html`<${ProblemView} problem=${told(state.problem)} />`}
    <${Scenarios} app=${app} busy=${state.busy !== ""} run=${run} />
    <${Drop} open=${open} />
  </section>`;
}

/** An error of a recording says what is wrong by a text's key. @param {any} error */
function told(error) {
  return error instanceof RecordingError ? problemOf(new Error(t(error.key, error.values))) : problemOf(error);
}

/** What is shown, and where. @param {{source: Recorded}} props */
function Showing({ source }) {
  const { header } = source.recording;
  return html`<section class="card simulation-showing" aria-label=${t("simulation.showing")}>
    <h2><${Name} text=${header?.name ?? ""} most=${60} /></h2>
    <p><${Name} text=${header?.title ?? ""} most=${200} /></p>
    <p class="simulation-links"><a class="button" href=${href("map")}>${t("simulation.to-map")}</a>
      <a class="button" href=${href("timeline")}>${t("simulation.to-timeline")}</a></p>
  </section>`;
}

/** How far what is being made has come. @param {{state: State, stop: () => void}} props */
function Busy({ state, stop }) {
  const [, again] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => again((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, []);
  const header = state.recording?.header;
  const share =
    header && state.recording
      ? (state.recording.reached - header.begins) / Math.max(header.ends - header.begins, 1e-9)
      : 0;
  return html`<div class="card simulation-busy" role="status">
    <p>${share > 0 ? t("simulation.running", { name: state.busy }) : t("simulation.preparing", { name: state.busy })}</p>
    <progress max="1" value=${share > 0 ? share : undefined} aria-label=${t("simulation.progress")}></progress>
    <button type="button" class="button small" onClick=${stop}>${t("simulation.stop")}</button>
  </div>`;
}

/** @param {{app: App, busy: boolean, run: (scenario: string, wanted: Record<string, number>) => void}} props */
function Scenarios({ app, busy, run }) {
  const [list, set] = useState(/** @type {Scenario[]} */ ([]));
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const [chosen, choose] = useState("");
  useEffect(() => {
    let here = true;
    app.rest.get("/v1/simulations").then(
      (told) => {
        if (!here) return;
        set(told.items);
        choose(told.items[0]?.name ?? "");
      },
      (error) => here && setProblem(problemOf(error)),
    );
    return () => {
      here = false;
    };
  }, []);
  const why = app.session.may("atoms")
    ? ""
    : t("shell.off.scope", { scope: "atoms", name: app.session.name || t("shell.off.nobody") });
  function go(/** @type {any} */ event) {
    event.preventDefault();
    if (busy || why || !chosen) return;
    /** @type {Record<string, number>} */
    const wanted = {};
    for (const name of NUMBERS) {
      const text = event.target.elements[name].value;
      if (text !== "") wanted[name] = Number(text);
    }
    run(chosen, wanted);
  }
  return html`<form class="card simulation-scenarios" onSubmit=${go}>
    <h2>${t("simulation.scenarios")}</h2>
    ${problem && html`<${ProblemView} problem=${problem} />`}
    <fieldset><legend>${t("simulation.scenario")}</legend>
      ${list.map(
        (each) => html`<label class="simulation-scenario" key=${each.name}>
        <input type="radio" name="scenario" value=${each.name} checked=${chosen === each.name} onChange=${() => choose(each.name)} />
        <span><strong>${visible(each.name)}</strong><span>${visible(each.title)}</span>
        <span class="quiet-text">${t("simulation.size", { span: span(each.hours * 3600), nodes: number(each.nodes), atoms: number(each.atoms), users: number(each.users ?? 0) })}</span></span></label>`,
      )}
    </fieldset>
    <div class="simulation-numbers">${NUMBERS.map(
      (name) => html`<label class="field" key=${name}><span>${t(`simulation.${name}`)}</span>
      <input type="number" name=${name} min=${name === "seed" ? 0 : name === "hours" ? 0.01 : 1} step=${name === "hours" ? "any" : 1} placeholder=${t(`simulation.${name}.default`)} /></label>`,
    )}</div>
    <p><button type="submit" class="button primary" aria-disabled=${busy || why !== ""} title=${why || undefined}>${t("simulation.run")}</button>
      ${why && html`<span class="only-read">${why}</span>`}</p>
    <p class="quiet-text">${t("simulation.run-is")}</p>
  </form>`;
}

/** Where a recording is dropped, or chosen. @param {{open: (file: File|undefined) => void}} props */
function Drop({ open }) {
  const [over, setOver] = useState(false);
  const dropped = (/** @type {any} */ event) => {
    event.preventDefault();
    setOver(false);
    open(event.dataTransfer.files[0]);
  };
  const chosen = (/** @type {any} */ event) => {
    open(event.target.files[0]);
    // The same file can be chosen again: it may have been changed.
    event.target.value = "";
  };
  const dragged = (/** @type {Event} */ event) => {
    event.preventDefault();
    setOver(true);
  };
  return html`<section class="card simulation-drop" data-over=${over} onDragOver=${dragged} onDragLeave=${() => setOver(false)} onDrop=${dropped} aria-label=${t("simulation.recordings")}>
    <h2>${t("simulation.recordings")}</h2>
    <p>${t("simulation.drop")}</p>
    <label class="field"><span>${t("simulation.file")}</span>
      <input type="file" accept=".jsonl,.gz,.ndjson" onChange=${chosen} /></label>
    <p><code>${"sojourn simulate energy-day --recording day.jsonl"}</code></p>
  </section>`;
}
