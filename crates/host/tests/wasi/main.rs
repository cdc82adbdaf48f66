//! The host calls, one file a group, over ports whose time is virtual.

#[expect(dead_code, reason = "what there is of a realm is for guest calls")]
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
