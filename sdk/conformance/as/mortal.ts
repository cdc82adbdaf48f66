// Ends when it is told.
// sojourn: name=mortal
// sojourn: kind=daemon
// sojourn: restart=never

import * as sojourn from "../../assemblyscript/assembly/index";
import { SILENCE, serve, text, unknown } from "./answer";

@external("wasi_snapshot_preview1", "args_sizes_get")
declare function args_sizes_get(count: usize, size: usize): u32;
@external("wasi_snapshot_preview1", "args_get")
declare function args_get(places: usize, texts: usize): u32;

function mortal(message: sojourn.Message): sojourn.Draft | null {
  if (message.call == 0) return SILENCE;
  if (message.type == "argument") return text("argument", argument());
  if (message.type == "exit") {
    sojourn.reply(message, text("exit", ""));
    sojourn.exit(<u32>Number.parseInt(message.text));
  }
  return unknown();
}

/** The argument after the program's name; empty: there is none. */
function argument(): string {
  const sizes = memory.data(8);
  args_sizes_get(sizes, sizes + 4);
  const count = load<u32>(sizes);
  const places = new ArrayBuffer(4 * count), texts = new ArrayBuffer(load<u32>(sizes + 4));
  args_get(changetype<usize>(places), changetype<usize>(texts));
  if (count < 2) return "";
  const start = load<u32>(changetype<usize>(places) + 4);
  let end = start;
  while (load<u8>(end) != 0) end++;
  return String.UTF8.decodeUnsafe(start, end - start);
}

serve(mortal);
