//! Asking a guest to stop or to pause.
//!
//! Atomic flavour: every poll reads a word in the guest's shared control memory. A stop is a store into it. A pause
//! makes the memory unreadable: the next poll faults, and the handler of the fault holds the thread until the memory
//! can be read again. The poll itself knows nothing of it, so that its cold path stays one that never comes back.
//!
//! Counter flavour: the counter belongs to the guest's thread, so what is asked is a flag. The guest's thread sees
//! it before a call, after a host call that could not end, and in the epoch callback where the engine checks epochs.

use rustix::mm::{MprotectFlags, mprotect};
use sojourn_engine::Stopper;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use wasmtime::{Engine, SharedMemory};

/// What the guest is to do at its next poll.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Run,
    Stop,
    Pause,
}

/// Shared by the instance and whoever wants to stop it.
pub(crate) struct StopWord {
    engine: Engine,
    control: OnceLock<SharedMemory>,
    requested: AtomicBool,
    word: Mutex<Word>,
    changed: Condvar,
}

impl StopWord {
    pub(crate) fn new(engine: &Engine) -> Arc<Self> {
        Arc::new(Self {
            engine: engine.clone(),
            control: OnceLock::new(),
            requested: AtomicBool::new(false),
            word: Mutex::new(Word::Run),
            changed: Condvar::new(),
        })
    }

    /// Names the control memory, once the guest is instantiated; what was asked before is passed on.
    pub(crate) fn attach(&self, control: SharedMemory) {
        let word = self.lock();
        let _ = self.control.set(control);
        // A fresh memory says so already, and nothing of it has been touched.
        if *word != Word::Run {
            self.write(*word);
        }
    }

    pub(crate) fn is_requested(&self) -> bool {
        self.requested.load(Ordering::SeqCst)
    }

    /// Takes a request to stop back. A pause is another's to end.
    pub(crate) fn clear(&self) {
        self.requested.store(false, Ordering::SeqCst);
        self.change(|word| if word == Word::Stop { Word::Run } else { word });
    }

    /// Makes the next poll stop; called by host calls that could not end.
    pub(crate) fn stop(&self) {
        self.change(|_| Word::Stop);
    }

    /// Holds the guest's thread while it is paused.
    pub(crate) fn park(&self) {
        let paused = |word: &mut Word| *word == Word::Pause;
        drop(self.changed.wait_while(self.lock(), paused));
    }

    /// Whether a fault at this address was the poll of a guest that is or was paused; it has been waited for.
    pub(crate) fn park_at(&self, address: usize) -> bool {
        let Some(control) = self.control.get() else { return false };
        let bytes = control.data();
        let ours = bytes.as_ptr().addr()..bytes.as_ptr().addr() + bytes.len();
        if !ours.contains(&address) {
            return false;
        }
        self.park();
        true
    }

    fn lock(&self) -> MutexGuard<'_, Word> {
        self.word.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, to: impl FnOnce(Word) -> Word) {
        let mut word = self.lock();
        let next = to(*word);
        if next != *word {
            *word = next;
            self.write(next);
            self.changed.notify_all();
        }
    }

    /// Brings the word to the control memory. The caller holds its lock, so that nobody else writes there.
    fn write(&self, word: Word) {
        let Some(bytes) = self.control.get().map(SharedMemory::data) else { return };
        let start = bytes.as_ptr().cast_mut();
        let access = match word {
            Word::Pause => MprotectFlags::empty(),
            Word::Run | Word::Stop => MprotectFlags::READ | MprotectFlags::WRITE,
        };
        // SAFETY: the bytes are whole pages that Wasmtime mapped for this memory alone; they stay where they are
        // while `control` lives. Only polls of the guest read them, and `park_at` answers their faults.
        let changed = unsafe { mprotect(start.cast(), bytes.len(), access) };
        if word == Word::Pause || changed.is_err() {
            return;
        }
        // SAFETY: a memory of at least one page starts page-aligned, and the guest reads this word with atomic
        // loads only; the page was just made writable.
        unsafe { AtomicU32::from_ptr(start.cast()) }.store(u32::from(word == Word::Stop), Ordering::SeqCst);
    }

    /// Without a control memory the guest looks when the epoch goes on.
    fn tell(&self) {
        if self.control.get().is_none() {
            self.engine.increment_epoch();
        }
    }
}

impl Stopper for StopWord {
    fn request(&self) {
        self.requested.store(true, Ordering::SeqCst);
        self.stop();
        self.tell();
    }

    fn pause(&self) {
        self.change(|word| if word == Word::Run { Word::Pause } else { word });
        self.tell();
    }

    fn unpause(&self) {
        self.change(|word| if word == Word::Pause { Word::Run } else { word });
    }
}
