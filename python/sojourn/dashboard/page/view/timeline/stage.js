/**
 * The lanes: names on the left, the canvas beside them, and how mouse, touch and keys move about in it.
 *
 *   wheel: nearer, farther      drag: earlier, later      Shift and drag: a part of time      click: an entry
 *   two fingers: both           Shift and wheel: earlier, later      Ctrl and click: a second entry beside the first
 */
import { onScheme } from "../../core/colour.js";
import { localName } from "../../core/record.js";
import { atomHref, nodeHref } from "../../core/route.js";
import { html, useEffect, useMemo, useRef, useState } from "../../core/ui.js";
import { Name, visible } from "../../part/name.js";
import { language, t } from "../../text/text.js";
import { takesAll } from "./filter.js";
import { manner, usePicked } from "./follow.js";
import { inkOf } from "./ink.js";
import { visibleLanes } from "./lane.js";
import { paint } from "./paint.js";
import { Pointing } from "./pointing.js";
import { pressed } from "./press.js";
import { span } from "./scale.js";
import { AXIS } from "./sheet.js";
import { Tip } from "./tip.js";
import { timeText } from "./when.js";

/** @typedef {import("./board.js").Board} Board */

const LANE = 26;
const LEAST = 180;
const SYNC_MS = 100;
const STILL_MS = 1000;

/**
 * Draws what has changed: at once what was done here, ten times a second what has come, and as fast as the time goes.
 *
 * @param {Board} board
 * @param {{onChange: (told: () => void) => () => void}} events
 * @param {() => void} draw
 */
function drawing(board, events, draw) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let [frame, changed, news, drawn, synced] = [0, true, true, 0, 0];
  const off = [
    board.onChange(() => {
      changed = true;
    }),
    events.onChange(() => {
      news = true;
    }),
  ];
  const loop = (/** @type {number} */ time) => {
    frame = requestAnimationFrame(loop);
    if (news && time - synced >= SYNC_MS) {
      news = false;
      synced = time;
      board.sync();
    }
    const pixel_ms = (1000 * span(board.scale)) / board.scale.width;
    const goes_ms = board.following && !calm ? Math.min(STILL_MS, Math.max(16, pixel_ms / 2)) : STILL_MS;
    if (changed || time - drawn >= goes_ms) {
      changed = false;
      drawn = time;
      board.tick();
      draw();
    }
  };
  frame = requestAnimationFrame(loop);
  return () => {
    cancelAnimationFrame(frame);
    for (const each of off) each();
  };
}

/** @param {{app: import("../../core/app.js").App, board: Board, colour: (node: string) => number}} props */
export function Stage({ app, board, colour }) {
  usePicked(board, () => `${board.story.revision}\n${manner(board)}`);
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const scroller = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [view, setView] = useState({ top: 0, height: 320 });
  const [tip, setTip] = useState(/** @type {import("./pointing.js").Pointed | undefined} */ (undefined));
  const now = useRef({ view, hovered: "", colour });
  now.current = { view, hovered: tip?.key ?? "", colour };

  useEffect(() => {
    const [element, box] = [canvas.current, scroller.current];
    const context = element?.getContext("2d");
    if (!element || !box || !context) return undefined;
    let ink = inkOf(element);
    const again = () => {
      ink = inkOf(element);
      draw();
    };
    const size = () => {
      const [width, height] = [element.clientWidth, box.clientHeight];
      const ratio = globalThis.devicePixelRatio || 1;
      element.width = Math.round(width * ratio);
      element.height = Math.round(height * ratio);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      setView((before) => ({ ...before, height: Math.max(0, height - AXIS) }));
      board.setWidth(Math.max(1, width));
      again();
    };
    const draw = () => {
      const { view: seen, hovered, colour: of } = now.current;
      paint(board, {
        context,
        ink,
        height: Math.max(0, box.clientHeight - AXIS),
        top: seen.top,
        lane: LANE,
        language: language(),
        colour: (node) => /** @type {string} */ (ink.series[of(node)]),
        hovered: hovered || undefined,
        missing: t("timeline.missing"),
        older: t(`timeline.older.${board.older || "waits"}`),
      });
    };
    const watch = new ResizeObserver(size);
    watch.observe(box);
    const ends = [drawing(board, app.events, draw), onScheme(again)];
    return () => {
      watch.disconnect();
      for (const end of ends) end();
    };
  }, [board]);

  const pointing = useMemo(() => new Pointing(board, LANE, setTip), [board]);
  pointing.top = view.top;
  useEffect(() => {
    const element = canvas.current;
    return element ? pointing.listen(element) : undefined;
  }, [pointing]);

  const { lanes } = board;
  const [first, last] = visibleLanes(lanes.length, LANE, view.top, view.height);
  const scrolled = (/** @type {Event} */ event) => {
    const { scrollTop } = /** @type {HTMLElement} */ (event.currentTarget);
    setView((before) => ({ ...before, top: scrollTop }));
    setTip(undefined);
  };
  const keys = (/** @type {KeyboardEvent} */ event) => {
    const taken = pressed(board, event, (lines) => scroller.current?.scrollBy({ top: lines * LANE }));
    if (taken) event.preventDefault();
  };
  return html`<div class="timeline-stage" role="application" tabindex="0" aria-label=${t("timeline.stage", { count: lanes.length })}
      aria-describedby="timeline-keys" onKeyDown=${keys} data-what="timeline-stage">
    <div class="timeline-scroll" ref=${scroller} onScroll=${scrolled} style=${{ height: `min(clamp(15rem, 46vh, 34rem), ${Math.max(LEAST, AXIS + lanes.length * LANE + 8)}px)` }}>
      <div class="timeline-space" style=${{ minHeight: `${AXIS + lanes.length * LANE}px` }}>
        <div class="timeline-names">
          <div class="timeline-corner" style=${{ height: `${AXIS}px` }}>${t(`timeline.lanes.${board.by}`)}</div>
          ${lanes.slice(first, last).map(
            (
              lane,
              at,
            ) => html`<div key=${lane.key} class="timeline-name" style=${{ top: `${AXIS + (first + at) * LANE}px`, height: `${LANE}px` }}>
              <${LaneName} name=${lane.key} by=${board.by} /></div>`,
          )}
        </div>
        <canvas ref=${canvas} class="timeline-canvas" style=${{ height: `${view.height + AXIS}px` }} aria-hidden="true"></canvas>
      </div>
    </div>
    ${lanes.length === 0 && html`<p class="timeline-empty">${t(takesAll(board.filter) ? "timeline.empty.all" : "timeline.empty")}</p>`}
    <p class="only-read" role="status">${board.selected.map((entry) => `${timeText(entry.at)} ${visible(entry.text || entry.cause)}`).join("; ")}</p>
    <${Tip} board=${board} tip=${tip} />
  </div>`;
}

/** @param {{name: string, by: "atom" | "node"}} props */
function LaneName({ name, by }) {
  if (name === "") return html`<span class="timeline-realm">${t("timeline.realm")}</span>`;
  if (by === "node") return html`<${Name} text=${name} most=${22} href=${nodeHref(name)} />`;
  // Its own name first: that is what tells atoms apart where there is little room.
  const born = name.slice(0, Math.max(0, name.indexOf("/")));
  return html`<a class="name-link" href=${atomHref(name)} title=${visible(name)}
    ><${Name} text=${localName(name)} most=${26} />${" "}<bdi class="timeline-birth">${visible(born)}</bdi></a>`;
}
