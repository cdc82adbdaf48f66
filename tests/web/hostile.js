/**
 * Texts that want to be more than text, and a controller that tells everything in them.
 */
import { createServer, request } from "node:http";

/** Each would leave a mark, or turn, hide or stretch what is around it. */
export const TEXTS = [
  '<img src="x" onerror="document.title=`marked`"><b class="marked">bold</b>',
  '"><script>document.title="marked"</script><svg onload=alert(1) class=marked>',
  "\u202emoc.elpmaxe\u202c \u2066isolated\u2069 \u200bnothing\u200b",
  "javascript:alert(1)//</textarea></style><a class=marked href=//example.com>here</a>",
  `${"W".repeat(150)} ${"long ".repeat(20)}`,
  "👩‍👩‍👧‍👦👨🏿‍🚀🏴‍☠️Z̵̢͎͓͌͊͠a̷̛̦͑͘l̶̡̏g̵̱̓o̶̰͛",
  "{count} {name} ${t} %s &lt;b&gt; &amp; \\u003cb\\u003e",
  "constructor __proto__ toString",
];

/** Not in an alias or an argument: they are one line. */
export const CONTROL = "\u0000\u0007\u0008\u001b[31mred\u001b[0m\u007f\u009b2J";

// What is read by the page, not by people: names of things in addresses, kinds, states, numbers as text.
const MEANT = new Set([
  ...[
    "name",
    "names",
    "atom",
    "node",
    "subject",
    "source",
    "target",
    "birth",
    "keeper",
    "module",
    "digest",
    "hash",
    "next",
  ],
  ...[
    "kind",
    "state",
    "wish",
    "phase",
    "role",
    "type",
    "scope",
    "scopes",
    "status",
    "pointer",
    "trace",
    "trace_address",
  ],
  ...[
    "source_node",
    "policy",
    "image",
    "id",
    "mode",
    "architecture",
    "engine",
    "cursor",
    "base64",
    "gone_atoms",
    "gone_nodes",
  ],
]);

/**
 * The same value with hostile texts in the place of each that is for people.
 * @param {any} value
 * @param {string} [key] Under which it was.
 * @param {{at: number}} [count] How many there were.
 * @returns {any}
 */
export function spoilt(value, key = "", count = { at: 0 }) {
  if (typeof value === "string") {
    if (MEANT.has(key) || value === "") return value;
    return `${TEXTS[count.at++ % TEXTS.length]} ${CONTROL}`;
  }
  if (Array.isArray(value)) return value.map((each) => spoilt(each, key, count));
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value.columns) && Array.isArray(value.rows)) {
    const rows = value.rows.map((/** @type {any[]} */ row) =>
      row.map((cell, place) => spoilt(cell, value.columns[place], count)),
    );
    return { ...value, rows };
  }
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, spoilt(each, name, count)]));
}

/**
 * A controller at an address of its own, which answers as another one does, but with hostile texts.
 * @param {string} url Of the other one.
 * @returns {Promise<{url: string, end: () => Promise<void>}>}
 */
export async function hostileController(url) {
  const { hostname, port } = new URL(url);
  const server = createServer((asked, answer) => {
    // It has to be read, so it must not be packed; what is cached would not be hostile; and nobody asks from elsewhere.
    const without = new Set(["accept-encoding", "if-none-match", "origin", "referer", "host"]);
    const headers = Object.fromEntries(Object.entries(asked.headers).filter(([name]) => !without.has(name)));
    const passed = request({ hostname, port, path: asked.url, method: asked.method, headers }, (told) => {
      const type = told.headers["content-type"] ?? "";
      const head = { ...told.headers };
      delete head["content-length"];
      delete head["transfer-encoding"];
      answer.writeHead(told.statusCode ?? 500, head);
      told.on("error", () => answer.destroy());
      if (type.startsWith("text/event-stream")) lines(told, answer);
      else if (type.includes("json") && asked.url?.startsWith("/v1/")) whole(told, answer);
      else told.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    answer.on("close", () => passed.destroy());
    asked.pipe(passed);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const place = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${place.port}`,
    end: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve(undefined));
      }),
  };
}

/**
 * Events, spoilt line by line.
 * @param {import("node:http").IncomingMessage} told
 * @param {import("node:http").ServerResponse} answer
 */
function lines(told, answer) {
  let rest = "";
  told.setEncoding("utf8");
  told.on("data", (/** @type {string} */ part) => {
    const all = (rest + part).split("\n");
    rest = all.pop() ?? "";
    for (const line of all) {
      const data = /^data: ?(.*)$/.exec(line)?.[1];
      answer.write(data?.startsWith("{") ? `data: ${JSON.stringify(spoilt(JSON.parse(data)))}\n` : `${line}\n`);
    }
  });
  told.on("end", () => answer.end(rest));
}

/**
 * @param {import("node:http").IncomingMessage} told
 * @param {import("node:http").ServerResponse} answer
 */
function whole(told, answer) {
  let text = "";
  told.setEncoding("utf8");
  told.on("data", (/** @type {string} */ part) => {
    text += part;
  });
  told.on("end", () => answer.end(text && JSON.stringify(spoilt(JSON.parse(text)))));
}
