// @ts-check
/**
 * Definitions of programs as `PUT /v1/programs/NAME` takes them, and as people edit them. Pure.
 *
 *   formOf(part) -> fields of a part          applied(part, fields) -> the part with them; what has no field stays
 *   partOfAtom(record, inspection, taken)     an atom that runs, as a part which it is already
 *   PROGRAM, PART                             what names may be
 */
import { localName } from "../../core/record.js";
import { environmentOf, words } from "../start/form.js";

/** @typedef {Record<string, any> & {part: string, module: string}} Part */
/** @typedef {{description: string, strategy: string, parts: Part[]}} Definition */
/** @typedef {{part: string, arguments: string, environment: string, policy: string, objective: string, require: string, node: string, restart: string}} Fields */

export const PROGRAM = /^[A-Za-z0-9._-]{1,32}$/;
export const PART = /^[A-Za-z0-9._-]{1,22}$/;
const PART_LENGTH = 22;
const PLAIN = /^[\w@%+=:,./-]+$/;
const SPEC = /** @type {const} */ (["policy", "objective", "require", "restart"]);

/**
 * Words as they are typed, so that splitting gives the same.
 * @param {readonly string[]} list
 */
export function typed(list) {
  return list
    .map((word) => (PLAIN.test(word) ? word : `"${word.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`))
    .join(" ");
}

/**
 * @param {Part} part
 * @returns {Fields}
 */
export function formOf(part) {
  const spec = part.spec ?? {};
  return {
    part: part.part,
    arguments: typed(part.arguments ?? []),
    environment: Object.entries(part.environment ?? {})
      .map(([name, value]) => `${name}=${value}`)
      .join("\n"),
    policy: spec.policy === "objective" ? "" : (spec.policy ?? ""),
    objective: spec.objective ?? "",
    require: spec.require ?? "",
    restart: spec.restart ?? "",
    node: part.node ?? "",
  };
}

/**
 * @param {Part} part
 * @param {Fields} fields
 * @returns {Part}
 */
export function applied(part, fields) {
  const spec = { ...part.spec };
  for (const key of SPEC) {
    const told = fields[key].trim();
    if (told) spec[key] = told;
    else delete spec[key];
  }
  return {
    ...part,
    part: fields.part.trim(),
    arguments: words(fields.arguments),
    environment: environmentOf(fields.environment),
    spec,
    node: fields.node || null,
  };
}

/**
 * A name for a part that no other has.
 * @param {string} wanted
 * @param {ReadonlySet<string>} taken
 */
export function partName(wanted, taken) {
  const plain = wanted.replace(/[^A-Za-z0-9._-]/g, "-").slice(0, PART_LENGTH) || "part";
  for (let count = 1; ; count += 1) {
    const ending = count === 1 ? "" : `-${count}`;
    const name = plain.slice(0, PART_LENGTH - ending.length) + ending;
    if (!taken.has(name)) return name;
  }
}

/**
 * An atom that runs, as a part of a program which it is already.
 * @param {any} record of `GET /v1/atoms/..`
 * @param {any} inspection of `POST /v1/atoms/../inspection`; null: it could not be looked into
 * @param {ReadonlySet<string>} taken names of other parts
 * @returns {Part}
 */
export function partOfAtom(record, inspection, taken) {
  const [program = "", ...given] = inspection?.arguments ?? [];
  // Those in memory cannot be told apart from what it has written there.
  const mounts = (inspection?.mounts ?? []).filter((/** @type {any} */ each) => each.host);
  const { group: _group, strategy: _strategy, ...spec } = record.spec ?? {};
  return {
    part: partName(localName(record.name), taken),
    module: record.module,
    program,
    arguments: given,
    mounts: Object.fromEntries(mounts.map((/** @type {any} */ each) => [each.path, { host: each.host }])),
    spec,
    runs_as: record.name,
  };
}
