// @ts-check
/** The map: the realm as it is now, with what moves in it; beside it the same as tables. */

import { atomPath } from "../../core/record.js";
import { atomHref, nodeHref } from "../../core/route.js";
import { html, useChange, useEffect, useMemo, useRef, useState } from "../../core/ui.js";
import { number } from "../../core/unit.js";
import { ActionDialog } from "../../part/dialog.js";
import { visible } from "../../part/name.js";
import { SearchField } from "../../part/search.js";
import { t } from "../../text/text.js";
import { AtomCard, NodeCard } from "./card.js";
import { handle } from "./hands.js";
import { Panel } from "./panel.js";
import { Stage } from "./stage.js";
import { Ticker } from "./ticker.js";

/** @typedef {import("../../core/app.js").App} App */
/** @typedef {import("./panel.js").Chosen} Chosen */
/** @typedef {import("./pick.js").Picked} Picked */

const NOTHING = { node: null, atom: null };

/** @param {{app: App, params: Record<string, string>, query: Record<string, string>}} props */
export function MapView({ app, query }) {
  const text = query.filter ?? "";
  const [chosen, setChosen] = useState(/** @type {Chosen} */ (NOTHING));
  const [drop, setDrop] = useState(/** @type {{atom: string, node: string}|null} */ (null));
  const stage = useRef(/** @type {Stage|null} */ (null));
  useEffect(() => {
    stage.current?.world.filterBy(text);
  }, [text]);
  useEffect(() => {
    stage.current?.select(chosen);
  }, [chosen]);
  /** From a table: what is chosen there is looked at here. @param {Chosen} next */
  function choose(next) {
    setChosen(next);
    const node = next.node ?? app.picture.atoms.get(next.atom ?? "")?.node;
    if (node) stage.current?.show(node);
  }
  return html`<section class="map" aria-label=${t("shell.view.map")}>
    <h1 class="only-read">${t("shell.view.map")}</h1>
    <${Canvas} app=${app} text=${text} stage=${stage} onChoose=${setChosen} onDrop=${(/** @type {string} */ atom, /** @type {string} */ node) => setDrop({ atom, node })} />
    <aside class="map-panel" aria-label=${t("map.beside")}>
      <${Find} app=${app} text=${text} stage=${stage} />
      ${(chosen.node !== null || chosen.atom !== null) && html`<${Selected} app=${app} chosen=${chosen} onClose=${() => setChosen(NOTHING)} />`}
      <${Panel} app=${app} text=${text} chosen=${chosen} onChoose=${choose} />
    </aside>
    ${drop && html`<${Drop} app=${app} atom=${drop.atom} node=${drop.node} onClose=${() => setDrop(null)} />`}
  </section>`;
}

/** The filter, and how many fit it. @param {{app: App, text: string, stage: {current: Stage|null}}} props */
function Find({ app, text }) {
  return html`<div class="map-find"><${SearchField} label=${t("map.filter")} placeholder=${t("map.filter.example")} hint=${t("map.filter.hint")} value=${text}
    onInput=${(/** @type {string} */ next) => app.route.query({ filter: next })} /></div>`;
}

/** @param {{app: App, chosen: Chosen, onClose: () => void}} props */
function Selected({ app, chosen, onClose }) {
  useChange(app.picture);
  return html`<div class="map-selected">
    <button type="button" class="button quiet small map-selected-close" aria-label=${t("map.deselect")} onClick=${onClose}>×</button>
    ${chosen.atom !== null ? html`<${AtomCard} picture=${app.picture} name=${chosen.atom} links=${true} />` : html`<${NodeCard} picture=${app.picture} name=${chosen.node} links=${true} />`}
  </div>`;
}

/** An atom was dropped on a node: what will follow is said first. @param {{app: App, atom: string, node: string, onClose: () => void}} props */
function Drop({ app, atom, node, onClose }) {
  const off = app.can("atoms");
  const source = app.picture.atoms.get(atom)?.node ?? "";
  const names = { atom: visible(atom), node: visible(node), source: visible(source) };
  return html`<${ActionDialog} title=${t("map.move.title", names)} confirm=${t("map.move.go")} ready=${!off}
    consequences=${off ? [off] : [t("map.move.follows", names), t("map.move.back", names)]}
    run=${() => app.rest.post(`${atomPath(atom)}/moves`, { target: node, cause: t("map.move.cause") }, { once: true })}
    answer=${(/** @type {any} */ move) => html`<p>${t("map.move.done", { ...names, number: String(move?.number ?? "") })}</p>`} onClose=${onClose} />`;
}

/** @param {{app: App, text: string, stage: {current: Stage|null}, onChoose: (chosen: Chosen) => void, onDrop: (atom: string, node: string) => void}} props */
function Canvas({ app, text, stage, onChoose, onDrop }) {
  const box = useRef(/** @type {HTMLDivElement|null} */ (null));
  const [hover, setHover] = useState(
    /** @type {{picked: Picked, left: number, top: number}} */ ({ picked: null, left: 0, top: 0 }),
  );
  const [focus, setFocus] = useState(/** @type {string|null} */ (null));
  useEffect(() => {
    const element = /** @type {HTMLDivElement} */ (box.current);
    const made = new Stage(element, app.picture, app.events);
    made.world.filterBy(text);
    stage.current = made;
    /** @param {NonNullable<Picked>} what */
    const open = (what) => {
      if (what.name) app.route.go(what.kind === "atom" ? atomHref(what.name) : nodeHref(what.name));
    };
    const off = handle(element, made, {
      onHover: (picked, left, top) => setHover((now) => (picked || now.picked ? { picked, left, top } : now)),
      onSelect: (picked) =>
        onChoose(
          picked
            ? { node: picked.kind === "node" ? picked.name : null, atom: picked.kind === "atom" ? picked.name : null }
            : NOTHING,
        ),
      onOpen: open,
      onDrop,
      onFocus: setFocus,
    });
    return () => {
      off();
      made.end();
      stage.current = null;
    };
  }, []);
  const zoom = (/** @type {number} */ by) => () => {
    stage.current?.camera.zoomAt(by);
    stage.current?.moved();
  };
  return html`<div class="map-stage">
    <div class="map-canvas" ref=${box} tabindex="0" role="application" aria-roledescription=${t("map.what")} aria-label=${t("map.describe")} aria-describedby="map-keys">
      <canvas aria-hidden="true"></canvas><canvas aria-hidden="true"></canvas><canvas aria-hidden="true"></canvas>
    </div>
    <p class="only-read" id="map-keys">${t("map.keys")}</p>
    <p class="only-read" role="status">${focus !== null ? focusText(app, focus) : ""}</p>
    <${Summary} app=${app} text=${text} stage=${stage} />
    <div class="map-tools">
      <button type="button" class="button" aria-label=${t("map.in")} title=${t("map.in")} onClick=${zoom(1.4)}>+</button>
      <button type="button" class="button" aria-label=${t("map.out")} title=${t("map.out")} onClick=${zoom(1 / 1.4)}>−</button>
      <button type="button" class="button" aria-label=${t("map.fit")} title=${t("map.fit")} onClick=${() => stage.current?.fit()}>⤢</button>
    </div>
    <${Ticker} app=${app} />
    <${Legend} />
    ${hover.picked && html`<${Hover} app=${app} hover=${hover} box=${box.current} />`}
  </div>`;
}

/** What a node is, said when the keyboard comes to it. @param {App} app @param {string} name */
function focusText({ picture }, name) {
  const node = picture.nodes.get(name);
  const count = picture.atomsOf(name).size;
  const load = node ? number(node.facts.load, 1) : "";
  return t("map.focus", {
    name: visible(name),
    state: t(`shell.state.${node?.state ?? "up"}`),
    atoms: t("map.atoms", { count }),
    load,
  });
}

/** How much there is, and how much of it fits. @param {{app: App, text: string, stage: {current: Stage|null}}} props */
function Summary({ app, text, stage }) {
  const { picture } = useChange(app.picture) && app;
  const world = stage.current?.world;
  const nodes = world ? world.nodes().length : picture.nodes.size;
  const parts = [t("map.nodes", { count: nodes }), t("map.atoms", { count: picture.atoms.size })];
  if (picture.moves.size) parts.push(t("map.moving", { count: picture.moves.size }));
  const found =
    text && world
      ? t("map.found", {
          atoms: t("map.atoms", { count: world.fittingAtoms }),
          nodes: t("map.nodes", { count: world.fittingNodes }),
        })
      : "";
  return html`<div class="map-summary"><span>${parts.join(" · ")}</span><span class="map-found" role="status">${found}</span></div>`;
}

/** What the colours say. */
function Legend() {
  const entries = useMemo(() => ["running", "moving", "bad", "still"], []);
  return html`<ul class="map-legend" aria-label=${t("map.legend")}>${entries.map((each) => html`<li key=${each}><i data-atom=${each}></i>${t(`map.legend.${each}`)}</li>`)}</ul>`;
}

/** Beside the pointer. @param {{app: App, hover: {picked: Picked, left: number, top: number}, box: HTMLElement|null}} props */
function Hover({ app, hover, box }) {
  useChange(app.picture);
  const { picked, left, top } = hover;
  if (!picked || !box) return null;
  const right = left > box.clientWidth / 2;
  const low = top > box.clientHeight / 2;
  const style = {
    left: right ? "auto" : `${left + 16}px`,
    right: right ? `${box.clientWidth - left + 16}px` : "auto",
    top: low ? "auto" : `${top + 12}px`,
    bottom: low ? `${box.clientHeight - top + 12}px` : "auto",
  };
  return html`<div class="map-hover" aria-hidden="true" style=${style}>
    ${picked.kind === "atom" ? html`<${AtomCard} picture=${app.picture} name=${picked.name} />` : html`<${NodeCard} picture=${app.picture} name=${picked.name} />`}
  </div>`;
}
