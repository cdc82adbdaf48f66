//! Guest calls that never wait. Made from `abi/imports.toml`; do not edit.

/// Module name of guest calls.
pub const MODULE: &str = "sojourn_v1";

/// Their names.
pub const NEVER_SUSPEND: &[&str] = &[
    "cancel",
    "on_interrupt",
    "on_future",
    "callback",
    "callback_end",
    "exit",
    "self",
    "watch",
    "unwatch",
    "alias_set",
    "alias_clear",
    "find_any",
    "find_all",
    "kv_get",
    "kv_put",
    "kv_delete",
    "kv_compare_and_set",
    "kv_list",
    "kv_watch",
    "listen",
    "close",
    "here",
    "stay",
    "wander",
    "now",
];
