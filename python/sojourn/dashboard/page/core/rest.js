// @ts-check
/**
 * What the page asks of the controller. Every answer is JSON; every failure a `Problem`.
 *
 *   rest.get(path, {query, signal}) -> Promise(parsed)         post / put / patch / remove (path, body, {query, once, signal})
 *   rest.send(path, bytes, type, {query, once})                a body that is not JSON, as a module
 *   rest.lines(path, body, {onText, signal, accept})           a long answer, as text while it comes
 *   rest.all(path, {query, most}) -> Promise(items)            all parts of a list, one after the other
 *   rest.stream(path, {query, lastId, onEvent, onState, signal}) -> {close()}
 *       onEvent({id, event, data})   data parsed from JSON, or the text where it is none
 *       onState("open"|"waiting"|"closed", problem?)   waiting: it tries again by itself; closed: it does not
 *
 * `once` (true, or a key) adds an Idempotency-Key: sent again with the same, it happens once.
 * `Problem` is an Error with {status, name, detail, hint, pointer, definite}; status 0: nobody answered.
 */

import { t } from "../text/text.js";
import { EventReader, waitOf } from "./stream.js";

export class Problem extends Error {
  /** @param {{status?: number, name?: string, detail?: string, hint?: string, pointer?: string, definite?: boolean} & Record<string, any>} told */
  constructor(told) {
    super(told.detail || told.name || "");
    this.status = told.status ?? 0;
    this.name = told.name ?? "";
    this.detail = told.detail ?? "";
    this.hint = told.hint ?? "";
    this.pointer = told.pointer ?? "";
    this.definite = told.definite ?? true;
    this.expression = told.expression ?? "";
    this.start = told.start ?? 0;
    this.end = told.end ?? 0;
  }
}

/**
 * Any error as a problem that can be shown.
 * @param {any} error
 * @returns {Problem}
 */
export function problemOf(error) {
  if (error instanceof Problem) return error;
  return new Problem({ name: error?.name ?? "Error", detail: String(error?.message ?? error), definite: false });
}

/** @typedef {Record<string, string|number|boolean|null|undefined>} Query */
/** @typedef {{query?: Query, once?: boolean|string, signal?: AbortSignal}} Options */
/** @typedef {{id: string, event: string, data: any}} StreamEvent */
/**
 * @typedef {object} StreamOptions
 * @property {Query} [query]
 * @property {string} [lastId]
 * @property {(event: StreamEvent) => void} onEvent
 * @property {(state: "open"|"waiting"|"closed", problem?: Problem) => void} [onState]
 * @property {AbortSignal} [signal]
 */

/**
 * Path with query; values that are undefined, null or "" are left out.
 * @param {string} path
 * @param {Query} [query]
 */
export function addressOf(path, query) {
  const told = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") told.set(key, String(value));
  }
  const text = told.toString();
  return text ? `${path}?${text}` : path;
}

export class Rest {
  /**
   * @param {object} made
   * @param {() => string} made.token what to show; "": nothing
   * @param {string} [made.origin] of another controller, with https:// in front; "": the page's own
   * @param {typeof fetch} [made.fetch]
   */
  constructor({ token, origin = "", fetch: asks }) {
    this._token = token;
    this._origin = origin;
    this._fetch = asks ?? ((/** @type {any} */ ...given) => fetch(.../** @type {[any]} */ (given)));
    /** @type {Set<() => void>} */
    this._refused = new Set();
  }

  /**
   * Told when a token was refused (401), so that the page asks for one.
   * @param {() => void} told
   */
  onRefused(told) {
    this._refused.add(told);
    return () => this._refused.delete(told);
  }

  /** @param {string} path @param {Options} [options] */
  get(path, options) {
    return this._json("GET", path, undefined, options);
  }

  /** @param {string} path @param {any} [body] @param {Options} [options] */
  post(path, body, options) {
    return this._json("POST", path, body, options);
  }

  /** @param {string} path @param {any} [body] @param {Options} [options] */
  put(path, body, options) {
    return this._json("PUT", path, body, options);
  }

  /** @param {string} path @param {any} [body] @param {Options} [options] */
  patch(path, body, options) {
    return this._json("PATCH", path, body, options);
  }

  /** @param {string} path @param {any} [body] @param {Options} [options] */
  remove(path, body, options) {
    return this._json("DELETE", path, body, options);
  }

  /**
   * A body of bytes.
   * @param {string} path
   * @param {BodyInit} bytes
   * @param {string} type its media type
   * @param {Options} [options]
   */
  async send(path, bytes, type, options = {}) {
    return answerOf(await this._ask("POST", path, bytes, { "content-type": type }, options));
  }

  /**
   * What a long answer says, as text in any pieces, while it comes.
   * @param {string} path
   * @param {any} body
   * @param {{onText: (piece: string) => void, signal?: AbortSignal, accept: string}} options
   */
  async lines(path, body, { onText, signal, accept }) {
    const headers = { "content-type": "application/json", accept };
    const answer = await this._ask("POST", path, JSON.stringify(body), headers, signal ? { signal } : {});
    if (answer.body) await textOf(answer.body, onText);
  }

  /**
   * All items of a list that comes in parts, at most `most`.
   * @param {string} path
   * @param {Options & {most?: number}} [options]
   * @returns {Promise<any[]>}
   */
  async all(path, { most = 10000, ...options } = {}) {
    const items = [];
    let cursor = "";
    do {
      const part = await this.get(path, { ...options, query: { ...options.query, cursor } });
      for (const item of part.items) items.push(item);
      cursor = part.next ?? "";
    } while (cursor && items.length < most);
    return items;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {any} body
   * @param {Options} [options]
   */
  async _json(method, path, body, options = {}) {
    const told = body === undefined ? undefined : JSON.stringify(body);
    /** @type {Record<string, string>} */
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    return answerOf(await this._ask(method, path, told, headers, options));
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {BodyInit|undefined} body
   * @param {Record<string, string>} headers
   * @param {Options} options
   */
  async _ask(method, path, body, headers, { query, once, signal }) {
    /** @type {Record<string, string>} */
    const told = { accept: "application/json", ...headers, ...this._bearer() };
    if (once) told["idempotency-key"] = once === true ? onceKey() : once;
    /** @type {RequestInit} */
    const request = { method, headers: told, cache: "no-store", credentials: "omit" };
    if (body !== undefined) request.body = body;
    if (signal) request.signal = signal;
    let answer;
    try {
      answer = await this._fetch(this._origin + addressOf(path, query), request);
    } catch (error) {
      if (signal?.aborted) throw error;
      throw unanswered(method);
    }
    if (!answer.ok) throw await this._problem(answer);
    return answer;
  }

  /** @returns {Record<string, string>} */
  _bearer() {
    const token = this._token();
    return token ? { authorization: `Bearer ${token}` } : {};
  }

  /** @param {Response} answer */
  async _problem(answer) {
    if (answer.status === 401) for (const told of this._refused) told();
    let told = {};
    try {
      told = await answer.json();
    } catch {
      // Somebody in between answered, who knows nothing of problem documents: the status has to do.
    }
    return new Problem({
      detail: t("shell.problem.status", { status: answer.status }),
      definite: answer.status < 500,
      ...told,
      status: answer.status,
    });
  }

  /**
   * Follows a stream; begins again after its last event when the connection ends.
   * @param {string} path
   * @param {StreamOptions} options
   * @returns {{close: () => void}}
   */
  stream(path, options) {
    const ending = new AbortController();
    const outer = options.signal;
    if (outer?.aborted) ending.abort();
    outer?.addEventListener("abort", () => ending.abort(), { once: true, signal: ending.signal });
    void this._follow(path, options, ending.signal);
    return { close: () => ending.abort() };
  }

  /**
   * @param {string} path
   * @param {StreamOptions} options
   * @param {AbortSignal} signal
   */
  async _follow(path, { query, lastId = "", onEvent, onState = () => {} }, signal) {
    let reader = new EventReader(lastId);
    let failed = 0;
    while (!signal.aborted) {
      try {
        /** @type {Record<string, string>} */
        const headers = { accept: "text/event-stream" };
        if (reader.lastId) headers["last-event-id"] = reader.lastId;
        const answer = await this._ask("GET", path, undefined, headers, { query: query ?? {}, signal });
        if (answer.status === 204) return onState("closed");
        onState("open");
        reader = new EventReader(reader.lastId);
        await this._read(answer, reader, (event) => {
          failed = 0;
          onEvent(event);
        });
        if (!signal.aborted) onState("waiting", unanswered("GET"));
      } catch (error) {
        if (signal.aborted) return;
        const problem = problemOf(error);
        if (!passes(problem)) return onState("closed", problem);
        onState("waiting", problem);
      }
      await pause(waitOf(failed, reader.retry_ms), signal);
      failed += 1;
    }
  }

  /**
   * @param {Response} answer
   * @param {EventReader} reader
   * @param {(event: StreamEvent) => void} onEvent
   */
  async _read(answer, reader, onEvent) {
    if (!answer.body) return;
    const bytes = answer.body.getReader();
    const decoder = new TextDecoder();
    try {
      for (;;) {
        const { done, value } = await bytes.read();
        if (done) return;
        for (const event of reader.push(decoder.decode(value, { stream: true })))
          onEvent({ ...event, data: parsed(event.data) });
      }
    } finally {
      bytes.cancel().catch(() => {});
    }
  }
}

/** Whether it may be well again by itself: nobody answered, too much at once, or the controller is not well. @param {Problem} problem */
function passes(problem) {
  return problem.status === 0 || problem.status === 408 || problem.status === 429 || problem.status >= 500;
}

/** A key that nobody else has. `randomUUID` is only where the page came by https or from this machine. */
export function onceKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} method */
function unanswered(method) {
  return new Problem({
    name: "NoAnswer",
    detail: t("shell.problem.unanswered"),
    hint: t("shell.problem.unanswered.hint"),
    definite: method === "GET",
  });
}

/** @param {Response} answer */
async function answerOf(answer) {
  if (answer.status === 204) return null;
  const type = answer.headers.get("content-type") ?? "";
  return type.includes("json") ? answer.json() : answer.text();
}

/**
 * Text in UTF-8 from a stream of bytes, in pieces.
 * @param {ReadableStream<Uint8Array>} stream
 * @param {(piece: string) => void} onText
 */
export async function textOf(stream, onText) {
  const bytes = stream.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await bytes.read();
      if (done) break;
      onText(decoder.decode(value, { stream: true }));
    }
    onText(decoder.decode());
  } finally {
    bytes.cancel().catch(() => {});
  }
}

/** @param {string} data */
function parsed(data) {
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}

/**
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function pause(ms, signal) {
  return new Promise((done) => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      done();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener("abort", over);
  });
}
