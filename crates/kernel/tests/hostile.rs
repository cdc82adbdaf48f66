//! Hostile input: anything may come, from anybody, at any time. Nothing panics, nothing grows without bound, and
//! nobody's word counts for more than its own.

mod world;

use sojourn_abi::{Alias, Frame, Lane, Message, Role, VERSION, decode, encode};
use sojourn_kernel::{Input, Kernel, MAC, Opened, Output, Seal};
use world::{KEY, MS, Random, SECOND, World, facts, numbered, page, sealed, settings};

/// A member of the realm that says whatever it is told to, in frames of its own making.
struct Liar {
    name: &'static str,
    seal: Seal,
    sequences: [u64; 2],
}

impl Liar {
    /// One that has a session with `a`, whose incarnation is 1.
    fn with(kernel: &mut Kernel, name: &'static str, role: Role) -> Self {
        let liar = Self { name, seal: Seal::new("test", &KEY), sequences: [0; 2] };
        let hello = Frame::Hello {
            from: name.into(),
            incarnation: 66,
            to_incarnation: Some(1),
            role,
            version: VERSION,
            nonce: None,
            answers: None,
        };
        kernel.handle(Input::Frame(liar.seal.close(&hello)), SECOND);
        assert!(kernel.peers().iter().any(|(peer, _)| peer == name));
        while kernel.poll().is_some() {}
        liar
    }

    fn data(&self, lane: Lane, sequence: u64, next: u64, payload: Vec<u8>) -> Input {
        let frame = Frame::Data {
            from: self.name.into(),
            incarnation: 66,
            to_incarnation: 1,
            lane,
            sequence,
            next,
            payload,
        };
        Input::Frame(self.seal.close(&frame))
    }

    fn say(&mut self, kernel: &mut Kernel, message: &Message, now: u64) {
        let lane = Lane::Control;
        let sequence = self.sequences[lane as usize];
        self.sequences[lane as usize] += 1;
        kernel.handle(self.data(lane, sequence, 0, encode(message)), now);
    }

    fn acknowledge(&self, next: u64, beyond: Vec<u64>, room: u64) -> Input {
        let frame = Frame::Ack {
            from: self.name.into(),
            incarnation: 66,
            to_incarnation: 1,
            lane: Lane::Bulk,
            next,
            beyond,
            room,
        };
        Input::Frame(self.seal.close(&frame))
    }
}

fn kernel() -> Kernel {
    let mut kernel = Kernel::new(settings("a", 1));
    kernel.tick(SECOND);
    kernel
}

fn outputs(kernel: &mut Kernel) -> Vec<Output> {
    std::iter::from_fn(|| kernel.poll()).collect()
}

fn random_message(random: &mut Random) -> Message {
    let atom = ["x", "y", "z", ""][random.index(4)].to_string();
    let epoch = [0, 1, 2, 5, 6, 7, u64::MAX, u64::MAX - 1][random.index(8)];
    let node = ["a", "b", "liar", ""][random.index(4)].to_string();
    let code = u16::from(random.byte());
    let text = "no\nno\u{7f}".to_string();
    match random.below(14) {
        0 => {
            let aliases = random.percent(50).then(|| aliases_for(random));
            let version = random.percent(80).then(|| random.below(5));
            Message::Place { atom, epoch, node, alive: random.percent(50), aliases, version }
        }
        1 => Message::Offer { atom, epoch, facts: facts() },
        2 => Message::Accept { atom, epoch },
        3 => Message::Refuse { atom, epoch, code, text },
        4 => page(&atom, epoch),
        5 => Message::Final { atom, epoch, image: Vec::new(), sizes: vec![u64::MAX], baggage: Vec::new() },
        6 => Message::Ready { atom, epoch },
        7 => Message::Release { atom, epoch },
        8 => Message::Owned { atom, epoch },
        9 => Message::Abort { atom, epoch, code, text },
        10 => Message::Resolve { atom, epoch },
        11 => Message::Resolved { atom, epoch, yours: random.percent(50) },
        12 => Message::Lacking { hash: [0; 32] },
        _ => numbered(random.next(), 10),
    }
}

fn aliases_for(random: &mut Random) -> Vec<Alias> {
    let count = [0, 1, 3, 64, 65][random.index(5)];
    let bytes = [0, 1, 50, 500][random.index(4)];
    (0..count).map(|_| Alias { scope: "s".into(), alias: "a".repeat(bytes) }).collect()
}

fn random_node_input(random: &mut Random) -> Input {
    let atom = ["x", "y", "z"][random.index(3)].to_string();
    let epoch = random.below(8);
    let (code, text) = (sojourn_abi::Code::Aborted, "no".to_string());
    match random.below(11) {
        0 => Input::Own { atom, epoch },
        10 => Input::Alias { atom, aliases: aliases_for(random) },
        1 => Input::Ended { atom },
        2 | 3 => {
            let target = ["liar", "b", "a"][random.index(3)].into();
            Input::Move { id: random.next(), atom, target, facts: facts() }
        }
        4 => Input::Cancel { atom, code, text },
        5 => Input::Converged { atom },
        6 => sealed(&atom),
        7 => Input::Taken { atom, epoch },
        8 => Input::Declined { atom, epoch, code, text },
        _ => Input::Built { atom, epoch },
    }
}

#[test]
fn random_bytes_and_changed_frames_do_nothing() {
    let mut random = Random::new(5);
    let mut kernel = kernel();
    let liar = Liar::with(&mut kernel, "liar", Role::Node);
    let Input::Frame(good) = liar.data(Lane::Control, 0, 0, encode(&numbered(1, 100))) else { return };
    for _ in 0..20_000 {
        let length = random.index(300);
        let noise = random.bytes(length);
        kernel.handle(Input::Frame(noise), SECOND);
        let mut changed = good.clone();
        let place = random.index(changed.len());
        changed[place] ^= 1 << random.below(8);
        kernel.handle(Input::Frame(changed), SECOND);
    }
    assert!(outputs(&mut kernel).is_empty());
    assert_eq!(kernel.counters().refused, 40_000);
    assert_eq!(kernel.peers().len(), 1);
}

#[test]
fn authentic_frames_with_random_contents_do_no_harm() {
    let mut random = Random::new(6);
    let mut kernel = kernel();
    let mut liar = Liar::with(&mut kernel, "liar", Role::Node);
    let key = Seal::new("test", &KEY);
    for _ in 0..20_000 {
        let length = random.index(100);
        let payload = random.bytes(length);
        let sequence = liar.sequences[0];
        liar.sequences[0] += 1;
        kernel.handle(liar.data(Lane::Control, sequence, 0, payload), SECOND);
        // The body itself changed, and sealed by somebody who has the key.
        let Input::Frame(frame) = liar.data(Lane::Bulk, 0, 0, encode(&page("x", 1))) else { return };
        let mut body = frame[MAC..].to_vec();
        for _ in 0..=random.below(3) {
            let place = random.index(body.len().min(80));
            body[place] = random.byte();
        }
        if let Some(frame) = decode::<Frame>(&body) {
            kernel.handle(Input::Frame(key.close(&frame)), SECOND);
        }
        outputs(&mut kernel);
    }
    assert!(kernel.next_timeout().is_some());
    assert!(kernel.owned().is_empty());
}

#[test]
fn any_message_at_any_time_panics_nothing_and_each_move_ends_once() {
    for seed in 1..200 {
        let mut random = Random::new(seed);
        let mut kernel = kernel();
        let mut liar = Liar::with(&mut kernel, "liar", Role::Node);
        let mut now = SECOND;
        let (mut began, mut ended) = (0_u32, 0_u32);
        for _ in 0..400 {
            now += random.below(300 * MS);
            if kernel.next_timeout().is_some_and(|at| at <= now) {
                kernel.tick(now);
            }
            if random.percent(60) {
                let message = random_message(&mut random);
                liar.say(&mut kernel, &message, now);
            } else {
                kernel.handle(random_node_input(&mut random), now);
            }
            for output in outputs(&mut kernel) {
                match output {
                    Output::Step { state: sojourn_abi::MoveState::Offered, .. } => began += 1,
                    Output::Moved { failure, .. } => {
                        let (_, text) = failure.unwrap_or((sojourn_abi::Code::Aborted, String::new()));
                        assert!(!text.contains(char::is_control), "{text:?}");
                        ended += 1;
                    }
                    Output::Located { atom, epoch, node, alive, aliases } => {
                        let place = kernel.place(&atom).expect("known");
                        assert!(place.epoch >= epoch && !node.is_empty());
                        assert!(alive || aliases.is_empty(), "aliases go with the end");
                        let bytes: usize = aliases.iter().map(|alias| alias.alias.len() + 1).sum();
                        assert!(aliases.len() <= 64 && bytes <= 8 << 10, "aliases have an end");
                    }
                    _ => {}
                }
            }
        }
        assert!(began <= ended + 3, "at most one for each atom is under way");
        // One speaker for each atom: what is owned is what the directory says of this node.
        for (atom, epoch) in kernel.owned() {
            let place = kernel.place(&atom).expect("known");
            assert_eq!((place.node.as_str(), place.epoch, place.alive), ("a", epoch, true), "seed {seed}");
        }
    }
}

#[test]
fn what_comes_early_is_held_up_to_the_window() {
    let mut kernel = kernel();
    let liar = Liar::with(&mut kernel, "liar", Role::Node);
    let payload = encode(&numbered(0, 1 << 20));
    for sequence in 1..200 {
        kernel.handle(liar.data(Lane::Bulk, sequence, 0, payload.clone()), SECOND);
    }
    for sequence in [u64::MAX, u64::MAX - 1, 1 << 40, 20_000] {
        kernel.handle(liar.data(Lane::Bulk, sequence, u64::MAX, payload.clone()), SECOND);
    }
    outputs(&mut kernel);
    kernel.handle(liar.data(Lane::Bulk, 0, 0, payload), SECOND);
    let delivered = |output: &Output| matches!(output, Output::Deliver { .. });
    assert_eq!(
        outputs(&mut kernel).iter().filter(|output| delivered(output)).count(),
        16,
        "a window, and one"
    );
}

#[test]
fn answers_that_nobody_takes_come_to_an_end() {
    let mut small = settings("a", 1);
    small.limits.messages = 50;
    let mut kernel = Kernel::new(small);
    let mut liar = Liar::with(&mut kernel, "liar", Role::Node);
    for number in 0..1000 {
        let atom = format!("atom-{number}");
        liar.say(&mut kernel, &Message::Release { atom: atom.clone(), epoch: 1 }, SECOND);
        liar.say(&mut kernel, &Message::Offer { atom, epoch: u64::MAX, facts: facts() }, SECOND);
    }
    let waiting: usize = kernel.loads().iter().map(|load| load.messages).sum();
    assert_eq!(waiting, 100);
    assert_eq!(kernel.counters().refused, 1900);
}

#[test]
fn acknowledgements_of_what_was_never_sent_do_nothing() {
    let mut kernel = kernel();
    let liar = Liar::with(&mut kernel, "liar", Role::Node);
    let send = |kernel: &mut Kernel, bytes: usize| {
        let message = numbered(0, bytes);
        kernel.handle(Input::Send { to: "liar".into(), lane: Lane::Bulk, message }, SECOND);
    };
    send(&mut kernel, 1000);
    let room = kernel.room("liar");
    kernel.handle(liar.acknowledge(u64::MAX, vec![u64::MAX; 1000], u64::MAX), SECOND);
    kernel.handle(liar.acknowledge(2, vec![0], 0), SECOND);
    assert_eq!(kernel.room("liar"), room);
    kernel.handle(liar.acknowledge(0, vec![u64::MAX, 0, 0, 1 << 50], 0), SECOND);
    kernel.handle(liar.acknowledge(1, Vec::new(), 0), SECOND);
    assert_eq!(kernel.room("liar"), 16 << 20);
    // Without room there, one at a time still goes: a peer cannot stop a lane but by silence.
    outputs(&mut kernel);
    send(&mut kernel, 1000);
    send(&mut kernel, 1000);
    let transmitted =
        outputs(&mut kernel).iter().filter(|output| matches!(output, Output::Transmit { .. })).count();
    assert_eq!(transmitted, 1);
}

#[test]
fn hellos_of_strangers_fill_nothing_and_are_not_answered_without_end() {
    let mut kernel = Kernel::new({
        let mut settings = settings("a", 1);
        settings.limits.peers = 50;
        settings
    });
    let strange = Seal::new("test", &[9; 32]);
    let mut answers = 0;
    for turn in 0..5000 {
        let hello = Frame::Hello {
            from: format!("stranger-{}", turn % 500),
            incarnation: turn,
            to_incarnation: Some(1),
            role: Role::Node,
            version: VERSION,
            nonce: None,
            answers: None,
        };
        kernel.handle(Input::Frame(strange.close(&hello)), SECOND);
        for output in outputs(&mut kernel) {
            if let Output::Transmit { frame, .. } = output {
                assert!(matches!(strange.open(&frame), Opened::Anybody(Frame::Denied { .. })));
                answers += 1;
            }
        }
    }
    assert_eq!(answers, 100, "so many in a second");
    assert!(kernel.peers().is_empty());
    assert_eq!(kernel.next_timeout(), None, "nothing is kept of them");
    // A member finds room all the same.
    let member = Seal::new("test", &KEY);
    let hello = Frame::Hello {
        from: "b".into(),
        incarnation: 2,
        to_incarnation: Some(1),
        role: Role::Node,
        version: VERSION,
        nonce: None,
        answers: None,
    };
    kernel.handle(Input::Frame(member.close(&hello)), SECOND);
    assert_eq!(kernel.peers().len(), 1);
}

#[test]
fn another_version_is_told_so() {
    let mut kernel = kernel();
    let hello = Frame::Hello {
        from: "newer".into(),
        incarnation: 2,
        to_incarnation: None,
        role: Role::Node,
        version: VERSION + 1,
        nonce: None,
        answers: None,
    };
    kernel.handle(Input::Frame(Seal::new("test", &KEY).close(&hello)), SECOND);
    let Some(Output::Transmit { frame, .. }) = kernel.poll() else { panic!("an answer") };
    let code = sojourn_abi::Code::WrongVersion.number();
    let opened = Seal::new("test", &KEY).open(&frame);
    assert!(matches!(opened, Opened::Anybody(Frame::Denied { code: found, .. }) if found == code));
    assert!(kernel.peers().is_empty());
}

#[test]
fn names_that_make_no_sense_are_nobody() {
    let mut kernel = kernel();
    let long = "n".repeat(65);
    for name in ["", "a", "new\nline", "with space", "\u{e9}", &long] {
        let hello = Frame::Hello {
            from: name.into(),
            incarnation: 2,
            to_incarnation: Some(1),
            role: Role::Node,
            version: VERSION,
            nonce: None,
            answers: None,
        };
        kernel.handle(Input::Frame(Seal::new("test", &KEY).close(&hello)), SECOND);
    }
    assert!(kernel.peers().is_empty() && outputs(&mut kernel).is_empty());
    assert_eq!(kernel.counters().refused, 6);
}

#[test]
fn a_flood_of_places_stays_within_the_directory() {
    let mut small = settings("a", 1);
    small.limits.places = 100;
    let mut kernel = Kernel::new(small);
    let mut liar = Liar::with(&mut kernel, "liar", Role::Node);
    for number in 0..1000 {
        let alive = number % 2 == 0;
        let place = Message::Place {
            atom: format!("atom-{number}"),
            epoch: 0,
            node: "liar".into(),
            alive,
            aliases: None,
            version: None,
        };
        liar.say(&mut kernel, &place, SECOND);
    }
    let long = Message::Place {
        atom: "x".repeat(257),
        epoch: 0,
        node: "liar".into(),
        alive: true,
        aliases: None,
        version: None,
    };
    liar.say(&mut kernel, &long, SECOND);
    assert!(kernel.places().len() <= 100);
    assert!(kernel.counters().unplaced > 0);
    kernel.handle(Input::Own { atom: "mine".into(), epoch: 0 }, SECOND);
    assert!(kernel.place("mine").is_some());
}

#[test]
fn a_flood_of_aliases_stays_within_the_directory() {
    let mut kernel = kernel();
    let mut liar = Liar::with(&mut kernel, "liar", Role::Node);
    let place = |atom: String, aliases: Vec<Alias>| {
        let (node, aliases) = ("liar".into(), Some(aliases));
        Message::Place { atom, epoch: 0, node, alive: true, aliases, version: Some(1) }
    };
    let alias = |bytes: usize| Alias { scope: "s".into(), alias: "x".repeat(bytes) };
    for (atom, aliases) in [("many", vec![alias(1); 65]), ("long", vec![alias(4096); 2])] {
        let refused = kernel.counters().refused;
        liar.say(&mut kernel, &place(atom.into(), aliases), SECOND);
        assert_eq!((kernel.aliases(atom).len(), kernel.counters().refused), (0, refused + 1), "{atom}");
        assert!(kernel.place(atom).is_some(), "the atom itself is known all the same");
    }
    let flood = vec![alias(120); 64];
    for number in 0..20_000 {
        liar.say(&mut kernel, &place(format!("atom-{number}"), flood.clone()), SECOND);
        outputs(&mut kernel);
    }
    let bytes: usize = kernel
        .places()
        .iter()
        .flat_map(|(atom, _)| kernel.aliases(atom))
        .map(|alias| alias.alias.len())
        .sum();
    assert!(bytes <= 64 << 20 && kernel.counters().unplaced > 0, "{bytes} bytes of aliases");
    kernel.handle(Input::own("mine", 0), SECOND);
    kernel.handle(Input::Alias { atom: "mine".into(), aliases: flood.clone() }, SECOND);
    assert_eq!(kernel.aliases("mine"), flood, "those of what is here always find room");
}

#[test]
fn nobody_gives_aliases_to_an_atom_of_somebody_who_can_speak() {
    let mut world = World::new(1);
    world.add(settings("b", 1));
    world.add(settings("a", 2));
    world.meet();
    world.own("a", "x", 3);
    world.run(SECOND);
    let now = world.now;
    let kernel = world.kernels.get_mut("b").expect("there");
    let mut third = Liar::with(kernel, "liar", Role::Node);
    let lie = |node: &str, epoch| Message::Place {
        atom: "x".into(),
        epoch,
        node: node.into(),
        alive: true,
        aliases: Some(vec![Alias { scope: "s".into(), alias: "lie".into() }]),
        version: Some(99),
    };
    for (node, epoch) in [("a", 3), ("liar", 2), ("liar", 3), ("b", 3)] {
        third.say(kernel, &lie(node, epoch), now);
        assert!(kernel.aliases("x").is_empty(), "of {node} with epoch {epoch}");
    }
}

#[test]
fn a_third_cannot_interfere_with_a_move() {
    let mut world = World::new(1);
    world.add(settings("a", 1));
    world.add(settings("b", 2));
    world.meet();
    world.run(SECOND);
    world.automatic.clear();
    world.own("a", "x", 3);
    let mut third = {
        let kernel = world.kernels.get_mut("a").expect("there");
        Liar::with(kernel, "liar", Role::Node)
    };
    world.start_move("a", 1, "x", "b");
    let now = world.now;
    let kernel = world.kernels.get_mut("a").expect("there");
    let (atom, text) = ("x".to_string(), String::new());
    for message in [
        Message::Accept { atom: atom.clone(), epoch: 3 },
        Message::Ready { atom: atom.clone(), epoch: 3 },
        Message::Owned { atom: atom.clone(), epoch: 3 },
        Message::Refuse { atom: atom.clone(), epoch: 3, code: 4, text: text.clone() },
        Message::Abort { atom: atom.clone(), epoch: 3, code: 4, text },
        Message::Release { atom: atom.clone(), epoch: 3 },
        Message::Resolve { atom, epoch: 3 },
    ] {
        third.say(kernel, &message, now);
    }
    assert_eq!(kernel.owned(), [("x".to_string(), 3)]);
    world.run(SECOND);
    assert!(world.moved(1).is_none());
    assert!(!world.saw("a", |output| matches!(output, Output::Copy { .. } | Output::GoOn { .. })));
}
