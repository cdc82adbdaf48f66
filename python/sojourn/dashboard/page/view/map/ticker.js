// @ts-check
/** The last few things that happened, over the map; and what screen readers are told of them. */
import { atomHref, href, nodeHref } from "../../core/route.js";
import { html, useChange, useEffect } from "../../core/ui.js";
import { clock } from "../../core/unit.js";
import { Name, visible } from "../../part/name.js";
import { t } from "../../text/text.js";

const SHOWN = 5;
const BAD = new Set(["atom.refused", "atom.down", "atom.falls", "atom.gone", "atom.unplaced", "node.lost"]);
const MOVES = new Set(["atom.moved", "atom.restored"]);

/** @param {{app: import("../../core/app.js").App}} props */
export function Ticker({ app }) {
  const { events, picture } = app;
  useChange(events);
  useEffect(
    () =>
      events.onEvent(({ kind, text }) => {
        if (BAD.has(kind)) app.announce("failures", visible(text));
        else if (MOVES.has(kind)) app.announce("moves", visible(text));
        else if (kind.startsWith("node.")) app.announce("nodes", visible(text));
      }),
    [events],
  );
  const last = events.list.slice(-SHOWN).reverse();
  if (!last.length) return null;
  return html`<div class="map-ticker">
    <ol aria-label=${t("map.last")}>
      ${last.map(
        (
          event,
        ) => html`<li key=${event.number} data-tone=${BAD.has(event.kind) ? "bad" : MOVES.has(event.kind) ? "busy" : ""}>
          <time>${clock(event.at)}</time> <a href=${toOf(event.subject, picture)}><${Name} text=${event.text} most=${110} /></a></li>`,
      )}
    </ol>
    <a class="map-ticker-all" href=${href("timeline")}>${t("map.last.all")}</a>
  </div>`;
}

/** Where an event's subject is looked at. @param {string} subject @param {import("../../core/picture.js").Picture} picture */
function toOf(subject, picture) {
  if (picture.atoms.has(subject)) return atomHref(subject);
  return picture.nodes.has(subject) ? nodeHref(subject) : href("timeline");
}
