/** What a node is and has: figures at a glance, and all facts. */
import { html } from "../../core/ui.js";
import { ago, bytes, cores, joules, number, span } from "../../core/unit.js";
import { Meter } from "../../part/bars.js";
import { visible } from "../../part/name.js";
import { t } from "../../text/text.js";

/** @typedef {import("../../core/record.js").NodeRecord} NodeRecord */

/** @param {number} share */
const toneOf = (share) => (share > 0.9 ? "warn" : "good");

/** @param {{record: NodeRecord, here: number}} props */
export function Glance({ record, here }) {
  const { facts } = record;
  const used = Math.max(0, facts.memory_bytes - facts.memory_free_bytes);
  const { energy } = facts;
  return html`<div class="node-glance card">
    <${Meter} label=${t("node.load")} share=${facts.load / facts.cores} tone=${toneOf(facts.load / facts.cores)} text=${t("node.of", { part: cores(facts.load), whole: cores(facts.cores) })} />
    ${
      facts.memory_bytes > 0 &&
      html`<${Meter} label=${t("node.memory")} share=${used / facts.memory_bytes} tone=${toneOf(used / facts.memory_bytes)} text=${t("node.of", { part: bytes(used), whole: bytes(facts.memory_bytes) })} />`
    }
    <${Meter} label=${t("node.atoms")} share=${here / Math.max(1, facts.max_atoms)} text=${t("node.of", { part: number(here, 0), whole: number(facts.max_atoms, 0) })} />
    ${
      energy &&
      html`<${Meter} label=${t("node.energy")} share=${energy.capacity_joules > 0 ? energy.joules / energy.capacity_joules : 1} tone=${facts.low_energy ? "bad" : "good"}
        text=${energy.mains ? t("node.mains") : t("node.of", { part: joules(energy.joules), whole: joules(energy.capacity_joules) })} />`
    }
  </div>`;
}

/**
 * All facts, by name: only what is known.
 *
 * @param {NodeRecord} record
 * @param {number} now
 * @param {number} began When the node's process began; 0: unknown.
 * @returns {[string, any][]}
 */
export function factsOf(record, now, began) {
  const { facts } = record;
  const { energy, position } = facts;
  /** @type {[string, any][]} */
  const list = [
    ["arch", visible(facts.arch)],
    ["system", visible(facts.system)],
    ["engines", facts.engines.map(visible).join(", ")],
    ["cores", cores(facts.cores)],
    ["speed", t("node.times", { factor: number(facts.speed, 2) })],
    ["tags", facts.tags.length > 0 && html`<${Chips} names=${facts.tags} />`],
    [
      "position",
      position &&
        t("node.metres", {
          place: [position.x, position.y, position.z ?? 0].map((each) => number(each, 1)).join(" · "),
        }),
    ],
    ["cost", facts.euro_per_hour > 0 && t("node.per-hour", { euro: number(facts.euro_per_hour, 4) })],
    ["energy.source", energy && t(`node.energy.${energy.source}`)],
    ["energy.harvest", energy && energy.harvest_watts > 0 && `${number(energy.harvest_watts, 2)} W`],
    [
      "energy.takes",
      energy &&
        (energy.idle_watts > 0 || energy.core_watts > 0) &&
        t("node.energy.use", { idle: number(energy.idle_watts, 2), core: number(energy.core_watts, 2) }),
    ],
    ["version", visible(facts.version)],
    ["uptime", began > 0 && record.state === "up" && span(Math.max(0, now - began))],
    ["seen", record.state !== "up" && record.seen_at > 0 && ago(record.seen_at, now)],
    ["kind", facts.kind !== "" && visible(facts.kind)],
    ["door", record.door !== "" && visible(record.door)],
    ["hosts", !facts.hosts && t("node.no-atoms")],
  ];
  return list.filter(([, value]) => value !== "" && value !== false && value !== null && value !== undefined);
}

/** @param {{names: readonly string[]}} props */
export function Chips({ names }) {
  return html`<span class="node-chips">${names.map((name) => html`<bdi key=${name} class="node-chip">${visible(name)}</bdi>`)}</span>`;
}

/** @param {{record: NodeRecord, now: number, began: number}} props */
export function Facts({ record, now, began }) {
  return html`<section class="card"><h2>${t("node.facts")}</h2>
    <dl class="node-facts">
      ${factsOf(record, now, began).map(([name, value]) => html`<div key=${name}><dt>${t(`node.fact.${name}`)}</dt><dd>${value}</dd></div>`)}
    </dl>
    <h3>${t("node.functions")}</h3>
    ${
      record.facts.functions.length > 0
        ? html`<${Chips} names=${record.facts.functions} />`
        : html`<p class="quiet-text">${t("node.functions.none")}</p>`
    }
  </section>`;
}
