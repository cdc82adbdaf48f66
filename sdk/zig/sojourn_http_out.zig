//! Requests out, over the nearest gateway that makes some: `sojourn.http.fetch`. Part of sojourn_http.zig.

const std = @import("std");
const sojourn = @import("sojourn.zig");
const head = @import("sojourn_http_head.zig");
const allocator = sojourn.allocator;

/// Bytes of an answer's body at most.
pub const most_bytes = 1_000_000;
const message_bytes = 1 << 20;

/// A request to somebody outside.
pub const Ask = struct {
    method: []const u8 = "GET",
    /// Of `http` or `https`.
    url: []const u8,
    fields: []const head.Field = &.{},
    body: []const u8 = "",
    /// Bytes of the answer's body, `most_bytes` at most.
    most: usize = 262144,
    timeout: i64 = 30 * sojourn.second,
};

/// What has come: an answer, or why there is none.
pub const Answer = struct {
    /// 0: there is none.
    status: u16 = 0,
    /// `UnknownAtom`: no gateway of the realm makes requests out. `NotGranted`: the atom has no grant for that host (`grant.connect`).
    /// `Unreachable`, `TooLarge`, `TimedOut`, `InvalidRequest`, `Busy`.
    failure: ?sojourn.Failure = null,
    /// Why there is none, for people.
    why: []const u8 = "",
    body: []const u8 = "",
    fields: []const head.Field = &.{},
    arena: std.heap.ArenaAllocator = .init(allocator),
    message: ?sojourn.Message = null,

    /// The first field of a name, in lower case.
    pub fn header(answer: *const Answer, name: []const u8) ?[]const u8 {
        return head.first(answer.fields, name);
    }

    /// Gives its room back.
    pub fn deinit(answer: *Answer) void {
        if (answer.message) |*message| message.deinit();
        answer.arena.deinit();
        answer.* = undefined;
    }

    fn failed(failure: sojourn.Failure) Answer {
        const none = "no gateway of this realm makes requests out";
        return .{ .failure = failure, .why = if (failure == error.UnknownAtom) none else @errorName(failure) };
    }
};

/// What a gateway says that has no answer.
fn said(why: []const u8) sojourn.Failure {
    const Known = struct { []const u8, sojourn.Failure };
    const known = [_]Known{
        .{ "not granted", error.NotGranted },       .{ "cannot connect", error.Unreachable },
        .{ "timed out", error.TimedOut },           .{ "too large", error.TooLarge },
        .{ "not a request", error.InvalidRequest }, .{ "busy", error.Busy },
    };
    for (known) |one| if (std.mem.startsWith(u8, why, one[0])) return one[1];
    return error.Internal;
}

fn read(message: sojourn.Message) Answer {
    var answer = Answer{};
    if (message.kind == .failed) return .failed(failureOf(message.code));
    if (std.mem.eql(u8, message.type, "http.failed")) {
        answer.failure = said(message.data);
        answer.why = message.data;
        return answer;
    }
    answer.failure = error.Internal;
    answer.why = "the gateway's answer is none";
    const line, const fields, const body = head.message(answer.arena.allocator(), message.data) catch return answer;
    if (!std.mem.eql(u8, message.type, "http.response") or !std.mem.startsWith(u8, line, "HTTP/1.1 ") or line.len < 12) return answer;
    const status = head.digits(line[9..12]) orelse return answer;
    if (status < 200) return answer;
    answer.status = @intCast(status);
    answer.failure = null;
    answer.why = "";
    answer.fields = fields;
    answer.body = body;
    return answer;
}

fn failureOf(code: u32) sojourn.Failure {
    sojourn.raw.check(@bitCast(code)) catch |failure| return failure;
    return error.Internal;
}

fn request(ask_: Ask) sojourn.Failure![]u8 {
    const scheme = std.mem.indexOf(u8, ask_.url, "://") orelse return error.InvalidRequest;
    const after = ask_.url[scheme + 3 ..];
    const host = after[0 .. std.mem.indexOfAny(u8, after, "/?#") orelse after.len];
    for (ask_.url) |c| if (c <= ' ' or c == 127) return error.InvalidRequest;
    if (!head.isToken(ask_.method)) return error.InvalidRequest;
    var text: std.ArrayList(u8) = .empty;
    errdefer text.deinit(allocator);
    const first = try std.fmt.allocPrint(
        allocator,
        "{s} {s} HTTP/1.1\r\nhost: {s}\r\nx-sojourn-whole: {d}\r\ncontent-length: {d}\r\n",
        .{ ask_.method, ask_.url, host, @min(ask_.most, most_bytes), ask_.body.len },
    );
    defer allocator.free(first);
    try text.appendSlice(allocator, first);
    for (ask_.fields) |field| {
        if (!head.isToken(field.name) or !head.isPlain(field.value)) return error.InvalidRequest;
        for ([_][]const u8{ field.name, ": ", field.value, "\r\n" }) |part| try text.appendSlice(allocator, part);
    }
    for ([_][]const u8{ "\r\n", ask_.body }) |part| try text.appendSlice(allocator, part);
    if (text.items.len > message_bytes) return error.TooLarge;
    return text.toOwnedSlice(allocator);
}

var count: u64 = 0;

/// Asks; the answer comes to a future, for `wait`.
pub fn begin(ask_: Ask) sojourn.Failure!u64 {
    const gateway = sojourn.findAny("door", "http") catch |failure|
        return if (failure == error.UnknownAlias) error.UnknownAtom else failure;
    defer allocator.free(gateway);
    const data = try request(ask_);
    defer allocator.free(data);
    count += 1;
    var room: [48]u8 = undefined;
    const id = std.fmt.bufPrint(&room, "~{x}.{x}", .{ sojourn.now(), count }) catch "~";
    return sojourn.call(gateway, .{ .type = "http.request", .subject = id, .content_type = "message/http", .data = data }, ask_.timeout);
}

/// Waits for the answer of a future, for so long.
pub fn wait(future: u64, timeout: i64) Answer {
    const message = (sojourn.answer(future, timeout) catch |failure| return .failed(failure)) orelse return .failed(error.TimedOut);
    var answer = read(message);
    answer.message = message;
    return answer;
}

/// Asks, and waits for the answer.
pub fn ask(ask_: Ask) Answer {
    return wait(begin(ask_) catch |failure| return .failed(failure), sojourn.forever);
}

/// Gets what has come. The answer is gone afterwards.
pub const Callback = *const fn (answer: *const Answer, user: ?*anyopaque) void;
const Waiting = struct { function: Callback, user: ?*anyopaque };

/// Asks, and goes on; the answer runs a function inside a later call that waits.
pub fn then(ask_: Ask, function: Callback, user: ?*anyopaque) sojourn.Failure!void {
    const waiting = try allocator.create(Waiting);
    errdefer allocator.destroy(waiting);
    waiting.* = .{ .function = function, .user = user };
    return sojourn.onFuture(try begin(ask_), came, waiting, false);
}

fn came(message: *const sojourn.Message, user: ?*anyopaque) void {
    const kept: *Waiting = @ptrCast(@alignCast(user.?));
    const waiting = kept.*;
    allocator.destroy(kept);
    var answer = read(message.*);
    defer answer.arena.deinit();
    waiting.function(&answer, waiting.user);
}
