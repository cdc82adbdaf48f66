//! What an open descriptor is: a record that says everything, so that it can be opened again elsewhere.

use super::{Decoded, Decoder, Encoded, Encoder, Field, Mount, numbered, record, wrong};
use crate::memory::ROOT;
use crate::ports::{ConnectionId, Stream};
use crate::tree::{FileType, Node};
use crate::wasi::rights;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use minicbor::data::Type;

/// An open descriptor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// What it is open on.
    pub what: What,
    /// What may be done with it (bits of WASI's `rights`).
    pub rights: u64,
    /// What may be done with what is opened through it.
    pub inheriting: u64,
    /// WASI's `fdflags`.
    pub flags: u16,
    /// The mount's path, or a listener's name, for the descriptors that a guest starts with.
    pub preopen: Option<String>,
}

/// What a descriptor is open on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A standard stream.
    Stream(Stream),
    /// A file or directory of a mount.
    File(FileRecord),
    /// A listener that the guest was given, by its place among them.
    Listener(u32),
    /// A connection that the guest accepted.
    Connection(ConnectionId),
    /// A channel, by its place among them.
    Channel(u32),
}

/// An open file or directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRecord {
    /// Index of the mount.
    pub mount: u32,
    /// Where it was opened, from the mount on, without symbolic links; empty for the mount itself.
    pub path: Vec<u8>,
    /// Kind.
    pub kind: FileType,
    /// Whether it is open for writing.
    pub write: bool,
    /// Next byte to read or write.
    pub offset: u64,
    /// What the tree calls it. Of a file in memory this is part of the state; of a host file it is not, and 0
    /// in an image.
    pub node: Node,
    /// A directory's entries while the guest goes through them.
    pub listing: Option<Vec<Listed>>,
}

/// An entry that a guest reads from a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Name.
    pub name: Vec<u8>,
    /// Number of the file.
    pub inode: u64,
    /// Kind.
    pub kind: FileType,
}

record!(Descriptor { what, rights, inheriting, flags, preopen });
record!(FileRecord { mount, path, kind, write, offset, node, listing });
record!(Listed { name, inode, kind });
numbered!(Stream { Stdin = 0, Stdout = 1, Stderr = 2 });
numbered!(FileType {
    Unknown = 0,
    BlockDevice = 1,
    CharacterDevice = 2,
    Directory = 3,
    Regular = 4,
    StreamSocket = 6,
    Symlink = 7,
});

/// Numbers of the kinds of sockets, and of channels, in an image.
const LISTENER: u8 = 0;
const CONNECTION: u8 = 1;
const CHANNEL: u8 = 2;

/// A stream is its number, a file its record, a socket or channel a map from its kind to its number.
impl Field for What {
    fn put(&self, e: &mut Encoder) -> Encoded {
        match self {
            Self::Stream(stream) => stream.put(e),
            Self::File(record) => record.put(e),
            Self::Listener(place) => e.map(1)?.u8(LISTENER)?.u32(*place)?.ok(),
            Self::Channel(place) => e.map(1)?.u8(CHANNEL)?.u32(*place)?.ok(),
            Self::Connection(ConnectionId(id)) => e.map(1)?.u8(CONNECTION)?.u32(*id)?.ok(),
        }
    }

    fn get(d: &mut Decoder<'_>) -> Decoded<Self> {
        match d.datatype()? {
            Type::U8 => Field::get(d).map(Self::Stream),
            Type::Map => socket(d),
            _ => Field::get(d).map(Self::File),
        }
    }
}

fn socket(d: &mut Decoder<'_>) -> Decoded<What> {
    match (d.map()?, d.u8()?) {
        (Some(1), LISTENER) => d.u32().map(What::Listener),
        (Some(1), CONNECTION) => d.u32().map(ConnectionId).map(What::Connection),
        (Some(1), CHANNEL) => d.u32().map(What::Channel),
        _ => Err(wrong("unknown kind of socket")),
    }
}

impl Descriptor {
    pub(crate) const fn stream(stream: Stream) -> Self {
        let rights = match stream {
            Stream::Stdin => rights::STREAM | rights::FD_READ,
            Stream::Stdout | Stream::Stderr => rights::STREAM | rights::FD_WRITE,
        };
        Self { what: What::Stream(stream), rights, inheriting: 0, flags: 0, preopen: None }
    }

    /// A channel as standard input.
    pub(crate) const fn standard_input(place: u32) -> Self {
        let rights = rights::CHANNEL & !rights::FD_WRITE;
        Self { what: What::Channel(place), rights, inheriting: 0, flags: 0, preopen: None }
    }

    /// A listener, as a guest starts with it.
    pub(crate) fn listener(place: u32) -> Self {
        Self {
            what: What::Listener(place),
            rights: rights::LISTENER,
            inheriting: rights::CONNECTION,
            flags: 0,
            preopen: Some(format!("listener-{place}")),
        }
    }

    /// A connection that was accepted with these rights and flags.
    pub(crate) const fn connection(id: ConnectionId, rights: u64, flags: u16) -> Self {
        Self { what: What::Connection(id), rights, inheriting: 0, flags, preopen: None }
    }

    /// The root of a mount, as a guest starts with it.
    pub(crate) fn mounted(index: u32, mount: &Mount) -> Self {
        let record = FileRecord {
            mount: index,
            path: Vec::new(),
            kind: FileType::Directory,
            write: false,
            offset: 0,
            node: ROOT,
            listing: None,
        };
        Self {
            what: What::File(record),
            rights: rights::DIRECTORY,
            inheriting: rights::DIRECTORY | rights::FILE,
            flags: 0,
            preopen: Some(mount.guest.clone()),
        }
    }
}
