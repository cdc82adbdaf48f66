// How all atoms of the suite answer.

import * as sojourn from "../../assemblyscript/assembly/index";

/** What is done for a message: the answer; null: it failed, and `sojourn.code()` tells why. */
export type Act = (message: sojourn.Message) => sojourn.Draft | null;

/** No answer. */
export const SILENCE = new sojourn.Draft("", new ArrayBuffer(0));
/** How long to wait where nothing is said. */
export const LIMIT: i64 = 30 * sojourn.SECOND;

/** A daemon: takes messages for ever. */
export function serve(act: Act): void {
  while (true) take(act);
}

/** Takes one message, and answers it. */
export function take(act: Act): void {
  const message = sojourn.receive(sojourn.FOREVER);
  if (message == null) return;
  const answer = act(message);
  if (message.call == 0 || answer == SILENCE) return;
  sojourn.reply(message, answer == null ? text("error", sojourn.codeText()) : answer);
}

/** An answer. */
export function text(type: string, data: string): sojourn.Draft {
  return sojourn.Draft.text(type, data);
}

/** An answer without data if it was done. */
export function plain(message: sojourn.Message, done: bool): sojourn.Draft | null {
  return done ? text(message.type, "") : null;
}

/** An answer with a text, if there is one. */
export function maybe(type: string, data: string | null): sojourn.Draft | null {
  return data == null ? null : text(type, data);
}

/** An answer with a list, which is forgotten. */
export function taken(type: string, items: string[]): sojourn.Draft {
  const joined = items.join(",");
  items.length = 0;
  return text(type, joined);
}

/** The answer to what is not known. */
export function unknown(): sojourn.Draft {
  return text("error", "UnknownType");
}
