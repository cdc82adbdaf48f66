//! Gives back what it is asked.

const sojourn = @import("sojourn");
const answer = @import("answer.zig");

comptime {
    _ = sojourn.Annotation("name=echo\nkind=reactive\nalias=sdk:echo\nneeds.memory=4MiB\n");
}

export fn handle() void {
    answer.take(echo);
}

fn echo(message: sojourn.Message) answer.Failure!void {
    if (answer.is(message, "forward")) {
        var draft = message.draft();
        draft.type = "forwarded";
        _ = try sojourn.send(message.subject, draft);
        if (message.call != 0) try answer.give(message, "forward", "");
        return;
    }
    if (message.call == 0 or answer.is(message, "silent")) return;
    return sojourn.reply(message, message.draft());
}
