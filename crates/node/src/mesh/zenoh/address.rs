//! Addresses as they are written, and whether they can be listened on and reached: told before Zenoh is asked, for
//! it says neither why nor what to do.

use std::io::{Error, ErrorKind};
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::time::Instant;

use crate::mesh::limit::{JOIN_PATIENCE, JOIN_PAUSE};
use crate::mesh::{MeshError, MeshSettings};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Tcp,
    Tls,
    Quic,
}

/// `tcp/HOST:PORT`, `tls/HOST:PORT` or `quic/HOST:PORT`.
#[derive(Clone, Debug)]
pub(super) struct Address {
    pub text: String,
    pub protocol: Protocol,
    pub places: Vec<SocketAddr>,
}

impl Address {
    /// Reads an address and looks up its host.
    pub(super) fn read(text: &str) -> Result<Self, MeshError> {
        let wrong = || {
            let forms = "tcp/HOST:PORT, tls/HOST:PORT or quic/HOST:PORT";
            MeshError::Setting(format!("'{text}' is no address; write {forms}"))
        };
        let (protocol, place) = text.split_once('/').ok_or_else(wrong)?;
        let protocol = match protocol {
            "tcp" => Protocol::Tcp,
            "tls" => Protocol::Tls,
            "quic" => Protocol::Quic,
            _ => return Err(wrong()),
        };
        let (host, port) = place.rsplit_once(':').ok_or_else(wrong)?;
        // Zenoh takes more after these: `?` and `#` begin settings of a link.
        let odd = |byte: u8| !(byte.is_ascii_alphanumeric() || b".-_:[]%".contains(&byte));
        if host.is_empty() || host.bytes().any(odd) || port.parse::<u16>().is_err() {
            return Err(wrong());
        }
        let places = place.to_socket_addrs().map_err(|_| {
            MeshError::Setting(format!("'{host}' in '{text}' is no host that can be found; check the name"))
        })?;
        Ok(Self { text: text.to_owned(), protocol, places: places.collect() })
    }

    /// Whether a link leads to this address.
    pub(super) fn leads(&self, protocol: &str, place: &str) -> bool {
        let same = match self.protocol {
            Protocol::Tcp => protocol == "tcp",
            Protocol::Tls => protocol == "tls",
            Protocol::Quic => protocol == "quic",
        };
        same && place.parse().is_ok_and(|place| self.places.contains(&place))
    }

    fn bind(&self) -> Result<(), Error> {
        match self.protocol {
            Protocol::Quic => UdpSocket::bind(&self.places[..]).map(drop),
            Protocol::Tcp | Protocol::Tls => TcpListener::bind(&self.places[..]).map(drop),
        }
    }

    fn answers(&self, until: Instant) -> bool {
        self.places.iter().any(|place| {
            let left = until.saturating_duration_since(Instant::now()).max(JOIN_PAUSE);
            TcpStream::connect_timeout(place, left).is_ok()
        })
    }
}

/// Reads addresses; what TLS needs must be there.
pub(super) fn read(texts: &[String], settings: &MeshSettings) -> Result<Vec<Address>, MeshError> {
    let addresses: Vec<Address> = texts.iter().map(|text| Address::read(text)).collect::<Result<_, _>>()?;
    if let Some(address) = addresses.iter().find(|address| address.protocol != Protocol::Tcp) {
        let Some(tls) = &settings.tls else {
            return Err(MeshError::Setting(format!(
                "{} needs certificates; set tls.certificate, tls.key and tls.authority",
                address.text
            )));
        };
        for (key, path) in
            [("certificate", &tls.certificate), ("key", &tls.key), ("authority", &tls.authority)]
        {
            std::fs::read(path).map_err(|error| {
                let path = path.display();
                MeshError::Setting(format!("cannot read {path}: {error}; set tls.{key} to a PEM file"))
            })?;
        }
    }
    Ok(addresses)
}

/// Whether the addresses can be listened on.
pub(super) fn try_listen(addresses: &[Address]) -> Result<(), MeshError> {
    for address in addresses {
        address.bind().map_err(|error| {
            let text = &address.text;
            MeshError::Listen(match error.kind() {
                ErrorKind::AddrInUse => format!(
                    "{text} is taken by another program; choose another port, or port 0 for a free one"
                ),
                ErrorKind::AddrNotAvailable => format!(
                    "{text} is no address of this machine; listen on one of its own, or on 0.0.0.0 for all"
                ),
                ErrorKind::PermissionDenied => {
                    format!("listening on {text} is not allowed; choose a port above 1023")
                }
                _ => format!("cannot listen on {text}: {error}; choose another address"),
            })
        })?;
    }
    Ok(())
}

/// Whether anybody answers at any address: known for all but QUIC.
pub(super) fn try_join(addresses: &[Address]) -> Result<(), MeshError> {
    let until = Instant::now() + JOIN_PATIENCE;
    let answers = |address: &Address| address.protocol == Protocol::Quic || address.answers(until);
    if addresses.is_empty() || addresses.iter().any(answers) { Ok(()) } else { Err(nobody(addresses)) }
}

fn nobody(addresses: &[Address]) -> MeshError {
    let texts: Vec<&str> = addresses.iter().map(|address| address.text.as_str()).collect();
    let texts = texts.join(", ");
    MeshError::Join(format!("nobody answers at {texts}; start a node there first, or join another address"))
}

/// What is said if nobody there speaks as a member does.
pub(super) fn stranger(addresses: &[Address]) -> MeshError {
    if let Err(nobody) = try_join(addresses) {
        return nobody;
    }
    let Some(first) = addresses.first() else { return nobody(addresses) };
    let text = &first.text;
    MeshError::Join(match first.protocol {
        Protocol::Tcp => format!(
            "what answers at {text} is no node that can be joined; check the address, and whether it wants tls/"
        ),
        Protocol::Tls => format!(
            "{text} is there, but the two sides do not accept each other's certificates; \
             check tls.certificate, tls.key and tls.authority on both"
        ),
        Protocol::Quic => format!(
            "no node answers at {text}; start one there first, \
             or check tls.certificate, tls.key and tls.authority on both"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let address = Address::read("tls/127.0.0.1:7447").unwrap();
        assert_eq!(address.protocol, Protocol::Tls);
        assert!(address.leads("tls", "127.0.0.1:7447"));
        assert!(!address.leads("tcp", "127.0.0.1:7447") && !address.leads("tls", "127.0.0.1:7448"));
        assert!(Address::read("tcp/[::1]:0").is_ok());
    }

    #[test]
    fn what_is_no_address_is_told() {
        for text in
            ["", "tcp", "tcp/", "tcp/:1", "udp/127.0.0.1:1", "tcp/127.0.0.1", "tcp/127.0.0.1:x", "tcp/a?b:1"]
        {
            let error = Address::read(text).unwrap_err();
            assert!(error.to_string().contains("is no address; write tcp/HOST:PORT"), "{text}: {error}");
        }
    }
}
