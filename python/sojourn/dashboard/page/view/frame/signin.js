// @ts-check
/** Asks for a token, where the controller wants one. */
import { problemOf } from "../../core/rest.js";
import { html, useEffect, useRef, useState } from "../../core/ui.js";
import { ProblemView } from "../../part/problem.js";
import { t } from "../../text/text.js";

/** @param {{app: import("../../core/app.js").App}} props */
export function SignIn({ app }) {
  const [token, setToken] = useState("");
  const [state, set] = useState(
    /** @type {{busy: boolean, wrong?: boolean, problem?: any}} */ ({ busy: false, wrong: app.account.token() !== "" }),
  );
  const field = useRef(/** @type {HTMLInputElement|null} */ (null));
  useEffect(() => field.current?.focus(), []);
  async function go(/** @type {Event} */ event) {
    event.preventDefault();
    if (!token.trim() || state.busy) return;
    set({ busy: true });
    try {
      const may = await app.account.signIn(token);
      set({ busy: false, wrong: !may });
    } catch (error) {
      set({ busy: false, problem: problemOf(error) });
    }
  }
  return html`<div class="center"><form class="card signin" onSubmit=${go}>
    <h1>${t("shell.signin.title")}</h1>
    <p>${t("shell.signin.why")}</p>
    <label class="field"><span>${t("shell.signin.token")}</span>
      <input ref=${field} type="password" autocomplete="off" value=${token} aria-invalid=${Boolean(state.wrong)}
        onInput=${(/** @type {Event} */ event) => setToken(/** @type {HTMLInputElement} */ (event.currentTarget).value)} /></label>
    ${state.wrong && html`<p class="field-wrong" role="alert">${t("shell.signin.wrong")}</p>`}
    ${state.problem && html`<${ProblemView} problem=${state.problem} />`}
    <p class="quiet-text">${t("shell.signin.how")} <code>${"sojourn token new --scope read"}</code></p>
    <div class="dialog-foot"><button type="submit" class="button primary" aria-disabled=${state.busy || !token.trim()}>${t("shell.signin.go")}</button></div>
  </form></div>`;
}
