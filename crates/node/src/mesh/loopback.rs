//! A mesh inside one process: a hub that members open, whose connections can be cut and healed.
//!
//! For tests and simulations. It keeps to the same rules as a mesh between machines: names, realms, addresses
//! (`loopback/NAME`; `loopback/0` takes a free one), bounded queues.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::limit::CLOSE_PATIENCE;
use super::outbox::Outbox;
use super::outlet::Outlet;
use super::{Member, Mesh, MeshError, MeshEvent, MeshSettings, Sink, name};

/// What all members of a process meet at.
#[derive(Clone, Default)]
pub struct Hub {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Held while events go out, so that they leave in the order in which things happened.
    order: Mutex<()>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    seats: Vec<Arc<Seat>>,
    /// Pairs of names, in order, that cannot reach each other.
    cuts: BTreeSet<(String, String)>,
    addresses: u64,
}

/// One member at the hub.
struct Seat {
    realm: String,
    me: Member,
    addresses: Vec<String>,
    outlet: Outlet,
}

type Event = (Arc<Seat>, MeshEvent);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn pair(a: &str, b: &str) -> (String, String) {
    if a < b { (a.to_owned(), b.to_owned()) } else { (b.to_owned(), a.to_owned()) }
}

impl Hub {
    /// A hub without members.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens it for a member. `listen` and `join` are checked as if they were addresses of machines; members of a
    /// realm see each other whether they join or not.
    ///
    /// # Errors
    ///
    /// As any mesh: a name that is none or is taken, an address that is taken, nobody there, another realm.
    pub fn open(&self, settings: &MeshSettings, sink: Sink) -> Result<Arc<dyn Mesh>, MeshError> {
        name::check(settings)?;
        let _order = lock(&self.shared.order);
        let (seat, entrance, events) = {
            let mut state = lock(&self.shared.state);
            let entrance = state.admit(settings)?;
            let addresses = state.listen(&settings.listen)?;
            let seat = Arc::new(Seat {
                realm: settings.realm.clone(),
                me: settings.me.clone(),
                addresses,
                outlet: Outlet::new(sink),
            });
            let events = state.arrive(&seat);
            (seat, entrance, events)
        };
        emit(events);
        let (hub, from) = (self.clone(), Arc::clone(&seat));
        let outbox = Outbox::new(move |to, frame| hub.carry(&from, to, frame));
        Ok(Arc::new(Loopback { hub: self.clone(), seat, entrance, outbox }))
    }

    /// Lets two members lose each other: frames between them are lost, and each sees the other go.
    pub fn cut(&self, a: &str, b: &str) {
        let _order = lock(&self.shared.order);
        let events = {
            let mut state = lock(&self.shared.state);
            if state.cuts.insert(pair(a, b)) { state.between(a, b, MeshEvent::Down) } else { Vec::new() }
        };
        emit(events);
    }

    /// Lets two members find each other again.
    pub fn heal(&self, a: &str, b: &str) {
        let _order = lock(&self.shared.order);
        let events = {
            let mut state = lock(&self.shared.state);
            if state.cuts.remove(&pair(a, b)) { state.between(a, b, MeshEvent::Up) } else { Vec::new() }
        };
        emit(events);
    }

    fn carry(&self, from: &Seat, to: &str, frame: Vec<u8>) {
        let seat = lock(&self.shared.state).reached(from).find(|seat| seat.me.name == to).cloned();
        if let Some(seat) = seat {
            seat.outlet.deliver(MeshEvent::Frame(frame));
        }
    }
}

fn emit(events: Vec<Event>) {
    for (seat, event) in events {
        seat.outlet.deliver(event);
    }
}

impl State {
    /// Checks the name and the addresses to be joined; the member at the first of them.
    fn admit(&self, settings: &MeshSettings) -> Result<Option<Member>, MeshError> {
        let same = |seat: &&Arc<Seat>| seat.realm == settings.realm && seat.me.name == settings.me.name;
        if self.seats.iter().any(|seat| same(&seat)) {
            return Err(name::taken(settings));
        }
        let found = settings.join.iter().find_map(|address| {
            let at = |seat: &&Arc<Seat>| seat.addresses.contains(address);
            self.seats.iter().find(at).map(|seat| (address, seat))
        });
        match found {
            None if settings.join.is_empty() => Ok(None),
            None => Err(MeshError::Join(format!(
                "nobody answers at {}; start a node there first, or join another address",
                settings.join.join(", ")
            ))),
            Some((_, seat)) if seat.realm == settings.realm => Ok(Some(seat.me.clone())),
            Some((address, seat)) => Err(name::other_realm(address, &seat.realm, &settings.realm)),
        }
    }

    fn listen(&mut self, wanted: &[String]) -> Result<Vec<String>, MeshError> {
        let mut addresses = Vec::new();
        for address in wanted {
            let Some(place) = address.strip_prefix("loopback/") else {
                return Err(MeshError::Setting(format!("'{address}' is no address; write loopback/NAME")));
            };
            if place == "0" {
                self.addresses += 1;
                addresses.push(format!("loopback/free-{}", self.addresses));
            } else if self.seats.iter().any(|seat| seat.addresses.contains(address)) {
                return Err(MeshError::Listen(format!(
                    "{address} is taken; choose another address, or loopback/0 for a free one"
                )));
            } else {
                addresses.push(address.clone());
            }
        }
        Ok(addresses)
    }

    fn arrive(&mut self, seat: &Arc<Seat>) -> Vec<Event> {
        let mut events = Vec::new();
        for other in self.reached(seat) {
            events.push((Arc::clone(other), MeshEvent::Up(seat.me.clone())));
            events.push((Arc::clone(seat), MeshEvent::Up(other.me.clone())));
        }
        self.seats.push(Arc::clone(seat));
        events
    }

    fn depart(&mut self, seat: &Arc<Seat>) -> Vec<Event> {
        let before = self.seats.len();
        self.seats.retain(|other| !Arc::ptr_eq(other, seat));
        if self.seats.len() == before {
            return Vec::new();
        }
        self.reached(seat).map(|other| (Arc::clone(other), MeshEvent::Down(seat.me.clone()))).collect()
    }

    /// Events between two names, in every realm.
    fn between(&self, a: &str, b: &str, event: fn(Member) -> MeshEvent) -> Vec<Event> {
        let mut events = Vec::new();
        for one in self.seats.iter().filter(|seat| seat.me.name == a) {
            for other in self.seats.iter().filter(|seat| seat.me.name == b && seat.realm == one.realm) {
                events.push((Arc::clone(one), event(other.me.clone())));
                events.push((Arc::clone(other), event(one.me.clone())));
            }
        }
        events
    }

    /// Those that a member can reach.
    fn reached(&self, from: &Seat) -> impl Iterator<Item = &Arc<Seat>> {
        self.seats.iter().filter(move |seat| {
            let apart = self.cuts.contains(&pair(&seat.me.name, &from.me.name));
            seat.realm == from.realm && seat.me != from.me && !apart
        })
    }
}

struct Loopback {
    hub: Hub,
    seat: Arc<Seat>,
    entrance: Option<Member>,
    outbox: Outbox,
}

impl Mesh for Loopback {
    fn send(&self, to: &str, frame: Vec<u8>) {
        self.outbox.send(to, frame);
    }

    fn members(&self) -> Vec<Member> {
        lock(&self.hub.shared.state).reached(&self.seat).map(|seat| seat.me.clone()).collect()
    }

    fn entrance(&self) -> Option<Member> {
        let known = self.entrance.clone()?;
        let members = self.members();
        Some(members.into_iter().find(|member| member.name == known.name).unwrap_or(known))
    }

    fn addresses(&self) -> Vec<String> {
        self.seat.addresses.clone()
    }

    fn close(&self) {
        self.outbox.close(CLOSE_PATIENCE);
        self.seat.outlet.close();
        let _order = lock(&self.hub.shared.order);
        let events = lock(&self.hub.shared.state).depart(&self.seat);
        emit(events);
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.close();
    }
}
