//! Asking a guest to stop: a flag that its thread looks at between slices of fuel.

use sojourn_engine::Stopper;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shared by the instance and whoever wants to stop it.
#[derive(Default)]
pub(crate) struct StopFlag(AtomicBool);

impl StopFlag {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn is_requested(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    pub(crate) fn clear(&self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl Stopper for StopFlag {
    fn request(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
