// @ts-check
/**
 * A table of any length, of which only the rows that are seen are there; sorted by its heads; arrows go through its rows.
 *
 *   html`<${DataTable} caption="Atoms" columns=${[{key, label, value: (row) => number|string, cell?: (row) => vnode|string,
 *           align?: "end", width?: "minmax(8rem, 2fr)"}]} rows=${rows} rowKey=${(row) => id} onOpen=${(row) => ...}
 *           selected=${id} onSelect=${(row) => ...} sort=${{key, down: false}} empty="There are none." height=${"24rem"} />`
 *
 * Widths are tracks of a CSS grid. `height` is the most that it takes ("fill": all that there is).
 */
import { html, useEffect, useMemo, useRef, useState } from "../core/ui.js";
import { t } from "../text/text.js";

const ROW = 32;
const BEYOND = 6;

/**
 * @typedef {object} Column
 * @property {string} key
 * @property {string} label
 * @property {(row: any) => number|string} value what it is sorted by, and shown unless there is `cell`
 * @property {(row: any) => any} [cell]
 * @property {"start"|"end"} [align]
 * @property {string} [width]
 */
/** @typedef {{key: string, down: boolean}} Sort */
/**
 * @typedef {object} TableProps
 * @property {string} caption
 * @property {Column[]} columns
 * @property {readonly any[]} rows
 * @property {(row: any) => string|number} rowKey
 * @property {(row: any) => void} [onOpen] Enter or a double click
 * @property {(row: any) => void} [onSelect] a click, or arrows
 * @property {string|number|null} [selected]
 * @property {Sort} [sort]
 * @property {string} [empty]
 * @property {string} [height]
 */

/**
 * @param {readonly any[]} rows
 * @param {Column[]} columns
 * @param {Sort|null} by
 */
export function sorted(rows, columns, by) {
  const column = by && columns.find((each) => each.key === by.key);
  if (!by || !column) return rows;
  const value = column.value;
  const turned = by.down ? -1 : 1;
  const keyed = rows.map((row) => ({ row, by: value(row) }));
  keyed.sort((a, b) => turned * compared(a.by, b.by));
  return keyed.map((each) => each.row);
}

/** @param {number|string} a @param {number|string} b */
function compared(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [x, y] = [String(a), String(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** @param {TableProps} props */
export function DataTable({
  caption,
  columns,
  rows,
  rowKey,
  onOpen,
  onSelect,
  selected = null,
  sort,
  empty,
  height = "24rem",
}) {
  const [by, setBy] = useState(/** @type {Sort|null} */ (sort ?? null));
  const [top, setTop] = useState(0);
  const [seen, setSeen] = useState(400);
  const [at, setAt] = useState(0);
  const box = useRef(/** @type {HTMLDivElement|null} */ (null));
  const list = useMemo(() => sorted(rows, columns, by), [rows, columns, by]);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const watch = new ResizeObserver(() => setSeen(element.clientHeight));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const first = Math.max(0, Math.floor(top / ROW) - BEYOND);
  const last = Math.min(list.length, Math.ceil((top + seen) / ROW) + BEYOND);
  const active = Math.min(at, list.length - 1);
  const widths = columns.map((column) => column.width ?? "minmax(4rem, 1fr)");
  // All rows are as wide as the head, whatever is in them.
  const least = widths.map((width) => /^minmax\(([^,]+),/.exec(width)?.[1] ?? (width.endsWith("fr") ? "0px" : width));

  /** @param {number} to */
  function goTo(to) {
    const next = Math.max(0, Math.min(list.length - 1, to));
    setAt(next);
    onSelect?.(list[next]);
    const element = box.current;
    if (!element) return;
    if (next * ROW < element.scrollTop) element.scrollTop = next * ROW;
    else if ((next + 2) * ROW > element.scrollTop + element.clientHeight)
      element.scrollTop = (next + 2) * ROW - element.clientHeight;
  }
  /** @param {number} index */
  function chose(index) {
    setAt(index);
    onSelect?.(list[index]);
  }
  /** @param {KeyboardEvent} event */
  function pressed(event) {
    const page = Math.max(1, Math.floor(seen / ROW) - 2);
    /** @type {Record<string, number>} */
    const steps = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: list.length - 1,
    };
    const to = steps[event.key];
    if (event.key === "Enter" && onOpen && list[active] && event.target === box.current) onOpen(list[active]);
    else if (to !== undefined && list.length) goTo(to);
    else return;
    event.preventDefault();
  }
  /** @param {string} key */
  function head(key) {
    setBy((now) => (now?.key === key ? { key, down: !now.down } : { key, down: false }));
  }
  const id = `${caption}-`.replace(/[^\w-]+/g, "-");
  return html`<div ref=${box} class="table" role="grid" aria-label=${caption} aria-rowcount=${list.length + 1} tabindex="0"
      aria-activedescendant=${list.length ? `${id}${active}` : undefined}
      style=${{ maxHeight: height === "fill" ? "100%" : height, "--tracks": widths.join(" "), "--least": `calc(${least.join(" + ")})` }}
      onScroll=${(/** @type {Event} */ event) => setTop(/** @type {HTMLElement} */ (event.currentTarget).scrollTop)} onKeyDown=${pressed}>
    <div class="table-head" role="row" aria-rowindex="1">
      ${columns.map(
        (column) => html`<div key=${column.key} role="columnheader" class=${column.align === "end" ? "end" : ""}
          aria-sort=${by?.key === column.key ? (by.down ? "descending" : "ascending") : "none"}>
          <button class="table-sort" tabindex="-1" onClick=${() => head(column.key)}>${column.label}${by?.key === column.key ? (by.down ? " ↓" : " ↑") : ""}</button></div>`,
      )}
    </div>
    ${list.length === 0 && html`<div class="table-empty" role="presentation">${empty ?? t("shell.none")}</div>`}
    <div class="table-space" role="presentation" style=${{ height: `${list.length * ROW}px` }}>
      ${list.slice(first, last).map((row, i) => {
        const index = first + i;
        const key = rowKey(row);
        return html`<div key=${key} id=${`${id}${index}`} role="row" aria-rowindex=${index + 2} aria-selected=${selected === key}
            class=${index === active ? "table-row active" : "table-row"} style=${{ transform: `translateY(${index * ROW}px)` }}
            onClick=${() => chose(index)} onDblClick=${() => onOpen?.(row)}>
          ${columns.map((column) => html`<div key=${column.key} role="gridcell" class=${column.align === "end" ? "end" : ""}>${column.cell ? column.cell(row) : column.value(row)}</div>`)}
        </div>`;
      })}
    </div>
  </div>`;
}
