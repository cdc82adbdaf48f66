//! Moves between kernels, whole.

mod world;

use sojourn_abi::{Code, Message, MoveState};
use sojourn_kernel::{Input, Output};
use world::{MS, SECOND, World, page, sealed, settings};

#[test]
fn an_atom_moves() {
    let mut world = World::of(&["a", "b", "c"]);
    world.own("a", "x", 5);
    world.start_move("a", 1, "x", "b");
    world.until(SECOND, "the move ends", |world| world.moved(1).is_some());
    assert_eq!(world.moved(1), Some((MoveState::Done, None)));
    assert_eq!(world.speakers("x"), [("b".into(), 6)]);
    world.run(100 * MS);
    for name in ["a", "b", "c"] {
        let place = world.kernels[name].place("x").expect("known");
        assert_eq!((place.node.as_str(), place.epoch, place.alive), ("b", 6, true), "at {name}");
    }
    let steps: Vec<MoveState> = world
        .log
        .iter()
        .filter_map(|(_, output)| match output {
            Output::Step { state, .. } => Some(*state),
            _ => None,
        })
        .collect();
    let all =
        [MoveState::Offered, MoveState::Copying, MoveState::Stopping, MoveState::Sealed, MoveState::Released];
    assert_eq!(steps, all);
    assert!(world.saw("b", |output| matches!(output, Output::Open { epoch: 6, .. })));
    assert!(world.saw("a", |output| matches!(output, Output::Leave { epoch: 6, .. })));
    assert!(!world.saw("a", |output| matches!(output, Output::GoOn { .. } | Output::Supersede { .. })));
}

#[test]
fn a_move_is_three_round_trips_and_waits_for_no_acknowledgement() {
    let mut world = World::of(&["a", "b"]);
    world.own("a", "x", 0);
    world.run(50 * MS);
    let began = world.now;
    world.start_move("a", 1, "x", "b");
    world.until(SECOND, "it ends", |world| world.moved(1).is_some());
    // Offer, Accept, Final, Ready, Release, Owned: no acknowledgement is waited for.
    assert_eq!(world.now - began, 6 * 50_000);
}

#[test]
fn back_and_forth_a_hundred_times() {
    let mut world = World::of(&["a", "b"]);
    world.own("a", "x", 0);
    for turn in 0..100 {
        let (from, to) = if turn % 2 == 0 { ("a", "b") } else { ("b", "a") };
        world.start_move(from, turn, "x", to);
        world.until(SECOND, "it ends", |world| world.moved(turn).is_some());
        assert_eq!(world.moved(turn), Some((MoveState::Done, None)));
        assert_eq!(world.speakers("x"), [(to.into(), turn + 1)]);
    }
}

#[test]
fn what_cannot_begin_fails_at_once_with_its_reason() {
    let mut world = World::of(&["a", "b", "client-1"]);
    world.own("a", "x", 0);
    world.own("b", "y", 0);
    world.own("a", "z", 0);
    world.run(100 * MS);
    world.tell("a", Input::Ended { atom: "z".into() });
    let cases = [
        ("nothing", "b", Code::UnknownAtom),
        ("y", "b", Code::UnknownAtom),
        ("z", "b", Code::NotRunning),
        ("x", "a", Code::AlreadyThere),
        ("x", "nobody", Code::UnknownNode),
        ("x", "client-1", Code::InvalidRequest),
    ];
    for (id, (atom, target, code)) in (10..).zip(cases) {
        world.start_move("a", id, atom, target);
        let (state, failure) = world.moved(id).expect("at once");
        let (found, text) = failure.expect("a reason");
        assert_eq!((state, found), (MoveState::Failed, code), "{text}");
        assert!(text.contains(atom) && text.contains(target) && !text.contains('\n'), "{text}");
    }
    world.automatic.remove("a");
    world.start_move("a", 1, "x", "b");
    world.start_move("a", 2, "x", "b");
    assert_eq!(world.moved(2).and_then(|(_, failure)| failure).map(|(code, _)| code), Some(Code::Busy));
    world.down("a", "b", 101);
    assert!(world.moved(1).is_some());
    world.start_move("a", 3, "x", "b");
    let failure = world.moved(3).and_then(|(_, failure)| failure);
    assert_eq!(failure.map(|(code, _)| code), Some(Code::Unreachable));
    assert!(!world.saw("a", |output| matches!(output, Output::Supersede { .. })));
}

#[test]
fn a_refusal_leaves_the_atom_where_it_is_and_says_why() {
    let mut world = World::of(&["a", "b"]);
    world.automatic.remove("b");
    world.own("a", "x", 0);
    world.start_move("a", 1, "x", "b");
    world.until(SECOND, "asked", |world| world.saw("b", |output| matches!(output, Output::Decide { .. })));
    let (code, text) = (Code::NoRoom, "its memory is full".into());
    world.tell("b", Input::Declined { atom: "x".into(), epoch: 0, code, text });
    world.until(SECOND, "refused", |world| world.moved(1).is_some());
    let expected = (Code::NoRoom, "b does not take x: its memory is full".to_string());
    assert_eq!(world.moved(1), Some((MoveState::Failed, Some(expected))));
    assert_eq!(world.speakers("x"), [("a".into(), 0)]);
}

#[test]
fn nothing_of_a_failed_attempt_counts_in_the_next() {
    let mut world = World::of(&["a", "b"]);
    world.automatic.clear();
    world.own("a", "x", 0);
    world.start_move("a", 1, "x", "b");
    world.run(10 * MS);
    world.tell("b", Input::Taken { atom: "x".into(), epoch: 0 });
    world.run(10 * MS);
    world.tell("a", Input::Converged { atom: "x".into() });
    // The rest of the first attempt is still under way in its lane when that attempt is given up.
    world.tell("a", sealed("x"));
    let (code, text) = (Code::Aborted, "given up".into());
    world.tell("a", Input::Cancel { atom: "x".into(), code, text });
    world.start_move("a", 2, "x", "b");
    let late = world.kernels.get_mut("a").expect("there");
    late.handle(
        Input::Send { to: "b".into(), lane: sojourn_abi::Lane::Bulk, message: page("x", 0) },
        world.now,
    );
    world.run(10 * MS);
    world.log.clear();
    world.tell("b", Input::Built { atom: "x".into(), epoch: 0 });
    world.tell("b", Input::Taken { atom: "x".into(), epoch: 1 });
    world.run(10 * MS);
    assert!(!world.saw("b", |output| matches!(output, Output::Build { .. } | Output::Deliver { .. })));
    world.automatic.extend(["a".into(), "b".into()]);
    world.tell("a", Input::Converged { atom: "x".into() });
    world.until(SECOND, "it moves", |world| world.moved(2).is_some());
    assert_eq!(world.moved(2), Some((MoveState::Done, None)));
    assert_eq!(world.speakers("x"), [("b".into(), 2)]);
}

#[test]
fn two_who_cannot_hear_each_other_any_more_leave_the_atom_with_one() {
    // Cut off after each number of frames that one whole move takes.
    for frames in 0..40 {
        let mut world = World::of(&["a", "b"]);
        world.own("a", "x", 0);
        world.run(50 * MS);
        world.start_move("a", 1, "x", "b");
        let limit = world.sent + frames;
        while world.sent < limit && world.step(world.now + 100 * MS) {}
        world.cut("a", "b");
        world.run(40 * SECOND);
        assert!(world.speakers("x").len() <= 1, "frames {frames}: {:?}", world.speakers("x"));
        world.heal();
        world.run(20 * SECOND);
        let speakers = world.speakers("x");
        assert_eq!(speakers.len(), 1, "frames {frames}: {speakers:?}");
        let (state, _) = world.moved(1).expect("it ended");
        assert_eq!(state == MoveState::Done, speakers[0].0 == "b", "frames {frames}");
        for name in ["a", "b"] {
            assert_eq!(world.kernels[name].place("x").map(|place| place.node), Some(speakers[0].0.clone()));
        }
    }
}

#[test]
fn the_source_ends_at_any_time_and_the_atom_is_at_one_node_or_none() {
    let (mut lost, mut kept) = (0, 0);
    for frames in 0..40 {
        let mut world = World::of(&["a", "b"]);
        world.own("a", "x", 0);
        world.run(50 * MS);
        world.start_move("a", 1, "x", "b");
        let limit = world.sent + frames;
        while world.sent < limit && world.step(world.now + 100 * MS) {}
        world.restart("a", 500);
        world.down("b", "a", 100);
        world.up("a", "b");
        world.up("b", "a");
        world.run(30 * SECOND);
        match world.speakers("x").as_slice() {
            [] => lost += 1,
            [(node, 1)] if node == "b" => kept += 1,
            other => panic!("frames {frames}: {other:?}"),
        }
        assert!(world.kernels["b"].place("x").is_some());
    }
    assert!(lost > 0 && kept > 0, "{lost} {kept}");
}

#[test]
fn the_target_ends_at_any_time_and_the_atom_goes_on_or_is_said_to_be_lost() {
    let mut ends = std::collections::BTreeMap::new();
    for frames in 0..40 {
        let mut world = World::of(&["a", "b"]);
        world.own("a", "x", 0);
        world.run(50 * MS);
        world.start_move("a", 1, "x", "b");
        let limit = world.sent + frames;
        while world.sent < limit && world.step(world.now + 100 * MS) {}
        world.restart("b", 500);
        world.down("a", "b", 101);
        world.up("a", "b");
        world.up("b", "a");
        world.run(30 * SECOND);
        let (state, _) = world.moved(1).expect("it ended");
        let expected = if state == MoveState::Failed { vec![("a".to_string(), 0)] } else { Vec::new() };
        assert_eq!(world.speakers("x"), expected, "frames {frames}");
        *ends.entry(state).or_insert(0) += 1;
    }
    assert!(ends.contains_key(&MoveState::Failed) && ends.contains_key(&MoveState::Lost), "{ends:?}");
}

#[test]
fn a_held_atom_whose_source_went_on_and_ended_is_dropped() {
    let mut world = World::of(&["a", "b", "c"]);
    world.own("a", "x", 0);
    world.run(50 * MS);
    // a goes on after b held x, moves it to c, and ends: b must not take it for released.
    world.automatic.remove("b");
    world.start_move("a", 1, "x", "b");
    world.run(MS);
    world.tell("b", Input::Taken { atom: "x".into(), epoch: 0 });
    world.until(SECOND, "all there", |world| world.saw("b", |output| matches!(output, Output::Build { .. })));
    world.cut("a", "b");
    world.cut("b", "c");
    world.tell("b", Input::Built { atom: "x".into(), epoch: 0 });
    world.run(15 * SECOND);
    assert_eq!(world.moved(1).map(|(state, _)| state), Some(MoveState::Failed));
    world.start_move("a", 2, "x", "c");
    world.until(SECOND, "at c", |world| world.moved(2).is_some());
    assert_eq!(world.speakers("x"), [("c".into(), 2)]);
    world.restart("a", 500);
    world.heal();
    world.cut("b", "c");
    for (at, other) in [("a", "b"), ("a", "c"), ("b", "a"), ("c", "a")] {
        world.up(at, other);
    }
    world.run(30 * SECOND);
    assert_eq!(world.speakers("x"), [("c".into(), 2)]);
    assert!(world.saw("b", |output| matches!(output, Output::Discard { epoch: 0, .. })));
}

#[test]
fn an_end_while_it_leaves_is_an_end() {
    let mut world = World::of(&["a", "b"]);
    world.automatic.remove("a");
    world.own("a", "x", 0);
    world.start_move("a", 1, "x", "b");
    world.until(SECOND, "copy", |world| world.saw("a", |output| matches!(output, Output::Copy { .. })));
    world.tell("a", Input::Ended { atom: "x".into() });
    world.run(SECOND);
    assert_eq!(world.moved(1).and_then(|(_, failure)| failure).map(|(code, _)| code), Some(Code::Ended));
    assert!(world.saw("b", |output| matches!(output, Output::Discard { .. })));
    assert!(!world.saw("a", |output| matches!(output, Output::GoOn { .. })));
    assert_eq!(world.kernels["b"].place("x").map(|place| place.alive), Some(false));
}

#[test]
fn only_so_many_moves_at_once() {
    let mut world = World::new(1);
    for (name, incarnation) in [("a", 1), ("b", 2)] {
        let mut settings = settings(name, incarnation);
        settings.limits.leaving = 3;
        settings.limits.coming = 2;
        world.add(settings);
    }
    world.meet();
    world.run(100 * MS);
    world.automatic.clear();
    for (id, atom) in (0..).zip(["p", "q", "r", "s"]) {
        world.own("a", atom, 0);
        world.start_move("a", id, atom, "b");
    }
    let busy = Some(Code::Busy);
    assert_eq!(world.moved(3).and_then(|(_, failure)| failure).map(|(code, _)| code), busy);
    world.run(SECOND);
    assert_eq!(world.moved(2).and_then(|(_, failure)| failure).map(|(code, _)| code), busy);
    assert!(world.moved(0).is_none() && world.moved(1).is_none());
}

#[test]
fn a_newer_epoch_ends_an_older_copy() {
    let mut world = World::of(&["a", "b", "c"]);
    world.own("a", "x", 3);
    world.cut("a", "b");
    world.cut("a", "c");
    world.down("a", "b", 101);
    world.down("b", "a", 100);
    world.own("b", "x", 1 << 32);
    world.run(SECOND);
    assert_eq!(world.speakers("x").len(), 2, "nobody can know yet");
    world.heal();
    world.up("a", "b");
    world.up("b", "a");
    world.run(5 * SECOND);
    assert_eq!(world.speakers("x"), [("b".into(), 1 << 32)]);
    assert!(world.saw("a", |output| matches!(output, Output::Supersede { node, .. } if node == "b")));
    // Whoever owns an older one is told at once.
    world.own("c", "x", 9);
    assert!(world.saw("c", |output| matches!(output, Output::Supersede { .. })));
}

#[test]
fn atoms_of_a_process_that_ended_are_known_to_be_dead() {
    let mut world = World::of(&["a", "b"]);
    world.own("a", "x", 3);
    world.run(SECOND);
    world.restart("a", 500);
    world.up("a", "b");
    world.up("b", "a");
    world.run(SECOND);
    for name in ["a", "b"] {
        assert_eq!(world.kernels[name].place("x").map(|place| place.alive), Some(false), "at {name}");
    }
}

#[test]
fn only_the_target_of_a_move_has_a_say_in_it() {
    let mut world = World::of(&["a", "b", "c"]);
    world.automatic.clear();
    world.own("a", "x", 0);
    world.start_move("a", 1, "x", "b");
    world.run(10 * MS);
    // c's node has no way to send these; a kernel that was changed has.
    for message in [
        Message::Accept { atom: "x".into(), epoch: 0 },
        Message::Refuse { atom: "x".into(), epoch: 0, code: 1, text: "no".into() },
        Message::Ready { atom: "x".into(), epoch: 0 },
        Message::Owned { atom: "x".into(), epoch: 0 },
        Message::Abort { atom: "x".into(), epoch: 0, code: 1, text: "no".into() },
        Message::Release { atom: "x".into(), epoch: 0 },
        Message::Resolved { atom: "x".into(), epoch: 0, yours: true },
        Message::Final {
            atom: "x".into(),
            epoch: 0,
            image: Vec::new(),
            sizes: Vec::new(),
            baggage: Vec::new(),
        },
        page("x", 0),
    ] {
        for to in ["a", "b"] {
            let lane = sojourn_abi::Lane::Control;
            let message = message.clone();
            world.tell("c", Input::Send { to: to.into(), lane, message });
        }
    }
    world.run(SECOND);
    assert!(world.moved(1).is_none());
    assert_eq!(world.speakers("x"), [("a".into(), 0)]);
    let untouched = |output: &Output| {
        matches!(
            output,
            Output::Decide { .. }
                | Output::Step { .. }
                | Output::Located { .. }
                | Output::Transmit { .. }
                | Output::Connected { .. }
        )
    };
    assert!(world.log.iter().all(|(_, output)| untouched(output)), "{:#?}", world.log);
}
