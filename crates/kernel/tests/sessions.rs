//! Sessions: who is there, who is not any more, and who may not be.

mod world;

use sojourn_abi::{Code, Lane, Role};
use sojourn_kernel::{Input, Output};
use world::{MS, Network, SECOND, World, numbered, settings};

fn connections(world: &World, at: &str) -> Vec<String> {
    let words = world.log.iter().filter(|(name, _)| name == at).filter_map(|(_, output)| match output {
        Output::Connected { peer, incarnation, .. } => Some(format!("{peer}/{incarnation} there")),
        Output::Disconnected { peer, incarnation, gone } => {
            Some(format!("{peer}/{incarnation} {}", if *gone { "gone" } else { "silent" }))
        }
        _ => None,
    });
    words.collect()
}

fn send(world: &mut World, from: &str, to: &str, number: u64) {
    let message = numbered(number, 10);
    world.tell(from, Input::Send { to: to.into(), lane: Lane::Control, message });
}

fn delivered(world: &World, at: &str) -> usize {
    let delivered =
        |(name, output): &&(String, Output)| name == at && matches!(output, Output::Deliver { .. });
    world.log.iter().filter(delivered).count()
}

#[test]
fn one_who_is_seen_by_one_side_only_is_met_all_the_same() {
    let mut world = World::new(1);
    world.add(settings("a", 1));
    world.add(settings("b", 2));
    world.up("a", "b");
    world.run(SECOND);
    assert_eq!(connections(&world, "a"), ["b/2 there"]);
    assert_eq!(connections(&world, "b"), ["a/1 there"]);
}

#[test]
fn a_hello_is_repeated_until_it_is_answered_and_no_longer() {
    let mut world = World::new(1);
    world.add(settings("a", 1));
    world.add(settings("b", 2));
    world.cut("a", "b");
    world.meet();
    world.run(30 * SECOND);
    assert!((20..60).contains(&world.sent), "{}", world.sent);
    world.heal();
    world.run(5 * SECOND);
    assert_eq!(world.kernels["a"].peers(), [("b".to_string(), Role::Node)]);
    let before = world.sent;
    world.run(600 * SECOND);
    assert_eq!(world.sent, before);
}

#[test]
fn bad_networks_delay_sessions_but_do_not_confuse_them() {
    for seed in 1..200 {
        let mut world = World::new(seed);
        world.network = Network { lost_percent: 40, repeated_percent: 30, ..Network::BAD };
        for name in ["a", "b", "c"] {
            world.add(settings(name, u64::from(name.as_bytes()[0])));
        }
        world.meet();
        world.until(60 * SECOND, "all know all", |world| {
            world.kernels.values().all(|kernel| kernel.peers().len() == 2)
        });
        world.run(30 * SECOND);
        for name in ["a", "b", "c"] {
            assert_eq!(connections(&world, name).len(), 2, "seed {seed}: {:?}", connections(&world, name));
        }
    }
}

#[test]
fn silence_ends_a_session_and_an_answer_resumes_it_with_nothing_lost() {
    let mut world = World::of(&["a", "b"]);
    world.cut("a", "b");
    for number in 0..20 {
        send(&mut world, "a", "b", number);
    }
    world.run(9 * SECOND);
    assert!(connections(&world, "a").is_empty());
    world.run(2 * SECOND);
    assert_eq!(connections(&world, "a"), ["b/101 silent"]);
    assert!(world.kernels["a"].peers().is_empty());
    world.run(100 * SECOND);
    world.heal();
    world.run(5 * SECOND);
    assert_eq!(connections(&world, "a"), ["b/101 silent", "b/101 there"]);
    assert_eq!(delivered(&world, "b"), 20);
}

#[test]
fn down_and_up_again_lose_nothing() {
    let mut world = World::of(&["a", "b"]);
    world.cut("a", "b");
    send(&mut world, "a", "b", 0);
    send(&mut world, "b", "a", 1);
    world.down("a", "b", 101);
    world.down("b", "a", 100);
    assert_eq!(connections(&world, "a"), ["b/101 silent"]);
    world.heal();
    world.run(60 * SECOND);
    assert_eq!(connections(&world, "a"), ["b/101 silent"], "nobody is looked for that the mesh does not see");
    world.meet();
    world.run(SECOND);
    assert_eq!((delivered(&world, "a"), delivered(&world, "b")), (1, 1));
}

#[test]
fn down_at_one_side_only_is_made_good_by_the_next_word_of_the_other() {
    let mut world = World::of(&["a", "b"]);
    world.down("a", "b", 101);
    world.run(SECOND);
    send(&mut world, "b", "a", 1);
    world.run(SECOND);
    assert_eq!(connections(&world, "a"), ["b/101 silent", "b/101 there"]);
    assert_eq!(delivered(&world, "a"), 1);
}

#[test]
fn a_new_process_ends_the_session_of_the_old_one() {
    let mut world = World::of(&["a", "b"]);
    world.cut("a", "b");
    send(&mut world, "a", "b", 0);
    world.restart("b", 500);
    world.heal();
    world.meet();
    world.run(SECOND);
    assert_eq!(connections(&world, "a"), ["b/101 gone", "b/500 there"]);
    assert_eq!(delivered(&world, "b"), 0, "it was for another process");
    send(&mut world, "a", "b", 1);
    world.run(SECOND);
    assert_eq!(delivered(&world, "b"), 1);
}

#[test]
fn a_process_that_nobody_announced_is_found_by_its_answers() {
    let mut world = World::of(&["a", "b"]);
    world.restart("b", 500);
    send(&mut world, "a", "b", 0);
    world.run(5 * SECOND);
    assert_eq!(connections(&world, "a"), ["b/101 gone", "b/500 there"]);
}

#[test]
fn late_frames_of_an_old_process_do_nothing() {
    let mut world = World::of(&["a", "b"]);
    // All that the old process said is kept, and comes again later.
    world.cut("a", "b");
    let mut old = Vec::new();
    for number in 0..10 {
        send(&mut world, "b", "a", number);
    }
    world.heal();
    world.run(SECOND);
    world.restart("c", 3);
    let mut fresh = World::new(2);
    fresh.add(settings("b", 101));
    fresh.up("b", "a");
    fresh.run(MS);
    for ((_, _), (to, frame)) in std::mem::take(&mut fresh.frames) {
        old.push((to, frame));
    }
    world.restart("b", 500);
    world.meet();
    world.run(SECOND);
    world.log.clear();
    for (to, frame) in old {
        world.tell(&to, Input::Frame(frame));
    }
    world.run(5 * SECOND);
    assert!(connections(&world, "a").is_empty());
    assert!(world.kernels["a"].peers().iter().any(|(name, _)| name == "b"));
}

#[test]
fn a_late_hello_of_a_process_between_two_ends_nothing() {
    let mut world = World::of(&["a", "b"]);
    // The second process of b greets a, is greeted back, and answers; but it ends, and its words come late.
    world.cut("a", "b");
    world.restart("b", 500);
    world.cut.remove(&("a".to_string(), "b".to_string()));
    world.up("a", "b");
    world.up("b", "a");
    world.run(50 * MS);
    world.cut.clear();
    world.tell("b", Input::Up { name: "a".into(), incarnation: 100, role: Role::Node });
    world.run(200_000);
    let mut late: Vec<_> =
        std::mem::take(&mut world.frames).into_values().filter(|(to, _)| to == "a").collect();
    world.cut("a", "b");
    world.up("b", "a");
    world.run(MS);
    world.restart("b", 600);
    world.heal();
    world.meet();
    world.run(5 * SECOND);
    assert_eq!(connections(&world, "a").last().map(String::as_str), Some("b/600 there"));
    // As if it had been said by the second process, when it knew a.
    let said = sojourn_abi::Frame::Hello {
        from: "b".into(),
        incarnation: 700,
        to_incarnation: Some(100),
        role: Role::Node,
        version: sojourn_abi::VERSION,
        nonce: None,
        answers: Some(1),
    };
    late.push(("a".into(), sojourn_kernel::Seal::new("test", &world::KEY).close(&said)));
    let before = connections(&world, "a");
    for (_, frame) in late {
        world.tell("a", Input::Frame(frame));
    }
    world.run(60 * SECOND);
    assert_eq!(connections(&world, "a"), before);
    let sent = world.sent;
    world.run(600 * SECOND);
    assert_eq!(world.sent, sent, "nobody looks for the one that is no more");
}

#[test]
fn one_without_the_key_is_told_so_once_and_harms_nobody() {
    let mut world = World::of(&["a", "b"]);
    let mut stranger = settings("stranger", 9);
    stranger.key = [8; 32];
    world.add(stranger);
    for name in ["a", "b"] {
        world.up("stranger", name);
    }
    world.run(8 * SECOND);
    let denied: Vec<_> = world
        .log
        .iter()
        .filter_map(|(name, output)| match output {
            Output::Denied { by, code, text } if name == "stranger" => {
                Some((by.as_str(), *code, text.clone()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(denied.len(), 2, "{denied:?}");
    for (by, code, text) in denied {
        assert_eq!(code, Code::NotAllowed);
        assert!(
            text.contains(by) && text.contains("stranger") && text.contains("no right to join"),
            "{text}"
        );
    }
    assert!(world.kernels["stranger"].peers().is_empty());
    assert_eq!(world.kernels["a"].peers().len(), 1);
    assert!(connections(&world, "a").is_empty());
    assert!(world.kernels["a"].counters().refused > 0);
}

#[test]
fn another_realm_with_the_same_key_is_as_strange() {
    let mut world = World::of(&["a"]);
    let mut stranger = settings("stranger", 9);
    stranger.realm = "another".into();
    world.add(stranger);
    world.meet();
    world.run(8 * SECOND);
    assert!(world.saw("stranger", |output| matches!(output, Output::Denied { code: Code::NotAllowed, .. })));
    assert!(world.kernels["a"].peers().is_empty());
}

#[test]
fn a_denial_is_not_believed_while_there_is_a_session() {
    let mut world = World::of(&["a", "b"]);
    let frame = sojourn_abi::Frame::Denied { from: "b".into(), code: 12, text: "go away".into() };
    let mut bytes = vec![0; sojourn_kernel::MAC];
    bytes.extend(sojourn_abi::encode(&frame));
    world.tell("a", Input::Frame(bytes));
    world.run(SECOND);
    assert!(!world.saw("a", |output| matches!(output, Output::Denied { .. })));
    assert_eq!(world.kernels["a"].peers().len(), 1);
}

#[test]
fn clients_hear_no_places_and_do_not_meet_each_other() {
    let mut world = World::new(1);
    for (name, incarnation) in [("node", 1), ("client-1", 2), ("client-2", 3)] {
        world.add(settings(name, incarnation));
    }
    world.meet();
    world.own("node", "x", 0);
    world.run(SECOND);
    assert_eq!(world.kernels["client-1"].peers(), [("node".to_string(), Role::Node)]);
    assert_eq!(world.kernels["node"].peers().len(), 2);
    assert!(world.kernels["client-1"].places().is_empty());
    send(&mut world, "client-1", "node", 1);
    world.run(SECOND);
    assert_eq!(delivered(&world, "node"), 1);
}

#[test]
fn a_client_has_no_say_in_moves_and_places() {
    let mut world = World::of(&["a", "client-1"]);
    world.own("a", "x", 0);
    let node = "client-1".to_string();
    for message in [
        sojourn_abi::Message::Place {
            atom: "x".into(),
            epoch: 9,
            node,
            alive: true,
            aliases: None,
            version: None,
        },
        sojourn_abi::Message::Offer { atom: "y".into(), epoch: 9, facts: world::facts() },
        sojourn_abi::Message::Release { atom: "x".into(), epoch: 9 },
    ] {
        world.tell("client-1", Input::Send { to: "a".into(), lane: Lane::Control, message });
    }
    world.run(SECOND);
    assert_eq!(world.speakers("x"), [("a".into(), 0)]);
    assert!(!world.saw("a", |output| matches!(output, Output::Decide { .. } | Output::Supersede { .. })));
    assert_eq!(world.kernels["a"].counters().refused, 3);
}

#[test]
fn clients_that_went_are_forgotten() {
    let mut world = World::of(&["a"]);
    for turn in 0..50 {
        let name = format!("client-{turn}");
        world.add(settings(&name, turn));
        world.up(&name, "a");
        world.run(SECOND);
        world.kernels.remove(&name);
        world.down("a", &name, turn);
    }
    world.run(601 * SECOND);
    assert_eq!(world.kernels["a"].next_timeout(), None, "nothing is left to be done for anybody");
    // A late frame of one of them does not bring it back to life.
    assert!(world.kernels["a"].peers().is_empty());
}

#[test]
fn there_is_room_for_so_many_peers_and_newcomers_take_the_place_of_the_silent() {
    let mut world = World::new(1);
    let mut small = settings("a", 1);
    small.limits.peers = 3;
    world.add(small);
    for name in ["b", "c", "d", "e"] {
        world.add(settings(name, u64::from(name.as_bytes()[0])));
        world.up(name, "a");
        world.run(SECOND);
    }
    assert_eq!(world.kernels["a"].peers().len(), 3);
    world.down("a", "b", u64::from(b'b'));
    world.run(5 * SECOND);
    let names: Vec<String> = world.kernels["a"].peers().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["c", "d", "e"]);
}

#[test]
fn a_whole_directory_comes_with_a_session_without_hindering_what_is_said_about_moves() {
    let mut world = World::of(&["a", "b"]);
    for number in 0..5000 {
        world.own("a", &format!("atom-{number}"), 0);
    }
    world.run(SECOND);
    world.add(settings("c", 3));
    world.meet();
    world.until(SECOND, "a session", |world| world.kernels["c"].peers().len() == 2);
    let met = world.now;
    world.start_move("a", 1, "atom-7", "c");
    world.until(SECOND, "a move", |world| world.moved(1).is_some());
    assert!(world.now - met < 5 * MS, "{}", world.now - met);
    world.run(SECOND);
    assert_eq!(world.kernels["c"].places().len(), 5000);
}
