// @ts-check
/** Above every view while a recording is shown: that it is one, the player, and the way back. */
import { html, useEffect, useRef, useState } from "../../core/ui.js";
import { span } from "../../core/unit.js";
import { Name } from "../../part/name.js";
import { language, t } from "../../text/text.js";
import { SPEEDS } from "./player.js";

// Of a second: how often times are written anew while it plays.
const SHOWN_S = 0.1;
// A key of the slider goes on by such a share of all.
const STEPS = 1000;

/** @param {{app: import("../../core/app.js").App}} props */
export function SimulationBar({ app }) {
  const source = /** @type {import("./source.js").Recorded} */ (/** @type {unknown} */ (app.source));
  const { player, recording } = source;
  useOften(player);
  const whole = player.ends - player.begins;
  const passed = player.at - player.begins;
  const { header } = recording;
  const speeds = SPEEDS.includes(player.speed) ? SPEEDS : [...SPEEDS, player.speed].sort((a, b) => a - b);
  return html`<section class="simulation-bar" aria-label=${t("simulation.bar")}>
    <p class="simulation-banner"><strong>${t("simulation.banner")}</strong>
      <span><${Name} text=${header?.name ?? ""} most=${40} /> · ${t("simulation.seed-is", { seed: String(header?.seed ?? "") })}</span>
      <button type="button" class="button small" onClick=${() => app.live()}>${t("simulation.leave")}</button></p>
    <div class="simulation-player">
      <button type="button" class="button primary simulation-play" onClick=${() => (player.playing ? player.hold() : player.play())}>
        ${t(player.playing ? "simulation.hold" : player.over ? "simulation.again" : "simulation.play")}</button>
      <input type="range" class="simulation-seek" min="0" max=${whole} step=${whole / STEPS} value=${passed} aria-label=${t("simulation.seek")}
        aria-valuetext=${t("simulation.passed", { passed: span(passed), whole: span(whole) })}
        onInput=${(/** @type {any} */ event) => source.seek(player.begins + Number(event.target.value))} />
      <span class="simulation-time">${t("simulation.passed", { passed: clocked(passed), whole: clocked(whole) })}</span>
      <label class="simulation-speed"><span>${t("simulation.speed")}</span>
        <select value=${player.speed} onChange=${(/** @type {any} */ event) => player.setSpeed(Number(event.target.value))}>
          ${speeds.map((speed) => html`<option key=${speed} value=${speed} selected=${speed === player.speed}>${`${speed.toLocaleString(language())} ×`}</option>`)}
        </select></label>
      ${!recording.complete && html`<span class="badge" data-tone="busy">${t("simulation.coming", { reached: span(recording.reached - player.begins) })}</span>`}
    </div>
  </section>`;
}

/**
 * Hours, minutes and seconds, which do not change their width.
 * @param {number} seconds
 */
function clocked(seconds) {
  const whole = Math.floor(seconds);
  return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

/** Renders again as it plays, but not with each frame. @param {import("./player.js").Player} player */
function useOften(player) {
  const [, again] = useState(0);
  const last = useRef({ at: 0, playing: player.playing });
  useEffect(
    () =>
      player.onChange(() => {
        const now = performance.now() / 1000;
        const same = player.playing && last.current.playing;
        if (same && now - last.current.at < SHOWN_S) return;
        last.current = { at: now, playing: player.playing };
        again((n) => n + 1);
      }),
    [player],
  );
  // Space plays and holds, wherever nothing else takes it.
  useEffect(() => {
    const pressed = (/** @type {KeyboardEvent} */ event) => {
      const on = /** @type {Element} */ (event.target);
      if (
        event.key !== " " ||
        event.defaultPrevented ||
        on.closest?.("a, button, input, select, textarea, dialog, [role], [tabindex='0']")
      )
        return;
      event.preventDefault();
      if (player.playing) player.hold();
      else player.play();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [player]);
}
