/** The same as the lanes, as a table: for the keyboard, for screen readers, and to be sorted. */
import { html, useMemo } from "../../core/ui.js";
import { bytes, ms, number } from "../../core/unit.js";
import { Name, visible } from "../../part/name.js";
import { DataTable } from "../../part/table.js";
import { t } from "../../text/text.js";
import { downtimeOf } from "./compare.js";
import { reveal } from "./press.js";
import { timeText } from "./when.js";

/** @typedef {import("./entry.js").Entry} Entry */

/** @returns {import("../../part/table.js").Column[]} */
function columns() {
  /** @type {(name: string) => string} */
  const head = (name) => t(`timeline.fact.${name}`);
  return [
    { key: "at", label: head("at"), width: "8rem", value: (entry) => entry.at, cell: (entry) => timeText(entry.at) },
    {
      key: "what",
      label: head("what"),
      width: "6.5rem",
      value: (entry) => t(`timeline.what.${entry.what}`),
      cell: sign,
    },
    {
      key: "subject",
      label: head("subject"),
      width: "minmax(8rem, 1fr)",
      value: (entry) => entry.atom || entry.subject,
      cell: (entry) => html`<${Name} text=${entry.atom || entry.subject} most=${28} />`,
    },
    {
      key: "text",
      label: head("text"),
      width: "minmax(11rem, 3fr)",
      value: (entry) => entry.cause || entry.text,
      cell: (entry) =>
        html`<bdi title=${visible(entry.text)}>${visible(entry.error || entry.cause || entry.text)}</bdi>`,
    },
    {
      key: "way",
      label: head("way"),
      width: "minmax(10rem, 1fr)",
      value: (entry) => `${entry.source} ${entry.target}`,
      cell: (entry) => (entry.source ? `${visible(entry.source)} → ${visible(entry.target)}` : visible(entry.target)),
    },
    {
      key: "downtime",
      label: head("downtime"),
      width: "5.5rem",
      align: "end",
      value: (entry) => downtimeOf(entry) ?? -1,
      cell: (entry) => (downtimeOf(entry) === undefined ? "" : ms(entry.downtime_ms)),
    },
    {
      key: "total",
      label: head("total"),
      width: "5rem",
      align: "end",
      value: (entry) => entry.total_ms,
      cell: (entry) => (entry.total_ms > 0 ? ms(entry.total_ms) : ""),
    },
    {
      key: "bytes",
      label: head("bytes"),
      width: "5.5rem",
      align: "end",
      value: (entry) => entry.bytes,
      cell: (entry) => (entry.measured ? bytes(entry.bytes) : ""),
    },
    {
      key: "rounds",
      label: head("rounds"),
      width: "4.5rem",
      align: "end",
      value: (entry) => entry.rounds,
      cell: (entry) => (entry.rounds > 0 ? number(entry.rounds, 0) : ""),
    },
  ];
}

/** @param {Entry} entry */
function sign(entry) {
  const what = entry.state === "failed" ? "failure" : entry.what;
  return html`<span class="timeline-sign" data-what=${what}></span>${t(`timeline.what.${entry.what}`)}`;
}

/** @param {{board: import("./board.js").Board, entries: readonly Entry[], language: string}} props */
export function List({ board, entries, language }) {
  const heads = useMemo(columns, [language]);
  /** @param {Entry | undefined} entry */
  function select(entry) {
    if (entry === undefined) return;
    board.choose(entry.key);
    reveal(board, entry);
  }
  return html`<${DataTable} caption=${t("timeline.list")} columns=${heads} rows=${entries} rowKey=${(/** @type {Entry} */ entry) => entry.key}
    onSelect=${select} selected=${board.chosen.at(-1) ?? null} sort=${{ key: "at", down: true }} empty=${t("timeline.empty")} height="28rem" />`;
}
