//! Zenoh's settings for ours.

use ::zenoh::Config;

use super::address::{Address, Protocol};
use super::key;
use crate::mesh::limit::{BLOCK, DIAL_PAUSE, JOIN_PATIENCE, LEASE, QUEUE_BYTES, SIGNS_PER_LEASE};
use crate::mesh::{MeshSettings, TlsFiles};

/// What a session is to Zenoh. Its routers do not pass frames from one peer to another, so that none of ours is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Linked to every member that it can reach.
    Peer,
    /// Linked to one, which passes on everything.
    Client,
}

/// Where members of a realm look for each other: a group of its own, so that realms on one network stay apart.
fn group(realm: &str) -> String {
    let hash =
        realm.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let [_, _, high, low] = (hash ^ (hash >> 16)).to_be_bytes();
    format!("239.255.{high}.{low}:7446")
}

/// The settings of a session.
pub(super) fn config(
    settings: &MeshSettings,
    mode: Mode,
    listen: &[Address],
) -> Result<Config, Box<dyn std::error::Error + Send + Sync>> {
    let endpoints = if mode == Mode::Peer { settings.listen.as_slice() } else { &[] };
    let alone = listen.iter().all(|address| address.places.iter().all(|place| place.ip().is_loopback()));
    let mode = if mode == Mode::Peer { "peer" } else { "client" };
    let (first, longest) = DIAL_PAUSE;
    let (first, longest) = (first.as_millis(), longest.as_millis());
    let retry = format!("{{\"period_init_ms\":{first},\"period_max_ms\":{longest}}}");
    let mut config = Config::default();
    for (key, value) in [
        ("id", text(&key::zid(settings.me.incarnation))),
        ("mode", text(mode)),
        ("listen/endpoints", list(endpoints)),
        ("connect/endpoints", list(&settings.join)),
        ("connect/retry", retry),
        // What is waited for at opening is waited for by `greet`.
        ("open/return_conditions/connect_scouted", "false".into()),
        ("scouting/delay", "0".into()),
        ("scouting/timeout", JOIN_PATIENCE.as_millis().to_string()),
        ("scouting/multicast/enabled", settings.discover.to_string()),
        ("scouting/multicast/address", text(&group(&settings.realm))),
        ("scouting/multicast/interface", text(if alone { "127.0.0.1" } else { "auto" })),
        ("scouting/multicast/autoconnect", list(&["peer"])),
        // It never tells of addresses on this machine and tries once only; `keeper` dials instead.
        ("scouting/gossip/autoconnect", list(&[] as &[&str])),
        ("transport/unicast/open_timeout", JOIN_PATIENCE.as_millis().to_string()),
        ("transport/unicast/accept_timeout", JOIN_PATIENCE.as_millis().to_string()),
        // Against 2: a quarter less processor time for a copy of large frames, and a third more of them in a second.
        ("transport/link/tx/queue/size/data", "16".into()),
        ("transport/link/tx/lease", LEASE.as_millis().to_string()),
        ("transport/link/tx/keep_alive", SIGNS_PER_LEASE.to_string()),
        ("transport/link/tx/queue/congestion_control/block/wait_before_close", BLOCK.as_micros().to_string()),
        ("transport/link/rx/max_message_size", (QUEUE_BYTES + (64 << 10)).to_string()),
    ] {
        config.insert_json5(key, &value).map_err(|error| format!("{key}: {error}"))?;
    }
    if let Some(tls) = &settings.tls {
        insert_tls(&mut config, tls)?;
    }
    Ok(config)
}

/// Both sides show a certificate of the authority. Names in certificates are not compared with addresses: members
/// dial each other at whatever address they have told, and whoever the authority has signed belongs to the realm.
fn insert_tls(config: &mut Config, tls: &TlsFiles) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let path = |path: &std::path::Path| text(&path.to_string_lossy());
    for (key, value) in [
        ("root_ca_certificate", path(&tls.authority)),
        ("listen_private_key", path(&tls.key)),
        ("listen_certificate", path(&tls.certificate)),
        ("connect_private_key", path(&tls.key)),
        ("connect_certificate", path(&tls.certificate)),
        ("enable_mtls", "true".into()),
        ("verify_name_on_connect", "false".into()),
    ] {
        config.insert_json5(&format!("transport/link/tls/{key}"), &value)?;
    }
    Ok(())
}

/// A string of JSON.
fn text(text: &str) -> String {
    let escaped: String = text.chars().map(escaped).collect();
    format!("\"{escaped}\"")
}

fn escaped(character: char) -> String {
    match character {
        '"' | '\\' => format!("\\{character}"),
        _ if character.is_control() => format!("\\u{:04x}", u32::from(character)),
        _ => character.into(),
    }
}

fn list(texts: &[impl AsRef<str>]) -> String {
    let texts: Vec<String> = texts.iter().map(|each| text(each.as_ref())).collect();
    format!("[{}]", texts.join(","))
}

/// Whether any address wants TLS.
pub(super) fn wants_tls(addresses: &[Address]) -> bool {
    addresses.iter().any(|address| address.protocol != Protocol::Tcp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        assert_eq!(text("a\"b\\c\n"), "\"a\\\"b\\\\c\\u000a\"");
        assert_eq!(list(&["a", "b"]), "[\"a\",\"b\"]");
    }

    #[test]
    fn realms_look_in_groups_of_their_own() {
        assert_ne!(group("one"), group("two"));
        assert!(group("one").starts_with("239.255."));
    }
}
