//! Has the alias `topic:prices`, and remembers what comes: how many, from which on, and whether each followed the last.

const std = @import("std");
const sojourn = @import("sojourn");

comptime {
    _ = sojourn.Annotation("kind=reactive\nalias=topic:prices\n");
}

var count: u64 = 0;
var first: u64 = 0;
var next: u64 = 0;
var wrong: u64 = 0;

export fn handle() void {
    var message = sojourn.receive(sojourn.now_only) catch return;
    defer message.deinit();
    take(message) catch |failure| {
        sojourn.log(.@"error", @errorName(failure));
    };
}

fn take(message: sojourn.Message) !void {
    if (std.mem.eql(u8, message.type, "price")) return remember(try std.fmt.parseInt(u64, message.data, 10));
    if (std.mem.eql(u8, message.type, "leave")) try sojourn.clearAlias("topic", "prices");
    if (message.call == 0) return;
    var room: [96]u8 = undefined;
    const text = try std.fmt.bufPrint(&room, "{d} {d} {d}", .{ count, first, wrong });
    try sojourn.reply(message, .{ .type = "seen", .data = text });
}

fn remember(number: u64) void {
    if (count == 0) first = number else if (number != next) wrong += 1;
    count += 1;
    next = number + 1;
}
