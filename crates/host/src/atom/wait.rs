//! Waiting: for messages, answers, room, connections, time, or a callback that is due.
//!
//! A call tries, and waits when it cannot; then it tries again. Deadlines are moments on the guest's own clock, which
//! goes on where it stood when the guest moves, so a call that was suspended and is made again elsewhere waits for the
//! rest of its time, and nothing has to be remembered.

use super::Stop;
use super::call::{Deadline, Outcome};
use crate::ports::{Awaited, Ports, Stream, Woken};
use crate::wasi::Wasi;
use sojourn_abi::Code;
use sojourn_post::Mailbox;

/// What a call waits for, besides callbacks.
pub(super) struct Pause<'a> {
    pub(super) deadline: Deadline,
    /// What it is answered with when that is over.
    pub(super) over: Code,
    /// When to look again at the latest.
    pub(super) look_again_ns: Option<u64>,
    /// Whether what it waits for is in the mailbox.
    pub(super) mailbox: &'a mut dyn FnMut(&mut Mailbox) -> bool,
    /// Or a standard stream.
    pub(super) streams: &'a [Stream],
    /// Or a socket.
    pub(super) socket: Option<Awaited>,
}

impl Wasi {
    /// Ends a call that waits when a callback is due before it began.
    pub(super) fn callbacks_first(&mut self) -> Outcome {
        match self.look(|mailbox| mailbox.calls().due().is_some()) {
            Some(true) => Err(Code::Callback.into()),
            Some(false) | None => Ok(()),
        }
    }

    /// Waits; then the call is to try again.
    ///
    /// # Errors
    /// `Stop::Suspend`, `Callback`, and `over`.
    pub(super) fn pause(&mut self, pause: Pause<'_>) -> Outcome {
        let Pause { deadline, over, look_again_ns, mailbox: wanted, streams, socket } = pause;
        let now_ns = self.now_monotonic_ns();
        let callbacks = self.look(|mailbox| {
            let calls = mailbox.calls();
            calls.expire_callbacks(now_ns);
            (calls.due().is_some(), calls.next_expiry())
        });
        let (due, next_ns) = callbacks.unwrap_or_default();
        if due {
            return Err(Code::Callback.into());
        }
        if deadline.is_over(now_ns) {
            return Err(over.into());
        }
        let moments = [deadline.moment(), look_again_ns, next_ns];
        let timeout_ns = moments.into_iter().flatten().min().map(|at| at.saturating_sub(now_ns));
        let Ports { console, post, sockets, .. } = &mut self.ports;
        let mut news = || {
            let mut news = socket.is_some_and(|awaited| sockets.readiness(awaited).ready);
            if !news {
                post.mailbox(&mut |mailbox| {
                    news = mailbox.calls().due().is_some() || wanted(mailbox);
                });
            }
            news
        };
        match console.wait(streams, &mut news, timeout_ns) {
            Woken::Stop => Err(Stop::Suspend),
            Woken::Ready | Woken::Timeout => Ok(()),
        }
    }

    /// Waits for a socket.
    pub(super) fn pause_for_socket(&mut self, awaited: Awaited, deadline: Deadline) -> Outcome {
        let pause = Pause {
            deadline,
            over: Code::TimedOut,
            look_again_ns: None,
            mailbox: &mut |_| false,
            streams: &[],
            socket: Some(awaited),
        };
        self.pause(pause)
    }
}
