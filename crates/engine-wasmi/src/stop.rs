//! Asking a guest to stop or to pause: a word that its thread looks at between slices of fuel.

use sojourn_engine::Stopper;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What the guest is to do after its slice of fuel.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Word {
    #[default]
    Run,
    Stop,
    Pause,
}

/// Shared by the instance and whoever wants to stop it.
#[derive(Default)]
pub(crate) struct StopFlag {
    word: Mutex<Word>,
    changed: Condvar,
}

impl StopFlag {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Holds the guest's thread while it is paused; whether it is to stop.
    pub(crate) fn wait(&self) -> bool {
        let paused = |word: &mut Word| *word == Word::Pause;
        let word = self.changed.wait_while(self.lock(), paused).unwrap_or_else(PoisonError::into_inner);
        *word == Word::Stop
    }

    /// Takes a request to stop back. A pause is another's to end.
    pub(crate) fn clear(&self) {
        self.change(Word::Stop, Word::Run);
    }

    fn lock(&self) -> MutexGuard<'_, Word> {
        self.word.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, from: Word, to: Word) {
        let mut word = self.lock();
        if *word == from {
            *word = to;
            self.changed.notify_all();
        }
    }
}

impl Stopper for StopFlag {
    fn request(&self) {
        *self.lock() = Word::Stop;
        self.changed.notify_all();
    }

    fn pause(&self) {
        self.change(Word::Run, Word::Pause);
    }

    fn unpause(&self) {
        self.change(Word::Pause, Word::Run);
    }
}
