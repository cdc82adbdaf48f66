/**
 * Kinds of events, and what they are on the timeline. A kind that is not in the table goes by its first word.
 *
 * @typedef {"move" | "start" | "end" | "failure" | "restore" | "update" | "node" | "change"} What
 */

/** All that a timeline tells apart, in the order of its legend. @type {readonly What[]} */
export const WHATS = ["move", "start", "end", "failure", "restore", "update", "node", "change"];

/** @type {Readonly<Record<string, What>>} */
const KINDS = {
  "atom.moves": "move",
  "atom.moved": "move",
  "atom.refused": "move",
  "atom.started": "start",
  "atom.ended": "end",
  "atom.stopped": "end",
  "atom.forgotten": "end",
  "atom.restored": "restore",
  "atom.down": "failure",
  "atom.falls": "failure",
  "atom.gone": "failure",
  "atom.unplaced": "failure",
  "atom.stays": "failure",
  "atom.misunderstood": "failure",
  "atom.respecified": "change",
  "node.lost": "failure",
  "rollout.back": "failure",
};

/** @type {Readonly<Record<string, What>>} */
const WORDS = { atom: "change", node: "node", rollout: "update", program: "start", realm: "change" };

/**
 * What an event is. One that ended with another status than 0 has failed.
 *
 * @param {string} kind
 * @param {Readonly<Record<string, unknown>>} data
 * @returns {What}
 */
export function whatOf(kind, data) {
  if (kind === "atom.ended" && typeof data.status === "number" && data.status !== 0) {
    return "failure";
  }
  return KINDS[kind] ?? WORDS[kind.split(".", 1)[0] ?? ""] ?? "change";
}
