//! Aliases: told by whoever speaks for an atom, known everywhere, also while others are away.

mod world;

use sojourn_abi::{Alias, MoveState};
use sojourn_kernel::{Input, Output};
use std::collections::BTreeMap;
use world::{MS, Network, Random, SECOND, World, settings};

fn alias(name: &str) -> Alias {
    Alias { scope: "topic".into(), alias: name.into() }
}

impl World {
    fn alias(&mut self, at: &str, atom: &str, names: &[&str]) {
        let aliases = names.iter().map(|name| alias(name)).collect();
        self.tell(at, Input::Alias { atom: atom.into(), aliases });
    }

    fn aliases(&self, at: &str, atom: &str) -> Vec<String> {
        self.kernels[at].aliases(atom).into_iter().map(|alias| alias.alias).collect()
    }

    fn all_know(&self, atom: &str, names: &[&str]) {
        for at in self.kernels.keys() {
            assert_eq!(self.aliases(at, atom), names, "at {at}");
        }
    }
}

#[test]
fn aliases_are_known_everywhere_and_change() {
    let mut world = World::of(&["a", "b", "c"]);
    world.own("a", "a/x", 1 << 32);
    world.alias("a", "a/x", &["one"]);
    world.run(SECOND);
    world.all_know("a/x", &["one"]);
    world.alias("a", "a/x", &["one", "two"]);
    world.alias("a", "a/x", &["two"]);
    world.run(SECOND);
    world.all_know("a/x", &["two"]);
    let told =
        |output: &Output| matches!(output, Output::Located { aliases, .. } if *aliases == [alias("two")]);
    assert!(world.saw("b", told) && world.saw("a", told), "each change is told to the node");
    world.tell("a", Input::Ended { atom: "a/x".into() });
    world.run(SECOND);
    world.all_know("a/x", &[]);
    world.alias("b", "a/x", &["not mine"]);
    world.alias("a", "a/x", &["over"]);
    world.run(SECOND);
    world.all_know("a/x", &[]);
}

#[test]
fn aliases_move_with_their_atom_and_the_new_owner_changes_them() {
    let mut world = World::of(&["a", "b", "c"]);
    world.own("a", "a/x", 1 << 32);
    for version in 0..10 {
        world.alias("a", "a/x", &[["even", "odd"][version % 2]]);
    }
    world.run(SECOND);
    world.start_move("a", 1, "a/x", "b");
    world.until(SECOND, "it moves", |world| world.moved(1).is_some());
    world.run(SECOND);
    assert_eq!(world.speakers("a/x"), [("b".to_string(), (1 << 32) + 1)]);
    world.all_know("a/x", &["odd"]);
    // The first change at the new owner counts more than all at the one before.
    world.alias("b", "a/x", &["new"]);
    world.run(SECOND);
    world.all_know("a/x", &["new"]);
    world.alias("a", "a/x", &["late"]);
    world.run(SECOND);
    world.all_know("a/x", &["new"]);
}

#[test]
fn what_a_held_atom_says_of_its_aliases_counts_when_it_is_owned() {
    for arrives in [true, false] {
        let mut world = World::of(&["a", "b"]);
        world.own("a", "a/x", 1);
        world.alias("a", "a/x", &["old"]);
        world.run(SECOND);
        world.automatic.remove("b");
        world.start_move("a", 1, "a/x", "b");
        world.run(50 * MS);
        let epoch = 1;
        world.tell("b", Input::Taken { atom: "a/x".into(), epoch });
        world.until(SECOND, "all of it comes", |world| {
            world.saw("b", |output| matches!(output, Output::Build { .. }))
        });
        world.alias("b", "a/x", &["new"]);
        assert_eq!(world.aliases("b", "a/x"), ["new"], "it sees its own");
        world.run(50 * MS);
        assert_eq!(world.aliases("a", "a/x"), ["old"], "others do not");
        if arrives {
            world.tell("b", Input::Built { atom: "a/x".into(), epoch });
        } else {
            let (code, text) = (sojourn_abi::Code::NoRoom, "no".to_string());
            world.tell("b", Input::Declined { atom: "a/x".into(), epoch, code, text });
        }
        world.run(SECOND);
        world.all_know("a/x", if arrives { &["new"] } else { &["old"] });
    }
}

#[test]
fn a_restored_atom_has_the_aliases_that_its_node_tells() {
    let mut world = World::of(&["a", "b", "c"]);
    world.own("a", "a/x", 1 << 32);
    world.alias("a", "a/x", &["one"]);
    world.run(SECOND);
    world.cut("a", "b");
    world.cut("a", "c");
    world.own("b", "a/x", 2 << 32);
    world.alias("b", "a/x", &["image"]);
    world.alias("a", "a/x", &["cut off"]);
    world.run(20 * SECOND);
    assert_eq!(world.aliases("c", "a/x"), ["image"]);
    world.heal();
    world.run(60 * SECOND);
    world.all_know("a/x", &["image"]);
}

#[test]
fn names_of_a_lost_node_stay_known_also_to_those_who_come_later() {
    let mut world = World::of(&["a", "b", "c"]);
    world.own("a", "a/x", 1 << 32);
    world.alias("a", "a/x", &["one"]);
    world.own("a", "a/y", 1 << 32);
    world.run(SECOND);
    world.kernels.remove("a");
    world.down("b", "a", 100);
    world.down("c", "a", 100);
    world.run(60 * SECOND);
    world.add(settings("d", 7));
    world.meet();
    world.run(SECOND);
    for at in ["b", "c", "d"] {
        let place = world.kernels[at].place("a/x").expect("known");
        assert_eq!((place.node.as_str(), place.alive), ("a", true), "at {at}");
    }
    world.all_know("a/x", &["one"]);
    // Another process of that name has none of them: they have ended.
    world.restart("a", 101);
    world.meet();
    world.run(60 * SECOND);
    for at in ["a", "b", "c", "d"] {
        assert!(!world.kernels[at].place("a/x").expect("known").alive, "at {at}");
    }
    world.all_know("a/x", &[]);
}

#[test]
fn a_node_that_joins_gets_all_names_a_few_at_a_time() {
    const ATOMS: usize = 10_000;
    let mut world = World::of(&["a", "b"]);
    let now = world.now;
    let kernel = world.kernels.get_mut("a").expect("there");
    for number in 0..ATOMS {
        let atom = format!("a/atom-{number}");
        kernel.handle(Input::own(&atom, 1 << 32), now);
        let aliases = vec![alias(&format!("t-{number}"))];
        kernel.handle(Input::Alias { atom, aliases }, now);
    }
    world.pump();
    world.run(10 * SECOND);
    world.add(settings("c", 9));
    world.meet();
    let mut most = 0;
    let until = world.now + 10 * SECOND;
    while world.step(until) {
        most = most.max(world.frames.len());
        assert!(world.frames.values().all(|(_, frame)| frame.len() < 4096), "frames stay small");
        world.log.clear();
    }
    assert!(most < 4 * 256, "{most} frames at once");
    for at in ["b", "c"] {
        assert_eq!(world.kernels[at].places().len(), ATOMS, "at {at}");
        assert_eq!(world.aliases(at, "a/atom-4711"), ["t-4711"], "at {at}");
    }
}

/// What is so, whoever knows it.
#[derive(Default)]
struct Truth(BTreeMap<String, (String, Vec<String>)>);

impl World {
    /// Something happens to an atom that somebody speaks for, or to a node.
    fn stir(&mut self, truth: &mut Truth, names: &[&str], turn: u64) {
        let atoms: Vec<String> = truth.0.keys().cloned().collect();
        let node = names[self.random.index(names.len())].to_string();
        let atom = atoms.get(self.random.index(atoms.len().max(1))).cloned();
        match (self.random.below(8), atom) {
            (0 | 1, _) | (_, None) => {
                let atom = format!("{node}/{turn}");
                self.own(&node, &atom, 1 << 32);
                truth.0.insert(atom, (node, Vec::new()));
            }
            (2..=4, Some(atom)) => {
                let aliases: Vec<String> = (0..self.random.below(4)).map(|n| format!("{turn}-{n}")).collect();
                let shown: Vec<&str> = aliases.iter().map(String::as_str).collect();
                let (owner, known) = truth.0.get_mut(&atom).expect("it is one of them");
                self.alias(&owner.clone(), &atom, &shown);
                *known = aliases;
            }
            (5, Some(atom)) => {
                let (owner, _) = truth.0.remove(&atom).expect("it is one of them");
                self.tell(&owner, Input::Ended { atom });
            }
            (6, Some(atom)) => {
                let owner = truth.0[&atom].0.clone();
                if owner != node {
                    self.start_move(&owner, turn, &atom, &node);
                    self.until(120 * SECOND, "the move ends", |world| world.moved(turn).is_some());
                    if let Some((MoveState::Done, _)) = self.moved(turn) {
                        truth.0.get_mut(&atom).expect("it is one of them").0 = node;
                    }
                }
            }
            (_, Some(_)) => {
                // Its atoms end with the process; the next one begins with nothing.
                self.restart(&node, 1000 + turn);
                self.meet();
                truth.0.retain(|_, (owner, _)| *owner != node);
            }
        }
    }
}

#[test]
fn all_agree_with_a_table_of_all_there_is_once_they_have_heard_each_other() {
    let names = ["a", "b", "c", "d"];
    let mut compared = 0;
    for seed in 1..=30 {
        let mut world = World::of(&names);
        world.random = Random::new(seed);
        let mut truth = Truth::default();
        for turn in 0..60 {
            world.network = if turn % 3 == 0 { Network::PERFECT } else { Network::BAD };
            world.stir(&mut truth, &names, turn);
            if world.random.percent(50) {
                world.run(50 * MS);
            }
            world.log.clear();
        }
        world.network = Network::PERFECT;
        world.run(120 * SECOND);
        for at in names {
            let places = world.kernels[at].places().into_iter().filter(|(_, place)| place.alive);
            let known: BTreeMap<String, (String, Vec<String>)> = places
                .map(|(atom, place)| {
                    let aliases = world.aliases(at, &atom);
                    (atom, (place.node, aliases))
                })
                .collect();
            assert_eq!(known, truth.0, "seed {seed}, at {at}");
        }
        compared += truth.0.len();
    }
    assert!(compared > 30, "{compared} atoms at the end of all seeds");
}
