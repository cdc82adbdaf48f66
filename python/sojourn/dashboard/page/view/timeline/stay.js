/**
 * Where an atom was, and from when to when: what is told of it, drawn as one line.
 *
 * @typedef {import("./entry.js").Entry} Entry
 *
 * @typedef {object} Stay
 * @property {string} node
 * @property {number} from -Infinity: since before anything is known.
 * @property {number} to Infinity: it is there now.
 */

const BEGINS = new Set(["atom.started"]);
const ENDS = new Set(["atom.ended", "atom.stopped", "atom.forgotten", "atom.down", "atom.gone", "atom.falls"]);

/**
 * @param {readonly Entry[]} entries Of one atom, in order.
 * @param {ReadonlyMap<string, readonly number[]>} lost When nodes were lost, in order.
 * @returns {Stay[]}
 */
export function staysOf(entries, lost) {
  /** @type {Stay[]} */
  const stays = [];
  /** @type {Stay | undefined} */
  let here;
  /** @type {(node: string, from: number) => void} */
  const arrive = (node, from) => {
    here = node === "" ? undefined : { node, from, to: Number.POSITIVE_INFINITY };
    if (here !== undefined) {
      stays.push(here);
    }
  };
  for (const entry of entries) {
    if (here === undefined && stays.length === 0 && entry.source !== "") {
      arrive(entry.source, Number.NEGATIVE_INFINITY);
    }
    if (entry.move > 0 || entry.kind === "atom.moved") {
      if (entry.state === "failed" || entry.until === Number.POSITIVE_INFINITY) {
        continue;
      }
      leave(here, entry.until);
      arrive(entry.target, entry.until);
    } else if (BEGINS.has(entry.kind)) {
      leave(here, entry.at);
      arrive(entry.target, entry.at);
    } else if (ENDS.has(entry.kind)) {
      if (here === undefined && stays.length === 0 && entry.target !== "") {
        arrive(entry.target, Number.NEGATIVE_INFINITY);
      }
      leave(here, entry.at);
      here = undefined;
    }
  }
  for (const stay of stays) {
    cut(stay, lost.get(stay.node) ?? []);
  }
  return stays;
}

/**
 * @param {Stay | undefined} stay
 * @param {number} at
 */
function leave(stay, at) {
  if (stay !== undefined) {
    stay.to = Math.min(stay.to, Math.max(stay.from, at));
  }
}

/**
 * With its node, an atom is lost.
 *
 * @param {Stay} stay
 * @param {readonly number[]} lost
 */
function cut(stay, lost) {
  const at = lost.find((each) => each >= stay.from);
  if (at !== undefined && at < stay.to) {
    stay.to = at;
  }
}

/**
 * When nodes were lost, by name, in order.
 *
 * @param {readonly Entry[]} losses In any order.
 * @returns {Map<string, number[]>}
 */
export function lostNodes(losses) {
  /** @type {Map<string, number[]>} */
  const lost = new Map();
  for (const { subject, at } of [...losses].sort((a, b) => a.at - b.at)) {
    const times = lost.get(subject);
    if (times === undefined) {
      lost.set(subject, [at]);
    } else {
      times.push(at);
    }
  }
  return lost;
}
