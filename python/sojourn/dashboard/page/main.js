// @ts-check
/** Begins the page: takes the token out of the address, makes the app, draws the frame, and lets the realm come. */
import { Announcer } from "./core/announce.js";
import { App } from "./core/app.js";
import { Route } from "./core/route.js";
import { html, render } from "./core/ui.js";
import { language, need, onLanguage } from "./text/text.js";
import { Frame } from "./view/frame/frame.js";
import { watchDrops } from "./view/start/handed.js";

/** Where the browser lets a page keep something; null where it does not. @param {() => Storage} open */
function storage(open) {
  try {
    return open();
  } catch {
    return undefined;
  }
}

/** A page that nobody has looked at for so long follows nothing. */
const UNSEEN_MS = 30_000;

const said = /** @type {HTMLElement} */ (document.getElementById("said"));
const announcer = new Announcer({
  say: (text) => {
    said.textContent = text;
  },
  now_ms: () => performance.now(),
  later: (what, ms) => setTimeout(what, ms),
});

const route = new Route(window);
const kept = storage(() => sessionStorage);
/** What the page holds, for whoever looks into it from the browser: `(await import("/main.js")).app`. */
export const app = new App({
  route,
  announce: (topic, text) => announcer.tell(topic, text),
  ...(kept ? { storage: kept } : {}),
});

function takeToken() {
  const rest = app.account.take(location.hash);
  if (rest === null) return false;
  history.replaceState(null, "", rest);
  route.query({});
  return true;
}

takeToken();
app.setTheme(storage(() => localStorage)?.getItem("sojourn.theme") ?? "auto");
addEventListener("hashchange", () => {
  if (takeToken()) void app.account.ask().catch(() => {});
});
onLanguage(() => {
  document.documentElement.lang = language();
});
document.documentElement.lang = language();

// A module may be dropped anywhere: it is looked at where atoms are started.
watchDrops(
  () => route.go("#/start"),
  () => app.can("atoms"),
);

await need("shell");
/** @type {ReturnType<typeof setTimeout>|undefined} */
let unseen;
document.addEventListener("visibilitychange", () => {
  clearTimeout(unseen);
  if (document.hidden) unseen = setTimeout(() => app.rests(true), UNSEEN_MS);
  else app.rests(false);
});

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
root.replaceChildren();
render(html`<${Frame} app=${app} />`, root);
