// @ts-check
/** What went wrong, for people: what happened, what to do, and whether it may have happened all the same. */
import { html } from "../core/ui.js";
import { t } from "../text/text.js";
import { visible } from "./name.js";

/**
 * @param {{problem: import("../core/rest.js").Problem, retry?: () => void}} props
 */
export function ProblemView({ problem, retry }) {
  const { expression, start, end } = problem;
  const told = problem.detail || problem.name;
  // The expression stands below, marked: the lines of the text that show it to terminals are left out.
  const detail = expression ? /** @type {string} */ (told.split("\n")[0]) : told;
  return html`<div class="problem" role="alert">
    <p class="problem-detail">${visible(detail)}</p>
    ${expression && html`<pre class="problem-expression">${visible(expression.slice(0, start))}<mark>${visible(expression.slice(start, Math.max(end, start + 1)))}</mark>${visible(expression.slice(Math.max(end, start + 1)))}</pre>`}
    ${problem.pointer && html`<p class="problem-note">${t("shell.problem.where", { pointer: visible(problem.pointer) })}</p>`}
    ${problem.hint && html`<p class="problem-note">${visible(problem.hint)}</p>`}
    ${!problem.definite && html`<p class="problem-note">${t("shell.problem.indefinite")}</p>`}
    ${retry && html`<button class="button" onClick=${retry}>${t("shell.again")}</button>`}
  </div>`;
}
