// Guest calls as they are. Made from `abi/imports.toml` and `abi/errors.toml`; do not edit.

/** What every call gives. */
export enum Code {
  Ok = 0,
  /** There is no such atom in the realm. */
  UnknownAtom = 1,
  /** There is no such node in the realm. */
  UnknownNode = 2,
  /** The atom does not run any more. */
  NotRunning = 3,
  /** Something else is being done with it, or a queue is full. */
  Busy = 4,
  /** The atom is already where it is to go. */
  AlreadyThere = 5,
  /** The atom uses something that cannot leave its machine. */
  Pinned = 6,
  /** The node does not offer a host function that the module imports. */
  MissingFunction = 7,
  /** The node has no engine that can run it. */
  MissingFeature = 8,
  /** There is no room for it. */
  NoRoom = 9,
  /** The other side speaks another version. */
  WrongVersion = 10,
  /** The node is of another realm. */
  WrongRealm = 11,
  /** The node has no right to join the realm. */
  NotAllowed = 12,
  /** The node does not answer. */
  Unreachable = 13,
  /** The move was given up; the atom goes on where it was. */
  Aborted = 14,
  /** The atom ended by itself meanwhile. */
  Ended = 15,
  /** The node ended right after it had taken the atom. */
  Lost = 16,
  /** No image of it is kept. */
  NoImage = 17,
  /** The atom runs. */
  AlreadyRuns = 18,
  /** The module cannot be run. */
  InvalidModule = 19,
  /** The request makes no sense. */
  InvalidRequest = 20,
  /** There is no room on the disk. */
  DiskFull = 21,
  /** Nobody at hand has that content. */
  MissingContent = 22,
  /** The address cannot be listened on. */
  Address = 23,
  /** Something failed that should not. */
  Internal = 24,
  /** A newer copy of the atom speaks for it. */
  Superseded = 25,
  /** A node of this name is in the realm already. */
  NameTaken = 26,
  /** An atom of this name was born at that node already. */
  AtomNameTaken = 27,
  /** It was not answered in time. */
  TimedOut = 28,
  /** There is no such future. */
  UnknownFuture = 29,
  /** There is no such call to answer. */
  UnknownCall = 30,
  /** The room that was given is too small. */
  TooSmall = 31,
  /** It is larger than its limit. */
  TooLarge = 32,
  /** No callback is due. */
  NothingDue = 33,
  /** It cannot be a name. */
  InvalidName = 34,
  /** It is not a pattern that names are matched with. */
  InvalidPattern = 35,
  /** There is no such key. */
  NoKey = 36,
  /** The key has another version. */
  Conflict = 37,
  /** The atom may not do this. */
  NotGranted = 38,
  /** The descriptor is none of this kind. */
  BadDescriptor = 39,
  /** The connection was reset. */
  Reset = 40,
  /** The program runs alone, and not as an atom of a realm. */
  NotInRealm = 41,
  /** A callback is due first. */
  Callback = 42,
  /** No atom has such a name or alias. */
  UnknownAlias = 43,
  /** The module's annotation cannot be what it says. */
  InvalidAnnotation = 44,
  /** A pointer or length lies outside the guest's memory. */
  BadPointer = 45,
  /** The node hosts no atoms. */
  HostsNoAtoms = 46,
}

/** The name of a code. */
export function codeName(code: i32): string {
  switch (code) {
    case 0: return "Ok";
    case 1: return "UnknownAtom";
    case 2: return "UnknownNode";
    case 3: return "NotRunning";
    case 4: return "Busy";
    case 5: return "AlreadyThere";
    case 6: return "Pinned";
    case 7: return "MissingFunction";
    case 8: return "MissingFeature";
    case 9: return "NoRoom";
    case 10: return "WrongVersion";
    case 11: return "WrongRealm";
    case 12: return "NotAllowed";
    case 13: return "Unreachable";
    case 14: return "Aborted";
    case 15: return "Ended";
    case 16: return "Lost";
    case 17: return "NoImage";
    case 18: return "AlreadyRuns";
    case 19: return "InvalidModule";
    case 20: return "InvalidRequest";
    case 21: return "DiskFull";
    case 22: return "MissingContent";
    case 23: return "Address";
    case 24: return "Internal";
    case 25: return "Superseded";
    case 26: return "NameTaken";
    case 27: return "AtomNameTaken";
    case 28: return "TimedOut";
    case 29: return "UnknownFuture";
    case 30: return "UnknownCall";
    case 31: return "TooSmall";
    case 32: return "TooLarge";
    case 33: return "NothingDue";
    case 34: return "InvalidName";
    case 35: return "InvalidPattern";
    case 36: return "NoKey";
    case 37: return "Conflict";
    case 38: return "NotGranted";
    case 39: return "BadDescriptor";
    case 40: return "Reset";
    case 41: return "NotInRealm";
    case 42: return "Callback";
    case 43: return "UnknownAlias";
    case 44: return "InvalidAnnotation";
    case 45: return "BadPointer";
    case 46: return "HostsNoAtoms";
    default: return "unknown";
  }
}

/** Whether a code says that nothing happened, and nothing will. */
export function codeDefinite(code: i32): bool {
  return code != 13 && code != 16 && code != 24 && code != 28 && code != 40;
}

/** What a message is. */
export enum Kind {
  /** A message. */
  Message = 0,
  /** One that is handled inside the receiver's next blocking call. */
  Interrupt = 1,
  /** The answer to a call. */
  Reply = 2,
  /** A call has failed; `code` tells why. */
  Failed = 3,
  /** An atom that is watched has ended; `code` is its exit status. */
  Ended = 4,
  /** A key has changed. */
  Changed = 5,
}

/** Flag of a draft: an interrupt. */
export const INTERRUPT: u32 = 1;
/** Flag of `on_interrupt` and `on_future`: also while another callback runs. */
export const NESTED: u32 = 1;
/** Flag of `spawn`: the caller hears of the end. */
export const WATCHED: u32 = 1;
/** Flag of `spawn` and `watch`: when either ends badly, so does the other. */
export const LINKED: u32 = 2;
/** Level of `log`. */
export const DEBUG: u32 = 0;
/** Level of `log`. */
export const INFO: u32 = 1;
/** Level of `log`. */
export const WARNING: u32 = 2;
/** Level of `log`. */
export const ERROR: u32 = 3;

/** A message to be sent. Texts and data are a pointer, and 4 bytes on their length. */
export namespace Draft {
  export const SIZE: usize = 40;
  /** What kind of message it is, as its receiver understands it. (text) */
  export const TYPE: usize = 0;
  /** What it is about; may be empty. (text) */
  export const SUBJECT: usize = 8;
  /** Media type of the data; empty: bytes. (text) */
  export const CONTENT_TYPE: usize = 16;
  /** The data. (bytes) */
  export const DATA: usize = 24;
  /** 1: an interrupt, which its receiver handles inside its next blocking call. (u32) */
  export const FLAGS: usize = 32;
  /** 0. (u32) */
  export const RESERVED: usize = 36;
}

/** A message that came. Texts and data lie in the room that was given. Texts and data are a pointer, and 4 bytes on their length. */
export namespace Head {
  export const SIZE: usize = 72;
  /** Its number, unique for its source. (u64) */
  export const ID: usize = 0;
  /** To be given to `reply`; 0: no answer is expected. (u64) */
  export const CALL: usize = 8;
  /** 0 message, 1 interrupt, 2 reply, 3 failed call (`code` tells why), 4 end of an atom that is watched, 5 change of a key. (u32) */
  export const KIND: usize = 16;
  /** Error code of a failed call, or exit status of an atom that ended by itself. (u32) */
  export const CODE: usize = 20;
  /** Global name of whoever sent it. (text) */
  export const SOURCE: usize = 24;
  /** As in `draft`. (text) */
  export const TYPE: usize = 32;
  /** As in `draft`. (text) */
  export const SUBJECT: usize = 40;
  /** As in `draft`. (text) */
  export const CONTENT_TYPE: usize = 48;
  /** As in `draft`. (bytes) */
  export const DATA: usize = 56;
  /** Bytes of room that all of it takes. (u32) */
  export const NEEDED: usize = 64;
  /** 0. (u32) */
  export const RESERVED: usize = 68;
}

/** Where an atom is, and how it came there. Texts lie in the room that was given. Texts and data are a pointer, and 4 bytes on their length. */
export namespace Place {
  export const SIZE: usize = 48;
  /** How often it has moved. (u64) */
  export const MOVES: usize = 0;
  /** How long its last move kept it from running, in nanoseconds. (u64) */
  export const DOWNTIME_NS: usize = 8;
  /** Bytes that its last move sent. (u64) */
  export const MOVED_BYTES: usize = 16;
  /** Name of the node. (text) */
  export const NODE: usize = 24;
  /** Tags of the node, with commas between them. (text) */
  export const TAGS: usize = 32;
  /** Bytes of room that all of it takes. (u32) */
  export const NEEDED: usize = 40;
  /** 0. (u32) */
  export const RESERVED: usize = 44;
}

/**
 * Sends a message. Waits for room until the deadline when the way to the receiver is full.
 * `to`: Name of the receiver: global, or local and then any atom of that name.
 * `draft`: The message.
 * `deadline`: How long to wait for room.
 * `id`: Number that the message got.
 * Codes: `UnknownAtom`, `Busy`, `TooLarge`, `Callback`.
 */
@external("sojourn_v1", "send")
export declare function send(to: usize, to_length: usize, draft: usize, deadline: i64, id: usize): i32;

/**
 * Sends a message that is to be answered; the answer comes to a future.
 * `to`: As in `send`.
 * `draft`: The message.
 * `deadline`: How long to wait for room.
 * `expires`: When the future fails with `TimedOut`; negative: never.
 * `future`: The future.
 * Codes: `UnknownAtom`, `Busy`, `TooLarge`, `Callback`.
 */
@external("sojourn_v1", "call")
export declare function call(to: usize, to_length: usize, draft: usize, deadline: i64, expires: i64, future: usize): i32;

/**
 * Waits for a future, and takes its answer; the future is gone then.
 * `future`: The future.
 * `deadline`: How long to wait; `TimedOut` leaves the future as it is.
 * `into`: Room for texts and data.
 * `head`: The answer; kind 3 when the call failed.
 * Codes: `TimedOut`, `UnknownFuture`, `TooSmall`, `Callback`.
 */
@external("sojourn_v1", "await")
export declare function await_(future: u64, deadline: i64, into: usize, into_capacity: usize, head: usize): i32;

/**
 * Gives a future up; an answer that comes later is dropped.
 * `future`: The future.
 * Codes: `UnknownFuture`.
 */
@external("sojourn_v1", "cancel")
export declare function cancel(future: u64): i32;

/**
 * Answers a message. Waits for room like `send`.
 * `call`: `call` of the message's head.
 * `draft`: The answer.
 * `deadline`: How long to wait for room.
 * Codes: `UnknownCall`, `Busy`, `TooLarge`, `Callback`.
 */
@external("sojourn_v1", "reply")
export declare function reply(call: u64, draft: usize, deadline: i64): i32;

/**
 * Takes the next message. In `handle` of a reactive atom there is one already.
 * `deadline`: How long to wait.
 * `into`: Room for texts and data; when it is too small the message stays, and `needed` tells how much it takes.
 * `head`: The message.
 * Codes: `TimedOut`, `TooSmall`, `Callback`.
 */
@external("sojourn_v1", "receive")
export declare function receive(deadline: i64, into: usize, into_capacity: usize, head: usize): i32;

/**
 * Interrupts become callbacks from now on; those that came before are due at once. Without it they are messages.
 * `context`: Given to the callback, such as a function's index; 0: no callbacks any more.
 * `flags`: 1: also while another callback runs.
 */
@external("sojourn_v1", "on_interrupt")
export declare function on_interrupt(context: u64, flags: u32): i32;

/**
 * The answer of a future becomes a callback instead of waiting for `await`; the future is gone when it is due.
 * `future`: The future.
 * `context`: Given to the callback.
 * `flags`: As in `on_interrupt`.
 * Codes: `UnknownFuture`.
 */
@external("sojourn_v1", "on_future")
export declare function on_future(future: u64, context: u64, flags: u32): i32;

/**
 * Takes the callback that is due, and begins it.
 * `into`: Room for texts and data.
 * `head`: The message that it is about.
 * `context`: What was given for it.
 * Codes: `NothingDue`, `TooSmall`.
 */
@external("sojourn_v1", "callback")
export declare function callback(into: usize, into_capacity: usize, head: usize, context: usize): i32;

/**
 * The callback that began last has ended.
 * Codes: `NothingDue`.
 */
@external("sojourn_v1", "callback_end")
export declare function callback_end(): i32;

/**
 * Starts an atom at this node.
 * `module`: Empty: the module of the caller; the name of an atom: its module; 64 hexadecimal digits: the module with this hash.
 * `name`: Its name; empty: one is chosen.
 * `argument`: Its first argument.
 * `flags`: 1: watched by the caller; 2: linked to it.
 * `into`: Room for its global name: at least 129 bytes.
 * `length`: Bytes of its name.
 * Codes: `AtomNameTaken`, `InvalidName`, `NoRoom`, `MissingContent`, `InvalidModule`, `TooSmall`, `TooLarge`, `UnknownAtom`, `Callback`.
 */
@external("sojourn_v1", "spawn")
export declare function spawn(module: usize, module_length: usize, name: usize, name_length: usize, argument: usize, argument_length: usize, flags: u32, into: usize, into_capacity: usize, length: usize): i32;

/**
 * Ends the atom with this status. Does not return.
 * `status`: The status.
 */
@external("sojourn_v1", "exit")
export declare function exit(status: u32): i32;

/**
 * The atom's own global name, the one that it was born with.
 * `into`: Room for it.
 * `length`: Bytes that it has.
 * Codes: `TooSmall`.
 */
@external("sojourn_v1", "self")
export declare function self_(into: usize, into_capacity: usize, length: usize): i32;

/**
 * A message of kind 4 comes, once, when the atom ends; at once when there is none. Its type tells how: `exited` (`code` is the status), `stopped`, `failed` (the subject tells why), `lost` with its node (`code` 16; or 13 when that node has not answered for 10 s, and the atom may live), `ended` when there is no such atom (`code` 1).
 * `name`: The atom.
 * `flags`: 2: linked: when either ends otherwise than with status 0, the other is ended, too.
 * Codes: `Busy`, `InvalidName`.
 */
@external("sojourn_v1", "watch")
export declare function watch(name: usize, name_length: usize, flags: u32): i32;

/**
 * Takes `watch` back.
 * `name`: The atom.
 * Codes: `UnknownAtom`.
 */
@external("sojourn_v1", "unwatch")
export declare function unwatch(name: usize, name_length: usize): i32;

/**
 * Gives the atom an alias; it may have many, and many atoms may have the same.
 * `scope`: The scope of the alias, such as `topic`.
 * `alias`: The alias.
 * Codes: `InvalidName`, `TooLarge`.
 */
@external("sojourn_v1", "alias_set")
export declare function alias_set(scope: usize, scope_length: usize, alias: usize, alias_length: usize): i32;

/**
 * Takes an alias back.
 * `scope`: The scope.
 * `alias`: The alias; empty: all of the scope.
 * Codes: `InvalidName`.
 */
@external("sojourn_v1", "alias_clear")
export declare function alias_clear(scope: usize, scope_length: usize, alias: usize, alias_length: usize): i32;

/**
 * The name of any atom that fits; the nearest: one of this node if there is one.
 * `scope`: Empty: names are matched; otherwise aliases of this scope.
 * `pattern`: A regular expression for the whole name or alias.
 * `into`: Room for its global name.
 * `length`: Bytes of it.
 * Codes: `UnknownAtom`, `InvalidPattern`, `TooSmall`.
 */
@external("sojourn_v1", "find_any")
export declare function find_any(scope: usize, scope_length: usize, pattern: usize, pattern_length: usize, into: usize, into_capacity: usize, length: usize): i32;

/**
 * The names of all atoms that fit, in order, with a newline after each.
 * `scope`: As in `find_any`.
 * `pattern`: As in `find_any`.
 * `into`: Room for the names.
 * `length`: Bytes of all of them, also when the room is too small.
 * Codes: `InvalidPattern`, `TooSmall`.
 */
@external("sojourn_v1", "find_all")
export declare function find_all(scope: usize, scope_length: usize, pattern: usize, pattern_length: usize, into: usize, into_capacity: usize, length: usize): i32;

/**
 * The value of a key.
 * `key`: The key.
 * `into`: Room for the value.
 * `length`: Bytes of it, also when the room is too small.
 * `version`: Its version, for `kv_compare_and_set`.
 * Codes: `NoKey`, `TooSmall`.
 */
@external("sojourn_v1", "kv_get")
export declare function kv_get(key: usize, key_length: usize, into: usize, into_capacity: usize, length: usize, version: usize): i32;

/**
 * Sets a key.
 * `key`: The key.
 * `value`: The value.
 * `version`: Its version now.
 * Codes: `TooLarge`, `NoRoom`, `DiskFull`.
 */
@external("sojourn_v1", "kv_put")
export declare function kv_put(key: usize, key_length: usize, value: usize, value_length: usize, version: usize): i32;

/**
 * Removes a key.
 * `key`: The key.
 * Codes: `NoKey`, `DiskFull`.
 */
@external("sojourn_v1", "kv_delete")
export declare function kv_delete(key: usize, key_length: usize): i32;

/**
 * Sets a key if it still has this version.
 * `key`: The key.
 * `expected`: The version; 0: if there is no such key.
 * `value`: The value.
 * `version`: Its version now, also when it was another one.
 * Codes: `Conflict`, `TooLarge`, `NoRoom`, `DiskFull`.
 */
@external("sojourn_v1", "kv_compare_and_set")
export declare function kv_compare_and_set(key: usize, key_length: usize, expected: u64, value: usize, value_length: usize, version: usize): i32;

/**
 * Keys with a prefix, in order, each with its length before it (4 bytes).
 * `prefix`: The prefix.
 * `after`: Only keys after this one; empty: from the first on.
 * `into`: Room; as many keys as fit are given.
 * `length`: Bytes written.
 * `more`: 1 when there are more.
 * Codes: `TooSmall`.
 */
@external("sojourn_v1", "kv_list")
export declare function kv_list(prefix: usize, prefix_length: usize, after: usize, after_length: usize, into: usize, into_capacity: usize, length: usize, more: usize): i32;

/**
 * Changes of keys with this prefix come as messages of kind 5 from the atom itself: type `put` or `delete`, subject the key as text (bytes that are none are replaced), data the new value, or for `delete` the key byte for byte; the id is the version. A change for which the mailbox has no room is refused with `NoRoom`.
 * `prefix`: The prefix.
 * `on`: 1: from now on; 0: no more.
 * Codes: `NoRoom`.
 */
@external("sojourn_v1", "kv_watch")
export declare function kv_watch(prefix: usize, prefix_length: usize, on: u32): i32;

/**
 * Opens a TCP connection, if the atom may.
 * `address`: `host:port`.
 * `deadline`: How long to wait.
 * `fd`: Its descriptor, also for WASI calls.
 * Codes: `NotGranted`, `Unreachable`, `TimedOut`, `Address`, `NoRoom`, `Callback`.
 */
@external("sojourn_v1", "connect")
export declare function connect(address: usize, address_length: usize, deadline: i64, fd: usize): i32;

/**
 * Listens for TCP connections, if the atom may: at the node where it opened its first connection or listener, wherever it is now.
 * `address`: `host:port`; port 0: any.
 * `fd`: Its descriptor.
 * Codes: `NotGranted`, `Address`, `NoRoom`.
 */
@external("sojourn_v1", "listen")
export declare function listen(address: usize, address_length: usize, fd: usize): i32;

/**
 * Takes the next connection of a listener.
 * `listener`: The listener.
 * `deadline`: How long to wait.
 * `fd`: The connection's descriptor.
 * Codes: `TimedOut`, `BadDescriptor`, `NoRoom`, `Callback`.
 */
@external("sojourn_v1", "accept")
export declare function accept(listener: u32, deadline: i64, fd: usize): i32;

/**
 * Reads from a connection what is there; 0 bytes at the end.
 * `fd`: The connection.
 * `into`: Room for the bytes.
 * `deadline`: How long to wait.
 * `length`: Bytes read.
 * Codes: `TimedOut`, `BadDescriptor`, `Reset`, `Callback`.
 */
@external("sojourn_v1", "read")
export declare function read(fd: u32, into: usize, into_capacity: usize, deadline: i64, length: usize): i32;

/**
 * Writes to a connection as much as it takes, at least a byte.
 * `fd`: The connection.
 * `bytes`: What to write.
 * `deadline`: How long to wait.
 * `length`: Bytes written.
 * Codes: `TimedOut`, `BadDescriptor`, `Reset`, `Callback`.
 */
@external("sojourn_v1", "write")
export declare function write(fd: u32, bytes: usize, bytes_length: usize, deadline: i64, length: usize): i32;

/**
 * Closes a connection or listener; what was written still goes out.
 * `fd`: Which.
 * Codes: `BadDescriptor`.
 */
@external("sojourn_v1", "close")
export declare function close(fd: u32): i32;

/**
 * A line to the atom's standard error, as `level: line`. Waits for room as a write does; a line is never cut. Nothing happens when nobody can read it any more.
 * `level`: 0 debug, 1 info, 2 warning, 3 error.
 * `line`: The line, at most 64 KiB.
 * Codes: `TooLarge`, `Callback`.
 */
@external("sojourn_v1", "log")
export declare function log(level: u32, line: usize, line_length: usize): i32;

/**
 * Where the atom is.
 * `into`: Room for texts.
 * `place`: Where it is.
 * Codes: `TooSmall`.
 */
@external("sojourn_v1", "here")
export declare function here(into: usize, into_capacity: usize, place: usize): i32;

/**
 * The atom does not move until `wander`, or until this time is over; at most 1 s.
 * `nanoseconds`: How long.
 * Codes: `TooLarge`.
 */
@external("sojourn_v1", "stay")
export declare function stay(nanoseconds: u64): i32;

/**
 * The atom may move again.
 */
@external("sojourn_v1", "wander")
export declare function wander(): i32;

/**
 * Nanoseconds on a clock that never goes back, also when the atom moves: the clock of deadlines.
 * `nanoseconds`: The time.
 */
@external("sojourn_v1", "now")
export declare function now(nanoseconds: usize): i32;
