/** What is at a node, and what it is linked with: tables. */
import { atomHref, nodeHref } from "../../core/route.js";
import { html, useMemo } from "../../core/ui.js";
import { ago, bytes, cores, ms, number, per, rate, short } from "../../core/unit.js";
import { Badge } from "../../part/badge.js";
import { Name, visible } from "../../part/name.js";
import { DataTable } from "../../part/table.js";
import { language, t } from "../../text/text.js";
import { linksOf } from "./link.js";
import { atomsAt } from "./living.js";

/** @typedef {import("../../core/app.js").App} App */

/** @param {number} now @returns {import("../../part/table.js").Column[]} */
function atomColumns(now) {
  return [
    {
      key: "name",
      label: t("node.atom.name"),
      width: "minmax(10rem, 3fr)",
      value: (atom) => atom.name,
      cell: (atom) => html`<${Name} text=${atom.name} most=${36} href=${atomHref(atom.name)} />`,
    },
    {
      key: "state",
      label: t("node.atom.state"),
      width: "6.5rem",
      value: (atom) => atom.state,
      cell: (atom) => html`<${Badge} state=${atom.state} />`,
    },
    {
      key: "cores",
      label: t("node.atom.cores"),
      width: "4rem",
      align: "end",
      value: (atom) => atom.cores,
      cell: (atom) => cores(atom.cores),
    },
    {
      key: "memory",
      label: t("node.atom.memory"),
      width: "6rem",
      align: "end",
      value: (atom) => atom.memory_bytes,
      cell: (atom) => bytes(atom.memory_bytes),
    },
    {
      key: "queue",
      label: t("node.atom.queue"),
      width: "5rem",
      align: "end",
      value: (atom) => atom.queue,
      cell: (atom) => number(atom.queue, 0),
    },
    {
      key: "since",
      label: t("node.atom.since"),
      width: "7rem",
      align: "end",
      value: (atom) => atom.since,
      cell: (atom) => (atom.since > 0 ? ago(atom.since, now) : "–"),
    },
    {
      key: "module",
      label: t("node.atom.module"),
      width: "7.5rem",
      value: (atom) => atom.module,
      cell: (atom) => html`<code>${short(atom.module)}</code>`,
    },
    {
      key: "reason",
      label: t("node.atom.reason"),
      width: "minmax(5rem, 2fr)",
      value: (atom) => atom.reason,
      cell: (atom) => html`<bdi title=${visible(atom.reason)}>${visible(atom.reason)}</bdi>`,
    },
  ];
}

/** @param {{app: App, node: string, now: number}} props */
export function Atoms({ app, node, now }) {
  const { rows, living } = useMemo(() => atomsAt(app.picture, node), [app.picture.revision, node]);
  const head = t("node.atoms.here", { count: living });
  const past = rows.length - living;
  // Times that have gone by are told anew now and then, not each second.
  const minute = Math.floor(now / 15);
  const columns = useMemo(() => atomColumns(now), [minute, language()]);
  return html`<section class="node-part"><h2>${head}${past > 0 && html` <span class="node-past">${t("node.atoms.past", { count: past })}</span>`}</h2>
    <${DataTable} caption=${head} columns=${columns} rows=${rows} rowKey=${(/** @type {any} */ atom) => atom.name}
      onOpen=${(/** @type {any} */ atom) => app.route.go(atomHref(atom.name))} sort=${{ key: "name", down: false }} empty=${t("node.atoms.none")} height="22rem" />
  </section>`;
}

/** @returns {import("../../part/table.js").Column[]} */
function linkColumns() {
  return [
    {
      key: "peer",
      label: t("node.link.peer"),
      width: "minmax(7rem, 2fr)",
      value: (link) => link.peer,
      cell: (link) => html`<${Name} text=${link.peer} most=${40} href=${nodeHref(link.peer)} />`,
    },
    {
      key: "latency",
      label: t("node.link.latency"),
      width: "6rem",
      align: "end",
      value: (link) => link.rtt_ms || 0,
      cell: (link) => (Number.isNaN(link.rtt_ms) ? "–" : ms(link.rtt_ms / 2)),
    },
    {
      key: "bandwidth",
      label: t("node.link.bandwidth"),
      width: "7rem",
      align: "end",
      value: (link) => link.bytes_per_s,
      cell: (link) => (link.bytes_per_s > 0 ? rate(link.bytes_per_s) : "–"),
    },
    {
      key: "messages",
      label: t("node.link.messages"),
      width: "6.5rem",
      align: "end",
      value: (link) => link.messages_per_s,
      cell: (link) => (link.messages_per_s > 0 ? per(link.messages_per_s) : "–"),
    },
    {
      key: "traffic",
      label: t("node.link.traffic"),
      width: "6.5rem",
      align: "end",
      value: (link) => link.traffic_bytes_per_s,
      cell: (link) => (link.traffic_bytes_per_s > 0 ? rate(link.traffic_bytes_per_s) : "–"),
    },
  ];
}

/** @param {{app: App, node: string}} props */
export function Links({ app, node }) {
  const rows = useMemo(() => linksOf(node, app.picture), [app.picture.revision, node]);
  const columns = useMemo(linkColumns, [language()]);
  return html`<section class="node-part"><h2>${t("node.links")}</h2>
    <${DataTable} caption=${t("node.links")} columns=${columns} rows=${rows} rowKey=${(/** @type {any} */ link) => link.peer}
      onOpen=${(/** @type {any} */ link) => app.route.go(nodeHref(link.peer))} empty=${t("node.links.none")} height="16rem" />
  </section>`;
}
