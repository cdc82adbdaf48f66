//! Callbacks: the guest takes one that is due, runs it, and says when it has ended.

use super::call::{Call, Head, Out64, Outcome, Room};
use super::event::needed;
use sojourn_abi::Code;
use sojourn_post::Registration;

/// Flag of a registration: also while another callback runs.
const NESTED: u32 = 1;

fn registration(context: u64, flags: u32) -> Result<Registration, Code> {
    if flags & !NESTED != 0 {
        return Err(Code::InvalidRequest);
    }
    Ok(Registration { context, nested: flags == NESTED })
}

pub(super) fn on_interrupt(call: &mut Call<'_>, context: u64, flags: u32) -> Outcome {
    let wanted = registration(context, flags)?;
    call.mailbox(|mailbox| mailbox.on_interrupt((context != 0).then_some(wanted)))
}

pub(super) fn on_future(call: &mut Call<'_>, future: u64, context: u64, flags: u32) -> Outcome {
    let wanted = registration(context, flags)?;
    Ok(call.mailbox(|mailbox| mailbox.calls().on_future(future, wanted))??)
}

pub(super) fn callback(call: &mut Call<'_>, into: Room, head: Head, context: Out64) -> Outcome {
    let capacity = into.stretch.len();
    let begun = call.mailbox(|mailbox| {
        let due = mailbox.calls().due().map(|callback| needed(&callback.event));
        match due {
            None => Err(None),
            Some(needed) if needed > capacity => Err(Some(needed)),
            Some(_) => mailbox.calls().begin().ok_or(None),
        }
    })?;
    match begun {
        Err(None) => Err(Code::NothingDue.into()),
        Err(Some(needed)) => call.too_small(head, needed),
        Ok(begun) => {
            call.world.ports.post.freed();
            call.put_event(&begun.event, into, head);
            call.put64(context, begun.registration.context);
            Ok(())
        }
    }
}

pub(super) fn callback_end(call: &mut Call<'_>) -> Outcome {
    Ok(call.mailbox(|mailbox| mailbox.calls().end())??)
}
