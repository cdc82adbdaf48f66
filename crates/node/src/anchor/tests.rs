//! Both ends against each other: see the files.

mod dials;
mod halves;
mod moves;
mod sockets;
mod words;
