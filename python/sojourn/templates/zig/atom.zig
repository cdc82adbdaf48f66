//! @NAME@ greets, and counts whom it has greeted.

const std = @import("std");
const sojourn = @import("sojourn/sojourn.zig");

comptime {
    _ = sojourn.Annotation("name=@NAME@\nkind=reactive\n");
}

/// Runs when a message comes.
export fn handle() void {
    var message = sojourn.receive(sojourn.now_only) catch return;
    defer message.deinit();
    if (message.call != 0) greet(message) catch |failure| sojourn.log(.@"error", @errorName(failure));
}

fn greet(message: sojourn.Message) !void {
    const text = "hello, {s}: you are number {d}";
    const data = try std.fmt.allocPrint(sojourn.allocator, text, .{ message.data, try next() });
    defer sojourn.allocator.free(data);
    try sojourn.reply(message, .{ .type = "greeting", .data = data });
}

/// One more than the store has; the store goes along when the atom moves, and stays when its code changes.
fn next() !u64 {
    const count = 1 + (before() catch |failure| switch (failure) {
        error.NoKey => 0,
        else => return failure,
    });
    var room: [24]u8 = undefined;
    _ = try sojourn.put("count", try std.fmt.bufPrint(&room, "{d}", .{count}));
    return count;
}

fn before() !u64 {
    var value = try sojourn.get("count");
    defer value.deinit();
    return std.fmt.parseInt(u64, value.data, 10);
}
