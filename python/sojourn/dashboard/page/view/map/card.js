// @ts-check
/** What is said of a node or an atom: beside the pointer, and in the panel where it is selected. */
import { atomHref, nodeHref } from "../../core/route.js";
import { html } from "../../core/ui.js";
import { ago, bytes, cores, joules, ms, percent, short, span } from "../../core/unit.js";
import { Badge } from "../../part/badge.js";
import { Meter } from "../../part/bars.js";
import { Name, visible } from "../../part/name.js";
import { t } from "../../text/text.js";
import { phaseOf } from "./overlay.js";

/** @typedef {import("../../core/picture.js").Picture} Picture */
/** @typedef {import("../../core/record.js").NodeRecord} NodeRecord */

/** @param {number} share */
function toneOf(share) {
  return share < 0.85 ? "good" : "warn";
}

/** @param {{picture: Picture, name: string, links?: boolean}} props */
export function NodeCard({ picture, name, links = false }) {
  const node = picture.nodes.get(name);
  const count = picture.atomsOf(name).size;
  if (!node)
    return html`<div class="map-card"><h2>${t("map.nowhere")}</h2><p class="quiet-text">${t("map.nowhere.what", { count })}</p></div>`;
  const { facts } = node;
  const used = facts.memory_bytes - facts.memory_free_bytes;
  const load = facts.cores > 0 ? facts.load / facts.cores : 0;
  const memory = facts.memory_bytes > 0 ? used / facts.memory_bytes : 0;
  return html`<div class="map-card">
    <div class="map-card-head"><h2><${Name} text=${name} most=${30} href=${links ? nodeHref(name) : undefined} /></h2><${States} node=${node} /></div>
    <p class="quiet-text">${visible([facts.kind || facts.engines.join(", "), facts.arch, facts.system].filter(Boolean).join(" · "))}</p>
    <p>${t("map.atoms", { count })}</p>
    ${!facts.kind && html`<${Meter} label=${t("map.load")} share=${load} tone=${toneOf(load)} text=${t("map.of", { part: cores(facts.load), whole: t("map.cores", { count: facts.cores }) })} />`}
    ${facts.memory_bytes > 0 && html`<${Meter} label=${t("map.memory")} share=${memory} tone=${toneOf(memory)} text=${t("map.of", { part: bytes(used), whole: bytes(facts.memory_bytes) })} />`}
    <${EnergyLine} node=${node} />
    ${facts.tags.length > 0 && html`<p class="map-tags">${facts.tags.map((tag) => html`<span key=${tag} class="map-tag"><${Name} text=${tag} most=${30} /></span>`)}</p>`}
    ${links && html`<${LinkList} picture=${picture} name=${name} />`}
  </div>`;
}

/** @param {{node: NodeRecord}} props */
function States({ node }) {
  return html`<span class="map-states"><${Badge} state=${node.state} />
    ${node.draining ? html`<${Badge} state="draining" />` : node.cordoned && html`<${Badge} state="cordoned" />`}</span>`;
}

/** @param {{node: NodeRecord}} props */
function EnergyLine({ node }) {
  const { energy, low_energy } = node.facts;
  if (!energy) return null;
  if (energy.mains || energy.capacity_joules <= 0) return html`<p class="quiet-text">${t("map.energy.mains")}</p>`;
  const share = energy.joules / energy.capacity_joules;
  const tone = low_energy || share < 0.2 ? "bad" : "good";
  return html`<${Meter} label=${t("map.energy")} share=${share} tone=${tone} text=${`${percent(share)} · ${joules(energy.joules)}`} />`;
}

const LINKS_MOST = 8;

/** @param {{picture: Picture, name: string}} props */
function LinkList({ picture, name }) {
  const mine = picture.links.filter(([a, b]) => a === name || b === name).sort((p, q) => p[2] - q[2]);
  if (!mine.length) return null;
  return html`<h3>${t("map.links", { count: mine.length })}</h3><ul class="map-links">
    ${mine.slice(0, LINKS_MOST).map(([a, b, rtt]) => {
      const other = a === name ? b : a;
      return html`<li key=${other}><${Name} text=${other} most=${26} href=${nodeHref(other)} /><span>${ms(rtt)}</span></li>`;
    })}
    ${mine.length > LINKS_MOST && html`<li class="quiet-text">${t("map.more", { count: mine.length - LINKS_MOST })}</li>`}
  </ul>`;
}

/** @param {{picture: Picture, name: string, links?: boolean}} props */
export function AtomCard({ picture, name, links = false }) {
  const atom = picture.atoms.get(name);
  if (!atom)
    return html`<div class="map-card"><h2><${Name} text=${name} most=${30} /></h2><p class="quiet-text">${t("map.gone")}</p></div>`;
  const move = [...picture.moves.values()].find((each) => each.atom === name);
  return html`<div class="map-card">
    <div class="map-card-head"><h2><${Name} text=${name} most=${34} href=${links ? atomHref(name) : undefined} /></h2><${Badge} state=${atom.state} /></div>
    <p class="quiet-text">${atom.node ? html`<${Name} text=${atom.node} most=${30} href=${links ? nodeHref(atom.node) : undefined} />` : t("map.nowhere")}
      ${atom.since > 0 && html` · ${t("map.since", { ago: ago(atom.since, picture.at) })}`}</p>
    ${
      move &&
      html`<${Meter} label=${`${phaseOf(move.phase)} → ${visible(move.target)}`} share=${move.progress} tone="good" text=${percent(move.progress)} />
      <p class="quiet-text">${visible(move.cause)}${move.decided_at > 0 ? ` · ${span(Math.max(0, picture.at - move.decided_at))}` : ""}</p>`
    }
    ${atom.reason && html`<p>${visible(atom.reason)}</p>`}
    <dl class="map-facts">
      <div><dt>${t("map.processor")}</dt><dd>${cores(atom.cores)}</dd></div>
      <div><dt>${t("map.memory")}</dt><dd>${bytes(atom.memory_bytes)}</dd></div>
      <div><dt>${t("map.queue")}</dt><dd>${atom.queue}</dd></div>
      ${atom.module && html`<div><dt>${t("map.module")}</dt><dd><code>${short(visible(atom.module))}</code></dd></div>`}
      ${atom.group && html`<div><dt>${t("map.group")}</dt><dd><${Name} text=${atom.group} most=${24} /></dd></div>`}
    </dl>
    ${atom.aliases.length > 0 && html`<p class="map-tags">${atom.aliases.map((alias) => html`<span key=${alias} class="map-tag"><${Name} text=${alias} most=${30} /></span>`)}</p>`}
  </div>`;
}
