// @ts-check
/** Recordings from where they come: a file of this machine, or a simulation that the controller runs. */
import { textOf } from "../../core/rest.js";
import { Recording } from "./recording.js";

const GZIP = [0x1f, 0x8b];

/**
 * A recording from a file, plain or packed by gzip.
 * @param {File} file
 */
export async function fromFile(file) {
  const recording = new Recording();
  const begin = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const packed = GZIP.every((byte, at) => begin[at] === byte);
  /** @type {ReadableStream<any>} */
  const stream = packed ? file.stream().pipeThrough(new DecompressionStream("gzip")) : file.stream();
  await textOf(stream, (piece) => recording.push(piece));
  recording.close();
  return recording;
}

/**
 * A recording of a simulation that runs now: `onReady` is called when the first picture is there, the promise is kept when all is.
 * @param {import("../../core/rest.js").Rest} rest
 * @param {string} scenario
 * @param {Record<string, number>} wanted
 * @param {{signal: AbortSignal, onBegun: (recording: Recording) => void, onReady: (recording: Recording) => void}} told
 */
export async function fromController(rest, scenario, wanted, { signal, onBegun, onReady }) {
  const recording = new Recording();
  let begun = false;
  let ready = false;
  const onText = (/** @type {string} */ piece) => {
    recording.push(piece);
    if (!begun && recording.header) {
      begun = true;
      onBegun(recording);
    }
    if (!ready && recording.count) {
      ready = true;
      onReady(recording);
    }
  };
  const path = `/v1/simulations/${encodeURIComponent(scenario)}`;
  await rest.lines(path, wanted, { onText, signal, accept: "application/x-ndjson" });
  recording.close();
  return recording;
}
