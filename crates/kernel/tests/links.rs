//! Lanes over networks that lose, repeat and reorder: exactly once, in order, bounded.

mod world;

use sojourn_abi::{Lane, Message};
use sojourn_kernel::{Input, Output};
use world::{MS, Network, SECOND, World, numbered, settings};

/// What came to `at`, by the number in it.
fn came(world: &World, at: &str) -> Vec<u64> {
    let numbers = world.log.iter().filter_map(|(name, output)| match output {
        Output::Deliver { message: Message::Content { offset, .. }, .. } if name == at => Some(*offset),
        _ => None,
    });
    numbers.collect()
}

fn send(world: &mut World, from: &str, to: &str, lane: Lane, number: u64, bytes: usize) {
    world.tell(from, Input::Send { to: to.into(), lane, message: numbered(number, bytes) });
}

fn resent(world: &World) -> u64 {
    world.kernels.values().map(|kernel| kernel.counters().resent).sum()
}

#[test]
fn a_good_network_costs_no_repeats_and_few_acknowledgements() {
    let mut world = World::of(&["a", "b"]);
    let before = world.sent;
    for number in 0..1000 {
        send(&mut world, "a", "b", Lane::Control, number, 100);
        world.run(100_000);
    }
    world.run(SECOND);
    assert_eq!(came(&world, "b"), (0..1000).collect::<Vec<_>>());
    assert_eq!(resent(&world), 0);
    let acknowledgements = world.sent - before - 1000;
    assert!(acknowledgements < 60, "{acknowledgements}");
}

#[test]
fn a_lone_message_is_acknowledged_within_milliseconds() {
    let mut world = World::of(&["a", "b"]);
    let before = world.sent;
    send(&mut world, "a", "b", Lane::Control, 0, 10);
    world.run(4 * MS);
    assert_eq!(world.sent - before, 2, "a message and its acknowledgement");
    assert!(world.frames.is_empty());
    world.run(60 * SECOND);
    assert_eq!(world.sent - before, 2, "nothing is said when nothing happens");
}

#[test]
fn exactly_once_and_in_order_over_bad_networks() {
    for seed in 1..60 {
        let mut world = World::new(seed);
        world.network = Network {
            lost_percent: seed % 40,
            repeated_percent: seed % 23,
            least_ns: 10_000,
            most_ns: 10_000 + (seed % 7) * 5 * MS,
        };
        for (name, incarnation) in [("a", 1), ("b", 2)] {
            let mut settings = settings(name, incarnation);
            settings.limits.control_bytes = 20_000;
            settings.limits.bulk_bytes = 40_000;
            settings.limits.messages = 64;
            world.add(settings);
        }
        world.meet();
        world.until(20 * SECOND, "a session", |world| {
            world.kernels.values().all(|kernel| kernel.peers().len() == 1)
        });
        let mut sent = [0, 0];
        for _ in 0..400 {
            for (index, (from, to)) in [("a", "b"), ("b", "a")].into_iter().enumerate() {
                let bytes = world.random.index(2000);
                if world.kernels[from].room(to) >= bytes as u64 + 100 {
                    send(&mut world, from, to, Lane::Bulk, sent[index], bytes);
                    sent[index] += 1;
                }
            }
            let pause = world.random.below(2 * MS);
            world.run(pause);
        }
        world.until(120 * SECOND, "all of it comes", |world| {
            came(world, "b").len() as u64 >= sent[0] && came(world, "a").len() as u64 >= sent[1]
        });
        world.run(SECOND);
        assert_eq!(came(&world, "b"), (0..sent[0]).collect::<Vec<_>>(), "seed {seed}");
        assert_eq!(came(&world, "a"), (0..sent[1]).collect::<Vec<_>>(), "seed {seed}");
        assert!(!world.saw("a", |output| matches!(output, Output::Undelivered { .. })));
        let undone = world.kernels.values().any(|kernel| kernel.room("a") + kernel.room("b") != 40_000);
        world.run(20 * SECOND);
        assert!(
            !undone || world.kernels.values().all(|kernel| kernel.room("a") + kernel.room("b") == 40_000)
        );
    }
}

#[test]
fn one_lost_message_is_sent_again_as_soon_as_later_ones_have_arrived() {
    let mut world = World::of(&["a", "b"]);
    let began = world.now;
    world.cut("a", "b");
    send(&mut world, "a", "b", Lane::Bulk, 0, 1000);
    world.heal();
    for number in 1..8 {
        send(&mut world, "a", "b", Lane::Bulk, number, 1000);
    }
    world.until(SECOND, "all of it", |world| came(world, "b").len() == 8);
    assert!(world.now - began < MS, "no time-out was waited for: {}", world.now - began);
    assert_eq!(resent(&world), 1);
}

#[test]
fn the_lanes_do_not_wait_for_each_other() {
    let mut world = World::of(&["a", "b"]);
    world.cut("a", "b");
    send(&mut world, "a", "b", Lane::Bulk, 0, 1000);
    world.heal();
    send(&mut world, "a", "b", Lane::Control, 1, 10);
    world.run(MS);
    assert_eq!(came(&world, "b"), [1]);
    world.run(SECOND);
    assert_eq!(came(&world, "b"), [1, 0]);
}

#[test]
fn a_stall_costs_a_probe_a_turn_and_no_flood_afterwards() {
    let mut world = World::of(&["a", "b"]);
    for number in 0..100 {
        send(&mut world, "a", "b", Lane::Bulk, number, 10_000);
    }
    // b stands still: frames wait, nothing is lost.
    let frames = std::mem::take(&mut world.frames);
    world.cut("b", "a");
    world.run(5 * SECOND);
    world.heal();
    let stalled = resent(&world);
    assert!(stalled < 12, "{stalled} in 5 s");
    let late = world.now + MS;
    world.frames.extend(frames.into_iter().map(|((_, count), frame)| ((late, count), frame)));
    world.run(3 * SECOND);
    assert_eq!(came(&world, "b"), (0..100).collect::<Vec<_>>());
}

#[test]
fn after_a_cut_what_was_under_way_goes_on_faster_and_faster() {
    let mut world = World::of(&["a", "b"]);
    world.cut("a", "b");
    for number in 0..1000 {
        send(&mut world, "a", "b", Lane::Bulk, number, 1000);
    }
    world.run(3 * SECOND);
    world.heal();
    let healed = world.now;
    world.until(10 * SECOND, "all of it", |world| came(world, "b").len() == 1000);
    assert!(world.now - healed < 2 * SECOND + 200 * MS, "{}", world.now - healed);
    assert_eq!(came(&world, "b"), (0..1000).collect::<Vec<_>>());
    assert!(resent(&world) < 1020, "{}", resent(&world));
}

#[test]
fn the_bulk_lane_tells_its_room_and_when_there_is_some_again() {
    let mut world = World::of(&["a", "b"]);
    assert_eq!(world.kernels["a"].room("b"), 16 << 20);
    assert_eq!(world.kernels["a"].room("nobody"), 0);
    world.cut("a", "b");
    let mut sent = 0;
    while world.kernels["a"].room("b") >= 1 << 20 {
        send(&mut world, "a", "b", Lane::Bulk, sent, 1 << 20);
        sent += 1;
    }
    assert_eq!(sent, 15, "a message has a little more than its bytes");
    assert!(!world.saw("a", |output| matches!(output, Output::Room { .. })));
    world.heal();
    world.until(5 * SECOND, "room", |world| world.saw("a", |output| matches!(output, Output::Room { .. })));
    assert!(world.kernels["a"].room("b") >= 8 << 20);
    world.run(5 * SECOND);
    assert_eq!(came(&world, "b").len(), 15);
    let rooms = world.log.iter().filter(|(_, output)| matches!(output, Output::Room { .. })).count();
    assert_eq!(rooms, 1);
}

#[test]
fn what_does_not_fit_comes_back() {
    let mut world = World::of(&["a", "b"]);
    world.cut("a", "b");
    for number in 0..100 {
        send(&mut world, "a", "b", Lane::Control, number, 100_000);
        send(&mut world, "a", "b", Lane::Bulk, 1000 + number, 1_000_000);
    }
    let back = |lane: bool| {
        let back = world.log.iter().filter(|(_, output)| {
            matches!(output, Output::Undelivered { message: Message::Content { offset, .. }, .. }
                if (*offset >= 1000) == lane)
        });
        back.count()
    };
    assert_eq!(back(false), 100 - (4 << 20) / 100_100);
    let back_count = back(true);
    assert!(back_count >= 100 - 34, "two windows at most: {back_count}");
    world.heal();
    world.run(10 * SECOND);
    let (short, bulk): (Vec<u64>, Vec<u64>) =
        came(&world, "b").into_iter().partition(|number| *number < 1000);
    assert_eq!(short, (0..(4 << 20) / 100_100).collect::<Vec<_>>());
    assert_eq!(bulk.len(), 100 - back_count);
    assert!(bulk.is_sorted());
}

#[test]
fn one_that_is_larger_than_any_window_still_comes() {
    let mut world = World::of(&["a", "b"]);
    send(&mut world, "a", "b", Lane::Bulk, 0, 1000);
    send(&mut world, "a", "b", Lane::Bulk, 1, 40 << 20);
    world.run(SECOND);
    send(&mut world, "a", "b", Lane::Bulk, 2, 1000);
    world.run(SECOND);
    assert_eq!(came(&world, "b"), [0, 1, 2]);
}

#[test]
fn nobody_there_means_not_sent() {
    let mut world = World::of(&["a", "b"]);
    send(&mut world, "a", "nobody", Lane::Control, 0, 10);
    world.down("a", "b", 101);
    send(&mut world, "a", "b", Lane::Control, 1, 10);
    let back = world.log.iter().filter(|(_, output)| matches!(output, Output::Undelivered { .. })).count();
    assert_eq!(back, 2);
}
