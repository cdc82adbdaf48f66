// @ts-check
/**
 * What was seen of an atom over time, and whom it talks with. Pure.
 *
 *   samples.add(at, atom, traffic)      samples.at / .cores / .memory / .queue / .received / .sent   (arrays, the oldest first)
 *   peersOf(traffic, name) -> [{peer, in_per_s, in_bytes, out_per_s, out_bytes}]     the strongest first
 */

/** @typedef {{peer: string, in_per_s: number, in_bytes: number, out_per_s: number, out_bytes: number}} Peer */
/** @typedef {[string, string, number, number]} Flow */

export const SAMPLES = 600;
const BACK_S = 5;

/**
 * @param {readonly Flow[]} traffic source, target, messages a second, bytes a second
 * @param {string} name
 * @returns {Peer[]}
 */
export function peersOf(traffic, name) {
  /** @type {Map<string, Peer>} */
  const found = new Map();
  /** @param {string} peer */
  const of = (peer) => {
    const there = found.get(peer) ?? { peer, in_per_s: 0, in_bytes: 0, out_per_s: 0, out_bytes: 0 };
    found.set(peer, there);
    return there;
  };
  for (const [source, target, messages, bytes] of traffic) {
    if (target === name) {
      const peer = of(source);
      peer.in_per_s += messages;
      peer.in_bytes += bytes;
    }
    if (source === name) {
      const peer = of(target);
      peer.out_per_s += messages;
      peer.out_bytes += bytes;
    }
  }
  return [...found.values()].sort((a, b) => b.in_bytes + b.out_bytes - a.in_bytes - a.out_bytes);
}

export class Samples {
  constructor(most = SAMPLES) {
    this._most = most;
    /** @type {number[]} */
    this.at = [];
    /** @type {(number|null)[]} */
    this.cores = [];
    /** @type {(number|null)[]} */
    this.memory = [];
    /** @type {(number|null)[]} */
    this.queue = [];
    /** @type {(number|null)[]} */
    this.received = [];
    /** @type {(number|null)[]} */
    this.sent = [];
  }

  /**
   * @param {number} at seconds; what is not later than the last is left out
   * @param {{cores: number, memory_bytes: number, queue: number}|undefined} atom
   * @param {readonly Flow[]} traffic
   * @param {string} name
   */
  add(at, atom, traffic, name) {
    const last = this.at.at(-1) ?? Number.NEGATIVE_INFINITY;
    // A recording was taken back to an earlier time: what was seen is of later.
    if (at < last - BACK_S) this._clear();
    else if (at <= last) return;
    const peers = atom ? peersOf(traffic, name) : [];
    this.at.push(at);
    this.cores.push(atom ? atom.cores : null);
    this.memory.push(atom ? atom.memory_bytes : null);
    this.queue.push(atom ? atom.queue : null);
    this.received.push(atom ? peers.reduce((sum, peer) => sum + peer.in_per_s, 0) : null);
    this.sent.push(atom ? peers.reduce((sum, peer) => sum + peer.out_per_s, 0) : null);
    if (this.at.length > this._most) for (const each of this._all()) each.shift();
  }

  _clear() {
    for (const each of this._all()) each.length = 0;
  }

  _all() {
    return [this.at, this.cores, this.memory, this.queue, this.received, this.sent];
  }
}
