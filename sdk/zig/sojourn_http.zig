//! Atoms that serve HTTP, and that ask others, in Zig: `sojourn.http`. A gateway has to run in the realm.
//!
//!     const sojourn = @import("sojourn.zig");
//!     const http = sojourn.http;
//!
//!     comptime {
//!         _ = sojourn.Annotation("name=greeter\nkind=reactive\n");
//!     }
//!
//!     var server = http.Server{ .routes = &.{.{ .method = "GET", .path = "/hello/{name}", .handle = hello }} };
//!
//!     fn hello(stream: *http.Stream) !void {
//!         try stream.print(200, "hello, {s}\n", .{stream.param("name")});
//!     }
//!
//!     export fn handle() void {
//!         server.handle();
//!     }
//!
//! All is driven by messages, in one thread; all state is in this memory, so it moves with the atom. Streams belong to the server: a
//! handler may keep a stream's number, not the stream. What goes between gateway and atom is in docs/format/http-door.md. Hostile
//! requests are answered 400 and the like, and take no more memory than the limits here.

const std = @import("std");
const sojourn = @import("sojourn.zig");
const head = @import("sojourn_http_head.zig");
const allocator = sojourn.allocator;

/// Requests out.
pub const fetch = @import("sojourn_http_out.zig");
pub const Field = head.Field;

/// Bytes of a piece of a body.
pub const piece_bytes = 65536;
/// Bytes that a body may be ahead of what was granted.
pub const window_bytes = 262144;
/// Messages that a WebSocket may be ahead, in one direction.
pub const window_messages = 256;
/// Bytes of an answer that is sent whole; longer ones go in pieces.
pub const whole_bytes = 262144;
/// Bytes of a message of a WebSocket, and of whole requests and answers.
pub const message_bytes = 1 << 20;
/// Bytes of a request's body, where its route says nothing.
pub const body_bytes = 1 << 20;
/// Bytes of all requests that are at hand, and bodies that are being collected.
pub const collected_bytes = 64 << 20;
/// Streams at once.
pub const most_streams = 16384;
/// Gateways at once.
pub const most_openers = 64;
/// Messages that one `handle` takes.
pub const batch = 256;
/// How long a message waits for room on its way to a gateway, before its stream is given up.
pub const patience: i64 = 10 * sojourn.second;

/// What a message of a WebSocket is.
pub const Kind = enum { text, binary };
/// What is done with a WebSocket client that does not read, when a message to it finds no window.
pub const Full = enum { close, drop };
/// Answers; what it fails of is answered 500.
pub const Handler = *const fn (stream: *Stream) anyerror!void;
/// Room for more of the answer's body. How many bytes it has put there; 0: that was all; null: none now, ask again at `pump`.
pub const Producer = *const fn (stream: *Stream, into: []u8) anyerror!?usize;

/// Who answers what.
pub const Route = struct {
    /// "GET" is for HEAD, too; "": any.
    method: []const u8 = "",
    /// "/a/{name}": a segment as parameter `name`; a last segment "*": whatever follows, as parameter `*`.
    path: []const u8,
    /// A request, with all of its body; it answers, or says `later`. A WebSocket that is opened: it accepts, or answers.
    handle: ?Handler = null,
    /// Bytes of a body.
    limit: ?u64 = null,
    /// Where this is, bodies are not collected: it gets them as they come, and then `handle` runs.
    piece: ?*const fn (stream: *Stream, data: []const u8) anyerror!void = null,
    /// There is window again, where `send` found none.
    room: ?Handler = null,
    /// The stream was ended by the other side, or by failure: `code` is that of a WebSocket, else 0.
    gone: ?*const fn (stream: *Stream, code: u16, why: []const u8) void = null,
    /// Where this is, the route is for WebSockets; without `handle` all are accepted.
    message: ?*const fn (stream: *Stream, kind: Kind, data: []const u8) anyerror!void = null,
    full: Full = .close,

    fn most(route: *const Route) u64 {
        return route.limit orelse if (route.piece != null) std.math.maxInt(u64) else body_bytes;
    }
};

const Opener = struct { name: []u8, streams: usize = 0, watched: bool = false };

/// Routes, the streams of all gateways, and if there are any, what messages that are no requests go to.
pub const Server = struct {
    routes: []const Route,
    other: ?*const fn (message: *const sojourn.Message) void = null,
    slots: std.ArrayList(?*Stream) = .empty,
    known: std.StringHashMapUnmanaged(*Stream) = .empty,
    openers: [most_openers]?Opener = @splat(null),
    streams: usize = 0,
    generation: u32 = 0,
    collected: usize = 0,
    depth: usize = 0,
    dead: ?*Stream = null,

    /// Takes what has come; for the `handle` of a reactive atom.
    pub fn handle(server: *Server) void {
        for (0..batch) |_| server.one(sojourn.now_only) catch return;
    }

    /// Takes messages for ever; for the `main` of a daemon.
    pub fn serve(server: *Server) sojourn.Failure!noreturn {
        while (true) try server.one(sojourn.forever);
    }

    /// The same, and runs a function each time so many nanoseconds are over.
    pub fn serveEvery(server: *Server, every: u64, tick: *const fn () void) sojourn.Failure!noreturn {
        var due = sojourn.now() + every;
        while (true) {
            server.one(@intCast(due -| sojourn.now())) catch |failure| if (failure != error.TimedOut) return failure;
            if (sojourn.now() < due) continue;
            due += every;
            tick();
        }
    }

    fn one(server: *Server, timeout: i64) sojourn.Failure!void {
        var message = try sojourn.receive(timeout);
        defer message.deinit();
        if (!server.take(&message)) if (server.other) |other| other(&message);
    }

    /// Does what a message is for, if it is of the door; else false, and it is the application's. For those that receive themselves.
    pub fn take(server: *Server, message: *sojourn.Message) bool {
        server.sweep();
        if (message.kind == .ended) return server.ended(message.source);
        if (message.kind != .message) return false;
        const asks = is(message.type, "http.request") or is(message.type, "http.open") or is(message.type, "ws.open");
        if (!asks and !tells(message.type)) return false;
        server.depth += 1;
        if (asks and message.call != 0) {
            server.asked(message);
        } else if (!asks and message.call != 0) {
            turnAway(message, "HTTP/1.1 400 Bad Request\r\n\r\n");
        } else if (!asks) {
            if (server.knownOne(message)) |stream| stream.told(message) else stray(message);
        }
        server.depth -= 1;
        server.sweep();
        return true;
    }

    /// The stream with this number, if it lasts.
    pub fn find(server: *Server, number: u64) ?*Stream {
        const slot: u32 = @truncate(number);
        if (slot == 0 or slot > server.slots.items.len) return null;
        const stream = server.slots.items[slot - 1] orelse return null;
        return if (stream.generation == number >> 32) stream else null;
    }

    /// The next one of all streams of a route (its path; null: of all) that have an answer under way or are WebSockets; null at the end.
    pub fn next(server: *Server, path: ?[]const u8, last: ?*const Stream) ?*Stream {
        const begin = if (last) |stream| stream.slot + 1 else 0;
        for (server.slots.items[begin..]) |slot| {
            const stream = slot orelse continue;
            const route = stream.route orelse continue;
            const here = if (path) |wanted| is(route.path, wanted) else true;
            if (here and (stream.sending or stream.isSocket())) return stream;
        }
        return null;
    }

    /// Sends a message to all WebSockets of a route, given by its path; to how many.
    pub fn broadcast(server: *Server, path: []const u8, kind: Kind, data: []const u8) usize {
        var sent: usize = 0;
        var last: ?*Stream = null;
        while (server.next(path, last)) |stream| : (last = stream) {
            if (stream.sendMessage(kind, data)) sent += 1 else |_| {}
        }
        return sent;
    }

    fn knownOne(server: *Server, message: *const sojourn.Message) ?*Stream {
        const key = std.mem.concat(allocator, u8, &.{ message.source, "\n", message.subject }) catch return null;
        defer allocator.free(key);
        return server.known.get(key);
    }

    fn openerOf(server: *Server, name: []const u8, make: bool) ?usize {
        var free: ?usize = null;
        for (&server.openers, 0..) |*place, number| {
            const opener = place.* orelse {
                free = number;
                continue;
            };
            if (is(opener.name, name)) return number;
            if (opener.streams == 0 and free == null) free = number;
        }
        const number = free orelse return null;
        if (!make) return null;
        const copy = allocator.dupe(u8, name) catch return null;
        if (server.openers[number]) |idle| {
            if (idle.watched) sojourn.unwatch(idle.name) catch {};
            allocator.free(idle.name);
        }
        server.openers[number] = .{ .name = copy };
        return number;
    }

    /// A new stream, which takes the message's room; null: there is no room.
    fn begin_(server: *Server, message: *sojourn.Message) ?*Stream {
        if (server.streams >= most_streams or server.collected + message.data.len > collected_bytes) return null;
        const opener = server.openerOf(message.source, true) orelse return null;
        const stream = allocator.create(Stream) catch return null;
        const slot = server.freeSlot() catch {
            allocator.destroy(stream);
            return null;
        };
        server.generation +%= 1;
        stream.* = .{ .server = server, .call = message.*, .opener = opener, .slot = slot, .generation = server.generation };
        const key = std.mem.concat(allocator, u8, &.{ message.source, "\n", message.subject }) catch {
            allocator.destroy(stream);
            return null;
        };
        server.known.put(allocator, key, stream) catch {
            allocator.free(key);
            allocator.destroy(stream);
            return null;
        };
        stream.key = key;
        message.room = &.{};
        server.slots.items[slot] = stream;
        server.streams += 1;
        server.openers[opener].?.streams += 1;
        server.collected += stream.call.data.len;
        return stream;
    }

    /// A place that was given last is given again last.
    fn freeSlot(server: *Server) !usize {
        const count = server.slots.items.len;
        if (server.streams == count) {
            try server.slots.append(allocator, null);
            return count;
        }
        var slot = server.generation % count;
        while (server.slots.items[slot] != null) slot = (slot + 1) % count;
        return slot;
    }

    /// Gives back what is over, when no handler can have it in its hands.
    fn sweep(server: *Server) void {
        while (server.depth == 0) {
            const stream = server.dead orelse return;
            server.dead = stream.chain;
            stream.call.deinit();
            stream.arena.deinit();
            stream.collected.deinit(allocator);
            stream.fields_out.deinit(allocator);
            allocator.free(stream.rest);
            allocator.free(stream.key);
            if (stream.state_room) |room| allocator.free(room);
            allocator.destroy(stream);
        }
    }

    /// All streams of an opener that has ended are over. Whether it was one.
    fn ended(server: *Server, name: []const u8) bool {
        const number = server.openerOf(name, false) orelse return false;
        if (!server.openers[number].?.watched) return false;
        server.openers[number].?.watched = false;
        for (0..server.slots.items.len) |slot| {
            const stream = server.slots.items[slot] orelse continue;
            if (stream.opener == number) stream.over(true, if (stream.is_socket) 1006 else 0, "the gateway has ended");
        }
        return true;
    }

    /// Something is to be answered.
    fn asked(server: *Server, message: *sojourn.Message) void {
        const id = message.subject;
        var plain = id.len > 0 and id.len <= 64 and id[0] != '~';
        for (id) |c| plain = plain and c > ' ' and c < 127;
        if (!plain or server.knownOne(message) != null) return turnAway(message, "HTTP/1.1 400 Bad Request\r\n\r\n");
        const stream = server.begin_(message) orelse
            return turnAway(message, "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\n\r\n");
        stream.is_socket = is(message.type, "ws.open");
        stream.is_open = is(message.type, "http.open");
        stream.request = head.request(stream.arena.allocator(), stream.call.data) catch |failure|
            return stream.refuse(switch (failure) {
                error.TooLarge => 431,
                error.OutOfMemory => 503,
                error.Wrong => 400,
            });
        stream.data = stream.request.body;
        const route = server.routeOf(stream) orelse return;
        stream.route = route;
        stream.begun = true;
        if (stream.is_socket) stream.run() else if (stream.is_open) stream.opened() else stream.requested();
        stream.watch();
    }

    /// The route of a request; what has none is answered.
    fn routeOf(server: *Server, stream: *Stream) ?*const Route {
        const method = if (is(stream.request.method, "HEAD")) "GET" else stream.request.method;
        var status: u16 = 404;
        var allow: []const u8 = "";
        for (server.routes) |*one_| {
            const params = head.fits(stream.arena.allocator(), one_.path, stream.request.path) orelse continue;
            if (one_.message != null and !stream.is_socket) {
                status = 426;
            } else if ((one_.message != null) == stream.is_socket) {
                if (stream.is_socket or one_.method.len == 0 or is(one_.method, method)) {
                    stream.params = params;
                    return one_;
                }
                if (status == 404) status = 405;
                const parts = [_][]const u8{ allow, if (allow.len > 0) ", " else "", one_.method };
                allow = std.mem.concat(stream.arena.allocator(), u8, &parts) catch allow;
            }
        }
        if (status == 405) stream.set("allow", allow) catch {};
        stream.refuse(status);
        return null;
    }
};

/// A request and its answer, or a WebSocket.
pub const Stream = struct {
    server: *Server,
    route: ?*const Route = null,
    /// The application's own.
    user: ?*anyopaque = null,
    // From here on: the server's.
    call: sojourn.Message,
    opener: usize,
    slot: usize,
    generation: u32,
    key: []u8 = &.{},
    chain: ?*Stream = null,
    arena: std.heap.ArenaAllocator = .init(allocator),
    request: head.Request = .{},
    params: []const Field = &.{},
    data: []const u8 = "",
    collected: std.ArrayList(u8) = .empty,
    fields_out: std.ArrayList(u8) = .empty,
    rest: []u8 = &.{},
    rest_at: usize = 0,
    producer: ?Producer = null,
    state_room: ?[]align(16) u8 = null,
    is_socket: bool = false,
    is_open: bool = false,
    begun: bool = false,
    whole: bool = false,
    answered: bool = false,
    is_later: bool = false,
    sending: bool = false,
    is_over: bool = false,
    wants_room: bool = false,
    received: u64 = 0,
    granted: u64 = 0,
    sent: u64 = 0,
    credit: u64 = 0,

    // -------------------------------------------------------------- requests

    pub fn method(stream: *const Stream) []const u8 {
        return stream.request.method;
    }

    /// The path as it came, percent-encoded, without the query.
    pub fn path(stream: *const Stream) []const u8 {
        return stream.request.path;
    }

    /// A parameter of the path, decoded; "" if there is none.
    pub fn param(stream: *const Stream, name: []const u8) []const u8 {
        return head.first(stream.params, name) orelse "";
    }

    /// The first value of a key of the query, decoded.
    pub fn query(stream: *const Stream, key: []const u8) ?[]const u8 {
        return head.first(stream.request.query, key);
    }

    /// The first field of a name, in lower case.
    pub fn header(stream: *const Stream, name: []const u8) ?[]const u8 {
        return head.first(stream.request.fields, name);
    }

    /// The body; empty where it is streamed.
    pub fn body(stream: *const Stream) []const u8 {
        return stream.data;
    }

    /// Its own memory, zero in the beginning; always of one type.
    pub fn state(stream: *Stream, comptime T: type) error{OutOfMemory}!*T {
        const room = stream.state_room orelse made: {
            const fresh = try allocator.alignedAlloc(u8, .@"16", @sizeOf(T));
            stream.state_room = fresh;
            @memset(fresh, 0);
            break :made fresh;
        };
        return @ptrCast(room.ptr);
    }

    /// By this number it is found again, as long as it lasts.
    pub fn number(stream: *const Stream) u64 {
        return @as(u64, stream.generation) << 32 | (stream.slot + 1);
    }

    /// Whether messages can be sent over it: a WebSocket that was accepted.
    pub fn isSocket(stream: *const Stream) bool {
        return stream.is_socket and stream.answered and !stream.is_over;
    }

    // -------------------------------------------------------------- answers

    /// Adds a field to the answer, before it is given. One that could not be a field is not added.
    pub fn set(stream: *Stream, name: []const u8, value: []const u8) sojourn.Failure!void {
        if (!head.isToken(name) or !head.isPlain(value)) return error.InvalidRequest;
        if (stream.fields_out.items.len + name.len + value.len + 4 > head.bytes - 256) return error.TooLarge;
        for ([_][]const u8{ name, ": ", value, "\r\n" }) |part| try stream.fields_out.appendSlice(allocator, part);
    }

    /// Answers with all there is; a long body goes in pieces, from a copy.
    pub fn answer(stream: *Stream, status: u16, content_type: []const u8, data: []const u8) sojourn.Failure!void {
        if (stream.answered or stream.is_over) return error.UnknownCall;
        const bodiless = status == 204 or status == 304;
        const is_head = is(stream.request.method, "HEAD");
        var room: [24]u8 = undefined;
        if (!bodiless) try stream.set("content-length", std.fmt.bufPrint(&room, "{d}", .{data.len}) catch "0");
        if (bodiless or is_head or data.len <= whole_bytes) {
            if (data.len > 0 and content_type.len > 0) try stream.set("content-type", content_type);
            defer stream.over(false, 0, "");
            return stream.reply("http.response", status, if (bodiless or is_head) "" else data);
        }
        stream.rest = try allocator.dupe(u8, data);
        return stream.start(status, content_type, fromRest);
    }

    /// Answers with a text.
    pub fn print(stream: *Stream, status: u16, comptime format: []const u8, values: anytype) sojourn.Failure!void {
        const text = try std.fmt.allocPrint(allocator, format, values);
        defer allocator.free(text);
        return stream.answer(status, "text/plain; charset=utf-8", text);
    }

    /// Answers that it was not done, for programs and people (RFC 9457).
    pub fn problem(stream: *Stream, status: u16, why: []const u8) sojourn.Failure!void {
        var text: std.ArrayList(u8) = .empty;
        defer text.deinit(allocator);
        var room: [128]u8 = undefined;
        const before = "{{\"title\":\"{s}\",\"status\":{d},\"detail\":\"";
        try text.appendSlice(allocator, std.fmt.bufPrint(&room, before, .{ head.reason(status), status }) catch "");
        for (why) |c| {
            if (c == '"' or c == '\\') try text.append(allocator, '\\');
            try text.append(allocator, if (c < ' ') ' ' else c);
        }
        try text.appendSlice(allocator, "\"}");
        return stream.answer(status, "application/problem+json", text.items);
    }

    /// The answer comes later, from whoever finds the stream by this number.
    pub fn later(stream: *Stream) u64 {
        stream.is_later = true;
        return stream.number();
    }

    /// Begins an answer whose body follows: by `send` and `end`, or from a producer.
    pub fn start(stream: *Stream, status: u16, content_type: []const u8, producer: ?Producer) sojourn.Failure!void {
        if (content_type.len > 0) try stream.set("content-type", content_type);
        if (is(stream.request.method, "HEAD")) {
            defer stream.over(false, 0, "");
            return stream.reply("http.response", status, "");
        }
        try stream.reply("http.open", status, "");
        stream.sending = true;
        stream.producer = producer;
        stream.pump();
    }

    fn fromRest(stream: *Stream, into: []u8) anyerror!?usize {
        const left = stream.rest[stream.rest_at..];
        const length = @min(left.len, into.len);
        @memcpy(into[0..length], left[0..length]);
        stream.rest_at += length;
        return length;
    }

    /// Gives as much of the answer's body as there is window and the producer has.
    pub fn pump(stream: *Stream) void {
        const into = allocator.alloc(u8, piece_bytes) catch return;
        defer allocator.free(into);
        while (!stream.is_over) {
            const producer = stream.producer orelse return;
            const size = @min(piece_bytes, window_bytes + stream.credit -| stream.sent);
            if (size == 0) return;
            // A blocking call in it may pump again.
            stream.producer = null;
            const made = producer(stream, into[0..size]);
            stream.producer = producer;
            if (stream.is_over) return;
            const length = (made catch return stream.fail(true, 500, "the body cannot be made")) orelse return;
            if (length > size) return stream.fail(true, 500, "the body cannot be made");
            if (length == 0) return stream.end() catch {};
            stream.post("http.data", true, into[0..length], length) catch return;
        }
    }

    /// How many bytes `send` takes now.
    pub fn space(stream: *const Stream) usize {
        if (stream.is_over or !stream.sending) return 0;
        return std.math.cast(usize, window_bytes + stream.credit -| stream.sent) orelse std.math.maxInt(usize);
    }

    /// Sends more of an answer that was begun, all of it or nothing. `Busy`: there is no window for it; `room` of the route runs when
    /// there is more.
    pub fn send(stream: *Stream, data: []const u8) sojourn.Failure!void {
        if (stream.is_over or !stream.sending) return error.Ended;
        if (data.len > stream.space()) {
            stream.wants_room = true;
            return error.Busy;
        }
        var rest = data;
        while (rest.len > 0) {
            const size = @min(rest.len, piece_bytes);
            try stream.post("http.data", true, rest[0..size], size);
            rest = rest[size..];
        }
    }

    /// The answer that was begun is whole.
    pub fn end(stream: *Stream) sojourn.Failure!void {
        if (!stream.sending) return error.Ended;
        defer stream.over(false, 0, "");
        return stream.post("http.end", true, "", 0);
    }

    /// Gives it up.
    pub fn abort(stream: *Stream, why: []const u8) void {
        stream.fail(false, if (stream.is_socket) 1011 else 500, why);
    }

    /// Begins server-sent events.
    pub fn events(stream: *Stream) sojourn.Failure!void {
        try stream.set("cache-control", "no-store");
        return stream.start(200, "text/event-stream", null);
    }

    /// Sends a server-sent event; empty parts are left out, the data may have lines. As `send`.
    pub fn event(stream: *Stream, id: []const u8, name: []const u8, data: []const u8) sojourn.Failure!void {
        var text: std.ArrayList(u8) = .empty;
        defer text.deinit(allocator);
        for ([_][2][]const u8{ .{ "id: ", id }, .{ "event: ", name } }) |part| {
            const line = part[1][0 .. std.mem.indexOfAny(u8, part[1], "\r\n") orelse part[1].len];
            if (line.len == 0) continue;
            for ([_][]const u8{ part[0], line, "\n" }) |bytes| try text.appendSlice(allocator, bytes);
        }
        var rest = data;
        while (true) {
            const length = std.mem.indexOfAny(u8, rest, "\r\n") orelse rest.len;
            for ([_][]const u8{ "data: ", rest[0..length], "\n" }) |bytes| try text.appendSlice(allocator, bytes);
            if (length == rest.len) break;
            const two = rest[length] == '\r' and length + 1 < rest.len and rest[length + 1] == '\n';
            rest = rest[length + @as(usize, if (two) 2 else 1) ..];
        }
        try text.append(allocator, '\n');
        return stream.send(text.items);
    }

    // -------------------------------------------------------------- WebSockets

    /// Accepts one, in `handle` of its route; `protocol` is one of those that the client offers (`sec-websocket-protocol`), or "".
    pub fn accept(stream: *Stream, protocol: []const u8) sojourn.Failure!void {
        if (!stream.is_socket) return error.InvalidRequest;
        if (protocol.len > 0) try stream.set("sec-websocket-protocol", protocol);
        return stream.reply("ws.accept", 101, "");
    }

    /// Sends a text. `Busy`: there was no window, and it was dropped, as its route wants; `Ended`: the client was closed for that, or is
    /// gone.
    pub fn sendText(stream: *Stream, data: []const u8) sojourn.Failure!void {
        return stream.sendMessage(.text, data);
    }

    /// Sends bytes. As `sendText`.
    pub fn sendBinary(stream: *Stream, data: []const u8) sojourn.Failure!void {
        return stream.sendMessage(.binary, data);
    }

    /// Sends a message of a kind. As `sendText`.
    pub fn sendMessage(stream: *Stream, kind: Kind, data: []const u8) sojourn.Failure!void {
        if (!stream.isSocket()) return error.Ended;
        if (data.len > message_bytes) return error.TooLarge;
        if (stream.sent < stream.credit + window_messages)
            return stream.post(if (kind == .text) "ws.text" else "ws.binary", true, data, 1);
        if (stream.route.?.full == .drop) return error.Busy;
        stream.fail(true, 1013, "the client does not read");
        return error.Ended;
    }

    /// Sends a message to all WebSockets of the same route; it can be a route's `message`.
    pub fn tellAll(stream: *Stream, kind: Kind, data: []const u8) error{}!void {
        _ = stream.server.broadcast(stream.route.?.path, kind, data);
    }

    /// Closes one; nothing is heard of it any more.
    pub fn close(stream: *Stream, code: u16, why: []const u8) void {
        stream.fail(false, code, why);
    }

    // -------------------------------------------------------------- what is sent

    /// A message of it, that counts so much; one that cannot be sent ends it.
    fn post(stream: *Stream, kind: []const u8, numbered: bool, data: []const u8, counts: u64) sojourn.Failure!void {
        if (stream.is_over) return error.Ended;
        var place: [24]u8 = undefined;
        const before = if (numbered) std.fmt.bufPrint(&place, "{d}", .{stream.sent}) catch "" else "";
        const draft = sojourn.Draft{ .type = kind, .subject = stream.call.subject, .content_type = before, .data = data };
        stream.sent += counts;
        _ = sojourn.sendWithin(stream.call.source, draft, patience) catch |failure| {
            stream.over(true, if (stream.is_socket) 1006 else 0, @errorName(failure));
            return failure;
        };
    }

    /// Replies to its call: a head with all fields, and what follows it.
    fn reply(stream: *Stream, kind: []const u8, status: u16, data: []const u8) sojourn.Failure!void {
        if (stream.answered or stream.is_over) return error.UnknownCall;
        var all: std.ArrayList(u8) = .empty;
        defer all.deinit(allocator);
        var room: [96]u8 = undefined;
        const line = std.fmt.bufPrint(&room, "HTTP/1.1 {d} {s}\r\n", .{
            if (status < 100 or status > 999) 500 else status, head.reason(status),
        }) catch "HTTP/1.1 500 \r\n";
        for ([_][]const u8{ line, stream.fields_out.items, "\r\n", data }) |part| try all.appendSlice(allocator, part);
        stream.answered = true;
        sojourn.reply(stream.call, .{
            .type = kind,
            .subject = stream.call.subject,
            .content_type = "message/http",
            .data = all.items,
        }) catch |failure| {
            stream.over(true, if (stream.is_socket) 1006 else 0, @errorName(failure));
            return failure;
        };
    }

    /// It is over; the application is told if it is to be.
    fn over(stream: *Stream, tell: bool, code: u16, why: []const u8) void {
        const server = stream.server;
        if (stream.is_over) return;
        stream.is_over = true;
        _ = server.known.remove(stream.key);
        server.slots.items[stream.slot] = null;
        server.streams -= 1;
        server.openers[stream.opener].?.streams -= 1;
        server.collected -= stream.collected.items.len + stream.call.data.len;
        stream.chain = server.dead;
        server.dead = stream;
        if (tell and stream.begun) if (stream.route.?.gone) |gone| gone(stream, code, why);
    }

    /// Ends it, and tells the other side why: by the code of a WebSocket, or by an answer with this status when there was none.
    fn fail(stream: *Stream, tell: bool, code: u16, why: []const u8) void {
        if (stream.is_over) return;
        if (!stream.answered) {
            stream.problem(if (stream.is_socket) 400 else code, why) catch {};
            if (tell and stream.begun) if (stream.route.?.gone) |gone| gone(stream, 0, why);
            return;
        }
        var room: [128]u8 = undefined;
        const said = if (stream.is_socket) std.fmt.bufPrint(&room, "{d} {s}", .{ code, why }) catch "1011" else why;
        stream.post(if (stream.is_socket) "ws.close" else "http.abort", false, said, 0) catch {};
        stream.over(tell, if (stream.is_socket) code else 0, why);
    }

    /// Answers what no handler has to do with.
    fn refuse(stream: *Stream, status: u16) void {
        if (stream.answered) return stream.fail(true, status, "the body is too large");
        if (status == 426) stream.set("upgrade", "websocket") catch {};
        if (status == 503) stream.set("retry-after", "1") catch {};
        stream.problem(status, switch (status) {
            404 => "nothing is here",
            405 => "another method is needed",
            413 => "the body is too large",
            426 => "this is a WebSocket",
            431 => "the head is too large",
            500 => "no answer was given",
            503 => "no room for it now",
            else => "not a request",
        }) catch {};
    }

    // -------------------------------------------------------------- what comes

    /// Runs the handler of a whole request.
    fn run(stream: *Stream) void {
        stream.whole = true;
        if (stream.route.?.handle) |handler| {
            handler(stream) catch |failure| stream.fail(false, 500, @errorName(failure));
        } else if (stream.is_socket) stream.accept("") catch {};
        if (!stream.is_over and !stream.answered and !stream.is_later) stream.refuse(500);
    }

    fn requested(stream: *Stream) void {
        const route = stream.route.?;
        stream.received = stream.data.len;
        stream.whole = true;
        if (stream.data.len > route.most()) return stream.refuse(413);
        if (route.piece) |piece| if (stream.data.len > 0) {
            const data = stream.data;
            stream.data = "";
            piece(stream, data) catch |failure| stream.fail(true, 500, @errorName(failure));
        };
        if (!stream.is_over and !stream.answered) stream.run();
    }

    fn opened(stream: *Stream) void {
        const data = stream.data;
        const told_ = if (stream.header("content-length")) |digits| head.digits(digits) else 0;
        stream.data = "";
        const length = told_ orelse return stream.refuse(400);
        if (data.len > window_bytes) return stream.refuse(400);
        if (length > stream.route.?.most()) return stream.refuse(413);
        stream.took(data, false);
    }

    /// A piece of a request's body, the last one or not.
    fn took(stream: *Stream, data: []const u8, last: bool) void {
        const route = stream.route.?;
        stream.received += data.len;
        if (stream.received > route.most()) return stream.refuse(413);
        if (route.piece) |piece| {
            if (data.len > 0) piece(stream, data) catch |failure| stream.fail(true, 500, @errorName(failure));
        } else stream.collect(data) catch return stream.refuse(503);
        stream.whole = stream.whole or last;
        if (stream.is_over) return;
        if (!last) return stream.grant(window_bytes / 4);
        stream.data = stream.collected.items;
        if (!stream.answered) stream.run();
    }

    fn collect(stream: *Stream, data: []const u8) !void {
        if (stream.server.collected + data.len > collected_bytes) return error.OutOfMemory;
        try stream.collected.appendSlice(allocator, data);
        stream.server.collected += data.len;
    }

    /// What was consumed is granted again, in portions.
    fn grant(stream: *Stream, portion: u64) void {
        const more = stream.received - stream.granted;
        if (stream.is_over or more < portion or (stream.whole and !stream.is_socket)) return;
        var room: [24]u8 = undefined;
        const said = std.fmt.bufPrint(&room, "{d}", .{more}) catch return;
        stream.granted = stream.received;
        stream.post(if (stream.is_socket) "ws.credit" else "http.credit", false, said, 0) catch {};
    }

    /// A stream that goes on hears of its opener's end.
    fn watch(stream: *Stream) void {
        if (stream.is_over) return;
        const opener = &stream.server.openers[stream.opener].?;
        if (opener.watched) return;
        sojourn.watch(opener.name) catch return;
        opener.watched = true;
    }

    /// A message of this stream.
    fn told(stream: *Stream, message: *const sojourn.Message) void {
        const kind = message.type;
        const wrong: u16 = if (stream.is_socket) 1002 else 400;
        if (is(kind, "http.abort")) return stream.over(true, if (stream.is_socket) 1006 else 0, message.data);
        if (std.mem.startsWith(u8, kind, "ws.") != stream.is_socket) return stream.fail(true, wrong, "not of this stream");
        if (is(kind, "ws.close")) return stream.closed(message.data);
        if (std.mem.endsWith(u8, kind, ".credit")) {
            const more = head.digits(message.data) orelse return stream.fail(true, wrong, "no number");
            return stream.credited(more);
        }
        if (is(kind, "http.data") or is(kind, "http.end")) return stream.came(message);
        stream.heard(message);
    }

    fn credited(stream: *Stream, more: u64) void {
        stream.credit = @min(stream.credit + more, 1 << 62);
        if (stream.wants_room) if (stream.route.?.room) |room| {
            stream.wants_room = false;
            room(stream) catch |failure| stream.fail(true, 500, @errorName(failure));
        };
        if (stream.producer != null) stream.pump();
    }

    fn closed(stream: *Stream, said: []const u8) void {
        const digits = said[0 .. std.mem.indexOfScalar(u8, said, ' ') orelse said.len];
        const given = if (digits.len == 0) 1000 else head.digits(digits) orelse 0;
        const code: u16 = if (given < 1000 or given > 4999) 1005 else @intCast(given);
        stream.over(true, code, if (digits.len < said.len) said[digits.len + 1 ..] else "");
    }

    fn isNext(stream: *const Stream, message: *const sojourn.Message) bool {
        return message.content_type.len == 0 or head.digits(message.content_type) == stream.received;
    }

    /// A piece of the body.
    fn came(stream: *Stream, message: *const sojourn.Message) void {
        if (stream.whole or !stream.is_open) return stream.fail(true, 400, "after the end");
        if (!stream.isNext(message)) return stream.fail(true, 503, "a piece is missing");
        const beyond = stream.received + message.data.len > stream.granted + window_bytes;
        if (beyond or message.data.len > piece_bytes) return stream.fail(true, 400, "more than the window");
        stream.took(message.data, is(message.type, "http.end"));
    }

    /// A message of a WebSocket.
    fn heard(stream: *Stream, message: *const sojourn.Message) void {
        const kind: Kind = if (is(message.type, "ws.text")) .text else .binary;
        if (!stream.answered) return stream.fail(true, 1002, "not accepted yet");
        if (!stream.isNext(message)) return stream.fail(true, 1012, "messages are missing");
        if (message.data.len > message_bytes) return stream.fail(true, 1009, "too large");
        if (kind == .text and !std.unicode.utf8ValidateSlice(message.data)) return stream.fail(true, 1007, "not UTF-8");
        if (stream.received - stream.granted >= window_messages) return stream.fail(true, 1002, "more than the window");
        stream.received += 1;
        stream.route.?.message.?(stream, kind, message.data) catch |failure| stream.fail(true, 1011, @errorName(failure));
        stream.grant(window_messages / 4);
    }
};

fn is(one: []const u8, other: []const u8) bool {
    return std.mem.eql(u8, one, other);
}

/// Whether a type is one of messages of streams.
fn tells(kind: []const u8) bool {
    const kinds = [_][]const u8{ "http.data", "http.end", "http.abort", "http.credit", "ws.text", "ws.binary", "ws.close", "ws.credit" };
    for (kinds) |known| if (is(kind, known)) return true;
    return false;
}

/// Answers a call for which there is no stream.
fn turnAway(message: *const sojourn.Message, line: []const u8) void {
    const draft = sojourn.Draft{ .type = "http.response", .subject = message.subject, .content_type = "message/http", .data = line };
    sojourn.reply(message.*, draft) catch {};
}

/// Something of a stream that is not known: it is said once, if there is room.
fn stray(message: *const sojourn.Message) void {
    var draft = sojourn.Draft{ .type = "ws.close", .subject = message.subject, .data = "1012 not known" };
    if (is(message.type, "http.data")) {
        draft.type = "http.abort";
        draft.data = "not known";
    } else if (!is(message.type, "ws.text") and !is(message.type, "ws.binary")) return;
    _ = sojourn.sendWithin(message.source, draft, sojourn.now_only) catch {};
}
