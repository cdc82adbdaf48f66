//! A process that journals is killed at random moments, or loses its disk's power: what it told is there, in order.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use sojourn_node::journal::{Cut, Journal, Kind, Settings};

use crate::crash::{halt, mount, pass, unmount};
use crate::world::{Folder, Seed, own_mounts, seed};

const POWER_CUTS: u64 = 8;
const ATOMS: u64 = 4;
const FOLDER: &str = "SOJOURN_JOURNAL_CRASH";
const SMALL: Settings = Settings { segment_bytes: 64 << 10, max_bytes: 1 << 30 };

fn rounds() -> u64 {
    if std::env::var_os("SOJOURN_SOAK").is_some() { 500 } else { 30 }
}

fn number_of(content: &[u8]) -> u64 {
    u64::from_le_bytes(content[..8].try_into().unwrap())
}

/// Journals numbers of several atoms, and tells each on standard output, until it is killed.
#[test]
#[ignore = "a process for the tests below, which kill it"]
fn journals_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let journal = Journal::open(Path::new(&folder), SMALL).unwrap();
    let out = Arc::new(Mutex::new(std::io::stdout()));
    let tell = move |line: String| {
        let mut out = out.lock().unwrap();
        out.write_all(format!("\n{line}\n").as_bytes()).and_then(|()| out.flush()).unwrap();
    };
    let mut next: Vec<u64> = (0..ATOMS)
        .map(|atom| {
            let there = journal.entries(&format!("atom-{atom}")).unwrap();
            there.last().map_or(1, |entry| number_of(&entry.content) + 1)
        })
        .collect();
    let mut before: Option<(u64, Vec<u64>)> = None;
    for step in 0_u64.. {
        let atom = step % ATOMS;
        let name = format!("atom-{atom}");
        let number = &mut next[usize::try_from(atom).unwrap()];
        let content = |number: u64| {
            let mut content = number.to_le_bytes().to_vec();
            content.resize(8 + usize::try_from(number % 300).unwrap(), 7);
            content
        };
        let contents = vec![content(*number), content(*number + 1)];
        *number += 2;
        let (say, told) = (tell.clone(), *number - 1);
        let done = Box::new(move |result: Result<u64, _>| {
            result.unwrap();
            say(format!("there {atom} {told}"));
        });
        journal.append(&name, Kind::Post, contents, done);
        if step % 64 == 63 {
            // Not too far ahead of what is written, and nothing needed of what was long ago.
            let all = journal.append_and_tell("other", Kind::Change, vec![vec![1]]);
            let sequence = all.recv().unwrap().unwrap();
            if let Some((last, numbers)) = before.replace((sequence, next.clone())) {
                for (atom, number) in (0..).zip(numbers).filter(|(atom, _)| *atom != 0 || step % 1024 == 1023)
                {
                    tell(format!("cut {atom} {}", number - 1));
                    journal.cut(&format!("atom-{atom}"), Cut::all(last));
                }
                journal.cut("other", Cut::all(last));
            }
        }
    }
}

fn child(folder: &Path) -> Child {
    let arguments = ["journal_crash::journals_until_it_is_killed", "--exact", "--ignored", "--nocapture"];
    let program = std::env::current_exe().unwrap();
    Command::new(program).args(arguments).env(FOLDER, folder).stdout(Stdio::piped()).spawn().unwrap()
}

/// What was told of an atom.
#[derive(Debug, Default)]
struct Told {
    /// The last number that is there.
    there: u64,
    /// Up to here nothing is needed.
    cut: u64,
}

type All = BTreeMap<u64, Told>;

fn hear(told: &mut All, line: &str) -> bool {
    let mut words = line.split(' ');
    let mut parse = || Some((words.next()?, words.next()?.parse().ok()?, words.next()?.parse().ok()?));
    let Some((what, atom, number)) = parse() else { return false };
    let atom = told.entry(atom).or_default();
    match what {
        "there" => atom.there = number,
        "cut" => atom.cut = number,
        _ => return false,
    }
    true
}

fn check(folder: &Path, told: &mut All) {
    let journal = Journal::open(folder, SMALL).unwrap();
    for (atom, told) in told {
        let entries = journal.entries(&format!("atom-{atom}")).unwrap();
        let there: Vec<u64> = entries.iter().map(|entry| number_of(&entry.content)).collect();
        let last = *there.last().expect("what came last is never cut");
        assert!(last >= told.there, "atom {atom}: {told:?}, {last} is there");
        assert!(there.is_sorted_by(|one, next| one < next), "atom {atom}: {there:?}");
        // Of those that are not needed any more some may be there again.
        let needed: Vec<u64> = there.into_iter().filter(|number| *number > told.cut).collect();
        assert!(needed.iter().copied().eq(told.cut + 1..=last), "atom {atom}: {told:?}, {needed:?}");
        // What was on its way counts from now on.
        told.there = last;
    }
}

#[test]
fn nothing_that_was_told_is_lost_when_the_process_is_killed() {
    let mut random = Seed(seed());
    let folder = Folder::new();
    let mut told = All::new();
    for round in 0..rounds() {
        let mut child = child(folder.path());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Every third time it is killed while it opens what the last one left.
        let mut left = if round % 3 == 2 { 0 } else { 1 + random.below(3000) };
        while left > 0 {
            let line = lines.next().expect("it ends only when it is killed").unwrap();
            left -= u64::from(hear(&mut told, &line));
        }
        pass(&mut random);
        child.kill().unwrap();
        child.wait().unwrap();
        lines.map_while(Result::ok).for_each(|line| _ = hear(&mut told, &line));
        check(folder.path(), &mut told);
    }
    assert!(told.values().map(|told| told.there).sum::<u64>() > 10_000, "{told:?}");
}

#[test]
fn nothing_that_was_told_is_lost_when_the_power_is_cut() {
    let mut random = Seed(seed());
    let folder = Folder::new();
    let [disk, cut, place] = ["disk", "cut", "place"].map(|name| folder.path().join(name));
    std::fs::create_dir(&place).unwrap();
    std::fs::File::create(&disk).unwrap().set_len(64 << 20).unwrap();
    let made = Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&disk).status();
    if own_mounts().is_none() || !made.is_ok_and(|status| status.success()) {
        eprintln!("a file system of its own needs more rights than there are");
        return;
    }
    let mut told = All::new();
    for _ in 0..POWER_CUTS {
        mount(&disk, &place);
        let mut child = child(&place.join("journal"));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut left = 1 + random.below(1000);
        while left > 0 {
            let line = lines.next().expect("it ends only when it is killed").unwrap();
            left -= u64::from(hear(&mut told, &line));
        }
        pass(&mut random);
        halt(&child);
        // What a machine without power would still have.
        std::fs::copy(&disk, &cut).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        lines.map_while(Result::ok).for_each(|line| _ = hear(&mut told, &line));
        unmount(&place);
        std::fs::rename(&cut, &disk).unwrap();
        mount(&disk, &place);
        check(&place.join("journal"), &mut told);
        unmount(&place);
    }
    assert!(told.values().map(|told| told.there).sum::<u64>() > POWER_CUTS, "{told:?}");
}
