//! A process that keeps images is killed at random moments, or loses its disk's power: what it told is there.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sojourn_image::{Image, ModuleHash};
use sojourn_node::images::{Images, Settings, Sync};

use crate::world::{Folder, Seed, image, kept, own_mounts, seed};

const ROUNDS: u64 = 30;
const POWER_CUTS: u64 = 10;
const ATOMS: u64 = 3;
const KEEP_PER_ATOM: usize = 4;
const FOLDER: &str = "SOJOURN_IMAGES_CRASH";
/// Set when decisions are to survive a power cut.
const DISK: &str = "SOJOURN_IMAGES_DISK";
const SETTINGS: Settings =
    Settings { keep_per_atom: KEEP_PER_ATOM, max_bytes: u64::MAX, cache_bytes: 1 << 20 };

/// The image that an atom has at this number: chunk i changes at every (i + 1)th, so that packs thin out.
fn image_of(atom: u64, sequence: u64) -> Image {
    let chunks: Vec<_> =
        (0..6).map(|chunk| 1 + atom * 1_000_000 + chunk * 100_000 + sequence / (chunk + 1)).collect();
    image(&chunks)
}

/// Keeps images and tells each on standard output, until it is killed.
#[test]
#[ignore = "a process for the test below, which kills it"]
fn keeps_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let sync = if std::env::var_os(DISK).is_some() { Sync::Disk } else { Sync::Process };
    let images = Images::open(Path::new(&folder), SETTINGS).unwrap();
    let mut out = std::io::stdout();
    let mut tell = |line: String| {
        out.write_all(format!("\n{line}\n").as_bytes()).and_then(|()| out.flush()).unwrap();
    };
    for step in 0.. {
        let atom = step % ATOMS;
        let name = format!("atom-{atom}");
        let sequence = images.newest(&name).unwrap().map_or(1, |newest| newest.sequence + 1);
        images.record(&name, sequence, b"kept next", sync).unwrap();
        tell(format!("decided {atom} {sequence}"));
        images.keep(&kept(&name, 1, sequence), &image_of(atom, sequence)).unwrap();
        tell(format!("kept {atom} {sequence}"));
        let wasm = sequence.to_le_bytes();
        images.keep_module(&ModuleHash::of(&wasm), &wasm).unwrap();
        tell(format!("module {sequence} 0"));
    }
}

/// What was told.
#[derive(Default)]
struct Told {
    kept: BTreeMap<u64, u64>,
    decided: BTreeMap<u64, u64>,
    modules: Vec<u64>,
}

impl Told {
    fn hear(&mut self, line: &str) -> Option<()> {
        let mut words = line.split(' ');
        let (kind, first, second) = (words.next()?, words.next()?, words.next()?);
        let (first, second) = (first.parse().ok()?, second.parse().ok()?);
        match kind {
            "kept" => drop(self.kept.insert(first, second)),
            "decided" => drop(self.decided.insert(first, second)),
            "module" => self.modules.push(first),
            _ => return None,
        }
        Some(())
    }
}

fn child(folder: &Path, sync: Sync) -> Child {
    let arguments = ["crash::keeps_until_it_is_killed", "--exact", "--ignored", "--nocapture"];
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new(program);
    command.args(arguments).env(FOLDER, folder).stdout(Stdio::piped());
    if sync == Sync::Disk {
        command.env(DISK, "1");
    }
    command.spawn().unwrap()
}

/// Waits a random time that is too short to do anything else in.
pub fn pass(random: &mut Seed) {
    let moment = Duration::from_micros(random.below(20_000));
    let start = Instant::now();
    while start.elapsed() < moment {
        std::hint::spin_loop();
    }
}

#[test]
fn nothing_that_was_told_is_lost_when_the_process_is_killed() {
    let mut random = Seed(seed());
    let folder = Folder::new();
    let mut told = Told::default();
    for round in 0..ROUNDS {
        let mut child = child(folder.path(), Sync::Process);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Every third time it is killed while it opens what the last one left.
        let mut left = if round % 3 == 2 { 0 } else { 1 + random.below(30) };
        while left > 0 {
            let line = lines.next().expect("it ends only when it is killed").unwrap();
            left -= u64::from(told.hear(&line).is_some());
        }
        pass(&mut random);
        child.kill().unwrap();
        child.wait().unwrap();
        lines.map_while(Result::ok).for_each(|line| _ = told.hear(&line));
        check(folder.path(), &mut told);
    }
    assert!(told.kept.values().sum::<u64>() > ROUNDS, "{:?}", told.kept);
}

/// A file system in a file: what has not been synced is not in the file.
pub fn mount(disk: &Path, place: &Path) {
    // So the system syncs nothing by itself while a test runs.
    let mounted =
        Command::new("mount").args(["-o", "loop,commit=300"]).arg(disk).arg(place).status().unwrap();
    assert!(mounted.success(), "{mounted}");
}

pub fn unmount(place: &Path) {
    // A process that another test is just starting has our files too, until it is another program.
    let start = Instant::now();
    while !Command::new("umount").arg(place).status().unwrap().success() {
        assert!(start.elapsed() < Duration::from_mins(1), "the file system is still in use");
    }
}

/// Stops a process between two calls of the system.
pub fn halt(child: &Child) {
    let process = i32::try_from(child.id()).unwrap();
    let mut status = 0;
    // SAFETY: the process is our child, and the status lives until the calls return.
    let stopped = unsafe {
        libc::kill(process, libc::SIGSTOP);
        libc::waitpid(process, &raw mut status, libc::WUNTRACED)
    };
    assert!(stopped == process && libc::WIFSTOPPED(status), "status {status}");
}

#[test]
fn nothing_that_was_told_is_lost_when_the_power_is_cut() {
    let mut random = Seed(seed());
    let folder = Folder::new();
    let [disk, cut, place] = ["disk", "cut", "place"].map(|name| folder.path().join(name));
    std::fs::create_dir(&place).unwrap();
    std::fs::File::create(&disk).unwrap().set_len(96 << 20).unwrap();
    let made = Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&disk).status();
    if own_mounts().is_none() || !made.is_ok_and(|status| status.success()) {
        eprintln!("a file system of its own needs more rights than there are");
        return;
    }
    let mut told = Told::default();
    for _ in 0..POWER_CUTS {
        mount(&disk, &place);
        let mut child = child(&place, Sync::Disk);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut left = 1 + random.below(40);
        while left > 0 {
            let line = lines.next().expect("it ends only when it is killed").unwrap();
            left -= u64::from(told.hear(&line).is_some());
        }
        pass(&mut random);
        halt(&child);
        // What a machine without power would still have.
        std::fs::copy(&disk, &cut).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        lines.map_while(Result::ok).for_each(|line| _ = told.hear(&line));
        unmount(&place);
        std::fs::rename(&cut, &disk).unwrap();
        mount(&disk, &place);
        check(&place, &mut told);
        unmount(&place);
    }
}

fn check(folder: &Path, told: &mut Told) {
    let images = Images::open(folder, SETTINGS).unwrap();
    for info in images.list(None).unwrap() {
        let atom = info.atom.strip_prefix("atom-").unwrap().parse().unwrap();
        assert!(images.load(info.id).unwrap().image == image_of(atom, info.sequence), "{info:?}");
    }
    for (atom, last) in &mut told.kept {
        let sequences: Vec<_> = images
            .list(Some(&format!("atom-{atom}")))
            .unwrap()
            .into_iter()
            .map(|info| info.sequence)
            .collect();
        // One more may be there that it had no time to tell; then the oldest has gone for it.
        let expected: Vec<_> = (1..=*last).rev().take(KEEP_PER_ATOM - 1).collect();
        assert!(expected.iter().all(|sequence| sequences.contains(sequence)), "{sequences:?}, told {last}");
        assert!(sequences.len() <= KEEP_PER_ATOM, "{sequences:?}");
        *last = sequences.last().copied().unwrap_or(*last);
    }
    let decisions = images.decisions();
    for (atom, last) in &told.decided {
        let there =
            |one: &sojourn_node::images::Decision| one.atom == format!("atom-{atom}") && one.epoch == *last;
        assert!(decisions.iter().any(there), "atom {atom}, epoch {last}");
    }
    for number in &told.modules {
        let wasm = number.to_le_bytes();
        assert_eq!(images.module(&ModuleHash::of(&wasm)).unwrap().as_deref(), Some(&wasm[..]));
    }
    let usage = images.usage().unwrap();
    assert!(usage.disk_bytes <= 2 * usage.held_bytes + (6 << 16) * ATOMS, "{usage:?}");
}
