//! Every bound of this room, with what happens at it.

/// Open descriptors of one guest; `EMFILE` beyond.
pub const DESCRIPTORS: usize = 4096;
/// Listeners of one guest.
pub const LISTENERS: u32 = 64;
/// Bytes of a path given by a guest; `ENAMETOOLONG` beyond (as Linux has it).
pub const PATH_BYTES: usize = 4096;
/// Bytes of one name in a path; `ENAMETOOLONG` beyond (as Linux has it).
pub const NAME_BYTES: usize = 255;
/// Symbolic links followed for one path; `ELOOP` beyond (as Linux has it).
pub const LINKS_FOLLOWED: usize = 40;
/// Buffers of one scattered read or write; `EINVAL` beyond (as Linux has it).
pub const BUFFERS: u32 = 1024;
/// Subscriptions of one `poll_oneoff`; `EINVAL` beyond.
pub const SUBSCRIPTIONS: u32 = 8192;
/// Bytes that one `memory` mount may hold, names and records counted too; `ENOSPC` beyond.
pub const MEMORY_MOUNT_BYTES: u64 = 1 << 30;
/// What a file, directory or link of a `memory` mount counts beyond its contents and name.
pub const MEMORY_NODE_BYTES: u64 = 128;
/// Hard links of one file of a `memory` mount; `EMLINK` beyond (as ext4 has it).
pub const LINKS: u32 = 65_000;
/// Bytes that a read of a connection which waits for all of its bytes waits for at once. A port holds at least so
/// many that were not read.
pub const WAIT_ALL_BYTES: usize = 32 << 10;
/// Bytes of a line that a guest logs; `TooLarge` beyond.
pub const LOG_BYTES: usize = 64 << 10;
/// Bytes around it: its level, and the end of the line.
pub const LEVEL_BYTES: usize = 16;
/// How long an atom may say that it does not move; `TooLarge` beyond.
pub const STAY_NS: u64 = 1_000_000_000;
/// Bytes of the longest global name: that of a node, a stroke, a local one.
pub const ATOM_NAME_BYTES: usize = sojourn_abi::name::NAME_BYTES * 2 + 1;
/// Connections of one guest that are being opened and do not stand yet; `NoRoom` beyond.
pub const OPENING: usize = 64;
/// Keys that one `kv_list` gives at most.
pub const KEYS_LISTED: usize = 1024;
/// Channels of one guest.
pub const CHANNELS: usize = sojourn_post::limit::CHANNELS;
/// Mounts of one guest.
pub const MOUNTS: usize = 256;
/// Bytes of arguments, and of the environment, of one guest.
pub const STRINGS_BYTES: usize = 16 << 20;
/// Bytes of a host file that has no name any more (removed while open) and so travels in the image.
pub const ORPHAN_BYTES: u64 = 256 << 20;
