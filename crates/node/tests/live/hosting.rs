//! A node that hosts no atoms is a member as any other, and no atom comes to it.

use crate::world::{PATIENCE, World, refused};
use sojourn_abi::{Code, Event, MoveState, Request, Response};

/// The place of the node that hosts none.
const DOOR: usize = 1;

fn with_a_door() -> World {
    World::with(2, 2, |place, settings| {
        if place == DOOR {
            settings.hosts = false;
            settings.folder = None;
        }
    })
}

#[test]
fn no_atom_is_started_moved_or_restored_there() {
    let world = with_a_door();
    let atom = world.start("grow.wat", 4 << 16, Vec::new());
    world.output(&atom, 1);
    let row = world.hop(&atom, "node-2");
    assert_eq!((row.state, row.code), (MoveState::Failed, Some(Code::HostsNoAtoms.number())));
    assert_eq!(world.row(&atom).node, "node-1", "it stayed where it was");
    let kept = world.checkpoint(&atom);
    assert_eq!(kept.len(), 1, "a door keeps no images: {kept:?}");
    world.stop(&atom, true);
    let text = refused(world.restore(&atom, None, "node-2"), Code::HostsNoAtoms);
    assert!(text.contains("node-2 hosts no atoms"), "{text}");
    let module = world.nodes[0].put(wat::parse_str("(module)").unwrap());
    let text = refused(world.ask_at("node-2", World::order(module)), Code::HostsNoAtoms);
    assert!(text.contains("node-2 hosts no atoms"), "{text}");
}

#[test]
fn what_is_to_be_anywhere_is_at_another_node() {
    let world = with_a_door();
    let atom = world.start_from(DOOR, "grow.wat", 4 << 16, Vec::new());
    assert_eq!(world.row(&atom).node, "node-1");
    world.output(&atom, 1);
    world.stop(&atom, true);
    let anywhere = Request::Restore { atom: atom.clone(), image: None, keeper: None, target: None };
    let restored = world.nodes[DOOR].request(anywhere, None, PATIENCE);
    assert!(matches!(&restored, Response::Placed { node, .. } if node == "node-1"), "{restored:?}");
}

#[test]
fn it_says_so_and_is_a_member_as_any_other() {
    let world = with_a_door();
    let Response::NodeRows { rows } = world.ask(Request::Nodes {}) else { panic!("no nodes") };
    let told: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.hosts)).collect();
    assert_eq!(told, [("node-1", None), ("node-2", Some(false))]);
    let Response::Reports { reports } = world.ask_at("node-2", Request::Report { after: 0, most: 9 }) else {
        panic!("no report")
    };
    assert_eq!(reports[0].machine.hosts, Some(false));
    let opened = world.ask_at("node-2", Request::OpenBox { name: "inbox".into(), aliases: Vec::new() });
    assert!(matches!(&opened, Response::Placed { atom, .. } if atom == "node-2/inbox"), "{opened:?}");
    let event = Event { data: b"hello".into(), ..Event::default() };
    let sent = world.ask(Request::Post { to: "inbox".into(), event, wait_ms: 60_000, name: None });
    assert!(matches!(&sent, Response::Sent { to, .. } if to == "node-2/inbox"), "{sent:?}");
    let receive = Request::Receive { name: "node-2/inbox".into(), most: 9, wait_ms: 60_000, after: 0 };
    let Response::Events { events, .. } = world.ask_at("node-2", receive) else { panic!("nothing came") };
    assert_eq!(events[0].data, b"hello");
}
