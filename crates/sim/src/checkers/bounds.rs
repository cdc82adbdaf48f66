//! No queue of a kernel grows beyond its limit.

use super::{Property, Verdict, breach};
use sojourn_kernel::{Kernel, Limits};

/// Messages that a kernel may have for one peer beyond the limit: what it says itself about moves and places.
const OWN_MESSAGES: usize = 2048;

/// Looks at the queues of a kernel.
///
/// # Errors
/// When one is longer than its limit allows.
pub fn check(name: &str, kernel: &Kernel, limits: &Limits) -> Verdict {
    for load in kernel.loads() {
        let most = 2 * limits.messages + OWN_MESSAGES;
        if load.messages > most {
            let text =
                format!("{name} has {} messages waiting for {}, limit {most}", load.messages, load.peer);
            return breach(Property::Bounds, text);
        }
        let most = 3 * (limits.control_bytes + limits.bulk_bytes) + (1 << 20);
        if load.bytes > most {
            let text = format!("{name} has {} bytes waiting for {}, limit {most}", load.bytes, load.peer);
            return breach(Property::Bounds, text);
        }
        if load.early_bytes > limits.control_bytes + limits.bulk_bytes {
            let text = format!("{name} keeps {} bytes that came early from {}", load.early_bytes, load.peer);
            return breach(Property::Bounds, text);
        }
    }
    Ok(())
}
