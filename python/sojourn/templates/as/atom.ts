// @NAME@ greets, and counts whom it has greeted. What it says of itself:
// sojourn: name=@NAME@
// sojourn: kind=reactive

import * as sojourn from "./sojourn/assembly/index";

/** Runs when a message comes. */
export function handle(): void {
  const message = sojourn.receive(sojourn.NOW_ONLY);
  if (message == null || message.call == 0) return;
  const text = "hello, " + message.text + ": you are number " + next().toString();
  sojourn.reply(message, sojourn.Draft.text("greeting", text));
}

/** One more than the store has; the store goes along when the atom moves, and stays when its code changes. */
function next(): i64 {
  const value = sojourn.get("count");
  const count = value == null ? 1 : <i64>Number.parseInt(value.text) + 1;
  sojourn.put("count", sojourn.encoded(count.toString()));
  return count;
}
