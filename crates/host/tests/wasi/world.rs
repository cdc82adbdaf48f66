//! A guest that is only a memory, and the calls that it makes.

use super::fakes::Shared;
use sojourn_engine::{FunctionType, Host, Import, Provided, Reply, Value, ValueType};
use sojourn_host::{Errno, Error, Mount, PREVIEW1, Setup, Wasi};

/// Bytes of the guest's memory: one page.
pub const MEMORY: usize = 65536;
/// Where helpers put what they pass, clear of what tests use themselves.
const PATH: u32 = 0x8000;
const SECOND_PATH: u32 = 0xA000;
const LIST: u32 = 0xC000;
const RESULT: u32 = 0xC100;
const DATA: u32 = 0xD000;

/// All rights of preview 1.
pub const ALL: u64 = (1 << 30) - 1;
pub const READ: u64 = 1 << 1;
pub const WRITE: u64 = 1 << 6;
/// The first mount's descriptor.
pub const ROOT: u32 = 3;
/// Bits of `oflags`.
pub const CREATE: u32 = 1;
pub const DIRECTORY: u32 = 2;
pub const EXCLUSIVE: u32 = 4;
pub const TRUNCATE: u32 = 8;

/// An argument: i32 or i64.
#[derive(Clone, Copy, Debug)]
pub enum Arg {
    I(u32),
    L(u64),
}
pub use Arg::{I, L};

/// What a call gives: nothing, or an error number by its name.
pub type Done = Result<(), Errno>;

pub struct World {
    pub wasi: Wasi,
    pub memory: Vec<u8>,
    pub machine: Shared,
    pub module: &'static str,
}

impl World {
    pub fn new(setup: Setup) -> Self {
        Self::on(Shared::default(), setup)
    }

    pub fn on(machine: Shared, setup: Setup) -> Self {
        let wasi = Wasi::new(setup, machine.ports()).unwrap();
        Self { wasi, memory: vec![0; MEMORY], machine, module: PREVIEW1 }
    }

    /// With an empty file system in memory as `/`.
    pub fn with_memory() -> Self {
        let mount = Mount::memory("/".into(), sojourn_host::MemoryTree::new());
        Self::new(Setup { mounts: vec![mount], ..Setup::default() })
    }

    /// Goes on elsewhere, with its memory.
    pub fn move_to(mut self, machine: Shared) -> Result<Self, Error> {
        let bytes = self.wasi.state()?;
        let wasi = Wasi::restore(&bytes, Vec::new(), machine.ports())?;
        Ok(Self { wasi, machine, ..self })
    }

    /// The answer to a call.
    pub fn reply(&mut self, name: &str, arguments: &[Arg]) -> (Reply, Value) {
        let parameters = arguments.iter().map(|arg| match arg {
            I(_) => ValueType::I32,
            L(_) => ValueType::I64,
        });
        let results = if name == "proc_exit" { Vec::new() } else { vec![ValueType::I32] };
        let function = Some(FunctionType { parameters: parameters.collect(), results: results.clone() });
        let provided = self.wasi.provide(&Import { module: self.module, name, function });
        let Some(Provided::Function(number)) = provided else { panic!("no {name} with {arguments:?}") };
        let values: Vec<Value> = arguments
            .iter()
            .map(|arg| match *arg {
                I(value) => Value::I32(value.cast_signed()),
                L(value) => Value::I64(value.cast_signed()),
            })
            .collect();
        let mut answers: Vec<Value> = results.iter().map(|_| Value::I32(-1)).collect();
        let reply = self.wasi.call(number, &mut self.memory, &values, &mut answers);
        (reply, answers.first().copied().unwrap_or(Value::I32(-1)))
    }

    /// Error number of a call that returns; 0 for success.
    pub fn number(&mut self, name: &str, arguments: &[Arg]) -> u32 {
        match self.reply(name, arguments) {
            (Reply::Return, Value::I32(number)) => number.cast_unsigned(),
            other => panic!("{name} {arguments:x?} gave {other:?}"),
        }
    }

    /// A call that returns.
    pub fn call(&mut self, name: &str, arguments: &[Arg]) -> Done {
        match self.number(name, arguments) {
            0 => Ok(()),
            number => Err(ERRNOS.into_iter().find(|errno| u32::from(errno.number()) == number).unwrap()),
        }
    }

    pub fn put(&mut self, at: u32, bytes: &[u8]) {
        self.memory[at as usize..at as usize + bytes.len()].copy_from_slice(bytes);
    }

    pub fn get(&self, at: u32, length: u32) -> &[u8] {
        &self.memory[at as usize..at as usize + length as usize]
    }

    pub fn u8(&self, at: u32) -> u8 {
        self.get(at, 1)[0]
    }

    pub fn u16(&self, at: u32) -> u16 {
        u16::from_le_bytes(self.get(at, 2).try_into().unwrap())
    }

    pub fn u32(&self, at: u32) -> u32 {
        u32::from_le_bytes(self.get(at, 4).try_into().unwrap())
    }

    pub fn u64(&self, at: u32) -> u64 {
        u64::from_le_bytes(self.get(at, 8).try_into().unwrap())
    }

    /// Puts a path where helpers put them; its pointer and length.
    pub fn path(&mut self, path: &str) -> (Arg, Arg) {
        self.put(PATH, path.as_bytes());
        (I(PATH), I(path.len().try_into().unwrap()))
    }

    fn second_path(&mut self, path: &str) -> (Arg, Arg) {
        self.put(SECOND_PATH, path.as_bytes());
        (I(SECOND_PATH), I(path.len().try_into().unwrap()))
    }

    /// A list with one buffer of so many bytes; its pointer and length.
    pub fn buffer(&mut self, length: u32) -> (Arg, Arg) {
        self.put(LIST, &DATA.to_le_bytes());
        self.put(LIST + 4, &length.to_le_bytes());
        (I(LIST), I(1))
    }

    pub fn open_as(
        &mut self,
        dir: u32,
        path: &str,
        oflags: u32,
        rights: u64,
        flags: u32,
    ) -> Result<u32, Errno> {
        self.open_with(dir, path, 1, oflags, rights, flags)
    }

    pub fn open_with(
        &mut self,
        dir: u32,
        path: &str,
        lookup: u32,
        oflags: u32,
        rights: u64,
        flags: u32,
    ) -> Result<u32, Errno> {
        let (at, length) = self.path(path);
        let arguments = [I(dir), I(lookup), at, length, I(oflags), L(rights), L(ALL), I(flags), I(RESULT)];
        self.call("path_open", &arguments)?;
        Ok(self.u32(RESULT))
    }

    /// Opens to read and write.
    pub fn open(&mut self, path: &str, oflags: u32) -> Result<u32, Errno> {
        self.open_as(ROOT, path, oflags, ALL, 0)
    }

    pub fn close(&mut self, fd: u32) -> Done {
        self.call("fd_close", &[I(fd)])
    }

    pub fn write(&mut self, fd: u32, bytes: &[u8]) -> Result<u32, Errno> {
        self.put(DATA, bytes);
        let (list, count) = self.buffer(bytes.len().try_into().unwrap());
        self.call("fd_write", &[I(fd), list, count, I(RESULT)])?;
        Ok(self.u32(RESULT))
    }

    pub fn read(&mut self, fd: u32, length: u32) -> Result<Vec<u8>, Errno> {
        let (list, count) = self.buffer(length);
        self.call("fd_read", &[I(fd), list, count, I(RESULT)])?;
        Ok(self.get(DATA, self.u32(RESULT)).to_vec())
    }

    /// What a suspended or ended `read` or `write` says.
    pub fn transfer(&mut self, name: &str, fd: u32, length: u32) -> (Reply, u32) {
        let (list, count) = self.buffer(length);
        let (reply, _) = self.reply(name, &[I(fd), list, count, I(RESULT)]);
        (reply, self.u32(RESULT))
    }

    pub fn pread(&mut self, fd: u32, length: u32, offset: u64) -> Result<Vec<u8>, Errno> {
        let (list, count) = self.buffer(length);
        self.call("fd_pread", &[I(fd), list, count, L(offset), I(RESULT)])?;
        Ok(self.get(DATA, self.u32(RESULT)).to_vec())
    }

    pub fn pwrite(&mut self, fd: u32, bytes: &[u8], offset: u64) -> Result<u32, Errno> {
        self.put(DATA, bytes);
        let (list, count) = self.buffer(bytes.len().try_into().unwrap());
        self.call("fd_pwrite", &[I(fd), list, count, L(offset), I(RESULT)])?;
        Ok(self.u32(RESULT))
    }

    pub fn seek(&mut self, fd: u32, distance: i64, whence: u32) -> Result<u64, Errno> {
        self.call("fd_seek", &[I(fd), L(distance.cast_unsigned()), I(whence), I(RESULT)])?;
        Ok(self.u64(RESULT))
    }

    /// Calls a function that takes a directory and one path.
    pub fn at(&mut self, name: &str, dir: u32, path: &str) -> Done {
        let (at, length) = self.path(path);
        self.call(name, &[I(dir), at, length])
    }

    pub fn mkdir(&mut self, path: &str) -> Done {
        self.at("path_create_directory", ROOT, path)
    }

    pub fn rmdir(&mut self, path: &str) -> Done {
        self.at("path_remove_directory", ROOT, path)
    }

    pub fn unlink(&mut self, path: &str) -> Done {
        self.at("path_unlink_file", ROOT, path)
    }

    pub fn rename(&mut self, from: &str, to: &str) -> Done {
        let ((at, length), (to, to_length)) = (self.path(from), self.second_path(to));
        self.call("path_rename", &[I(ROOT), at, length, I(ROOT), to, to_length])
    }

    pub fn link(&mut self, from: &str, to: &str) -> Done {
        let ((at, length), (to, to_length)) = (self.path(from), self.second_path(to));
        self.call("path_link", &[I(ROOT), I(0), at, length, I(ROOT), to, to_length])
    }

    pub fn symlink(&mut self, target: &str, path: &str) -> Done {
        let ((at, length), (to, to_length)) = (self.path(path), self.second_path(target));
        self.call("path_symlink", &[to, to_length, I(ROOT), at, length])
    }

    pub fn readlink(&mut self, path: &str, room: u32) -> Result<Vec<u8>, Errno> {
        let (at, length) = self.path(path);
        self.call("path_readlink", &[I(ROOT), at, length, I(DATA), I(room), I(RESULT)])?;
        Ok(self.get(DATA, self.u32(RESULT)).to_vec())
    }

    /// Type, links, size and times of a path.
    pub fn stat(&mut self, path: &str, lookup: u32) -> Result<Facts, Errno> {
        let (at, length) = self.path(path);
        self.call("path_filestat_get", &[I(ROOT), I(lookup), at, length, I(DATA)])?;
        Ok(self.facts(DATA))
    }

    pub fn fstat(&mut self, fd: u32) -> Result<Facts, Errno> {
        self.call("fd_filestat_get", &[I(fd), I(DATA)])?;
        Ok(self.facts(DATA))
    }

    fn facts(&self, at: u32) -> Facts {
        Facts {
            inode: self.u64(at + 8),
            kind: self.u8(at + 16),
            links: self.u64(at + 24),
            size: self.u64(at + 32),
            accessed_ns: self.u64(at + 40),
            modified_ns: self.u64(at + 48),
        }
    }

    /// Names that `fd_readdir` gives with a buffer of so many bytes, in their order.
    pub fn names(&mut self, fd: u32, room: u32) -> Result<Vec<String>, Errno> {
        let (mut names, mut cookie) = (Vec::new(), 0);
        loop {
            self.call("fd_readdir", &[I(fd), I(DATA), I(room), L(cookie), I(RESULT)])?;
            let (mut at, end) = (DATA, DATA + self.u32(RESULT));
            let before = names.len();
            while at + 24 <= end && at + 24 + self.u32(at + 16) <= end {
                let length = self.u32(at + 16);
                names.push(String::from_utf8(self.get(at + 24, length).to_vec()).unwrap());
                cookie = self.u64(at);
                at += 24 + length;
            }
            if end < DATA + room {
                return Ok(names);
            }
            assert!(names.len() > before, "the buffer is too small for an entry");
        }
    }
}

/// What the tests ask of a `filestat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    pub inode: u64,
    pub kind: u8,
    pub links: u64,
    pub size: u64,
    pub accessed_ns: u64,
    pub modified_ns: u64,
}

const ERRNOS: [Errno; 28] = [
    Errno::Access,
    Errno::Again,
    Errno::BadDescriptor,
    Errno::Busy,
    Errno::CrossDevice,
    Errno::Exists,
    Errno::FileTooBig,
    Errno::IllegalSequence,
    Errno::Invalid,
    Errno::Io,
    Errno::IsDirectory,
    Errno::Loop,
    Errno::NameTooLong,
    Errno::NoEntry,
    Errno::NoSpace,
    Errno::NotCapable,
    Errno::NotDirectory,
    Errno::NotEmpty,
    Errno::NotSocket,
    Errno::NotSupported,
    Errno::Permission,
    Errno::ReadOnly,
    Errno::SeekPipe,
    Errno::TooManyOpen,
    Errno::Overflow,
    Errno::ConnectionReset,
    Errno::NotConnected,
    Errno::Pipe,
];
