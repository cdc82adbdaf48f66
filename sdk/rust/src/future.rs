//! Answers that are to come.

use crate::callback;
use crate::error::{Result, check};
use crate::message::Message;
use crate::raw;
use crate::room::headed;
use crate::wait::{deadline, wait};
use std::time::Duration;

/// The answer to a call. Dropped before it has come, it is given up.
#[derive(Debug)]
pub struct Future {
    number: u64,
    open: bool,
}

impl Future {
    pub(crate) const fn new(number: u64) -> Self {
        Self { number, open: true }
    }

    /// Whether its answer is still to be taken.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// Waits for the answer, for so long, and takes it.
    ///
    /// # Errors
    /// `TimedOut` while it is open: none has come yet. Otherwise what the call has failed of: `TimedOut` when it expired,
    /// `Ended` when the receiver ended. `UnknownFuture` when it was taken or given up.
    pub fn await_for(&mut self, timeout: impl Into<Option<Duration>>) -> Result<Message> {
        let (number, deadline) = (self.number, deadline(timeout.into()));
        let answer = headed(
            // SAFETY: room and head are as large as they say.
            |at, capacity, head| wait(|| unsafe { raw::await_(number, deadline, at, capacity, head) }),
            // SAFETY: the call has succeeded, and its room stands.
            |head| unsafe { Message::of(head) },
        )?;
        self.open = false;
        answer.code().map_or(Ok(answer), Err)
    }

    /// Gives it up; an answer that comes later is dropped.
    ///
    /// # Errors
    /// `UnknownFuture` when it was taken or given up.
    pub fn cancel(&mut self) -> Result<()> {
        self.open = false;
        // SAFETY: a number.
        check(unsafe { raw::cancel(self.number) })
    }

    /// The answer, or that the call has failed, runs this function inside a later call that waits.
    ///
    /// # Errors
    /// `UnknownFuture` when it was taken or given up.
    pub fn then(self, run: impl FnOnce(Message) + 'static) -> Result<()> {
        self.register(Box::new(run), 0)
    }

    /// The same, also while another callback waits for something.
    ///
    /// # Errors
    /// As [`Future::then`].
    pub fn then_nested(self, run: impl FnOnce(Message) + 'static) -> Result<()> {
        self.register(Box::new(run), raw::NESTED)
    }

    fn register(mut self, run: Box<dyn FnOnce(Message)>, flags: u32) -> Result<()> {
        let context = callback::remember(run);
        // SAFETY: numbers.
        let done = check(unsafe { raw::on_future(self.number, context, flags) });
        if done.is_err() {
            callback::forget(context);
        } else {
            self.open = false;
        }
        done
    }
}

impl Drop for Future {
    fn drop(&mut self) {
        if self.open {
            // One that is not known any more is given up already.
            let _ = self.cancel();
        }
    }
}
