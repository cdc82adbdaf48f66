//! Checkers that cannot fail prove nothing: each fault that is built in on purpose is found, by the right one.

use sojourn_sim::checkers::Property;
use sojourn_sim::{Plan, Sabotage, attempt, run};
use std::collections::BTreeSet;

/// Seeds in which a fault has to show.
const SEEDS: u64 = 300;
/// Seeds that a fault has to be survived in.
const SURVIVED: u64 = 60;

/// The property by which a fault was found in a run.
fn found(sabotage: Sabotage, seed: u64) -> Option<Property> {
    let plan = Plan { sabotage: Some(sabotage), ..Plan::from_seed(seed) };
    attempt(&plan, 0).err().map(|failure| failure.breach.property)
}

#[track_caller]
fn is_found(sabotage: Sabotage, property: Property) {
    let mut others = BTreeSet::new();
    for seed in 0..SEEDS {
        match found(sabotage, seed) {
            Some(by) if by == property => return,
            by => others.extend(by),
        }
    }
    panic!("{sabotage:?} was found by {others:?} alone");
}

#[test]
fn a_source_that_goes_on_after_its_release() {
    is_found(Sabotage::GoesOnAfterRelease, Property::Speaker);
}

#[test]
fn a_target_that_opens_early() {
    is_found(Sabotage::OpensEarly, Property::Speaker);
}

#[test]
fn a_message_that_comes_twice() {
    is_found(Sabotage::DeliversTwice, Property::Lanes);
}

#[test]
fn a_message_that_does_not_come() {
    is_found(Sabotage::DeliversNot, Property::Lanes);
}

#[test]
fn messages_that_change_places() {
    is_found(Sabotage::DeliversSwapped, Property::Lanes);
}

#[test]
fn a_page_that_is_forgotten() {
    is_found(Sabotage::ForgetsPage, Property::History);
}

#[test]
fn output_that_stays_behind() {
    is_found(Sabotage::LeavesOutput, Property::Reader);
}

#[test]
fn output_that_is_repeated() {
    is_found(Sabotage::RepeatsOutput, Property::Reader);
}

#[test]
fn output_that_is_shown_before_its_time() {
    is_found(Sabotage::ShowsHeld, Property::History);
}

#[test]
fn an_atom_that_does_not_go_on() {
    is_found(Sabotage::DeafToGoOn, Property::Stuck);
}

#[test]
fn a_target_that_never_answers_holds_nobody_up() {
    // The kernel gives up after a while: this is a fault that has to be survived.
    for seed in 0..SURVIVED {
        let plan = Plan { sabotage: Some(Sabotage::NeverBuilt), ..Plan::from_seed(seed) };
        let summary = run(&plan).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(summary.moves[0], 0, "seed {seed}");
    }
}

#[test]
fn a_restore_into_the_same_lineage() {
    is_found(Sabotage::KeepsLineage, Property::History);
}

#[test]
fn an_atom_that_is_superseded_and_stays() {
    is_found(Sabotage::DeafToSupersede, Property::Stuck);
}

#[test]
fn a_mailbox_that_stays_behind() {
    is_found(Sabotage::LeavesMailbox, Property::Once);
}

#[test]
fn a_mailbox_that_takes_after_it_was_packed() {
    is_found(Sabotage::TakesSealed, Property::Once);
}

#[test]
fn a_mailbox_that_takes_before_it_is_owned() {
    is_found(Sabotage::TakesHeld, Property::Once);
}

#[test]
fn a_message_that_the_guest_gets_twice() {
    is_found(Sabotage::TakesTwice, Property::Once);
}

#[test]
fn messages_of_atoms_that_change_places() {
    is_found(Sabotage::TakesSwapped, Property::Order);
}

#[test]
fn a_message_that_never_goes_again() {
    is_found(Sabotage::NeverAgain, Property::Stuck);
}

#[test]
fn a_sender_that_begins_anew_and_says_so_to_nobody() {
    is_found(Sabotage::KeepsRun, Property::Order);
}

#[test]
fn a_durable_atom_that_takes_what_is_not_on_the_disk() {
    is_found(Sabotage::TakesUnjournaled, Property::Order);
}

#[test]
fn a_durable_atom_that_forgets_its_journal() {
    is_found(Sabotage::ForgetsJournal, Property::Order);
}
