//! A guest's world as rows: arguments, mounts, open files.

use sojourn_node::state::{Contents, Descriptor, FileRecord, State, What};
use sojourn_node::{FileType, Stream};

/// Guest path, folder of the machine or nothing for one in memory.
pub type MountRow = (String, Option<String>);
/// Descriptor, kind, path, offset, flags.
pub type FileRow = (u32, &'static str, String, Option<u64>, Vec<&'static str>);

/// WASI's `fdflags`, by bit.
const FLAGS: [&str; 5] = ["append", "dsync", "nonblock", "rsync", "sync"];

/// Arguments, the program's name first.
pub fn arguments(world: &State) -> Vec<String> {
    world.arguments.iter().map(|argument| text(argument)).collect()
}

/// Mounts.
pub fn mounts(world: &State) -> Vec<MountRow> {
    let row = |contents: &Contents| match contents {
        Contents::Memory(_) => None,
        Contents::Host { path } => Some(path.clone()),
    };
    world.mounts.iter().map(|mount| (mount.guest.clone(), row(&mount.contents))).collect()
}

/// Open files.
pub fn files(world: &State) -> Vec<FileRow> {
    world.descriptors.iter().map(|(number, descriptor)| file(world, *number, descriptor)).collect()
}

fn file(world: &State, number: u32, descriptor: &Descriptor) -> FileRow {
    let mut flags: Vec<_> = FLAGS
        .into_iter()
        .enumerate()
        .filter(|(bit, _)| descriptor.flags >> bit & 1 == 1)
        .map(|(_, name)| name)
        .collect();
    match &descriptor.what {
        What::Stream(stream) => (number, stream_name(*stream), String::new(), None, flags),
        What::Listener(_) => (number, "listener", String::new(), None, flags),
        What::Connection(_) => (number, "connection", String::new(), None, flags),
        What::Channel(index) => {
            let file = world.channels.files.get(*index as usize);
            (number, "channel", file.map_or_else(String::new, |file| file.path.clone()), None, flags)
        }
        What::File(record) => {
            if record.write {
                flags.insert(0, "write");
            }
            let offset = (record.kind == FileType::Regular).then_some(record.offset);
            (number, kind(record.kind), path(world, record), offset, flags)
        }
    }
}

/// Path as the guest sees it.
fn path(world: &State, record: &FileRecord) -> String {
    let mount = world.mounts.get(record.mount as usize).map_or("?", |mount| mount.guest.as_str());
    if record.path.is_empty() {
        return mount.to_owned();
    }
    format!("{}/{}", mount.trim_end_matches('/'), text(&record.path))
}

fn stream_name(stream: Stream) -> &'static str {
    match stream {
        Stream::Stdin => "stdin",
        Stream::Stdout => "stdout",
        Stream::Stderr => "stderr",
    }
}

fn kind(kind: FileType) -> &'static str {
    match kind {
        FileType::Regular => "file",
        FileType::Directory => "directory",
        FileType::Symlink => "link",
        FileType::BlockDevice | FileType::CharacterDevice => "device",
        FileType::StreamSocket => "socket",
        FileType::Unknown => "unknown",
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
