//! Starts others, and hears of their ends.

const std = @import("std");
const sojourn = @import("sojourn");
const answer = @import("answer.zig");

comptime {
    _ = sojourn.Annotation("name=spawner\nkind=daemon\nrestart=never\n");
}

var ends = answer.Record{};

pub fn main() void {
    answer.serve(spawner);
}

fn spawner(message: sojourn.Message) answer.Failure!void {
    if (message.kind == .ended) {
        var room: [12]u8 = undefined;
        const code = std.fmt.bufPrint(&room, "{d}", .{message.code}) catch "";
        return ends.add(&.{ message.source, " ", code });
    }
    if (message.call == 0) return;
    if (answer.is(message, "spawn")) {
        const name = try sojourn.spawn(message.subject, message.data, "child", sojourn.raw.WATCHED);
        defer sojourn.allocator.free(name);
        return answer.give(message, "spawn", name);
    } else if (answer.is(message, "watch")) {
        try sojourn.watch(message.subject);
    } else if (answer.is(message, "unwatch")) {
        try sojourn.unwatch(message.subject);
    } else if (answer.is(message, "ends")) {
        return answer.giveList(message, "ends", ends.items.items);
    } else return error.UnknownType;
    return answer.give(message, message.type, "");
}
