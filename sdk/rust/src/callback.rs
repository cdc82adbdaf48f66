//! What runs inside calls that wait.

use crate::error::{Result, check};
use crate::message::Message;
use crate::raw::{self, Code};
use crate::room::headed;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

type Once = Box<dyn FnOnce(Message)>;
type Many = Rc<dyn Fn(Message)>;

/// The context of interrupts; those of futures are greater.
const INTERRUPT: u64 = 1;

thread_local! {
    static ON_INTERRUPT: RefCell<Option<Many>> = const { RefCell::new(None) };
    static ON_FUTURE: RefCell<BTreeMap<u64, Once>> = const { RefCell::new(BTreeMap::new()) };
    static LAST: Cell<u64> = const { Cell::new(INTERRUPT) };
}

/// Interrupts run this function from now on, one after the other; those that came before, too.
pub fn on_interrupt(run: impl Fn(Message) + 'static) {
    register(Rc::new(run), 0);
}

/// The same, also while another callback waits for something.
pub fn on_interrupt_nested(run: impl Fn(Message) + 'static) {
    register(Rc::new(run), raw::NESTED);
}

fn register(run: Many, flags: u32) {
    ON_INTERRUPT.replace(Some(run));
    // SAFETY: numbers. It has no errors.
    unsafe { raw::on_interrupt(INTERRUPT, flags) };
}

/// Interrupts are messages again, as they are in the beginning. Those that are due still run.
pub fn ignore_interrupts() {
    // SAFETY: numbers. It has no errors.
    unsafe { raw::on_interrupt(0, 0) };
}

/// Keeps a function for a future; its context.
pub fn remember(run: Once) -> u64 {
    let context = LAST.get() + 1;
    LAST.set(context);
    ON_FUTURE.with_borrow_mut(|kept| kept.insert(context, run));
    context
}

/// Drops the function of a future.
pub fn forget(context: u64) {
    drop(take(context));
}

fn take(context: u64) -> Option<Once> {
    ON_FUTURE.with_borrow_mut(|kept| kept.remove(&context))
}

/// Takes the callback that is due, and runs it.
pub fn run() -> Result<()> {
    let mut context = 0;
    let message = headed(
        // SAFETY: room, head and number are as large as they say.
        |at, capacity, head| check(unsafe { raw::callback(at, capacity, head, &raw mut context) }),
        // SAFETY: the call has succeeded, and its room stands.
        |head| unsafe { Message::of(head) },
    );
    let message = match message {
        Err(Code::NothingDue) => return Ok(()),
        other => other?,
    };
    if context == INTERRUPT {
        let run = ON_INTERRUPT.with_borrow(Clone::clone);
        run.inspect(|run| run(message));
    } else if let Some(run) = take(context) {
        run(message);
    }
    // SAFETY: no parameters.
    check(unsafe { raw::callback_end() })
}
