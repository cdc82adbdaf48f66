//! Guest calls as they are. Made from `abi/imports.toml` and `abi/errors.toml`; do not edit.

/// What every call gives.
pub const Code = enum(i32) {
    ok = 0,
    /// There is no such atom in the realm.
    unknown_atom = 1,
    /// There is no such node in the realm.
    unknown_node = 2,
    /// The atom does not run any more.
    not_running = 3,
    /// Something else is being done with it, or a queue is full.
    busy = 4,
    /// The atom is already where it is to go.
    already_there = 5,
    /// The atom uses something that cannot leave its machine.
    pinned = 6,
    /// The node does not offer a host function that the module imports.
    missing_function = 7,
    /// The node has no engine that can run it.
    missing_feature = 8,
    /// There is no room for it.
    no_room = 9,
    /// The other side speaks another version.
    wrong_version = 10,
    /// The node is of another realm.
    wrong_realm = 11,
    /// The node has no right to join the realm.
    not_allowed = 12,
    /// The node does not answer.
    @"unreachable" = 13,
    /// The move was given up; the atom goes on where it was.
    aborted = 14,
    /// The atom ended by itself meanwhile.
    ended = 15,
    /// The node ended right after it had taken the atom.
    lost = 16,
    /// No image of it is kept.
    no_image = 17,
    /// The atom runs.
    already_runs = 18,
    /// The module cannot be run.
    invalid_module = 19,
    /// The request makes no sense.
    invalid_request = 20,
    /// There is no room on the disk.
    disk_full = 21,
    /// Nobody at hand has that content.
    missing_content = 22,
    /// The address cannot be listened on.
    address = 23,
    /// Something failed that should not.
    internal = 24,
    /// A newer copy of the atom speaks for it.
    superseded = 25,
    /// A node of this name is in the realm already.
    name_taken = 26,
    /// An atom of this name was born at that node already.
    atom_name_taken = 27,
    /// It was not answered in time.
    timed_out = 28,
    /// There is no such future.
    unknown_future = 29,
    /// There is no such call to answer.
    unknown_call = 30,
    /// The room that was given is too small.
    too_small = 31,
    /// It is larger than its limit.
    too_large = 32,
    /// No callback is due.
    nothing_due = 33,
    /// It cannot be a name.
    invalid_name = 34,
    /// It is not a pattern that names are matched with.
    invalid_pattern = 35,
    /// There is no such key.
    no_key = 36,
    /// The key has another version.
    conflict = 37,
    /// The atom may not do this.
    not_granted = 38,
    /// The descriptor is none of this kind.
    bad_descriptor = 39,
    /// The connection was reset.
    reset = 40,
    /// The program runs alone, and not as an atom of a realm.
    not_in_realm = 41,
    /// A callback is due first.
    callback = 42,
    /// No atom has such a name or alias.
    unknown_alias = 43,
    /// The module's annotation cannot be what it says.
    invalid_annotation = 44,
    /// A pointer or length lies outside the guest's memory.
    bad_pointer = 45,
    /// The node hosts no atoms.
    hosts_no_atoms = 46,
    _,

    /// Whether it says that nothing happened, and nothing will.
    pub fn definite(code: Code) bool {
        return switch (code) {
            .@"unreachable", .lost, .internal, .timed_out, .reset => false,
            else => true,
        };
    }
};

/// Codes as errors, by their names in the table; `Unknown` is a code that this version does not know.
pub const Failure = error{
    UnknownAtom,
    UnknownNode,
    NotRunning,
    Busy,
    AlreadyThere,
    Pinned,
    MissingFunction,
    MissingFeature,
    NoRoom,
    WrongVersion,
    WrongRealm,
    NotAllowed,
    Unreachable,
    Aborted,
    Ended,
    Lost,
    NoImage,
    AlreadyRuns,
    InvalidModule,
    InvalidRequest,
    DiskFull,
    MissingContent,
    Address,
    Internal,
    Superseded,
    NameTaken,
    AtomNameTaken,
    TimedOut,
    UnknownFuture,
    UnknownCall,
    TooSmall,
    TooLarge,
    NothingDue,
    InvalidName,
    InvalidPattern,
    NoKey,
    Conflict,
    NotGranted,
    BadDescriptor,
    Reset,
    NotInRealm,
    Callback,
    UnknownAlias,
    InvalidAnnotation,
    BadPointer,
    HostsNoAtoms,
    Unknown,
};

/// What a call gave, as an error.
pub fn check(code: i32) Failure!void {
    return switch (@as(Code, @enumFromInt(code))) {
        .ok => {},
        .unknown_atom => error.UnknownAtom,
        .unknown_node => error.UnknownNode,
        .not_running => error.NotRunning,
        .busy => error.Busy,
        .already_there => error.AlreadyThere,
        .pinned => error.Pinned,
        .missing_function => error.MissingFunction,
        .missing_feature => error.MissingFeature,
        .no_room => error.NoRoom,
        .wrong_version => error.WrongVersion,
        .wrong_realm => error.WrongRealm,
        .not_allowed => error.NotAllowed,
        .@"unreachable" => error.Unreachable,
        .aborted => error.Aborted,
        .ended => error.Ended,
        .lost => error.Lost,
        .no_image => error.NoImage,
        .already_runs => error.AlreadyRuns,
        .invalid_module => error.InvalidModule,
        .invalid_request => error.InvalidRequest,
        .disk_full => error.DiskFull,
        .missing_content => error.MissingContent,
        .address => error.Address,
        .internal => error.Internal,
        .superseded => error.Superseded,
        .name_taken => error.NameTaken,
        .atom_name_taken => error.AtomNameTaken,
        .timed_out => error.TimedOut,
        .unknown_future => error.UnknownFuture,
        .unknown_call => error.UnknownCall,
        .too_small => error.TooSmall,
        .too_large => error.TooLarge,
        .nothing_due => error.NothingDue,
        .invalid_name => error.InvalidName,
        .invalid_pattern => error.InvalidPattern,
        .no_key => error.NoKey,
        .conflict => error.Conflict,
        .not_granted => error.NotGranted,
        .bad_descriptor => error.BadDescriptor,
        .reset => error.Reset,
        .not_in_realm => error.NotInRealm,
        .callback => error.Callback,
        .unknown_alias => error.UnknownAlias,
        .invalid_annotation => error.InvalidAnnotation,
        .bad_pointer => error.BadPointer,
        .hosts_no_atoms => error.HostsNoAtoms,
        _ => error.Unknown,
    };
}

/// What a message is.
pub const Kind = enum(u32) {
    /// A message.
    message = 0,
    /// One that is handled inside the receiver's next blocking call.
    interrupt = 1,
    /// The answer to a call.
    reply = 2,
    /// A call has failed; `code` tells why.
    failed = 3,
    /// An atom that is watched has ended; `code` is its exit status.
    ended = 4,
    /// A key has changed.
    changed = 5,
    _,
};

/// Flag of a draft: an interrupt.
pub const INTERRUPT: u32 = 1;
/// Flag of `on_interrupt` and `on_future`: also while another callback runs.
pub const NESTED: u32 = 1;
/// Flag of `spawn`: the caller hears of the end.
pub const WATCHED: u32 = 1;
/// Flag of `spawn` and `watch`: when either ends badly, so does the other.
pub const LINKED: u32 = 2;
/// Level of `log`.
pub const DEBUG: u32 = 0;
/// Level of `log`.
pub const INFO: u32 = 1;
/// Level of `log`.
pub const WARNING: u32 = 2;
/// Level of `log`.
pub const ERROR: u32 = 3;

/// Bytes in the guest's memory.
pub const Bytes = extern struct {
    at: ?[*]const u8 = null,
    length: usize = 0,
};

/// A message to be sent.
pub const Draft = extern struct {
    /// What kind of message it is, as its receiver understands it.
    type: Bytes = .{},
    /// What it is about; may be empty.
    subject: Bytes = .{},
    /// Media type of the data; empty: bytes.
    content_type: Bytes = .{},
    /// The data.
    data: Bytes = .{},
    /// 1: an interrupt, which its receiver handles inside its next blocking call.
    flags: u32 = 0,
    /// 0.
    reserved: u32 = 0,
};

/// A message that came. Texts and data lie in the room that was given.
pub const Head = extern struct {
    /// Its number, unique for its source.
    id: u64 = 0,
    /// To be given to `reply`; 0: no answer is expected.
    call: u64 = 0,
    /// 0 message, 1 interrupt, 2 reply, 3 failed call (`code` tells why), 4 end of an atom that is watched, 5 change of a key.
    kind: u32 = 0,
    /// Error code of a failed call, or exit status of an atom that ended by itself.
    code: u32 = 0,
    /// Global name of whoever sent it.
    source: Bytes = .{},
    /// As in `draft`.
    type: Bytes = .{},
    /// As in `draft`.
    subject: Bytes = .{},
    /// As in `draft`.
    content_type: Bytes = .{},
    /// As in `draft`.
    data: Bytes = .{},
    /// Bytes of room that all of it takes.
    needed: u32 = 0,
    /// 0.
    reserved: u32 = 0,
};

/// Where an atom is, and how it came there. Texts lie in the room that was given.
pub const Place = extern struct {
    /// How often it has moved.
    moves: u64 = 0,
    /// How long its last move kept it from running, in nanoseconds.
    downtime_ns: u64 = 0,
    /// Bytes that its last move sent.
    moved_bytes: u64 = 0,
    /// Name of the node.
    node: Bytes = .{},
    /// Tags of the node, with commas between them.
    tags: Bytes = .{},
    /// Bytes of room that all of it takes.
    needed: u32 = 0,
    /// 0.
    reserved: u32 = 0,
};

comptime {
    if (@sizeOf(Draft) != 40) @compileError("Draft has another size");
    if (@offsetOf(Draft, "type") != 0) @compileError("Draft.type lies elsewhere");
    if (@offsetOf(Draft, "subject") != 8) @compileError("Draft.subject lies elsewhere");
    if (@offsetOf(Draft, "content_type") != 16) @compileError("Draft.content_type lies elsewhere");
    if (@offsetOf(Draft, "data") != 24) @compileError("Draft.data lies elsewhere");
    if (@offsetOf(Draft, "flags") != 32) @compileError("Draft.flags lies elsewhere");
    if (@offsetOf(Draft, "reserved") != 36) @compileError("Draft.reserved lies elsewhere");
    if (@sizeOf(Head) != 72) @compileError("Head has another size");
    if (@offsetOf(Head, "id") != 0) @compileError("Head.id lies elsewhere");
    if (@offsetOf(Head, "call") != 8) @compileError("Head.call lies elsewhere");
    if (@offsetOf(Head, "kind") != 16) @compileError("Head.kind lies elsewhere");
    if (@offsetOf(Head, "code") != 20) @compileError("Head.code lies elsewhere");
    if (@offsetOf(Head, "source") != 24) @compileError("Head.source lies elsewhere");
    if (@offsetOf(Head, "type") != 32) @compileError("Head.type lies elsewhere");
    if (@offsetOf(Head, "subject") != 40) @compileError("Head.subject lies elsewhere");
    if (@offsetOf(Head, "content_type") != 48) @compileError("Head.content_type lies elsewhere");
    if (@offsetOf(Head, "data") != 56) @compileError("Head.data lies elsewhere");
    if (@offsetOf(Head, "needed") != 64) @compileError("Head.needed lies elsewhere");
    if (@offsetOf(Head, "reserved") != 68) @compileError("Head.reserved lies elsewhere");
    if (@sizeOf(Place) != 48) @compileError("Place has another size");
    if (@offsetOf(Place, "moves") != 0) @compileError("Place.moves lies elsewhere");
    if (@offsetOf(Place, "downtime_ns") != 8) @compileError("Place.downtime_ns lies elsewhere");
    if (@offsetOf(Place, "moved_bytes") != 16) @compileError("Place.moved_bytes lies elsewhere");
    if (@offsetOf(Place, "node") != 24) @compileError("Place.node lies elsewhere");
    if (@offsetOf(Place, "tags") != 32) @compileError("Place.tags lies elsewhere");
    if (@offsetOf(Place, "needed") != 40) @compileError("Place.needed lies elsewhere");
    if (@offsetOf(Place, "reserved") != 44) @compileError("Place.reserved lies elsewhere");
}

/// Sends a message. Waits for room until the deadline when the way to the receiver is full.
/// `to`: Name of the receiver: global, or local and then any atom of that name.
/// `draft`: The message.
/// `deadline`: How long to wait for room.
/// `id`: Number that the message got.
/// Codes: `UnknownAtom`, `Busy`, `TooLarge`, `Callback`.
pub extern "sojourn_v1" fn send(to: [*]const u8, to_length: usize, draft: *const Draft, deadline: i64, id: *u64) i32;

/// Sends a message that is to be answered; the answer comes to a future.
/// `to`: As in `send`.
/// `draft`: The message.
/// `deadline`: How long to wait for room.
/// `expires`: When the future fails with `TimedOut`; negative: never.
/// `future`: The future.
/// Codes: `UnknownAtom`, `Busy`, `TooLarge`, `Callback`.
pub extern "sojourn_v1" fn call(to: [*]const u8, to_length: usize, draft: *const Draft, deadline: i64, expires: i64, future: *u64) i32;

/// Waits for a future, and takes its answer; the future is gone then.
/// `future`: The future.
/// `deadline`: How long to wait; `TimedOut` leaves the future as it is.
/// `into`: Room for texts and data.
/// `head`: The answer; kind 3 when the call failed.
/// Codes: `TimedOut`, `UnknownFuture`, `TooSmall`, `Callback`.
pub extern "sojourn_v1" fn @"await"(future: u64, deadline: i64, into: [*]u8, into_capacity: usize, head: *Head) i32;

/// Gives a future up; an answer that comes later is dropped.
/// `future`: The future.
/// Codes: `UnknownFuture`.
pub extern "sojourn_v1" fn cancel(future: u64) i32;

/// Answers a message. Waits for room like `send`.
/// `call`: `call` of the message's head.
/// `draft`: The answer.
/// `deadline`: How long to wait for room.
/// Codes: `UnknownCall`, `Busy`, `TooLarge`, `Callback`.
pub extern "sojourn_v1" fn reply(call: u64, draft: *const Draft, deadline: i64) i32;

/// Takes the next message. In `handle` of a reactive atom there is one already.
/// `deadline`: How long to wait.
/// `into`: Room for texts and data; when it is too small the message stays, and `needed` tells how much
/// it takes.
/// `head`: The message.
/// Codes: `TimedOut`, `TooSmall`, `Callback`.
pub extern "sojourn_v1" fn receive(deadline: i64, into: [*]u8, into_capacity: usize, head: *Head) i32;

/// Interrupts become callbacks from now on; those that came before are due at once. Without it they are
/// messages.
/// `context`: Given to the callback, such as a function's index; 0: no callbacks any more.
/// `flags`: 1: also while another callback runs.
pub extern "sojourn_v1" fn on_interrupt(context: u64, flags: u32) i32;

/// The answer of a future becomes a callback instead of waiting for `await`; the future is gone when it
/// is due.
/// `future`: The future.
/// `context`: Given to the callback.
/// `flags`: As in `on_interrupt`.
/// Codes: `UnknownFuture`.
pub extern "sojourn_v1" fn on_future(future: u64, context: u64, flags: u32) i32;

/// Takes the callback that is due, and begins it.
/// `into`: Room for texts and data.
/// `head`: The message that it is about.
/// `context`: What was given for it.
/// Codes: `NothingDue`, `TooSmall`.
pub extern "sojourn_v1" fn callback(into: [*]u8, into_capacity: usize, head: *Head, context: *u64) i32;

/// The callback that began last has ended.
/// Codes: `NothingDue`.
pub extern "sojourn_v1" fn callback_end() i32;

/// Starts an atom at this node.
/// `module`: Empty: the module of the caller; the name of an atom: its module; 64 hexadecimal digits:
/// the module with this hash.
/// `name`: Its name; empty: one is chosen.
/// `argument`: Its first argument.
/// `flags`: 1: watched by the caller; 2: linked to it.
/// `into`: Room for its global name: at least 129 bytes.
/// `length`: Bytes of its name.
/// Codes: `AtomNameTaken`, `InvalidName`, `NoRoom`, `MissingContent`, `InvalidModule`, `TooSmall`,
/// `TooLarge`, `UnknownAtom`, `Callback`.
pub extern "sojourn_v1" fn spawn(module: [*]const u8, module_length: usize, name: [*]const u8, name_length: usize, argument: [*]const u8, argument_length: usize, flags: u32, into: [*]u8, into_capacity: usize, length: *u32) i32;

/// Ends the atom with this status. Does not return.
/// `status`: The status.
pub extern "sojourn_v1" fn exit(status: u32) i32;

/// The atom's own global name, the one that it was born with.
/// `into`: Room for it.
/// `length`: Bytes that it has.
/// Codes: `TooSmall`.
pub extern "sojourn_v1" fn self(into: [*]u8, into_capacity: usize, length: *u32) i32;

/// A message of kind 4 comes, once, when the atom ends; at once when there is none. Its type tells how:
/// `exited` (`code` is the status), `stopped`, `failed` (the subject tells why), `lost` with its node
/// (`code` 16; or 13 when that node has not answered for 10 s, and the atom may live), `ended` when
/// there is no such atom (`code` 1).
/// `name`: The atom.
/// `flags`: 2: linked: when either ends otherwise than with status 0, the other is ended, too.
/// Codes: `Busy`, `InvalidName`.
pub extern "sojourn_v1" fn watch(name: [*]const u8, name_length: usize, flags: u32) i32;

/// Takes `watch` back.
/// `name`: The atom.
/// Codes: `UnknownAtom`.
pub extern "sojourn_v1" fn unwatch(name: [*]const u8, name_length: usize) i32;

/// Gives the atom an alias; it may have many, and many atoms may have the same.
/// `scope`: The scope of the alias, such as `topic`.
/// `alias`: The alias.
/// Codes: `InvalidName`, `TooLarge`.
pub extern "sojourn_v1" fn alias_set(scope: [*]const u8, scope_length: usize, alias: [*]const u8, alias_length: usize) i32;

/// Takes an alias back.
/// `scope`: The scope.
/// `alias`: The alias; empty: all of the scope.
/// Codes: `InvalidName`.
pub extern "sojourn_v1" fn alias_clear(scope: [*]const u8, scope_length: usize, alias: [*]const u8, alias_length: usize) i32;

/// The name of any atom that fits; the nearest: one of this node if there is one.
/// `scope`: Empty: names are matched; otherwise aliases of this scope.
/// `pattern`: A regular expression for the whole name or alias.
/// `into`: Room for its global name.
/// `length`: Bytes of it.
/// Codes: `UnknownAtom`, `InvalidPattern`, `TooSmall`.
pub extern "sojourn_v1" fn find_any(scope: [*]const u8, scope_length: usize, pattern: [*]const u8, pattern_length: usize, into: [*]u8, into_capacity: usize, length: *u32) i32;

/// The names of all atoms that fit, in order, with a newline after each.
/// `scope`: As in `find_any`.
/// `pattern`: As in `find_any`.
/// `into`: Room for the names.
/// `length`: Bytes of all of them, also when the room is too small.
/// Codes: `InvalidPattern`, `TooSmall`.
pub extern "sojourn_v1" fn find_all(scope: [*]const u8, scope_length: usize, pattern: [*]const u8, pattern_length: usize, into: [*]u8, into_capacity: usize, length: *u32) i32;

/// The value of a key.
/// `key`: The key.
/// `into`: Room for the value.
/// `length`: Bytes of it, also when the room is too small.
/// `version`: Its version, for `kv_compare_and_set`.
/// Codes: `NoKey`, `TooSmall`.
pub extern "sojourn_v1" fn kv_get(key: [*]const u8, key_length: usize, into: [*]u8, into_capacity: usize, length: *u32, version: *u64) i32;

/// Sets a key.
/// `key`: The key.
/// `value`: The value.
/// `version`: Its version now.
/// Codes: `TooLarge`, `NoRoom`, `DiskFull`.
pub extern "sojourn_v1" fn kv_put(key: [*]const u8, key_length: usize, value: [*]const u8, value_length: usize, version: *u64) i32;

/// Removes a key.
/// `key`: The key.
/// Codes: `NoKey`, `DiskFull`.
pub extern "sojourn_v1" fn kv_delete(key: [*]const u8, key_length: usize) i32;

/// Sets a key if it still has this version.
/// `key`: The key.
/// `expected`: The version; 0: if there is no such key.
/// `value`: The value.
/// `version`: Its version now, also when it was another one.
/// Codes: `Conflict`, `TooLarge`, `NoRoom`, `DiskFull`.
pub extern "sojourn_v1" fn kv_compare_and_set(key: [*]const u8, key_length: usize, expected: u64, value: [*]const u8, value_length: usize, version: *u64) i32;

/// Keys with a prefix, in order, each with its length before it (4 bytes).
/// `prefix`: The prefix.
/// `after`: Only keys after this one; empty: from the first on.
/// `into`: Room; as many keys as fit are given.
/// `length`: Bytes written.
/// `more`: 1 when there are more.
/// Codes: `TooSmall`.
pub extern "sojourn_v1" fn kv_list(prefix: [*]const u8, prefix_length: usize, after: [*]const u8, after_length: usize, into: [*]u8, into_capacity: usize, length: *u32, more: *u32) i32;

/// Changes of keys with this prefix come as messages of kind 5 from the atom itself: type `put` or
/// `delete`, subject the key as text (bytes that are none are replaced), data the new value, or for
/// `delete` the key byte for byte; the id is the version. A change for which the mailbox has no room is
/// refused with `NoRoom`.
/// `prefix`: The prefix.
/// `on`: 1: from now on; 0: no more.
/// Codes: `NoRoom`.
pub extern "sojourn_v1" fn kv_watch(prefix: [*]const u8, prefix_length: usize, on: u32) i32;

/// Opens a TCP connection, if the atom may.
/// `address`: `host:port`.
/// `deadline`: How long to wait.
/// `fd`: Its descriptor, also for WASI calls.
/// Codes: `NotGranted`, `Unreachable`, `TimedOut`, `Address`, `NoRoom`, `Callback`.
pub extern "sojourn_v1" fn connect(address: [*]const u8, address_length: usize, deadline: i64, fd: *u32) i32;

/// Listens for TCP connections, if the atom may: at the node where it opened its first connection or
/// listener, wherever it is now.
/// `address`: `host:port`; port 0: any.
/// `fd`: Its descriptor.
/// Codes: `NotGranted`, `Address`, `NoRoom`.
pub extern "sojourn_v1" fn listen(address: [*]const u8, address_length: usize, fd: *u32) i32;

/// Takes the next connection of a listener.
/// `listener`: The listener.
/// `deadline`: How long to wait.
/// `fd`: The connection's descriptor.
/// Codes: `TimedOut`, `BadDescriptor`, `NoRoom`, `Callback`.
pub extern "sojourn_v1" fn accept(listener: u32, deadline: i64, fd: *u32) i32;

/// Reads from a connection what is there; 0 bytes at the end.
/// `fd`: The connection.
/// `into`: Room for the bytes.
/// `deadline`: How long to wait.
/// `length`: Bytes read.
/// Codes: `TimedOut`, `BadDescriptor`, `Reset`, `Callback`.
pub extern "sojourn_v1" fn read(fd: u32, into: [*]u8, into_capacity: usize, deadline: i64, length: *u32) i32;

/// Writes to a connection as much as it takes, at least a byte.
/// `fd`: The connection.
/// `bytes`: What to write.
/// `deadline`: How long to wait.
/// `length`: Bytes written.
/// Codes: `TimedOut`, `BadDescriptor`, `Reset`, `Callback`.
pub extern "sojourn_v1" fn write(fd: u32, bytes: [*]const u8, bytes_length: usize, deadline: i64, length: *u32) i32;

/// Closes a connection or listener; what was written still goes out.
/// `fd`: Which.
/// Codes: `BadDescriptor`.
pub extern "sojourn_v1" fn close(fd: u32) i32;

/// A line to the atom's standard error, as `level: line`. Waits for room as a write does; a line is
/// never cut. Nothing happens when nobody can read it any more.
/// `level`: 0 debug, 1 info, 2 warning, 3 error.
/// `line`: The line, at most 64 KiB.
/// Codes: `TooLarge`, `Callback`.
pub extern "sojourn_v1" fn log(level: u32, line: [*]const u8, line_length: usize) i32;

/// Where the atom is.
/// `into`: Room for texts.
/// `place`: Where it is.
/// Codes: `TooSmall`.
pub extern "sojourn_v1" fn here(into: [*]u8, into_capacity: usize, place: *Place) i32;

/// The atom does not move until `wander`, or until this time is over; at most 1 s.
/// `nanoseconds`: How long.
/// Codes: `TooLarge`.
pub extern "sojourn_v1" fn stay(nanoseconds: u64) i32;

/// The atom may move again.
pub extern "sojourn_v1" fn wander() i32;

/// Nanoseconds on a clock that never goes back, also when the atom moves: the clock of deadlines.
/// `nanoseconds`: The time.
pub extern "sojourn_v1" fn now(nanoseconds: *u64) i32;
