// @ts-check
/** The head: what realm this is, where one can go, how the controller is, and how the page looks. */

import { href } from "../../core/route.js";
import { html, useChange, useEffect, useNow, useState } from "../../core/ui.js";
import { span } from "../../core/unit.js";
import { ActionButton } from "../../part/action.js";
import { Menu } from "../../part/menu.js";
import { Name } from "../../part/name.js";
import { LANGUAGES, language, setLanguage, t } from "../../text/text.js";
import { SHOWN } from "./views.js";

/** @typedef {import("../../core/app.js").App} App */

/** @param {{app: App}} props */
export function Head({ app }) {
  useChange(app);
  const view = app.route.now.view;
  const may = app.account.may("read");
  return html`<header class="head">
    <a class="brand" href="#/map"><svg class="brand-sign" viewBox="0 0 32 32" aria-hidden="true"><path d="M5 22c5 0 6-13 11-13s6 13 11 13" /><circle cx="5" cy="22" r="3" /><circle cx="16" cy="9" r="2.5" /><circle cx="27" cy="22" r="3" /></svg>${"Sojourn"}</a>
    ${may && html`<${Realm} app=${app} />`}
    ${
      may &&
      html`<nav class="nav" aria-label=${t("shell.navigation")}>
      ${SHOWN.map((name) => html`<a key=${name} href=${href(name)} aria-current=${view === name || (view === "" && name === "map") ? "page" : undefined}>${t(`shell.view.${name}`)}</a>`)}
    </nav>`
    }
    <div class="head-end">
      ${may && html`<${Status} app=${app} />`}
      <${Settings} app=${app} />
    </div>
  </header>`;
}

/** @param {{app: App}} props */
function Realm({ app }) {
  useChange(app.picture);
  return app.picture.realm
    ? html`<span class="realm" title=${t("shell.realm")}><${Name} text=${app.picture.realm} most=${24} /></span>`
    : null;
}

/** How the controller is, and whether the page hears of it. @param {{app: App}} props */
function Status({ app }) {
  const source = useChange(app.source);
  useChange(app.picture);
  const now = useNow(1000);
  if (source.kind === "recording") {
    return html`<div class="status" role="group" aria-label=${t("shell.status")}><span class="lamp" data-tone="busy"></span><span>${t("shell.recording")} <${Name} text=${source.label} most=${24} /></span></div>`;
  }
  const open = source.state === "open";
  const tone = open ? "good" : source.state === "closed" ? "bad" : "warn";
  const passed = Math.max(0, Math.floor(now - source.since));
  const since = open ? "" : ` ${t("shell.since", { span: span(passed) })}`;
  const role = app.picture.role;
  return html`<div class="status" role="group" aria-label=${t("shell.status")}>
    <span class="lamp" data-tone=${tone}></span>
    <span title=${source.problem?.detail}>${t(`shell.connection.${source.state}`)}${since}</span>
    ${open && role && html`<span class="status-role">${known(`shell.role.${role}`, role)}</span>`}
    <${Adaptation} app=${app} />
  </div>`;
}

/** A text that there may not be a key for. @param {string} key @param {string} plain */
function known(key, plain) {
  const text = t(key);
  return text === key ? plain : text;
}

/** Whether the realm moves atoms by itself, and the switch for it. @param {{app: App}} props */
function Adaptation({ app }) {
  const [paused, set] = useState(/** @type {boolean|null} */ (null));
  useChange(app.source);
  const open = app.source.state === "open";
  useEffect(() => {
    if (!open) return undefined;
    let here = true;
    const ask = () =>
      app.rest.get("/v1/settings").then(
        (told) => here && set(settingOf(told) === "true"),
        () => {},
      );
    void ask();
    const off = app.events.onEvent((event) => {
      if (event.kind === "realm.setting") void ask();
    });
    return () => {
      here = false;
      off();
    };
  }, [open]);
  if (paused === null) return null;
  return html`<span class="adaptation" data-paused=${paused}>
    ${paused && html`<span class="badge" data-tone="warn">${t("shell.adapt.paused")}</span>`}
    <${ActionButton} app=${app} scope="admin" small=${true} quiet=${true}
      label=${t(paused ? "shell.adapt.resume" : "shell.adapt.pause")} title=${t(paused ? "shell.adapt.resume.title" : "shell.adapt.pause.title")}
      consequences=${[t(paused ? "shell.adapt.resume.follows" : "shell.adapt.pause.follows")]}
      run=${() => app.rest.put("/v1/settings/adapt.paused", { value: paused ? "false" : "true" })}
      onDone=${(/** @type {any} */ told) => set(told.value === "true")}
      answer=${(/** @type {any} */ told) => html`<p>${t(told.value === "true" ? "shell.adapt.now-paused" : "shell.adapt.now-on")}</p>`} />
  </span>`;
}

/** @param {any} told answer of /v1/settings */
function settingOf(told) {
  const list = told.items ?? told.settings ?? [];
  return list.find((/** @type {any} */ each) => each.name === "adapt.paused")?.value ?? "false";
}

/** Language, colours, and who is signed in. @param {{app: App}} props */
function Settings({ app }) {
  const session = app.account;
  const items = [
    ...Object.entries(LANGUAGES).map(([key, label]) => ({
      label,
      checked: language() === key,
      onSelect: () => void setLanguage(/** @type {"en"|"de"} */ (key)),
    })),
    ...["auto", "light", "dark"].map((theme) => ({
      label: t(`shell.theme.${theme}`),
      checked: app.theme === theme,
      onSelect: () => app.setTheme(theme),
    })),
    ...(session.token()
      ? [{ label: t("shell.sign-out", { name: session.name }), onSelect: () => session.signOut() }]
      : []),
  ];
  return html`<${Menu} label=${t("shell.settings")} items=${items}>⚙<//>`;
}
