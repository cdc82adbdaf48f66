//! Every mesh is held to the same rules; what only some have, beside.

mod certificates;
mod nets;
mod refusals;
mod router;
mod seat;
mod stuck;
mod suite;

use nets::{Direct, Discovered, InProcess, Routed};

suite::conformance!(loopback, InProcess::new());
suite::conformance!(tcp, Direct::tcp());
suite::conformance!(tls, Direct::tls());
suite::conformance!(quic, Direct::quic());
suite::conformance!(routed, Routed::new());
suite::conformance!(discovered, Discovered::new());
