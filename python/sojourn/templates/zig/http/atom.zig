//! @NAME@ is reached over HTTP: /hello/NAME, /upload, and a WebSocket /chat on which everybody hears everybody.

const sojourn = @import("sojourn/sojourn.zig");
const Stream = sojourn.http.Stream;

var server = sojourn.http.Server{ .routes = &.{
    .{ .method = "GET", .path = "/hello/{name}", .handle = hello },
    .{ .method = "POST", .path = "/upload", .piece = piece, .handle = counted },
    .{ .path = "/chat", .message = Stream.tellAll },
} };

fn hello(stream: *Stream) !void {
    try stream.print(200, "hello, {s}\n", .{stream.param("name")});
}

fn piece(stream: *Stream, data: []const u8) !void {
    (try stream.state(usize)).* += data.len;
}

fn counted(stream: *Stream) !void {
    try stream.print(200, "{d} bytes\n", .{(try stream.state(usize)).*});
}

export fn handle() void {
    _ = sojourn.Annotation("name=@NAME@\nkind=reactive\n");
    server.handle();
}
