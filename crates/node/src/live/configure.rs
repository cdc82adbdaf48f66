//! Settings from texts, as files, variables and flags give them: one table, `sojourn_abi::config::KEYS`.

use super::facts::EnergySource;
use super::settings::Settings;
use crate::mesh::{Role, TlsFiles};
use sojourn_abi::name::is_name;
use sojourn_abi::{KEYS, Key, Kind, quantity};
use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Values by the name of their key; what is not there has its default.
pub type Values = BTreeMap<String, String>;

/// The key with this name.
#[must_use]
pub fn key(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

impl Settings {
    /// Settings of a node or client from values.
    ///
    /// # Errors
    /// A line that names the key, what it is and what it should be.
    pub fn from_values(values: &Values, role: Role) -> Result<Self, String> {
        let known = Known(values);
        let realm = known.text("realm.name");
        let join = known.list("node.join");
        let name = match known.text("node.name") {
            name if !name.is_empty() => name,
            _ if role != Role::Node => format!("client-{:016x}", super::random_u64()),
            _ => machine_name(),
        };
        let hosts = known.switch("node.hosts")?;
        let folder = match known.text("node.folder") {
            path if !path.is_empty() => Some(PathBuf::from(path)),
            _ if !hosts => None,
            _ => Some(data_folder().join(&realm).join(&name)),
        };
        let workers = match usize::try_from(known.number("node.workers")?).unwrap_or(usize::MAX) {
            0 => Self::default().workers,
            workers => workers,
        };
        let max_memory_bytes = match known.number("node.max_memory_bytes")? {
            0 => machine_memory() / 4 * 3,
            bytes => bytes,
        };
        Ok(Self {
            role,
            key: realm_key(&known.text("realm.key_file"))?,
            listen: listen(known.list("node.listen"), &join, role),
            discover: known.switch("node.discover")?,
            router: known.switch("node.router")?,
            tls: known.tls()?,
            workers,
            slice: Duration::from_millis(known.number("node.slice_ms")?.max(1)),
            folder: folder.filter(|_| role == Role::Node),
            hosts,
            max_atoms: known.count("node.max_atoms")?,
            atom_memory_bytes: known.number("node.memory_bytes")?,
            max_memory_bytes,
            images_keep: known.count("images.keep")?,
            images_every: known.duration("images.every")?,
            images_copies: known.count("images.copies")?,
            images_max_bytes: known.number("images.max_bytes")?,
            downtime: Duration::from_millis(known.number("move.downtime_ms")?),
            max_rounds: u32::try_from(known.number("move.max_rounds")?).unwrap_or(u32::MAX),
            tags: tags(&known.text("node.tags"))?,
            zone: zone(known.text("node.zone"))?,
            position: position(&known.text("node.position"))?,
            micro_euro_per_hour: price(&known.text("node.euro_per_hour"))?,
            energy: EnergySource::parse(&known.text("node.energy"))
                .map_err(|text| format!("node.energy: {text}"))?,
            energy_low_percent: known.number("node.energy_low_percent")?.min(100),
            crash_at: env::var("SOJOURN_CRASH_AT").ok().filter(|at| !at.is_empty()),
            name,
            realm,
            join,
        })
    }
}

/// Values, or the defaults of their keys.
struct Known<'a>(&'a Values);

impl Known<'_> {
    fn get(&self, name: &str) -> &str {
        let given = self.0.get(name).map(String::as_str);
        given.or_else(|| key(name).map(|key| key.default)).unwrap_or_default()
    }

    fn text(&self, name: &str) -> String {
        self.get(name).to_string()
    }

    fn wrong(&self, name: &str, expected: &str) -> String {
        format!("{name} is {:?}, and should be {expected}", self.get(name))
    }

    fn number(&self, name: &str) -> Result<u64, String> {
        let bytes = key(name).is_some_and(|key| key.kind == Kind::Bytes);
        let expected = if bytes { "a number of bytes, like 64MiB" } else { "a whole number" };
        let text = self.get(name);
        if text.is_empty() {
            return Ok(0);
        }
        let number = if bytes { quantity::bytes(text) } else { text.parse().ok() };
        number.ok_or_else(|| self.wrong(name, expected))
    }

    fn count(&self, name: &str) -> Result<usize, String> {
        Ok(usize::try_from(self.number(name)?).unwrap_or(usize::MAX))
    }

    fn switch(&self, name: &str) -> Result<bool, String> {
        match self.get(name) {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" | "" => Ok(false),
            _ => Err(self.wrong(name, "true or false")),
        }
    }

    fn duration(&self, name: &str) -> Result<Duration, String> {
        quantity::duration(self.get(name)).ok_or_else(|| self.wrong(name, "a time, like 500ms, 10s, 5m"))
    }

    fn list(&self, name: &str) -> Vec<String> {
        self.get(name).split(',').map(str::trim).filter(|part| !part.is_empty()).map(address).collect()
    }

    fn tls(&self) -> Result<Option<TlsFiles>, String> {
        let names = ["mesh.tls_certificate", "mesh.tls_key", "mesh.tls_authority"];
        let [certificate, key, authority] = names.map(|name| PathBuf::from(self.get(name)));
        match [&certificate, &key, &authority].map(|path| path.as_os_str().is_empty()) {
            [true, true, true] => Ok(None),
            [false, false, false] => Ok(Some(TlsFiles { certificate, key, authority })),
            _ => Err(format!("{} belong together: give all three or none", names.join(", "))),
        }
    }
}

/// Tags with commas between them.
fn tags(text: &str) -> Result<Vec<String>, String> {
    let tags: Vec<String> =
        text.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(Into::into).collect();
    match tags.iter().find(|tag| !is_name(tag)) {
        Some(tag) => {
            Err(format!("node.tags has {tag:?}; a tag has letters, digits and . _ -, 64 of them at most"))
        }
        None => Ok(tags),
    }
}

fn zone(text: String) -> Result<String, String> {
    if text.is_empty() || is_name(&text) {
        return Ok(text);
    }
    Err(format!("node.zone is {text:?}; a zone has letters, digits and . _ -, 64 of them at most"))
}

fn position(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let numbers = parts.iter().all(|part| part.parse::<f64>().is_ok_and(f64::is_finite));
    if text.is_empty() || (numbers && matches!(parts.len(), 2 | 3)) {
        return Ok(parts.join(","));
    }
    Err(format!("node.position is {text:?}, and should be two or three numbers of metres, like 12.5,3,0"))
}

/// Euro an hour, in millionths.
fn price(text: &str) -> Result<u64, String> {
    let number = text.trim().parse::<f64>().ok().filter(|number| (0.0..=1e9).contains(number));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded a line before")]
    let price = number.map(|number| (number * 1e6).round() as u64);
    price.ok_or_else(|| format!("node.euro_per_hour is {text:?}, and should be a number, like 0.05"))
}

/// An address with what was left out.
fn address(text: &str) -> String {
    let (scheme, place) = text.split_once('/').unwrap_or(("tcp", text));
    let has_port = place.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if has_port { format!("{scheme}/{place}") } else { format!("{scheme}/{place}:7447") }
}

/// Where a node listens when nobody says where.
fn listen(given: Vec<String>, join: &[String], role: Role) -> Vec<String> {
    let local = |address: &String| {
        let place = address.split_once('/').map_or(address.as_str(), |(_, place)| place);
        place.starts_with("127.") || place.starts_with("localhost:") || place.starts_with("[::1]")
    };
    match (role, given.is_empty(), join.is_empty()) {
        (Role::Client | Role::Gateway, ..) => Vec::new(),
        (_, false, _) => given,
        (_, _, true) => vec!["tcp/127.0.0.1:7447".into()],
        _ if join.iter().all(local) => vec!["tcp/127.0.0.1:0".into()],
        _ => vec!["tcp/0.0.0.0:0".into()],
    }
}

fn realm_key(path: &str) -> Result<[u8; 32], String> {
    if path.is_empty() {
        return Ok([0; 32]);
    }
    let contents =
        std::fs::read(path).map_err(|error| format!("the realm's key {path} cannot be read: {error}"))?;
    let trimmed = contents.trim_ascii();
    if trimmed.is_empty() {
        return Err(format!("the realm's key {path} is empty"));
    }
    Ok(sojourn_image::ModuleHash::of(trimmed).0)
}

fn machine_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name: String = name
        .trim()
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(64)
        .collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "node".into() } else { name.into() }
}

fn machine_memory() -> u64 {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = text.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kibibytes = total.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes.map_or(u64::MAX, |kibibytes| kibibytes * 1024)
}

fn data_folder() -> PathBuf {
    let home = || env::var_os("HOME").map(|home| Path::new(&home).join(".local").join("share"));
    let data = env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    data.or_else(home).unwrap_or_else(env::temp_dir).join("sojourn")
}
