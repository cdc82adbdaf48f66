//! In place of `protect` where the system notes no writes.

use super::Pages;
use sojourn_engine::Window;
use std::convert::Infallible;
use std::io;

/// There is none.
pub(super) struct Protection(Infallible);

impl Protection {
    pub(super) fn new(_: &dyn Window) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn take(&self, _: &dyn Window) -> io::Result<Pages> {
        match self.0 {}
    }

    pub(super) fn populated(&self, _: &dyn Window, _: u64) -> io::Result<Pages> {
        match self.0 {}
    }

    pub(super) fn read(_: &dyn Window, _: u64, _: &mut [u8]) -> usize {
        0
    }
}
