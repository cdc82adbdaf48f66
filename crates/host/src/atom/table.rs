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
    pub const RESERVED: u32 = 36;
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
    Function { name: "log", parameters: "iii", kinds: &[Kind::U32, Kind::Text], waits: true, run: run_log },
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

fn run_send(guest: &mut Call<'_>) -> Outcome {
    let to = guest.text(0)?;
    let draft = guest.draft(2)?;
    let deadline = guest.deadline(3);
    let id = guest.out64(4)?;
    message::send(guest, to, draft, deadline, id)
}

fn run_call(guest: &mut Call<'_>) -> Outcome {
    let to = guest.text(0)?;
    let draft = guest.draft(2)?;
    let deadline = guest.deadline(3);
    let expires = guest.deadline(4);
    let future = guest.out64(5)?;
    message::call(guest, to, draft, deadline, expires, future)
}

fn run_await(guest: &mut Call<'_>) -> Outcome {
    let future = guest.u64(0);
    let deadline = guest.deadline(1);
    let into = guest.room(2)?;
    let head = guest.head(4)?;
    message::wait(guest, future, deadline, into, head)
}

fn run_cancel(guest: &mut Call<'_>) -> Outcome {
    let future = guest.u64(0);
    message::cancel(guest, future)
}

fn run_reply(guest: &mut Call<'_>) -> Outcome {
    let call = guest.u64(0);
    let draft = guest.draft(1)?;
    let deadline = guest.deadline(2);
    message::reply(guest, call, draft, deadline)
}

fn run_receive(guest: &mut Call<'_>) -> Outcome {
    let deadline = guest.deadline(0);
    let into = guest.room(1)?;
    let head = guest.head(3)?;
    message::receive(guest, deadline, into, head)
}

fn run_on_interrupt(guest: &mut Call<'_>) -> Outcome {
    let context = guest.u64(0);
    let flags = guest.u32(1);
    callback::on_interrupt(guest, context, flags)
}

fn run_on_future(guest: &mut Call<'_>) -> Outcome {
    let future = guest.u64(0);
    let context = guest.u64(1);
    let flags = guest.u32(2);
    callback::on_future(guest, future, context, flags)
}

fn run_callback(guest: &mut Call<'_>) -> Outcome {
    let into = guest.room(0)?;
    let head = guest.head(2)?;
    let context = guest.out64(3)?;
    callback::callback(guest, into, head, context)
}

fn run_callback_end(guest: &mut Call<'_>) -> Outcome {
    callback::callback_end(guest)
}

fn run_spawn(guest: &mut Call<'_>) -> Outcome {
    let module = guest.text(0)?;
    let name = guest.text(2)?;
    let argument = guest.bytes(4)?;
    let flags = guest.u32(6);
    let into = guest.room(7)?;
    let length = guest.out32(9)?;
    life::spawn(guest, module, name, argument, flags, into, length)
}

fn run_exit(guest: &mut Call<'_>) -> Outcome {
    let status = guest.u32(0);
    life::exit(guest, status)
}

fn run_self(guest: &mut Call<'_>) -> Outcome {
    let into = guest.room(0)?;
    let length = guest.out32(2)?;
    life::own_name(guest, into, length)
}

fn run_watch(guest: &mut Call<'_>) -> Outcome {
    let name = guest.text(0)?;
    let flags = guest.u32(2);
    life::watch(guest, name, flags)
}

fn run_unwatch(guest: &mut Call<'_>) -> Outcome {
    let name = guest.text(0)?;
    life::unwatch(guest, name)
}

fn run_alias_set(guest: &mut Call<'_>) -> Outcome {
    let scope = guest.text(0)?;
    let alias = guest.text(2)?;
    name::alias_set(guest, scope, alias)
}

fn run_alias_clear(guest: &mut Call<'_>) -> Outcome {
    let scope = guest.text(0)?;
    let alias = guest.text(2)?;
    name::alias_clear(guest, scope, alias)
}

fn run_find_any(guest: &mut Call<'_>) -> Outcome {
    let scope = guest.text(0)?;
    let pattern = guest.text(2)?;
    let into = guest.room(4)?;
    let length = guest.out32(6)?;
    name::find_any(guest, scope, pattern, into, length)
}

fn run_find_all(guest: &mut Call<'_>) -> Outcome {
    let scope = guest.text(0)?;
    let pattern = guest.text(2)?;
    let into = guest.room(4)?;
    let length = guest.out32(6)?;
    name::find_all(guest, scope, pattern, into, length)
}

fn run_kv_get(guest: &mut Call<'_>) -> Outcome {
    let key = guest.bytes(0)?;
    let into = guest.room(2)?;
    let length = guest.out32(4)?;
    let version = guest.out64(5)?;
    store::kv_get(guest, key, into, length, version)
}

fn run_kv_put(guest: &mut Call<'_>) -> Outcome {
    let key = guest.bytes(0)?;
    let value = guest.bytes(2)?;
    let version = guest.out64(4)?;
    store::kv_put(guest, key, value, version)
}

fn run_kv_delete(guest: &mut Call<'_>) -> Outcome {
    let key = guest.bytes(0)?;
    store::kv_delete(guest, key)
}

fn run_kv_compare_and_set(guest: &mut Call<'_>) -> Outcome {
    let key = guest.bytes(0)?;
    let expected = guest.u64(2);
    let value = guest.bytes(3)?;
    let version = guest.out64(5)?;
    store::kv_compare_and_set(guest, key, expected, value, version)
}

fn run_kv_list(guest: &mut Call<'_>) -> Outcome {
    let prefix = guest.bytes(0)?;
    let after = guest.bytes(2)?;
    let into = guest.room(4)?;
    let length = guest.out32(6)?;
    let more = guest.out32(7)?;
    store::kv_list(guest, prefix, after, into, length, more)
}

fn run_kv_watch(guest: &mut Call<'_>) -> Outcome {
    let prefix = guest.bytes(0)?;
    let on = guest.u32(2);
    store::kv_watch(guest, prefix, on)
}

fn run_connect(guest: &mut Call<'_>) -> Outcome {
    let address = guest.text(0)?;
    let deadline = guest.deadline(2);
    let fd = guest.out32(3)?;
    connection::connect(guest, address, deadline, fd)
}

fn run_listen(guest: &mut Call<'_>) -> Outcome {
    let address = guest.text(0)?;
    let fd = guest.out32(2)?;
    connection::listen(guest, address, fd)
}

fn run_accept(guest: &mut Call<'_>) -> Outcome {
    let listener = guest.u32(0);
    let deadline = guest.deadline(1);
    let fd = guest.out32(2)?;
    connection::accept(guest, listener, deadline, fd)
}

fn run_read(guest: &mut Call<'_>) -> Outcome {
    let fd = guest.u32(0);
    let into = guest.room(1)?;
    let deadline = guest.deadline(3);
    let length = guest.out32(4)?;
    connection::read(guest, fd, into, deadline, length)
}

fn run_write(guest: &mut Call<'_>) -> Outcome {
    let fd = guest.u32(0);
    let bytes = guest.bytes(1)?;
    let deadline = guest.deadline(3);
    let length = guest.out32(4)?;
    connection::write(guest, fd, bytes, deadline, length)
}

fn run_close(guest: &mut Call<'_>) -> Outcome {
    let fd = guest.u32(0);
    connection::close(guest, fd)
}

fn run_log(guest: &mut Call<'_>) -> Outcome {
    let level = guest.u32(0);
    let line = guest.text(1)?;
    place::log(guest, level, line)
}

fn run_here(guest: &mut Call<'_>) -> Outcome {
    let into = guest.room(0)?;
    let place = guest.place(2)?;
    place::here(guest, into, place)
}

fn run_stay(guest: &mut Call<'_>) -> Outcome {
    let nanoseconds = guest.u64(0);
    place::stay(guest, nanoseconds)
}

fn run_wander(guest: &mut Call<'_>) -> Outcome {
    place::wander(guest)
}

fn run_now(guest: &mut Call<'_>) -> Outcome {
    let nanoseconds = guest.out64(0)?;
    place::now(guest, nanoseconds)
}
