//! Calls others.

const sojourn = @import("sojourn");
const answer = @import("answer.zig");

comptime {
    _ = sojourn.Annotation("name=caller\nkind=daemon\ncheckpoint=5s\n");
}

const limit = 30 * sojourn.second;
var seen = answer.Record{};

pub fn main() void {
    answer.serve(caller);
}

fn caller(message: sojourn.Message) answer.Failure!void {
    if (message.call == 0) return;
    const draft = sojourn.Draft{ .type = "ask", .data = message.data };
    const silent = sojourn.Draft{ .type = "silent" };
    if (answer.is(message, "ask")) {
        var reply = try sojourn.ask(message.subject, draft, limit);
        defer reply.deinit();
        return answer.give(message, reply.type, reply.data);
    } else if (answer.is(message, "pair")) {
        const first = try sojourn.call(message.subject, .{ .type = "ask", .data = "first" }, limit);
        const second = try sojourn.call(message.subject, .{ .type = "ask", .data = "second" }, limit);
        var of_second = try got(second);
        defer of_second.deinit();
        var of_first = try got(first);
        defer of_first.deinit();
        return answer.giveList(message, "pair", &.{ of_second.data, of_first.data });
    } else if (answer.is(message, "expire")) {
        const future = try sojourn.call(message.subject, silent, 50 * sojourn.millisecond);
        var reply = try got(future);
        defer reply.deinit();
        return answer.give(message, "answered", "");
    } else if (answer.is(message, "cancel")) {
        const future = try sojourn.call(message.subject, silent, sojourn.forever);
        if (try sojourn.answer(future, sojourn.now_only)) |came| {
            var reply = came;
            defer reply.deinit();
            return answer.give(message, "answered", "");
        }
        try sojourn.cancel(future);
        try sojourn.cancel(future);
        return answer.give(message, "cancelled twice", "");
    } else if (answer.is(message, "later")) {
        const future = try sojourn.call(message.subject, draft, limit);
        try sojourn.onFuture(future, see, null, false);
        return answer.give(message, "later", "");
    } else if (answer.is(message, "seen")) {
        defer seen.clear();
        return answer.giveList(message, "seen", seen.items.items);
    }
    return error.UnknownType;
}

fn got(future: u64) answer.Failure!sojourn.Message {
    return (try sojourn.answer(future, sojourn.forever)) orelse error.TimedOut;
}

fn see(message: *const sojourn.Message, _: ?*anyopaque) void {
    if (message.kind != .failed) return seen.add(&.{message.data});
    sojourn.raw.check(@bitCast(message.code)) catch |failure| seen.add(&.{ "error:", @errorName(failure) });
}
