//! Sending, asking, answering, receiving.

use super::Stop;
use super::call::{Call, Deadline, Draft, Head, Out64, Outcome, Room, Text};
use super::event::needed;
use super::wait::Pause;
use alloc::string::String;
use sojourn_abi::{Code, Event, EventKind};
use sojourn_post::FutureState;

/// How often a node may say that it is busy while there seems to be room on the way; then the guest hears of it, as
/// nothing would end its waiting.
const BUSY_WITH_ROOM: u32 = 2;

pub(super) fn send(call: &mut Call<'_>, to: Text, draft: Draft, deadline: Deadline, id: Out64) -> Outcome {
    let event = call.event(&draft)?;
    call.world.callbacks_first()?;
    let to = call.receiver(&to)?;
    let number = call.post(&to, event, &draft, deadline)?;
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
    let mut event = call.event(&draft)?;
    call.world.callbacks_first()?;
    let to = call.receiver(&to)?;
    let expires_ns = match expires {
        Deadline::Now => return Err(Code::InvalidRequest.into()),
        Deadline::At(at) => Some(at),
        Deadline::Never => None,
    };
    let made = call.mailbox(|mailbox| {
        let limits = *mailbox.limits();
        mailbox.calls().future(&to, expires_ns, &limits)
    });
    event.call = made??;
    let number = event.call;
    if let Err(stop) = call.post(&to, event, &draft, deadline) {
        call.mailbox(|mailbox| mailbox.calls().cancel(number))?.ok();
        return Err(stop);
    }
    call.put64(future, number);
    Ok(())
}

pub(super) fn reply(call: &mut Call<'_>, to: u64, draft: Draft, deadline: Deadline) -> Outcome {
    let mut event = call.event(&draft)?;
    if event.kind != EventKind::Message {
        return Err(Code::InvalidRequest.into());
    }
    call.world.callbacks_first()?;
    let asked =
        call.mailbox(|mailbox| mailbox.calls().asked(to).map(|(who, future)| (who.into(), future)))?;
    let (who, future): (String, u64) = asked.ok_or(Code::UnknownCall)?;
    (event.kind, event.call) = (EventKind::Reply, future);
    call.post(&who, event, &draft, deadline)?;
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
                call.put_event(&event, &into, head);
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
                call.put_event(&event, &into, head);
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

impl Call<'_> {
    /// Global name of a receiver.
    fn receiver(&mut self, to: &Text) -> Result<String, Stop> {
        let name = super::call::str(&self.memory, to)?;
        if name.contains('/') {
            return Ok(name.into());
        }
        Ok(self.world.ports.post.resolve(name)?)
    }

    /// Sends a message, and waits for room until the deadline. A port that has no room takes the message all the same,
    /// so that it is made again from the draft then.
    fn post(&mut self, to: &str, event: Event, draft: &Draft, deadline: Deadline) -> Result<u64, Stop> {
        let (kind, future) = (event.kind, event.call);
        let (mut event, mut in_vain) = (event, 0);
        loop {
            match self.world.ports.post.send(to, event) {
                Err(Code::Busy) => {}
                sent => return Ok(sent?),
            }
            if self.mailbox(|mailbox| mailbox.has_room(to))? {
                in_vain += 1;
            }
            if in_vain > BUSY_WITH_ROOM {
                return Err(Code::Busy.into());
            }
            self.world.pause(Pause {
                deadline,
                over: Code::Busy,
                look_again_ns: None,
                mailbox: &mut |mailbox| mailbox.has_room(to),
                streams: &[],
                socket: None,
            })?;
            event = Event { kind, call: future, ..self.event(draft)? };
        }
    }
}
