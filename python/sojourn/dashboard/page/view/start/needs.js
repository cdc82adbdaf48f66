// @ts-check
/**
 * Whether a module can run in the realm, and what of it is worth to be said, before anybody is asked. Pure.
 *
 *   wrongs(module, nodes) -> [{key, values}]     why it cannot run: keys under `start.wrong.`
 *   functions(module) -> [{name, usual}]         host functions by the modules that they are imported from
 *   needs(module) -> names as nodes offer them, `module.function`, beside the usual ones
 */

/** @typedef {import("./wasm.js").Module} Module */
/** @typedef {{key: string, values: Record<string, string|number>}} Wrong */

/** What every node has. */
const USUAL = new Set(["wasi_snapshot_preview1", "wasi_unstable", "sojourn_v1"]);
export const MODULE_BYTES = 64 * 2 ** 20;

/** @param {Module} module */
export function needs(module) {
  const wanted = module.imports.filter(({ module: from, kind }) => kind === "function" && !USUAL.has(from));
  const said = module.said.filter(([key, value]) => key === "needs.function" && !USUAL.has(value.split(".")[0] ?? ""));
  return [
    ...new Set([...wanted.map(({ module: from, name }) => `${from}.${name}`), ...said.map(([, value]) => value)]),
  ];
}

/**
 * How many functions it imports, by the module that they come from.
 * @param {Module} module
 * @returns {{from: string, count: number, usual: boolean}[]}
 */
export function functions(module) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { module: from, kind } of module.imports)
    if (kind === "function") counts.set(from, (counts.get(from) ?? 0) + 1);
  return [...counts].map(([from, count]) => ({ from, count, usual: USUAL.has(from) }));
}

/**
 * Nodes that offer a function.
 * @param {string} name
 * @param {Iterable<import("../../core/record.js").NodeRecord>} nodes
 */
export function offering(name, nodes) {
  return [...nodes]
    .filter(({ facts, state }) => state === "up" && facts.functions.includes(name))
    .map(({ facts }) => facts.name);
}

/**
 * @param {Module} module
 * @param {Iterable<import("../../core/record.js").NodeRecord>} nodes
 * @returns {Wrong[]}
 */
export function wrongs(module, nodes) {
  const list = [...nodes];
  /** @type {Wrong[]} */
  const found = [];
  if (module.size > MODULE_BYTES) found.push({ key: "large", values: { most: MODULE_BYTES } });
  const entries = module.exports.filter(({ kind }) => kind === "function").map(({ name }) => name);
  if (!entries.includes("_start") && !entries.includes("handle")) found.push({ key: "entry", values: {} });
  for (const { module: from, name, kind } of module.imports)
    if (kind !== "function") found.push({ key: "import", values: { kind, name: `${from}.${name}` } });
  for (const name of needs(module))
    if (offering(name, list).length === 0) found.push({ key: "function", values: { name } });
  return found;
}

/** Whether it runs when messages come, or by itself. @param {Module} module */
export function isReactive(module) {
  const said = module.said.findLast(([key]) => key === "kind")?.[1];
  if (said) return said === "reactive";
  const names = module.exports.map(({ name }) => name);
  return names.includes("handle") && !names.includes("_start");
}
