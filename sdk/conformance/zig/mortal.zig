//! Ends when it is told.

const std = @import("std");
const sojourn = @import("sojourn");
const answer = @import("answer.zig");

comptime {
    _ = sojourn.Annotation("name=mortal\nkind=daemon\nrestart=never\n");
}

pub fn main() void {
    answer.serve(mortal);
}

fn mortal(message: sojourn.Message) answer.Failure!void {
    if (message.call == 0) return;
    if (answer.is(message, "argument")) {
        return answer.give(message, "argument", try argument());
    } else if (answer.is(message, "exit")) {
        try answer.give(message, "exit", "");
        sojourn.exit(answer.parsed(u32, message.data));
    }
    return error.UnknownType;
}

/// The argument after the program's name; empty: there is none.
fn argument() answer.Failure![]const u8 {
    var count: usize = 0;
    var size: usize = 0;
    _ = std.os.wasi.args_sizes_get(&count, &size);
    const places = try sojourn.allocator.alloc([*:0]u8, count);
    const texts = try sojourn.allocator.alloc(u8, size);
    _ = std.os.wasi.args_get(places.ptr, texts.ptr);
    return if (count > 1) std.mem.span(places[1]) else "";
}
