//! Runs as seeds make them: a thousand, or many more, or one of them again.

use sojourn_sim::{LINES, Plan, Summary, attempt, run};
use std::env;
use std::fs;
use std::panic;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Seeds of an ordinary test.
const SEEDS: u64 = 1000;
/// Seeds of a long one.
const SOAK: u64 = 100_000;

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().and_then(|text| text.parse().ok())
}

/// Runs seeds on all processors: each run is a thread's own. What the runs did, or the first that failed.
fn all(seeds: std::ops::Range<u64>) -> Result<Summary, String> {
    panic::set_hook(Box::new(|_| {}));
    let next = AtomicU64::new(seeds.start);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut sum = Summary::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return Ok(sum);
            }
            let run = run(&Plan::from_seed(seed)).map_err(|failure| {
                next.store(seeds.end, Ordering::Relaxed);
                failure.to_string()
            })?;
            add(&mut sum, &run);
        }
    };
    let results: Vec<Result<Summary, String>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().expect("a run does not panic")).collect()
    });
    let _ = panic::take_hook();
    let mut sum = Summary::default();
    for result in results {
        add(&mut sum, &result?);
    }
    Ok(sum)
}

fn add(sum: &mut Summary, run: &Summary) {
    sum.events += run.events;
    sum.frames += run.frames;
    sum.delivered += run.delivered;
    sum.steps += run.steps;
    for (sum, run) in sum.moves.iter_mut().zip(run.moves) {
        *sum += run;
    }
    sum.restored += run.restored;
    sum.killed += run.killed;
    sum.alive += run.alive;
    sum.lost += run.lost;
    sum.read += run.read;
    sum.letters += run.letters;
    sum.recovered += run.recovered;
    sum.settled_ns = sum.settled_ns.max(run.settled_ns);
}

#[test]
fn seeds_hold() {
    let first = number("SOJOURN_SEED").unwrap_or(0);
    let count =
        number("SOJOURN_SEEDS").unwrap_or(if env::var_os("SOJOURN_SOAK").is_some() { SOAK } else { SEEDS });
    let sum = all(first..first + count).unwrap_or_else(|failure| panic!("{failure}"));
    println!("{count} seeds: {sum:#?}");
    // The runs did what they are for.
    assert!(sum.moves[0] > count && sum.moves[1] > count / 2, "{:?}", sum.moves);
    assert!(sum.killed > count / 2 && sum.restored > count / 20, "{} {}", sum.killed, sum.restored);
    assert!(sum.read > 100 * count, "{}", sum.read);
    assert!(sum.letters > 20 * count && sum.recovered > count / 50, "{} {}", sum.letters, sum.recovered);
}

/// One seed, with its story: `SOJOURN_SEED=… cargo test … --test seeds replay -- --nocapture`, and
/// `SOJOURN_TRACE=…` for more lines.
#[test]
fn replay() {
    let seed = number("SOJOURN_SEED").unwrap_or(1);
    let lines = number("SOJOURN_TRACE").and_then(|lines| usize::try_from(lines).ok()).unwrap_or(LINES);
    match attempt(&Plan::from_seed(seed), lines) {
        Ok(summary) => println!("{summary:#?}"),
        Err(failure) => panic!("{failure}"),
    }
}

#[test]
fn a_seed_always_does_the_same() {
    for seed in [3, 17] {
        let plan = Plan::from_seed(seed);
        let twice = [run(&plan), run(&plan)].map(|result| result.map_err(|failure| failure.to_string()));
        assert_eq!(twice[0], twice[1]);
        assert_ne!(run(&Plan::from_seed(seed + 1)).ok(), twice[0].clone().ok());
    }
}

/// Nothing in the room knows the time of day, threads or hash maps.
#[test]
fn nothing_takes_part_but_the_seed() {
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for word in ["HashMap", "HashSet", "Instant", "SystemTime", "std::thread", "std::env"] {
                assert!(!text.contains(word), "{} names {word}", path.display());
            }
        }
    }
}
