/** What an entry that is pointed at is, in short. It is for the eye: the table tells the same. */
import { html } from "../../core/ui.js";
import { bytes, clip, ms } from "../../core/unit.js";
import { visible } from "../../part/name.js";
import { t } from "../../text/text.js";
import { downtimeOf } from "./compare.js";
import { timeText } from "./when.js";

const WIDE = 320;

/** @param {{board: import("./board.js").Board, tip: import("./pointing.js").Pointed | undefined}} props */
export function Tip({ board, tip }) {
  const entry = tip && board.story.get(tip.key);
  if (!tip || !entry) return null;
  const left = tip.x + WIDE + 24 > tip.width ? tip.x - WIDE - 12 : tip.x + 14;
  const downtime = downtimeOf(entry);
  return html`<div class="timeline-tip" aria-hidden="true" style=${{ left: `calc(var(--timeline-gutter) + ${Math.max(0, left)}px)`, top: `${tip.y + 14}px` }}>
    <p class="timeline-tip-head">${t(`timeline.what.${entry.what}`)} · ${timeText(entry.at)}</p>
    <p>${clip(visible(entry.text || entry.cause), 220)}</p>
    ${
      downtime !== undefined &&
      html`<p class="timeline-tip-figures">${t("timeline.stood", { time: ms(downtime) })} · ${bytes(entry.bytes)}</p>`
    }
  </div>`;
}
