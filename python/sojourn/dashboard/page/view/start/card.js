// @ts-check
/** What a module is: what it says of itself, what it needs, and why it could not run. */
import { html } from "../../core/ui.js";
import { bytes, number, short } from "../../core/unit.js";
import { Badge } from "../../part/badge.js";
import { Copyable } from "../../part/copyable.js";
import { Name, visible } from "../../part/name.js";
import { t } from "../../text/text.js";
import { functions, isReactive, needs, offering } from "./needs.js";

const PAGE = 65536;
/** Keys of annotations that are told in words. */
const TOLD = new Set([
  "name",
  "alias",
  "kind",
  "objective",
  "policy",
  "require",
  "group",
  "strategy",
  "restart",
  "checkpoint",
  "durable",
  "channel",
  "needs.memory",
  "needs.cores",
  "needs.tag",
  "needs.function",
  "limit.memory",
  "limit.mailbox",
  "layout",
  "period",
]);

/** @param {{app: import("../../core/app.js").App, chosen: import("./start.js").Chosen, wrongs: import("./needs.js").Wrong[]}} props */
export function ModuleCard({ app, chosen, wrongs }) {
  const { module, said } = chosen;
  return html`<article class="card start-card">
    <div class="start-card-head">
      <h2><${Name} text=${chosen.name || t("start.unnamed")} most=${48} /></h2>
      ${chosen.digest ? html`<${Badge} state="done" text=${t("start.brought")} />` : html`<${Badge} state="starting" text=${t("start.not-brought")} />`}
    </div>
    <dl class="start-facts">
      ${chosen.size > 0 && html`<${Fact} label=${t("start.size")}>${bytes(chosen.size)}</${Fact}>`}
      ${module && html`<${Fact} label=${t("start.kind")}>${t(isReactive(module) ? "start.kind.reactive" : "start.kind.daemon")}</${Fact}>`}
      ${module && html`<${Fact} label=${t("start.functions")}>${number(module.functions, 0)}</${Fact}>`}
      ${module?.memories[0] && html`<${Fact} label=${t("start.memory")}>${memory(module.memories[0])}</${Fact}>`}
      ${chosen.digest && html`<${Fact} label=${t("start.digest")}><${Copyable} text=${chosen.digest} shown=${short(chosen.digest)} label=${t("start.digest")} /></${Fact}>`}
    </dl>
    <h3>${t("start.says")}</h3>
    ${
      said.length
        ? html`<ul class="start-said">${said.map(([key, value], at) => html`<li key=${at}><code>${visible(key)}=${visible(value)}</code> <span class="quiet-text">${TOLD.has(key) ? t(`start.said.${key}`) : ""}</span></li>`)}</ul>`
        : html`<p class="quiet-text">${t("start.says.nothing")}</p>`
    }
    ${module && html`<${Needs} app=${app} module=${module} />`}
    ${wrongs.map((wrong, at) => html`<div key=${at} class="problem" role="alert"><p class="problem-detail">${t(`start.wrong.${wrong.key}`, shown(wrong.values))}</p><p class="problem-note">${t(`start.wrong.${wrong.key}.hint`, shown(wrong.values))}</p></div>`)}
  </article>`;
}

/** @param {{label: string, children?: any}} props */
function Fact({ label, children }) {
  return html`<div><dt>${label}</dt><dd>${children}</dd></div>`;
}

/** @param {import("./wasm.js").Memory} found */
function memory({ pages, most }) {
  const least = bytes(pages * PAGE);
  return most === null ? t("start.memory.from", { least }) : t("start.memory.to", { least, most: bytes(most * PAGE) });
}

/** @param {{app: import("../../core/app.js").App, module: import("./wasm.js").Module}} props */
function Needs({ app, module }) {
  const extra = needs(module);
  const usual = functions(module).filter((each) => each.usual);
  return html`<div><h3>${t("start.needs")}</h3>
    <ul class="start-said">
      ${usual.map(({ from, count }) => html`<li key=${from}><code>${visible(from)}</code> <span class="quiet-text">${t("start.needs.usual", { count })}</span></li>`)}
      ${extra.map((name) => {
        const nodes = offering(name, app.picture.nodes.values());
        return html`<li key=${name}><code>${visible(name)}</code> <span class=${nodes.length ? "quiet-text" : "field-wrong"}>${nodes.length ? t("start.needs.at", { nodes: nodes.slice(0, 5).join(", ") }) : t("start.needs.nobody")}</span></li>`;
      })}
      ${usual.length + extra.length === 0 && html`<li class="quiet-text">${t("start.needs.nothing")}</li>`}
    </ul></div>`;
}

/** Values from outside, with nothing hidden in them. @param {Record<string, string|number>} values */
function shown(values) {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, typeof value === "string" ? visible(value) : value]),
  );
}
