//! A process that keeps images is killed at random moments: what it was told to be kept is there.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sojourn_image::{Image, ModuleHash};
use sojourn_node::images::{Images, Settings, Sync};

use crate::world::{Folder, Seed, image, kept, seed};

const ROUNDS: u64 = 30;
const ATOMS: u64 = 3;
const KEEP_PER_ATOM: usize = 4;
const FOLDER: &str = "SOJOURN_IMAGES_CRASH";
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
    let images = Images::open(Path::new(&folder), SETTINGS).unwrap();
    let mut out = std::io::stdout();
    let mut tell = |line: String| {
        out.write_all(format!("\n{line}\n").as_bytes()).and_then(|()| out.flush()).unwrap();
    };
    for step in 0.. {
        let atom = step % ATOMS;
        let name = format!("atom-{atom}");
        let sequence = images.newest(&name).unwrap().map_or(1, |newest| newest.sequence + 1);
        images.record(&name, sequence, b"kept next", Sync::Process).unwrap();
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

fn child(folder: &Path) -> Child {
    let arguments = ["crash::keeps_until_it_is_killed", "--exact", "--ignored", "--nocapture"];
    let program = std::env::current_exe().unwrap();
    Command::new(program).args(arguments).env(FOLDER, folder).stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
fn nothing_that_was_told_is_lost_when_the_process_is_killed() {
    let mut random = Seed(seed());
    let folder = Folder::new();
    let mut told = Told::default();
    for round in 0..ROUNDS {
        let mut child = child(folder.path());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Every third time it is killed while it opens what the last one left.
        let mut left = if round % 3 == 2 { 0 } else { 1 + random.below(30) };
        while left > 0 {
            let line = lines.next().expect("it ends only when it is killed").unwrap();
            left -= u64::from(told.hear(&line).is_some());
        }
        let moment = Duration::from_micros(random.below(20_000));
        let start = Instant::now();
        while start.elapsed() < moment {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        lines.map_while(Result::ok).for_each(|line| _ = told.hear(&line));
        check(folder.path(), &mut told);
    }
    assert!(told.kept.values().sum::<u64>() > ROUNDS, "{:?}", told.kept);
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
