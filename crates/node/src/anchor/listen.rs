//! The anchor: listeners, sockets, and the thread that waits for them.
//!
//! Whoever brings a word gives its bytes to the socket at once, and takes from it what there is room for again; the
//! thread waits only for sockets that could not go on. It does so in `poll(2)`, over a list that it makes anew each
//! time: of at most `CONNECTIONS`, which costs less than one packet.

use super::limit::{ADDRESS_BYTES, DIAL, GOOD_BYE, PAUSE, PIPE_BYTES, STACK_BYTES, WORDS};
use super::relay::{Relay, Word};
use super::socket::{Socket, interest};
use super::socket_end::SocketEnd;
use super::{ListenError, Mouth};
use crate::module::lock;
use crate::ports::poll::{asked, milliseconds, poll};
use crate::ports::wake::Wake;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Instant;

/// Listeners of an atom and the sockets that they accepted, where they were opened. Dropped, it closes.
pub struct Anchor {
    desk: Desk,
    addresses: Vec<SocketAddr>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What brings words to an anchor.
#[derive(Clone)]
pub(super) struct Desk(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    wake: Wake,
    send: Mouth,
}

struct State {
    end: SocketEnd,
    sockets: BTreeMap<u32, Socket>,
    /// For what is read.
    bytes: Vec<u8>,
    listeners: Vec<Option<TcpListener>>,
    /// Sockets that the thread closes: the system keeps one that is waited for.
    over: Vec<Socket>,
    /// Nobody is accepted before then.
    paused: Option<Instant>,
    /// When all is closed, whatever is under way.
    closes: Option<Instant>,
    /// Whether a thread sends words: it sends those that come meanwhile, too.
    sending: bool,
}

/// What the thread asked about.
#[derive(Clone, Copy, Debug)]
enum Subject {
    Wake,
    Listener(usize),
    Socket(u32),
}

impl Anchor {
    /// Listens on these addresses, `HOST:PORT`. Words for the atom's end go to `send`, in their order and never two
    /// at once, from any thread; it must not wait. Nothing is said before the connections were claimed.
    ///
    /// # Errors
    /// The first address that cannot be listened on.
    pub fn listen(
        addresses: &[String],
        send: impl Fn(Relay) + Send + Sync + 'static,
    ) -> Result<Self, ListenError> {
        let open = |address: &String| listener(address).map_err(|source| (address.clone(), source));
        let failed = |(address, source)| ListenError { address, source };
        let listeners = addresses.iter().map(open).collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let bound = listeners.iter().map(|(_, bound)| *bound).collect();
        let machine = |source| ListenError { address: addresses.join(", "), source };
        let state = State {
            end: SocketEnd::default(),
            sockets: BTreeMap::new(),
            bytes: vec![0; PIPE_BYTES],
            listeners: listeners.into_iter().map(|(listener, _)| Some(listener)).collect(),
            over: Vec::new(),
            paused: None,
            closes: None,
            sending: false,
        };
        let wake = Wake::new().map_err(machine)?;
        let shared = Arc::new(Shared { state: Mutex::new(state), wake, send: Arc::new(send) });
        let driven = Arc::clone(&shared);
        let thread = thread::Builder::new().name("anchor".into()).stack_size(STACK_BYTES);
        let thread = thread.spawn(move || while driven.turn() {}).map_err(machine)?;
        Ok(Self { desk: Desk(shared), addresses: bound, thread: Mutex::new(Some(thread)) })
    }

    /// Where it listens, in the order of the listeners.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The atom's end says something. Words of an older epoch than the one that claimed last are passed over.
    pub fn handle(&self, relay: Relay) {
        self.desk.handle(relay);
    }

    /// Connections that it has.
    #[must_use]
    pub fn count(&self) -> usize {
        lock(&self.desk.0.state).end.len()
    }

    /// Whether nobody can connect any more and all connections are closed.
    #[must_use]
    pub fn is_over(&self) -> bool {
        let state = lock(&self.desk.0.state);
        state.listeners.iter().all(Option::is_none) && state.sockets.is_empty() && !state.end.is_dialing()
    }

    /// Listens on one more address, at this place of the atom's listeners; the address with the port that it got. What
    /// listened there before goes: whoever asks again did not hear that it does.
    ///
    /// # Errors
    /// As [`Anchor::listen`].
    pub fn add(&self, place: u32, address: &str) -> Result<SocketAddr, ListenError> {
        let failed = |source| ListenError { address: address.into(), source };
        let place = place as usize;
        let mut state = lock(&self.desk.0.state);
        if state.listeners.len() <= place {
            state.listeners.resize_with(place + 1, || None);
        }
        state.listeners[place] = None;
        let (listener, bound) = listener(address).map_err(failed)?;
        state.listeners[place] = Some(listener);
        drop(state);
        self.desk.0.wake.notify();
        Ok(bound)
    }

    /// Accepts nobody any more, waits (5 s at most) until peers have taken what was written to them, and resets
    /// what is still open.
    pub fn close(&self) {
        lock(&self.desk.0.state).closes.get_or_insert_with(|| Instant::now() + GOOD_BYE);
        self.desk.0.wake.notify();
        if let Some(thread) = lock(&self.thread).take() {
            // It ends as it should, or its failure was told when it happened.
            let _ = thread.join();
        }
    }

    pub(super) fn desk(&self) -> Desk {
        self.desk.clone()
    }
}

impl Drop for Anchor {
    fn drop(&mut self) {
        self.close();
    }
}

impl std::fmt::Debug for Anchor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Anchor").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

fn listener(address: &str) -> std::io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}

/// Connects to the first address of a name that answers.
fn connected(address: &str) -> std::io::Result<TcpStream> {
    let mut failure = std::io::Error::from(ErrorKind::NotFound);
    for one in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&one, DIAL) {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

impl Desk {
    pub(super) fn handle(&self, relay: Relay) {
        self.0.handle(relay);
    }
}

impl Shared {
    fn handle(self: &Arc<Self>, relay: Relay) {
        let claim = matches!(relay.word, Word::Claim { .. } | Word::CloseListener { .. });
        let taken = matches!(relay.word, Word::Taken { .. });
        let mut state = lock(&self.state);
        let touched = state.end.handle(relay);
        match touched {
            Some(number) if taken => state.read(number),
            Some(number) => state.write(number),
            None => {}
        }
        state.sweep();
        let wanted = state.end.take_wanted();
        let lacks = touched.is_some_and(|number| state.lacks(number));
        drop(state);
        if claim || lacks {
            self.wake.notify();
        }
        for (ticket, address) in wanted {
            self.dial(ticket, address);
        }
        self.flush();
    }

    /// Opens a connection, on a thread of its own: names are looked up there, and peers may be silent.
    fn dial(self: &Arc<Self>, ticket: u32, address: String) {
        let shared = Arc::clone(self);
        let thread = thread::Builder::new().name("dial".into()).stack_size(STACK_BYTES);
        let dialing = thread.spawn(move || {
            let socket = connected(&address).and_then(Socket::new).ok();
            shared.dialed(ticket, socket, address);
        });
        if dialing.is_err() {
            lock(&self.state).end.dialed(ticket, None);
        }
    }

    fn dialed(&self, ticket: u32, socket: Option<Socket>, address: String) {
        let mut state = lock(&self.state);
        // One that came when all was closed is closed with this.
        let socket = socket.filter(|_| state.closes.is_none());
        if let Some(number) = state.end.dialed(ticket, socket.as_ref().map(|_| address)) {
            state.sockets.extend(socket.map(|socket| (number, socket)));
        }
        drop(state);
        self.wake.notify();
        self.flush();
    }

    /// Says what there is to say. No lock is held while `send` runs, so that the answer may come at once, on the
    /// same thread.
    fn flush(&self) {
        loop {
            let mut state = lock(&self.state);
            if state.sending {
                return;
            }
            let words: Vec<Relay> = std::iter::from_fn(|| state.end.poll()).take(WORDS).collect();
            state.sweep();
            if !state.over.is_empty() {
                self.wake.notify();
            }
            if words.is_empty() {
                return;
            }
            state.sending = true;
            drop(state);
            for word in words {
                (self.send)(word);
            }
            lock(&self.state).sending = false;
        }
    }

    /// Waits once, and does what can be done then. Whether there is more to come.
    fn turn(&self) -> bool {
        let mut state = lock(&self.state);
        let Some((mut questions, subjects, until)) = state.questions(&self.wake) else { return false };
        drop(state);
        poll(&mut questions, milliseconds(until));
        let mut state = lock(&self.state);
        for (question, subject) in questions.iter().zip(subjects) {
            match subject {
                _ if question.revents == 0 => {}
                Subject::Wake => self.wake.drain(),
                Subject::Listener(place) => state.accept(place),
                Subject::Socket(number) => {
                    state.write(number);
                    state.read(number);
                }
            }
        }
        state.sweep();
        drop(state);
        self.flush();
        true
    }
}

impl State {
    /// What to wait for, and until when; nothing when it is to end.
    fn questions(&mut self, wake: &Wake) -> Option<(Vec<libc::pollfd>, Vec<Subject>, Option<Instant>)> {
        self.over.clear();
        for place in self.end.closed_listeners() {
            if let Some(listener) = self.listeners.get_mut(*place as usize) {
                *listener = None;
            }
        }
        if self.closes.is_some_and(|closes| self.says_good_bye(closes)) {
            return None;
        }
        let mut all = vec![(asked(wake.fd(), libc::POLLIN), Subject::Wake)];
        self.paused = self.paused.filter(|until| *until > Instant::now());
        if self.paused.is_none() && self.closes.is_none() && self.end.has_room() {
            let listeners = self.listeners.iter().enumerate();
            let open = listeners.filter_map(|(place, listener)| Some((place, listener.as_ref()?)));
            all.extend(open.map(|(place, one)| (asked(one.as_fd(), libc::POLLIN), Subject::Listener(place))));
        }
        for (number, socket) in &mut self.sockets {
            socket.asked = interest(*number, &self.end);
            // Without interest it is left out: a peer that is gone would end each wait.
            if socket.asked != 0 {
                all.push((asked(socket.stream.as_fd(), socket.asked), Subject::Socket(*number)));
            }
        }
        let until = [self.paused, self.closes].into_iter().flatten().min();
        let (questions, subjects) = all.into_iter().unzip();
        Some((questions, subjects, until))
    }

    /// Whether all is closed, because it is time or because nothing is under way.
    fn says_good_bye(&mut self, closes: Instant) -> bool {
        self.listeners.clear();
        let under_way = self.sockets.keys().any(|number| !self.end.front(*number).is_empty());
        let over = !under_way || Instant::now() >= closes;
        if over {
            self.sockets.values().for_each(Socket::abort);
            self.sockets.clear();
        }
        over
    }

    /// Whether the thread must look again to wait for this socket.
    fn lacks(&self, number: u32) -> bool {
        let socket = self.sockets.get(&number);
        socket.is_some_and(|socket| interest(number, &self.end) & !socket.asked != 0)
    }

    fn accept(&mut self, place: usize) {
        while self.end.has_room() {
            let Some(listener) = self.listeners.get(place).and_then(Option::as_ref) else { return };
            match listener.accept() {
                Ok((stream, peer)) => self.open(place, stream, peer),
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock => return,
                    ErrorKind::Interrupted | ErrorKind::ConnectionAborted => {}
                    // The machine has no descriptors left, or the like.
                    _ => {
                        self.paused = Some(Instant::now() + PAUSE);
                        return;
                    }
                },
            }
        }
    }

    fn open(&mut self, place: usize, stream: TcpStream, peer: SocketAddr) {
        // A connection that is gone already is nobody's.
        let Ok(socket) = Socket::new(stream) else { return };
        let mut peer = peer.to_string();
        peer.truncate(ADDRESS_BYTES);
        let number = self.end.open(u32::try_from(place).unwrap_or(u32::MAX), peer);
        self.sockets.insert(number, socket);
    }

    fn read(&mut self, number: u32) {
        if let Some(socket) = self.sockets.get_mut(&number) {
            socket.read(number, &mut self.end, &mut self.bytes);
        }
    }

    fn write(&mut self, number: u32) {
        if let Some(socket) = self.sockets.get_mut(&number) {
            socket.write(number, &mut self.end);
        }
    }

    /// Takes out sockets that are of no more use.
    fn sweep(&mut self) {
        for over in self.end.take_over() {
            let socket = self.sockets.remove(&over.number);
            if let Some(socket) = socket.as_ref().filter(|_| over.broken) {
                socket.abort();
            }
            self.over.extend(socket);
        }
    }
}
