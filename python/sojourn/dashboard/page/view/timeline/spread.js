/** How long atoms stood still in the moves that are selected: a histogram, and percentiles. */
import { html, useMemo } from "../../core/ui.js";
import { ms } from "../../core/unit.js";
import { t } from "../../text/text.js";
import { downtimeOf } from "./compare.js";
import { bins, summary } from "./histogram.js";

const FIGURES = /** @type {const} */ (["least", "p50", "p90", "p99", "most"]);

/** @param {{entries: readonly import("./entry.js").Entry[]}} props */
export function Spread({ entries }) {
  const { told, found } = useMemo(() => {
    const values = entries.map(downtimeOf).filter((value) => value !== undefined);
    return { told: summary(values), found: bins(values) };
  }, [entries]);
  if (told === undefined) return html`<p class="timeline-quiet">${t("timeline.spread.none")}</p>`;
  const most = Math.max(...found.map((bin) => bin.count));
  return html`<figure class="timeline-spread" role="img" aria-label=${t("timeline.spread.told", { count: told.count, p50: ms(told.p50), p99: ms(told.p99), most: ms(told.most) })}>
    <div class="timeline-histogram" aria-hidden="true" style=${{ maxWidth: `${5 * found.length}rem` }}>
    <div class="timeline-bins">
      ${found.map(
        (
          bin,
        ) => html`<div key=${bin.from} class="timeline-bin" title=${`${ms(bin.from)} – ${ms(bin.to)}: ${bin.count}`}>
          <span class="timeline-bin-count">${bin.count || ""}</span>
          <span class="timeline-bin-bar" style=${{ height: `${Math.max(bin.count > 0 ? 2 : 0, (bin.count / most) * 72)}px` }}></span>
        </div>`,
      )}
    </div>
    <div class="timeline-bounds"><span>${ms(/** @type {any} */ (found[0]).from)}</span><span>${ms(/** @type {any} */ (found.at(-1)).to)}</span></div>
    </div>
    <dl class="timeline-figures">
      ${FIGURES.map((name) => html`<div key=${name}><dt>${t(`timeline.spread.${name}`)}</dt><dd>${ms(told[name])}</dd></div>`)}
    </dl>
  </figure>`;
}
