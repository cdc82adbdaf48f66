//! What `wasi_unstable` lays out otherwise.

use super::world::{CREATE, I, L, ROOT, World};
use sojourn_host::{Errno, PREVIEW0};

fn old_world() -> World {
    World { module: PREVIEW0, ..World::with_memory() }
}

#[test]
fn origins_have_another_order() {
    let mut world = old_world();
    let fd = world.open("f", CREATE).unwrap();
    world.write(fd, b"0123456789").unwrap();
    let (current, end, set) = (0, 1, 2);
    assert_eq!(world.seek(fd, 4, set), Ok(4));
    assert_eq!(world.seek(fd, 1, current), Ok(5));
    assert_eq!(world.seek(fd, -1, end), Ok(9));
    assert_eq!(world.seek(fd, 0, 3), Err(Errno::Invalid));
}

#[test]
fn facts_about_a_file_have_narrow_link_counts() {
    let mut world = old_world();
    let fd = world.open("f", CREATE).unwrap();
    world.write(fd, b"12345").unwrap();
    world.call("fd_filestat_set_times", &[I(fd), L(11), L(22), I(5)]).unwrap();
    world.put(0, &[0xAA; 64]);
    world.call("fd_filestat_get", &[I(fd), I(0)]).unwrap();
    assert_eq!((world.u8(16), world.u32(20), world.u64(24)), (4, 1, 5));
    assert_eq!((world.u64(32), world.u64(40)), (11, 22));
    assert_eq!(world.get(56, 8), [0xAA; 8], "nothing after its 56 bytes");
    let by_descriptor = world.get(0, 56).to_vec();
    let (at, length) = world.path("f");
    world.call("path_filestat_get", &[I(ROOT), I(1), at, length, I(100)]).unwrap();
    assert_eq!(world.get(100, 56), by_descriptor);
}

#[test]
fn the_rest_is_as_in_preview_1() {
    let mut world = old_world();
    assert_eq!(world.write(1, b"hello"), Ok(5));
    assert_eq!(world.machine.lock().stdout, b"hello");
    world.mkdir("d").unwrap();
    assert_eq!(world.names(ROOT, 100).unwrap(), [".", "..", "d"]);
}
