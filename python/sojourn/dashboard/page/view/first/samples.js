// @ts-check
/**
 * The three programs that an empty realm offers: what each is made of, as the controller takes it. Pure.
 *
 *   SAMPLES   [{id, file, definition(digest, nodes)}]    texts: `first.ID.title`, `.what`, `.see`
 *   numbered(id, taken) -> a name that nobody has        "talk", "talk-2" ...
 *   hosts(nodes) -> names of nodes that take atoms, in order
 */

/** @typedef {{part: string, module: string, program: string, arguments: string[], spec: Record<string, unknown>, node?: string}} Part */
/** @typedef {{description: string, parts: Part[]}} Definition */
/**
 * @typedef {object} Sample
 * @property {string} id also the name of its program
 * @property {string} file in `samples/`
 * @property {string} watched the part whose output tells most
 * @property {(name: string, digest: string, nodes: readonly string[]) => Part[]} parts
 */

// It costs where it is, and nothing elsewhere: the realm moves it as soon as an atom may move again.
const RESTLESS = "500 ms if here else 1 ms * atoms";
const MOST_WORKERS = 6;

/** @type {Sample[]} */
export const SAMPLES = [
  {
    id: "count",
    file: "count.wasm",
    watched: "counter",
    parts: (_name, module) => [
      { part: "counter", module, program: "count.wasm", arguments: [], spec: { policy: "spread", restart: "image" } },
    ],
  },
  {
    id: "talk",
    file: "pair.wasm",
    watched: "ada",
    parts: (name, module, nodes) =>
      [
        ["ada", "bob"],
        ["bob", "ada"],
      ].map(([me, other], at) => ({
        part: String(me),
        module,
        program: "pair.wasm",
        arguments: [name, String(me), String(other)],
        spec: { objective: RESTLESS, restart: "image" },
        ...placed(nodes, at),
      })),
  },
  {
    id: "work",
    file: "work.wasm",
    watched: "bag",
    parts: (name, module, nodes) => [
      { part: "bag", module, program: "work.wasm", arguments: [name, "bag"], spec: { restart: "image" } },
      ...nodes.slice(0, MOST_WORKERS).map((node, at) => ({
        part: `worker-${at + 1}`,
        module,
        program: "work.wasm",
        arguments: [name, "worker"],
        spec: { policy: "spread", restart: "image" },
        node,
      })),
    ],
  },
];

/** @param {readonly string[]} nodes @param {number} at */
function placed(nodes, at) {
  const node = nodes[at % Math.max(1, nodes.length)];
  return node === undefined ? {} : { node };
}

/**
 * A name for a program that no other has.
 * @param {string} wanted
 * @param {ReadonlySet<string>} taken
 */
export function numbered(wanted, taken) {
  let name = wanted;
  for (let count = 2; taken.has(name); count += 1) name = `${wanted}-${count}`;
  return name;
}

/**
 * The program of a sample that was started before and still runs; the newest of several.
 * @param {Sample} sample
 * @param {readonly any[]} programs as REST tells them
 */
export function atWork(sample, programs) {
  const name = new RegExp(`^${sample.id}(-\\d+)?$`);
  return programs.findLast(
    (program) =>
      name.test(program.name) &&
      ["running", "partly", "starting"].includes(program.state) &&
      program.parts.some((/** @type {{part: string}} */ part) => part.part === sample.watched),
  );
}

/**
 * Names of nodes that take atoms, in order.
 * @param {Iterable<import("../../core/record.js").NodeRecord>} nodes
 */
export function hosts(nodes) {
  return [...nodes]
    .filter(
      ({ facts, state, cordoned, draining }) => state === "up" && facts.hosts && !facts.kind && !cordoned && !draining,
    )
    .map(({ facts }) => facts.name)
    .sort();
}

/**
 * Where an atom goes when it is moved on: the next node, in a circle. "": there is no other.
 * @param {readonly string[]} nodes
 * @param {string} now
 */
export function nextNode(nodes, now) {
  const others = nodes.filter((node) => node !== now);
  return others.find((node) => node > now) ?? others[0] ?? "";
}
