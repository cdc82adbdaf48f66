//! The same calls on a file system in memory and on this machine's: the same answers.

use super::files::on_disk;
use super::folder::Folder;
use super::world::{ALL, CREATE, DIRECTORY, EXCLUSIVE, Facts, I, L, READ, ROOT, TRUNCATE, WRITE, World};
use sojourn_host::Errno;

const PATHS: [&str; 16] = [
    "a",
    "b",
    "c",
    "a/b",
    "a/c",
    "b/a",
    "a/b/c",
    "..",
    ".",
    "a/..",
    "a/../b",
    "c/",
    "a/b/",
    "./b",
    "",
    "b/../../a",
];
const OPEN: [u32; 6] = [0, CREATE, CREATE | EXCLUSIVE, TRUNCATE, CREATE | TRUNCATE, DIRECTORY];

/// Numbers from a seed (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }
}

/// A call that both get.
#[derive(Clone, Copy, Debug)]
enum Step {
    Open(&'static str, u32, u64, u32),
    Close(u32),
    Read(u32, u32),
    Write(u32, u32),
    Pread(u32, u64),
    Pwrite(u32, u64),
    Seek(u32, i64, u32),
    Resize(u32, u64),
    Allocate(u32, u64),
    Names(u32),
    MakeDirectory(&'static str),
    RemoveDirectory(&'static str),
    Unlink(&'static str),
    Rename(&'static str, &'static str),
    Link(&'static str, &'static str),
    Symlink(&'static str, &'static str),
    ReadLink(&'static str),
    Stat(&'static str, u32),
    Fstat(u32),
    Times(u32, u64),
}

/// What a guest sees of a step, as far as two file systems must agree.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Nothing,
    Number(u64),
    Bytes(Vec<u8>),
    Names(Vec<String>),
    /// Kind; size and links of what is no directory.
    Facts(u8, Option<(u64, u64)>),
}

fn step(dice: &mut Dice) -> Step {
    let fd = u32::try_from(dice.below(6)).unwrap() + 3;
    let (path, other) = (dice.pick(&PATHS), dice.pick(&PATHS));
    let small = dice.below(40);
    match dice.below(24) {
        0..=3 => {
            let rights = dice.pick(&[ALL, ALL & !WRITE, READ | 1 << 14]);
            Step::Open(path, dice.pick(&OPEN), rights, dice.pick(&[0, 0, 1]))
        }
        4 => Step::Close(fd.max(4)),
        5 => Step::Read(fd, u32::try_from(small).unwrap()),
        6 => Step::Write(fd, u32::try_from(small).unwrap()),
        7 => Step::Pread(fd, small),
        8 => Step::Pwrite(fd, small),
        9 => Step::Seek(fd, small.cast_signed() - 20, dice.pick(&[0, 1, 2])),
        10 => Step::Resize(fd, small),
        11 => Step::Allocate(fd, small),
        12 => Step::Names(fd),
        13 | 14 => Step::MakeDirectory(path),
        15 => Step::RemoveDirectory(path),
        16 => Step::Unlink(path),
        17 => Step::Rename(path, other),
        18 => Step::Link(path, other),
        19 => Step::Symlink(path, other),
        20 => Step::ReadLink(path),
        21 => Step::Stat(path, dice.pick(&[0, 1])),
        22 => Step::Fstat(fd),
        _ => Step::Times(fd, small * 1_000_000_000),
    }
}

fn facts(facts: Facts) -> Seen {
    Seen::Facts(facts.kind, (facts.kind != 3).then_some((facts.size, facts.links)))
}

fn take(world: &mut World, step: Step) -> Result<Seen, Errno> {
    let done = |()| Seen::Nothing;
    let number = |number: u32| Seen::Number(number.into());
    match step {
        Step::Open(path, oflags, rights, flags) => {
            world.open_as(ROOT, path, oflags, rights, flags).map(number)
        }
        Step::Close(fd) => world.close(fd).map(done),
        Step::Read(fd, length) => world.read(fd, length).map(Seen::Bytes),
        Step::Write(fd, length) => world.write(fd, &b"0123456789".repeat(4)[..length as usize]).map(number),
        Step::Pread(fd, offset) => world.pread(fd, 30, offset).map(Seen::Bytes),
        Step::Pwrite(fd, offset) => world.pwrite(fd, b"hello", offset).map(number),
        Step::Seek(fd, distance, whence) => world.seek(fd, distance, whence).map(Seen::Number),
        Step::Resize(fd, size) => world.call("fd_filestat_set_size", &[I(fd), L(size)]).map(done),
        Step::Allocate(fd, size) => world.call("fd_allocate", &[I(fd), L(size), L(7)]).map(done),
        Step::Names(fd) => world.names(fd, 4096).map(Seen::Names),
        Step::MakeDirectory(path) => world.mkdir(path).map(done),
        Step::RemoveDirectory(path) => world.rmdir(path).map(done),
        Step::Unlink(path) => world.unlink(path).map(done),
        Step::Rename(from, to) => world.rename(from, to).map(done),
        Step::Link(from, to) => world.link(from, to).map(done),
        Step::Symlink(target, path) => world.symlink(target, path).map(done),
        Step::ReadLink(path) => world.readlink(path, 100).map(Seen::Bytes),
        Step::Stat(path, lookup) => world.stat(path, lookup).map(facts),
        Step::Fstat(fd) => world.fstat(fd).map(facts),
        Step::Times(fd, time) => {
            world.call("fd_filestat_set_times", &[I(fd), L(time), L(time), I(5)]).map(done)
        }
    }
}

#[test]
fn memory_and_disk_answer_the_same() {
    let seeds = if std::env::var_os("SOJOURN_SOAK").is_some() { 20_000 } else { 300 };
    for seed in 0..seeds {
        let folder = Folder::new();
        let (mut disk, mut memory) = (on_disk(folder.path()), World::with_memory());
        let dice = &mut Dice(seed);
        for n in 0..120 {
            let step = step(dice);
            let (disk, memory) = (take(&mut disk, step), take(&mut memory, step));
            assert_eq!(disk, memory, "disk and memory, seed {seed} step {n}: {step:?}");
        }
    }
}
