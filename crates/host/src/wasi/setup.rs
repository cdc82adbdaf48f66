//! Setting a world up, writing it down, and setting it up again elsewhere.

use super::Wasi;
use crate::Errno;
use crate::error::Error;
use crate::ports::{ConnectionId, Files, Ports};
use crate::state::{
    ChannelFile, Channels, Contents, Descriptor, FileRecord, Mount, Origins, Random, State, What,
};
use crate::tree::{FileType, Node, Open};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// How a program hears of the listeners that it starts with, which are descriptors 3 and on: systemd's way, which
/// programs that can be given listeners know.
const LISTEN_FDS: &[u8] = b"LISTEN_FDS";

/// What a fresh guest is given.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// Arguments, the program's name first.
    pub arguments: Vec<Vec<u8>>,
    /// Environment: name, value.
    pub environment: Vec<(Vec<u8>, Vec<u8>)>,
    /// How many listeners it gets: descriptors 3 and on. `LISTEN_FDS` in its environment tells it, unless that is
    /// among `environment` already.
    pub listeners: u32,
    /// Mounts, which are the descriptors after the listeners.
    pub mounts: Vec<Mount>,
    /// Files that are channels; the directories that they lie in are the descriptors after the mounts.
    pub channels: Vec<ChannelFile>,
    /// Name of the atom that gets what is written to channels.
    pub channel_to: String,
    /// Seed of the random numbers; the machine's if there is none.
    pub seed: Option<[u8; 32]>,
}

impl Setup {
    pub(super) fn into_state(mut self) -> Result<State, Error> {
        let told = self.environment.iter().any(|(name, _)| name == LISTEN_FDS);
        if self.listeners > 0 && !told {
            self.environment.push((LISTEN_FDS.to_vec(), self.listeners.to_string().into_bytes()));
        }
        let environment =
            self.environment.into_iter().map(|(name, value)| [name, value].join(&b'=')).collect();
        let random = self.seed.map_or(Random::System, |seed| Random::Seeded { seed, position: 0 });
        let channels = Channels { files: self.channels, to: self.channel_to };
        channels.check()?;
        self.mounts.extend(channels.directories(&self.mounts)?);
        Ok(State::new(self.arguments, environment, self.listeners, self.mounts, channels, random))
    }
}

impl Wasi {
    /// Sets up a world: opens what its records say. `fresh` is for the words of an error.
    pub(super) fn open(mut state: State, mut ports: Ports, fresh: bool) -> Result<Self, Error> {
        let mut roots = Vec::new();
        for (index, mount) in (0..).zip(&state.mounts) {
            roots.push(open_mount(&state, index, mount, &mut *ports.files, fresh)?);
        }
        for descriptor in state.descriptors.values_mut() {
            if let What::File(record) = &mut descriptor.what {
                open_record(record, &mut state.mounts, &roots, &mut *ports.files)?;
            }
        }
        for mount in &mut state.mounts {
            if let Contents::Memory(tree) = &mut mount.contents {
                tree.sweep();
            }
        }
        let open = state.descriptors.values().filter_map(connection);
        let opening = state.under_way.opening.iter().map(|opening| ConnectionId(opening.connection));
        let connections: Vec<_> = open.chain(opening).collect();
        ports.sockets.go_on(&connections);
        let origins = Origins::now(&mut *ports.clock);
        Ok(Self { state, ports, origins, roots, unwritten: false })
    }
}

const fn connection(descriptor: &Descriptor) -> Option<ConnectionId> {
    match descriptor.what {
        What::Connection(id) => Some(id),
        _ => None,
    }
}

/// The directory of a mount, where it is the host's.
fn open_mount(
    state: &State,
    index: u32,
    mount: &Mount,
    files: &mut dyn Files,
    fresh: bool,
) -> Result<Option<Node>, Error> {
    let Contents::Host { path } = &mount.contents else { return Ok(None) };
    let opened = files.root(path);
    opened.map(Some).map_err(|errno| {
        let (guest, host) = (mount.guest.clone(), path.clone());
        if fresh {
            return Error::Mount { guest, host, errno };
        }
        Error::MissingMount { guest, host, file: open_file(state, index), errno }
    })
}

/// A file that is open in a mount, for people to know it by.
fn open_file(state: &State, mount: u32) -> Option<String> {
    let path = |descriptor: &Descriptor| match &descriptor.what {
        What::File(record) if record.mount == mount && !record.path.is_empty() => Some(text(&record.path)),
        _ => None,
    };
    state.descriptors.values().find_map(path)
}

fn open_record(
    record: &mut FileRecord,
    mounts: &mut [Mount],
    roots: &[Option<Node>],
    files: &mut dyn Files,
) -> Result<(), Error> {
    let mount = &mut mounts[record.mount as usize];
    match (&mut mount.contents, roots[record.mount as usize]) {
        (Contents::Memory(tree), _) => tree.hold(record.node),
        (Contents::Host { path }, root) => {
            let opened = root.ok_or(Errno::NoEntry).and_then(|root| reopen(files, root, record));
            record.node = opened.map_err(|errno| Error::MissingFile {
                guest: mount.guest.clone(),
                host: path.clone(),
                file: text(&record.path),
                errno,
            })?;
        }
    }
    Ok(())
}

/// Opens what a record says, from its mount on.
fn reopen(files: &mut dyn Files, root: Node, record: &FileRecord) -> Result<Node, Errno> {
    let directory = record.kind == FileType::Directory;
    let how = Open { write: record.write, directory, ..Open::default() };
    let node = at_path(files, root, &record.path, |files, dir, name| files.open(dir, name, how))?;
    match files.stat(node) {
        Ok(stat) if stat.kind == record.kind => Ok(node),
        other => {
            files.close(node);
            Err(other.err().unwrap_or(Errno::Stale))
        }
    }
}

/// Does something at a path of a record, which has no links and no `..`.
pub(super) fn at_path<T>(
    files: &mut dyn Files,
    root: Node,
    path: &[u8],
    act: impl FnOnce(&mut dyn Files, Node, &[u8]) -> Result<T, Errno>,
) -> Result<T, Errno> {
    let mut names: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
    let last = names.pop().filter(|name| !name.is_empty()).unwrap_or(b".");
    let mut dir = root;
    for name in names {
        let next = files.enter(dir, name);
        if dir != root {
            files.close(dir);
        }
        dir = next?;
    }
    let done = act(files, dir, last);
    if dir != root {
        files.close(dir);
    }
    done
}

pub(super) fn text(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}
