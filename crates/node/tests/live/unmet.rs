//! Atoms at nodes that have not met everybody yet.

use crate::world::{PATIENCE, World, wait};
use sojourn_abi::{Event, Request, Response};
use sojourn_node::live::{Node, Port, Settings};
use std::path::Path;

/// The next call that comes to a port.
fn call(port: &Port) -> Event {
    wait("a call comes", || port.take(1).pop())
}

/// An atom talks with a door, and moves to a node that has not met that: it does not give up.
#[test]
fn an_atom_that_is_sooner_than_a_member_waits_for_it() {
    let world = World::new(2, 0);
    for (from, to) in [("door", "node-2"), ("node-2", "door")] {
        world.hub.cut(from, to);
    }
    let settings =
        Settings { name: "door".into(), realm: "live".into(), hosts: false, ..Settings::default() };
    let door = Node::open_on(settings, |settings, sink| world.hub.open(settings, sink)).unwrap();
    let port = door.open_port("port", Vec::new()).unwrap();
    wait("its name is known", || {
        let Response::Names { rows } =
            world.ask(Request::Find { scope: String::new(), pattern: "door/port".into(), any: false })
        else {
            return None;
        };
        (!rows.is_empty()).then_some(())
    });

    let ping = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/guests/ping.wat");
    let mut order = World::order(world.nodes[0].put(wat::parse_file(ping).unwrap()));
    if let Request::Start { arguments, .. } = &mut order {
        *arguments = ["ping", "door/port", "2"].map(String::from).into();
    }
    let Response::Placed { atom, .. } = world.nodes[0].request(order, None, PATIENCE) else {
        panic!("it does not start")
    };
    let first = call(&port);
    let moved = world.hop(&atom, "node-2");
    assert_eq!(moved.code, None, "{moved:?}");
    let before = world.row(&atom).processor_ns;
    // By way of the node where it was.
    port.reply(first.call, Event { data: first.data, ..Event::default() }).unwrap();
    wait("it goes on", || (world.row(&atom).processor_ns > before).then_some(()));
    assert!(port.take(1).is_empty());
    world.hub.heal("door", "node-2");
    let second = call(&port);
    port.reply(second.call, Event { data: second.data, ..Event::default() }).unwrap();
    assert_eq!(world.output(&atom, 4), b"2 0\n");
    assert!(world.nodes[1].peers().contains(&"door".to_owned()));
}
