//! Every cell of both tables, done by a kernel: what it says and keeps, whatever the table's author meant.

use crate::Output;
use crate::directory::Place;
use crate::kernel::{Coming, Kernel, Leaving, Owned};
use crate::limit::Settings;
use crate::migrate::{Next, source, target};
use crate::session::Peer;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use sojourn_abi::{Code, Lane, Message, MoveState, Role, decode};

const EPOCH: u64 = 5;
const NOW: u64 = 1_000_000_000;

/// A node `me` with a session to `other`.
fn kernel() -> Kernel {
    let mut kernel = Kernel::new(Settings::new("me", 1, Role::Node));
    kernel.tick(NOW);
    let (limits, times) = (&kernel.settings.limits, &kernel.settings.times);
    let mut peer = Peer::new(Role::Node, NOW, limits, times);
    assert_eq!(peer.begin(2, Role::Node, NOW, limits, times), None);
    kernel.peers.insert("other".into(), peer);
    kernel
}

/// What the kernel has said to `other`, news apart.
fn said(kernel: &mut Kernel) -> Vec<Message> {
    let mut said = Vec::new();
    let peer = kernel.peers.get_mut("other").expect("a peer");
    for lane in [Lane::Control, Lane::Bulk] {
        while let Some((_, payload)) = peer.link(lane).sender.poll(NOW) {
            said.push(decode(payload).expect("a message"));
        }
    }
    said
}

fn outputs(kernel: &mut Kernel) -> Vec<Output> {
    core::iter::from_fn(|| kernel.poll()).collect()
}

fn leaving(state: source::State) -> Kernel {
    let mut kernel = kernel();
    if state != source::State::Released {
        kernel.owned.insert("x".into(), Owned { epoch: EPOCH, offers: 1 });
    }
    let place = Place { node: "me".into(), epoch: EPOCH, alive: true };
    kernel.directory.learn("x", place, true);
    let record =
        Leaving { id: 7, target: "other".into(), epoch: EPOCH, state, deadline: Some(2 * NOW), last: None };
    kernel.leaving.insert("x".into(), record);
    kernel
}

/// Makes an event happen to an atom that leaves, the way it comes from outside where there is one.
fn happen(kernel: &mut Kernel, event: source::Event) {
    use source::Event;
    let (atom, epoch, text): (String, u64, String) = ("x".into(), EPOCH, "x: because".into());
    let code = Code::Aborted;
    let message = match event {
        Event::Accepted => Message::Accept { atom, epoch },
        Event::Refused => Message::Refuse { atom, epoch, code: code.number(), text },
        Event::Ready => Message::Ready { atom, epoch },
        Event::Owned => Message::Owned { atom, epoch },
        Event::Aborted => Message::Abort { atom, epoch, code: code.number(), text },
        Event::Resolve => Message::Resolve { atom, epoch },
        Event::Newer => Message::Place {
            atom,
            epoch: EPOCH + 9,
            node: "third".into(),
            alive: true,
            aliases: None,
            version: None,
        },
        Event::Converged => return kernel.converged("x"),
        Event::Sealed => return kernel.sealed("x", vec![1], vec![2], vec![3]),
        Event::Cancelled => return kernel.cancel("x", code, text),
        Event::Ended => return kernel.ended("x"),
        Event::Expired | Event::Silent | Event::Gone | Event::Back => return kernel.leave_if("x", event),
    };
    kernel.between_nodes("other", message);
}

#[test]
fn every_event_in_every_state_of_a_source() {
    use source::{Event, State};
    for state in State::ALL {
        for event in Event::ALL {
            let mut kernel = leaving(state);
            happen(&mut kernel, event);
            let cell = source::cell(state, event);
            let now = kernel.leaving.get("x").map(|leaving| leaving.state);
            let expected = match cell.next {
                Next::Stay => Some(state),
                Next::To(next) => Some(next),
                Next::End => None,
            };
            assert_eq!(now, expected, "{state:?} {event:?}");
            check_source(&mut kernel, state, event, now);
        }
    }
}

/// What has to hold whatever happened to an atom that leaves.
fn check_source(kernel: &mut Kernel, was: source::State, event: source::Event, now: Option<source::State>) {
    use source::{Event, State};
    let place = alloc::format!("{was:?} {event:?}");
    let (said, outputs) = (said(kernel), outputs(kernel));
    let owned = kernel.owned.contains_key("x");
    let ends: Vec<MoveState> = outputs
        .iter()
        .filter_map(|output| match output {
            Output::Moved { id: 7, state, failure, .. } => {
                assert_eq!(failure.is_none(), *state == MoveState::Done, "{place}");
                if let Some((_, text)) = failure {
                    assert!(text.contains('x') && !text.contains('\n'), "{place}: {text}");
                }
                Some(*state)
            }
            _ => None,
        })
        .collect();
    assert_eq!(ends.len(), usize::from(now.is_none()), "{place}: an end is told once");
    let goes_on = outputs.iter().any(|output| matches!(output, Output::GoOn { .. }));
    let release = said.iter().any(|message| matches!(message, Message::Release { .. }));
    let abort = said.iter().any(|message| matches!(message, Message::Abort { .. }));
    let vanished = matches!(event, Event::Ended | Event::Newer);
    // Whoever releases never speaks again; whoever fails speaks on, if there is anything left that can.
    assert!(!release || (!owned && now == Some(State::Released)), "{place}");
    assert_eq!(owned, was != State::Released && now != Some(State::Released) && !vanished, "{place}");
    assert_eq!(goes_on, ends == [MoveState::Failed] && !vanished, "{place}");
    assert!(!(abort && now.is_some()), "{place}: what goes on is not aborted");
    if was == State::Released {
        assert!(!goes_on && !abort && !ends.contains(&MoveState::Failed), "{place}: no way back");
    } else {
        assert!(ends.is_empty() || ends == [MoveState::Failed], "{place}: only what was released can arrive");
    }
    // A target that may hold something hears of the end, unless it said so itself or is no more.
    let told = matches!(event, Event::Refused | Event::Aborted | Event::Gone);
    assert_eq!(abort, ends == [MoveState::Failed] && !told, "{place}");
    let answer = said.iter().find_map(|message| match message {
        Message::Resolved { yours, .. } => Some(*yours),
        _ => None,
    });
    if event == Event::Resolve {
        assert!(release || answer == Some(was == State::Released), "{place}: every question is answered");
    } else {
        assert_eq!(answer, None, "{place}");
    }
    if let (Some(state), true) = (now, now != Some(was)) {
        let step = |output: &Output| matches!(output, Output::Step { state: shown, .. } if *shown as u8 == state as u8);
        assert!(outputs.iter().any(step), "{place}: the node hears of each step");
    }
}

fn coming(state: target::State) -> Kernel {
    let mut kernel = kernel();
    let record = Coming { source: "other".into(), epoch: EPOCH, state, deadline: 2 * NOW, aliases: None };
    kernel.coming.insert("x".into(), record);
    kernel
}

fn befall(kernel: &mut Kernel, event: target::Event) {
    use target::Event;
    let (atom, epoch, text): (String, u64, String) = ("x".into(), EPOCH, "x: because".into());
    let code = Code::NoRoom;
    let message = match event {
        Event::Final => Message::Final { atom, epoch, image: vec![1], sizes: vec![2], baggage: vec![3] },
        Event::Released => Message::Release { atom, epoch },
        Event::Aborted => Message::Abort { atom, epoch, code: code.number(), text },
        Event::Yours => Message::Resolved { atom, epoch, yours: true },
        Event::NotYours => Message::Resolved { atom, epoch, yours: false },
        Event::Newer => Message::Place {
            atom,
            epoch: EPOCH + 9,
            node: "third".into(),
            alive: true,
            aliases: None,
            version: None,
        },
        Event::Taken => return kernel.taken("x", epoch),
        Event::Declined => return kernel.declined("x", epoch, code, text),
        Event::Built => return kernel.built("x", epoch),
        Event::Expired | Event::Silent | Event::Gone | Event::Back => return kernel.come_if("x", event),
    };
    kernel.between_nodes("other", message);
}

#[test]
fn every_event_in_every_state_of_a_target() {
    use target::{Event, State};
    for state in State::ALL {
        for event in Event::ALL {
            let mut kernel = coming(state);
            befall(&mut kernel, event);
            let cell = target::cell(state, event);
            let now = kernel.coming.get("x").map(|coming| coming.state);
            let expected = match cell.next {
                Next::Stay => Some(state),
                Next::To(next) => Some(next),
                Next::End => None,
            };
            assert_eq!(now, expected, "{state:?} {event:?}");
            check_target(&mut kernel, state, event, now);
        }
    }
}

/// What has to hold whatever happened to an atom that comes.
fn check_target(kernel: &mut Kernel, was: target::State, event: target::Event, now: Option<target::State>) {
    use target::{Event, State};
    let place = alloc::format!("{was:?} {event:?}");
    let (said, outputs) = (said(kernel), outputs(kernel));
    let opened =
        outputs.iter().any(|output| matches!(output, Output::Open { epoch, .. } if *epoch == EPOCH + 1));
    let dropped = outputs.iter().any(|output| matches!(output, Output::Discard { epoch: EPOCH, .. }));
    let held = matches!(was, State::Held | State::Asking);
    assert_eq!(opened, held && matches!(event, Event::Released | Event::Yours), "{place}");
    assert_eq!(kernel.owned.get("x").map(|owned| owned.epoch), opened.then_some(EPOCH + 1), "{place}");
    let tells = said.iter().any(|message| matches!(message, Message::Owned { .. }));
    assert_eq!(tells, opened, "{place}: the source hears of it");
    // What was prepared is dropped, unless the node has just said that there is nothing.
    let refused = event == Event::Declined && now.is_none();
    assert_eq!(dropped, now.is_none() && !opened && !refused, "{place}");
    let aborts = said.iter().any(|message| matches!(message, Message::Abort { .. } | Message::Refuse { .. }));
    assert!(!(held && aborts && event != Event::Released), "{place}: what is held is the source's to end");
    if !held && now.is_none() {
        let told = matches!(event, Event::Aborted | Event::Gone);
        assert_eq!(aborts, !told, "{place}: the source hears of the end");
    }
    let asked = said.iter().any(|message| matches!(message, Message::Resolve { .. }));
    assert_eq!(asked, held && matches!(event, Event::Expired | Event::Back), "{place}");
}

#[test]
fn a_source_without_a_record_answers_from_what_it_knows() {
    let ask = |prepare: &dyn Fn(&mut Kernel)| {
        let mut kernel = kernel();
        prepare(&mut kernel);
        kernel.resolve("other", "x", EPOCH);
        said(&mut kernel).into_iter().find_map(|message| match message {
            Message::Resolved { yours, epoch: EPOCH, .. } => Some(yours),
            _ => None,
        })
    };
    let place = |node: &str, epoch: u64, alive: bool| Place { node: node.into(), epoch, alive };
    let learn = |place: Place, own: bool| {
        move |kernel: &mut Kernel| {
            kernel.directory.learn("x", place.clone(), own);
        }
    };
    assert_eq!(ask(&|_| {}), Some(false), "the process that owned it may have gone on");
    assert_eq!(ask(&|kernel| kernel.own("x", 3)), Some(false), "it runs here");
    assert_eq!(ask(&learn(place("other", EPOCH + 1, true), false)), Some(true), "it was released to it");
    assert_eq!(ask(&learn(place("third", EPOCH + 1, true), false)), Some(false));
    assert_eq!(ask(&learn(place("third", EPOCH + 9, true), false)), Some(false));
    assert_eq!(ask(&learn(place("me", EPOCH, false), true)), Some(false), "it ended here");
    assert_eq!(ask(&learn(place("me", EPOCH, false), false)), Some(false), "an earlier process had it");
}

#[test]
fn a_release_is_answered_again_by_whoever_owns_it_and_denied_by_whoever_knows_nothing() {
    let mut kernel = kernel();
    kernel.own("x", EPOCH + 1);
    let release = Message::Release { atom: "x".into(), epoch: EPOCH };
    kernel.between_nodes("other", release);
    kernel.between_nodes("other", Message::Release { atom: "y".into(), epoch: EPOCH });
    let said = said(&mut kernel);
    assert!(said.iter().any(|message| matches!(message, Message::Owned { atom, .. } if atom == "x")));
    let lost = Code::Lost.number();
    assert!(
        said.iter().any(
            |message| matches!(message, Message::Abort { atom, code, .. } if atom == "y" && *code == lost)
        )
    );
}
