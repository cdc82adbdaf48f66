/** What can be done with a node: cordon, uncordon, drain, and the question what its loss would mean. */
import { html, useChange, useState } from "../../core/ui.js";
import { ActionButton } from "../../part/action.js";
import { Dialog } from "../../part/dialog.js";
import { visible } from "../../part/name.js";
import { t } from "../../text/text.js";
import { atomsAt } from "./living.js";
import { PlanOf } from "./planned.js";

/** @typedef {import("../../core/app.js").App} App */

/** @param {{app: App, record: import("../../core/record.js").NodeRecord}} props */
export function Actions({ app, record }) {
  const [asking, ask] = useState(false);
  const name = record.facts.name;
  const shown = visible(name);
  const path = `/v1/nodes/${encodeURIComponent(name)}`;
  const here = atomsAt(app.picture, name).living;
  const foreign = record.facts.kind === "" ? "" : t("node.off.foreign", { kind: visible(record.facts.kind) });
  const drained = record.draining ? t("node.off.draining") : "";
  const still = record.cordoned || record.draining;
  return html`<div class="node-actions">
    ${
      still
        ? html`<${ActionButton} app=${app} scope="nodes" label=${t("node.uncordon")} title=${t("node.uncordon.title", { node: shown })}
            consequences=${[t("node.uncordon.follows", { node: shown }), ...(record.draining ? [t("node.uncordon.drain-ends")] : [])]}
            confirm=${t("node.uncordon")} off=${foreign} run=${() => app.rest.remove(`${path}/cordon`)}
            answer=${() => html`<p>${t("node.uncordon.done", { node: shown })}</p>`} />`
        : html`<${ActionButton} app=${app} scope="nodes" label=${t("node.cordon")} title=${t("node.cordon.title", { node: shown })}
            consequences=${[t("node.cordon.follows", { node: shown }), t("node.cordon.stay", { count: here }), t("node.cordon.back")]}
            confirm=${t("node.cordon")} off=${foreign} run=${() => app.rest.put(`${path}/cordon`)}
            answer=${() => html`<p>${t("node.cordon.done", { node: shown })}</p>`} />`
    }
    <${ActionButton} app=${app} scope="nodes" label=${t("node.drain")} title=${t("node.drain.title", { node: shown })} danger
      consequences=${[t("node.drain.follows", { node: shown }), t("node.drain.back")]} confirm=${t("node.drain")} off=${foreign || drained}
      run=${() => app.rest.put(`${path}/drain`)} answer=${() => html`<${Draining} app=${app} node=${name} />`}>
      <h3 class="node-plan-head">${t("node.drain.plan")}</h3>
      <${PlanOf} app=${app} node=${name} what="drain" />
    </${ActionButton}>
    <button type="button" class="button quiet" onClick=${() => ask(true)}>${t("node.lose")}</button>
    ${
      asking &&
      html`<${Dialog} title=${t("node.lose.title", { node: shown })} onClose=${() => ask(false)}>
        <p>${t("node.lose.only")}</p>
        <${PlanOf} app=${app} node=${name} what="lose" />
        <div class="dialog-foot"><button type="button" class="button" onClick=${() => ask(false)}>${t("shell.close")}</button></div>
      </${Dialog}>`
    }
  </div>`;
}

/** How far the draining has come, while one looks. @param {{app: App, node: string}} props */
function Draining({ app, node }) {
  useChange(app.picture);
  const record = app.picture.nodes.get(node);
  const left = atomsAt(app.picture, node).living;
  const shown = visible(node);
  if (left === 0) return html`<p>${t("node.drain.empty", { node: shown })}</p>`;
  if (record?.draining === false) return html`<p>${t("node.drain.over", { node: shown, count: left })}</p>`;
  return html`<p>${t("node.drain.going", { node: shown, count: left })}</p><p class="quiet-text">${t("node.drain.watch")}</p>`;
}
