//! Both ends against each other: see the files.

mod halves;
mod moves;
mod sockets;
mod words;
