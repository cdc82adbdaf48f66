//! A world that goes on elsewhere: mounts, open files, clocks, random numbers.

use super::fakes::Shared;
use super::world::{ALL, CREATE, DIRECTORY, I, L, READ, ROOT, World};
use sojourn_host::{Errno, Error, MemoryTree, Mount, Setup, Wasi};

const SECOND: u64 = 1_000_000_000;

/// Files of a directory: path, contents.
type Files<'a> = &'a [(&'a str, &'a [u8])];

/// A machine with these directories.
fn machine(directories: &[(&str, Files<'_>)]) -> Shared {
    let shared = Shared::default();
    for (path, files) in directories {
        let mut tree = MemoryTree::new();
        files.iter().for_each(|(path, contents)| tree.add_file(path, contents).unwrap());
        shared.lock().directories.insert((*path).to_string(), tree);
    }
    shared
}

fn on_host(machine: Shared) -> World {
    let mounts = vec![Mount::host("/data".into(), "/srv/data".into())];
    World::on(machine, Setup { mounts, ..Setup::default() })
}

#[test]
fn files_in_memory_move_whole() {
    let mut world = World::with_memory();
    world.mkdir("d").unwrap();
    let fd = world.open("d/f", CREATE).unwrap();
    world.write(fd, b"0123456789").unwrap();
    world.seek(fd, 3, 0).unwrap();
    world.symlink("d/f", "l").unwrap();
    let gone = world.open("gone", CREATE).unwrap();
    world.write(gone, b"nameless").unwrap();
    world.unlink("gone").unwrap();
    let mut world = world.move_to(Shared::default()).unwrap();
    assert_eq!(world.read(fd, 2).unwrap(), b"34");
    assert_eq!(world.pread(gone, 9, 0).unwrap(), b"nameless");
    assert_eq!(world.stat("l", 1).unwrap().size, 10);
    let mut world = world.move_to(Shared::default()).unwrap();
    assert_eq!(world.read(fd, 2).unwrap(), b"56");
    assert_eq!(world.open("new", CREATE), Ok(gone + 1));
}

#[test]
fn a_host_file_is_opened_again_where_it_was() {
    let here = machine(&[("/srv/data", &[("a/f", b"0123456789")])]);
    let mut world = on_host(here);
    let fd = world.open_as(ROOT, "a/../a/f", 0, ALL, 0).unwrap();
    assert_eq!(world.read(fd, 4).unwrap(), b"0123");
    let dir = world.open_as(ROOT, "a", DIRECTORY, ALL, 0).unwrap();
    let there = machine(&[("/srv/data", &[("a/f", b"abcdefghij"), ("a/g", b"")])]);
    let mut world = world.move_to(there).unwrap();
    assert_eq!(world.read(fd, 4).unwrap(), b"efgh");
    assert_eq!(world.names(dir, 200).unwrap(), [".", "..", "f", "g"]);
    world.write(fd, b"!").unwrap();
    assert_eq!(world.machine.lock().directories["/srv/data"].file("a/f").unwrap(), b"abcdefgh!j");
}

#[test]
fn a_file_renamed_while_open_is_found_under_its_new_name() {
    let mut world = on_host(machine(&[("/srv/data", &[("a/f", b"here")])]));
    let fd = world.open_as(ROOT, "a/f", 0, ALL, 0).unwrap();
    world.rename("a", "b").unwrap();
    world.rename("b/f", "b/g").unwrap();
    let mut world = world.move_to(machine(&[("/srv/data", &[("b/g", b"there")])])).unwrap();
    assert_eq!(world.read(fd, 9).unwrap(), b"there");
}

#[test]
fn a_host_file_without_a_name_travels_in_the_image() {
    let mut world = on_host(machine(&[("/srv/data", &[])]));
    let one = world.open_as(ROOT, "tmp", CREATE, ALL, 0).unwrap();
    let two = world.open_as(ROOT, "tmp", 0, ALL, 0).unwrap();
    world.write(one, b"scratch").unwrap();
    world.unlink("tmp").unwrap();
    let other = world.open_as(ROOT, "tmp", CREATE, ALL, 0).unwrap();
    world.write(other, b"another").unwrap();
    let mut world = world.move_to(machine(&[("/srv/data", &[("tmp", b"ANOTHER")])])).unwrap();
    world.write(one, b"!").unwrap();
    assert_eq!(world.read(two, 20).unwrap(), b"scratch!");
    assert_eq!(world.pread(other, 20, 0).unwrap(), b"ANOTHER");
    let mut world = world.move_to(machine(&[("/srv/data", &[("tmp", b"x")])])).unwrap();
    assert_eq!(world.pread(two, 20, 0).unwrap(), b"scratch!", "and on from there");
}

#[test]
fn after_writing_down_a_file_without_a_name_the_guest_goes_on_here() {
    let mut world = on_host(machine(&[("/srv/data", &[])]));
    let fd = world.open_as(ROOT, "tmp", CREATE, ALL, 0).unwrap();
    world.write(fd, b"scratch").unwrap();
    world.unlink("tmp").unwrap();
    assert_eq!(world.wasi.state().unwrap(), world.wasi.state().unwrap());
    world.write(fd, b"!").unwrap();
    assert_eq!(world.pread(fd, 20, 0).unwrap(), b"scratch!");
}

#[test]
fn a_missing_mount_is_named_with_the_file_that_needs_it() {
    let mut world = on_host(machine(&[("/srv/data", &[("f", b"")])]));
    world.open_as(ROOT, "f", 0, READ, 0).unwrap();
    let Err(error) = world.move_to(Shared::default()) else { panic!("there is no /srv/data") };
    assert_eq!(
        error.to_string(),
        "the guest's mount \"/data\" needs the directory \"/srv/data\", and here: no such file or directory; \
         the guest had \"f\" open in it; make that directory available, or mount another one as \"/data\""
    );
}

#[test]
fn a_missing_file_is_named_with_its_mount() {
    let mut world = on_host(machine(&[("/srv/data", &[("d/f", b"")])]));
    world.open_as(ROOT, "d/f", 0, READ, 0).unwrap();
    let Err(error) = world.move_to(machine(&[("/srv/data", &[("d/g", b"")])])) else { panic!("no d/f") };
    assert_eq!(
        error,
        Error::MissingFile {
            guest: "/data".into(),
            host: "/srv/data".into(),
            file: "d/f".into(),
            errno: Errno::NoEntry
        }
    );
    assert!(error.to_string().contains("put the file there"), "{error}");
}

#[test]
fn a_fresh_guest_hears_of_a_missing_directory_too() {
    let mounts = vec![Mount::host("/data".into(), "/nowhere".into())];
    let made = Wasi::new(Setup { mounts, ..Setup::default() }, Shared::default().ports());
    let Err(error) = made else { panic!("there is no /nowhere") };
    assert_eq!(
        error.to_string(),
        "cannot mount the directory \"/nowhere\" as \"/data\": no such file or directory"
    );
}

#[test]
fn mounts_are_replaced_by_their_names() {
    let mut world = on_host(machine(&[("/srv/data", &[("f", b"one")])]));
    let fd = world.open_as(ROOT, "f", 0, READ, 0).unwrap();
    let bytes = world.wasi.state().unwrap();
    let there = machine(&[("/mnt", &[("f", b"two")])]);
    let mounts = vec![Mount::host("/data".into(), "/mnt".into())];
    let wasi = Wasi::restore(&bytes, mounts, there.ports()).unwrap();
    let mut on_disk = World { wasi, machine: there, memory: world.memory.clone(), ..world };
    assert_eq!(on_disk.read(fd, 9).unwrap(), b"two");

    let mut tree = MemoryTree::new();
    tree.add_file("f", b"three").unwrap();
    let wasi =
        Wasi::restore(&bytes, vec![Mount::memory("/data".into(), tree)], Shared::default().ports()).unwrap();
    let mut in_memory = World { wasi, ..on_disk };
    assert_eq!(in_memory.read(fd, 9).unwrap(), b"three");

    let empty = vec![Mount::memory("/data".into(), MemoryTree::new())];
    let missing = Wasi::restore(&bytes, empty, Shared::default().ports()).map(|_| ());
    assert!(matches!(missing, Err(Error::MissingFile { file, .. }) if file == "f"));
    let unknown = vec![Mount::memory("/dada".into(), MemoryTree::new())];
    let unknown = Wasi::restore(&bytes, unknown, Shared::default().ports()).map(|_| ()).unwrap_err();
    assert_eq!(unknown.to_string(), "the guest has no mount \"/dada\" to replace; it has [\"/data\"]");
}

#[test]
fn monotonic_time_stands_still_while_a_guest_is_an_image_and_real_time_does_not() {
    let mut world = World::new(Setup::default());
    let time = |world: &mut World, clock| {
        world.call("clock_time_get", &[I(clock), L(1), I(0)]).unwrap();
        world.u64(0)
    };
    world.machine.lock().pass(4 * SECOND);
    world.machine.lock().processor_ns += SECOND;
    let before = [0, 1, 2].map(|clock| time(&mut world, clock));
    assert_eq!(before[1..], [4 * SECOND, SECOND]);
    let there = Shared::default();
    there.lock().monotonic_ns = 3;
    there.lock().processor_ns = 0;
    there.lock().realtime_ns = before[0] + 3_600 * SECOND;
    let mut world = world.move_to(there).unwrap();
    world.machine.lock().pass(SECOND);
    let after = [0, 1, 2].map(|clock| time(&mut world, clock));
    assert_eq!(after, [before[0] + 3_601 * SECOND, 5 * SECOND, SECOND]);
}

#[test]
fn real_time_does_not_go_back_where_the_clock_is_slow() {
    let mut world = World::new(Setup::default());
    let time = |world: &mut World| {
        world.call("clock_time_get", &[I(0), L(1), I(0)]).unwrap();
        world.u64(0)
    };
    let before = time(&mut world);
    let there = Shared::default();
    there.lock().realtime_ns = before - 10 * SECOND;
    let mut world = world.move_to(there).unwrap();
    assert_eq!(time(&mut world), before);
    world.machine.lock().pass(8 * SECOND);
    assert_eq!(time(&mut world), before + 4 * SECOND);
    world.machine.lock().pass(30 * SECOND);
    assert_eq!(time(&mut world), before + 28 * SECOND, "the machine's own");
}

#[test]
fn random_numbers_go_on_where_they_stood() {
    let setup = || Setup { seed: Some([3; 32]), ..Setup::default() };
    let draw = |world: &mut World, length| {
        world.call("random_get", &[I(0), I(length)]).unwrap();
        world.get(0, length).to_vec()
    };
    let whole = draw(&mut World::new(setup()), 150);
    let mut world = World::new(setup());
    let first = draw(&mut world, 77);
    let mut world = world.move_to(Shared::default()).unwrap();
    assert_eq!([first, draw(&mut world, 73)].concat(), whole);
}

#[test]
fn a_half_read_directory_goes_on_where_it_was() {
    let mut world = World::with_memory();
    for name in ["a", "b", "c"] {
        world.mkdir(name).unwrap();
    }
    world.call("fd_readdir", &[I(ROOT), I(0), I(60), L(0), I(200)]).unwrap();
    world.rmdir("a").unwrap();
    let mut world = world.move_to(Shared::default()).unwrap();
    world.call("fd_readdir", &[I(ROOT), I(0), I(100), L(3), I(200)]).unwrap();
    assert_eq!((world.get(24, 1), world.get(49, 1)), (&b"b"[..], &b"c"[..]));
}
