//! Has names, and looks for others.

const sojourn = @import("sojourn");
const answer = @import("answer.zig");

comptime {
    _ = sojourn.Annotation("name=namer\nkind=reactive\nalias=sdk:namer\nalias=born:named\nobjective=latency\n");
}

var published = answer.Record{};

export fn handle() void {
    answer.take(namer);
}

fn namer(message: sojourn.Message) answer.Failure!void {
    if (message.call == 0) {
        if (answer.is(message, "published")) published.add(&.{message.data});
        return;
    }
    if (answer.is(message, "self")) {
        const name = try sojourn.self();
        defer sojourn.allocator.free(name);
        return answer.give(message, "self", name);
    } else if (answer.is(message, "set")) {
        try sojourn.setAlias(message.subject, message.data);
    } else if (answer.is(message, "clear")) {
        try sojourn.clearAlias(message.subject, message.data);
    } else if (answer.is(message, "any")) {
        const name = try sojourn.findAny(message.subject, message.data);
        defer sojourn.allocator.free(name);
        return answer.give(message, "any", name);
    } else if (answer.is(message, "all")) {
        var names = try sojourn.findAll(message.subject, message.data);
        defer names.deinit();
        return answer.giveList(message, "all", names.items.items);
    } else if (answer.is(message, "publish")) {
        const draft = sojourn.Draft{ .type = "published", .subject = message.subject, .data = message.data };
        return answer.giveNumber(message, "publish", try sojourn.publish(message.subject, draft));
    } else if (answer.is(message, "published")) {
        return answer.giveList(message, "published", published.items.items);
    } else if (answer.is(message, "here") or answer.is(message, "moves")) {
        var place = try sojourn.here();
        defer place.deinit();
        if (answer.is(message, "here")) return answer.give(message, "here", place.node);
        return answer.giveNumber(message, "moves", place.moves);
    } else if (answer.is(message, "log")) {
        sojourn.log(.info, message.data);
    } else if (answer.is(message, "stay")) {
        try sojourn.stay(answer.parsed(u64, message.data));
        sojourn.wander();
    } else return error.UnknownType;
    return answer.give(message, message.type, "");
}
