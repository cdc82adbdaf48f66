//! What carries frames between nodes: whole, one way, best effort.
//!
//! Nothing here numbers, repeats or orders frames; that is the kernel's, on any mesh. A mesh may lose frames, but
//! never delivers half of one, nor one to a node that it was not meant for.

pub mod limit;
pub mod loopback;
mod name;
mod outbox;
mod outlet;
pub mod zenoh;

use std::fmt;
use std::sync::Arc;

/// What kind of member someone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// It runs atoms.
    Node,
    /// It asks as a client does, and is linked with every node: a controller, a door.
    Gateway,
    /// It only asks: a command line, a program.
    Client,
}

impl From<Role> for sojourn_abi::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Node => Self::Node,
            Role::Gateway | Role::Client => Self::Client,
        }
    }
}

/// A member of a realm, as the mesh tells it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Member {
    /// Its name, unique in the realm.
    pub name: String,
    /// Chosen at random when its process began: the same name with another incarnation is another process.
    pub incarnation: u64,
    /// What kind it is.
    pub role: Role,
}

/// What comes from a mesh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeshEvent {
    /// A frame for this member.
    Frame(Vec<u8>),
    /// Somebody is there.
    Up(Member),
    /// Somebody is gone, or cannot be reached any more.
    Down(Member),
}

/// Where events of a mesh go; called from its threads, must not wait.
pub type Sink = Arc<dyn Fn(MeshEvent) + Send + Sync>;

/// What carries frames between the members of a realm.
pub trait Mesh: Send + Sync {
    /// Sends a frame to a member by name. Never waits for the member: frames for one that takes none pile up to a
    /// bound (64 MiB) and are lost beyond it.
    fn send(&self, to: &str, frame: Vec<u8>);

    /// Members seen now, without this one.
    fn members(&self) -> Vec<Member>;

    /// The member at the other end of the address that was joined first, once it is known.
    fn entrance(&self) -> Option<Member>;

    /// Addresses at which others can join, as they are written in settings: `tcp/127.0.0.1:7447`.
    fn addresses(&self) -> Vec<String>;

    /// Says good-bye and ends its threads; nothing is delivered afterwards.
    fn close(&self);
}

/// How to open a mesh.
#[derive(Clone, Debug)]
pub struct MeshSettings {
    /// The realm: 1 to 64 of `a-z0-9-`.
    pub realm: String,
    /// Who opens it.
    pub me: Member,
    /// Addresses to listen on: `tcp/HOST:PORT`, `tls/HOST:PORT`, `quic/HOST:PORT`; port 0 takes a free one.
    pub listen: Vec<String>,
    /// Addresses to join: other nodes, or routers.
    pub join: Vec<String>,
    /// Whether members on the local network are looked for.
    pub discover: bool,
    /// Whether this node passes on frames between others that cannot reach each other.
    pub router: bool,
    /// Files for TLS and QUIC.
    pub tls: Option<TlsFiles>,
}

/// PEM files for TLS and QUIC.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// Certificate that this node shows.
    pub certificate: std::path::PathBuf,
    /// Its private key.
    pub key: std::path::PathBuf,
    /// Certificates that sign those of others; both sides must show one.
    pub authority: std::path::PathBuf,
}

/// Why a mesh could not be opened: one line for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeshError {
    /// A setting that makes no sense.
    Setting(String),
    /// An address that cannot be listened on.
    Listen(String),
    /// Nobody answers at any address to be joined.
    Join(String),
    /// The members there are of another realm.
    Realm(String),
}

impl fmt::Display for MeshError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting(text) | Self::Listen(text) | Self::Join(text) | Self::Realm(text) => {
                f.write_str(text)
            }
        }
    }
}

impl std::error::Error for MeshError {}
