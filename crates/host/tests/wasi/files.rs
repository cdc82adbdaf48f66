//! Descriptors of files and directories.

use super::world::{ALL, CREATE, DIRECTORY, I, L, READ, ROOT, TRUNCATE, WRITE, World};
use sojourn_host::{Errno, MemoryTree, Mount, Setup};

const APPEND: u32 = 1;

fn with_file(contents: &[u8]) -> (World, u32) {
    let mut world = World::with_memory();
    let fd = world.open("file", CREATE).unwrap();
    world.write(fd, contents).unwrap();
    world.seek(fd, 0, 0).unwrap();
    (world, fd)
}

#[test]
fn reading_and_writing_move_the_offset() {
    let (mut world, fd) = with_file(b"hello world");
    assert_eq!(world.read(fd, 5).unwrap(), b"hello");
    assert_eq!(world.write(fd, b"_____"), Ok(5));
    assert_eq!(world.read(fd, 100).unwrap(), b"d");
    assert_eq!(world.read(fd, 100).unwrap(), b"");
    assert_eq!(world.pread(fd, 100, 0).unwrap(), b"hello_____d");
    assert_eq!(world.pwrite(fd, b"J", 0), Ok(1));
    world.call("fd_tell", &[I(fd), I(0)]).unwrap();
    assert_eq!(world.u64(0), 11);
    assert_eq!(world.pread(fd, 2, 0).unwrap(), b"Je");
}

#[test]
fn seeking_knows_three_origins_and_its_bounds() {
    let (mut world, fd) = with_file(b"0123456789");
    assert_eq!(world.seek(fd, 4, 0), Ok(4));
    assert_eq!(world.seek(fd, -1, 1), Ok(3));
    assert_eq!(world.seek(fd, -2, 2), Ok(8));
    assert_eq!(world.seek(fd, -9, 1), Err(Errno::Invalid));
    assert_eq!(world.seek(fd, i64::MAX, 1), Err(Errno::Invalid));
    assert_eq!(world.seek(fd, 0, 3), Err(Errno::Invalid));
    assert_eq!(world.seek(fd, 20, 0), Ok(20));
    assert_eq!(world.read(fd, 4).unwrap(), b"");
    world.write(fd, b"x").unwrap();
    assert_eq!(world.pread(fd, 30, 8).unwrap(), b"89\0\0\0\0\0\0\0\0\0\0x");
    assert_eq!(world.seek(ROOT, 0, 0), Err(Errno::BadDescriptor));
}

#[test]
fn appending_writes_at_the_end() {
    let (mut world, fd) = with_file(b"abc");
    let log = world.open_as(ROOT, "file", 0, ALL, APPEND).unwrap();
    world.write(log, b"d").unwrap();
    world.write(fd, b"X").unwrap();
    world.pwrite(fd, b"e", 4).unwrap();
    world.write(log, b"f").unwrap();
    assert_eq!(world.seek(log, 0, 1), Ok(6));
    assert_eq!(world.pread(fd, 10, 0).unwrap(), b"Xbcdef");
    world.call("fd_fdstat_set_flags", &[I(log), I(0)]).unwrap();
    world.seek(log, 0, 0).unwrap();
    world.write(log, b"Y").unwrap();
    assert_eq!(world.pread(fd, 10, 0).unwrap(), b"Ybcdef");
    assert_eq!(world.call("fd_fdstat_set_flags", &[I(log), I(32)]), Err(Errno::Invalid));
}

#[test]
fn sizes_change() {
    let (mut world, fd) = with_file(b"abcdef");
    world.call("fd_filestat_set_size", &[I(fd), L(2)]).unwrap();
    world.call("fd_filestat_set_size", &[I(fd), L(4)]).unwrap();
    assert_eq!(world.pread(fd, 9, 0).unwrap(), b"ab\0\0");
    world.call("fd_allocate", &[I(fd), L(4), L(2)]).unwrap();
    world.call("fd_allocate", &[I(fd), L(0), L(1)]).unwrap();
    assert_eq!(world.fstat(fd).unwrap().size, 6);
    assert_eq!(world.call("fd_allocate", &[I(fd), L(0), L(0)]), Err(Errno::Invalid));
    assert_eq!(world.call("fd_allocate", &[I(fd), L(u64::MAX), L(2)]), Err(Errno::FileTooBig));
    assert_eq!(world.call("fd_filestat_set_size", &[I(fd), L(1 << 60)]), Err(Errno::NoSpace));
    assert_eq!(world.call("fd_filestat_set_size", &[I(1), L(0)]), Err(Errno::Invalid));
    for call in ["fd_sync", "fd_datasync"] {
        world.call(call, &[I(fd)]).unwrap();
        world.call(call, &[I(ROOT)]).unwrap();
    }
    world.call("fd_advise", &[I(fd), L(0), L(9), I(5)]).unwrap();
    assert_eq!(world.call("fd_advise", &[I(fd), L(0), L(9), I(6)]), Err(Errno::Invalid));
    assert_eq!(world.call("fd_advise", &[I(ROOT), L(0), L(9), I(0)]), Err(Errno::BadDescriptor));
}

#[test]
fn times_are_kept_and_set() {
    let (mut world, fd) = with_file(b"x");
    let start = world.machine.lock().realtime_ns;
    assert_eq!(world.fstat(fd).unwrap().modified_ns, start);
    world.machine.lock().pass(50);
    world.write(fd, b"y").unwrap();
    assert_eq!(world.fstat(fd).unwrap().modified_ns, start + 50);
    let (given, now) = (1 | 4, 2 | 8);
    world.call("fd_filestat_set_times", &[I(fd), L(11), L(22), I(given)]).unwrap();
    let facts = world.fstat(fd).unwrap();
    assert_eq!((facts.accessed_ns, facts.modified_ns), (11, 22));
    world.call("fd_filestat_set_times", &[I(fd), L(0), L(0), I(now)]).unwrap();
    assert_eq!(world.fstat(fd).unwrap().accessed_ns, start + 50);
    world.call("fd_filestat_set_times", &[I(fd), L(0), L(0), I(0)]).unwrap();
    assert_eq!(world.fstat(fd).unwrap().modified_ns, start + 50);
    assert_eq!(world.call("fd_filestat_set_times", &[I(fd), L(0), L(0), I(3)]), Err(Errno::Invalid));
    assert_eq!(world.call("fd_filestat_set_times", &[I(fd), L(0), L(0), I(16)]), Err(Errno::Invalid));
    let (at, length) = world.path("file");
    world.call("path_filestat_set_times", &[I(ROOT), I(1), at, length, L(1), L(2), I(given)]).unwrap();
    assert_eq!(world.stat("file", 1).unwrap().modified_ns, 2);
}

#[test]
fn a_descriptor_does_only_what_it_has_the_rights_for() {
    let (mut world, _) = with_file(b"abc");
    let reads = world.open_as(ROOT, "file", 0, READ, 0).unwrap();
    assert_eq!(world.read(reads, 1).unwrap(), b"a");
    assert_eq!(world.write(reads, b"x"), Err(Errno::BadDescriptor));
    assert_eq!(world.seek(reads, 0, 0), Err(Errno::NotCapable));
    let writes = world.open_as(ROOT, "file", 0, WRITE, 0).unwrap();
    assert_eq!(world.read(writes, 1), Err(Errno::BadDescriptor));
    assert_eq!(world.fstat(writes), Err(Errno::NotCapable));
    world.call("fd_fdstat_get", &[I(reads), I(0)]).unwrap();
    assert_eq!((world.u8(0), world.u64(8)), (4, READ));
}

#[test]
fn rights_only_shrink_and_are_inherited() {
    let mut world = World::with_memory();
    world.mkdir("d").unwrap();
    world.call("fd_fdstat_get", &[I(ROOT), I(0)]).unwrap();
    let (base, inheriting) = (world.u64(8), world.u64(16));
    assert_eq!(inheriting & (READ | WRITE), READ | WRITE);
    let fewer = inheriting & !WRITE;
    world.call("fd_fdstat_set_rights", &[I(ROOT), L(base), L(fewer)]).unwrap();
    assert_eq!(
        world.call("fd_fdstat_set_rights", &[I(ROOT), L(base), L(inheriting)]),
        Err(Errno::NotCapable)
    );
    assert_eq!(world.open_as(ROOT, "f", CREATE, READ | WRITE, 0), Err(Errno::NotCapable));
    world.open_as(ROOT, "f", CREATE, READ, 0).unwrap();
    let dir = world.open_as(ROOT, "d", DIRECTORY, fewer, 0).unwrap();
    assert_eq!(world.open_as(dir, "f", CREATE, WRITE, 0), Err(Errno::NotCapable));
    let no_create = base & !(1 << 10);
    world.call("fd_fdstat_set_rights", &[I(ROOT), L(no_create), L(fewer)]).unwrap();
    assert_eq!(world.open_as(ROOT, "g", CREATE, READ, 0), Err(Errno::NotCapable));
}

#[test]
fn a_mount_tells_its_name() {
    let mount = Mount::memory("/data".into(), MemoryTree::new());
    let mut world = World::new(Setup { mounts: vec![mount], ..Setup::default() });
    world.call("fd_prestat_get", &[I(ROOT), I(0)]).unwrap();
    assert_eq!((world.u32(0), world.u32(4)), (0, 5));
    world.call("fd_prestat_dir_name", &[I(ROOT), I(8), I(5)]).unwrap();
    assert_eq!(world.get(8, 5), b"/data");
    assert_eq!(world.call("fd_prestat_dir_name", &[I(ROOT), I(8), I(4)]), Err(Errno::NameTooLong));
    assert_eq!(world.call("fd_prestat_get", &[I(4), I(0)]), Err(Errno::BadDescriptor));
    assert_eq!(world.call("fd_prestat_get", &[I(1), I(0)]), Err(Errno::BadDescriptor));
}

#[test]
fn numbers_are_the_lowest_free_and_can_be_moved() {
    let mut world = World::with_memory();
    let fds = ["a", "b", "c"].map(|path| world.open(path, CREATE).unwrap());
    assert_eq!(fds, [4, 5, 6]);
    world.write(6, b"c").unwrap();
    world.close(5).unwrap();
    assert_eq!(world.close(5), Err(Errno::BadDescriptor));
    assert_eq!(world.open("d", CREATE), Ok(5));
    world.call("fd_renumber", &[I(6), I(4)]).unwrap();
    assert_eq!(world.pread(4, 9, 0).unwrap(), b"c");
    assert_eq!(world.fstat(6), Err(Errno::BadDescriptor));
    assert_eq!(world.call("fd_renumber", &[I(4), I(6)]), Err(Errno::BadDescriptor));
    assert_eq!(world.call("fd_renumber", &[I(4), I(4)]), Ok(()));
}

#[test]
fn open_files_are_bounded() {
    let mut world = World::with_memory();
    world.open("f", CREATE).unwrap();
    let opened = (0..10_000).take_while(|_| world.open("f", 0).is_ok()).count();
    assert_eq!(opened, sojourn_host::limit::DESCRIPTORS - 5);
    assert_eq!(world.open("f", 0), Err(Errno::TooManyOpen));
}

#[test]
fn directories_are_listed_in_order_whatever_the_buffer() {
    let mut world = World::with_memory();
    let names: Vec<String> = (0..40).map(|n| format!("{:0>1$}", n, 2 + n % 7)).collect();
    for name in &names {
        world.open(name, CREATE).map(|fd| world.close(fd)).unwrap().unwrap();
    }
    let mut all = vec![".".to_string(), "..".to_string()];
    all.extend(names);
    all[2..].sort();
    for room in [40, 64, 100, 4096] {
        assert_eq!(world.names(ROOT, room).unwrap(), all, "in {room} bytes");
    }
}

#[test]
fn entries_removed_while_a_directory_is_read_hide_no_others() {
    let mut world = World::with_memory();
    for name in ["a", "b", "c", "d"] {
        world.mkdir(name).unwrap();
    }
    let dir = world.open_as(ROOT, ".", DIRECTORY, ALL, 0).unwrap();
    world.call("fd_readdir", &[I(dir), I(0), I(100), L(0), I(200)]).unwrap();
    world.rmdir("a").unwrap();
    world.rmdir("b").unwrap();
    world.call("fd_readdir", &[I(dir), I(0), I(100), L(4), I(200)]).unwrap();
    assert_eq!(world.get(24, 1), b"c");
    assert_eq!(world.names(dir, 100).unwrap(), [".", "..", "c", "d"], "anew from the beginning");
    let file = world.open("f", CREATE).unwrap();
    assert_eq!(world.names(file, 100), Err(Errno::NotDirectory));
}

#[test]
fn a_removed_file_stays_while_it_is_open() {
    let (mut world, fd) = with_file(b"still");
    world.unlink("file").unwrap();
    assert_eq!(world.stat("file", 0), Err(Errno::NoEntry));
    assert_eq!(world.fstat(fd).unwrap().links, 0);
    assert_eq!(world.read(fd, 9).unwrap(), b"still");
}

#[test]
fn a_full_mount_says_so_and_takes_more_when_there_is_room() {
    let mount = Mount::memory("/".into(), MemoryTree::with_limit(10_000));
    let mut world = World::new(Setup { mounts: vec![mount], ..Setup::default() });
    let fd = world.open("f", CREATE).unwrap();
    assert_eq!(world.write(fd, &[1; 9_000]), Ok(9_000));
    assert_eq!(world.write(fd, &[1; 2_000]), Err(Errno::NoSpace));
    world.open("f", TRUNCATE).unwrap();
    assert_eq!(world.pwrite(fd, &[1; 2_000], 0), Ok(2_000));
    world.unlink("f").unwrap();
    for fd in [4, 5] {
        world.close(fd).unwrap();
    }
    for n in 0..1_000 {
        let fd = world.open("g", CREATE).unwrap();
        world.write(fd, &[1; 5_000]).unwrap_or_else(|errno| panic!("round {n}: {errno}"));
        world.close(fd).unwrap();
        world.unlink("g").unwrap();
    }
}

#[test]
fn nothing_changes_in_a_read_only_mount() {
    let mut tree = MemoryTree::new();
    tree.add_file("d/f", b"fixed").unwrap();
    let mount = Mount::memory("/".into(), tree).read_only();
    let mut world = World::new(Setup { mounts: vec![mount], ..Setup::default() });
    let fd = world.open_as(ROOT, "d/f", 0, ALL & !WRITE, 0).unwrap();
    assert_eq!(world.read(fd, 9).unwrap(), b"fixed");
    assert_eq!(world.write(fd, b"x"), Err(Errno::BadDescriptor));
    assert_eq!(world.open("d/f", 0), Err(Errno::ReadOnly));
    assert_eq!(world.open_as(ROOT, "d/f", TRUNCATE, READ, 0), Err(Errno::ReadOnly));
    assert_eq!(world.open_as(ROOT, "new", CREATE, READ, 0), Err(Errno::ReadOnly));
    assert_eq!(world.open_as(ROOT, "d/f", CREATE, READ, 0), Ok(5));
    assert_eq!(world.mkdir("x"), Err(Errno::ReadOnly));
    assert_eq!(world.unlink("d/f"), Err(Errno::ReadOnly));
    assert_eq!(world.rmdir("d"), Err(Errno::ReadOnly));
    assert_eq!(world.rename("d/f", "g"), Err(Errno::ReadOnly));
    assert_eq!(world.link("d/f", "g"), Err(Errno::ReadOnly));
    assert_eq!(world.symlink("d/f", "g"), Err(Errno::ReadOnly));
    assert_eq!(world.call("fd_filestat_set_times", &[I(fd), L(0), L(0), I(2)]), Err(Errno::ReadOnly));
    assert_eq!(world.call("fd_filestat_set_size", &[I(fd), L(0)]), Err(Errno::BadDescriptor));
}
