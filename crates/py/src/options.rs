//! Options of a run, from what Python passes.

use crate::error::tree::{HostError, UnknownEngine};
use pyo3::prelude::*;
use sojourn_node::{Console, EngineName, Mount, MountSource, Stdin};
use std::os::fd::{BorrowedFd, RawFd};
use std::path::PathBuf;
use std::sync::Arc;

/// Path that the guest sees; folder of this machine, or nothing for one in memory; files of one in memory.
pub type MountRow = (String, Option<PathBuf>, Vec<(String, Vec<u8>)>);

/// Standard input as Python passes it.
#[derive(FromPyObject)]
pub enum Source {
    /// Bytes.
    Bytes(Vec<u8>),
    /// A descriptor, which stays the caller's.
    Descriptor(RawFd),
}

/// What the guest reads; nothing given is this process's own input, or none.
///
/// # Errors
/// A descriptor that is not open.
pub fn stdin(source: Option<Source>, inherit: bool) -> PyResult<Stdin> {
    match source {
        Some(Source::Bytes(bytes)) => Ok(Stdin::Bytes(bytes)),
        Some(Source::Descriptor(number)) => duplicate(number),
        None if inherit => Ok(Stdin::Inherited),
        None => Ok(Stdin::Empty),
    }
}

/// A descriptor of the guest's own, so that the caller may close his.
fn duplicate(number: RawFd) -> PyResult<Stdin> {
    // SAFETY: it is only asked for a duplicate, and a number that is not open is answered with an error.
    let borrowed = (number >= 0).then(|| unsafe { BorrowedFd::borrow_raw(number) });
    let owned = borrowed.map(|fd| fd.try_clone_to_owned());
    match owned {
        Some(Ok(fd)) => Ok(Stdin::Descriptor(Arc::new(fd))),
        _ => Err(HostError::new_err(format!("standard input: there is no open descriptor {number}"))),
    }
}

/// An engine by its name.
pub fn engine(name: &str) -> PyResult<EngineName> {
    name.parse().map_err(UnknownEngine::new_err)
}

/// Mounts from their rows.
pub fn mounts(rows: Vec<MountRow>) -> Vec<Mount> {
    rows.into_iter().map(mount).collect()
}

fn mount((guest, folder, files): MountRow) -> Mount {
    let source = folder.map_or(MountSource::Memory(files), MountSource::HostDirectory);
    Mount { guest, source }
}

/// Where output leads.
pub fn console(inherit: bool) -> Console {
    if inherit { Console::Inherited } else { Console::Captured }
}
