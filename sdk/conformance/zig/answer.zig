//! How all atoms of the suite answer.

const std = @import("std");
const sojourn = @import("sojourn");

/// What a request can fail of.
pub const Failure = sojourn.Failure || error{UnknownType};

/// A daemon: takes messages for ever.
pub fn serve(comptime answer: fn (sojourn.Message) Failure!void) noreturn {
    while (true) take(answer);
}

/// Takes one message, and answers it.
pub fn take(comptime answer: fn (sojourn.Message) Failure!void) void {
    var message = sojourn.receive(sojourn.forever) catch return;
    defer message.deinit();
    answer(message) catch |failure| {
        if (message.call != 0) give(message, "error", @errorName(failure)) catch {};
    };
}

/// Answers.
pub fn give(message: sojourn.Message, kind: []const u8, data: []const u8) Failure!void {
    return sojourn.reply(message, .{ .type = kind, .data = data });
}

/// Answers with a number.
pub fn giveNumber(message: sojourn.Message, kind: []const u8, number: anytype) Failure!void {
    var room: [24]u8 = undefined;
    return give(message, kind, std.fmt.bufPrint(&room, "{d}", .{number}) catch "");
}

/// Answers with a list.
pub fn giveList(message: sojourn.Message, kind: []const u8, items: []const []const u8) Failure!void {
    const joined = try std.mem.join(sojourn.allocator, ",", items);
    defer sojourn.allocator.free(joined);
    return give(message, kind, joined);
}

/// Texts that an atom remembers.
pub const Record = struct {
    items: std.ArrayList([]const u8) = .empty,

    /// One more, made of parts.
    pub fn add(record: *Record, parts: []const []const u8) void {
        const item = std.mem.concat(sojourn.allocator, u8, parts) catch return;
        record.items.append(sojourn.allocator, item) catch {};
    }

    /// Forgets them.
    pub fn clear(record: *Record) void {
        for (record.items.items) |item| sojourn.allocator.free(item);
        record.items.clearRetainingCapacity();
    }
};

/// Whether a message has this type.
pub fn is(message: sojourn.Message, kind: []const u8) bool {
    return std.mem.eql(u8, message.type, kind);
}

/// A whole number.
pub fn parsed(comptime T: type, text: []const u8) T {
    return std.fmt.parseInt(T, text, 10) catch 0;
}
