//! Has a connection.

const sojourn = @import("sojourn");
const answer = @import("answer.zig");

comptime {
    _ = sojourn.Annotation("name=connector\nkind=daemon\ngrant.connect=127.0.0.1:*\ngrant.listen=127.0.0.1:*\n");
}

const limit = 30 * sojourn.second;
const none = 0xffff_ffff;
var connection = sojourn.Connection{ .fd = none };
var listener = sojourn.Listener{ .fd = none };

pub fn main() void {
    answer.serve(connector);
}

fn connector(message: sojourn.Message) answer.Failure!void {
    if (message.call == 0) return;
    if (answer.is(message, "connect")) {
        connection = try sojourn.Connection.open(message.data, limit);
    } else if (answer.is(message, "write")) {
        try connection.write(message.data, limit);
        return answer.giveNumber(message, "write", message.data.len);
    } else if (answer.is(message, "read")) {
        const room = try sojourn.allocator.alloc(u8, answer.parsed(usize, message.data));
        defer sojourn.allocator.free(room);
        var had: usize = 0;
        while (had < room.len) {
            const more = try connection.read(room[had..], limit);
            if (more == 0) break;
            had += more;
        }
        return answer.give(message, "read", room[0..had]);
    } else if (answer.is(message, "close")) {
        try connection.close();
    } else if (answer.is(message, "listen")) {
        listener = try sojourn.Listener.open(message.data);
    } else if (answer.is(message, "accept")) {
        connection = try listener.accept(limit);
    } else return error.UnknownType;
    return answer.give(message, message.type, "");
}
