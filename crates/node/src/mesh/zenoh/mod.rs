//! The mesh over Eclipse Zenoh: members find and reach each other over TCP, TLS and QUIC.
//!
//! ```text
//! address    what can be listened on and reached, and what to do if not
//! config     Zenoh's settings for ours
//! link       the session: put, subscribe, tokens, questions
//! key        the key space
//! greeting   what a member says when it is asked whom it sees
//! join       before it shows itself: is anybody there, of which realm, is the name free
//! roster     who is seen, and by which way          -> Up, Down
//! book       where members listen, when to dial
//! keeper     the thread that keeps it linked
//! ```
//!
//! Every member is a peer, linked with every other that it can dial. One that is a router passes on frames between
//! those that are linked with it but not with each other. A client is linked with its entrance only, which passes
//! on for it. Where a plain router of Zenoh's (`zenohd`) is at the address that is joined, a node becomes its client.

mod address;
mod book;
mod config;
mod greeting;
mod join;
mod keeper;
mod key;
mod link;
mod roster;
mod shared;

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::thread;

use ::zenoh::liveliness::LivelinessToken;

use self::address::Address;
use self::config::Mode;
use self::join::Met;
use self::keeper::Keeper;
use self::link::Link;
use self::roster::Source;
use self::shared::{Shared, lock};
use super::limit::CLOSE_PATIENCE;
use super::outbox::Outbox;
use super::outlet::Outlet;
use super::{Member, Mesh, MeshError, MeshEvent, MeshSettings, Role, Sink, name};

/// Opens a mesh for a member, and returns when it is in the realm: it has met a node at an address that is joined,
/// or there is none to join.
///
/// # Errors
///
/// A name that is none or is taken, files or addresses that make no sense, an address that is taken, nobody at any
/// address to be joined within three seconds, or a node of another realm there.
pub fn open(settings: &MeshSettings, sink: Sink) -> Result<Arc<dyn Mesh>, MeshError> {
    name::check(settings)?;
    let listen = address::read(&settings.listen, settings)?;
    let joins = address::read(&settings.join, settings)?;
    let client = settings.me.role == Role::Client;
    if client && joins.is_empty() && !settings.discover {
        return Err(MeshError::Setting("a client needs a node; give an address to join".into()));
    }
    if client {
        address::try_join(&joins)?;
    } else {
        address::try_listen(&listen)?;
    }
    let addresses = (&listen[..], &joins[..]);
    let mode = if client { Mode::Client } else { Mode::Peer };
    match enter(settings, mode, addresses, Arc::clone(&sink))? {
        Some(mesh) => Ok(mesh),
        None => enter(settings, Mode::Client, addresses, sink)?
            .ok_or_else(|| MeshError::Join("the router went away while joining; try again".into())),
    }
}

/// Enters the realm; none if that has to be done as a client, for a router of Zenoh's is there.
fn enter(
    settings: &MeshSettings,
    mode: Mode,
    (listen, joins): (&[Address], &[Address]),
    sink: Sink,
) -> Result<Option<Arc<dyn Mesh>>, MeshError> {
    let config = config::config(settings, mode, listen).map_err(|error| refused(&*error))?;
    let link = Link::open(config).map_err(|error| unopened(&*error, mode, listen, joins))?;
    let shared = Shared::new(&settings.realm, &settings.me, link, Outlet::new(sink));
    // From here on, dropping it closes the session.
    let mesh = ZenohMesh::new(Arc::new(shared));
    let shared = &mesh.shared;
    mesh.hear(settings.router).map_err(|error| refused(&*error))?;
    match join::meet(shared, settings, joins)? {
        Met::Router if mode == Mode::Peer => return Ok(None),
        Met::Router | Met::Nobody => {}
        Met::Entrance(member) => *lock(&shared.entrance) = Some(member),
    }
    join::claim(shared, settings)?;
    mesh.appear(settings.router).map_err(|error| refused(&*error))?;
    Ok(Some(Arc::new(mesh)))
}

fn refused(error: &(dyn std::error::Error + Send + Sync)) -> MeshError {
    MeshError::Setting(format!("the mesh does not take these settings: {error}"))
}

/// Why a session could not be opened, from what was tried: Zenoh does not tell them apart.
fn unopened(
    error: &(dyn std::error::Error + Send + Sync),
    mode: Mode,
    listen: &[Address],
    joins: &[Address],
) -> MeshError {
    if mode == Mode::Client {
        return address::stranger(joins);
    }
    let texts: Vec<&str> = listen.iter().map(|address| address.text.as_str()).collect();
    let texts = texts.join(", ");
    if config::wants_tls(listen) {
        return MeshError::Setting(format!(
            "cannot listen on {texts} with these certificates: {error}; \
             check that tls.certificate, tls.key and tls.authority are PEM files that belong together"
        ));
    }
    MeshError::Listen(format!("cannot listen on {texts}: {error}; choose another address"))
}

struct ZenohMesh {
    shared: Arc<Shared>,
    outbox: Arc<Outbox>,
    /// Shows that this member is there.
    token: Mutex<Option<LivelinessToken>>,
}

impl ZenohMesh {
    fn new(shared: Arc<Shared>) -> Self {
        let from = Arc::clone(&shared);
        let outbox = Outbox::new(move |to, frame| {
            let way = lock(&from.roster).way(to);
            let key = match way {
                Source::Direct => key::inbox(&from.realm, to),
                Source::Through(router) => key::pass(&from.realm, &router, to),
            };
            from.link.put(key, frame);
        });
        Self { shared, outbox: Arc::new(outbox), token: Mutex::default() }
    }

    /// Takes frames and questions.
    fn hear(&self, router: bool) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let Shared { realm, me, link, .. } = &*self.shared;
        let shared = Arc::clone(&self.shared);
        link.subscribe(key::inbox(realm, &me.name), move |_, frame| {
            shared.outlet.deliver(MeshEvent::Frame(frame));
        })?;
        if router {
            let (shared, outbox) = (Arc::clone(&self.shared), Arc::clone(&self.outbox));
            link.subscribe(key::pass(realm, &me.name, "*"), move |key, frame| {
                // Only to those that need no other router, so that no frame goes in a circle.
                let known =
                    |to: &&str| lock(&shared.roster).direct().iter().any(|member| member.name == **to);
                if let Some(to) = key::passed(key).filter(known) {
                    outbox.send(to, frame);
                }
            })?;
        }
        let shared = Arc::clone(&self.shared);
        let hello = key::hello(realm, &me.name, &key::incarnation(me.incarnation));
        link.answer(hello, move || shared.greeting())
    }

    /// Shows itself, watches who is there, and starts the keeper.
    fn appear(&self, router: bool) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let Shared { realm, me, link, live, .. } = &*self.shared;
        live.store(true, Ordering::Release);
        for tokens in ["live", "through"] {
            let shared = Arc::clone(&self.shared);
            link.watch(format!("sojourn/{realm}/{tokens}/**"), move |key, there| shared.token(key, there))?;
        }
        *lock(&self.token) = Some(link.show(key::live(realm, me))?);
        let keeper = Keeper::new(Arc::clone(&self.shared), router);
        thread::Builder::new().name("mesh".into()).stack_size(256 << 10).spawn(move || keeper.run())?;
        Ok(())
    }
}

impl Mesh for ZenohMesh {
    fn send(&self, to: &str, frame: Vec<u8>) {
        self.outbox.send(to, frame);
    }

    fn members(&self) -> Vec<Member> {
        lock(&self.shared.roster).members()
    }

    fn entrance(&self) -> Option<Member> {
        let known = lock(&self.shared.entrance).clone()?;
        let now = lock(&self.shared.roster).named(&known.name);
        Some(now.unwrap_or(known))
    }

    fn addresses(&self) -> Vec<String> {
        self.shared.link.addresses()
    }

    fn close(&self) {
        self.outbox.close(CLOSE_PATIENCE);
        self.shared.outlet.close();
        self.shared.end();
        *lock(&self.token) = None;
        self.shared.link.close();
    }
}

impl Drop for ZenohMesh {
    fn drop(&mut self) {
        self.close();
    }
}
