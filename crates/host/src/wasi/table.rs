//! Every function of WASI: its name, its signature, what it does, and whether it may have to wait.

use super::{Call, Outcome, args, clock, environ, fd, path, poll, preview0, proc, random, sock};
use alloc::vec::Vec;
use sojourn_engine::{FunctionType, ValueType};

/// Module name of preview 1.
pub const PREVIEW1: &str = "wasi_snapshot_preview1";
/// Module name of preview 0.
pub const PREVIEW0: &str = "wasi_unstable";

/// One function.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    /// `i` for i32, `I` for i64.
    pub(crate) parameters: &'static str,
    /// Whether an error number comes back.
    pub(crate) result: bool,
    /// Whether it may have to wait, and so may answer `Reply::Suspend`.
    pub(crate) suspends: bool,
    pub(crate) preview1: fn(&mut Call<'_>) -> Outcome,
    /// What preview 0 does, if it has the function.
    pub(crate) preview0: Option<fn(&mut Call<'_>) -> Outcome>,
}

impl Function {
    pub(crate) fn signature(&self) -> FunctionType {
        let value = |letter| if letter == b'i' { ValueType::I32 } else { ValueType::I64 };
        let results = if self.result { Vec::from([ValueType::I32]) } else { Vec::new() };
        FunctionType { parameters: self.parameters.bytes().map(value).collect(), results }
    }
}

/// A line: name, parameters, result, what it does, whether it waits, and what preview 0 does (`same`, `absent`, or
/// its own).
macro_rules! functions {
    ($($name:ident $parameters:literal -> $result:tt, $run:path, $suspends:ident, $preview0:tt;)*) => {
        /// The table. The order is part of nothing that is saved.
        pub(crate) static FUNCTIONS: &[Function] = &[$(Function {
            name: stringify!($name),
            parameters: $parameters,
            result: functions!(@result $result),
            suspends: functions!(@suspends $suspends),
            preview1: $run,
            preview0: functions!(@preview0 $run, $preview0),
        },)*];
    };
    (@result errno) => { true };
    (@result none) => { false };
    (@suspends may_wait) => { true };
    (@suspends at_once) => { false };
    (@preview0 $run:path, same) => { Some($run) };
    (@preview0 $run:path, absent) => { None };
    (@preview0 $run:path, ($other:path)) => { Some($other) };
}

functions! {
    args_get "ii" -> errno, args::get, at_once, same;
    args_sizes_get "ii" -> errno, args::sizes_get, at_once, same;
    environ_get "ii" -> errno, environ::get, at_once, same;
    environ_sizes_get "ii" -> errno, environ::sizes_get, at_once, same;
    clock_res_get "ii" -> errno, clock::res_get, at_once, same;
    clock_time_get "iIi" -> errno, clock::time_get, at_once, same;
    fd_advise "iIIi" -> errno, fd::file::advise, at_once, same;
    fd_allocate "iII" -> errno, fd::file::allocate, at_once, same;
    fd_close "i" -> errno, fd::close, at_once, same;
    fd_datasync "i" -> errno, fd::file::datasync, at_once, same;
    fd_fdstat_get "ii" -> errno, fd::stat::fdstat_get, at_once, same;
    fd_fdstat_set_flags "ii" -> errno, fd::stat::fdstat_set_flags, at_once, same;
    fd_fdstat_set_rights "iII" -> errno, fd::stat::fdstat_set_rights, at_once, same;
    fd_filestat_get "ii" -> errno, fd::stat::filestat_get, at_once, (preview0::fd_filestat_get);
    fd_filestat_set_size "iI" -> errno, fd::file::set_size, at_once, same;
    fd_filestat_set_times "iIIi" -> errno, fd::stat::set_times, at_once, same;
    fd_pread "iiiIi" -> errno, fd::read::pread, at_once, same;
    fd_prestat_get "ii" -> errno, fd::prestat::get, at_once, same;
    fd_prestat_dir_name "iii" -> errno, fd::prestat::dir_name, at_once, same;
    fd_pwrite "iiiIi" -> errno, fd::write::pwrite, at_once, same;
    fd_read "iiii" -> errno, fd::read::read, may_wait, same;
    fd_readdir "iiiIi" -> errno, fd::readdir::readdir, at_once, same;
    fd_renumber "ii" -> errno, fd::renumber, at_once, same;
    fd_seek "iIii" -> errno, fd::seek::seek, at_once, (preview0::fd_seek);
    fd_sync "i" -> errno, fd::file::sync, at_once, same;
    fd_tell "ii" -> errno, fd::seek::tell, at_once, same;
    fd_write "iiii" -> errno, fd::write::write, may_wait, same;
    path_create_directory "iii" -> errno, path::create_directory, at_once, same;
    path_filestat_get "iiiii" -> errno, path::stat::filestat_get, at_once, (preview0::path_filestat_get);
    path_filestat_set_times "iiiiIIi" -> errno, path::stat::set_times, at_once, same;
    path_link "iiiiiii" -> errno, path::link::link, at_once, same;
    path_open "iiiiiIIii" -> errno, path::open::open, at_once, same;
    path_readlink "iiiiii" -> errno, path::link::readlink, at_once, same;
    path_remove_directory "iii" -> errno, path::remove_directory, at_once, same;
    path_rename "iiiiii" -> errno, path::rename::rename, at_once, same;
    path_symlink "iiiii" -> errno, path::link::symlink, at_once, same;
    path_unlink_file "iii" -> errno, path::unlink_file, at_once, same;
    poll_oneoff "iiii" -> errno, poll::oneoff, may_wait, (preview0::poll_oneoff);
    proc_exit "i" -> none, proc::exit, at_once, same;
    proc_raise "i" -> errno, proc::raise, at_once, same;
    random_get "ii" -> errno, random::get, at_once, same;
    sched_yield "" -> errno, proc::sched_yield, at_once, same;
    sock_accept "iii" -> errno, sock::accept, may_wait, absent;
    sock_recv "iiiiii" -> errno, sock::recv, may_wait, same;
    sock_send "iiiii" -> errno, sock::send, may_wait, same;
    sock_shutdown "ii" -> errno, sock::shutdown, at_once, same;
}

/// Every function of preview 1, with its signature.
pub fn functions() -> impl Iterator<Item = (&'static str, FunctionType)> {
    FUNCTIONS.iter().map(|function| (function.name, function.signature()))
}

/// The functions, by name, that never have to wait: an instrumented module calls them as they are. Of guest calls,
/// `guest_calls` tells.
pub fn never_suspend() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().filter(|function| !function.suspends).map(|function| function.name)
}
