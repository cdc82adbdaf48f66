//! Sending, asking, answering, receiving.

use super::Stop;
use super::call::{Call, Deadline, Draft, Head, Out64, Outcome, Room, Text};
use super::event::{event, needed};
use super::wait::Pause;
use crate::wasi::{Guest, Wasi};
use alloc::borrow::Cow;
use alloc::string::String;
use sojourn_abi::{Code, Event, EventKind};
use sojourn_post::{FutureState, message_size};

/// How often a node may say that it is busy while there seems to be room on the way; then the guest hears of it, as
/// nothing would end its waiting.
const BUSY_WITH_ROOM: u32 = 2;

pub(super) fn send(call: &mut Call<'_>, to: Text, draft: Draft, deadline: Deadline, id: Out64) -> Outcome {
    let event = event(&call.memory, draft)?;
    call.world.callbacks_first()?;
    let to = receiver(call.world, &call.memory, to)?;
    let number = post(call.world, &call.memory, &to, event, draft, deadline)?;
    call.put64(id, number);
    Ok(())
}

pub(super) fn call(
    call: &mut Call<'_>,
    to: Text,
    draft: Draft,
    deadline: Deadline,
    expires: Deadline,
    future: Out64,
) -> Outcome {
    let mut event = event(&call.memory, draft)?;
    call.world.callbacks_first()?;
    let expires_ns = match expires {
        Deadline::Now => return Err(Code::InvalidRequest.into()),
        Deadline::At(at) => Some(at),
        Deadline::Never => None,
    };
    let Call { world, memory, .. } = call;
    let to = receiver(world, memory, to)?;
    let made = world.look(|mailbox| {
        let limits = *mailbox.limits();
        mailbox.calls().future(&to, expires_ns, &limits)
    });
    let number = made.ok_or(Code::NotInRealm)??;
    event.call = number;
    if let Err(stop) = post(world, memory, &to, event, draft, deadline) {
        world.look(|mailbox| mailbox.calls().take_back(number));
        return Err(stop);
    }
    call.put64(future, number);
    Ok(())
}

pub(super) fn reply(call: &mut Call<'_>, to: u64, draft: Draft, deadline: Deadline) -> Outcome {
    let mut event = event(&call.memory, draft)?;
    if event.kind != EventKind::Message {
        return Err(Code::InvalidRequest.into());
    }
    call.world.callbacks_first()?;
    let asked =
        call.mailbox(|mailbox| mailbox.calls().asked(to).map(|(who, future)| (who.into(), future)))?;
    let (who, future): (String, u64) = asked.ok_or(Code::UnknownCall)?;
    (event.kind, event.call) = (EventKind::Reply, future);
    post(call.world, &call.memory, &who, event, draft, deadline)?;
    call.mailbox(|mailbox| mailbox.calls().answered(to))
}

/// `await`.
pub(super) fn wait(call: &mut Call<'_>, future: u64, deadline: Deadline, into: Room, head: Head) -> Outcome {
    call.world.callbacks_first()?;
    let capacity = into.stretch.len();
    loop {
        let now_ns = call.world.now_monotonic_ns();
        let (state, found) = call.mailbox(|mailbox| {
            let state = mailbox.calls().state(future, now_ns);
            let needed = mailbox.calls().answer(future).map_or(0, needed);
            let found = match state {
                FutureState::Ready if needed <= capacity => mailbox.calls().take(future).ok_or(0),
                _ => Err(needed),
            };
            (state, found)
        })?;
        match (state, found) {
            (_, Ok(event)) => {
                call.put_event(&event, into, head);
                return Ok(());
            }
            (FutureState::Ready, Err(needed)) => return call.too_small(head, needed),
            (FutureState::Unknown, _) => return Err(Code::UnknownFuture.into()),
            (FutureState::Pending(expires_ns), _) => call.world.pause(Pause {
                deadline,
                over: Code::TimedOut,
                look_again_ns: expires_ns,
                mailbox: &mut |mailbox| !matches!(mailbox.calls().state(future, 0), FutureState::Pending(_)),
                streams: &[],
                socket: None,
            })?,
        }
    }
}

pub(super) fn cancel(call: &mut Call<'_>, future: u64) -> Outcome {
    Ok(call.mailbox(|mailbox| mailbox.calls().cancel(future))??)
}

/// What a look at the mailbox gave.
enum Found {
    Callback,
    Nothing,
    Larger(usize),
    Message(Event),
}

pub(super) fn receive(call: &mut Call<'_>, deadline: Deadline, into: Room, head: Head) -> Outcome {
    let capacity = into.stretch.len();
    loop {
        let found = call.mailbox(|mailbox| {
            if mailbox.calls().due().is_some() {
                return Found::Callback;
            }
            match mailbox.next().map(needed) {
                None => Found::Nothing,
                Some(needed) if needed > capacity => Found::Larger(needed),
                Some(_) => mailbox.receive().map_or(Found::Nothing, Found::Message),
            }
        })?;
        match found {
            Found::Callback => return Err(Code::Callback.into()),
            Found::Larger(needed) => return call.too_small(head, needed),
            Found::Message(event) => {
                call.world.ports.post.freed();
                call.put_event(&event, into, head);
                return Ok(());
            }
            Found::Nothing => call.world.pause(Pause {
                deadline,
                over: Code::TimedOut,
                look_again_ns: None,
                mailbox: &mut |mailbox| mailbox.next().is_some(),
                streams: &[],
                socket: None,
            })?,
        }
    }
}

/// Global name of a receiver.
fn receiver<'m>(world: &mut Wasi, memory: &'m Guest<'_>, to: Text) -> Result<Cow<'m, str>, Stop> {
    let name = super::call::name(memory, to)?;
    if name.contains('/') {
        return Ok(name.into());
    }
    Ok(world.ports.post.resolve(name)?.into())
}

/// Sends a message, and waits for room until the deadline. A port that has no room takes the message all the same, so
/// that it is made again from the draft then.
fn post(
    world: &mut Wasi,
    memory: &Guest<'_>,
    to: &str,
    mut event: Event,
    draft: Draft,
    deadline: Deadline,
) -> Result<u64, Stop> {
    let (kind, future, bytes) = (event.kind, event.call, message_size(&event));
    let (mut in_vain, mut young) = (0, true);
    loop {
        match world.ports.post.send(to, event) {
            Err(Code::Busy) => {}
            // Whoever looks it up may hear of it: somebody told its name sooner than its node did.
            Err(Code::UnknownAtom) if core::mem::take(&mut young) && world.ports.post.resolve(to).is_ok() => {
                event = Event { kind, call: future, ..self::event(memory, draft)? };
                continue;
            }
            sent => return Ok(sent?),
        }
        if world.look(|mailbox| mailbox.has_room(to, bytes)) == Some(true) {
            in_vain += 1;
        }
        if in_vain > BUSY_WITH_ROOM {
            return Err(Code::Busy.into());
        }
        world.pause(Pause {
            deadline,
            over: Code::Busy,
            look_again_ns: None,
            mailbox: &mut |mailbox| mailbox.has_room(to, bytes),
            streams: &[],
            socket: None,
        })?;
        event = Event { kind, call: future, ..self::event(memory, draft)? };
    }
}
