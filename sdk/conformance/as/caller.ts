// Calls others.
// sojourn: name=caller
// sojourn: kind=daemon
// sojourn: checkpoint=5s

import * as sojourn from "../../assemblyscript/assembly/index";
import { LIMIT, SILENCE, plain, serve, taken, text, unknown } from "./answer";

const seen: string[] = [];

function caller(message: sojourn.Message): sojourn.Draft | null {
  if (message.call == 0) return SILENCE;
  const to = message.subject, silent = text("silent", "");
  if (message.type == "ask") {
    const answer = sojourn.ask(to, new sojourn.Draft("ask", message.data), LIMIT);
    return answer == null ? null : new sojourn.Draft(answer.type, answer.data);
  }
  if (message.type == "pair") return pair(to);
  if (message.type == "expire") {
    return plain(message, sojourn.ask(to, silent, 50 * sojourn.MILLISECOND) != null);
  }
  if (message.type == "cancel") {
    const future = sojourn.call(to, silent, sojourn.FOREVER);
    if (sojourn.code() != sojourn.Code.Ok) return null;
    if (sojourn.answer(future, sojourn.NOW_ONLY) != null) return text("answered", "");
    if (sojourn.code() != sojourn.Code.TimedOut || !sojourn.cancel(future)) return null;
    return plain(message, sojourn.cancel(future));
  }
  if (message.type == "later") {
    const future = sojourn.call(to, new sojourn.Draft("ask", message.data), LIMIT);
    return sojourn.code() != sojourn.Code.Ok ? null : plain(message, sojourn.onFuture(future, see));
  }
  return message.type == "seen" ? taken("seen", seen) : unknown();
}

function pair(to: string): sojourn.Draft | null {
  const first = sojourn.call(to, text("ask", "first"), LIMIT);
  if (sojourn.code() != sojourn.Code.Ok) return null;
  const second = sojourn.call(to, text("ask", "second"), LIMIT);
  if (sojourn.code() != sojourn.Code.Ok) return null;
  const later = sojourn.answer(second, sojourn.FOREVER);
  if (later == null) return null;
  const earlier = sojourn.answer(first, sojourn.FOREVER);
  if (earlier == null) return null;
  if (later.kind == sojourn.Kind.Failed) return text("error", sojourn.codeName(later.code));
  if (earlier.kind == sojourn.Kind.Failed) return text("error", sojourn.codeName(earlier.code));
  return text("pair", later.text + "," + earlier.text);
}

function see(message: sojourn.Message): void {
  const failed = message.kind == sojourn.Kind.Failed;
  seen.push(failed ? "error:" + sojourn.codeName(message.code) : message.text);
}

serve(caller);
