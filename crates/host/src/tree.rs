//! What a tree of files must do, be it in memory or on a disk. Paths are walked elsewhere (`wasi::walk`):
//! here a name is one component, and `.` is the directory itself.

use crate::Errno;
use alloc::vec::Vec;

/// An open file or directory of a tree.
pub type Node = u64;

/// Kinds of files; numbers as WASI has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum FileType {
    /// None of the others.
    Unknown = 0,
    /// Disk.
    BlockDevice = 1,
    /// Terminal and the like.
    CharacterDevice = 2,
    /// Directory.
    Directory = 3,
    /// Regular file.
    Regular = 4,
    /// Stream socket.
    StreamSocket = 6,
    /// Symbolic link.
    Symlink = 7,
}

/// Facts about a file. Times are nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Number of the device.
    pub device: u64,
    /// Number of the file on it.
    pub inode: u64,
    /// Kind.
    pub kind: FileType,
    /// Hard links.
    pub links: u64,
    /// Bytes.
    pub size: u64,
    /// Last read.
    pub accessed_ns: u64,
    /// Last write.
    pub modified_ns: u64,
    /// Last change of these facts.
    pub changed_ns: u64,
}

/// How to open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent flags of one call, as open(2) has them")]
pub struct Open {
    /// To write (and read; a tree does not tell the two apart).
    pub write: bool,
    /// Made when it is not there.
    pub create: bool,
    /// With `create`: must not be there.
    pub exclusive: bool,
    /// Emptied.
    pub truncate: bool,
    /// Must be a directory.
    pub directory: bool,
}

/// Where to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// From this byte on.
    Offset(u64),
    /// At the end, wherever that is by then.
    End,
}

/// Times to set; `None` leaves one as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Last read, nanoseconds since 1970.
    pub accessed_ns: Option<u64>,
    /// Last write, nanoseconds since 1970.
    pub modified_ns: Option<u64>,
}

/// An entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: Vec<u8>,
    /// Number of the file.
    pub inode: u64,
    /// Kind.
    pub kind: FileType,
}

/// A tree of files. Nodes that a call gives are the caller's to close; `dir` is a directory's node and `name`
/// one component, never `..`, whose symbolic link is never followed.
///
/// # Errors
/// Those of the POSIX call that each is named after.
#[expect(clippy::missing_errors_doc, reason = "said once for the trait")]
pub trait Tree: Send {
    /// Opens a directory only to go through it; `NotDirectory` for anything else, links too.
    fn enter(&mut self, dir: Node, name: &[u8]) -> Result<Node, Errno>;
    /// Opens a file or directory; `Loop` for a symbolic link.
    fn open(&mut self, dir: Node, name: &[u8], how: Open) -> Result<Node, Errno>;
    /// Gives a node back.
    fn close(&mut self, node: Node);
    /// Facts about what is open.
    fn stat(&mut self, node: Node) -> Result<Stat, Errno>;
    /// Facts about a name.
    fn stat_at(&mut self, dir: Node, name: &[u8]) -> Result<Stat, Errno>;
    /// Reads: bytes read, 0 at the end.
    fn read(&mut self, node: Node, offset: u64, into: &mut [u8]) -> Result<usize, Errno>;
    /// Writes: bytes written.
    fn write(&mut self, node: Node, at: At, from: &[u8]) -> Result<usize, Errno>;
    /// Cuts or lengthens with zeros.
    fn resize(&mut self, node: Node, size: u64) -> Result<(), Errno>;
    /// Brings it to the disk.
    fn sync(&mut self, node: Node, data_only: bool) -> Result<(), Errno>;
    /// Sets times.
    fn set_times(&mut self, node: Node, times: Times) -> Result<(), Errno>;
    /// Sets times of a name.
    fn set_times_at(&mut self, dir: Node, name: &[u8], times: Times) -> Result<(), Errno>;
    /// Entries without `.` and `..`, by name.
    fn list(&mut self, node: Node) -> Result<Vec<Entry>, Errno>;
    /// Where a symbolic link leads; `Invalid` for anything else.
    fn read_link(&mut self, dir: Node, name: &[u8]) -> Result<Vec<u8>, Errno>;
    /// Makes a directory.
    fn make_directory(&mut self, dir: Node, name: &[u8]) -> Result<(), Errno>;
    /// Removes an empty directory.
    fn remove_directory(&mut self, dir: Node, name: &[u8]) -> Result<(), Errno>;
    /// Removes a name that is not a directory's.
    fn remove_file(&mut self, dir: Node, name: &[u8]) -> Result<(), Errno>;
    /// Gives a file another name.
    fn link(&mut self, from: Node, from_name: &[u8], to: Node, to_name: &[u8]) -> Result<(), Errno>;
    /// Moves, over what is there.
    fn rename(&mut self, from: Node, from_name: &[u8], to: Node, to_name: &[u8]) -> Result<(), Errno>;
    /// Makes a symbolic link.
    fn symlink(&mut self, target: &[u8], dir: Node, name: &[u8]) -> Result<(), Errno>;
}
