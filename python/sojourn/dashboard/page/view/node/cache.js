/** Compiled code that a node keeps: which modules, how much, and how often that saved a compilation. */
import { problemOf } from "../../core/rest.js";
import { html, useEffect, useMemo, useState } from "../../core/ui.js";
import { bytes, number, percent } from "../../core/unit.js";
import { Copyable } from "../../part/copyable.js";
import { visible } from "../../part/name.js";
import { DataTable } from "../../part/table.js";
import { language, t } from "../../text/text.js";

/** @typedef {import("../../core/app.js").App} App */

/**
 * @typedef {object} Entry
 * @property {string} [module] Hash.
 * @property {string} [name]
 * @property {string} [what]
 * @property {number} [bytes]
 * @property {number} [hits]
 *
 * @typedef {object} Cache As `GET /v1/nodes/{node}/cache` tells it.
 * @property {number} [modules]
 * @property {number} [bytes]
 * @property {number} [hits]
 * @property {number} [misses]
 * @property {Entry[]} [entries]
 */

/** @returns {import("../../part/table.js").Column[]} */
function columns() {
  return [
    {
      key: "module",
      label: t("node.cache.module"),
      width: "minmax(12rem, 2fr)",
      value: (entry) => entry.module ?? "",
      cell: (entry) =>
        html`<${Copyable} text=${entry.module ?? ""} shown=${(entry.module ?? "").slice(0, 12)} /> ${visible(entry.name ?? "")}`,
    },
    {
      key: "what",
      label: t("node.cache.what"),
      width: "minmax(5rem, 1fr)",
      value: (entry) => visible(entry.what ?? ""),
    },
    {
      key: "bytes",
      label: t("node.cache.bytes"),
      width: "6rem",
      align: "end",
      value: (entry) => entry.bytes ?? 0,
      cell: (entry) => bytes(entry.bytes ?? 0),
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
  const heads = useMemo(columns, [language()]);
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
  const [hits, misses, entries] = [cache.hits ?? 0, cache.misses ?? 0, cache.entries ?? []];
  const share = hits + misses > 0 ? percent(hits / (hits + misses)) : "–";
  return html`<dl class="node-figures">
      <div><dt>${t("node.cache.modules")}</dt><dd>${number(cache.modules ?? entries.length, 0)}</dd></div>
      <div><dt>${t("node.cache.size")}</dt><dd>${bytes(cache.bytes ?? 0)}</dd></div>
      <div><dt>${t("node.cache.hits")}</dt><dd>${number(hits, 0)}</dd></div>
      <div><dt>${t("node.cache.misses")}</dt><dd>${number(misses, 0)}</dd></div>
      <div><dt>${t("node.cache.share")}</dt><dd>${share}</dd></div>
    </dl>
    ${
      entries.length > 0 &&
      html`<${DataTable} caption=${t("node.cache")} columns=${heads} rows=${entries} rowKey=${(/** @type {Entry} */ entry) => `${entry.module} ${entry.what}`}
        sort=${{ key: "bytes", down: true }} height="16rem" />`
    }`;
}
