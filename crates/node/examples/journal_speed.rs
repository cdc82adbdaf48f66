//! How fast the journal is beside the disk alone: `cargo run --release --example journal_speed [-- FOLDER]`.
//!
//! One line of JSON: p50 of an acknowledged message over p50 of one synced append of the same size to a file, and
//! messages a second when many come at once.

use sojourn_node::journal::{Journal, Kind, Settings};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

/// Bytes of a message: 64 of its own, and what it is wrapped in.
const MESSAGE: usize = 128;
const ROUNDS: usize = 10;
const IN_A_ROUND: usize = 100;
const FLOOD: u32 = 100_000;
/// Messages that come together, as from one frame of another node.
const TOGETHER: usize = 16;

fn main() {
    let given = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = given.unwrap_or_else(|| PathBuf::from(format!("journal-speed.{}", std::process::id())));
    let journal = Journal::open(&folder.join("journal"), Settings::default()).expect("a folder to write in");
    let (bare, acknowledged) = alone(&folder, &journal);
    let rate = flood(&journal);
    drop(journal);
    std::fs::remove_dir_all(&folder).expect("it is ours");
    let (bare, acknowledged) = (bare.as_secs_f64() * 1e6, acknowledged.as_secs_f64() * 1e6);
    println!(
        "{{\"fsync_p50_us\": {bare:.0}, \"durable_p50_us\": {acknowledged:.0}, \"durable_ratio\": {:.2}, \
         \"durable_msg_s\": {rate:.0}}}",
        acknowledged / bare
    );
}

/// Turn by turn, so that both see the same disk.
fn alone(folder: &Path, journal: &Journal) -> (Duration, Duration) {
    let path = folder.join("bare");
    let file = File::create(&path).expect("a file");
    let (mut bare, mut acknowledged, mut at) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        for _ in 0..IN_A_ROUND {
            let began = Instant::now();
            file.write_all_at(&[7; MESSAGE], at).and_then(|()| file.sync_data()).expect("room");
            bare.push(began.elapsed());
            at += MESSAGE as u64;
        }
        for _ in 0..IN_A_ROUND {
            let began = Instant::now();
            let told = journal.append_and_tell("atom", Kind::Post, vec![vec![7; MESSAGE]]);
            told.recv().expect("an answer").expect("room");
            acknowledged.push(began.elapsed());
        }
    }
    (middle(bare), middle(acknowledged))
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Many at once, each acknowledged.
fn flood(journal: &Journal) -> f64 {
    let (told, heard) = channel();
    let began = Instant::now();
    let mut under_way = 0;
    for _ in 0..FLOOD / u32::try_from(TOGETHER).expect("a few") {
        let told = told.clone();
        let done =
            Box::new(move |result: Result<u64, _>| told.send(result.is_ok()).expect("somebody listens"));
        journal.append("atom", Kind::Post, vec![vec![7; MESSAGE]; TOGETHER], done);
        under_way += 1;
        // As many as senders have on their way.
        while under_way > 256 {
            assert!(heard.recv().expect("an answer"), "it was refused");
            under_way -= 1;
        }
    }
    (0..under_way).for_each(|_| assert!(heard.recv().expect("an answer"), "it was refused"));
    f64::from(FLOOD) / began.elapsed().as_secs_f64()
}
