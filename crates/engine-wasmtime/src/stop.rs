//! Asking a guest to stop.
//!
//! Atomic flavour: a store into the guest's shared control memory, which every poll reads. Counter flavour:
//! the counter belongs to the guest's thread, so the request is a flag; the guest's thread sees it before a
//! call, after a host call that could not end, and in the epoch callback where the engine checks epochs.

use sojourn_engine::Stopper;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use wasmtime::{Engine, SharedMemory};

/// Shared by the instance and whoever wants to stop it.
pub(crate) struct StopWord {
    engine: Engine,
    control: OnceLock<SharedMemory>,
    requested: AtomicBool,
}

impl StopWord {
    pub(crate) fn new(engine: &Engine) -> Arc<Self> {
        Arc::new(Self { engine: engine.clone(), control: OnceLock::new(), requested: AtomicBool::new(false) })
    }

    /// Names the control memory, once the guest is instantiated; a request made before is passed on.
    pub(crate) fn attach(&self, control: SharedMemory) {
        let _ = self.control.set(control);
        if self.is_requested() {
            self.store(1);
        }
    }

    pub(crate) fn is_requested(&self) -> bool {
        self.requested.load(Ordering::SeqCst)
    }

    pub(crate) fn has_control(&self) -> bool {
        self.control.get().is_some()
    }

    pub(crate) fn clear(&self) {
        self.requested.store(false, Ordering::SeqCst);
        self.store(0);
    }

    /// Makes the next check stop; called by host calls that could not end.
    pub(crate) fn store(&self, word: u32) {
        let Some(cell) = self.control.get().and_then(|memory| memory.data().first()) else { return };
        // SAFETY: a memory of at least one page starts page-aligned, stays where it is while `control` lives,
        // and the guest reads this word with atomic loads only.
        unsafe { AtomicU32::from_ptr(cell.get().cast()) }.store(word, Ordering::SeqCst);
    }
}

impl Stopper for StopWord {
    fn request(&self) {
        self.requested.store(true, Ordering::SeqCst);
        self.store(1);
        if !self.has_control() {
            self.engine.increment_epoch();
        }
    }
}
