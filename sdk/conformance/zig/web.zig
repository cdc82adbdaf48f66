//! Serves HTTP in all the ways that there are.

const std = @import("std");
const sojourn = @import("sojourn");
const http = sojourn.http;

comptime {
    _ = sojourn.Annotation("name=web\nkind=reactive\nalias=sdk:web\ngrant.connect=example.org:443\n");
}

var numbered: u64 = 0;
var ticks: u64 = 0;
var gone: u64 = 0;
var kept: u64 = 0;

var server = http.Server{
    .routes = &.{
        .{ .method = "GET", .path = "/hello/{name}", .handle = hello },
        .{ .path = "/echo", .handle = echo },
        .{ .method = "POST", .path = "/small", .handle = echo, .limit = 16 },
        .{ .method = "GET", .path = "/files/*", .handle = files },
        .{ .method = "POST", .path = "/upload", .handle = uploadEnd, .piece = uploadPiece, .gone = went },
        .{ .method = "GET", .path = "/download/{bytes}", .handle = download, .gone = went },
        .{ .method = "GET", .path = "/whole/{bytes}", .handle = whole, .gone = went },
        .{ .method = "GET", .path = "/later", .handle = later, .gone = went },
        .{ .method = "GET", .path = "/ticks", .handle = http.Stream.events, .gone = went },
        .{ .path = "/fetch", .handle = fetch },
        .{ .path = "/ws/echo", .handle = openEcho, .message = echoMessage, .gone = went },
        .{ .path = "/ws/room", .message = roomMessage, .gone = went },
        .{ .path = "/ws/lossy", .message = roomMessage, .gone = went, .full = .drop },
    },
    .other = other,
};

fn made(place: u64) u8 {
    return @intCast(place * 31 % 251);
}

fn hello(stream: *http.Stream) !void {
    try stream.print(200, "{s}, {s}\n", .{ stream.query("greeting") orelse "hello", stream.param("name") });
}

fn echo(stream: *http.Stream) !void {
    try stream.set("x-method", stream.method());
    try stream.answer(200, stream.header("content-type") orelse "", stream.body());
}

fn files(stream: *http.Stream) !void {
    try stream.print(200, "{s}", .{stream.param("*")});
}

const Upload = struct { count: u64 = 0, hash: u64 = 0 };

fn uploadPiece(stream: *http.Stream, data: []const u8) !void {
    const upload = try stream.state(Upload);
    for (data) |byte| upload.hash = (upload.hash ^ byte) *% 1099511628211;
    upload.count += data.len;
}

fn uploadEnd(stream: *http.Stream) !void {
    const upload = try stream.state(Upload);
    try stream.print(200, "{d} {x:0>16}", .{ upload.count, upload.hash });
}

const Download = struct { at: u64 = 0, end: u64 = 0 };

fn download(stream: *http.Stream) !void {
    const state = try stream.state(Download);
    state.end = try std.fmt.parseInt(u64, stream.param("bytes"), 10);
    try stream.start(200, "application/octet-stream", downloadMore);
}

fn downloadMore(stream: *http.Stream, into: []u8) !?usize {
    const state = try stream.state(Download);
    var length: usize = 0;
    while (length < into.len and state.at < state.end) : (length += 1) {
        into[length] = made(state.at);
        state.at += 1;
    }
    return length;
}

fn whole(stream: *http.Stream) !void {
    const data = try sojourn.allocator.alloc(u8, try std.fmt.parseInt(usize, stream.param("bytes"), 10));
    defer sojourn.allocator.free(data);
    for (data, 0..) |*byte, place| byte.* = made(place);
    try stream.answer(200, "application/octet-stream", data);
}

fn later(stream: *http.Stream) !void {
    kept = stream.later();
}

fn went(_: *http.Stream, _: u16, _: []const u8) void {
    gone += 1;
}

fn openEcho(stream: *http.Stream) !void {
    if (stream.query("refuse") != null) return stream.problem(403, "refused");
    const offered = stream.header("sec-websocket-protocol") orelse "";
    try stream.accept(if (std.mem.indexOf(u8, offered, "echo") != null) "echo" else "");
}

fn echoMessage(stream: *http.Stream, kind: http.Kind, data: []const u8) !void {
    if (kind == .text and std.mem.eql(u8, data, "bye")) return stream.close(4000, "goodbye");
    try stream.sendMessage(kind, data);
}

fn roomMessage(stream: *http.Stream, kind: http.Kind, data: []const u8) !void {
    numbered += 1;
    const line = try std.fmt.allocPrint(sojourn.allocator, "{d} {s}", .{ numbered, data });
    defer sojourn.allocator.free(line);
    _ = server.broadcast(stream.route.?.path, kind, line);
}

fn fetch(stream: *http.Stream) !void {
    const ask = http.fetch.Ask{
        .method = stream.method(),
        .url = stream.query("url") orelse "",
        .fields = &.{.{ .name = "x-test", .value = "yes" }},
        .body = stream.body(),
    };
    if (stream.query("wait") != null) {
        var answer = http.fetch.ask(ask);
        defer answer.deinit();
        return fetched(stream, &answer);
    }
    const number = try sojourn.allocator.create(u64);
    number.* = stream.later();
    http.fetch.then(ask, fetchedLater, number) catch |failure| {
        sojourn.allocator.destroy(number);
        return stream.print(502, "{s} ", .{@errorName(failure)});
    };
}

fn fetchedLater(answer: *const http.fetch.Answer, user: ?*anyopaque) void {
    const number: *u64 = @ptrCast(@alignCast(user.?));
    defer sojourn.allocator.destroy(number);
    const stream = server.find(number.*) orelse return;
    fetched(stream, answer) catch {};
}

fn fetched(stream: *http.Stream, answer: *const http.fetch.Answer) !void {
    if (answer.failure) |failure| return stream.print(502, "{s} {s}", .{ @errorName(failure), answer.why });
    try stream.print(200, "{d} {d} {s}", .{ answer.status, answer.body.len, answer.body });
}

fn other(message: *const sojourn.Message) void {
    take(message) catch |failure| sojourn.log(.@"error", @errorName(failure));
}

fn take(message: *const sojourn.Message) !void {
    var room: [64]u8 = undefined;
    var stream: ?*http.Stream = null;
    if (std.mem.eql(u8, message.type, "release")) {
        if (server.find(kept)) |waiting| try waiting.answer(200, "text/plain", message.data);
    } else if (std.mem.eql(u8, message.type, "tick")) {
        ticks += 1;
        const id = try std.fmt.bufPrint(&room, "{d}", .{ticks});
        while (server.next("/ticks", stream)) |one| : (stream = one) try one.event(id, "tick", message.data);
    } else if (std.mem.eql(u8, message.type, "stop")) {
        while (server.next("/ticks", stream)) |one| : (stream = one) try one.end();
    }
    if (message.call == 0) return;
    if (!std.mem.eql(u8, message.type, "streams")) return sojourn.reply(message.*, message.draft());
    const counts = try std.fmt.bufPrint(&room, "{d} {d}", .{ server.streams, gone });
    try sojourn.reply(message.*, .{ .type = "streams", .data = counts });
}

export fn handle() void {
    server.handle();
}
