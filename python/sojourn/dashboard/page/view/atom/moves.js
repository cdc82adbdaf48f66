// @ts-check
/** Moves of one atom: when, where, why, how long it stood still. */
import { problemOf } from "../../core/rest.js";
import { href } from "../../core/route.js";
import { html, useEffect, useState } from "../../core/ui.js";
import { ago, bytes, ms, stamp } from "../../core/unit.js";
import { Badge } from "../../part/badge.js";
import { visible } from "../../part/name.js";
import { ProblemView } from "../../part/problem.js";
import { DataTable } from "../../part/table.js";
import { t } from "../../text/text.js";

/** @typedef {{number: number, source: string, target: string, cause: string, state?: string, decided_at?: number, downtime_ms?: number, total_ms?: number, bytes?: number, rounds?: number, error?: string}} MoveRecord */

/**
 * What is to be told of several moves: how many were done, and the middle and longest standstill.
 * @param {readonly MoveRecord[]} moves
 */
export function summed(moves) {
  const done = moves.filter((each) => each.state === "done").map((each) => each.downtime_ms ?? 0);
  done.sort((a, b) => a - b);
  const failed = moves.filter((each) => each.state === "failed").length;
  return { done: done.length, failed, median: done[Math.floor(done.length / 2)] ?? 0, longest: done.at(-1) ?? 0 };
}

/** @param {{app: import("../../core/app.js").App, name: string, now: number, again: unknown}} props */
export function Moves({ app, name, now, again }) {
  const [told, set] = useState(/** @type {{items?: MoveRecord[], problem?: any}} */ ({}));
  useEffect(() => {
    const ending = new AbortController();
    app.rest.all("/v1/moves", { query: { atom: name, limit: 500 }, most: 2000, signal: ending.signal }).then(
      (items) => set({ items }),
      (error) => ending.signal.aborted || set({ problem: problemOf(error) }),
    );
    return () => ending.abort();
  }, [app.rest, name, again]);
  const items = told.items ?? [];
  const sum = summed(items);
  const columns = [
    {
      key: "at",
      label: t("atom.move.when"),
      value: (/** @type {MoveRecord} */ each) => each.decided_at ?? 0,
      cell: (/** @type {MoveRecord} */ each) =>
        html`<span title=${stamp(each.decided_at ?? 0)}>${ago(each.decided_at ?? 0, now)}</span>`,
      width: "minmax(6rem, 1fr)",
    },
    {
      key: "way",
      label: t("atom.move.way"),
      value: (/** @type {MoveRecord} */ each) => `${each.source} ${each.target}`,
      cell: (/** @type {MoveRecord} */ each) =>
        `${visible(each.source) || t("atom.move.image")} → ${visible(each.target)}`,
      width: "minmax(9rem, 1.5fr)",
    },
    {
      key: "state",
      label: t("atom.state"),
      value: (/** @type {MoveRecord} */ each) => each.state ?? "decided",
      cell: (/** @type {MoveRecord} */ each) => html`<${Badge} state=${each.state ?? "decided"} />`,
      width: "minmax(5rem, 0.7fr)",
    },
    {
      key: "downtime",
      label: t("atom.move.downtime"),
      align: /** @type {const} */ ("end"),
      value: (/** @type {MoveRecord} */ each) => each.downtime_ms ?? 0,
      cell: (/** @type {MoveRecord} */ each) => (each.state === "done" ? ms(each.downtime_ms ?? 0) : ""),
      width: "minmax(5rem, 0.7fr)",
    },
    {
      key: "total",
      label: t("atom.move.total"),
      align: /** @type {const} */ ("end"),
      value: (/** @type {MoveRecord} */ each) => each.total_ms ?? 0,
      cell: (/** @type {MoveRecord} */ each) => (each.total_ms ? ms(each.total_ms) : ""),
      width: "minmax(5rem, 0.7fr)",
    },
    {
      key: "bytes",
      label: t("atom.move.bytes"),
      align: /** @type {const} */ ("end"),
      value: (/** @type {MoveRecord} */ each) => each.bytes ?? 0,
      cell: (/** @type {MoveRecord} */ each) => (each.bytes ? bytes(each.bytes) : ""),
      width: "minmax(5rem, 0.7fr)",
    },
    {
      key: "cause",
      label: t("atom.move.cause"),
      value: (/** @type {MoveRecord} */ each) => each.cause,
      cell: (/** @type {MoveRecord} */ each) =>
        html`<span title=${visible(each.error || each.cause)}>${visible(each.error || each.cause)}</span>`,
      width: "minmax(10rem, 3fr)",
    },
  ];
  return html`<section class="card">
    <div class="atom-bar"><h2>${t("atom.moves")}</h2><a class="button small" href=${href("timeline", {}, { atom: name })}>${t("atom.moves.timeline")}</a></div>
    ${told.problem && html`<${ProblemView} problem=${told.problem} />`}
    ${sum.done + sum.failed > 0 && html`<p>${t("atom.moves.sum", { done: sum.done, failed: sum.failed, median: ms(sum.median), longest: ms(sum.longest) })}</p>`}
    <${Standstills} moves=${items} />
    ${told.items && html`<div class="atom-scroll"><${DataTable} caption=${t("atom.moves")} columns=${columns} rows=${items} rowKey=${(/** @type {MoveRecord} */ each) => each.number} empty=${t("atom.moves.none")} height="26rem" /></div>`}
  </section>`;
}

/** The last standstills as bars, the oldest first. @param {{moves: readonly MoveRecord[]}} props */
function Standstills({ moves }) {
  const shown = moves
    .filter((each) => each.state === "done")
    .slice(0, 60)
    .reverse();
  if (shown.length < 2) return null;
  const most = Math.max(1, ...shown.map((each) => each.downtime_ms ?? 0));
  return html`<figure class="atom-standstills" role="img" aria-label=${t("atom.moves.standstills", { count: shown.length })}>
    ${shown.map((each) => html`<span key=${each.number} style=${{ height: `${Math.max(2, ((each.downtime_ms ?? 0) / most) * 100)}%` }} title=${`${ms(each.downtime_ms ?? 0)} · ${visible(each.source)} → ${visible(each.target)}`}></span>`)}
  </figure><p class="quiet-text">${t("atom.moves.standstills.axis", { most: ms(most) })}</p>`;
}
