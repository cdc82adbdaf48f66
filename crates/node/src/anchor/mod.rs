//! Connections that survive the moves of the atom that accepted them.
//!
//! ```text
//! peer ── TCP ── Anchor ── words, in order ── Connections ── guest
//!         stays where it was opened             moves with the atom
//! ```
//!
//! An `Anchor` owns listeners and sockets. `Connections` is what the guest reads and writes, and goes with it as
//! plain bytes. Between them go words (`Relay`): by a call of a function while both are in one process, over links
//! between nodes otherwise. Bytes are numbered in both directions; who wrote them keeps them until they are read.
//! A move, or the cut of a session, costs nothing but time: whoever has the atom then *claims* its connections, with
//! an epoch and with what it has of each, and each side sends again what the other lacks.
//!
//! ```text
//! Anchor::listen(addresses, send)     handle(relay) addresses() close()
//! Connections::new(listeners, wake)   handle(relay) open_gate(epoch, send) hold() state()
//! Connections::restore(bytes, wake)   goes on elsewhere, held until its gate is opened
//! local(addresses, wake)              both, in one process
//! ```

mod atom_end;
mod connections;
mod inflow;
pub mod limit;
mod listen;
mod outflow;
mod pipe;
mod relay;
mod save;
mod socket;
mod socket_end;
#[cfg(test)]
mod tests;

pub use connections::{ConnectionFacts, Connections};
pub use listen::Anchor;
pub use relay::{Claimed, Relay, Word};

use std::io;
use std::sync::Arc;

/// A word that no honest end says: the connection that it is about is reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Violation;

/// Why an address cannot be listened on.
#[derive(Debug)]
pub struct ListenError {
    /// The address, as it was given.
    pub address: String,
    /// What the system says.
    pub source: io::Error,
}

impl std::fmt::Display for ListenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { address, source } = self;
        write!(f, "cannot listen on {address:?}: {source}; give an address of this machine as HOST:PORT")?;
        if source.kind() == io::ErrorKind::AddrInUse {
            f.write_str(", with a port that is free, or port 0 for any")?;
        }
        Ok(())
    }
}

impl std::error::Error for ListenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Listeners whose guest is in this process, where it stays: the gate is open.
///
/// # Errors
/// An address that cannot be listened on.
pub fn local(
    addresses: &[String],
    wake: impl Fn() + Send + Sync + 'static,
) -> Result<(Connections, Anchor), ListenError> {
    let connections = Connections::new(u32::try_from(addresses.len()).unwrap_or(u32::MAX), wake);
    let guest = connections.downgrade();
    let anchor = Anchor::listen(addresses, move |relay| guest.handle(&relay))?;
    let desk = anchor.desk();
    connections.open_gate(0, move |relay| desk.handle(relay));
    Ok((connections, anchor))
}

/// Where words go; called from any thread, in order, never by two at once.
type Mouth = Arc<dyn Fn(Relay) + Send + Sync>;
