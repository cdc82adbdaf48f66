// @ts-check
/** The frame of all views: head, navigation, status, sign-in, and the view of the address. */
import { problemOf } from "../../core/rest.js";
import { html, useChange, useEffect, useErrorBoundary, useState } from "../../core/ui.js";
import { ProblemView } from "../../part/problem.js";
import { t } from "../../text/text.js";
import { Head } from "./head.js";
import { SignIn } from "./signin.js";
import { load, view } from "./views.js";

/** @typedef {import("../../core/app.js").App} App */

/** @param {{app: App}} props */
export function Frame({ app }) {
  useChange(app);
  useChange(app.route);
  const [problem, setProblem] = useState(/** @type {import("../../core/rest.js").Problem|null} */ (null));
  const session = app.account;
  const may = session.may("read");

  useEffect(() => {
    let here = true;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    let timer;
    async function ask() {
      try {
        await session.ask();
        if (here) setProblem(null);
      } catch (error) {
        if (!here) return;
        setProblem(problemOf(error));
        timer = setTimeout(ask, 1000);
      }
    }
    if (!session.known) void ask();
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, []);
  useEffect(() => {
    if (may) app.source.begin();
    else if (session.known) app.source.end();
  }, [may]);

  /** @type {any} */
  let inside = null;
  if (!session.known) inside = problem && html`<div class="center"><${ProblemView} problem=${problem} /></div>`;
  else if (!may) inside = html`<${SignIn} app=${app} />`;
  else inside = html`<${Outlet} app=${app} />`;
  return html`
    <a class="skip" href="#inside" onClick=${skip}>${t("shell.skip")}</a>
    <${Head} app=${app} />
    ${may && app.source.bar && html`<${app.source.bar} app=${app} />`}
    <main id="inside" class="inside" tabindex="-1">${inside}</main>
  `;
}

/** To what is in the page, past the head; the address is the views' own. @param {Event} event */
function skip(event) {
  event.preventDefault();
  document.getElementById("inside")?.focus();
}

/**
 * Name of the view of an address: that of an empty address depends on whether the realm has atoms.
 * @param {App} app
 */
function wanted(app) {
  const { view: name } = app.route.now;
  if (name !== "") return name;
  if (!app.picture.loaded) return "";
  return app.picture.atoms.size === 0 ? "first" : "map";
}

/** @param {{app: App}} props */
function Outlet({ app }) {
  useChange(app.picture.loaded ? STILL : app.picture);
  const [, again] = useState(0);
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const now = wanted(app);
  // What was decided for an empty address holds until another is gone to: the first run stays while its atoms come.
  const [decided, setDecided] = useState("");
  const name = app.route.now.view === "" ? decided || now : now;
  useEffect(() => {
    setDecided(app.route.now.view === "" ? name : "");
  }, [name, app.route.now.view]);
  const made = view(name);
  useEffect(() => {
    if (!name || made) return undefined;
    let here = true;
    setFailed(null);
    load(name).then(
      () => here && again((n) => n + 1),
      (error) => here && setFailed(error),
    );
    return () => {
      here = false;
    };
  }, [name]);
  useEffect(() => {
    document.title = name ? `${t(`shell.view.${name}`)} · Sojourn` : "Sojourn";
  });
  if (failed)
    return html`<div class="center"><${ProblemView} problem=${problemOf(failed)} retry=${() => location.reload()} /></div>`;
  if (!made) return html`<div class="center quiet-text" role="status">${t("shell.loading")}</div>`;
  const { params, query } = app.route.now;
  return html`<${Guarded} key=${`${name} ${JSON.stringify(params)}`} app=${app} made=${made} params=${params} query=${query} />`;
}

const STILL = { onChange: () => () => {} };

/** A view that fails takes nothing else with it. @param {{app: App, made: any, params: any, query: any}} props */
function Guarded({ app, made, params, query }) {
  const [error, reset] = useErrorBoundary((caught) => console.error(caught));
  if (error) return html`<div class="center"><${ProblemView} problem=${problemOf(error)} retry=${reset} /></div>`;
  return html`<${made} app=${app} params=${params} query=${query} />`;
}
