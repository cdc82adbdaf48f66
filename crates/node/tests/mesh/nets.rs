//! The meshes that are held to the rules, and how their members join.

use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use sojourn_node::mesh::loopback::Hub;
use sojourn_node::mesh::{Mesh, MeshError, MeshSettings, Sink, TlsFiles, zenoh};

use crate::certificates::{Authority, Folder};
use crate::seat::{Seat, deaf, random, settings};

/// A mesh with members to come.
pub trait Net {
    /// Settings of a member that joins another, or is the first.
    fn settings(&self, name: &str, join: Option<&Seat>) -> MeshSettings;

    fn open(&self, settings: &MeshSettings, sink: Sink) -> Result<Arc<dyn Mesh>, MeshError> {
        zenoh::open(settings, sink)
    }

    /// Why it cannot be tried on this machine.
    fn missing(&self) -> Option<&'static str> {
        None
    }

    /// A member that joins another.
    fn seat(&self, name: &str, join: Option<&Seat>) -> Seat {
        Seat::open(&self.settings(name, join), |settings, sink| self.open(settings, sink))
    }
}

pub fn realm() -> String {
    format!("realm-{:x}", random())
}

/// Inside this process.
pub struct InProcess {
    pub hub: Hub,
    realm: String,
}

impl InProcess {
    pub fn new() -> Self {
        Self { hub: Hub::new(), realm: realm() }
    }
}

impl Net for InProcess {
    fn settings(&self, name: &str, join: Option<&Seat>) -> MeshSettings {
        let mut settings = settings(&self.realm, name);
        settings.listen = vec!["loopback/0".into()];
        settings.join = join.map(|seat| seat.mesh.addresses()).unwrap_or_default();
        settings
    }

    fn open(&self, settings: &MeshSettings, sink: Sink) -> Result<Arc<dyn Mesh>, MeshError> {
        self.hub.open(settings, sink)
    }
}

/// Members that join one another's address.
pub struct Direct {
    protocol: &'static str,
    realm: String,
    tls: Option<(Folder, TlsFiles)>,
}

impl Direct {
    pub fn tcp() -> Self {
        Self { protocol: "tcp", realm: realm(), tls: None }
    }

    pub fn tls() -> Self {
        Self::with_certificates("tls")
    }

    pub fn quic() -> Self {
        Self::with_certificates("quic")
    }

    fn with_certificates(protocol: &'static str) -> Self {
        let folder = Folder::new();
        let files = Authority::new(&folder, "authority").files(&folder, "member");
        Self { protocol, realm: realm(), tls: Some((folder, files)) }
    }
}

impl Net for Direct {
    fn settings(&self, name: &str, join: Option<&Seat>) -> MeshSettings {
        let mut settings = settings(&self.realm, name);
        settings.listen = vec![format!("{}/127.0.0.1:0", self.protocol)];
        settings.join = join.map(|seat| seat.mesh.addresses()).unwrap_or_default();
        settings.tls = self.tls.as_ref().map(|(_, files)| files.clone());
        settings
    }
}

/// Members that cannot be dialled, and a router in the middle.
pub struct Routed {
    realm: String,
    router: Seat,
}

impl Routed {
    pub fn new() -> Self {
        let realm = realm();
        let mut settings = settings(&realm, "router");
        settings.listen = vec!["tcp/127.0.0.1:0".into()];
        settings.router = true;
        let router = Seat::open(&settings, zenoh::open);
        Self { realm, router }
    }

    /// Takes the router away.
    pub fn close(&self) {
        self.router.mesh.close();
    }
}

impl Net for Routed {
    fn settings(&self, name: &str, _: Option<&Seat>) -> MeshSettings {
        let mut settings = settings(&self.realm, name);
        settings.join = self.router.mesh.addresses();
        settings
    }
}

/// Members that nobody tells of an address.
pub struct Discovered {
    realm: String,
}

impl Discovered {
    pub fn new() -> Self {
        Self { realm: realm() }
    }
}

impl Net for Discovered {
    fn settings(&self, name: &str, _: Option<&Seat>) -> MeshSettings {
        let mut settings = settings(&self.realm, name);
        settings.listen = vec!["tcp/127.0.0.1:0".into()];
        settings.discover = true;
        settings
    }

    fn missing(&self) -> Option<&'static str> {
        multicast().is_err().then_some("this system carries no multicast on the loopback interface")
    }
}

/// Sends one datagram to a group on the loopback interface, and takes it.
fn multicast() -> std::io::Result<()> {
    let group = Ipv4Addr::new(239, 255, 77, 77);
    let takes = UdpSocket::bind(SocketAddrV4::new(group, 0))?;
    takes.join_multicast_v4(&group, &Ipv4Addr::LOCALHOST)?;
    takes.set_read_timeout(Some(Duration::from_secs(1)))?;
    let sends = UdpSocket::bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0))?;
    sends.send_to(b"?", SocketAddrV4::new(group, takes.local_addr()?.port()))?;
    takes.recv(&mut [0; 1]).map(drop)
}

/// Opens a member of a mesh of Zenoh's that does not listen to what comes.
pub fn silent(settings: &MeshSettings) -> Result<Arc<dyn Mesh>, MeshError> {
    zenoh::open(settings, deaf())
}
