/**
 * What the sources of the page say: texts in their markup, and the keys of texts that they ask for.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const PAGE = join(dirname(fileURLToPath(import.meta.url)), "../../python/sojourn/dashboard/page");

/**
 * The page's own JavaScript.
 * @returns {{name: string, text: string}[]} By path from the page's folder on.
 */
export function sources(folder = PAGE) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === "vendor" ? [] : sources(path);
      return path.endsWith(".js") ? [{ name: relative(PAGE, path), text: readFileSync(path, "utf8") }] : [];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * A source without its comments. Strings and templates stay as they are.
 * @param {string} text
 */
export function withoutComments(text) {
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`/g;
  return text.replace(token, (part) => (part.startsWith("/") ? " " : part));
}

/**
 * The templates html`...` of a source, also those within others, each with `${}` for what is put in.
 * @param {string} text
 * @returns {string[]}
 */
export function templates(text) {
  /** @type {string[]} */
  const found = [];
  let at = 0;
  while (true) {
    at = text.indexOf("html`", at);
    if (at < 0) return found;
    at = template(text, at + "html`".length, found);
  }
}

/**
 * Reads one template from behind its opening mark on; returns where it ends.
 * @param {string} text
 * @param {number} from
 * @param {string[]} found
 */
function template(text, from, found) {
  let said = "";
  let at = from;
  while (at < text.length && text[at] !== "`") {
    if (text.startsWith("${", at)) {
      said += "${}";
      at = expression(text, at + 2, found);
    } else {
      said += text[at];
      at += text[at] === "\\" ? 2 : 1;
    }
  }
  found.push(said);
  return at + 1;
}

/**
 * Reads an expression up to its closing brace; returns what follows it.
 * @param {string} text
 * @param {number} from
 * @param {string[]} found
 */
function expression(text, from, found) {
  let depth = 1;
  let at = from;
  while (at < text.length) {
    const sign = text[at];
    if (sign === '"' || sign === "'") at = quoted(text, at);
    else if (sign === "`") at = template(text, at + 1, text.slice(at - 4, at) === "html" ? found : []);
    else {
      if (sign === "{") depth++;
      if (sign === "}" && --depth === 0) return at + 1;
      at++;
    }
  }
  return at;
}

/**
 * @param {string} text
 * @param {number} from Where its mark is.
 */
function quoted(text, from) {
  let at = from + 1;
  while (at < text.length && text[at] !== text[from]) at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

const SPOKEN = /\s(?:aria-label|aria-description|title|placeholder|alt|label)="([^"]*)"/g;
const WORD = /\p{L}{2,}/u;

/**
 * Words that a template says itself, that is: in one language.
 * @param {string} template As of `templates`.
 * @returns {string[]}
 */
export function words(template) {
  const between = template.replace(/<!--[\s\S]*?-->/g, "").split(/<[^<>]*>/);
  const attributes = [...template.matchAll(SPOKEN)].map((match) => match[1] ?? "");
  return [...between, ...attributes]
    .map((part) => part.replaceAll("${}", " ").replace(/&\w+;/g, " "))
    .map((part) => part.trim())
    .filter((part) => WORD.test(part));
}

/**
 * The keys of texts that a source asks for by `t("key")`, and the beginnings of those that it puts together.
 * @param {string} text
 * @returns {{keys: string[], beginnings: string[]}}
 */
export function asked(text) {
  const keys = [...text.matchAll(/\bt\(\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
  const beginnings = [...text.matchAll(/\bt\(\s*`([^`$]*)\$\{/g)].map((match) => match[1] ?? "");
  return { keys, beginnings };
}
