import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { asked, PAGE, sources, templates, withoutComments, words } from "../source.js";

/** @typedef {string | {one: string, other: string}} Text */

/**
 * @param {string} language
 * @returns {string[]}
 */
function rooms(language) {
  const folder = join(PAGE, "text", language);
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/**
 * All texts of a language.
 * @param {string} language
 * @returns {Promise<Map<string, Text>>}
 */
async function texts(language) {
  const found = new Map();
  for (const room of rooms(language)) {
    const part = (await import(join(PAGE, "text", language, room))).default;
    for (const [key, text] of Object.entries(part)) {
      assert.equal(found.has(key), false, `${language}: ${key} is there twice`);
      assert.equal(key.split(".")[0], basename(room, ".js"), `${language}/${room}: ${key} belongs to another file`);
      found.set(key, text);
    }
  }
  return found;
}

/** @param {Text | undefined} text */
function placeholders(text) {
  const forms = typeof text === "string" ? [text] : Object.values(text ?? {});
  return [...new Set(forms.flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();
}

const english = await texts("en");
const german = await texts("de");
const code = sources()
  .filter((source) => !source.name.startsWith("text/"))
  .map(({ name, text }) => ({ name, text: withoutComments(text) }));

test("both languages have the same texts with the same placeholders", () => {
  assert.deepEqual(rooms("de"), rooms("en"));
  assert.deepEqual([...german.keys()].sort(), [...english.keys()].sort());
  for (const [key, text] of english) {
    const other = german.get(key);
    assert.deepEqual(placeholders(other), placeholders(text), key);
    assert.equal(typeof other, typeof text, key);
    for (const form of [text, other].flatMap((each) => (typeof each === "string" ? [each] : Object.values(each ?? {}))))
      assert.match(form, /\S/, key);
  }
});

test("every text that is asked for is there", () => {
  const missing = code.flatMap(({ name, text }) => {
    const { keys, beginnings } = asked(text);
    const unknown = keys.filter((key) => !english.has(key));
    const empty = beginnings.filter((part) => ![...english.keys()].some((key) => key.startsWith(part)));
    return [...unknown, ...empty].map((key) => `${name}: ${key}`);
  });
  assert.deepEqual(missing, []);
});

test("every text is used", () => {
  // A key may be in a table that the code chooses from, or put together from its beginning.
  const all = code.map(({ text }) => text).join("\n");
  const beginnings = [...all.matchAll(/`([a-z]\w*\.[^`$]*)\$\{/g)].map((match) => match[1] ?? "");
  const named = new Set([...all.matchAll(/["'`]([a-z]\w*(?:\.[\w-]+)+)["'`]/g)].map((match) => match[1]));
  const unused = [...english.keys()].filter(
    (key) => !named.has(key) && !beginnings.some((beginning) => key.startsWith(beginning)),
  );
  assert.deepEqual(unused, []);
});

test("views say nothing in one language only", () => {
  const said = code.flatMap(({ name, text }) =>
    templates(text)
      .flatMap(words)
      .map((part) => `${name}: ${part}`),
  );
  assert.deepEqual(said, []);
});
