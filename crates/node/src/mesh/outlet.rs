//! Where events of one member leave a mesh, until it is closed.

use std::sync::{PoisonError, RwLock};

use super::{MeshEvent, Sink};

/// A sink that can be taken away: after `close` has returned, nothing is delivered any more.
pub(super) struct Outlet(RwLock<Option<Sink>>);

impl Outlet {
    pub(super) fn new(sink: Sink) -> Self {
        Self(RwLock::new(Some(sink)))
    }

    pub(super) fn deliver(&self, event: MeshEvent) {
        let sink = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(sink) = sink.as_ref() {
            sink(event);
        }
    }

    pub(super) fn close(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
