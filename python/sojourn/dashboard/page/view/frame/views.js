// @ts-check
/**
 * Which views there are, and what each needs: loaded when it is first shown, with its texts and its style.
 *
 * A view's module `view/NAME/NAME.js` exports a component `({app, params, query}) => vnode`, named as here.
 */
import { need } from "../../text/text.js";

/** @typedef {(props: {app: import("../../core/app.js").App, params: Record<string, string>, query: Record<string, string>}) => any} View */
/** @typedef {{load: () => Promise<any>, component: string, style: boolean}} Entry */

/** @type {Record<string, Entry>} */
const VIEWS = {
  map: { load: () => import("../map/map.js"), component: "MapView", style: true },
  timeline: { load: () => import("../timeline/timeline.js"), component: "TimelineView", style: true },
  atom: { load: () => import("../atom/atom.js"), component: "AtomView", style: true },
  node: { load: () => import("../node/node.js"), component: "NodeView", style: true },
  start: { load: () => import("../start/start.js"), component: "StartView", style: true },
  programs: { load: () => import("../programs/programs.js"), component: "ProgramsView", style: true },
  simulation: { load: () => import("../simulation/simulation.js"), component: "SimulationView", style: true },
  first: { load: () => import("../first/first.js"), component: "FirstView", style: true },
};

/** In the navigation, in order. */
export const SHOWN = ["map", "timeline", "start", "programs", "simulation"];

/** @type {Map<string, View>} */
const loaded = new Map();

/** The view, if it is loaded. @param {string} name */
export function view(name) {
  return loaded.get(name);
}

/** @param {string} name */
function style(name) {
  return new Promise((done) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL(`../${name}/${name}.css`, import.meta.url).href;
    // A view without its style is better than none.
    link.onload = link.onerror = () => done(undefined);
    document.head.append(link);
  });
}

/**
 * Loads a view with all that it needs.
 * @param {string} name
 * @returns {Promise<View>}
 */
export async function load(name) {
  const there = loaded.get(name);
  if (there) return there;
  const entry = /** @type {Entry} */ (VIEWS[name]);
  const [module] = await Promise.all([entry.load(), need(name), style(name)]);
  const made = /** @type {View} */ (module[entry.component]);
  loaded.set(name, made);
  return made;
}
