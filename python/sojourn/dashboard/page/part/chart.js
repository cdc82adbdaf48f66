// @ts-check
/**
 * Lines over time, by uPlot, which is loaded when the first chart is drawn.
 *
 *   html`<${Chart} label="Load" x=${seconds[]} series=${[{label, values: (number|null)[], colour?: 0..7, fill?: true}]}
 *           unit=${(value) => "…"} height=${160} options=${{}} sync="node" />`
 *
 * `options` goes to uPlot as it is, over what stands here. Arrays may be changed for longer ones: it draws anew.
 */

import { colours } from "../core/colour.js";
import { html, useEffect, useRef, useState } from "../core/ui.js";
import { clock, number } from "../core/unit.js";
import { t } from "../text/text.js";

const SERIES = Array.from({ length: 8 }, (_, at) => `--series-${at}`);

/** @type {Promise<any>|null} */
let loading = null;

/** uPlot with its style, loaded once. */
export function uPlot() {
  loading ??= import("../vendor/uplot/uplot.mjs").then((module) => {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL("../vendor/uplot/uPlot.min.css", import.meta.url).href;
    document.head.append(style);
    return /** @type {any} */ (module).uPlot;
  });
  return loading;
}

/**
 * @typedef {{label: string, values: readonly (number|null)[], colour?: number, fill?: boolean}} Series
 * @param {{label: string, x: readonly number[], series: readonly Series[], unit?: (value: number) => string, height?: number, options?: any, sync?: string}} props
 */
export function Chart({ label, x, series, unit = (value) => number(value, 2), height = 160, options = {}, sync }) {
  const box = useRef(/** @type {HTMLDivElement|null} */ (null));
  const plot = useRef(/** @type {any} */ (null));
  const [ready, setReady] = useState(/** @type {any} */ (null));
  const names = series.map((each) => `${each.label}\n${each.colour ?? ""}`).join("\n\n");
  useEffect(() => {
    let here = true;
    uPlot().then(
      (made) => here && setReady(() => made),
      () => {},
    );
    return () => {
      here = false;
    };
  }, []);
  useEffect(() => {
    const element = box.current;
    if (!ready || !element) return undefined;
    const colour = colours(element, ["--muted", "--line", ...SERIES]);
    const ink = colour("--muted");
    const grid = { stroke: colour("--line"), width: 1 };
    const axis = { stroke: ink, grid, ticks: grid, font: "12px system-ui, sans-serif" };
    const made = new ready(
      {
        width: element.clientWidth || 300,
        height,
        cursor: sync ? { sync: { key: sync } } : {},
        legend: { show: series.length > 1 },
        scales: { x: { time: true } },
        axes: [
          { ...axis, size: 32, values: (/** @type {any} */ _, /** @type {number[]} */ marks) => marks.map(clock) },
          { ...axis, size: 72, values: (/** @type {any} */ _, /** @type {number[]} */ marks) => marks.map(unit) },
        ],
        series: [
          {
            label: t("shell.time"),
            value: (/** @type {any} */ _, /** @type {number|null} */ at) => (at === null ? "–" : clock(at)),
          },
          ...series.map((each, at) => {
            const stroke = colour(`--series-${each.colour ?? at % 8}`);
            return {
              label: each.label,
              stroke,
              width: 1.5,
              points: { show: false },
              ...(each.fill ? { fill: stroke.replace("rgb(", "rgba(").replace(")", ", 0.15)") } : {}),
              value: (/** @type {any} */ _, /** @type {number|null} */ value) =>
                value === null || value === undefined ? "–" : unit(value),
            };
          }),
        ],
        ...options,
      },
      [x, ...series.map((each) => each.values)],
      element,
    );
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [ready, names, height, sync]);
  useEffect(() => {
    plot.current?.setData([x, ...series.map((each) => each.values)]);
  });
  const newest = series
    .map((each) => `${each.label}: ${each.values.length ? unit(each.values.at(-1) ?? 0) : "–"}`)
    .join("; ");
  return html`<figure class="chart" role="img" aria-label=${`${label}. ${newest}`}><div ref=${box} style=${{ minHeight: `${height}px` }}></div></figure>`;
}
