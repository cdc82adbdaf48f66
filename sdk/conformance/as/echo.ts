// Gives back what it is asked.
// sojourn: name=echo
// sojourn: kind=reactive
// sojourn: alias=sdk:echo
// sojourn: needs.memory=4MiB

import * as sojourn from "../../assemblyscript/assembly/index";
import { SILENCE, plain, take } from "./answer";

export function handle(): void {
  take(echo);
}

function echo(message: sojourn.Message): sojourn.Draft | null {
  if (message.type == "forward") {
    const draft = message.draft();
    draft.type = "forwarded";
    sojourn.send(message.subject, draft);
    return plain(message, sojourn.code() == sojourn.Code.Ok);
  }
  return message.type == "silent" ? SILENCE : message.draft();
}
