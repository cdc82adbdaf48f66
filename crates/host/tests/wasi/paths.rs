//! Paths: walking them, links, renaming, and what leads out.

use super::world::{ALL, CREATE, DIRECTORY, EXCLUSIVE, I, L, READ, ROOT, TRUNCATE, World};
use sojourn_host::Errno;

fn with_tree() -> World {
    let mut world = World::with_memory();
    world.mkdir("d").unwrap();
    world.mkdir("d/e").unwrap();
    for path in ["f", "d/g", "d/e/h"] {
        let fd = world.open(path, CREATE).unwrap();
        world.write(fd, path.as_bytes()).unwrap();
        world.close(fd).unwrap();
    }
    world
}

fn contents(world: &mut World, path: &str) -> Result<String, Errno> {
    let fd = world.open_as(ROOT, path, 0, READ, 0)?;
    let bytes = world.read(fd, 100).unwrap();
    world.close(fd).unwrap();
    Ok(String::from_utf8(bytes).unwrap())
}

#[test]
fn ways_to_the_same_file() {
    let mut world = with_tree();
    for path in ["d/e/h", "./d//e/./h", "d/../d/e/h", "d/e/../../d/e/h"] {
        assert_eq!(contents(&mut world, path).unwrap(), "d/e/h", "{path}");
    }
    let dir = world.open_as(ROOT, "d/e", DIRECTORY, ALL, 0).unwrap();
    let fd = world.open_as(dir, "h", 0, READ, 0).unwrap();
    assert_eq!(world.read(fd, 9).unwrap(), b"d/e/h");
    assert_eq!(world.stat("d/..", 1).unwrap().inode, world.fstat(ROOT).unwrap().inode);
}

#[test]
fn nothing_leads_out() {
    let mut world = with_tree();
    for path in ["..", "../x", "d/../../x", "/f", "/", "d/e/../../../f"] {
        assert_eq!(contents(&mut world, path), Err(Errno::Permission), "{path}");
    }
    let dir = world.open_as(ROOT, "d", DIRECTORY, ALL, 0).unwrap();
    assert_eq!(world.open_as(dir, "../f", 0, READ, 0), Err(Errno::Permission));
    assert_eq!(world.symlink("/etc/passwd", "l"), Err(Errno::Permission));
    for (target, link) in [("..", "up"), ("d/../..", "up2"), ("../f", "d/e/up3")] {
        world.symlink(target, link).unwrap();
    }
    assert_eq!(contents(&mut world, "up/f"), Err(Errno::Permission));
    assert_eq!(contents(&mut world, "up2"), Err(Errno::Permission));
    assert_eq!(contents(&mut world, "d/e/up3"), Err(Errno::NoEntry), "d/f is inside, but not there");
    let inner = world.open_as(ROOT, "d/e", DIRECTORY, ALL, 0).unwrap();
    assert_eq!(world.open_as(inner, "up3", 0, READ, 0), Err(Errno::Permission));
}

#[test]
fn what_is_not_a_path() {
    let mut world = with_tree();
    let long = "x".repeat(256);
    for (path, errno) in [
        ("", Errno::NoEntry),
        ("missing", Errno::NoEntry),
        ("missing/f", Errno::NoEntry),
        ("f/x", Errno::NotDirectory),
        ("f/", Errno::NotDirectory),
        ("f/..", Errno::NotDirectory),
        ("d\0", Errno::Invalid),
        (long.as_str(), Errno::NameTooLong),
    ] {
        assert_eq!(contents(&mut world, path), Err(errno), "{path:?}");
    }
    world.put(0, &[0xFF, 0xFE]);
    assert_eq!(world.call("path_create_directory", &[I(ROOT), I(0), I(2)]), Err(Errno::IllegalSequence));
    assert_eq!(world.call("path_create_directory", &[I(ROOT), I(0), I(5_000)]), Err(Errno::NameTooLong));
    assert_eq!(world.at("path_create_directory", 1, "x"), Err(Errno::NotDirectory));
    assert_eq!(world.at("path_create_directory", 9, "x"), Err(Errno::BadDescriptor));
}

#[test]
fn opening_makes_empties_and_refuses() {
    let mut world = with_tree();
    assert_eq!(world.open("f", CREATE | EXCLUSIVE), Err(Errno::Exists));
    assert_eq!(world.open("new", 0), Err(Errno::NoEntry));
    assert_eq!(world.open("d", 0), Err(Errno::IsDirectory));
    assert_eq!(world.open("d", CREATE), Err(Errno::IsDirectory));
    assert_eq!(world.open("f", DIRECTORY), Err(Errno::NotDirectory));
    assert_eq!(world.open("f", DIRECTORY | CREATE), Err(Errno::Invalid));
    assert_eq!(world.open("f", 16), Err(Errno::Invalid));
    assert_eq!(world.open_as(ROOT, "f", 0, READ, 32), Err(Errno::Invalid));
    assert_eq!(world.open_with(ROOT, "f", 2, 0, READ, 0), Err(Errno::Invalid));
    world.open("f", TRUNCATE).unwrap();
    assert_eq!(contents(&mut world, "f").unwrap(), "");
    let dir = world.open_as(ROOT, "d/", 0, READ, 0).unwrap();
    world.call("fd_fdstat_get", &[I(dir), I(0)]).unwrap();
    assert_eq!(world.u8(0), 3);
    assert_eq!(world.read(dir, 1), Err(Errno::BadDescriptor));
}

#[test]
fn symbolic_links_are_followed_when_asked() {
    let mut world = with_tree();
    world.symlink("d/e", "short").unwrap();
    world.symlink("short/h", "file").unwrap();
    world.symlink("../f", "d/back").unwrap();
    assert_eq!(contents(&mut world, "short/h").unwrap(), "d/e/h");
    assert_eq!(contents(&mut world, "file").unwrap(), "d/e/h");
    assert_eq!(contents(&mut world, "d/back").unwrap(), "f");
    assert_eq!(world.open_with(ROOT, "file", 0, 0, READ, 0), Err(Errno::Loop));
    assert_eq!(world.stat("file", 0).unwrap().kind, 7);
    assert_eq!(world.stat("file", 1).unwrap().kind, 4);
    assert_eq!(world.stat("short/", 0).unwrap().kind, 3, "a slash asks for the directory");
    assert_eq!(world.readlink("file", 100).unwrap(), b"short/h");
    assert_eq!(world.readlink("file", 3).unwrap(), b"sho");
    assert_eq!(world.readlink("f", 100), Err(Errno::Invalid));
    world.symlink("made", "dangling").unwrap();
    assert_eq!(world.open("dangling", CREATE | EXCLUSIVE), Err(Errno::Exists));
    world.open("dangling", CREATE).unwrap();
    assert_eq!(world.stat("made", 0).unwrap().kind, 4);
    assert_eq!(world.rmdir("short"), Err(Errno::NotDirectory));
    assert_eq!(world.rmdir("short/"), Err(Errno::NotDirectory));
    world.unlink("short").unwrap();
    assert_eq!(contents(&mut world, "d/e/h").unwrap(), "d/e/h");
}

#[test]
fn links_in_a_circle_end() {
    let mut world = with_tree();
    world.symlink("b", "a").unwrap();
    world.symlink("a", "b").unwrap();
    assert_eq!(contents(&mut world, "a"), Err(Errno::Loop));
    assert_eq!(contents(&mut world, "a/x"), Err(Errno::Loop));
    assert_eq!(world.stat("a", 0).unwrap().kind, 7);
}

#[test]
fn hard_links_are_the_same_file() {
    let mut world = with_tree();
    world.link("f", "d/f2").unwrap();
    assert_eq!(world.stat("f", 0).unwrap().links, 2);
    assert_eq!(world.stat("f", 0).unwrap().inode, world.stat("d/f2", 0).unwrap().inode);
    world.unlink("f").unwrap();
    assert_eq!(contents(&mut world, "d/f2").unwrap(), "f");
    assert_eq!(world.link("d", "d2"), Err(Errno::Permission));
    assert_eq!(world.link("d/g", "d/f2"), Err(Errno::Exists));
    assert_eq!(world.link("d/g", "x/"), Err(Errno::NoEntry));
    assert_eq!(world.link("missing", "x"), Err(Errno::NoEntry));
    world.symlink("d/g", "l").unwrap();
    world.link("l", "l2").unwrap();
    assert_eq!(world.stat("l2", 0).unwrap().kind, 7, "the link itself");
}

#[test]
fn directories_are_made_and_removed() {
    let mut world = with_tree();
    assert_eq!(world.mkdir("d"), Err(Errno::Exists));
    assert_eq!(world.mkdir("f"), Err(Errno::Exists));
    assert_eq!(world.mkdir("."), Err(Errno::Exists));
    assert_eq!(world.mkdir("x/y"), Err(Errno::NoEntry));
    assert_eq!(world.mkdir("new/"), Ok(()));
    assert_eq!(world.rmdir("d"), Err(Errno::NotEmpty));
    assert_eq!(world.rmdir("f"), Err(Errno::NotDirectory));
    assert_eq!(world.rmdir("."), Err(Errno::Invalid));
    assert_eq!(world.unlink("d"), Err(Errno::IsDirectory));
    assert_eq!(world.unlink("d/"), Err(Errno::IsDirectory));
    assert_eq!(world.unlink("f/"), Err(Errno::NotDirectory));
    assert_eq!(world.unlink("missing"), Err(Errno::NoEntry));
    world.unlink("d/e/h").unwrap();
    let inside = world.open_as(ROOT, "d/e", DIRECTORY, ALL, 0).unwrap();
    world.rmdir("d/e/").unwrap();
    assert_eq!(
        world.open_as(inside, "x", CREATE, READ, 0),
        Err(Errno::NoEntry),
        "in a directory that is gone"
    );
}

#[test]
fn renaming_moves_and_replaces() {
    let mut world = with_tree();
    world.rename("f", "d/f").unwrap();
    assert_eq!(contents(&mut world, "d/f").unwrap(), "f");
    world.rename("d/f", "d/g").unwrap();
    assert_eq!(contents(&mut world, "d/g").unwrap(), "f");
    world.rename("d", "q").unwrap();
    assert_eq!(contents(&mut world, "q/e/h").unwrap(), "d/e/h");
    assert_eq!(world.rename("q", "q/e/inside"), Err(Errno::Invalid));
    assert_eq!(world.rename("q/g", "q/e"), Err(Errno::IsDirectory));
    assert_eq!(world.rename("q/e", "q/g"), Err(Errno::NotDirectory));
    assert_eq!(world.rename("q/g", "new/"), Err(Errno::NotDirectory));
    assert_eq!(world.rename("missing", "x"), Err(Errno::NoEntry));
    world.mkdir("empty").unwrap();
    assert_eq!(world.rename("empty", "q"), Err(Errno::NotEmpty));
    world.rename("q", "empty").unwrap();
    assert_eq!(contents(&mut world, "empty/e/h").unwrap(), "d/e/h");
    world.link("empty/g", "same").unwrap();
    world.rename("empty/g", "same").unwrap();
    assert_eq!(contents(&mut world, "empty/g").unwrap(), "f", "two names of one file stay");
    assert_eq!(world.rename(".", "x"), Err(Errno::Busy));
}

#[test]
fn times_of_a_link_are_its_own() {
    let mut world = with_tree();
    world.symlink("f", "l").unwrap();
    let (at, length) = world.path("l");
    world.call("path_filestat_set_times", &[I(ROOT), I(0), at, length, L(1), L(2), I(5)]).unwrap();
    assert_eq!(world.stat("l", 0).unwrap().modified_ns, 2);
    assert_ne!(world.stat("f", 0).unwrap().modified_ns, 2);
}
