//! A daemon that tells the time, in its own units, to whoever listens.

const std = @import("std");
const sojourn = @import("sojourn");
const http = sojourn.http;

comptime {
    _ = sojourn.Annotation("name=clock\nkind=daemon\n");
}

var server = http.Server{ .routes = &.{.{ .method = "GET", .path = "/time", .handle = http.Stream.events }} };
var now: u64 = 0;

fn tick() void {
    now += 1;
    var room: [24]u8 = undefined;
    const text = std.fmt.bufPrint(&room, "{d}", .{now}) catch return;
    var last: ?*http.Stream = null;
    while (server.next("/time", last)) |stream| : (last = stream) stream.event("", "", text) catch {};
}

pub fn main() !void {
    try server.serveEvery(10 * sojourn.millisecond, tick);
}
