//! `proc_*` and `sched_yield`.

use super::{Call, Outcome, Stop};
use crate::Errno;
use alloc::format;

/// Signals by WASI's numbers.
const SIGNALS: [&str; 31] = [
    "none", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM",
    "PROF", "WINCH", "POLL", "PWR", "SYS",
];

pub(super) fn exit(call: &mut Call<'_>) -> Outcome {
    Err(Stop::Exit(call.u32(0).cast_signed()))
}

/// A guest has no handlers, so a signal does what it does by default: nothing, or the end of the guest.
pub(super) fn raise(call: &mut Call<'_>) -> Outcome {
    let number = call.u32(0);
    match SIGNALS.get(number as usize).copied() {
        None => Err(Errno::Invalid.into()),
        Some("none" | "CHLD" | "CONT" | "URG" | "WINCH") => Ok(()),
        Some("STOP" | "TSTP" | "TTIN" | "TTOU") => Err(Errno::NotSupported.into()),
        Some(name) => Err(Stop::Trap(format!("the guest raised the signal {name}"))),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the table asks for this type")]
pub(super) fn sched_yield(call: &mut Call<'_>) -> Outcome {
    call.wasi.ports.clock.yield_now();
    Ok(())
}
