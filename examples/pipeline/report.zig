//! Third of three: counts come, and at the end a table goes to whoever wants it.

const std = @import("std");
const sojourn = @import("sojourn");

comptime {
    _ = sojourn.Annotation("name=report\nkind=reactive\n");
}

const Row = struct { word: []const u8, count: u32 };

var rows: std.ArrayList(Row) = .empty;

export fn handle() void {
    var message = sojourn.receive(sojourn.now_only) catch return;
    defer message.deinit();
    take(message) catch |failure| {
        sojourn.log(.@"error", @errorName(failure));
    };
}

fn take(message: sojourn.Message) !void {
    if (std.mem.eql(u8, message.type, "end")) return tell(message.subject);
    const word = try sojourn.allocator.dupe(u8, message.subject);
    try rows.append(sojourn.allocator, .{ .word = word, .count = try std.fmt.parseInt(u32, message.data, 10) });
}

/// The words that came most often first.
fn tell(reader: []const u8) !void {
    std.mem.sort(Row, rows.items, {}, before);
    var table: std.ArrayList(u8) = .empty;
    defer table.deinit(sojourn.allocator);
    for (rows.items) |row| {
        var room: [16]u8 = undefined;
        try table.appendSlice(sojourn.allocator, row.word);
        try table.append(sojourn.allocator, ' ');
        try table.appendSlice(sojourn.allocator, try std.fmt.bufPrint(&room, "{d}\n", .{row.count}));
        sojourn.allocator.free(row.word);
    }
    rows.clearAndFree(sojourn.allocator);
    _ = try sojourn.send(reader, .{ .type = "table", .content_type = "text/plain", .data = table.items });
}

fn before(_: void, a: Row, b: Row) bool {
    if (a.count != b.count) return a.count > b.count;
    return std.mem.lessThan(u8, a.word, b.word);
}
