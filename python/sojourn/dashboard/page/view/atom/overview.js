// @ts-check
/** An atom at a glance: what it takes over time, whom it talks with, its module, and its output beside. */
import { atomHref, nodeHref } from "../../core/route.js";
import { html, useChange, useEffect, useMemo, useState } from "../../core/ui.js";
import { bytes, cores, number, per, rate, short, span } from "../../core/unit.js";
import { Chart } from "../../part/chart.js";
import { Copyable } from "../../part/copyable.js";
import { Name, visible } from "../../part/name.js";
import { t } from "../../text/text.js";
import { Output } from "./output.js";
import { peersOf, Samples } from "./rates.js";

/** @typedef {import("../../core/app.js").App} App */

const EVERY_MS = 1000;
const PEERS = 12;
const SPARK = 44;
// A line without axes, from 0 on: the number beside it says the rest.
const SPARK_OPTIONS = {
  axes: [{ show: false }, { show: false }],
  legend: { show: false },
  padding: [4, 2, 2, 2],
  scales: {
    x: { time: true },
    y: {
      range: (/** @type {any} */ _, /** @type {number} */ least, /** @type {number} */ most) => [
        Math.min(0, least ?? 0),
        most > 0 ? most * 1.1 : 1,
      ],
    },
  },
};

/** What was seen of each atom, for as long as its picture is there. @type {WeakMap<object, Map<string, Samples>>} */
const seen = new WeakMap();

/**
 * What is seen of an atom from now on, every second.
 * @param {App} app
 * @param {string} name
 */
export function useSamples(app, name) {
  const samples = useMemo(() => {
    const known = seen.get(app.picture) ?? new Map();
    seen.set(app.picture, known);
    const own = known.get(name) ?? new Samples();
    known.set(name, own);
    return own;
  }, [app.picture, name]);
  const [, again] = useState(0);
  useEffect(() => {
    const look = () => {
      const { picture } = app;
      if (!picture.loaded) return;
      samples.add(Math.floor(app.now()), picture.atoms.get(name), picture.traffic, name);
      if (!document.hidden) again((n) => n + 1);
    };
    look();
    const timer = setInterval(look, EVERY_MS);
    return () => clearInterval(timer);
  }, [app.rest, name, samples]);
  return samples;
}

/** @param {{app: App, record: any, module: any, readings: import("./output.js").Readings, runs: boolean, off: string, channel: boolean}} props */
export function Overview({ app, record, module, readings, runs, off, channel }) {
  const picture = useChange(app.picture);
  const row = picture.atoms.get(record.name);
  const samples = useSamples(app, record.name);
  /** @type {[string, string, {label: string, values: (number|null)[], colour: number, fill?: boolean}[], (value: number) => string][]} */
  const figures = [
    [
      t("atom.cores"),
      cores(row?.cores ?? record.cores ?? 0),
      [{ label: t("atom.cores"), values: samples.cores, colour: 0, fill: true }],
      cores,
    ],
    [
      t("atom.memory.of"),
      bytes(row?.memory_bytes ?? record.memory_bytes ?? 0),
      [{ label: t("atom.memory.of"), values: samples.memory, colour: 1, fill: true }],
      bytes,
    ],
    [
      t("atom.queue"),
      number(row?.queue ?? 0, 0),
      [{ label: t("atom.queue"), values: samples.queue, colour: 4, fill: true }],
      (value) => number(value, 0),
    ],
    [
      t("atom.rate.in"),
      per(samples.received.at(-1) ?? 0),
      [{ label: t("atom.rate.in"), values: samples.received, colour: 3, fill: true }],
      per,
    ],
    [
      t("atom.rate.out"),
      per(samples.sent.at(-1) ?? 0),
      [{ label: t("atom.rate.out"), values: samples.sent, colour: 2, fill: true }],
      per,
    ],
  ];
  return html`<div class="atom-overview">
    <div class="atom-side">
      <section class="card" aria-label=${t("atom.now")}>
        <dl class="atom-figures">${figures.map(
          ([label, value, series, unit]) => html`<div key=${label}><dt>${label}</dt><dd>${value}</dd>
          <dd class="atom-spark"><${Chart} label=${label} x=${samples.at} height=${SPARK} sync="atom" unit=${unit} series=${series} options=${SPARK_OPTIONS} /></dd></div>`,
        )}</dl>
        <p class="quiet-text">${t("atom.seen", { span: span(Math.max(1, Math.floor((samples.at.at(-1) ?? 0) - (samples.at[0] ?? 0)))) })}</p>
      </section>
      <${Peers} peers=${peersOf(picture.traffic, record.name)} known=${picture.atoms} />
      <${Module} record=${record} module=${module} />
    </div>
    <section class="card atom-overview-output"><h2 class="only-read">${t("atom.output")}</h2>
      <${Output} app=${app} name=${record.name} readings=${readings} runs=${runs} off=${off} channel=${channel} compact /></section>
  </div>`;
}

/** @param {{peers: import("./rates.js").Peer[], known: Map<string, unknown>}} props */
function Peers({ peers, known }) {
  return html`<section class="card"><h2>${t("atom.peers")}</h2>
    ${
      peers.length === 0
        ? html`<p class="quiet-text">${t("atom.peers.none")}</p>`
        : html`<div class="atom-scroll"><table class="atom-table"><thead><tr><th scope="col">${t("atom.peer")}</th><th scope="col" class="end">${t("atom.rate.in")}</th><th scope="col" class="end">${t("atom.rate.out")}</th></tr></thead>
    <tbody>${peers.slice(0, PEERS).map(
      (
        each,
      ) => html`<tr key=${each.peer}><td><${Name} text=${each.peer} most=${36} href=${known.has(each.peer) ? atomHref(each.peer) : undefined} /></td>
      <td class="end">${each.in_per_s ? `${per(each.in_per_s)} · ${rate(each.in_bytes)}` : "–"}</td><td class="end">${each.out_per_s ? `${per(each.out_per_s)} · ${rate(each.out_bytes)}` : "–"}</td></tr>`,
    )}</tbody></table></div>`
    }
    ${peers.length > PEERS && html`<p class="quiet-text">${t("atom.more", { count: peers.length - PEERS })}</p>`}
  </section>`;
}

/** @param {{record: any, module: any}} props */
function Module({ record, module }) {
  if (!record.module) return null;
  const annotation = module?.annotation ?? [];
  return html`<section class="card"><h2>${t("atom.module")}</h2>
    <p>${module?.name && html`<strong><${Name} text=${module.name} /></strong> `}<${Copyable} text=${record.module} shown=${short(record.module)} label=${t("atom.module.hash")} /> ${module?.bytes ? html`<span class="quiet-text">${bytes(module.bytes)}</span>` : ""}</p>
    ${
      annotation.length
        ? html`<dl class="atom-facts">${annotation.map((/** @type {[string, string]} */ [key, value], /** @type {number} */ at) => html`<dt key=${`k${at}`}><code>${visible(key)}</code></dt><dd key=${`v${at}`}><${Name} text=${value} most=${120} /></dd>`)}</dl>`
        : html`<p class="quiet-text">${t("atom.module.silent")}</p>`
    }
  </section>`;
}

/** @param {{node: string}} props */
export function NodeLink({ node }) {
  return node
    ? html`<${Name} text=${node} href=${nodeHref(node)} most=${32} />`
    : html`<span>${t("atom.nowhere")}</span>`;
}
