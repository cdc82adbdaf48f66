// Atoms in AssemblyScript.
//
//     // sojourn: name=greeter
//     // sojourn: kind=reactive
//     import * as sojourn from "./sojourn/assembly";
//
//     export function handle(): void {
//       const message = sojourn.receive(sojourn.NOW_ONLY);
//       if (message != null) sojourn.reply(message, sojourn.Draft.text("greeting", "hello"));
//     }
//
// Lines `// sojourn: key=value` of the file that is compiled are what the atom says of itself; annotate.mjs puts them into
// the module. A daemon does its work on the top level of that file.
//
// The language has no exceptions: what can fail gives false or null, and `code()` tells why. Time-outs are nanoseconds
// from now. While a call waits, callbacks that are due run inside it. Atoms have one thread, and so has this.

import * as raw from "./raw";

export { Code, Kind, codeName, codeDefinite, WATCHED, LINKED, DEBUG, INFO, WARNING, ERROR } from "./raw";

/** A time-out: does not wait. */
export const NOW_ONLY: i64 = 0;
/** A time-out: waits for ever. */
export const FOREVER: i64 = -1;
/** A time-out: a thousandth of a second. */
export const MILLISECOND: i64 = 1_000_000;
/** A time-out: a second. */
export const SECOND: i64 = 1_000_000_000;
/** How long `send`, `call` and `reply` wait for room, when the way to the receiver is full. */
export const PATIENCE: i64 = 30 * SECOND;

// ------------------------------------------------------------------ errors and time

let last: i32 = 0;

/** Why the last thing was not done: a `Code`; 0: it was. */
export function code(): i32 {
  return last;
}

/** The same by its name in the table of errors, such as `NoKey`. */
export function codeText(): string {
  return raw.codeName(last);
}

function done(given: i32): bool {
  last = given;
  return given == raw.Code.Ok;
}

/** Nanoseconds on a clock that never goes back, also when the atom moves. */
export function now(): u64 {
  raw.now(OUT);
  return load<u64>(OUT);
}

/** When a time-out that begins now is over. */
export function deadline(timeout: i64): i64 {
  if (timeout <= 0) return timeout;
  const at = now() + <u64>timeout;
  return at > <u64>i64.MAX_VALUE ? FOREVER : <i64>at;
}

// What a call gives is read before another one is made.
const OUT: usize = memory.data(16);
const HEAD: usize = memory.data(72, 8);
const PLACE: usize = memory.data(48, 8);

// ------------------------------------------------------------------ texts

/** A text as bytes. */
export function encoded(text: string): ArrayBuffer {
  return String.UTF8.encode(text);
}

/** Bytes as a text. */
export function decoded(data: ArrayBuffer): string {
  return String.UTF8.decode(data);
}

function at(bytes: ArrayBuffer): usize {
  return changetype<usize>(bytes);
}

function textAt(record: usize, field: usize): string {
  const length = load<u32>(record + field + 4);
  return length == 0 ? "" : String.UTF8.decodeUnsafe(load<u32>(record + field), length);
}

function bytesAt(record: usize, field: usize): ArrayBuffer {
  const length = load<u32>(record + field + 4);
  const bytes = new ArrayBuffer(length);
  if (length > 0) memory.copy(changetype<usize>(bytes), load<u32>(record + field), length);
  return bytes;
}

// ------------------------------------------------------------------ messages

/** A message that came. */
export class Message {
  /** Its number, unique for its source. */
  id: u64 = 0;
  /** 0: no answer is expected. */
  call: u64 = 0;
  /** A `Kind`. */
  kind: u32 = 0;
  /** Of a failed call, or of an end. */
  code: u32 = 0;
  /** Global name of whoever sent it. */
  source: string = "";
  type: string = "";
  subject: string = "";
  contentType: string = "";
  data: ArrayBuffer = new ArrayBuffer(0);

  /** Its data as a text. */
  get text(): string {
    return decoded(this.data);
  }

  /** As it can be sent again. */
  draft(): Draft {
    const draft = new Draft(this.type, this.data);
    draft.subject = this.subject;
    draft.contentType = this.contentType;
    return draft;
  }
}

/** A message to be sent. */
export class Draft {
  subject: string = "";
  contentType: string = "";
  /** Handled inside the receiver's next call that waits. */
  interrupt: bool = false;

  constructor(public type: string, public data: ArrayBuffer) {}

  /** One with a text. */
  static text(type: string, text: string): Draft {
    return new Draft(type, encoded(text));
  }
}

/** A draft as its node reads it; keeps what it points at. */
class Written {
  record: ArrayBuffer = new ArrayBuffer(<i32>raw.Draft.SIZE);
  type: ArrayBuffer;
  subject: ArrayBuffer;
  contentType: ArrayBuffer;
  data: ArrayBuffer;

  constructor(draft: Draft) {
    this.type = encoded(draft.type);
    this.subject = encoded(draft.subject);
    this.contentType = encoded(draft.contentType);
    this.data = draft.data;
    this.put(raw.Draft.TYPE, this.type);
    this.put(raw.Draft.SUBJECT, this.subject);
    this.put(raw.Draft.CONTENT_TYPE, this.contentType);
    this.put(raw.Draft.DATA, this.data);
    store<u32>(this.at + raw.Draft.FLAGS, draft.interrupt ? raw.INTERRUPT : 0);
  }

  get at(): usize {
    return changetype<usize>(this.record);
  }

  put(field: usize, bytes: ArrayBuffer): void {
    store<u32>(this.at + field, <u32>changetype<usize>(bytes));
    store<u32>(this.at + field + 4, bytes.byteLength);
  }
}

/** The message of HEAD. Its texts lie in the room that was given. */
function adopted(): Message {
  const message = new Message();
  message.id = load<u64>(HEAD + raw.Head.ID);
  message.call = load<u64>(HEAD + raw.Head.CALL);
  message.kind = load<u32>(HEAD + raw.Head.KIND);
  message.code = load<u32>(HEAD + raw.Head.CODE);
  message.source = textAt(HEAD, raw.Head.SOURCE);
  message.type = textAt(HEAD, raw.Head.TYPE);
  message.subject = textAt(HEAD, raw.Head.SUBJECT);
  message.contentType = textAt(HEAD, raw.Head.CONTENT_TYPE);
  message.data = bytesAt(HEAD, raw.Head.DATA);
  return message;
}

function larger(): ArrayBuffer {
  return new ArrayBuffer(load<u32>(HEAD + raw.Head.NEEDED));
}

/** Sends a message to an atom: its global name, or a local name and then any that has it. Its number; 0: it was not sent. */
export function send(to: string, draft: Draft, timeout: i64 = PATIENCE): u64 {
  const name = encoded(to), written = new Written(draft), until = deadline(timeout);
  let given: i32;
  do given = raw.send(at(name), name.byteLength, written.at, until, OUT);
  while (due(given));
  return done(given) ? load<u64>(OUT) : 0;
}

/** Sends a message that is to be answered within a time; the answer comes to a future. 0: it was not sent. */
export function call(to: string, draft: Draft, expires: i64): u64 {
  const name = encoded(to), written = new Written(draft), until = deadline(PATIENCE);
  // 0 would be no time at all, and not a clock's reading.
  const expiry = expires == 0 ? 1 : deadline(expires);
  let given: i32;
  do given = raw.call(at(name), name.byteLength, written.at, until, expiry, OUT);
  while (due(given));
  return done(given) ? load<u64>(OUT) : 0;
}

/** Waits for a future and takes its answer. A message of kind `Failed`: the call failed of its code, and the future is gone.
 * null: `code()` tells why; after `TimedOut` the future is as it was. */
export function answer(future: u64, timeout: i64): Message | null {
  const until = deadline(timeout);
  let room = new ArrayBuffer(512);
  let given: i32;
  for (;;) {
    given = raw.await_(future, until, at(room), room.byteLength, HEAD);
    if (given == raw.Code.TooSmall) room = larger();
    else if (!due(given)) break;
  }
  return done(given) ? adopted() : null;
}

/** Calls, and waits for the answer. null: `code()` tells why, also of a call that failed. */
export function ask(to: string, draft: Draft, timeout: i64): Message | null {
  const future = call(to, draft, timeout);
  if (last != raw.Code.Ok) return null;
  const message = answer(future, FOREVER);
  if (message == null || message.kind != raw.Kind.Failed) return message;
  last = <i32>message.code;
  return null;
}

/** Gives a future up. */
export function cancel(future: u64): bool {
  return done(raw.cancel(future));
}

/** Answers a message; each call once. */
export function reply(message: Message, draft: Draft): bool {
  const written = new Written(draft), until = deadline(PATIENCE);
  let given: i32;
  do given = raw.reply(message.call, written.at, until);
  while (due(given));
  return done(given);
}

/** Takes the next message; in `handle` there is one already. */
export function receive(timeout: i64): Message | null {
  const until = deadline(timeout);
  let room = new ArrayBuffer(512);
  let given: i32;
  for (;;) {
    given = raw.receive(until, at(room), room.byteLength, HEAD);
    if (given == raw.Code.TooSmall) room = larger();
    else if (!due(given)) break;
  }
  return done(given) ? adopted() : null;
}

// ------------------------------------------------------------------ callbacks

/** Runs inside a call that waits. */
export type Callback = (message: Message) => void;

/** Interrupts run this function from now on, one after the other; those that came before, too. null: they are messages, as
 * they are in the beginning. `nested`: also while another callback waits for something. */
export function onInterrupt(run: Callback | null, nested: bool = false): bool {
  return done(raw.on_interrupt(<u64>changetype<usize>(run), nested ? raw.NESTED : 0));
}

/** The answer of a future runs this function, instead of waiting for `answer`. */
export function onFuture(future: u64, run: Callback, nested: bool = false): bool {
  return done(raw.on_future(future, <u64>changetype<usize>(run), nested ? raw.NESTED : 0));
}

/** Whether a call is to be made again, because a callback was due, which has run now. Deadlines do not change by that. */
function due(given: i32): bool {
  if (given != raw.Code.Callback) return false;
  let room = new ArrayBuffer(512);
  let taken: i32;
  while ((taken = raw.callback(at(room), room.byteLength, HEAD, OUT)) == raw.Code.TooSmall) room = larger();
  if (taken != raw.Code.Ok) return true;
  const run = changetype<Callback>(<usize>load<u64>(OUT));
  run(adopted());
  raw.callback_end();
  return true;
}

// ------------------------------------------------------------------ names

/** A text that was put into a room: at most 256 bytes. */
function textOf(room: ArrayBuffer, given: i32): string | null {
  return done(given) ? String.UTF8.decodeUnsafe(at(room), load<u32>(OUT)) : null;
}

/** The atom's own global name. */
export function self(): string {
  const room = new ArrayBuffer(256);
  const name = textOf(room, raw.self_(at(room), room.byteLength, OUT));
  return name == null ? "" : name;
}

/** Gives the atom an alias. */
export function setAlias(scope: string, alias: string): bool {
  const one = encoded(scope), two = encoded(alias);
  return done(raw.alias_set(at(one), one.byteLength, at(two), two.byteLength));
}

/** Takes an alias back; an empty one: all of the scope. */
export function clearAlias(scope: string, alias: string): bool {
  const one = encoded(scope), two = encoded(alias);
  return done(raw.alias_clear(at(one), one.byteLength, at(two), two.byteLength));
}

/** Any atom that fits, the nearest: by its name, or with a scope by an alias of it. The pattern is a regular expression. */
export function findAny(scope: string, pattern: string): string | null {
  const one = encoded(scope), two = encoded(pattern), room = new ArrayBuffer(256);
  const given = raw.find_any(at(one), one.byteLength, at(two), two.byteLength, at(room), room.byteLength, OUT);
  return textOf(room, given);
}

/** All atoms that fit, in order. */
export function findAll(scope: string, pattern: string): string[] | null {
  const one = encoded(scope), two = encoded(pattern);
  let room = new ArrayBuffer(1024);
  let given: i32;
  for (;;) {
    given = raw.find_all(at(one), one.byteLength, at(two), two.byteLength, at(room), room.byteLength, OUT);
    if (given != raw.Code.TooSmall) break;
    room = new ArrayBuffer(load<u32>(OUT));
  }
  if (!done(given)) return null;
  const names = String.UTF8.decodeUnsafe(at(room), load<u32>(OUT)).split("\n");
  names.pop();
  return names;
}

/** Sends a message to all atoms that have this alias of the scope `topic`; how many they are. Those that have ended meanwhile
 * are left out; negative: `code()` tells why. */
export function publish(topic: string, draft: Draft): i32 {
  let pattern = "";
  for (let i = 0; i < topic.length; i++) {
    const c = topic.charAt(i);
    pattern += "\\.+*?()|[]{}^$#&-~".includes(c) ? "\\" + c : c;
  }
  const names = findAll("topic", pattern);
  if (names == null) return -1;
  let sent = 0;
  for (let i = 0; i < names.length; i++) {
    send(names[i], draft);
    if (last == raw.Code.Ok) sent++;
    else if (last != raw.Code.UnknownAtom) return -1;
  }
  return sent;
}

// ------------------------------------------------------------------ life

/** Starts an atom at this node; its global name. `module`: "" for one's own, an atom's name for its module, or a hash in
 * hexadecimal. An empty name: one is chosen. `flags`: `WATCHED`, `LINKED`. */
export function spawn(module: string, name: string, argument: ArrayBuffer, flags: u32 = 0): string | null {
  const one = encoded(module), two = encoded(name), room = new ArrayBuffer(256);
  let given: i32;
  do given = raw.spawn(
    at(one), one.byteLength, at(two), two.byteLength, at(argument), argument.byteLength,
    flags, at(room), room.byteLength, OUT,
  );
  while (due(given));
  return textOf(room, given);
}

/** Ends the atom. */
export function exit(status: u32): void {
  raw.exit(status);
  unreachable();
}

/** A message of kind `Ended` comes, once, when that atom ends. */
export function watch(name: string): bool {
  const bytes = encoded(name);
  return done(raw.watch(at(bytes), bytes.byteLength, 0));
}

/** The same; and when one of the two ends otherwise than with status 0, the other is ended. */
export function link(name: string): bool {
  const bytes = encoded(name);
  return done(raw.watch(at(bytes), bytes.byteLength, raw.LINKED));
}

/** Takes `watch` back. */
export function unwatch(name: string): bool {
  const bytes = encoded(name);
  return done(raw.unwatch(at(bytes), bytes.byteLength));
}

// ------------------------------------------------------------------ the atom's own store: keys are texts here

/** A value of the store. */
export class Value {
  constructor(public data: ArrayBuffer, public version: u64) {}

  /** It as a text. */
  get text(): string {
    return decoded(this.data);
  }
}

/** The value of a key. */
export function get(key: string): Value | null {
  const bytes = encoded(key);
  let room = new ArrayBuffer(256);
  let given: i32;
  for (;;) {
    given = raw.kv_get(at(bytes), bytes.byteLength, at(room), room.byteLength, OUT, OUT + 8);
    if (given != raw.Code.TooSmall) break;
    room = new ArrayBuffer(load<u32>(OUT));
  }
  return done(given) ? new Value(room.slice(0, load<u32>(OUT)), load<u64>(OUT + 8)) : null;
}

/** Sets a key; its version now. 0: it was not set. */
export function put(key: string, value: ArrayBuffer): u64 {
  const bytes = encoded(key);
  return done(raw.kv_put(at(bytes), bytes.byteLength, at(value), value.byteLength, OUT)) ? load<u64>(OUT) : 0;
}

/** Removes a key. */
export function remove(key: string): bool {
  const bytes = encoded(key);
  return done(raw.kv_delete(at(bytes), bytes.byteLength));
}

/** Sets a key if it has this version (0: if there is none); its version now. 0: `code()` tells why, such as `Conflict`. */
export function compareAndSet(key: string, expected: u64, value: ArrayBuffer): u64 {
  const bytes = encoded(key);
  const given = raw.kv_compare_and_set(at(bytes), bytes.byteLength, expected, at(value), value.byteLength, OUT);
  return done(given) ? load<u64>(OUT) : 0;
}

/** All keys with a prefix, in order. */
export function keys(prefix: string): string[] | null {
  const bytes = encoded(prefix);
  let room = new ArrayBuffer(4096), after = new ArrayBuffer(0), more: u32 = 1;
  const found: string[] = [];
  while (more) {
    const given = raw.kv_list(
      at(bytes), bytes.byteLength, at(after), after.byteLength, at(room), room.byteLength, OUT, OUT + 8,
    );
    if (given == raw.Code.TooSmall) {
      room = new ArrayBuffer(2 * room.byteLength); // a single key is longer
      continue;
    }
    if (!done(given)) return null;
    more = load<u32>(OUT + 8);
    const end = load<u32>(OUT);
    for (let from: u32 = 0; from < end; ) {
      const length = load<u32>(at(room) + from);
      after = room.slice(from + 4, from + 4 + length);
      found.push(decoded(after));
      from += 4 + length;
    }
  }
  return found;
}

/** Whether changes of keys with this prefix come as messages of kind `Changed`. */
export function watchKeys(prefix: string, on: bool = true): bool {
  const bytes = encoded(prefix);
  return done(raw.kv_watch(at(bytes), bytes.byteLength, on ? 1 : 0));
}

// ------------------------------------------------------------------ connections, which go along when the atom moves

/** A connection. */
export class Connection {
  constructor(public fd: u32) {}

  /** Opens one to `host:port`. */
  static open(address: string, timeout: i64): Connection | null {
    const bytes = encoded(address), until = deadline(timeout);
    let given: i32;
    do given = raw.connect(at(bytes), bytes.byteLength, until, OUT);
    while (due(given));
    return done(given) ? new Connection(load<u32>(OUT)) : null;
  }

  /** Reads what is there, at most so much; nothing at the end. */
  read(most: i32, timeout: i64): ArrayBuffer | null {
    const room = new ArrayBuffer(most), until = deadline(timeout);
    let given: i32;
    do given = raw.read(this.fd, at(room), room.byteLength, until, OUT);
    while (due(given));
    return done(given) ? room.slice(0, load<u32>(OUT)) : null;
  }

  /** Writes all of it, in this time. */
  write(data: ArrayBuffer, timeout: i64): bool {
    const until = deadline(timeout);
    for (let from: usize = 0; from < <usize>data.byteLength; ) {
      let given: i32;
      do given = raw.write(this.fd, at(data) + from, <usize>data.byteLength - from, until, OUT);
      while (due(given));
      if (!done(given)) return false;
      from += load<u32>(OUT);
    }
    return true;
  }

  /** Closes it; what was written still goes out. */
  close(): bool {
    return done(raw.close(this.fd));
  }
}

/** Something that is listened on. */
export class Listener {
  constructor(public fd: u32) {}

  /** Listens on `host:port`; port 0: any. */
  static open(address: string): Listener | null {
    const bytes = encoded(address);
    return done(raw.listen(at(bytes), bytes.byteLength, OUT)) ? new Listener(load<u32>(OUT)) : null;
  }

  /** Takes the next connection. */
  accept(timeout: i64): Connection | null {
    const until = deadline(timeout);
    let given: i32;
    do given = raw.accept(this.fd, until, OUT);
    while (due(given));
    return done(given) ? new Connection(load<u32>(OUT)) : null;
  }

  /** Listens no more. */
  close(): bool {
    return done(raw.close(this.fd));
  }
}

// ------------------------------------------------------------------ where it is

/** Where an atom is, and how it came there. */
export class Place {
  moves: u64 = 0;
  downtimeNs: u64 = 0;
  movedBytes: u64 = 0;
  node: string = "";
  /** With commas between them. */
  tags: string = "";
}

/** Where the atom is. */
export function here(): Place {
  let room = new ArrayBuffer(256);
  while (raw.here(at(room), room.byteLength, PLACE) == raw.Code.TooSmall) {
    room = new ArrayBuffer(load<u32>(PLACE + raw.Place.NEEDED));
  }
  const place = new Place();
  place.moves = load<u64>(PLACE + raw.Place.MOVES);
  place.downtimeNs = load<u64>(PLACE + raw.Place.DOWNTIME_NS);
  place.movedBytes = load<u64>(PLACE + raw.Place.MOVED_BYTES);
  place.node = textAt(PLACE, raw.Place.NODE);
  place.tags = textAt(PLACE, raw.Place.TAGS);
  return place;
}

/** The atom does not move until `wander`, or until this time is over; at most a second. */
export function stay(nanoseconds: u64): bool {
  return done(raw.stay(nanoseconds));
}

/** The atom may move again. */
export function wander(): void {
  raw.wander();
}

/** A line to the atom's standard error. `level`: `DEBUG`, `INFO`, `WARNING`, `ERROR`. */
export function log(level: u32, line: string): bool {
  const bytes = encoded(line);
  let given: i32;
  do given = raw.log(level, at(bytes), bytes.byteLength);
  while (due(given));
  return done(given);
}

/** What the language does when it gives up (`--use abort=sojournAbort`). */
// @ts-ignore: decorator
@global
export function sojournAbort(message: string | null, file: string | null, line: u32, column: u32): void {
  const what = message == null ? "aborted" : message;
  const where = file == null ? "" : " at " + file + ":" + line.toString() + ":" + column.toString();
  log(raw.ERROR, what + where);
  unreachable();
}
