//! The table against a list that is looked through from end to end, while atoms begin, move, end and nodes come and go.

use sojourn_abi::Alias;
use sojourn_names::{Candidate, Pattern, Table, global, is_global};

const NODES: u64 = 4;
const LOCALS: u64 = 7;
const STEPS: u64 = 400;
const SCOPES: [&str; 3] = ["topic", "role", "zone"];
const WORDS: [&str; 5] = ["hot", "hotter", "cold", "küche/1", "a.b"];

/// `SplitMix64` (Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    fn pick<'c>(&mut self, choices: &[&'c str]) -> &'c str {
        choices[usize::try_from(self.below(choices.len() as u64)).expect("an index")]
    }
}

/// One atom, as the list has it.
#[derive(Clone, Debug)]
struct Known {
    birth: String,
    local: String,
    node: String,
    aliases: Vec<Alias>,
}

/// What is told apart by going through all there is.
#[derive(Default)]
struct Model {
    atoms: Vec<Known>,
    met: Vec<String>,
}

fn node(number: u64) -> String {
    format!("node-{number}")
}

impl Model {
    fn distance(&self, known: &Known) -> u8 {
        if known.node == node(0) {
            0
        } else if self.met.contains(&known.node) {
            1
        } else {
            2
        }
    }

    fn resolve(&self, name: &str) -> Option<String> {
        let named =
            |known: &&Known| format!("{}/{}", known.birth, known.local) == name || known.local == name;
        let meant = self.atoms.iter().filter(named);
        let best = meant.min_by_key(|known| (self.distance(known), global(&known.birth, &known.local)))?;
        Some(global(&best.birth, &best.local))
    }

    fn find(&self, scope: &str, pattern: &Glob) -> Vec<(u8, String)> {
        let fits = |known: &&Known| {
            if scope.is_empty() {
                pattern.fits(&global(&known.birth, &known.local)) || pattern.fits(&known.local)
            } else {
                known.aliases.iter().any(|alias| alias.scope == scope && pattern.fits(&alias.alias))
            }
        };
        let found = self.atoms.iter().filter(fits);
        let mut names: Vec<(u8, String)> =
            found.map(|known| (self.distance(known), global(&known.birth, &known.local))).collect();
        names.sort_by(|(_, a), (_, b)| a.cmp(b));
        names
    }
}

/// A pattern that is matched letter by letter, trying everything: alternatives of letters, `?` for any letter, `*` for
/// any letters.
#[derive(Debug)]
struct Glob(Vec<Vec<char>>);

impl Glob {
    fn random(random: &mut Random) -> Self {
        let alternatives = 1 + random.below(2);
        let words = (0..alternatives).map(|_| {
            let whole = match random.below(4) {
                0 => global(&node(random.below(NODES)), &format!("a{}", random.below(LOCALS))),
                1 => format!("a{}", random.below(LOCALS)),
                2 => random.pick(&WORDS).into(),
                _ => random.pick(&["", "*", "node-*", "*1", "?1", "*/*", "??"]).into(),
            };
            let mut letters: Vec<char> = whole.chars().collect();
            if !letters.is_empty() {
                let place = usize::try_from(random.below(letters.len() as u64)).expect("an index");
                match random.below(4) {
                    0 => letters[place] = '?',
                    1 => letters[place] = '*',
                    2 => letters.truncate(place),
                    _ => {}
                }
            }
            letters
        });
        Self(words.collect())
    }

    fn fits(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        self.0.iter().any(|word| fits(word, &text))
    }

    /// The same as a regular expression.
    fn pattern(&self) -> Pattern {
        let letter = |letter: &char| match letter {
            '?' => ".".into(),
            '*' => ".*".into(),
            '.' => r"\.".into(),
            other => other.to_string(),
        };
        let words: Vec<String> = self.0.iter().map(|word| word.iter().map(letter).collect()).collect();
        Pattern::new(&words.join("|")).expect("a pattern")
    }
}

fn fits(word: &[char], text: &[char]) -> bool {
    match (word, text) {
        ([], []) => true,
        (['*', rest @ ..], _) => (0..=text.len()).any(|skipped| fits(rest, &text[skipped..])),
        (['?', rest @ ..], [_, text @ ..]) => fits(rest, text),
        ([letter, rest @ ..], [first, text @ ..]) => letter == first && fits(rest, text),
        _ => false,
    }
}

fn aliases(random: &mut Random) -> Vec<Alias> {
    let count = random.below(4);
    let alias = |_| Alias { scope: random.pick(&SCOPES).into(), alias: random.pick(&WORDS).into() };
    (0..count).map(alias).collect()
}

fn step(random: &mut Random, table: &mut Table, model: &mut Model) {
    let (birth, local) = (node(random.below(NODES)), format!("a{}", random.below(LOCALS)));
    let name = global(&birth, &local);
    let place = model.atoms.iter().position(|known| known.birth == birth && known.local == local);
    match (random.below(6), place) {
        // Begins, or is restored elsewhere; also what the table has is said again.
        (0 | 1, place) => {
            let known = Known { birth, local, node: node(random.below(NODES)), aliases: aliases(random) };
            table.set(&name, &known.node, known.aliases.clone());
            place.map(|place| model.atoms.remove(place));
            model.atoms.push(known);
        }
        // Moves.
        (2, Some(place)) => {
            model.atoms[place].node = node(random.below(NODES));
            table.set(&name, &model.atoms[place].node, model.atoms[place].aliases.clone());
        }
        (3, Some(place)) => {
            model.atoms[place].aliases = aliases(random);
            table.set(&name, &model.atoms[place].node, model.atoms[place].aliases.clone());
        }
        (4, place) => {
            table.remove(&name);
            place.map(|place| model.atoms.remove(place));
        }
        // A node joins, or leaves.
        _ => {
            let node = node(random.below(NODES));
            model.met.retain(|known| *known != node);
            if random.below(2) == 0 {
                table.met(&node);
                model.met.push(node);
            } else {
                table.parted(&node);
            }
        }
    }
}

fn compare(random: &mut Random, table: &Table, model: &Model, seed: u64) {
    let local = format!("a{}", random.below(LOCALS));
    for name in [local.clone(), global(&node(random.below(NODES)), &local), "nobody".into()] {
        let meant = table.resolve(&name).map(|row| row.name.clone());
        assert_eq!(meant, model.resolve(&name), "seed {seed}: {name}");
    }
    let (glob, scope) = (Glob::random(random), random.pick(&["", "topic", "role", "zone", "none"]));
    let pattern = glob.pattern();
    let expected = model.find(scope, &glob);
    let names = |candidates: Vec<Candidate>| -> Vec<String> {
        let mut search = pattern.search();
        candidates.iter().filter(|each| each.fits(&mut search)).map(|each| each.row.name.clone()).collect()
    };
    let all: Vec<String> = expected.iter().map(|(_, name)| name.clone()).collect();
    assert_eq!(names(table.candidates(scope)), all, "seed {seed}: {glob:?} in {scope:?}");
    let any = names(table.nearest_first(scope)).into_iter().next();
    assert_eq!(
        any,
        expected.into_iter().min().map(|(_, name)| name),
        "seed {seed}: any {glob:?} in {scope:?}"
    );
}

#[test]
fn the_table_says_what_a_look_through_all_there_is_says() {
    for seed in 0..40 {
        let (mut random, mut model) = (Random(seed), Model::default());
        let mut table = Table::new(&node(0));
        for _ in 0..STEPS {
            step(&mut random, &mut table, &mut model);
            compare(&mut random, &table, &model, seed);
            assert_eq!(table.len(), model.atoms.len());
        }
        for known in &model.atoms {
            let name = global(&known.birth, &known.local);
            assert!(is_global(&name));
            let row = table.get(&name).expect("it runs");
            assert_eq!((&row.node, &row.aliases), (&known.node, &known.aliases));
            table.remove(&name);
        }
        assert!(table.is_empty() && SCOPES.iter().all(|scope| table.candidates(scope).is_empty()));
    }
}

#[test]
fn an_atom_keeps_no_more_aliases_than_it_may() {
    let alias = |number| Alias { scope: "s".into(), alias: format!("{number}") };
    let mut table = Table::new("a");
    table.set("a/x", "a", (0..1000).map(alias).collect());
    assert_eq!(table.get("a/x").map(|row| row.aliases.len()), Some(sojourn_names::limit::ALIASES));
}

#[test]
fn what_cannot_be_a_name_is_left_out_whoever_told_it() {
    let alias = |scope: &str, alias: &str| Alias { scope: scope.into(), alias: alias.into() };
    let mut table = Table::new("a");
    for name in ["a/x\u{1b}[2J", "a/", "A/x", "a/b/c", ""] {
        table.set(name, "a", Vec::new());
    }
    assert!(table.is_empty());
    table.set("a/x", "a", vec![alias("s", "a\nb"), alias("s:t", "a"), alias("s", "good")]);
    assert_eq!(table.get("a/x").map(|row| row.aliases.clone()), Some(vec![alias("s", "good")]));
    table.set("a/.hidden", "a", vec![alias("s", "good")]);
    assert!(table.resolve(".hidden").is_some());
    assert_eq!((table.candidates("").len(), table.candidates("s").len()), (1, 2));
}
