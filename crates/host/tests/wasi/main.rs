//! The host calls, one file a group, over ports whose time is virtual.

mod fakes;
mod world;

mod basics;
mod files;
mod hostile;
mod moves;
mod paths;
mod poll;
mod preview0;
mod property;
mod sockets;
mod streams;
mod table;
