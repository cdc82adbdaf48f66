// @ts-check
/** One atom: how it is, where and why, what it says and holds, where it has been; and what can be done with it. */

import { atomPath } from "../../core/record.js";
import { problemOf } from "../../core/rest.js";
import { href } from "../../core/route.js";
import { html, useChange, useEffect, useMemo, useNow, useState } from "../../core/ui.js";
import { ago, bytes, span, stamp } from "../../core/unit.js";
import { Badge } from "../../part/badge.js";
import { Name, visible } from "../../part/name.js";
import { ProblemView } from "../../part/problem.js";
import { t } from "../../text/text.js";
import { Images } from "./images.js";
import { CheckpointAction, RestoreAction, StopAction } from "./lifecycle.js";
import { Messages } from "./message.js";
import { MoveAction } from "./move.js";
import { Moves } from "./moves.js";
import { Output, useReadings } from "./output.js";
import { NodeLink, Overview } from "./overview.js";
import { Placement } from "./placement.js";
import { UpdateAction } from "./update.js";

/** @typedef {import("../../core/app.js").App} App */

const TABS = ["overview", "output", "placement", "images", "moves", "messages"];
const OVER = new Set(["ended", "stopped", "lost", "unplaced"]);
// The record is asked for again after a change, but not more often than this; and without any change, now and then.
const SOON_MS = 400;
const SELDOM_MS = 5000;

/** Whether an atom runs. @param {{state?: string}} atom */
export function runs(atom) {
  return !OVER.has(atom.state ?? "running");
}

/**
 * The record, asked for again when the picture of the atom changes.
 * @param {App} app
 * @param {string} name
 */
function useRecord(app, name) {
  const [told, set] = useState(/** @type {{record?: any, problem?: any}} */ ({}));
  const [asked, ask] = useState(0);
  const row = app.picture.atoms.get(name);
  const seen = row ? `${row.node} ${row.state} ${row.wish} ${row.module} ${row.policy} ${row.since}` : "";
  useEffect(() => set({}), [name]);
  useEffect(() => {
    const ending = new AbortController();
    const look = async () => {
      if (document.hidden && asked === 0) return;
      try {
        set({ record: await app.rest.get(atomPath(name), { signal: ending.signal }) });
      } catch (error) {
        if (!ending.signal.aborted) set((now) => ({ ...now, problem: problemOf(error) }));
      }
    };
    const soon = setTimeout(look, told.record ? SOON_MS : 0);
    const timer = setInterval(look, SELDOM_MS);
    return () => {
      clearTimeout(soon);
      clearInterval(timer);
      ending.abort();
    };
  }, [app.rest, name, seen, asked]);
  return { ...told, again: () => ask((n) => n + 1) };
}

/**
 * Its module's record, once for each module; undefined: none, or not yet.
 * @param {App} app
 * @param {string} digest
 */
function useModule(app, digest) {
  const [module, set] = useState(/** @type {any} */ (undefined));
  useEffect(() => {
    set(undefined);
    if (!digest) return undefined;
    const ending = new AbortController();
    app.rest.get(`/v1/modules/${encodeURIComponent(digest)}`, { signal: ending.signal }).then(set, () => {});
    return () => ending.abort();
  }, [app.rest, digest]);
  return module;
}

/** @param {{app: App, params: Record<string, string>, query: Record<string, string>}} props */
export function AtomView({ app, params, query }) {
  useChange(app);
  useChange(app.picture);
  useNow(1000);
  const now = app.now();
  const name = `${params.birth}/${params.name}`;
  const { record, problem, again } = useRecord(app, name);
  const readings = useReadings(app, name, record?.epoch ?? 0);
  const module = useModule(app, record?.module ?? "");
  const aliases = app.picture.atoms.get(name)?.aliases ?? [];
  if (!record) {
    return html`<section class="atom"><h1><${Name} text=${name} most=${80} /></h1>
      ${problem ? html`<${ProblemView} problem=${problem} retry=${again} /><p><a href=${href("map")}>${t("atom.to-map")}</a></p>` : html`<p class="quiet-text">${t("shell.loading")}</p>`}</section>`;
  }
  const live = runs(record);
  const off = record.kind ? t("atom.off.foreign", { kind: visible(record.kind) }) : "";
  const channel = (module?.annotation ?? []).some(
    (/** @type {[string, string]} */ [key, value]) => key === "channel" && value.startsWith("/dev/stdin:r"),
  );
  const tab = TABS.includes(query.tab ?? "") ? /** @type {string} */ (query.tab) : "overview";
  const common = { app, record, off, runs: live, now };
  const changed = `${record.node} ${record.state} ${record.epoch}`;
  return html`<section class="atom">
    <${Head} ...${common} aliases=${aliases} onChanged=${again} />
    ${problem && html`<${ProblemView} problem=${problem} retry=${again} />`}
    <${Tabs} app=${app} tab=${tab} />
    <div class="atom-panel" role="tabpanel" id="atom-panel" aria-labelledby=${`atom-tab-${tab}`} tabindex="-1">
      ${tab === "overview" && html`<${Overview} ...${common} module=${module} readings=${readings} channel=${channel} />`}
      ${tab === "output" && html`<section class="card"><${Output} app=${app} name=${name} readings=${readings} runs=${live} off=${off} channel=${channel} /></section>`}
      ${tab === "placement" && html`<${Placement} ...${common} onChanged=${again} />`}
      ${tab === "images" && html`<${Images} ...${common} again=${changed} />`}
      ${tab === "moves" && html`<${Moves} app=${app} name=${name} now=${now} again=${changed} />`}
      ${tab === "messages" && html`<${Messages} app=${app} name=${name} runs=${live} off=${off} />`}
    </div>
  </section>`;
}

/** @param {{app: App, record: any, aliases: string[], off: string, runs: boolean, now: number, onChanged: () => void}} props */
function Head({ app, record, aliases, off, runs: live, now, onChanged }) {
  const ended = off || (live ? "" : t("atom.off.ended"));
  const alive = off || (live ? t("atom.off.runs") : "");
  return html`<header class="atom-head">
    <div class="atom-title">
      <h1><${Name} text=${record.name} most=${80} /></h1>
      <${Badge} state=${record.state ?? "running"} />
      ${record.wish === "stop" && live && html`<span class="badge" data-tone="warn">${t("atom.to-stop")}</span>`}
      ${record.kind && html`<span class="badge">${t("atom.foreign", { kind: visible(record.kind) })}</span>`}
    </div>
    <p class="atom-where">${t(live ? "atom.at" : "atom.was-at")} <${NodeLink} node=${record.node ?? ""} />
      ${record.since ? html`<span class="quiet-text" title=${stamp(record.since)}>${live ? t("atom.for", { span: span(Math.max(1, Math.floor(now - record.since))) }) : ago(record.since, now)}</span>` : ""}
      ${aliases.map((alias) => html`<span key=${alias} class="atom-alias"><${Name} text=${alias} most=${40} /></span>`)}
      ${record.spec?.group && html`<span class="quiet-text">${t("atom.in-group", { group: visible(record.spec.group) })}</span>`}</p>
    ${record.reason && html`<p class="atom-reason">${visible(record.reason)}</p>`}
    <${Moving} app=${app} name=${record.name} />
    <div class="atom-actions" role="group" aria-label=${t("atom.do")}>
      <${MoveAction} app=${app} record=${record} off=${ended} />
      <${CheckpointAction} app=${app} record=${record} off=${ended} onDone=${onChanged} />
      <${UpdateAction} app=${app} record=${record} off=${ended} onDone=${onChanged} />
      ${live ? html`<${StopAction} app=${app} record=${record} off=${ended} onDone=${onChanged} />` : html`<${RestoreAction} app=${app} record=${record} off=${alive} onDone=${onChanged} />`}
    </div>
  </header>`;
}

/** A move that is under way. @param {{app: App, name: string}} props */
function Moving({ app, name }) {
  const move = useMemo(
    () => [...app.picture.moves.values()].find((each) => each.atom === name),
    [app.picture.revision, name],
  );
  if (!move) return null;
  const said = t("atom.moving", {
    source: visible(move.source),
    target: visible(move.target),
    cause: visible(move.cause),
  });
  const share = Math.max(0, Math.min(1, move.progress || 0));
  return html`<div class="atom-moving" role="status"><p>${said}${move.bytes ? html` <span class="quiet-text">${bytes(move.bytes)}${move.rounds ? ` · ${t("atom.rounds", { count: move.rounds })}` : ""}</span>` : ""}</p>
    <progress max="1" value=${share} aria-label=${said}></progress></div>`;
}

/** @param {{app: App, tab: string}} props */
function Tabs({ app, tab }) {
  /** @param {KeyboardEvent} event */
  function pressed(event) {
    const at = TABS.indexOf(tab);
    /** @type {Record<string, number>} */
    const steps = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = /** @type {string} */ (TABS[(to + TABS.length) % TABS.length]);
    app.route.query({ tab: next });
    document.getElementById(`atom-tab-${next}`)?.focus();
  }
  return html`<div class="atom-tabs" role="tablist" aria-label=${t("atom.tabs")} onKeyDown=${pressed}>
    ${TABS.map((each) => html`<button key=${each} type="button" role="tab" id=${`atom-tab-${each}`} aria-selected=${tab === each} aria-controls="atom-panel" tabindex=${tab === each ? 0 : -1} onClick=${() => app.route.query({ tab: each === "overview" ? null : each })}>${t(`atom.tab.${each}`)}</button>`)}
  </div>`;
}
