//! Every guest call, and how its parameters are read. Made from `abi/imports.toml`; do not edit.

use super::{Call, Function, Kind, Outcome, callback, connection, life, message, name, place, store};

/// Module name of guest calls.
pub const GUEST_CALLS: &str = "sojourn_v1";

/// Bytes of a `draft`.
pub(super) const DRAFT_BYTES: u32 = 40;
/// Bytes of a `head`.
pub(super) const HEAD_BYTES: u32 = 72;
/// Bytes of a `place`.
pub(super) const PLACE_BYTES: u32 = 48;

/// Where the fields of a `draft` lie.
pub(super) mod draft_at {
    pub const TYPE: u32 = 0;
    pub const SUBJECT: u32 = 8;
    pub const CONTENT_TYPE: u32 = 16;
    pub const DATA: u32 = 24;
    pub const FLAGS: u32 = 32;
}

/// Where the fields of a `head` lie.
pub(super) mod head_at {
    pub const ID: u32 = 0;
    pub const CALL: u32 = 8;
    pub const KIND: u32 = 16;
    pub const CODE: u32 = 20;
    pub const SOURCE: u32 = 24;
    pub const TYPE: u32 = 32;
    pub const SUBJECT: u32 = 40;
    pub const CONTENT_TYPE: u32 = 48;
    pub const DATA: u32 = 56;
    pub const NEEDED: u32 = 64;
}

/// Where the fields of a `place` lie.
pub(super) mod place_at {
    pub const MOVES: u32 = 0;
    pub const DOWNTIME_NS: u32 = 8;
    pub const MOVED_BYTES: u32 = 16;
    pub const NODE: u32 = 24;
    pub const TAGS: u32 = 32;
    pub const NEEDED: u32 = 40;
}

/// The table. The order is part of nothing that is saved.
pub(crate) static CALLS: &[Function] = &[
    Function {
        name: "send",
        parameters: "iiiIi",
        kinds: &[Kind::Text, Kind::Draft, Kind::Deadline, Kind::Out64],
        waits: true,
        run: run_send,
    },
    Function {
        name: "call",
        parameters: "iiiIIi",
        kinds: &[Kind::Text, Kind::Draft, Kind::Deadline, Kind::Deadline, Kind::Out64],
        waits: true,
        run: run_call,
    },
    Function {
        name: "await",
        parameters: "IIiii",
        kinds: &[Kind::U64, Kind::Deadline, Kind::Into, Kind::Head],
        waits: true,
        run: run_await,
    },
    Function { name: "cancel", parameters: "I", kinds: &[Kind::U64], waits: false, run: run_cancel },
    Function {
        name: "reply",
        parameters: "IiI",
        kinds: &[Kind::U64, Kind::Draft, Kind::Deadline],
        waits: true,
        run: run_reply,
    },
    Function {
        name: "receive",
        parameters: "Iiii",
        kinds: &[Kind::Deadline, Kind::Into, Kind::Head],
        waits: true,
        run: run_receive,
    },
    Function {
        name: "on_interrupt",
        parameters: "Ii",
        kinds: &[Kind::U64, Kind::U32],
        waits: false,
        run: run_on_interrupt,
    },
    Function {
        name: "on_future",
        parameters: "IIi",
        kinds: &[Kind::U64, Kind::U64, Kind::U32],
        waits: false,
        run: run_on_future,
    },
    Function {
        name: "callback",
        parameters: "iiii",
        kinds: &[Kind::Into, Kind::Head, Kind::Out64],
        waits: false,
        run: run_callback,
    },
    Function { name: "callback_end", parameters: "", kinds: &[], waits: false, run: run_callback_end },
    Function {
        name: "spawn",
        parameters: "iiiiiiiiii",
        kinds: &[Kind::Text, Kind::Text, Kind::Bytes, Kind::U32, Kind::Into, Kind::Out32],
        waits: true,
        run: run_spawn,
    },
    Function { name: "exit", parameters: "i", kinds: &[Kind::U32], waits: false, run: run_exit },
    Function {
        name: "self",
        parameters: "iii",
        kinds: &[Kind::Into, Kind::Out32],
        waits: false,
        run: run_self,
    },
    Function {
        name: "watch",
        parameters: "iii",
        kinds: &[Kind::Text, Kind::U32],
        waits: false,
        run: run_watch,
    },
    Function { name: "unwatch", parameters: "ii", kinds: &[Kind::Text], waits: false, run: run_unwatch },
    Function {
        name: "alias_set",
        parameters: "iiii",
        kinds: &[Kind::Text, Kind::Text],
        waits: false,
        run: run_alias_set,
    },
    Function {
        name: "alias_clear",
        parameters: "iiii",
        kinds: &[Kind::Text, Kind::Text],
        waits: false,
        run: run_alias_clear,
    },
    Function {
        name: "find_any",
        parameters: "iiiiiii",
        kinds: &[Kind::Text, Kind::Text, Kind::Into, Kind::Out32],
        waits: false,
        run: run_find_any,
    },
    Function {
        name: "find_all",
        parameters: "iiiiiii",
        kinds: &[Kind::Text, Kind::Text, Kind::Into, Kind::Out32],
        waits: false,
        run: run_find_all,
    },
    Function {
        name: "kv_get",
        parameters: "iiiiii",
        kinds: &[Kind::Bytes, Kind::Into, Kind::Out32, Kind::Out64],
        waits: false,
        run: run_kv_get,
    },
    Function {
        name: "kv_put",
        parameters: "iiiii",
        kinds: &[Kind::Bytes, Kind::Bytes, Kind::Out64],
        waits: false,
        run: run_kv_put,
    },
    Function { name: "kv_delete", parameters: "ii", kinds: &[Kind::Bytes], waits: false, run: run_kv_delete },
    Function {
        name: "kv_compare_and_set",
        parameters: "iiIiii",
        kinds: &[Kind::Bytes, Kind::U64, Kind::Bytes, Kind::Out64],
        waits: false,
        run: run_kv_compare_and_set,
    },
    Function {
        name: "kv_list",
        parameters: "iiiiiiii",
        kinds: &[Kind::Bytes, Kind::Bytes, Kind::Into, Kind::Out32, Kind::Out32],
        waits: false,
        run: run_kv_list,
    },
    Function {
        name: "kv_watch",
        parameters: "iii",
        kinds: &[Kind::Bytes, Kind::U32],
        waits: false,
        run: run_kv_watch,
    },
    Function {
        name: "connect",
        parameters: "iiIi",
        kinds: &[Kind::Text, Kind::Deadline, Kind::Out32],
        waits: true,
        run: run_connect,
    },
    Function {
        name: "listen",
        parameters: "iii",
        kinds: &[Kind::Text, Kind::Out32],
        waits: false,
        run: run_listen,
    },
    Function {
        name: "accept",
        parameters: "iIi",
        kinds: &[Kind::U32, Kind::Deadline, Kind::Out32],
        waits: true,
        run: run_accept,
    },
    Function {
        name: "read",
        parameters: "iiiIi",
        kinds: &[Kind::U32, Kind::Into, Kind::Deadline, Kind::Out32],
        waits: true,
        run: run_read,
    },
    Function {
        name: "write",
        parameters: "iiiIi",
        kinds: &[Kind::U32, Kind::Bytes, Kind::Deadline, Kind::Out32],
        waits: true,
        run: run_write,
    },
    Function { name: "close", parameters: "i", kinds: &[Kind::U32], waits: false, run: run_close },
    Function { name: "log", parameters: "iii", kinds: &[Kind::U32, Kind::Text], waits: false, run: run_log },
    Function {
        name: "here",
        parameters: "iii",
        kinds: &[Kind::Into, Kind::Place],
        waits: false,
        run: run_here,
    },
    Function { name: "stay", parameters: "I", kinds: &[Kind::U64], waits: false, run: run_stay },
    Function { name: "wander", parameters: "", kinds: &[], waits: false, run: run_wander },
    Function { name: "now", parameters: "i", kinds: &[Kind::Out64], waits: false, run: run_now },
];

fn run_send(call: &mut Call<'_>) -> Outcome {
    let to = call.text(0)?;
    let draft = call.draft(2)?;
    let deadline = call.deadline(3);
    let id = call.out64(4)?;
    message::send(call, to, draft, deadline, id)
}

fn run_call(call: &mut Call<'_>) -> Outcome {
    let to = call.text(0)?;
    let draft = call.draft(2)?;
    let deadline = call.deadline(3);
    let expires = call.deadline(4);
    let future = call.out64(5)?;
    message::call(call, to, draft, deadline, expires, future)
}

fn run_await(call: &mut Call<'_>) -> Outcome {
    let future = call.u64(0);
    let deadline = call.deadline(1);
    let into = call.room(2)?;
    let head = call.record(4, HEAD_BYTES)?;
    message::wait(call, future, deadline, into, head)
}

fn run_cancel(call: &mut Call<'_>) -> Outcome {
    let future = call.u64(0);
    message::cancel(call, future)
}

fn run_reply(call: &mut Call<'_>) -> Outcome {
    let call = call.u64(0);
    let draft = call.draft(1)?;
    let deadline = call.deadline(2);
    message::reply(call, call, draft, deadline)
}

fn run_receive(call: &mut Call<'_>) -> Outcome {
    let deadline = call.deadline(0);
    let into = call.room(1)?;
    let head = call.record(3, HEAD_BYTES)?;
    message::receive(call, deadline, into, head)
}

fn run_on_interrupt(call: &mut Call<'_>) -> Outcome {
    let context = call.u64(0);
    let flags = call.u32(1);
    callback::on_interrupt(call, context, flags)
}

fn run_on_future(call: &mut Call<'_>) -> Outcome {
    let future = call.u64(0);
    let context = call.u64(1);
    let flags = call.u32(2);
    callback::on_future(call, future, context, flags)
}

fn run_callback(call: &mut Call<'_>) -> Outcome {
    let into = call.room(0)?;
    let head = call.record(2, HEAD_BYTES)?;
    let context = call.out64(3)?;
    callback::callback(call, into, head, context)
}

fn run_callback_end(call: &mut Call<'_>) -> Outcome {
    callback::callback_end(call)
}

fn run_spawn(call: &mut Call<'_>) -> Outcome {
    let module = call.text(0)?;
    let name = call.text(2)?;
    let argument = call.bytes(4)?;
    let flags = call.u32(6);
    let into = call.room(7)?;
    let length = call.out32(9)?;
    life::spawn(call, module, name, argument, flags, into, length)
}

fn run_exit(call: &mut Call<'_>) -> Outcome {
    let status = call.u32(0);
    life::exit(call, status)
}

fn run_self(call: &mut Call<'_>) -> Outcome {
    let into = call.room(0)?;
    let length = call.out32(2)?;
    life::own_name(call, into, length)
}

fn run_watch(call: &mut Call<'_>) -> Outcome {
    let name = call.text(0)?;
    let flags = call.u32(2);
    life::watch(call, name, flags)
}

fn run_unwatch(call: &mut Call<'_>) -> Outcome {
    let name = call.text(0)?;
    life::unwatch(call, name)
}

fn run_alias_set(call: &mut Call<'_>) -> Outcome {
    let scope = call.text(0)?;
    let alias = call.text(2)?;
    name::alias_set(call, scope, alias)
}

fn run_alias_clear(call: &mut Call<'_>) -> Outcome {
    let scope = call.text(0)?;
    let alias = call.text(2)?;
    name::alias_clear(call, scope, alias)
}

fn run_find_any(call: &mut Call<'_>) -> Outcome {
    let scope = call.text(0)?;
    let pattern = call.text(2)?;
    let into = call.room(4)?;
    let length = call.out32(6)?;
    name::find_any(call, scope, pattern, into, length)
}

fn run_find_all(call: &mut Call<'_>) -> Outcome {
    let scope = call.text(0)?;
    let pattern = call.text(2)?;
    let into = call.room(4)?;
    let length = call.out32(6)?;
    name::find_all(call, scope, pattern, into, length)
}

fn run_kv_get(call: &mut Call<'_>) -> Outcome {
    let key = call.bytes(0)?;
    let into = call.room(2)?;
    let length = call.out32(4)?;
    let version = call.out64(5)?;
    store::kv_get(call, key, into, length, version)
}

fn run_kv_put(call: &mut Call<'_>) -> Outcome {
    let key = call.bytes(0)?;
    let value = call.bytes(2)?;
    let version = call.out64(4)?;
    store::kv_put(call, key, value, version)
}

fn run_kv_delete(call: &mut Call<'_>) -> Outcome {
    let key = call.bytes(0)?;
    store::kv_delete(call, key)
}

fn run_kv_compare_and_set(call: &mut Call<'_>) -> Outcome {
    let key = call.bytes(0)?;
    let expected = call.u64(2);
    let value = call.bytes(3)?;
    let version = call.out64(5)?;
    store::kv_compare_and_set(call, key, expected, value, version)
}

fn run_kv_list(call: &mut Call<'_>) -> Outcome {
    let prefix = call.bytes(0)?;
    let after = call.bytes(2)?;
    let into = call.room(4)?;
    let length = call.out32(6)?;
    let more = call.out32(7)?;
    store::kv_list(call, prefix, after, into, length, more)
}

fn run_kv_watch(call: &mut Call<'_>) -> Outcome {
    let prefix = call.bytes(0)?;
    let on = call.u32(2);
    store::kv_watch(call, prefix, on)
}

fn run_connect(call: &mut Call<'_>) -> Outcome {
    let address = call.text(0)?;
    let deadline = call.deadline(2);
    let fd = call.out32(3)?;
    connection::connect(call, address, deadline, fd)
}

fn run_listen(call: &mut Call<'_>) -> Outcome {
    let address = call.text(0)?;
    let fd = call.out32(2)?;
    connection::listen(call, address, fd)
}

fn run_accept(call: &mut Call<'_>) -> Outcome {
    let listener = call.u32(0);
    let deadline = call.deadline(1);
    let fd = call.out32(2)?;
    connection::accept(call, listener, deadline, fd)
}

fn run_read(call: &mut Call<'_>) -> Outcome {
    let fd = call.u32(0);
    let into = call.room(1)?;
    let deadline = call.deadline(3);
    let length = call.out32(4)?;
    connection::read(call, fd, into, deadline, length)
}

fn run_write(call: &mut Call<'_>) -> Outcome {
    let fd = call.u32(0);
    let bytes = call.bytes(1)?;
    let deadline = call.deadline(3);
    let length = call.out32(4)?;
    connection::write(call, fd, bytes, deadline, length)
}

fn run_close(call: &mut Call<'_>) -> Outcome {
    let fd = call.u32(0);
    connection::close(call, fd)
}

fn run_log(call: &mut Call<'_>) -> Outcome {
    let level = call.u32(0);
    let line = call.text(1)?;
    place::log(call, level, line)
}

fn run_here(call: &mut Call<'_>) -> Outcome {
    let into = call.room(0)?;
    let place = call.record(2, PLACE_BYTES)?;
    place::here(call, into, place)
}

fn run_stay(call: &mut Call<'_>) -> Outcome {
    let nanoseconds = call.u64(0);
    place::stay(call, nanoseconds)
}

fn run_wander(call: &mut Call<'_>) -> Outcome {
    place::wander(call)
}

fn run_now(call: &mut Call<'_>) -> Outcome {
    let nanoseconds = call.out64(0)?;
    place::now(call, nanoseconds)
}
