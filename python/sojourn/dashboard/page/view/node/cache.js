/** Compiled code that a node keeps: which modules, how much, and how often that saved a compilation. */
import { problemOf } from "../../core/rest.js";
import { html, useEffect, useMemo, useState } from "../../core/ui.js";
import { ago, bytes, number, percent, short } from "../../core/unit.js";
import { Copyable } from "../../part/copyable.js";
import { visible } from "../../part/name.js";
import { DataTable } from "../../part/table.js";
import { language, t } from "../../text/text.js";

/** @typedef {import("../../core/app.js").App} App */

/**
 * @typedef {object} Entry
 * @property {string} module Hash.
 * @property {string} part `module` or `spot`.
 * @property {string} engine
 * @property {number} bytes
 * @property {number} used_at
 *
 * @typedef {object} Cache As `GET /v1/nodes/{node}/cache` tells it.
 * @property {number} hits
 * @property {number} misses
 * @property {number} modules
 * @property {number} entries
 * @property {number} bytes
 * @property {number} most_bytes
 * @property {Entry[]} items
 */

/** @param {number} now @returns {import("../../part/table.js").Column[]} */
function columns(now) {
  return [
    {
      key: "module",
      label: t("node.cache.module"),
      width: "minmax(9rem, 1fr)",
      value: (entry) => entry.module,
      cell: (entry) => html`<${Copyable} text=${entry.module} shown=${short(entry.module)} />`,
    },
    {
      key: "part",
      label: t("node.cache.part"),
      width: "minmax(7rem, 1fr)",
      value: (entry) => entry.part,
      cell: (entry) => visible(t(`node.cache.part.${entry.part}`)),
    },
    {
      key: "engine",
      label: t("node.cache.engine"),
      width: "minmax(8rem, 2fr)",
      value: (entry) => visible(entry.engine),
    },
    {
      key: "used",
      label: t("node.cache.used"),
      width: "7.5rem",
      align: "end",
      value: (entry) => entry.used_at,
      cell: (entry) => ago(entry.used_at, now),
    },
    {
      key: "bytes",
      label: t("node.cache.bytes"),
      width: "6rem",
      align: "end",
      value: (entry) => entry.bytes,
      cell: (entry) => bytes(entry.bytes),
    },
  ];
}

/** @param {{app: App, node: string}} props */
export function CodeCache({ app, node }) {
  const [told, set] = useState(/** @type {{cache?: Cache, problem?: import("../../core/rest.js").Problem}} */ ({}));
  const [asked, again] = useState(0);
  useEffect(() => {
    const ending = new AbortController();
    app.rest.get(`/v1/nodes/${encodeURIComponent(node)}/cache`, { signal: ending.signal }).then(
      (/** @type {Cache} */ cache) => set({ cache }),
      (/** @type {any} */ error) => ending.signal.aborted || set({ problem: problemOf(error) }),
    );
    return () => ending.abort();
  }, [app.source, node, asked]);
  const heads = useMemo(() => columns(app.now()), [language(), told]);
  const { cache, problem } = told;
  return html`<section class="node-part"><h2>${t("node.cache")}
      <button type="button" class="button quiet small" onClick=${() => again(asked + 1)} aria-label=${t("node.cache.again")} title=${t("node.cache.again")}>⟳</button></h2>
    ${problem && html`<p class="quiet-text">${t("node.cache.unknown")} ${visible(problem.detail)}</p>`}
    ${!cache && !problem && html`<p class="quiet-text" role="status">${t("shell.loading")}</p>`}
    ${cache && html`<${Told} cache=${cache} heads=${heads} />`}
  </section>`;
}

/** @param {{cache: Cache, heads: import("../../part/table.js").Column[]}} props */
function Told({ cache, heads }) {
  const { hits, misses, items } = cache;
  /** @type {[string, string][]} */
  const figures = [
    ["modules", number(cache.modules, 0)],
    ["entries", number(cache.entries, 0)],
    ["size", t("node.of", { part: bytes(cache.bytes), whole: bytes(cache.most_bytes) })],
    ["hits", number(hits, 0)],
    ["misses", number(misses, 0)],
    ["share", hits + misses > 0 ? percent(hits / (hits + misses)) : "–"],
  ];
  return html`<p class="quiet-text">${t("node.cache.what")}</p>
    <dl class="node-figures">
      ${figures.map(([name, value]) => html`<div key=${name}><dt>${t(`node.cache.${name}`)}</dt><dd>${value}</dd></div>`)}
    </dl>
    <${DataTable} caption=${t("node.cache")} columns=${heads} rows=${items}
      rowKey=${(/** @type {Entry} */ entry) => `${entry.module} ${entry.part} ${entry.engine} ${entry.used_at} ${entry.bytes}`} height="16rem" />`;
}
