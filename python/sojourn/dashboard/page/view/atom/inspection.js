// @ts-check
/** What an image holds: the stack with function names and values, memories drawn, open files. */
import { colours, onScheme } from "../../core/colour.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../core/ui.js";
import { bytes, number, percent, short, stamp } from "../../core/unit.js";
import { Copyable } from "../../part/copyable.js";
import { Name, visible } from "../../part/name.js";
import { ProblemView } from "../../part/problem.js";
import { t } from "../../text/text.js";
import { cellsOf, counted, hex, KINDS, kindOf } from "./memory.js";

const CELLS = 2048;
// Sides of a cell, in pixels: few cells are larger.
const SIZES = [20, 14, 10];
const FEW = [256, 1024];

/**
 * @typedef {{inspection: any, more?: ((first: number) => Promise<any>)|null}} Shown
 * @param {Shown} props
 */
export function Inspected({ inspection, more = null }) {
  const { memories, files, globals } = inspection;
  return html`<div class="atom-inspected">
    <dl class="atom-facts">
      <dt>${t("atom.image.taken")}</dt><dd>${stamp(inspection.taken_at)}</dd>
      <dt>${t("atom.image.size")}</dt><dd>${bytes(inspection.size_bytes)}</dd>
      <dt>${t("atom.module")}</dt><dd><${Copyable} text=${inspection.module} shown=${short(inspection.module)} /></dd>
      <dt>${t("atom.entry")}</dt><dd><code>${visible(inspection.entry)}</code></dd>
      <dt>${t("atom.arguments")}</dt><dd>${inspection.arguments.map((/** @type {string} */ each, /** @type {number} */ at) => html`<code key=${at} class="atom-argument"><${Name} text=${each} most=${60} /></code>`)}</dd>
    </dl>
    ${memories.map((/** @type {any} */ memory) => html`<${MemoryMap} key=${memory.index} memory=${memory} />`)}
    <${Stack} key=${`${inspection.taken_at}`} inspection=${inspection} more=${more} />
    ${
      globals.length > 0 &&
      html`<details class="atom-more"><summary>${t("atom.globals", { count: inspection.globals_total })}</summary>
      <${Values} values=${globals} total=${inspection.globals_total} /></details>`
    }
    ${files.length > 0 && html`<${Files} inspection=${inspection} />`}
    <details class="atom-more"><summary>${t("atom.sections")}</summary>
      <table class="atom-table"><tbody>${inspection.sections.map((/** @type {any} */ each) => html`<tr key=${each.name}><th scope="row">${visible(each.name)}</th><td class="end">${bytes(each.bytes)}</td></tr>`)}</tbody></table></details>
  </div>`;
}

/** @param {Shown} props */
function Stack({ inspection, more }) {
  const [frames, setFrames] = useState(/** @type {any[]} */ (inspection.frames));
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const left = inspection.frames_total - frames.length;
  async function further() {
    if (!more) return;
    try {
      const part = await more(frames.length);
      setFrames((now) => [...now, ...part.frames]);
    } catch (error) {
      setProblem(error);
    }
  }
  return html`<section aria-label=${t("atom.stack")}>
    <h3>${t("atom.stack")} <small class="quiet-text">${t("atom.stack.frames", { count: inspection.frames_total })}</small></h3>
    ${inspection.frames_total === 0 && html`<p class="quiet-text">${t("atom.stack.none")}</p>`}
    <ol class="atom-stack">
      ${frames.map(
        (frame) => html`<li key=${frame.depth}>
        <details open=${frame.depth === 0}>
          <summary><span class="atom-depth">${frame.depth}</span><code class="atom-function"><${Name} text=${frame.function} most=${70} /></code>
            <span class="quiet-text">${visible(t(`atom.point.${frame.point}`))}${frame.offset ? ` · ${hex(frame.offset)}` : ""}</span></summary>
          ${frame.values?.length ? html`<${Values} values=${frame.values} total=${frame.values_total} />` : html`<p class="quiet-text">${t("atom.stack.no-values")}</p>`}
        </details></li>`,
      )}
    </ol>
    ${left > 0 && more && html`<button type="button" class="button small" onClick=${further}>${t("atom.stack.more", { count: left })}</button>`}
    ${left > 0 && !more && html`<p class="quiet-text">${t("atom.more", { count: left })}</p>`}
    ${problem && html`<${ProblemView} problem=${problem} />`}
  </section>`;
}

/** @param {{values: any[], total: number}} props */
function Values({ values, total }) {
  return html`<table class="atom-table atom-values">
    <thead><tr><th scope="col">${t("atom.value.where")}</th><th scope="col">${t("atom.value.type")}</th><th scope="col" class="end">${t("atom.value.value")}</th><th scope="col" class="end">${t("atom.value.bits")}</th></tr></thead>
    <tbody>${values.map((each) => html`<tr key=${`${each.kind} ${each.index}`}><td>${visible(t(`atom.value.${each.kind}`, { index: String(each.index) }))}</td><td><code>${visible(String(each.type))}</code></td><td class="end"><code>${visible(each.text)}</code></td><td class="end quiet-text"><code>${visible(each.bits ?? "–")}</code></td></tr>`)}</tbody>
  </table>${total > values.length && html`<p class="quiet-text">${t("atom.more", { count: total - values.length })}</p>`}`;
}

/** @param {{inspection: any}} props */
function Files({ inspection }) {
  const { files, files_total } = inspection;
  return html`<details class="atom-more"><summary>${t("atom.files", { count: files_total })}</summary>
    <table class="atom-table"><thead><tr><th scope="col">#</th><th scope="col">${t("atom.file.kind")}</th><th scope="col">${t("atom.file.path")}</th><th scope="col" class="end">${t("atom.file.offset")}</th><th scope="col">${t("atom.file.flags")}</th></tr></thead>
    <tbody>${files.map((/** @type {any} */ each) => html`<tr key=${each.descriptor}><td>${each.descriptor}</td><td>${visible(each.kind)}</td><td><${Name} text=${each.path ?? ""} most=${60} /></td><td class="end">${each.offset === undefined || each.offset === null ? "" : number(each.offset, 0)}</td><td>${(each.flags ?? []).map(visible).join(" ")}</td></tr>`)}</tbody></table></details>`;
}

/**
 * A memory as a field of cells: one is so many bytes, as dark as what it holds is hard to compress.
 * @param {{memory: import("./memory.js").Memory}} props
 */
function MemoryMap({ memory }) {
  const box = useRef(/** @type {HTMLCanvasElement|null} */ (null));
  const [width, setWidth] = useState(640);
  const [scheme, setScheme] = useState(0);
  const [at, setAt] = useState(-1);
  const { cells, bytes: each } = cellsOf(memory, CELLS);
  const size = /** @type {number} */ (SIZES[FEW.filter((most) => cells.length > most).length]);
  const perRow = Math.max(8, Math.floor(width / size));
  const rows = Math.ceil(cells.length / perRow);
  useEffect(() => onScheme(() => setScheme((now) => now + 1)), []);
  useLayoutEffect(() => {
    const element = box.current?.parentElement;
    if (!element) return undefined;
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    setWidth(element.clientWidth);
    return () => watch.disconnect();
  }, []);
  useLayoutEffect(() => {
    const canvas = box.current;
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;
    const ratio = devicePixelRatio || 1;
    canvas.width = perRow * size * ratio;
    canvas.height = rows * size * ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const colour = colours(canvas, ["--still-soft", "--series-0", "--ink"]);
    cells.forEach((cell, i) => {
      const kind = kindOf(cell);
      context.globalAlpha = kind === "zero" ? 1 : ([0, 0.35, 0.65, 1][KINDS.indexOf(kind)] ?? 1);
      context.fillStyle = colour(kind === "zero" ? "--still-soft" : "--series-0");
      context.fillRect((i % perRow) * size, Math.floor(i / perRow) * size, size - 1, size - 1);
      if (i !== at) return;
      context.globalAlpha = 1;
      context.strokeStyle = colour("--ink");
      context.strokeRect((i % perRow) * size + 0.5, Math.floor(i / perRow) * size + 0.5, size - 2, size - 2);
    });
  }, [memory, perRow, size, scheme, at]);
  const count = counted(cells);
  const cell = cells[at];
  const said = t("atom.memory.said", {
    index: String(memory.index),
    size: bytes(memory.size_bytes),
    used: bytes(memory.used_bytes),
    share: percent(memory.size_bytes ? memory.used_bytes / memory.size_bytes : 0),
    stored: bytes(memory.stored_bytes),
  });
  /** @param {PointerEvent} event */
  function pointed(event) {
    const canvas = box.current;
    if (!canvas) return;
    const place = canvas.getBoundingClientRect();
    const column = Math.floor((event.clientX - place.left) / size);
    const row = Math.floor((event.clientY - place.top) / size);
    setAt(column < perRow ? row * perRow + column : -1);
  }
  /** @param {KeyboardEvent} event */
  function pressed(event) {
    /** @type {Record<string, number>} */
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setAt((now) => Math.max(0, Math.min(cells.length - 1, now < 0 ? 0 : now + step)));
  }
  return html`<section class="atom-memory" aria-label=${t("atom.memory", { index: String(memory.index) })}>
    <h3>${t("atom.memory", { index: String(memory.index) })} <small class="quiet-text">${said}</small></h3>
    <div class="atom-memory-field"><canvas ref=${box} role="img" tabindex="0" aria-label=${said} style=${{ width: `${perRow * size}px`, height: `${rows * size}px` }}
      onPointerMove=${pointed} onPointerLeave=${() => setAt(-1)} onKeyDown=${pressed}></canvas></div>
    <p class="atom-memory-cell" aria-live="polite">${
      cell
        ? html`<code>${hex(cell.start)}–${hex(cell.end)}</code> ${t(`atom.memory.is.${kindOf(cell)}`, { used: bytes(cell.used), stored: bytes(cell.stored) })}`
        : t("atom.memory.cell", { bytes: bytes(each) })
    }</p>
    <ul class="atom-legend">${KINDS.map((kind) => html`<li key=${kind}><i data-kind=${kind}></i>${t(`atom.memory.kind.${kind}`)} <span class="quiet-text">${number(count[kind], 0)}</span></li>`)}</ul>
  </section>`;
}
