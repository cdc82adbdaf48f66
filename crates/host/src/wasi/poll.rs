//! `poll_oneoff`.
//!
//! A relative time counts from when the call was first made. A call that is suspended writes that moment, on
//! the guest's monotonic clock, into the state; the same call made again goes on from there, so that a guest
//! sleeps only the rest. The clock stands still while the guest is an image.

use super::channel::AwaitedChannel;
use super::clock::ClockId;
use super::{Call, Guest, Outcome, Stop, Wasi, rights};
use crate::Errno;
use crate::limit;
use crate::ports::{Awaited, Ports, Stream, Woken};
use crate::state::What;
use crate::tree::Node;
use alloc::vec::Vec;

/// Offsets in a `subscription`, which differ between the previews.
pub(super) struct Layout {
    pub bytes: u32,
    /// Of the clock's id; timeout, precision and flags follow it 8 bytes apart.
    pub clock: u32,
}

/// User data u64 at 0, tag u8 at 8, clock or descriptor at 16.
pub(super) const PREVIEW1: Layout = Layout { bytes: 48, clock: 16 };

/// Bytes of an `event`: user data u64 at 0, error u16 at 8, type u8 at 10, bytes u64 at 16, flags u16 at 24.
const EVENT_BYTES: u32 = 32;
/// Flag of an event: the other side is gone.
const HANGUP: u16 = 1;
/// Flag of a clock: the time is a moment, not a duration.
const ABSOLUTE: u16 = 1;

/// What is waited for.
#[derive(Clone, Copy, Debug)]
enum Subject {
    Clock { id: ClockId, time_ns: u64, absolute: bool },
    Read(u32),
    Write(u32),
}

#[derive(Clone, Copy, Debug)]
struct Subscription {
    user_data: u64,
    subject: Subject,
}

/// Something that is so already.
struct Event {
    error: Option<Errno>,
    bytes: u64,
    flags: u16,
}

/// Where one subscription stands.
enum Standing {
    Event(Event),
    /// Not before so many nanoseconds.
    Later(u64),
    /// Not before this stream is ready.
    Stream(Stream),
    /// Not before this socket is ready.
    Socket(Awaited),
    /// Not before this of a channel.
    Channel(AwaitedChannel),
}

pub(super) fn oneoff(call: &mut Call<'_>) -> Outcome {
    oneoff_with(call, &PREVIEW1)
}

pub(super) fn oneoff_with(call: &mut Call<'_>, layout: &Layout) -> Outcome {
    let count = call.u32(2);
    if count == 0 || count > limit::SUBSCRIPTIONS {
        return Err(Errno::Invalid.into());
    }
    call.memory.stretch(call.u32(0), count * layout.bytes)?;
    call.writable(1, count * EVENT_BYTES)?;
    call.writable(3, 4)?;
    let places = (0..count).map(|n| call.u32(0) + n * layout.bytes);
    let subscriptions =
        places.map(|at| subscription(&call.memory, at, layout)).collect::<Result<Vec<_>, _>>()?;
    let events = call.wasi.wait_for(&subscriptions)?;
    for (n, (subscription, event)) in (0..).zip(&events) {
        call.memory.write(call.u32(1) + n * EVENT_BYTES, &event_bytes(subscription, event))?;
    }
    call.put_size(3, events.len())
}

fn subscription(memory: &Guest<'_>, at: u32, layout: &Layout) -> Result<Subscription, Stop> {
    let user_data = memory.read_u64(at)?;
    let subject = match memory.read_u8(at + 8)? {
        0 => clock(memory, at + layout.clock)?,
        1 => Subject::Read(memory.read_u32(at + 16)?),
        2 => Subject::Write(memory.read_u32(at + 16)?),
        _ => return Err(Errno::Invalid.into()),
    };
    Ok(Subscription { user_data, subject })
}

fn clock(memory: &Guest<'_>, at: u32) -> Result<Subject, Stop> {
    let id = ClockId::new(memory.read_u32(at)?)?;
    let (time_ns, flags) = (memory.read_u64(at + 8)?, memory.read_u16(at + 24)?);
    if flags & !ABSOLUTE != 0 {
        return Err(Errno::Invalid.into());
    }
    Ok(Subject::Clock { id, time_ns, absolute: flags & ABSOLUTE != 0 })
}

fn event_bytes(subscription: &Subscription, event: &Event) -> [u8; EVENT_BYTES as usize] {
    let mut bytes = [0; EVENT_BYTES as usize];
    bytes[..8].copy_from_slice(&subscription.user_data.to_le_bytes());
    bytes[8..10].copy_from_slice(&event.error.map_or(0, Errno::number).to_le_bytes());
    bytes[10] = match subscription.subject {
        Subject::Clock { .. } => 0,
        Subject::Read(_) => 1,
        Subject::Write(_) => 2,
    };
    bytes[16..24].copy_from_slice(&event.bytes.to_le_bytes());
    bytes[24..26].copy_from_slice(&event.flags.to_le_bytes());
    bytes
}

impl Event {
    const fn error(errno: Errno) -> Self {
        Self { error: Some(errno), bytes: 0, flags: 0 }
    }

    const fn ready(bytes: u64, flags: u16) -> Self {
        Self { error: None, bytes, flags }
    }
}

impl Wasi {
    /// Waits until at least one subscription is an event.
    fn wait_for(&mut self, subscriptions: &[Subscription]) -> Result<Vec<(Subscription, Event)>, Stop> {
        let suspended = self.state.poll_began_ns.take();
        let began_ns = suspended.unwrap_or_else(|| self.now_monotonic_ns());
        loop {
            let (mut events, mut soonest_ns) = (Vec::new(), None::<u64>);
            let (mut streams, mut sockets, mut channels) = (Vec::new(), Vec::new(), Vec::new());
            for subscription in subscriptions {
                match self.standing(subscription.subject, began_ns) {
                    Standing::Event(event) => events.push((*subscription, event)),
                    Standing::Later(ns) => soonest_ns = Some(soonest_ns.map_or(ns, |other| other.min(ns))),
                    Standing::Stream(stream) => streams.push(stream),
                    Standing::Socket(awaited) => sockets.push(awaited),
                    Standing::Channel(awaited) => channels.push(awaited),
                }
            }
            if !events.is_empty() {
                return Ok(events);
            }
            let Ports { console, sockets: port, post, .. } = &mut self.ports;
            let mut ready = || {
                sockets.iter().any(|awaited| port.readiness(*awaited).ready)
                    || channels.iter().any(|awaited| awaited.ready(&mut **post).is_some())
            };
            if console.wait(&streams, &mut ready, soonest_ns) == Woken::Stop {
                self.state.poll_began_ns = Some(began_ns);
                return Err(Stop::Suspend);
            }
        }
    }

    fn standing(&mut self, subject: Subject, began_ns: u64) -> Standing {
        match subject {
            Subject::Clock { id, time_ns, absolute } => self.clock_standing(id, time_ns, absolute, began_ns),
            Subject::Read(fd) => self.descriptor_standing(fd, rights::FD_READ),
            Subject::Write(fd) => self.descriptor_standing(fd, rights::FD_WRITE),
        }
    }

    fn clock_standing(&mut self, id: ClockId, time_ns: u64, absolute: bool, began_ns: u64) -> Standing {
        let (now_ns, due_ns) = match (id, absolute) {
            (ClockId::Processor, _) => return Standing::Event(Event::error(Errno::NotSupported)),
            (_, true) => (self.time_ns(id), time_ns),
            (_, false) => (self.now_monotonic_ns(), began_ns.saturating_add(time_ns)),
        };
        match due_ns.checked_sub(now_ns) {
            None | Some(0) => Standing::Event(Event::ready(0, 0)),
            Some(rest_ns) => Standing::Later(rest_ns),
        }
    }

    fn descriptor_standing(&mut self, fd: u32, right: u64) -> Standing {
        self.open_standing(fd, right).unwrap_or_else(|errno| Standing::Event(Event::error(errno)))
    }

    fn open_standing(&mut self, fd: u32, right: u64) -> Result<Standing, Errno> {
        let descriptor = self.descriptor(fd)?.need(rights::POLL_FD_READWRITE)?.need(right)?;
        match &descriptor.what {
            What::Stream(stream) => {
                let stream = *stream;
                Ok(self.stream_standing(stream))
            }
            What::File(record) => {
                let (mount, node, offset) = (record.mount, record.node, record.offset);
                self.file_standing(mount, node, offset, right)
            }
            What::Channel(index) => {
                let awaited = self.awaited(*index, right == rights::FD_WRITE)?;
                Ok(match awaited.ready(&mut *self.ports.post) {
                    Some(bytes) => told(bytes as u64, false),
                    None => Standing::Channel(awaited),
                })
            }
            What::Listener(place) => {
                let awaited = Awaited::Accept(*place);
                Ok(self.socket_standing(awaited))
            }
            What::Connection(id) => {
                let awaited =
                    if right == rights::FD_WRITE { Awaited::Write(*id) } else { Awaited::Read(*id) };
                Ok(self.socket_standing(awaited))
            }
        }
    }

    fn stream_standing(&mut self, stream: Stream) -> Standing {
        let unread = self.state.stdin.unread().len() as u64;
        if stream == Stream::Stdin && unread > 0 {
            return Standing::Event(Event::ready(unread, 0));
        }
        let there = self.ports.console.readiness(stream);
        if there.ready { told(there.bytes, there.hangup) } else { Standing::Stream(stream) }
    }

    /// A file is always ready.
    fn file_standing(&mut self, mount: u32, node: Node, offset: u64, right: u64) -> Result<Standing, Errno> {
        let bytes = if right == rights::FD_WRITE {
            1
        } else {
            self.tree(mount).stat(node)?.size.saturating_sub(offset)
        };
        Ok(told(bytes, false))
    }

    /// Whoever reads hears that the peer is gone when all is read.
    fn socket_standing(&mut self, awaited: Awaited) -> Standing {
        let there = self.ports.sockets.readiness(awaited);
        if !there.ready {
            return Standing::Socket(awaited);
        }
        let read = !matches!(awaited, Awaited::Write(_));
        told(there.bytes, there.hangup && !(read && there.bytes > 0))
    }
}

fn told(bytes: u64, hangup: bool) -> Standing {
    Standing::Event(Event::ready(bytes, if hangup { HANGUP } else { 0 }))
}
