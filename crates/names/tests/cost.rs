//! What look-ups cost among ten thousand names, also with patterns that are made to be slow. Bounds are far above what a
//! slow machine takes, and far below what a pattern that is not matched in linear time would take.

use sojourn_abi::Alias;
use sojourn_names::{Pattern, Table, global};
use std::time::{Duration, Instant};

const NAMES: usize = 10_000;

fn table() -> Table {
    let mut table = Table::new("node-0");
    for number in 0..NAMES {
        let alias = Alias { scope: "topic".into(), alias: format!("sensors/{}/{number}", "a".repeat(30)) };
        let node = format!("node-{}", number % 7);
        table.set(&global(&node, &format!("atom-{number}")), &node, vec![alias]);
    }
    table
}

fn find(table: &Table, scope: &str, pattern: &str) -> (usize, Duration) {
    let began = Instant::now();
    let pattern = Pattern::new(pattern).unwrap_or_else(|error| panic!("{error}"));
    let mut search = pattern.search();
    let found = table.candidates(scope).iter().filter(|each| each.fits(&mut search)).count();
    (found, began.elapsed())
}

#[test]
fn patterns_among_ten_thousand_names() {
    let table = table();
    let cases = [
        ("", "atom-4711", 1),
        ("", "node-3/.*", NAMES / 7 + 1),
        ("", r"atom-\d*7", NAMES / 10),
        ("topic", "sensors/.*/12.*", 111),
        ("topic", "(a?){99}b", 0),
        ("topic", "sensors/(a*)*(a|aa)*/.*[^0-9]", 0),
        ("topic", ".*a.{20}b.*", 0),
    ];
    for (scope, pattern, expected) in cases {
        // The best of a few: others may use the machine.
        let (found, took) =
            (0..5).map(|_| find(&table, scope, pattern)).min_by_key(|(_, took)| *took).expect("five");
        println!("{pattern:>32} {took:?}");
        assert_eq!(found, expected, "{pattern}");
        assert!(took < Duration::from_mins(1), "{pattern} took {took:?}");
    }
}
