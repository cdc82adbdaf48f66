//! What an atom says of itself, and where it begins.

use crate::error::Outcome;
use crate::life::exit;
use crate::place::{Level, log};

/// Says what an atom is, into the custom section `sojourn` of its module, and exports where it begins.
///
/// ```ignore
/// sojourn::atom! {
///     name: "counter",
///     kind: reactive(handle),          // a function: once for each time that messages wait
///     alias: "topic:prices",           // scope and alias; as often as there are any
///     durable: true,
///     needs_memory: "64MiB",
///     checkpoint: "5s",
///     restart: image,
///     grant_connect: "*:443",
/// }
/// ```
///
/// A daemon has `kind: daemon(run)`, and begins there; in a binary for WASI it is `kind: daemon`, and begins at `main`. The
/// function may give a `Result`: an error is logged, and ends the atom with status 1.
#[macro_export]
macro_rules! atom {
    () => {};
    (kind: reactive($entry:path) $(, $($rest:tt)*)?) => {
        $crate::annotation!("kind", "reactive");
        const _: () = {
            #[unsafe(export_name = "_initialize")]
            extern "C" fn sojourn_initialize() {
                // SAFETY: nodes run it once, before anything else.
                unsafe { $crate::construct() };
            }
            #[unsafe(export_name = "handle")]
            extern "C" fn sojourn_entry() {
                $crate::begin($entry);
            }
        };
        $crate::atom! { $($($rest)*)? }
    };
    (kind: daemon($entry:path) $(, $($rest:tt)*)?) => {
        $crate::annotation!("kind", "daemon");
        const _: () = {
            #[unsafe(export_name = "_start")]
            extern "C" fn sojourn_entry() {
                // SAFETY: nothing has run before, and it runs once.
                unsafe { $crate::construct() };
                $crate::begin($entry);
            }
        };
        $crate::atom! { $($($rest)*)? }
    };
    (kind: daemon $(, $($rest:tt)*)?) => {
        $crate::annotation!("kind", "daemon");
        $crate::atom! { $($($rest)*)? }
    };
    (name: $value:literal $(, $($rest:tt)*)?) => { $crate::atom! { @ "name", $value; $($($rest)*)? } };
    (alias: $value:literal $(, $($rest:tt)*)?) => { $crate::atom! { @ "alias", $value; $($($rest)*)? } };
    (objective: $value:literal $(, $($rest:tt)*)?) => { $crate::atom! { @ "objective", $value; $($($rest)*)? } };
    (needs_memory: $value:literal $(, $($rest:tt)*)?) => { $crate::atom! { @ "needs.memory", $value; $($($rest)*)? } };
    (needs_tag: $value:literal $(, $($rest:tt)*)?) => { $crate::atom! { @ "needs.tag", $value; $($($rest)*)? } };
    (needs_function: $value:literal $(, $($rest:tt)*)?) => { $crate::atom! { @ "needs.function", $value; $($($rest)*)? } };
    (limit_memory: $value:literal $(, $($rest:tt)*)?) => { $crate::atom! { @ "limit.memory", $value; $($($rest)*)? } };
    (limit_mailbox: $value:literal $(, $($rest:tt)*)?) => { $crate::atom! { @ "limit.mailbox", $value; $($($rest)*)? } };
    (checkpoint: $value:literal $(, $($rest:tt)*)?) => { $crate::atom! { @ "checkpoint", $value; $($($rest)*)? } };
    (restart: $value:ident $(, $($rest:tt)*)?) => { $crate::atom! { @ "restart", stringify!($value); $($($rest)*)? } };
    (restarts: $value:literal $(, $($rest:tt)*)?) => { $crate::atom! { @ "restarts", $value; $($($rest)*)? } };
    (durable: $value:literal $(, $($rest:tt)*)?) => { $crate::atom! { @ "durable", $value; $($($rest)*)? } };
    (layout: $value:literal $(, $($rest:tt)*)?) => { $crate::atom! { @ "layout", $value; $($($rest)*)? } };
    (grant_connect: $value:literal $(, $($rest:tt)*)?) => { $crate::atom! { @ "grant.connect", $value; $($($rest)*)? } };
    (grant_listen: $value:literal $(, $($rest:tt)*)?) => { $crate::atom! { @ "grant.listen", $value; $($($rest)*)? } };
    (@ $key:literal, $value:expr; $($rest:tt)*) => {
        $crate::annotation!($key, $value);
        $crate::atom! { $($rest)* }
    };
}

/// A line of the section; `atom!` knows the keys.
#[doc(hidden)]
#[macro_export]
macro_rules! annotation {
    ($key:literal, $value:expr) => {
        const _: () = {
            const LINE: &str = concat!($key, "=", $value, "\n");
            #[cfg_attr(target_family = "wasm", unsafe(link_section = "sojourn"))]
            #[used]
            static BYTES: [u8; LINE.len()] = *LINE.as_bytes().first_chunk().unwrap();
        };
    };
}

unsafe extern "C" {
    /// Runs what libraries do before anything else. Whoever links a module that does not call it calls it at the head of
    /// every export, each time.
    #[doc(hidden)]
    #[link_name = "__wasm_call_ctors"]
    pub fn construct();
}

/// Runs the function of an atom.
#[doc(hidden)]
pub fn begin<T: Outcome>(entry: fn() -> T) {
    if let Some(error) = entry().failure() {
        // It ends all the same.
        let _ = log(Level::Error, &error);
        exit(1);
    }
}
