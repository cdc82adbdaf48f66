//! Channels: files whose reads take messages, one at a time, and whose writes send them.
//!
//! | a program's | is |
//! |---|---|
//! | `read` | the next message of this path, or as much of it as there is room for; the rest with the next read |
//! | `write` | a message to `channel_to`; of more than a message may have, as much as it may have |
//! | `poll` | readable: a message is there; writable: any message would find room |
//! | `O_NONBLOCK` | `EAGAIN` where it would wait |
//!
//! What came lies in the mailbox and moves with it, and so does how far the first message was read: all descriptors of a
//! channel read one after the other.

use super::{Guest, Stop, Stretch, Wasi, rights};
use crate::Errno;
use crate::ports::{Ports, Post, Woken};
use crate::state::{ChannelFile, Descriptor, What};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use sojourn_abi::{Code, Event};
use sojourn_post::{CHANNEL, Mailbox, message_size};

/// How often a node may say that it is busy while there seems to be room on the way.
const BUSY_WITH_ROOM: u32 = 2;

impl Wasi {
    fn channel(&self, index: u32) -> Result<&ChannelFile, Errno> {
        self.state.channels.files.get(index as usize).ok_or(Errno::NoDeviceOrAddress)
    }

    /// Which channel lies at a path of a mount, if one does.
    pub(super) fn channel_at(&self, mount: u32, path: &[u8]) -> Option<u32> {
        self.state.channels.find(&self.state.mounts[mount as usize], path)
    }

    /// Opens a channel with these rights; `directory` and `exclusive` are what a guest asked for beside them.
    pub(super) fn open_channel(
        &self,
        index: u32,
        rights: u64,
        flags: u16,
        (directory, exclusive): (bool, bool),
    ) -> Result<Descriptor, Errno> {
        if directory {
            return Err(Errno::NotDirectory);
        }
        if exclusive {
            return Err(Errno::Exists);
        }
        let mode = self.channel(index)?.mode;
        let reads = rights & rights::FD_READ != 0 && !mode.reads();
        let writes = rights & rights::FD_WRITE != 0 && !mode.writes();
        if reads || writes {
            return Err(Errno::Access);
        }
        let rights = rights & rights::CHANNEL;
        Ok(Descriptor { what: What::Channel(index), rights, inheriting: 0, flags, preopen: None })
    }

    /// Reads from the next message into the buffers, and waits while there is none. A stop leaves everything unread.
    pub(super) fn read_channel(
        &mut self,
        index: u32,
        memory: &mut Guest<'_>,
        buffers: &[Stretch],
        waits: bool,
    ) -> Result<usize, Stop> {
        if buffers.iter().all(|buffer| buffer.len() == 0) {
            return Ok(0);
        }
        let path = self.channel(index)?.path.clone();
        loop {
            let mut into = |message: &[u8]| scatter(memory, buffers, message);
            let read = self.look(|mailbox| mailbox.read_channel(&path, &mut into));
            match read.ok_or(Errno::Io)? {
                Some(count) => {
                    self.ports.post.freed();
                    return Ok(count);
                }
                None if waits => self.wait_for_mailbox(|mailbox| mailbox.channel_bytes(&path).is_some())?,
                None => return Err(Errno::Again.into()),
            }
        }
    }

    /// Sends what is in the buffers as one message, and waits while there is no room. A stop leaves all as it was.
    pub(super) fn write_channel(
        &mut self,
        index: u32,
        memory: &Guest<'_>,
        buffers: &[Stretch],
        waits: bool,
    ) -> Result<usize, Stop> {
        let most = self.look(|mailbox| mailbox.limits().message_bytes).ok_or(Errno::Pipe)?;
        let (path, to) = (self.channel(index)?.path.clone(), self.state.channels.to.clone());
        let (mut in_vain, mut young) = (0, true);
        loop {
            let data = gather(memory, buffers, most);
            if data.is_empty() {
                return Ok(0);
            }
            let count = data.len();
            let event = Event { ty: CHANNEL.into(), subject: path.clone(), data, ..Event::default() };
            let bytes = message_size(&event);
            let sent = self.send_written(&to, event);
            let name = match sent {
                Ok(()) => {
                    self.unwritten = false;
                    return Ok(count);
                }
                Err((Code::Busy, Some(name))) => name,
                // Whoever looks it up may hear of it: somebody told its name sooner than its node did.
                Err((Code::UnknownAtom, Some(name)))
                    if core::mem::take(&mut young) && self.ports.post.resolve(&name).is_ok() =>
                {
                    continue;
                }
                Err((code, _)) => return Err(self.unwritten(&path, &to, code).into()),
            };
            if self.look(|mailbox| mailbox.has_room(&name, bytes)) == Some(true) {
                in_vain += 1;
            }
            if !waits || in_vain > BUSY_WITH_ROOM {
                return Err(Errno::Again.into());
            }
            self.wait_for_mailbox(|mailbox| mailbox.has_room(&name, bytes))?;
        }
    }

    /// Sends a message; when that is not possible, why not, and the global name of its receiver.
    fn send_written(&mut self, to: &str, event: Event) -> Result<(), (Code, Option<String>)> {
        let post = &mut *self.ports.post;
        let name = global(post, to).map_err(|code| (code, None))?;
        post.send(&name, event).map(drop).map_err(|code| (code, Some(name)))
    }

    /// What a guest is told of a message that cannot be sent; people hear of it once, until the next one can.
    fn unwritten(&mut self, path: &str, to: &str, code: Code) -> Errno {
        if !core::mem::replace(&mut self.unwritten, true) {
            let why = code.text();
            self.ports.post.note(&format!("what is written to {path} cannot be sent to {to:?}: {why}"));
        }
        match code {
            Code::UnknownAtom => Errno::Pipe,
            _ => Errno::Io,
        }
    }

    /// Waits until something is so of the mailbox; a stop suspends the call.
    fn wait_for_mailbox(&mut self, mut wanted: impl FnMut(&mut Mailbox) -> bool) -> Result<(), Stop> {
        let Ports { console, post, .. } = &mut self.ports;
        let mut news = || is_so(&mut **post, &mut wanted);
        match console.wait(&[], &mut news, None) {
            Woken::Stop => Err(Stop::Suspend),
            Woken::Ready | Woken::Timeout => Ok(()),
        }
    }

    /// What is waited for when a channel is.
    pub(super) fn awaited(&mut self, index: u32, write: bool) -> Result<AwaitedChannel, Errno> {
        if !write {
            return Ok(AwaitedChannel::Message(self.channel(index)?.path.clone()));
        }
        let to = self.state.channels.to.clone();
        Ok(global(&mut *self.ports.post, &to).map_or(AwaitedChannel::Nothing, AwaitedChannel::Room))
    }
}

/// What a guest that polls a channel waits for.
#[derive(Clone, Debug)]
pub(super) enum AwaitedChannel {
    /// A message of this path.
    Message(String),
    /// Room for any message on the way to this atom.
    Room(String),
    /// Whoever writes is answered at once.
    Nothing,
}

impl AwaitedChannel {
    /// Bytes that can be read or written without waiting, if any can.
    pub(super) fn ready(&self, post: &mut dyn Post) -> Option<usize> {
        let mut bytes = None;
        // Where there is no mailbox, whoever reads or writes is told so at once.
        let mut seen = false;
        post.mailbox(&mut |mailbox| {
            seen = true;
            bytes = match self {
                Self::Message(path) => mailbox.channel_bytes(path),
                Self::Room(to) => mailbox.has_room_for_any(to).then_some(mailbox.limits().message_bytes),
                Self::Nothing => Some(0),
            };
        });
        if seen { bytes } else { Some(0) }
    }
}

fn is_so(post: &mut dyn Post, wanted: &mut impl FnMut(&mut Mailbox) -> bool) -> bool {
    let mut so = false;
    post.mailbox(&mut |mailbox| so = wanted(mailbox));
    so
}

fn global(post: &mut dyn Post, name: &str) -> Result<String, Code> {
    if name.contains('/') { Ok(name.to_owned()) } else { post.resolve(name) }
}

/// Fills the buffers, one after the other; how many bytes went in.
fn scatter(memory: &mut Guest<'_>, buffers: &[Stretch], bytes: &[u8]) -> usize {
    let mut left = bytes;
    for buffer in buffers {
        let (now, later) = left.split_at(left.len().min(buffer.len()));
        memory.bytes_mut(*buffer)[..now.len()].copy_from_slice(now);
        left = later;
    }
    bytes.len() - left.len()
}

/// What is in the buffers, up to so many bytes.
fn gather(memory: &Guest<'_>, buffers: &[Stretch], most: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for buffer in buffers {
        let part = memory.bytes(*buffer);
        bytes.extend_from_slice(&part[..part.len().min(most - bytes.len())]);
    }
    bytes
}
