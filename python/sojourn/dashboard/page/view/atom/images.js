// @ts-check
/** Images that are kept of an atom: looked into, gone back to; and a fresh one. */

import { atomPath } from "../../core/record.js";
import { problemOf } from "../../core/rest.js";
import { nodeHref } from "../../core/route.js";
import { html, useEffect, useState } from "../../core/ui.js";
import { ago, bytes, short, stamp } from "../../core/unit.js";
import { ActionButton } from "../../part/action.js";
import { Name, visible } from "../../part/name.js";
import { ProblemView } from "../../part/problem.js";
import { t } from "../../text/text.js";
import { Inspected } from "./inspection.js";

/** @typedef {import("../../core/app.js").App} App */
/** @typedef {{id: number, node: string, epoch: number, taken_at: number, cause: string, bytes: number, module: string}} ImageFacts */

/**
 * Copies of one image are one: by the time when it was taken, the newest first.
 * @param {readonly ImageFacts[]} items
 */
export function grouped(items) {
  /** @type {Map<number, ImageFacts[]>} */
  const found = new Map();
  for (const each of items) {
    const there = found.get(each.taken_at);
    if (there) there.push(each);
    else found.set(each.taken_at, [each]);
  }
  return [...found.values()].sort((a, b) => (b[0]?.taken_at ?? 0) - (a[0]?.taken_at ?? 0));
}

/** @param {{app: App, record: any, runs: boolean, off: string, now: number, again: unknown}} props */
export function Images({ app, record, runs, off, now, again }) {
  const [told, set] = useState(/** @type {{items?: ImageFacts[], problem?: any}} */ ({}));
  const [shown, setShown] = useState(
    /** @type {{key: string, inspection?: any, problem?: any, more?: any}} */ ({ key: "" }),
  );
  const [asked, ask] = useState(0);
  const path = atomPath(record.name);
  useEffect(() => {
    const ending = new AbortController();
    app.rest.get(`${path}/images`, { signal: ending.signal }).then(
      (answer) => set({ items: answer.items }),
      (error) => ending.signal.aborted || set({ problem: problemOf(error) }),
    );
    return () => ending.abort();
  }, [app.rest, path, again, asked]);
  const groups = grouped(told.items ?? []);
  /** @param {string} key @param {(first: number) => Promise<any>} get @param {boolean} paged */
  async function look(key, get, paged) {
    setShown({ key });
    try {
      const inspection = await get(0);
      setShown((is) => (is.key === key ? { key, inspection, more: paged ? get : null } : is));
    } catch (error) {
      setShown((is) => (is.key === key ? { key, problem: problemOf(error) } : is));
    }
  }
  const lookOff = app.can("atoms") || off || (runs ? "" : t("atom.off.ended"));
  const fresh = () =>
    look("now", (first) => app.rest.post(`${path}/inspection`, undefined, { query: { first, most: 500 } }), false);
  return html`<div class="atom-images">
    <section class="card">
      <div class="atom-bar"><h2>${t("atom.images")}</h2>
        <button type="button" class="button" aria-disabled=${Boolean(lookOff)} title=${lookOff || t("atom.inspect.hint")} onClick=${() => !lookOff && fresh()}>${t("atom.inspect.now")}</button></div>
      ${told.problem && html`<${ProblemView} problem=${told.problem} />`}
      ${told.items && groups.length === 0 && html`<p class="quiet-text">${t("atom.images.none")}</p>`}
      <ul class="atom-image-list">
        ${groups.map(
          (
            copies,
            at,
          ) => html`<${ImageRow} key=${copies[0]?.taken_at} app=${app} record=${record} copies=${copies} newest=${at === 0} runs=${runs} off=${off} now=${now}
          open=${shown.key === keyOf(copies[0])} onDone=${() => ask((n) => n + 1)}
          onLook=${() => {
            const image = copies[0];
            if (image)
              void look(
                keyOf(image),
                (first) =>
                  app.rest.get(`${path}/images/${encodeURIComponent(image.node)}/${image.id}/inspection`, {
                    query: { first, most: 200 },
                  }),
                true,
              );
          }} />`,
        )}
      </ul>
    </section>
    <section class="card atom-look" aria-live="polite">
      ${!shown.key && html`<h2>${t("atom.inspect")}</h2><p class="quiet-text">${t("atom.inspect.choose")}</p>`}
      ${shown.key && html`<h2>${shown.key === "now" ? t("atom.inspect.fresh") : t("atom.inspect.kept")}</h2>`}
      ${shown.key && !shown.inspection && !shown.problem && html`<p class="quiet-text">${t("atom.inspect.looking")}</p>`}
      ${shown.problem && html`<${ProblemView} problem=${shown.problem} />`}
      ${shown.inspection && html`<${Inspected} inspection=${shown.inspection} more=${shown.more} />`}
    </section>
  </div>`;
}

/** @param {ImageFacts|undefined} image */
function keyOf(image) {
  return image ? `${image.node}/${image.id}` : "";
}

/** @param {any} props */
function ImageRow({ app, record, copies, newest, runs, off, now, open, onLook, onDone }) {
  const image = /** @type {ImageFacts} */ (copies[0]);
  const path = atomPath(record.name);
  const what = { name: visible(record.name), at: stamp(image.taken_at), ago: ago(image.taken_at, now) };
  const done = (/** @type {any} */ answer) => html`<p>${t("atom.restored", { node: visible(answer.node) })}</p>`;
  return html`<li class=${open ? "atom-image open" : "atom-image"}>
    <div><strong title=${stamp(image.taken_at)}>${ago(image.taken_at, now)}</strong> <span class="quiet-text">${visible(image.cause)}</span>${newest && html` <span class="badge">${t("atom.image.newest")}</span>`}</div>
    <div class="quiet-text">${bytes(image.bytes)} · ${copies.map((/** @type {ImageFacts} */ each, /** @type {number} */ i) => html`${i ? ", " : ""}<${Name} key=${each.node} text=${each.node} href=${nodeHref(each.node)} />`)} · <code>${short(image.module)}</code></div>
    <div class="atom-image-do">
      <button type="button" class="button small" aria-pressed=${open} onClick=${onLook}>${t("atom.image.look")}</button>
      <${ActionButton} app=${app} scope="atoms" small off=${off} label=${runs ? t("atom.rollback") : t("atom.restore")} danger=${runs}
        title=${t(runs ? "atom.rollback.title" : "atom.restore.title", what)} onDone=${onDone} answer=${done}
        consequences=${runs ? [t("atom.rollback.follows", what), t("atom.rollback.follows.world")] : [t("atom.restore.follows", what)]}
        run=${() => app.rest.post(`${path}/${runs ? "rollback" : "restore"}`, { image: image.id, keeper: image.node }, { once: true })} />
    </div>
  </li>`;
}
