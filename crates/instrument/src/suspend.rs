//! Which host functions may suspend: all but those known never to wait.

use crate::guest_calls;

/// Functions of `wasi_snapshot_preview1` and `wasi_unstable` that never wait: the host answers them at once, so a
/// call of one needs no frame and stays as it is. Missing here are those that wait for something outside, which a
/// stop must be able to end in the middle: `fd_read` (standard input), `fd_write` (a reader that does not read),
/// `poll_oneoff` (sleeps, streams), and `sock_accept`, `sock_recv`, `sock_send`. `sched_yield` is here because
/// it comes back by itself, and `fd_pread`, `fd_pwrite` because they are for files with offsets only.
///
/// The host's own table (`sojourn_host::never_suspend`) says the same; a test of that crate holds the two together. For
/// guest calls `guest_calls` has such a list.
pub const NEVER_SUSPEND: &[&str] = &[
    "args_get",
    "args_sizes_get",
    "environ_get",
    "environ_sizes_get",
    "clock_res_get",
    "clock_time_get",
    "fd_advise",
    "fd_allocate",
    "fd_close",
    "fd_datasync",
    "fd_fdstat_get",
    "fd_fdstat_set_flags",
    "fd_fdstat_set_rights",
    "fd_filestat_get",
    "fd_filestat_set_size",
    "fd_filestat_set_times",
    "fd_pread",
    "fd_prestat_get",
    "fd_prestat_dir_name",
    "fd_pwrite",
    "fd_readdir",
    "fd_renumber",
    "fd_seek",
    "fd_sync",
    "fd_tell",
    "path_create_directory",
    "path_filestat_get",
    "path_filestat_set_times",
    "path_link",
    "path_open",
    "path_readlink",
    "path_remove_directory",
    "path_rename",
    "path_symlink",
    "path_unlink_file",
    "proc_exit",
    "proc_raise",
    "random_get",
    "sched_yield",
    "sock_shutdown",
];

/// Whether a host function may answer that it could not end, so that its call needs a frame of its own.
#[must_use]
pub fn may_suspend(module: &str, name: &str) -> bool {
    let wasi = matches!(module, "wasi_snapshot_preview1" | "wasi_unstable");
    let call = module == guest_calls::MODULE;
    !(wasi && NEVER_SUSPEND.contains(&name) || call && guest_calls::NEVER_SUSPEND.contains(&name))
}
