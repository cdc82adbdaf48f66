//! Heads of HTTP and what is in them, from outside: nothing is believed. Part of sojourn_http.zig.

const std = @import("std");
const Allocator = std.mem.Allocator;

/// Bytes of a head.
pub const bytes = 65536;
/// Fields of a head.
pub const most_fields = 128;

/// A name and a value.
pub const Field = struct { name: []const u8, value: []const u8 };
/// The first line of a request, its fields, and where its body is.
pub const Request = struct {
    method: []const u8 = "",
    path: []const u8 = "",
    query: []const Field = &.{},
    fields: []const Field = &.{},
    body: []const u8 = "",
};
/// Why a head is none.
pub const Failure = error{ Wrong, TooLarge, OutOfMemory };

/// The first value of a name.
pub fn first(fields: []const Field, name: []const u8) ?[]const u8 {
    for (fields) |field| if (std.mem.eql(u8, field.name, name)) return field.value;
    return null;
}

/// Decimal digits, 18 at most.
pub fn digits(text: []const u8) ?u64 {
    if (text.len == 0 or text.len > 18) return null;
    var number: u64 = 0;
    for (text) |c| {
        if (c < '0' or c > '9') return null;
        number = number * 10 + (c - '0');
    }
    return number;
}

/// Whether a text can be the name of a field.
pub fn isToken(text: []const u8) bool {
    for (text) |c| {
        if (!std.ascii.isAlphanumeric(c) and std.mem.indexOfScalar(u8, "!#$%&'*+-.^_`|~", c) == null) return false;
    }
    return text.len > 0;
}

/// Whether a text has no control characters but tab.
pub fn isPlain(text: []const u8) bool {
    for (text) |c| if ((c < ' ' and c != '\t') or c == 127) return false;
    return true;
}

/// Percent-encoding decoded; it must be UTF-8, without NUL.
pub fn decoded(room: Allocator, text: []const u8, plus: bool) Failure![]const u8 {
    const out = try room.alloc(u8, text.len);
    var length: usize = 0;
    var at: usize = 0;
    while (at < text.len) : (at += 1) {
        out[length] = switch (text[at]) {
            '%' => byte: {
                if (at + 2 >= text.len) return error.Wrong;
                const high = std.fmt.charToDigit(text[at + 1], 16) catch return error.Wrong;
                const low = std.fmt.charToDigit(text[at + 2], 16) catch return error.Wrong;
                at += 2;
                if (high == 0 and low == 0) return error.Wrong;
                break :byte high << 4 | low;
            },
            '+' => if (plus) ' ' else '+',
            else => |c| c,
        };
        length += 1;
    }
    return if (std.unicode.utf8ValidateSlice(out[0..length])) out[0..length] else error.Wrong;
}

fn readQuery(room: Allocator, text: []const u8) Failure![]const Field {
    var pairs: std.ArrayList(Field) = .empty;
    var parts = std.mem.tokenizeScalar(u8, text, '&');
    while (parts.next()) |part| {
        const name = part[0 .. std.mem.indexOfScalar(u8, part, '=') orelse part.len];
        const value = if (name.len < part.len) part[name.len + 1 ..] else "";
        try pairs.append(room, .{ .name = try decoded(room, name, true), .value = try decoded(room, value, true) });
    }
    return pairs.items;
}

/// Fields of the lines of a head after the first one.
fn readFields(room: Allocator, lines: []const u8) Failure![]const Field {
    var fields: std.ArrayList(Field) = .empty;
    var rest = std.mem.splitSequence(u8, lines, "\r\n");
    while (rest.next()) |line| {
        const colon = std.mem.indexOfScalar(u8, line, ':') orelse return error.Wrong;
        if (!isToken(line[0..colon]) or !isPlain(line)) return error.Wrong;
        if (fields.items.len == most_fields) return error.TooLarge;
        const name = try std.ascii.allocLowerString(room, line[0..colon]);
        try fields.append(room, .{ .name = name, .value = std.mem.trim(u8, line[colon + 1 ..], " \t") });
    }
    return fields.items;
}

/// The first line of a message, its fields, and its body.
pub fn message(room: Allocator, data: []const u8) Failure!struct { []const u8, []const Field, []const u8 } {
    const seen = data[0..@min(data.len, bytes)];
    const end = std.mem.indexOf(u8, seen, "\r\n\r\n") orelse
        return if (data.len > bytes) error.TooLarge else error.Wrong;
    const line = seen[0 .. std.mem.indexOf(u8, seen, "\r\n") orelse end];
    if (!isPlain(line)) return error.Wrong;
    const fields: []const Field = if (line.len < end) try readFields(room, seen[line.len + 2 .. end]) else &.{};
    return .{ line, fields, data[end + 4 ..] };
}

/// A request; its texts stand as long as the data and the room do.
pub fn request(room: Allocator, data: []const u8) Failure!Request {
    const line, const fields, const body = try message(room, data);
    var parts = std.mem.splitScalar(u8, line, ' ');
    const method = parts.next() orelse "";
    const target = parts.next() orelse "";
    const version = parts.next() orelse "";
    if (parts.next() != null or !std.mem.eql(u8, version, "HTTP/1.1") or !isToken(method) or method.len > 32) return error.Wrong;
    if (!std.mem.startsWith(u8, target, "/")) return error.Wrong;
    const path = target[0 .. std.mem.indexOfScalar(u8, target, '?') orelse target.len];
    _ = try decoded(room, path, false);
    const query = if (path.len < target.len) target[path.len + 1 ..] else "";
    return .{ .method = method, .path = path, .query = try readQuery(room, query), .fields = fields, .body = body };
}

/// The parameters of a path, if it fits a pattern.
pub fn fits(room: Allocator, pattern: []const u8, path: []const u8) ?[]const Field {
    var params: std.ArrayList(Field) = .empty;
    var wanted = std.mem.splitScalar(u8, pattern[@min(1, pattern.len)..], '/');
    var given = std.mem.splitScalar(u8, path[@min(1, path.len)..], '/');
    while (wanted.next()) |want| {
        if (std.mem.eql(u8, want, "*") and wanted.peek() == null) {
            params.append(room, .{ .name = "*", .value = decoded(room, given.rest(), false) catch return null }) catch return null;
            return params.items;
        }
        const have = decoded(room, given.next() orelse return null, false) catch return null;
        if (want.len > 2 and want[0] == '{' and want[want.len - 1] == '}') {
            if (have.len == 0) return null;
            params.append(room, .{ .name = want[1 .. want.len - 1], .value = have }) catch return null;
        } else if (!std.mem.eql(u8, want, have)) return null;
    }
    return if (given.next() == null) params.items else null;
}

/// The usual words for a status.
pub fn reason(status: u16) []const u8 {
    return switch (status) {
        101 => "Switching Protocols",
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Content Too Large",
        426 => "Upgrade Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        else => "",
    };
}
