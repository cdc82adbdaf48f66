// @ts-check
/** Beside the map: the same as tables, which filter, sort and open. What screen readers read. */
import { atomHref, nodeHref } from "../../core/route.js";
import { html, useEffect, useMemo, useState } from "../../core/ui.js";
import { bytes, cores, number, percent } from "../../core/unit.js";
import { Badge } from "../../part/badge.js";
import { Name } from "../../part/name.js";
import { DataTable } from "../../part/table.js";
import { t } from "../../text/text.js";
import { filterOf } from "./filter.js";
import { counted } from "./hexagon.js";

/** @typedef {import("../../core/app.js").App} App */
/** @typedef {import("../../core/record.js").AtomRow} AtomRow */
/** @typedef {import("../../core/record.js").NodeRecord} NodeRecord */
/** @typedef {{node: string|null, atom: string|null}} Chosen */

/** With more rows than these, tables follow once a second instead of with each change. */
const MANY = 1000;

/**
 * Counts up when the picture has changed: at once, or once a second where there is much of it.
 * @param {import("../../core/picture.js").Picture} picture
 */
function useSlowly(picture) {
  const [revision, set] = useState(picture.revision);
  useEffect(() => {
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    let timer;
    const off = picture.onChange(() => {
      timer ??= setTimeout(
        () => {
          timer = undefined;
          set(picture.revision);
        },
        picture.atoms.size + picture.nodes.size > MANY ? 1000 : 50,
      );
    });
    return () => {
      off();
      clearTimeout(timer);
    };
  }, [picture]);
  return revision;
}

/** @param {{app: App, text: string, chosen: Chosen, onChoose: (chosen: Chosen) => void}} props */
export function Panel({ app, text, chosen, onChoose }) {
  const [tab, setTab] = useState("nodes");
  const revision = useSlowly(app.picture);
  const shown = chosen.atom ? "atoms" : chosen.node ? "nodes" : "";
  useEffect(() => {
    if (shown) setTab(shown);
  }, [shown]);
  const { nodes, atoms } = useMemo(() => rowsOf(app, text), [text, revision]);
  const counts = { nodes: nodes.length, atoms: atoms.length };
  return html`<div class="map-tabs" role="tablist" aria-label=${t("map.tables")} onKeyDown=${(/** @type {KeyboardEvent} */ event) => turned(event, setTab)}>
      ${
        /** @type {const} */ (["nodes", "atoms"]).map(
          (
            name,
          ) => html`<button key=${name} type="button" role="tab" id=${`map-tab-${name}`} aria-selected=${tab === name} aria-controls="map-rows" tabindex=${tab === name ? 0 : -1}
          onClick=${() => setTab(name)}>${t(`map.tab.${name}`)} <span class="map-count">${number(counts[name])}</span></button>`,
        )
      }
    </div>
    <div class="map-rows" id="map-rows" role="tabpanel" aria-labelledby=${`map-tab-${tab}`}>
      ${tab === "nodes" ? html`<${Nodes} key="nodes" app=${app} rows=${nodes} chosen=${chosen} onChoose=${onChoose} />` : html`<${Atoms} key="atoms" app=${app} rows=${atoms} chosen=${chosen} onChoose=${onChoose} />`}
    </div>`;
}

/** @param {KeyboardEvent} event @param {(tab: string) => void} set */
function turned(event, set) {
  if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
  const list = /** @type {HTMLElement} */ (event.currentTarget);
  const other = /** @type {HTMLElement|null} */ (list.querySelector("[role=tab][aria-selected=false]"));
  other?.focus();
  set(other?.id.replace("map-tab-", "") ?? "nodes");
  event.preventDefault();
}

/** Nodes and atoms that fit. @param {App} app @param {string} text @returns {{nodes: NodeRecord[], atoms: AtomRow[]}} */
function rowsOf({ picture }, text) {
  const filter = filterOf(text);
  const nodes = [...picture.nodes.values()].filter((node) => (filter.all ? node.state !== "gone" : filter.node(node)));
  nodes.sort((a, b) => counted(a.facts.name, b.facts.name));
  const atoms = [];
  for (const atom of picture.atoms.values()) {
    if (filter.all || filter.atom(atom, picture.nodes.get(atom.node))) atoms.push(atom);
  }
  return { nodes, atoms };
}

/** @param {{app: App, rows: NodeRecord[], chosen: Chosen, onChoose: (chosen: Chosen) => void}} props */
function Nodes({ app, rows, chosen, onChoose }) {
  const columns = useMemo(
    () => [
      {
        key: "name",
        label: t("map.column.node"),
        width: "minmax(6rem, 1.6fr)",
        value: (/** @type {NodeRecord} */ node) => node.facts.name,
        cell: (/** @type {NodeRecord} */ node) =>
          html`<${Name} text=${node.facts.name} most=${32} href=${nodeHref(node.facts.name)} />`,
      },
      {
        key: "state",
        label: t("map.column.state"),
        width: "minmax(5rem, 1fr)",
        value: stateOf,
        cell: (/** @type {NodeRecord} */ node) => html`<${Badge} state=${stateOf(node)} />`,
      },
      {
        key: "atoms",
        label: t("map.column.atoms"),
        width: "4rem",
        align: /** @type {const} */ ("end"),
        value: (/** @type {NodeRecord} */ node) => app.picture.atomsOf(node.facts.name).size,
        cell: (/** @type {NodeRecord} */ node) => number(app.picture.atomsOf(node.facts.name).size),
      },
      {
        key: "load",
        label: t("map.column.load"),
        width: "4rem",
        align: /** @type {const} */ ("end"),
        value: loadOf,
        cell: (/** @type {NodeRecord} */ node) => percent(loadOf(node)),
      },
    ],
    [t("map.column.node")],
  );
  return html`<${DataTable} caption=${t("map.tab.nodes")} columns=${columns} rows=${rows} rowKey=${(/** @type {NodeRecord} */ node) => node.facts.name} height="fill" empty=${t("map.none")}
    selected=${chosen.node} onSelect=${(/** @type {NodeRecord} */ node) => onChoose({ node: node.facts.name, atom: null })} onOpen=${(/** @type {NodeRecord} */ node) => app.route.go(nodeHref(node.facts.name))} />`;
}

/** @param {NodeRecord} node */
function stateOf(node) {
  return node.state !== "up" ? node.state : node.draining ? "draining" : node.cordoned ? "cordoned" : "up";
}

/** @param {NodeRecord} node */
function loadOf({ facts }) {
  return facts.cores > 0 ? facts.load / facts.cores : 0;
}

/** @param {{app: App, rows: AtomRow[], chosen: Chosen, onChoose: (chosen: Chosen) => void}} props */
function Atoms({ app, rows, chosen, onChoose }) {
  const columns = useMemo(
    () => [
      {
        key: "name",
        label: t("map.column.atom"),
        width: "minmax(7.5rem, 1.6fr)",
        value: (/** @type {AtomRow} */ atom) => atom.name,
        cell: (/** @type {AtomRow} */ atom) =>
          html`<${Name} text=${atom.name} most=${36} href=${atomHref(atom.name)} />`,
      },
      {
        key: "node",
        label: t("map.column.node"),
        width: "minmax(4rem, 0.8fr)",
        value: (/** @type {AtomRow} */ atom) => atom.node,
        cell: (/** @type {AtomRow} */ atom) => html`<${Name} text=${atom.node} most=${24} />`,
      },
      {
        key: "state",
        label: t("map.column.state"),
        width: "6rem",
        value: (/** @type {AtomRow} */ atom) => atom.state,
        cell: (/** @type {AtomRow} */ atom) => html`<${Badge} state=${atom.state} />`,
      },
      {
        key: "cores",
        label: t("map.column.cores"),
        width: "3.4rem",
        align: /** @type {const} */ ("end"),
        value: (/** @type {AtomRow} */ atom) => atom.cores,
        cell: (/** @type {AtomRow} */ atom) => cores(atom.cores),
      },
      {
        key: "memory",
        label: t("map.column.memory"),
        width: "4.8rem",
        align: /** @type {const} */ ("end"),
        value: (/** @type {AtomRow} */ atom) => atom.memory_bytes,
        cell: (/** @type {AtomRow} */ atom) => bytes(atom.memory_bytes),
      },
    ],
    [t("map.column.atom")],
  );
  return html`<${DataTable} caption=${t("map.tab.atoms")} columns=${columns} rows=${rows} rowKey=${(/** @type {AtomRow} */ atom) => atom.name} height="fill" empty=${t("map.none")}
    selected=${chosen.atom} onSelect=${(/** @type {AtomRow} */ atom) => onChoose({ node: null, atom: atom.name })} onOpen=${(/** @type {AtomRow} */ atom) => app.route.go(atomHref(atom.name))} />`;
}
