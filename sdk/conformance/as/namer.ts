// Has names, and looks for others.
// sojourn: name=namer
// sojourn: kind=reactive
// sojourn: alias=sdk:namer
// sojourn: alias=born:named
// sojourn: objective=latency

import * as sojourn from "../../assemblyscript/assembly/index";
import { SILENCE, maybe, plain, take, taken, text, unknown } from "./answer";

const published: string[] = [];

export function handle(): void {
  take(namer);
}

function namer(message: sojourn.Message): sojourn.Draft | null {
  const type = message.type, scope = message.subject, data = message.text;
  if (message.call == 0) {
    if (type == "published") published.push(data);
    return SILENCE;
  }
  if (type == "self") return text("self", sojourn.self());
  if (type == "set") return plain(message, sojourn.setAlias(scope, data));
  if (type == "clear") return plain(message, sojourn.clearAlias(scope, data));
  if (type == "any") return maybe("any", sojourn.findAny(scope, data));
  if (type == "all") {
    const names = sojourn.findAll(scope, data);
    return names == null ? null : taken("all", names);
  }
  if (type == "publish") {
    const draft = text("published", data);
    draft.subject = scope;
    const sent = sojourn.publish(scope, draft);
    return sent < 0 ? null : text("publish", sent.toString());
  }
  if (type == "published") return text("published", published.join(","));
  if (type == "here") return text("here", sojourn.here().node);
  if (type == "moves") return text("moves", sojourn.here().moves.toString());
  if (type == "log") return plain(message, sojourn.log(sojourn.INFO, data));
  if (type == "stay") {
    if (!sojourn.stay(<u64>Number.parseInt(data))) return null;
    sojourn.wander();
    return plain(message, true);
  }
  return unknown();
}
