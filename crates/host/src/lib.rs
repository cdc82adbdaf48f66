//! All that a guest can ask of the world, as plain data that moves.
//!
//! [`Wasi`] answers every call of WASI preview 1 (and of preview 0) over a [`state::State`] that is plain data,
//! so that a guest's world can be written into an image and go on elsewhere; it touches the machine only through
//! [`ports`]. It answers the guest calls of atoms, too. Nothing here does I/O.
#![no_std]
extern crate alloc;

pub mod limit;
pub mod memory;
pub mod ports;
pub mod state;
pub mod tree;

mod atom;
mod errno;
mod error;
mod wasi;

pub use atom::{Function, GUEST_CALLS, Kind, guest_calls};
pub use errno::Errno;
pub use error::Error;
pub use memory::MemoryTree;
pub use state::{ChannelFile, Mount};
pub use wasi::table::{PREVIEW0, PREVIEW1, functions, never_suspend};
pub use wasi::{Setup, Wasi};
