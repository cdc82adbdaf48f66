// @ts-check
/** Starting an atom: a module is dropped, looked at and brought to the realm; then what it is given, where it would be, and go. */
import { problemOf } from "../../core/rest.js";
import { atomHref } from "../../core/route.js";
import { html, useChange, useEffect, useRef, useState } from "../../core/ui.js";
import { ProblemView } from "../../part/problem.js";
import { t } from "../../text/text.js";
import { ModuleCard } from "./card.js";
import { DropZone, KnownModules } from "./choose.js";
import { Fields } from "./fields.js";
import { bodyOf, EMPTY, FieldError } from "./form.js";
import { handed } from "./handed.js";
import { KeepAsProgram } from "./keep.js";
import { MODULE_BYTES, wrongs } from "./needs.js";
import { PlanPanel } from "./plan.js";
import { moduleOf, WasmError } from "./wasm.js";

/** @typedef {import("./form.js").Form} Form */
/**
 * @typedef {object} Chosen
 * @property {string} name
 * @property {number} size
 * @property {import("./wasm.js").Module|null} module null: the realm has it, and its bytes are not here
 * @property {[string, string][]} said
 * @property {string} digest "": not brought yet
 */
/** @typedef {{key: string, values?: Record<string, string|number>}} Wrong */

/** @param {{app: import("../../core/app.js").App, params: Record<string, string>, query: Record<string, string>}} props */
export function StartView({ app, query }) {
  useChange(app);
  const [chosen, setChosen] = useState(/** @type {Chosen|null} */ (null));
  const [wrong, setWrong] = useState(/** @type {Wrong|null} */ (null));
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const [form, setForm] = useState(/** @type {Form} */ (EMPTY));
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);

  /** @param {File} file */
  async function take(file) {
    setWrong(null);
    setProblem(null);
    try {
      const found = await looked(file);
      setChosen(found);
      setForm((now) => ({ ...now, program: file.name }));
      if (app.can("atoms")) return;
      const record = await app.rest.send("/v1/modules", file, "application/wasm", { query: { name: file.name } });
      if (here.current) setChosen({ ...found, digest: record.digest, said: record.annotation ?? found.said });
    } catch (error) {
      if (!here.current) return;
      if (error instanceof WasmError) {
        setChosen(null);
        setWrong({ key: error.why, values: { name: file.name } });
      } else if (error instanceof TooLarge) {
        setChosen(null);
        setWrong({ key: "large", values: { most: MODULE_BYTES / 2 ** 20 } });
      } else setProblem(problemOf(error));
    }
  }
  /** @param {any} record of a module that the realm has */
  function known(record) {
    setWrong(null);
    setProblem(null);
    setChosen({
      name: record.name ?? "",
      size: record.bytes ?? 0,
      module: null,
      said: record.annotation ?? [],
      digest: record.digest,
    });
    setForm((now) => ({ ...now, program: record.name ?? "" }));
  }
  useEffect(() => {
    const look = () => {
      const file = handed.take();
      if (file) void take(file);
    };
    look();
    return handed.onChange(look);
  }, []);
  useEffect(() => {
    if (!query.module) return;
    app.rest.get(`/v1/modules/${encodeURIComponent(query.module)}`).then(
      (record) => here.current && known(record),
      (error) => here.current && setProblem(problemOf(error)),
    );
  }, [query.module]);

  const against = chosen?.module ? wrongs(chosen.module, app.picture.nodes.values()) : [];
  return html`<section class="start">
    <h1>${t("start.title")}</h1>
    <p class="start-lead">${t("start.lead")}</p>
    <div class=${chosen ? "start-columns" : "start-alone"}>
      <div class="start-main">
        <${DropZone} small=${Boolean(chosen)} onFile=${take} />
        ${wrong && html`<div class="problem" role="alert"><p class="problem-detail">${t(`start.wrong.${wrong.key}`, wrong.values)}</p><p class="problem-note">${t(`start.wrong.${wrong.key}.hint`, wrong.values)}</p></div>`}
        ${problem && html`<${ProblemView} problem=${problem} />`}
        ${chosen ? html`<${ModuleCard} app=${app} chosen=${chosen} wrongs=${against} />` : html`<${KnownModules} app=${app} onChoose=${known} />`}
        ${chosen && html`<${Fields} app=${app} form=${form} said=${chosen.said} change=${(/** @type {Partial<Form>} */ part) => setForm((now) => ({ ...now, ...part }))} />`}
      </div>
      ${chosen && html`<${Go} app=${app} chosen=${chosen} form=${form} blocked=${against.length > 0} />`}
    </div>
  </section>`;
}

class TooLarge extends Error {}

/**
 * What a file says of itself.
 * @param {File} file
 * @returns {Promise<Chosen>}
 */
async function looked(file) {
  if (file.size > MODULE_BYTES) throw new TooLarge(file.name);
  const module = moduleOf(new Uint8Array(await file.arrayBuffer()));
  return { name: file.name, size: file.size, module, said: module.said, digest: "" };
}

/**
 * Where it would be, and the buttons.
 * @param {{app: import("../../core/app.js").App, chosen: Chosen, form: Form, blocked: boolean}} props
 */
function Go({ app, chosen, form, blocked }) {
  const [state, set] = useState(/** @type {{busy: boolean, wrong?: FieldError, problem?: any}} */ ({ busy: false }));
  const off =
    app.can("atoms") || (chosen.digest ? "" : t("start.off.bringing")) || (blocked ? t("start.off.wrong") : "");
  async function start() {
    if (off || state.busy) return;
    set({ busy: true });
    try {
      const started = await app.rest.post("/v1/atoms", bodyOf(form, chosen.digest), { once: true });
      app.announce("starts", t("start.started", { atom: started.atom, node: started.node }));
      app.route.go(atomHref(started.atom));
    } catch (error) {
      if (error instanceof FieldError) set({ busy: false, wrong: error });
      else set({ busy: false, problem: problemOf(error) });
    }
  }
  return html`<aside class="start-side" aria-label=${t("start.go.label")}>
    <${PlanPanel} app=${app} digest=${chosen.digest} form=${form} />
    ${state.wrong && html`<div class="problem" role="alert"><p class="problem-detail">${t(`start.field.${state.wrong.key}`, state.wrong.values)}</p></div>`}
    ${state.problem && html`<${ProblemView} problem=${state.problem} />`}
    <div class="start-go">
      <button type="button" class="button primary start-button" aria-disabled=${Boolean(off) || state.busy} aria-busy=${state.busy} title=${off || undefined} onClick=${start}>${t(state.busy ? "start.starting" : "start.go")}</button>
      <${KeepAsProgram} app=${app} chosen=${chosen} form=${form} off=${off} />
    </div>
    ${off && html`<p class="quiet-text">${off}</p>`}
  </aside>`;
}
