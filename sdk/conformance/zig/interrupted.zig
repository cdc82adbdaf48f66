//! Is interrupted while it waits.

const std = @import("std");
const sojourn = @import("sojourn");
const answer = @import("answer.zig");

comptime {
    _ = sojourn.Annotation("name=interrupted\nkind=daemon\nlimit.mailbox=512\n");
}

var record = answer.Record{};
var closed = false;

pub fn main() void {
    sojourn.onInterrupt(interrupt, null, false) catch return;
    answer.serve(interrupted);
}

fn interrupted(message: sojourn.Message) answer.Failure!void {
    if (message.kind == .interrupt or (message.call == 0 and answer.is(message, "note"))) {
        return record.add(&.{ "message:", message.data });
    }
    if (message.call == 0) return;
    if (answer.is(message, "record")) {
        defer record.clear();
        return answer.giveList(message, "record", record.items.items);
    } else if (answer.is(message, "off")) {
        try sojourn.onInterrupt(null, null, false);
    } else if (answer.is(message, "on")) {
        try sojourn.onInterrupt(interrupt, null, false);
    } else if (answer.is(message, "nest")) {
        try sojourn.onInterrupt(interrupt, null, true);
    } else return error.UnknownType;
    return answer.give(message, message.type, "");
}

fn interrupt(message: *const sojourn.Message, _: ?*anyopaque) void {
    record.add(&.{message.data});
    if (std.mem.eql(u8, message.data, "close")) closed = true;
    follow(message.data) catch |failure| record.add(&.{ "error:", @errorName(failure) });
    if (message.call != 0) answer.give(message.*, "interrupted", message.data) catch {};
}

fn follow(data: []const u8) answer.Failure!void {
    if (std.mem.cutPrefix(u8, data, "ask:")) |name| {
        var reply = try sojourn.ask(name, .{ .type = "ask", .data = "asked" }, 30 * sojourn.second);
        defer reply.deinit();
        record.add(&.{reply.data});
    } else if (std.mem.cutPrefix(u8, data, "open:")) |name| {
        closed = false;
        const future = try sojourn.call(name, .{ .type = "silent" }, sojourn.forever);
        while (!closed) {
            var early = (try sojourn.answer(future, 10 * sojourn.millisecond)) orelse continue;
            early.deinit();
        }
        try sojourn.cancel(future);
        record.add(&.{"done"});
    }
}
