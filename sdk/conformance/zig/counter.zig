//! Counts in its store.

const std = @import("std");
const sojourn = @import("sojourn");
const answer = @import("answer.zig");

comptime {
    _ = sojourn.Annotation("name=counter\nkind=reactive\ndurable=true\n");
}

var handled: u64 = 0;
var changes = answer.Record{};

export fn handle() void {
    handled += 1;
    answer.take(count);
}

fn count(message: sojourn.Message) answer.Failure!void {
    if (message.kind == .changed) return changes.add(&.{ message.type, " ", message.subject });
    if (message.call == 0) return;
    const key = message.subject;
    if (answer.is(message, "add")) {
        return answer.giveNumber(message, "count", try add(answer.parsed(i64, message.data)));
    } else if (answer.is(message, "get")) {
        return answer.giveNumber(message, "count", (try current()).count);
    } else if (answer.is(message, "handled")) {
        return answer.giveNumber(message, "handled", handled);
    } else if (answer.is(message, "put")) {
        _ = try sojourn.put(key, message.data);
    } else if (answer.is(message, "read")) {
        var value = try sojourn.get(key);
        defer value.deinit();
        return answer.give(message, "read", value.data);
    } else if (answer.is(message, "delete")) {
        try sojourn.delete(key);
    } else if (answer.is(message, "stale")) {
        _ = try sojourn.compareAndSet(key, 1 + try version(key), "stale");
    } else if (answer.is(message, "keys")) {
        var keys = try sojourn.keys(message.data);
        defer keys.deinit();
        return answer.giveList(message, "keys", keys.items.items);
    } else if (answer.is(message, "watch") or answer.is(message, "unwatch")) {
        try sojourn.watchKeys(message.data, answer.is(message, "watch"));
    } else if (answer.is(message, "changes")) {
        defer changes.clear();
        return answer.giveList(message, "changes", changes.items.items);
    } else return error.UnknownType;
    return answer.give(message, message.type, "");
}

const Count = struct { count: i64, version: u64 };

fn current() answer.Failure!Count {
    var value = sojourn.get("count") catch |failure| switch (failure) {
        error.NoKey => return .{ .count = 0, .version = 0 },
        else => return failure,
    };
    defer value.deinit();
    return .{ .count = answer.parsed(i64, value.data), .version = value.version };
}

fn add(more: i64) answer.Failure!i64 {
    while (true) {
        const old = try current();
        var room: [24]u8 = undefined;
        const text = std.fmt.bufPrint(&room, "{d}", .{old.count + more}) catch "";
        _ = sojourn.compareAndSet("count", old.version, text) catch |failure| switch (failure) {
            error.Conflict => continue,
            else => return failure,
        };
        return old.count + more;
    }
}

fn version(key: []const u8) answer.Failure!u64 {
    var value = sojourn.get(key) catch |failure| switch (failure) {
        error.NoKey => return 0,
        else => return failure,
    };
    defer value.deinit();
    return value.version;
}
