//! Guest calls, one file a group, over ports whose time is virtual and a realm that is a mailbox and a map.

#[expect(dead_code, reason = "not every helper of the other tests is needed here")]
#[path = "../wasi/fakes.rs"]
mod fakes;
#[expect(dead_code, reason = "not every helper of the other tests is needed here")]
#[path = "../wasi/world.rs"]
mod world;

mod guest;

mod callbacks;
mod channels;
mod connections;
mod hostile;
mod life;
mod messages;
mod place;
mod store;
mod table;
mod waiting;
