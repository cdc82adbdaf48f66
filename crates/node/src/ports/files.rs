//! Directories of this machine. Every call names one component of a path in a directory that is open, and no
//! call follows a symbolic link: what leads where is decided by the host calls, which walk paths themselves.

use super::errno::errno;
use rustix::fs::{self, AtFlags, Dir, Mode, OFlags, Timespec, Timestamps};
use sojourn_host::Errno;
use sojourn_host::ports::Files;
use sojourn_host::tree::{At, Entry, FileType, Node, Open, Stat, Times, Tree};
use std::collections::BTreeMap;
use std::io::IoSlice;
use std::os::fd::OwnedFd;

/// Mode of new files and directories, before the process's mask.
const FILE_MODE: Mode = Mode::from_raw_mode(0o666);
const DIRECTORY_MODE: Mode = Mode::from_raw_mode(0o777);
const NANOSECONDS: u64 = 1_000_000_000;

/// Open files and directories of this machine.
#[derive(Debug, Default)]
pub struct HostFiles {
    open: BTreeMap<Node, OwnedFd>,
    next: Node,
}

impl HostFiles {
    /// With nothing open.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn keep(&mut self, fd: OwnedFd) -> Node {
        self.next += 1;
        self.open.insert(self.next, fd);
        self.next
    }

    fn fd(&self, node: Node) -> Result<&OwnedFd, Errno> {
        self.open.get(&node).ok_or(Errno::BadDescriptor)
    }

    fn open_at(&self, dir: Node, name: &[u8], flags: OFlags) -> Result<OwnedFd, Errno> {
        let always = OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        fs::openat(self.fd(dir)?, name, flags | always, FILE_MODE).map_err(errno)
    }
}

impl Files for HostFiles {
    fn root(&mut self, path: &str) -> Result<Node, Errno> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = fs::open(path, flags, Mode::empty()).map_err(errno)?;
        Ok(self.keep(fd))
    }
}

impl Tree for HostFiles {
    fn enter(&mut self, dir: Node, name: &[u8]) -> Result<Node, Errno> {
        let fd = self.open_at(dir, name, OFlags::PATH | OFlags::DIRECTORY)?;
        Ok(self.keep(fd))
    }

    fn open(&mut self, dir: Node, name: &[u8], how: Open) -> Result<Node, Errno> {
        let fd = match self.open_at(dir, name, flags(how)) {
            // A file that may be written but not read.
            Err(Errno::Access) if how.write => {
                self.open_at(dir, name, flags(how).difference(OFlags::RDWR) | OFlags::WRONLY)?
            }
            other => other?,
        };
        match kind(fs::fstat(&fd).map_err(errno)?.st_mode) {
            // What is in a pipe or behind a socket cannot move.
            FileType::Unknown | FileType::StreamSocket => Err(Errno::NotSupported),
            _ => Ok(self.keep(fd)),
        }
    }

    fn close(&mut self, node: Node) {
        self.open.remove(&node);
    }

    fn stat(&mut self, node: Node) -> Result<Stat, Errno> {
        fs::fstat(self.fd(node)?).map(|stat| facts(&stat)).map_err(errno)
    }

    fn stat_at(&mut self, dir: Node, name: &[u8]) -> Result<Stat, Errno> {
        fs::statat(self.fd(dir)?, name, AtFlags::SYMLINK_NOFOLLOW).map(|stat| facts(&stat)).map_err(errno)
    }

    fn read(&mut self, node: Node, offset: u64, into: &mut [u8]) -> Result<usize, Errno> {
        let fd = self.fd(node)?;
        match rustix::io::pread(fd, &mut *into, offset) {
            Err(rustix::io::Errno::SPIPE) => rustix::io::read(fd, into).map_err(errno),
            other => other.map_err(errno),
        }
    }

    fn write(&mut self, node: Node, at: At, from: &[u8]) -> Result<usize, Errno> {
        let fd = self.fd(node)?;
        let written = match at {
            At::Offset(offset) => rustix::io::pwrite(fd, from, offset),
            At::End => rustix::io::pwritev2(fd, &[IoSlice::new(from)], 0, rustix::io::ReadWriteFlags::APPEND),
        };
        match written {
            Err(rustix::io::Errno::SPIPE) => rustix::io::write(fd, from).map_err(errno),
            other => other.map_err(errno),
        }
    }

    fn resize(&mut self, node: Node, size: u64) -> Result<(), Errno> {
        fs::ftruncate(self.fd(node)?, size).map_err(errno)
    }

    fn sync(&mut self, node: Node, data_only: bool) -> Result<(), Errno> {
        let fd = self.fd(node)?;
        if data_only { fs::fdatasync(fd) } else { fs::fsync(fd) }.map_err(errno)
    }

    fn set_times(&mut self, node: Node, times: Times) -> Result<(), Errno> {
        fs::futimens(self.fd(node)?, &timestamps(times)?).map_err(errno)
    }

    fn set_times_at(&mut self, dir: Node, name: &[u8], times: Times) -> Result<(), Errno> {
        let nofollow = AtFlags::SYMLINK_NOFOLLOW;
        fs::utimensat(self.fd(dir)?, name, &timestamps(times)?, nofollow).map_err(errno)
    }

    fn list(&mut self, node: Node) -> Result<Vec<Entry>, Errno> {
        let fd = self.fd(node)?;
        let mut entries = Vec::new();
        for entry in Dir::read_from(fd).map_err(errno)? {
            let entry = entry.map_err(errno)?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                let kind = file_type(entry.file_type());
                entries.push(Entry { name: name.to_vec(), inode: entry.ino(), kind });
            }
        }
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    }

    fn read_link(&mut self, dir: Node, name: &[u8]) -> Result<Vec<u8>, Errno> {
        let target = fs::readlinkat(self.fd(dir)?, name, Vec::new()).map_err(errno)?;
        Ok(target.into_bytes())
    }

    fn make_directory(&mut self, dir: Node, name: &[u8]) -> Result<(), Errno> {
        fs::mkdirat(self.fd(dir)?, name, DIRECTORY_MODE).map_err(errno)
    }

    fn remove_directory(&mut self, dir: Node, name: &[u8]) -> Result<(), Errno> {
        fs::unlinkat(self.fd(dir)?, name, AtFlags::REMOVEDIR).map_err(errno)
    }

    fn remove_file(&mut self, dir: Node, name: &[u8]) -> Result<(), Errno> {
        fs::unlinkat(self.fd(dir)?, name, AtFlags::empty()).map_err(errno)
    }

    fn link(&mut self, from: Node, from_name: &[u8], to: Node, to_name: &[u8]) -> Result<(), Errno> {
        fs::linkat(self.fd(from)?, from_name, self.fd(to)?, to_name, AtFlags::empty()).map_err(errno)
    }

    fn rename(&mut self, from: Node, from_name: &[u8], to: Node, to_name: &[u8]) -> Result<(), Errno> {
        fs::renameat(self.fd(from)?, from_name, self.fd(to)?, to_name).map_err(errno)
    }

    fn symlink(&mut self, target: &[u8], dir: Node, name: &[u8]) -> Result<(), Errno> {
        fs::symlinkat(target, self.fd(dir)?, name).map_err(errno)
    }
}

fn flags(how: Open) -> OFlags {
    let writes = how.write || how.truncate;
    let mut flags = if writes { OFlags::RDWR } else { OFlags::RDONLY };
    for (asked, flag) in [
        (how.create, OFlags::CREATE),
        (how.exclusive, OFlags::EXCL),
        (how.truncate, OFlags::TRUNC),
        (how.directory, OFlags::DIRECTORY),
    ] {
        flags.set(flag, asked);
    }
    flags
}

fn kind(mode: u32) -> FileType {
    file_type(fs::FileType::from_raw_mode(mode))
}

const fn file_type(kind: fs::FileType) -> FileType {
    match kind {
        fs::FileType::RegularFile => FileType::Regular,
        fs::FileType::Directory => FileType::Directory,
        fs::FileType::Symlink => FileType::Symlink,
        fs::FileType::CharacterDevice => FileType::CharacterDevice,
        fs::FileType::BlockDevice => FileType::BlockDevice,
        fs::FileType::Socket => FileType::StreamSocket,
        _ => FileType::Unknown,
    }
}

#[expect(clippy::useless_conversion, reason = "the widths of these fields differ between processors")]
fn facts(stat: &fs::Stat) -> Stat {
    let time = |seconds: i64, nanoseconds: u64| {
        u64::try_from(seconds).unwrap_or(0).saturating_mul(NANOSECONDS).saturating_add(nanoseconds)
    };
    Stat {
        device: stat.st_dev.into(),
        inode: stat.st_ino.into(),
        kind: kind(stat.st_mode),
        links: stat.st_nlink.into(),
        size: u64::try_from(stat.st_size).unwrap_or(0),
        accessed_ns: time(stat.st_atime.into(), stat.st_atime_nsec.into()),
        modified_ns: time(stat.st_mtime.into(), stat.st_mtime_nsec.into()),
        changed_ns: time(stat.st_ctime.into(), stat.st_ctime_nsec.into()),
    }
}

fn timestamps(times: Times) -> Result<Timestamps, Errno> {
    Ok(Timestamps {
        last_access: timespec(times.accessed_ns)?,
        last_modification: timespec(times.modified_ns)?,
    })
}

fn timespec(time_ns: Option<u64>) -> Result<Timespec, Errno> {
    let Some(ns) = time_ns else { return Ok(Timespec { tv_sec: 0, tv_nsec: fs::UTIME_OMIT }) };
    let (seconds, rest) = (ns / NANOSECONDS, ns % NANOSECONDS);
    let tv_sec = i64::try_from(seconds).map_err(|_| Errno::Overflow)?;
    Ok(Timespec { tv_sec, tv_nsec: rest.try_into().map_err(|_| Errno::Overflow)? })
}
