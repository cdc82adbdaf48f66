//! Deadlines, and calls that wait.

use crate::callback;
use crate::error::{Result, check};
use crate::place::now_ns;
use crate::raw::Code;
use std::time::Duration;

/// For ever, as the calls have it.
const FOREVER: i64 = -1;

/// When a time-out that begins now is over.
pub fn deadline(timeout: Option<Duration>) -> i64 {
    let Some(timeout) = timeout else { return FOREVER };
    if timeout.is_zero() {
        return 0;
    }
    let at = u64::try_from(timeout.as_nanos()).ok().and_then(|wait| now_ns().checked_add(wait));
    at.and_then(|at| i64::try_from(at).ok()).unwrap_or(FOREVER)
}

/// Makes a call until it does not answer that a callback is due. Its deadline is absolute, so that callbacks take none of
/// its time away from it.
pub fn wait(mut call: impl FnMut() -> i32) -> Result<()> {
    loop {
        match check(call()) {
            Err(Code::Callback) => callback::run()?,
            other => return other,
        }
    }
}
