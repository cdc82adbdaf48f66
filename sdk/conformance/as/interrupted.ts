// Is interrupted while it waits.
// sojourn: name=interrupted
// sojourn: kind=daemon
// sojourn: limit.mailbox=512

import * as sojourn from "../../assemblyscript/assembly/index";
import { LIMIT, SILENCE, plain, serve, taken, text, unknown } from "./answer";

const record: string[] = [];
let closed = false;

function interrupted(message: sojourn.Message): sojourn.Draft | null {
  const type = message.type;
  if (message.kind == sojourn.Kind.Interrupt || (message.call == 0 && type == "note")) {
    record.push("message:" + message.text);
    return SILENCE;
  }
  if (message.call == 0) return SILENCE;
  if (type == "record") return taken("record", record);
  if (type == "off") return plain(message, sojourn.onInterrupt(null));
  if (type == "on" || type == "nest") return plain(message, sojourn.onInterrupt(interrupt, type == "nest"));
  return unknown();
}

function interrupt(message: sojourn.Message): void {
  const data = message.text;
  record.push(data);
  if (data == "close") closed = true;
  if (data.startsWith("ask:")) {
    const answer = sojourn.ask(data.substring(4), text("ask", "asked"), LIMIT);
    record.push(answer == null ? "error:" + sojourn.codeText() : answer.text);
  }
  if (data.startsWith("open:")) open(data.substring(5));
  if (message.call != 0) sojourn.reply(message, text("interrupted", data));
}

function open(to: string): void {
  closed = false;
  const future = sojourn.call(to, text("silent", ""), sojourn.FOREVER);
  while (!closed) sojourn.answer(future, 10 * sojourn.MILLISECOND);
  sojourn.cancel(future);
  record.push("done");
}

sojourn.onInterrupt(interrupt);
serve(interrupted);
