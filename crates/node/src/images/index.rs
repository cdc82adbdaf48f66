//! The index: a redb database, opened, guarded and opened again.
//!
//! Three things are done here that redb leaves to its caller:
//! - The room of the file is taken from the disk when the file grows ([`Backend`]). So a full disk is met there, and
//!   not when pages are written; and what is removed from a full disk can be committed.
//! - After a failure of the file redb refuses everything until it is opened again: that happens at the next call.
//! - Whatever panics inside, because a file was changed under its hands, is reported as damage.

use std::any::Any;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use redb::{Database, ReadTransaction, ReadableDatabase, StorageBackend, WriteTransaction};
use rustix::fs::{FallocateFlags, fallocate};

use super::error::Error;

/// What went wrong inside a transaction.
pub(super) enum Fault {
    /// redb says so.
    Store(redb::Error),
    /// We say so.
    Own(Error),
}

impl<E: Into<redb::Error>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::Store(error.into())
    }
}

/// The index of a store.
pub(super) struct Index {
    path: PathBuf,
    cache_bytes: usize,
    /// `None` after a failure, until the next call.
    database: RwLock<Option<Database>>,
}

impl Index {
    /// Opens the index, or begins a new one. Every page is checked: there are about 50 bytes for each block.
    pub(super) fn open(path: PathBuf, cache_bytes: usize) -> Result<Self, Error> {
        let index = Self { path, cache_bytes, database: RwLock::new(None) };
        index.ensure_open()?;
        Ok(index)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Looks at what is there.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&ReadTransaction) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        self.with(|database| work(&database.begin_read()?))
    }

    /// Changes what is there: all of it or, on any error, nothing. It is on the disk when this returns.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&WriteTransaction) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        self.with(|database| {
            let transaction = database.begin_write()?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })
    }

    fn with<T>(&self, work: impl FnOnce(&Database) -> Result<T, Fault>) -> Result<T, Error> {
        self.ensure_open()?;
        let held = self.database.read().unwrap_or_else(PoisonError::into_inner);
        // Closed again by another thread since: that thread reports why.
        let Some(database) = held.as_ref() else { return Err(self.fault(redb::Error::PreviousIo)) };
        let result = catch_unwind(AssertUnwindSafe(|| work(database)));
        let error = match result {
            Ok(Ok(done)) => return Ok(done),
            Ok(Err(Fault::Own(error))) => return Err(error),
            Ok(Err(Fault::Store(error))) => self.fault(error),
            Err(panic) => Error::damaged(&self.path, message(panic.as_ref())),
        };
        drop(held);
        self.close();
        Err(error)
    }

    fn ensure_open(&self) -> Result<(), Error> {
        if self.database.read().unwrap_or_else(PoisonError::into_inner).is_some() {
            return Ok(());
        }
        let mut held = self.database.write().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() {
            *held = Some(self.open_database()?);
        }
        Ok(())
    }

    fn open_database(&self) -> Result<Database, Error> {
        let backend = Backend::open(&self.path).map_err(|error| Error::file(&self.path, error))?;
        let opened = catch_unwind(AssertUnwindSafe(|| {
            let mut builder = Database::builder();
            builder.set_cache_size(self.cache_bytes).set_check_integrity_on_open(true);
            builder.create_with_backend(backend)
        }));
        match opened {
            Ok(opened) => opened.map_err(|error| self.fault(error.into())),
            Err(panic) => Err(Error::damaged(&self.path, message(panic.as_ref()))),
        }
    }

    fn close(&self) {
        let taken = self.database.write().unwrap_or_else(PoisonError::into_inner).take();
        // It is closed because something failed; what else fails now has been reported.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(taken)));
    }

    fn fault(&self, error: redb::Error) -> Error {
        match error {
            redb::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Error::damaged(&self.path, "it is cut")
            }
            // So redb calls a file that does not begin as one of its own.
            redb::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                Error::damaged(&self.path, error.to_string())
            }
            redb::Error::Io(error) => Error::file(&self.path, error),
            redb::Error::PreviousIo => {
                Error::file(&self.path, io::Error::other("an earlier write failed; try again"))
            }
            other => Error::damaged(&self.path, other.to_string()),
        }
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        self.close();
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it cannot be read").into()
}

/// The file of the index. When it grows, the disk gives the room at once.
#[derive(Debug)]
struct Backend {
    file: File,
}

impl Backend {
    fn open(path: &Path) -> io::Result<Self> {
        let mut options = File::options();
        Ok(Self { file: options.read(true).write(true).create(true).truncate(false).open(path)? })
    }
}

impl StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(out, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let there = self.len()?;
        if len > there {
            match fallocate(&self.file, FallocateFlags::empty(), there, len - there) {
                // A file system without it gives the room later.
                Ok(()) | Err(rustix::io::Errno::OPNOTSUPP) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.file.write_all_at(data, offset)
    }
}
