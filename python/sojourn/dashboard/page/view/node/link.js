/**
 * A node's links, and what goes over them.
 *
 * @typedef {object} Linked
 * @property {string} peer
 * @property {number} rtt_ms NaN: there is no link, only traffic.
 * @property {number} bytes_per_s What transfers reached; 0: none yet.
 * @property {number} messages_per_s Between atoms here and there.
 * @property {number} traffic_bytes_per_s
 */

/**
 * Mean round trip of a node's links; null: it has none.
 *
 * @param {string} node
 * @param {readonly (readonly [string, string, number, number])[]} links
 */
export function meanRtt(node, links) {
  const own = links.filter(([a, b, rtt_ms]) => rtt_ms >= 0 && (a === node || b === node));
  return own.length === 0 ? null : own.reduce((sum, [, , rtt_ms]) => sum + rtt_ms, 0) / own.length;
}

/**
 * @param {string} node
 * @param {{links: readonly (readonly [string, string, number, number])[],
 *   traffic: readonly (readonly [string, string, number, number])[], atoms: ReadonlyMap<string, {node: string}>}} picture
 * @returns {Linked[]} By the peer's name.
 */
export function linksOf(node, picture) {
  /** @type {Map<string, Linked>} */
  const found = new Map();
  for (const [a, b, rtt_ms, bytes_per_s] of picture.links) {
    const peer = a === node ? b : b === node ? a : "";
    if (peer !== "" && rtt_ms >= 0) {
      found.set(peer, { peer, rtt_ms, bytes_per_s, messages_per_s: 0, traffic_bytes_per_s: 0 });
    }
  }
  for (const [source, target, messages, bytes] of picture.traffic) {
    const [from, to] = [picture.atoms.get(source)?.node, picture.atoms.get(target)?.node];
    const peer = from === node ? to : to === node ? from : undefined;
    if (peer === undefined || peer === node || peer === "") {
      continue;
    }
    const row = found.get(peer) ?? {
      peer,
      rtt_ms: Number.NaN,
      bytes_per_s: 0,
      messages_per_s: 0,
      traffic_bytes_per_s: 0,
    };
    row.messages_per_s += messages;
    row.traffic_bytes_per_s += bytes;
    found.set(peer, row);
  }
  return [...found.values()].sort((a, b) => (a.peer < b.peer ? -1 : 1));
}
