//! Frames on their way to members: a queue and a thread for each, so that one who takes nothing holds up no other.
//!
//! Threads come with the first frame and go after a while without one: an idle node has none.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::limit::{FRAME_OVERHEAD, QUEUE_BYTES, SENDER_IDLE, SENDER_STACK};

/// Brings one frame to a member; may wait.
type Carry = dyn Fn(&str, Vec<u8>) + Send + Sync;

/// Queues by name of the member.
pub(super) struct Outbox {
    shared: Arc<Shared>,
}

struct Shared {
    carry: Box<Carry>,
    /// None when closed. Held while a frame is put into a queue, so that a thread that is about to end misses none.
    queues: Mutex<Option<HashMap<String, Arc<Queue>>>>,
}

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    frames: VecDeque<Vec<u8>>,
    /// Of the frames that wait and of the one that is being carried.
    bytes: usize,
    ended: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Outbox {
    pub(super) fn new(carry: impl Fn(&str, Vec<u8>) + Send + Sync + 'static) -> Self {
        let shared = Shared { carry: Box::new(carry), queues: Mutex::new(Some(HashMap::new())) };
        Self { shared: Arc::new(shared) }
    }

    /// Puts a frame into the member's queue; lost if that is full, or if the system has no thread to give.
    pub(super) fn send(&self, to: &str, frame: Vec<u8>) {
        if frame.len() > QUEUE_BYTES {
            return;
        }
        let mut queues = lock(&self.shared.queues);
        let Some(queues) = queues.as_mut() else { return };
        if let Some(queue) = queues.get(to) {
            queue.push(frame);
            return;
        }
        let queue = Arc::new(Queue::default());
        queue.push(frame);
        if self.shared.start(to, &queue).is_ok() {
            queues.insert(to.to_owned(), queue);
        }
    }

    /// Lets frames go that are on their way, for so long at most; takes no more, and ends all threads.
    pub(super) fn close(&self, patience: Duration) {
        let Some(queues) = lock(&self.shared.queues).take() else { return };
        let end = Instant::now() + patience;
        for queue in queues.values() {
            queue.end(end);
        }
    }
}

impl Queue {
    fn push(&self, frame: Vec<u8>) {
        let mut state = lock(&self.state);
        let bytes = frame.len() + FRAME_OVERHEAD;
        if state.bytes > 0 && state.bytes + bytes > QUEUE_BYTES {
            return;
        }
        state.bytes += bytes;
        state.frames.push_back(frame);
        self.changed.notify_all();
    }

    /// The next frame; none at the end, or after a while without one.
    fn next(&self) -> Option<Vec<u8>> {
        let state = lock(&self.state);
        let waits = |state: &mut State| state.frames.is_empty() && !state.ended;
        let wait = self.changed.wait_timeout_while(state, SENDER_IDLE, waits);
        wait.unwrap_or_else(PoisonError::into_inner).0.frames.pop_front()
    }

    fn carried(&self, bytes: usize) {
        lock(&self.state).bytes -= bytes + FRAME_OVERHEAD;
        self.changed.notify_all();
    }

    fn end(&self, at: Instant) {
        let state = lock(&self.state);
        let left = at.saturating_duration_since(Instant::now());
        let wait = self.changed.wait_timeout_while(state, left, |state| state.bytes > 0);
        let mut state = wait.unwrap_or_else(PoisonError::into_inner).0;
        state.frames.clear();
        state.ended = true;
        self.changed.notify_all();
    }
}

impl Shared {
    fn start(self: &Arc<Self>, to: &str, queue: &Arc<Queue>) -> std::io::Result<()> {
        let (shared, queue, to) = (Arc::clone(self), Arc::clone(queue), to.to_owned());
        let builder = thread::Builder::new().name(format!("to {to}")).stack_size(SENDER_STACK);
        builder.spawn(move || shared.run(&to, &queue)).map(drop)
    }

    fn run(&self, to: &str, queue: &Arc<Queue>) {
        loop {
            while let Some(frame) = queue.next() {
                let bytes = frame.len();
                (self.carry)(to, frame);
                queue.carried(bytes);
            }
            if self.leave(to, queue) {
                return;
            }
        }
    }

    /// Takes an idle queue out of the table, unless a frame has come meanwhile.
    fn leave(&self, to: &str, queue: &Arc<Queue>) -> bool {
        let mut queues = lock(&self.queues);
        if !lock(&queue.state).frames.is_empty() {
            return false;
        }
        if let Some(queues) = queues.as_mut() {
            queues.remove(to);
        }
        true
    }
}
