// Starts others, and hears of their ends.
// sojourn: name=spawner
// sojourn: kind=daemon
// sojourn: restart=never

import * as sojourn from "../../assemblyscript/assembly/index";
import { SILENCE, maybe, plain, serve, text, unknown } from "./answer";

const ends: string[] = [];

function spawner(message: sojourn.Message): sojourn.Draft | null {
  if (message.kind == sojourn.Kind.Ended) ends.push(message.source + " " + message.code.toString());
  if (message.call == 0) return SILENCE;
  const type = message.type, subject = message.subject;
  if (type == "spawn") {
    return maybe("spawn", sojourn.spawn(subject, message.text, sojourn.encoded("child"), sojourn.WATCHED));
  }
  if (type == "watch") return plain(message, sojourn.watch(subject));
  if (type == "unwatch") return plain(message, sojourn.unwatch(subject));
  return type == "ends" ? text("ends", ends.join(",")) : unknown();
}

serve(spawner);
