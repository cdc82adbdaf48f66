/** How components follow a board, which changes with every frame: those that tell of little of it are not drawn with each. */
import { useEffect, useState } from "../../core/ui.js";

/** @typedef {import("./board.js").Board} Board */

const SLOW_MS = 500;
const QUIET_MS = 250;

/**
 * Renders again when what is picked of a board is another.
 *
 * @param {Board} board
 * @param {() => string} pick
 */
export function usePicked(board, pick) {
  const [, again] = useState("");
  useEffect(() => {
    let frame = 0;
    const off = board.onChange(() => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        again(pick());
      });
    });
    again(pick());
    return () => {
      off();
      cancelAnimationFrame(frame);
    };
  }, [board]);
}

/**
 * Renders again some time after a board has changed, and not more often; while somebody goes through time, when that is over.
 *
 * @param {Board} board
 */
export function useSlowly(board) {
  const [, again] = useState(0);
  useEffect(() => {
    let timer = 0;
    let { scale } = board;
    const off = board.onChange(() => {
      const moved = !board.following && board.scale !== scale;
      scale = board.scale;
      if (timer !== 0 && !moved) return;
      clearTimeout(timer);
      timer = window.setTimeout(
        () => {
          timer = 0;
          again((count) => count + 1);
        },
        moved ? QUIET_MS : SLOW_MS,
      );
    });
    return () => {
      off();
      clearTimeout(timer);
    };
  }, [board]);
}

/**
 * What of a board is not its time: filter, selection, what it does.
 *
 * @param {Board} board
 */
export function manner(board) {
  const { filter, by, following, range, chosen, comparing, older } = board;
  const what = [filter.atom, filter.node, filter.text, ...filter.what, by, following, comparing, older, ...chosen];
  return [...what, range !== undefined].join("\n");
}
