// Has a connection.
// sojourn: name=connector
// sojourn: kind=daemon
// sojourn: grant.connect=127.0.0.1:*
// sojourn: grant.listen=127.0.0.1:*

import * as sojourn from "../../assemblyscript/assembly/index";
import { LIMIT, SILENCE, plain, serve, text, unknown } from "./answer";

const NONE: u32 = 0xffff_ffff;
let connection = new sojourn.Connection(NONE);
let listener = new sojourn.Listener(NONE);

function connector(message: sojourn.Message): sojourn.Draft | null {
  if (message.call == 0) return SILENCE;
  const type = message.type;
  if (type == "connect") return use(message, sojourn.Connection.open(message.text, LIMIT));
  if (type == "accept") return use(message, listener.accept(LIMIT));
  if (type == "write") {
    const written = connection.write(message.data, LIMIT);
    return written ? text("write", message.data.byteLength.toString()) : null;
  }
  if (type == "read") return read(<i32>Number.parseInt(message.text));
  if (type == "close") return plain(message, connection.close());
  if (type == "listen") {
    const opened = sojourn.Listener.open(message.text);
    if (opened != null) listener = opened;
    return plain(message, opened != null);
  }
  return unknown();
}

function use(message: sojourn.Message, opened: sojourn.Connection | null): sojourn.Draft | null {
  if (opened != null) connection = opened;
  return plain(message, opened != null);
}

/** Reads until there are so many bytes, or to the end. */
function read(most: i32): sojourn.Draft | null {
  const all = new ArrayBuffer(most);
  let had = 0;
  while (had < most) {
    const part = connection.read(most - had, LIMIT);
    if (part == null) return null;
    if (part.byteLength == 0) break;
    memory.copy(changetype<usize>(all) + had, changetype<usize>(part), part.byteLength);
    had += part.byteLength;
  }
  return new sojourn.Draft("read", all.slice(0, had));
}

serve(connector);
