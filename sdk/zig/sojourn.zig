//! Atoms in Zig. Import this one file; it takes the calls as they are from raw.zig beside it.
//!
//!     const sojourn = @import("sojourn.zig");
//!
//!     comptime {
//!         _ = sojourn.Annotation("name=greeter\nkind=reactive\n");
//!     }
//!
//!     export fn handle() void {
//!         var message = sojourn.receive(sojourn.now_only) catch return;
//!         defer message.deinit();
//!         sojourn.reply(message, .{ .type = "greeting", .data = "hello" }) catch {};
//!     }
//!
//! What can fail gives an error of the table of errors, by its name there. Time-outs are nanoseconds from now. While a call
//! waits, callbacks that are due run inside it. Atoms have one thread, and so has this.

const std = @import("std");

/// Calls as they are.
pub const raw = @import("raw.zig");
/// Serving HTTP and WebSocket, and asking others.
pub const http = @import("sojourn_http.zig");
/// Why something was not done; `raw.Code.definite` tells of each whether it surely did not happen.
pub const Failure = raw.Failure || error{OutOfMemory};
/// What a message is.
pub const Kind = raw.Kind;
/// Where texts and data of messages lie.
pub const allocator = std.heap.wasm_allocator;

/// A time-out: does not wait.
pub const now_only: i64 = 0;
/// A time-out: waits for ever.
pub const forever: i64 = -1;
/// A time-out: a thousandth of a second.
pub const millisecond: i64 = 1_000_000;
/// A time-out: a second.
pub const second: i64 = 1_000_000_000;
/// How long `send`, `call` and `reply` wait for room, when the way to the receiver is full.
pub const patience: i64 = 30 * second;

// ------------------------------------------------------------------ what an atom says of itself

/// Lines `key=value` of the custom section `sojourn`: `comptime { _ = sojourn.Annotation("name=counter\n"); }`.
pub fn Annotation(comptime text: []const u8) type {
    return struct {
        comptime {
            asm (".section .custom_section.sojourn,\"\",@\n.ascii \"" ++ octal(text) ++ "\"\n");
        }
    };
}

/// A text as the assembler takes it whatever is in it.
fn octal(comptime text: []const u8) []const u8 {
    comptime {
        @setEvalBranchQuota(100 * text.len + 1000);
        var out: []const u8 = "";
        for (text) |c| out = out ++ [_]u8{ '\\', '0' + (c >> 6), '0' + ((c >> 3) & 7), '0' + (c & 7) };
        return out;
    }
}

// ------------------------------------------------------------------ time

/// Nanoseconds on a clock that never goes back, also when the atom moves.
pub fn now() u64 {
    var time: u64 = 0;
    _ = raw.now(&time);
    return time;
}

/// When a time-out that begins now is over.
pub fn deadline(timeout: i64) i64 {
    if (timeout <= 0) return timeout;
    return std.math.cast(i64, now() +| @as(u64, @intCast(timeout))) orelse forever;
}

// ------------------------------------------------------------------ messages

/// A message that came. Its texts stand until `deinit`.
pub const Message = struct {
    /// Its number, unique for its source.
    id: u64,
    /// 0: no answer is expected.
    call: u64,
    kind: Kind,
    /// Of a failed call, or of an end.
    code: u32,
    /// Global name of whoever sent it.
    source: []const u8,
    type: []const u8,
    subject: []const u8,
    content_type: []const u8,
    data: []const u8,
    room: []u8,

    /// Gives its room back.
    pub fn deinit(message: *Message) void {
        allocator.free(message.room);
        message.* = undefined;
    }

    /// As it can be sent again.
    pub fn draft(message: Message) Draft {
        return .{
            .type = message.type,
            .subject = message.subject,
            .content_type = message.content_type,
            .data = message.data,
        };
    }
};

/// A message to be sent.
pub const Draft = struct {
    type: []const u8 = "",
    subject: []const u8 = "",
    content_type: []const u8 = "",
    data: []const u8 = "",
    /// Handled inside the receiver's next call that waits.
    interrupt: bool = false,

    fn raws(draft: Draft) raw.Draft {
        return .{
            .type = bytes(draft.type),
            .subject = bytes(draft.subject),
            .content_type = bytes(draft.content_type),
            .data = bytes(draft.data),
            .flags = if (draft.interrupt) raw.INTERRUPT else 0,
        };
    }
};

fn bytes(text: []const u8) raw.Bytes {
    return .{ .at = text.ptr, .length = text.len };
}

fn slice(part: raw.Bytes) []const u8 {
    const at = part.at orelse return "";
    return at[0..part.length];
}

fn adopt(room: []u8, head: raw.Head) Message {
    return .{
        .id = head.id,
        .call = head.call,
        .kind = @fromBackingInt(@intCast(head.kind)),
        .code = head.code,
        .source = slice(head.source),
        .type = slice(head.type),
        .subject = slice(head.subject),
        .content_type = slice(head.content_type),
        .data = slice(head.data),
        .room = room,
    };
}

/// Sends a message to an atom: its global name, or a local name and then any that has it. Its number.
pub fn send(to: []const u8, draft: Draft) Failure!u64 {
    return sendWithin(to, draft, patience);
}

/// Sends a message, and waits so long for room.
pub fn sendWithin(to: []const u8, draft: Draft, timeout: i64) Failure!u64 {
    const record = draft.raws();
    const until = deadline(timeout);
    var id: u64 = 0;
    try waiting(raw.send, .{ to.ptr, to.len, &record, until, &id });
    return id;
}

/// Sends a message that is to be answered within a time; the answer comes to a future.
pub fn call(to: []const u8, draft: Draft, expires: i64) Failure!u64 {
    const record = draft.raws();
    const until = deadline(patience);
    // 0 would be no time at all, and not a clock's reading.
    const expiry = if (expires == 0) 1 else deadline(expires);
    var future: u64 = 0;
    try waiting(raw.call, .{ to.ptr, to.len, &record, until, expiry, &future });
    return future;
}

/// Waits for a future and takes its answer; null: none has come in this time, and the future is as it was. A failed call is
/// its error, and the future is gone.
pub fn answer(future: u64, timeout: i64) Failure!?Message {
    const message = taken(raw.await, .{ future, deadline(timeout) }) catch |failure| switch (failure) {
        error.TimedOut => return null,
        else => return failure,
    };
    if (message.kind != .failed) return message;
    var failed = message;
    defer failed.deinit();
    try raw.check(@bitCast(failed.code));
    return error.Unknown;
}

/// Calls, and waits for the answer.
pub fn ask(to: []const u8, draft: Draft, timeout: i64) Failure!Message {
    const future = try call(to, draft, timeout);
    return (try answer(future, forever)) orelse error.TimedOut;
}

/// Gives a future up.
pub fn cancel(future: u64) Failure!void {
    return raw.check(raw.cancel(future));
}

/// Answers a message; each call once.
pub fn reply(message: Message, draft: Draft) Failure!void {
    const record = draft.raws();
    return waiting(raw.reply, .{ message.call, &record, deadline(patience) });
}

/// Takes the next message; in `handle` there is one already.
pub fn receive(timeout: i64) Failure!Message {
    return taken(raw.receive, .{deadline(timeout)});
}

/// A message from a call that takes room and head last.
fn taken(comptime function: anytype, arguments: anytype) Failure!Message {
    var room = try allocator.alloc(u8, 512);
    errdefer allocator.free(room);
    var head = raw.Head{};
    while (true) {
        waiting(function, arguments ++ .{ room.ptr, room.len, &head }) catch |failure| switch (failure) {
            error.TooSmall => {
                try larger(&room, head.needed);
                continue;
            },
            else => return failure,
        };
        return adopt(room, head);
    }
}

/// Room of this size; what was in it is gone.
fn larger(room: *[]u8, size: usize) Failure!void {
    const fresh = try allocator.alloc(u8, size);
    allocator.free(room.*);
    room.* = fresh;
}

// ------------------------------------------------------------------ callbacks

/// Runs inside a call that waits. The message is gone afterwards.
pub const Callback = *const fn (message: *const Message, user: ?*anyopaque) void;

/// Interrupts run this function from now on, one after the other; those that came before, too. null: they are messages, as
/// they are in the beginning. `nested`: also while another callback waits for something.
pub fn onInterrupt(function: ?Callback, user: ?*anyopaque, nested: bool) Failure!void {
    const number = if (function) |known| context(known, user) else 0;
    return raw.check(raw.on_interrupt(number, if (nested) raw.NESTED else 0));
}

/// The answer of a future runs this function, instead of waiting for `answer`.
pub fn onFuture(future: u64, function: Callback, user: ?*anyopaque, nested: bool) Failure!void {
    return raw.check(raw.on_future(future, context(function, user), if (nested) raw.NESTED else 0));
}

/// A function and what it is given, as the one number that a node keeps: both are 32 bits, and no function is 0.
fn context(function: Callback, user: ?*anyopaque) u64 {
    return @as(u64, @intFromPtr(user)) << 32 | @intFromPtr(function);
}

/// Makes a call until it does not answer that a callback is due; deadlines do not change by that.
fn waiting(comptime function: anytype, arguments: anytype) Failure!void {
    while (true) {
        raw.check(@call(.auto, function, arguments)) catch |failure| switch (failure) {
            error.Callback => {
                try runCallback();
                continue;
            },
            else => return failure,
        };
        return;
    }
}

/// Takes the callback that is due, and runs it.
fn runCallback() Failure!void {
    var room = try allocator.alloc(u8, 512);
    defer allocator.free(room);
    var head = raw.Head{};
    var number: u64 = 0;
    while (true) {
        raw.check(raw.callback(room.ptr, room.len, &head, &number)) catch |failure| switch (failure) {
            error.NothingDue => return,
            error.TooSmall => {
                try larger(&room, head.needed);
                continue;
            },
            else => return failure,
        };
        break;
    }
    const message = adopt(room, head);
    const function: Callback = @ptrFromInt(@as(u32, @truncate(number)));
    function(&message, @ptrFromInt(@as(u32, @truncate(number >> 32))));
    _ = raw.callback_end();
}

// ------------------------------------------------------------------ names

/// The atom's own global name. The caller frees it.
pub fn self() Failure![]u8 {
    return textOf(raw.self, .{});
}

/// Gives the atom an alias.
pub fn setAlias(scope: []const u8, alias: []const u8) Failure!void {
    return raw.check(raw.alias_set(scope.ptr, scope.len, alias.ptr, alias.len));
}

/// Takes an alias back; an empty one: all of the scope.
pub fn clearAlias(scope: []const u8, alias: []const u8) Failure!void {
    return raw.check(raw.alias_clear(scope.ptr, scope.len, alias.ptr, alias.len));
}

/// Any atom that fits, the nearest: by its name, or with a scope by an alias of it. The pattern is a regular expression. The
/// caller frees the name.
pub fn findAny(scope: []const u8, pattern: []const u8) Failure![]u8 {
    return textOf(raw.find_any, .{ scope.ptr, scope.len, pattern.ptr, pattern.len });
}

/// All atoms that fit, in order.
pub fn findAll(scope: []const u8, pattern: []const u8) Failure!List {
    const names = try textOf(raw.find_all, .{ scope.ptr, scope.len, pattern.ptr, pattern.len });
    defer allocator.free(names);
    var list = List{};
    errdefer list.deinit();
    var lines = std.mem.tokenizeScalar(u8, names, '\n');
    while (lines.next()) |name| try list.add(name);
    return list;
}

/// Sends a message to all atoms that have this alias of the scope `topic`; how many they are. Those that have ended meanwhile
/// are left out.
pub fn publish(topic: []const u8, draft: Draft) Failure!usize {
    var pattern = List.Text.empty;
    defer pattern.deinit(allocator);
    for (topic) |c| {
        if (std.mem.indexOfScalar(u8, "\\.+*?()|[]{}^$#&-~", c) != null) try pattern.append(allocator, '\\');
        try pattern.append(allocator, c);
    }
    var names = try findAll("topic", pattern.items);
    defer names.deinit();
    var sent: usize = 0;
    for (names.items.items) |name| {
        _ = send(name, draft) catch |failure| switch (failure) {
            error.UnknownAtom => continue,
            else => return failure,
        };
        sent += 1;
    }
    return sent;
}

/// Names, or keys.
pub const List = struct {
    const Text = std.ArrayList(u8);

    items: std.ArrayList([]const u8) = .empty,

    fn add(list: *List, item: []const u8) Failure!void {
        const copy = try allocator.dupe(u8, item);
        errdefer allocator.free(copy);
        try list.items.append(allocator, copy);
    }

    /// Gives its room back.
    pub fn deinit(list: *List) void {
        for (list.items.items) |item| allocator.free(item);
        list.items.deinit(allocator);
    }
};

/// A text from a call that takes room and length last.
fn textOf(comptime function: anytype, arguments: anytype) Failure![]u8 {
    var room = try allocator.alloc(u8, 256);
    errdefer allocator.free(room);
    var length: u32 = 0;
    while (true) {
        waiting(function, arguments ++ .{ room.ptr, room.len, &length }) catch |failure| switch (failure) {
            error.TooSmall => {
                try larger(&room, length);
                continue;
            },
            else => return failure,
        };
        return allocator.realloc(room, length);
    }
}

// ------------------------------------------------------------------ life

/// Starts an atom at this node; its global name, which the caller frees. `module`: "" for one's own, an atom's name for its
/// module, or a hash in hexadecimal. An empty name: one is chosen. `flags`: `raw.WATCHED`, `raw.LINKED`.
pub fn spawn(module: []const u8, name: []const u8, argument: []const u8, flags: u32) Failure![]u8 {
    var room: [160]u8 = undefined; // any global name: one without room would be that of an atom that runs
    var length: u32 = 0;
    try waiting(raw.spawn, .{
        module.ptr, module.len, name.ptr, name.len, argument.ptr, argument.len,
        flags,      &room,      room.len, &length,
    });
    return allocator.dupe(u8, room[0..length]);
}

/// Ends the atom.
pub fn exit(status: u32) noreturn {
    _ = raw.exit(status);
    unreachable;
}

/// A message of kind `ended` comes, once, when that atom ends.
pub fn watch(name: []const u8) Failure!void {
    return raw.check(raw.watch(name.ptr, name.len, 0));
}

/// The same; and when one of the two ends otherwise than with status 0, the other is ended.
pub fn link(name: []const u8) Failure!void {
    return raw.check(raw.watch(name.ptr, name.len, raw.LINKED));
}

/// Takes `watch` back.
pub fn unwatch(name: []const u8) Failure!void {
    return raw.check(raw.unwatch(name.ptr, name.len));
}

// ------------------------------------------------------------------ the atom's own store

/// A value of the store.
pub const Value = struct {
    data: []u8,
    version: u64,

    /// Gives its room back.
    pub fn deinit(value: *Value) void {
        allocator.free(value.data);
    }
};

/// The value of a key.
pub fn get(key: []const u8) Failure!Value {
    var room = try allocator.alloc(u8, 256);
    errdefer allocator.free(room);
    var length: u32 = 0;
    var version: u64 = 0;
    while (true) {
        raw.check(raw.kv_get(key.ptr, key.len, room.ptr, room.len, &length, &version)) catch |failure| switch (failure) {
            error.TooSmall => {
                try larger(&room, length);
                continue;
            },
            else => return failure,
        };
        return .{ .data = try allocator.realloc(room, length), .version = version };
    }
}

/// Sets a key; its version now.
pub fn put(key: []const u8, value: []const u8) Failure!u64 {
    var version: u64 = 0;
    try raw.check(raw.kv_put(key.ptr, key.len, value.ptr, value.len, &version));
    return version;
}

/// Removes a key.
pub fn delete(key: []const u8) Failure!void {
    return raw.check(raw.kv_delete(key.ptr, key.len));
}

/// Sets a key if it has this version (0: if there is none); its version now. Another one: `Conflict`.
pub fn compareAndSet(key: []const u8, expected: u64, value: []const u8) Failure!u64 {
    var version: u64 = 0;
    try raw.check(raw.kv_compare_and_set(key.ptr, key.len, expected, value.ptr, value.len, &version));
    return version;
}

/// All keys with a prefix, in order.
pub fn keys(prefix: []const u8) Failure!List {
    var found = List{};
    errdefer found.deinit();
    var room = try allocator.alloc(u8, 4096);
    defer allocator.free(room);
    var more: u32 = 1;
    while (more != 0) {
        const last = found.items.getLastOrNull() orelse "";
        var length: u32 = 0;
        raw.check(
            raw.kv_list(prefix.ptr, prefix.len, last.ptr, last.len, room.ptr, room.len, &length, &more),
        ) catch |failure| switch (failure) {
            error.TooSmall => {
                try larger(&room, 2 * room.len); // a single key is longer
                more = 1;
                continue;
            },
            else => return failure,
        };
        var at: usize = 0;
        while (at < length) {
            const size = std.mem.readInt(u32, room[at..][0..4], .little);
            try found.add(room[at + 4 ..][0..size]);
            at += 4 + size;
        }
    }
    return found;
}

/// Whether changes of keys with this prefix come as messages of kind `changed`.
pub fn watchKeys(prefix: []const u8, on: bool) Failure!void {
    return raw.check(raw.kv_watch(prefix.ptr, prefix.len, @intFromBool(on)));
}

// ------------------------------------------------------------------ connections, which go along when the atom moves

/// A connection.
pub const Connection = struct {
    fd: u32,

    /// Opens one to `host:port`.
    pub fn open(address: []const u8, timeout: i64) Failure!Connection {
        var fd: u32 = 0;
        try waiting(raw.connect, .{ address.ptr, address.len, deadline(timeout), &fd });
        return .{ .fd = fd };
    }

    /// Reads what is there; 0 bytes at the end.
    pub fn read(connection: Connection, into: []u8, timeout: i64) Failure!usize {
        var length: u32 = 0;
        try waiting(raw.read, .{ connection.fd, into.ptr, into.len, deadline(timeout), &length });
        return length;
    }

    /// Writes all of it, in this time.
    pub fn write(connection: Connection, data: []const u8, timeout: i64) Failure!void {
        const until = deadline(timeout);
        var rest = data;
        while (rest.len > 0) {
            var length: u32 = 0;
            try waiting(raw.write, .{ connection.fd, rest.ptr, rest.len, until, &length });
            rest = rest[length..];
        }
    }

    /// Closes it; what was written still goes out.
    pub fn close(connection: Connection) Failure!void {
        return raw.check(raw.close(connection.fd));
    }
};

/// Something that is listened on.
pub const Listener = struct {
    fd: u32,

    /// Listens on `host:port`; port 0: any.
    pub fn open(address: []const u8) Failure!Listener {
        var fd: u32 = 0;
        try raw.check(raw.listen(address.ptr, address.len, &fd));
        return .{ .fd = fd };
    }

    /// Takes the next connection.
    pub fn accept(listener: Listener, timeout: i64) Failure!Connection {
        var fd: u32 = 0;
        try waiting(raw.accept, .{ listener.fd, deadline(timeout), &fd });
        return .{ .fd = fd };
    }

    /// Listens no more.
    pub fn close(listener: Listener) Failure!void {
        return raw.check(raw.close(listener.fd));
    }
};

// ------------------------------------------------------------------ where it is

/// Where an atom is, and how it came there.
pub const Place = struct {
    moves: u64,
    downtime_ns: u64,
    moved_bytes: u64,
    node: []const u8,
    /// With commas between them.
    tags: []const u8,
    room: []u8,

    /// Gives its room back.
    pub fn deinit(place: *Place) void {
        allocator.free(place.room);
        place.* = undefined;
    }
};

/// Where the atom is.
pub fn here() Failure!Place {
    var room = try allocator.alloc(u8, 256);
    errdefer allocator.free(room);
    var place = raw.Place{};
    while (true) {
        raw.check(raw.here(room.ptr, room.len, &place)) catch |failure| switch (failure) {
            error.TooSmall => {
                try larger(&room, place.needed);
                continue;
            },
            else => return failure,
        };
        return .{
            .moves = place.moves,
            .downtime_ns = place.downtime_ns,
            .moved_bytes = place.moved_bytes,
            .node = slice(place.node),
            .tags = slice(place.tags),
            .room = room,
        };
    }
}

/// The atom does not move until `wander`, or until this time is over; at most a second.
pub fn stay(nanoseconds: u64) Failure!void {
    return raw.check(raw.stay(nanoseconds));
}

/// The atom may move again.
pub fn wander() void {
    _ = raw.wander();
}

/// How much a line matters.
pub const Level = enum(u32) { debug = raw.DEBUG, info = raw.INFO, warning = raw.WARNING, @"error" = raw.ERROR };

/// A line to the atom's standard error.
pub fn log(level: Level, line: []const u8) void {
    _ = raw.log(@backingInt(level), line.ptr, line.len);
}
