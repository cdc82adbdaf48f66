/**
 * What a plan comes to: who goes where, how long each stands still, who has no place.
 *
 * @typedef {object} PlannedMove
 * @property {string} atom
 * @property {string} source
 * @property {string} target
 * @property {number} [gain]
 * @property {number} [cost_ms]
 * @property {number} [total_ms]
 * @property {string} [measure]
 * @property {string} [reason]
 *
 * @typedef {object} Plan
 * @property {string} change
 * @property {PlannedMove[]} moves
 * @property {{atom: string, reason?: string}[]} unplaced
 * @property {number} stays
 *
 * @typedef {object} Sum
 * @property {number} moves
 * @property {number} unplaced
 * @property {number} longest_ms The longest that one of them would stand still.
 * @property {number} together_ms
 * @property {{node: string, count: number}[]} targets Those who get most first.
 */

/**
 * @param {Plan} plan
 * @returns {Sum}
 */
export function summed(plan) {
  /** @type {Map<string, number>} */
  const targets = new Map();
  let [longest_ms, together_ms] = [0, 0];
  for (const move of plan.moves) {
    targets.set(move.target, (targets.get(move.target) ?? 0) + 1);
    longest_ms = Math.max(longest_ms, move.cost_ms ?? 0);
    together_ms += move.cost_ms ?? 0;
  }
  return {
    moves: plan.moves.length,
    unplaced: plan.unplaced.length,
    longest_ms,
    together_ms,
    targets: [...targets]
      .map(([node, count]) => ({ node, count }))
      .sort((a, b) => b.count - a.count || (a.node < b.node ? -1 : 1)),
  };
}
