/** The view `node`: a machine of the realm, what it has, who is there, and what can be done with it. */
import { nodeOf } from "../../core/record.js";
import { href, nodeHref } from "../../core/route.js";
import { html, useChange, useEffect, useNow, useState } from "../../core/ui.js";
import { Badge } from "../../part/badge.js";
import { Name, visible } from "../../part/name.js";
import { t } from "../../text/text.js";
import { Actions } from "./action.js";
import { CodeCache } from "./cache.js";
import { Charts, usePast } from "./chart.js";
import { Facts, Glance } from "./fact.js";
import { Atoms, Links } from "./list.js";
import { atomsAt } from "./living.js";

/** @typedef {import("../../core/app.js").App} App */

/** @param {{app: App, params: Record<string, string>, query: Record<string, string>}} props */
export function NodeView({ app, params }) {
  useChange(app.picture);
  const name = params.name ?? "";
  const record = app.picture.nodes.get(name);
  if (!app.picture.loaded) return html`<div class="center quiet-text" role="status">${t("shell.loading")}</div>`;
  if (!record) return html`<${Unknown} app=${app} name=${name} />`;
  return html`<${Known} key=${name} app=${app} name=${name} record=${record} />`;
}

/** @param {{app: App, name: string}} props */
function Unknown({ app, name }) {
  const names = [...app.picture.nodes.keys()].sort();
  return html`<section class="node"><h1>${t("node.unknown", { node: visible(name).slice(0, 80) })}</h1>
    <p>${names.length > 0 ? t("node.others") : t("node.no-nodes")}</p>
    <ul class="node-others">${names.map((each) => html`<li key=${each}><${Name} text=${each} most=${60} href=${nodeHref(each)} /></li>`)}</ul>
  </section>`;
}

/**
 * When the node's process began: the picture leaves out what changes each second.
 *
 * @param {App} app
 * @param {string} name
 * @param {number} incarnation
 */
function useBegan(app, name, incarnation) {
  const [began, set] = useState(0);
  useEffect(() => {
    const ending = new AbortController();
    app.rest.get(`/v1/nodes/${encodeURIComponent(name)}`, { signal: ending.signal }).then(
      (/** @type {any} */ told) => {
        const { facts, seen_at } = nodeOf(told);
        set(facts.uptime_s > 0 ? seen_at - facts.uptime_s : 0);
      },
      () => {},
    );
    return () => ending.abort();
  }, [app.source, name, incarnation]);
  return began;
}

/** @param {{app: App, name: string, record: import("../../core/record.js").NodeRecord}} props */
function Known({ app, name, record }) {
  useNow(1000);
  const now = app.now();
  const began = useBegan(app, name, record.facts.incarnation);
  const { past, why } = usePast(app, name);
  const { facts } = record;
  const what = [facts.system, facts.arch, facts.engines.join(", ")].filter(Boolean).map(visible).join(" · ");
  return html`<section class="node">
    <header class="node-head">
      <div>
        <h1><${Name} text=${name} most=${64} /></h1>
        <p class="node-what"><${States} record=${record} /> ${what}</p>
      </div>
      <${Actions} app=${app} record=${record} />
    </header>
    <${Glance} record=${record} here=${atomsAt(app.picture, name).living} />
    <${Charts} past=${past} record=${record} />
    ${why !== "" && html`<p class="quiet-text">${t("node.history.none")} ${visible(why)}</p>`}
    <div class="node-columns">
      <div class="node-column">
        <${Atoms} app=${app} node=${name} now=${now} />
        <${Links} app=${app} node=${name} />
        <${CodeCache} app=${app} node=${name} />
      </div>
      <div class="node-column">
        <${Facts} record=${record} now=${now} began=${began} />
        <p><a href=${href("timeline", {}, { node: name, by: "node" })}>${t("node.timeline")}</a></p>
      </div>
    </div>
  </section>`;
}

/** @param {{record: import("../../core/record.js").NodeRecord}} props */
function States({ record }) {
  const states = [record.state, ...(record.draining ? ["draining"] : record.cordoned ? ["cordoned"] : [])];
  return html`${states.map((state) => html`<${Badge} key=${state} state=${state} />`)}
    ${record.facts.low_energy && html`<${Badge} state="lost" text=${t("node.low-energy")} />`}
    ${record.facts.kind !== "" && html`<${Badge} state="stopped" text=${t("node.foreign", { kind: visible(record.facts.kind) })} />`}`;
}
