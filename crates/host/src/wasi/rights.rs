//! Rights of descriptors. They only ever shrink.

macro_rules! rights {
    ($($bit:literal $name:ident,)*) => {
        $(pub const $name: u64 = 1 << $bit;)*
        /// All that there are.
        pub const ALL: u64 = 0 $(| $name)*;
    };
}

rights! {
    0 FD_DATASYNC,
    1 FD_READ,
    2 FD_SEEK,
    3 FD_FDSTAT_SET_FLAGS,
    4 FD_SYNC,
    5 FD_TELL,
    6 FD_WRITE,
    7 FD_ADVISE,
    8 FD_ALLOCATE,
    9 PATH_CREATE_DIRECTORY,
    10 PATH_CREATE_FILE,
    11 PATH_LINK_SOURCE,
    12 PATH_LINK_TARGET,
    13 PATH_OPEN,
    14 FD_READDIR,
    15 PATH_READLINK,
    16 PATH_RENAME_SOURCE,
    17 PATH_RENAME_TARGET,
    18 PATH_FILESTAT_GET,
    19 PATH_FILESTAT_SET_SIZE,
    20 PATH_FILESTAT_SET_TIMES,
    21 FD_FILESTAT_GET,
    22 FD_FILESTAT_SET_SIZE,
    23 FD_FILESTAT_SET_TIMES,
    24 PATH_SYMLINK,
    25 PATH_REMOVE_DIRECTORY,
    26 PATH_UNLINK_FILE,
    27 POLL_FD_READWRITE,
    28 SOCK_SHUTDOWN,
    29 SOCK_ACCEPT,
}

/// What any standard stream allows; reading or writing comes on top. No seeking: that is how a guest's C
/// library tells a terminal from a file.
pub const STREAM: u64 = FD_FDSTAT_SET_FLAGS | FD_FILESTAT_GET | POLL_FD_READWRITE | FD_SYNC | FD_DATASYNC;

/// What a listener allows: to accept, and to be waited for.
pub const LISTENER: u64 = FD_READ | FD_FDSTAT_SET_FLAGS | FD_FILESTAT_GET | POLL_FD_READWRITE | SOCK_ACCEPT;

/// What a connection allows.
pub const CONNECTION: u64 =
    FD_READ | FD_WRITE | FD_FDSTAT_SET_FLAGS | FD_FILESTAT_GET | POLL_FD_READWRITE | SOCK_SHUTDOWN;

/// What a channel allows at most. No seeking, as with streams.
pub const CHANNEL: u64 = FD_READ | FD_WRITE | STREAM;

/// What a file allows at most.
pub const FILE: u64 = FD_DATASYNC
    | FD_READ
    | FD_SEEK
    | FD_FDSTAT_SET_FLAGS
    | FD_SYNC
    | FD_TELL
    | FD_WRITE
    | FD_ADVISE
    | FD_ALLOCATE
    | FD_FILESTAT_GET
    | FD_FILESTAT_SET_SIZE
    | FD_FILESTAT_SET_TIMES
    | POLL_FD_READWRITE;

/// What a directory allows at most.
pub const DIRECTORY: u64 = FD_FDSTAT_SET_FLAGS
    | FD_SYNC
    | FD_DATASYNC
    | PATH_CREATE_DIRECTORY
    | PATH_CREATE_FILE
    | PATH_LINK_SOURCE
    | PATH_LINK_TARGET
    | PATH_OPEN
    | FD_READDIR
    | PATH_READLINK
    | PATH_RENAME_SOURCE
    | PATH_RENAME_TARGET
    | PATH_FILESTAT_GET
    | PATH_FILESTAT_SET_SIZE
    | PATH_FILESTAT_SET_TIMES
    | FD_FILESTAT_GET
    | FD_FILESTAT_SET_TIMES
    | PATH_SYMLINK
    | PATH_REMOVE_DIRECTORY
    | PATH_UNLINK_FILE;
