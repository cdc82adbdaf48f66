/** Facts of a node over time, as lines that go on while one looks. */
import { html, useEffect, useMemo, useState } from "../../core/ui.js";
import { bytes, cores, joules, ms, number } from "../../core/unit.js";
import { Chart } from "../../part/chart.js";
import { t } from "../../text/text.js";
import { meanRtt } from "./link.js";
import { Past } from "./past.js";

const EVERY_MS = 1000;

/**
 * The past of a node, and how it goes on.
 *
 * @param {import("../../core/app.js").App} app
 * @param {string} node
 */
export function usePast(app, node) {
  const past = useMemo(() => new Past(), [app.source, node]);
  const [why, setWhy] = useState("");
  const [, again] = useState(0);
  useEffect(() => {
    const ending = new AbortController();
    app.rest.get(`/v1/nodes/${encodeURIComponent(node)}/history`, { signal: ending.signal }).then(
      (/** @type {any} */ history) => {
        past.before(history);
        again((count) => count + 1);
      },
      (/** @type {any} */ error) => ending.signal.aborted || setWhy(String(error?.detail ?? error)),
    );
    let seen = 0;
    const take = () => {
      const facts = app.picture.nodes.get(node)?.facts;
      if (facts === undefined || app.picture.at === seen || document.hidden) return;
      seen = app.picture.at;
      past.add(seen, { ...facts, rtt_ms: meanRtt(node, app.picture.links) });
      again((count) => count + 1);
    };
    take();
    const timer = setInterval(take, EVERY_MS);
    return () => {
      ending.abort();
      clearInterval(timer);
    };
  }, [past]);
  return { past, why };
}

/** @param {{past: Past, record: import("../../core/record.js").NodeRecord}} props */
export function Charts({ past, record }) {
  const { facts } = record;
  const used = past.values.memory_free_bytes.map((free) => (free === null ? null : facts.memory_bytes - free));
  /** @type {{name: string, values: (number | null)[], unit: (value: number) => string, colour: number}[]} */
  const charts = [
    { name: "load", values: past.values.load, unit: cores, colour: 0 },
    { name: "memory", values: used, unit: bytes, colour: 1 },
    {
      name: "atoms",
      values: past.values.atoms,
      unit: (value) => (Number.isInteger(value) ? number(value, 0) : ""),
      colour: 5,
    },
  ];
  if (past.has("rtt_ms")) {
    const latency = past.values.rtt_ms.map((rtt) => (rtt === null ? null : rtt / 2));
    charts.push({ name: "latency", values: latency, unit: ms, colour: 4 });
  }
  if (past.has("joules")) {
    charts.push({ name: "energy", values: past.values.joules, unit: joules, colour: 2 });
  }
  return html`<div class="node-charts">
    ${charts.map(
      ({ name, values, unit, colour }) => html`<section key=${name} class="card node-chart">
        <h2>${t(`node.chart.${name}`)}</h2>
        <${Chart} label=${t(`node.chart.${name}`)} x=${past.at} unit=${unit} height=${150} sync="node"
          series=${[{ label: t(`node.chart.${name}`), values, colour, fill: true }]} options=${AXES} />
      </section>`,
    )}
  </div>`;
}

/** From nothing on: half of a load must not look like none. */
const AXES = {
  scales: {
    x: { time: true },
    y: {
      range: (/** @type {any} */ _plot, /** @type {number} */ least, /** @type {number} */ most) => [
        Math.min(0, least),
        most > 0 ? most * 1.1 : 1,
      ],
    },
  },
};
