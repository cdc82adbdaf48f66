// @ts-check
/**
 * What is filled in on the start page, and the body of `POST /v1/atoms` that follows. Pure.
 *
 *   EMPTY, bodyOf(form, digest) -> body        fails with FieldError {field, key, values}; texts: `start.field.KEY`
 *   specOf(form) -> what is wanted of it, as `POST /v1/place` takes it
 *   words('a "b c"') -> ["a", "b c"]           as a shell splits them, without anything else that shells do
 */

/** @typedef {{path: string, bytes: Uint8Array}} File */
/** @typedef {{path: string, kind: "memory"|"host", host: string, files: File[]}} Mount */
/**
 * @typedef {object} Form
 * @property {string} name
 * @property {string} program
 * @property {string} arguments
 * @property {string} environment lines NAME=VALUE
 * @property {Mount[]} mounts
 * @property {"none"|"text"|"later"} input
 * @property {string} stdin
 * @property {string} channels lines `PATH MODE`
 * @property {string} channelTo
 * @property {string} listen
 * @property {string} policy
 * @property {string} objective
 * @property {string} require
 * @property {string} tags
 * @property {string} restart
 * @property {string} checkpoint seconds
 * @property {string} node
 */

/** @type {Readonly<Form>} */
export const EMPTY = Object.freeze({
  name: "",
  program: "",
  arguments: "",
  environment: "",
  mounts: [],
  input: "none",
  stdin: "",
  channels: "",
  channelTo: "",
  listen: "",
  policy: "",
  objective: "",
  require: "",
  tags: "",
  restart: "",
  checkpoint: "",
  node: "",
});

export const POLICIES = [
  "objective",
  "spread",
  "pack",
  "nearest",
  "deadline",
  "energy",
  "co_locate",
  "round_robin",
  "least_modules",
  "admm",
  "admm_distributed",
];
/** Most that a request may have, in base64 and all; see `gateway/http/limit.py`. */
export const BODY_BYTES = 2 ** 20;
const LOCAL_NAME = /^[A-Za-z0-9._-]{1,64}$/;
const STDIN = "/dev/stdin";

export class FieldError extends Error {
  /** @param {string} field @param {string} key @param {Record<string, string|number>} [values] */
  constructor(field, key, values = {}) {
    super(`${field}: ${key}`);
    this.field = field;
    this.key = key;
    this.values = values;
  }
}

/**
 * @param {string} text
 * @returns {string[]}
 */
export function words(text) {
  const found = [];
  let word = "";
  let begun = false;
  let quote = "";
  for (let at = 0; at < text.length; at += 1) {
    const sign = /** @type {string} */ (text[at]);
    if (quote && sign === quote) quote = "";
    else if (sign === "\\" && quote !== "'" && at + 1 < text.length) word += text[++at];
    else if (quote) word += sign;
    else if (sign === '"' || sign === "'") [quote, begun] = [sign, true];
    else if (/\s/.test(sign)) {
      if (begun || word) found.push(word);
      [word, begun] = ["", false];
    } else word += sign;
  }
  if (quote) throw new FieldError("arguments", "quote", { quote });
  if (begun || word) found.push(word);
  return found;
}

/** @param {string} text */
function lines(text) {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

/**
 * @param {string} text
 * @returns {Record<string, string>}
 */
export function environmentOf(text) {
  /** @type {[string, string][]} */
  const pairs = lines(text).map((line) => {
    const at = line.indexOf("=");
    if (at < 1) throw new FieldError("environment", "variable", { line });
    return [line.slice(0, at), line.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

/**
 * @param {string} text
 * @returns {Record<string, string>}
 */
export function channelsOf(text) {
  /** @type {[string, string][]} */
  const pairs = lines(text).map((line) => {
    const found = /^(\/\S+)\s+(r|w|rw)$/.exec(line);
    if (!found) throw new FieldError("channels", "channel", { line });
    return [String(found[1]), String(found[2])];
  });
  return Object.fromEntries(pairs);
}

/** @param {string} field @param {string} text */
function amount(field, text) {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new FieldError(field, "number", { text });
  return value;
}

/**
 * What is wanted of it; what is left empty is not said.
 * @param {Readonly<Form>} form
 */
export function specOf(form) {
  /** @type {Record<string, unknown>} */
  const spec = {};
  for (const key of /** @type {const} */ (["policy", "objective", "require", "restart"]))
    if (form[key].trim()) spec[key] = form[key].trim();
  const tags = form.tags.split(/[\s,]+/).filter(Boolean);
  if (tags.length) spec.tags = tags;
  if (form.checkpoint.trim()) spec.checkpoint_s = amount("checkpoint", form.checkpoint);
  return spec;
}

/**
 * @param {Mount[]} mounts
 */
function mountsOf(mounts) {
  /** @type {Record<string, unknown>} */
  const found = {};
  for (const { path, kind, host, files } of mounts) {
    if (!path.startsWith("/")) throw new FieldError("mounts", "path", { path });
    if (Object.hasOwn(found, path)) throw new FieldError("mounts", "twice", { path });
    if (kind === "host" && !host.startsWith("/")) throw new FieldError("mounts", "host", { path });
    found[path] =
      kind === "host" ? { host } : { files: Object.fromEntries(files.map((file) => [file.path, base64(file.bytes)])) };
  }
  return found;
}

/**
 * @param {Readonly<Form>} form
 * @param {string} digest of its module
 * @returns {Record<string, unknown>}
 */
export function bodyOf(form, digest) {
  const name = form.name.trim();
  if (name && !LOCAL_NAME.test(name)) throw new FieldError("name", "name", { name });
  const channels = channelsOf(form.channels);
  if (form.input === "later") channels[STDIN] = "r";
  const listen = form.listen.split(/[\s,]+/).filter(Boolean);
  /** @type {Record<string, unknown>} */
  const said = {
    module: digest,
    program: form.program.trim(),
    arguments: words(form.arguments),
    environment: environmentOf(form.environment),
    mounts: mountsOf(form.mounts),
    stdin: form.input === "text" ? base64(new TextEncoder().encode(form.stdin)) : "",
    listen,
    name: name || null,
    channels,
    channel_to: form.channelTo.trim() || null,
    spec: specOf(form),
    node: form.node || null,
  };
  const body = Object.fromEntries(Object.entries(said).filter(([, value]) => !isEmpty(value)));
  const size = new TextEncoder().encode(JSON.stringify(body)).length;
  if (size > BODY_BYTES) throw new FieldError("mounts", "large", { size, most: BODY_BYTES });
  return body;
}

/** @param {unknown} value */
function isEmpty(value) {
  if (value === null || value === "") return true;
  return typeof value === "object" && Object.keys(/** @type {object} */ (value)).length === 0;
}

/** @param {Uint8Array} bytes */
export function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
