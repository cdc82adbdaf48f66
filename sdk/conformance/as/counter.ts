// Counts in its store.
// sojourn: name=counter
// sojourn: kind=reactive
// sojourn: durable=true

import * as sojourn from "../../assemblyscript/assembly/index";
import { SILENCE, plain, take, taken, text, unknown } from "./answer";

let handled: u64 = 0;
const changes: string[] = [];

export function handle(): void {
  handled++;
  take(count);
}

function count(message: sojourn.Message): sojourn.Draft | null {
  if (message.kind == sojourn.Kind.Changed) changes.push(message.type + " " + message.subject);
  if (message.call == 0) return SILENCE;
  const type = message.type, key = message.subject;
  if (type == "add") return add(<i64>Number.parseInt(message.text));
  if (type == "get") return current(0) ? text("count", number.toString()) : null;
  if (type == "handled") return text("handled", handled.toString());
  if (type == "put") return plain(message, sojourn.put(key, message.data) != 0);
  if (type == "read") {
    const value = sojourn.get(key);
    return value == null ? null : text("read", value.text);
  }
  if (type == "delete") return plain(message, sojourn.remove(key));
  if (type == "stale") {
    const value = sojourn.get(key);
    const version = value == null ? 0 : value.version;
    return plain(message, sojourn.compareAndSet(key, version + 1, sojourn.encoded("stale")) != 0);
  }
  if (type == "keys") {
    const keys = sojourn.keys(message.text);
    return keys == null ? null : taken("keys", keys);
  }
  if (type == "watch" || type == "unwatch") return plain(message, sojourn.watchKeys(message.text, type == "watch"));
  if (type == "changes") return taken("changes", changes);
  return unknown();
}

let number: i64 = 0;
let version: u64 = 0;

/** Reads the count, and gives what it is with so much more. */
function current(more: i64): bool {
  const value = sojourn.get("count");
  if (value == null && sojourn.code() != sojourn.Code.NoKey) return false;
  number = more + (value == null ? 0 : <i64>Number.parseInt(value.text));
  version = value == null ? 0 : value.version;
  return true;
}

function add(more: i64): sojourn.Draft | null {
  while (current(more)) {
    sojourn.compareAndSet("count", version, sojourn.encoded(number.toString()));
    if (sojourn.code() == sojourn.Code.Ok) return text("count", number.toString());
    if (sojourn.code() != sojourn.Code.Conflict) break;
  }
  return null;
}
