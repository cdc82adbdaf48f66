// @ts-check
/** The last lines that an atom has written, as they come. */
import { atomPath } from "../../core/record.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../core/ui.js";
import { visible } from "../../part/name.js";
import { t } from "../../text/text.js";
import { Tail } from "./tail.js";

const SHOWN = 7;

/** @param {{app: import("../../core/app.js").App, atom: string}} props */
export function Lines({ app, atom }) {
  const [lines, set] = useState(/** @type {string[]} */ ([]));
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  useEffect(() => {
    const tail = new Tail(SHOWN);
    let asked = 0;
    const stream = app.rest.stream(`${atomPath(atom)}/output`, {
      query: { stream: "stdout" },
      onEvent: ({ data }) => {
        tail.push(data);
        asked ||= requestAnimationFrame(() => {
          asked = 0;
          set(tail.lines());
        });
      },
    });
    return () => {
      cancelAnimationFrame(asked);
      stream.close();
    };
  }, [atom]);
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  return html`<pre ref=${box} class="first-lines" role="log" aria-live="off" aria-label=${t("first.says", { atom })} tabindex="0">${
    lines.length
      ? lines.map(
          (line) => html`<div key=${line} class=${line.startsWith("--") ? "first-moved" : ""}>${visible(line)}</div>`,
        )
      : t("first.silent")
  }</pre>`;
}
