//! Which host functions may suspend: all but those known never to wait.

/// Functions of `wasi_snapshot_preview1` and `wasi_unstable` that never wait for anything outside.
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
    "fd_prestat_dir_name",
    "fd_prestat_get",
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
];

/// Whether a host function may answer that it could not end, so that its call needs a frame of its own.
#[must_use]
pub fn may_suspend(module: &str, name: &str) -> bool {
    let wasi = matches!(module, "wasi_snapshot_preview1" | "wasi_unstable");
    !(wasi && NEVER_SUSPEND.contains(&name))
}
