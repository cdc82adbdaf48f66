//! The rules that every mesh keeps.

use std::collections::BTreeSet;

use sojourn_node::mesh::MeshEvent;

use crate::nets::Net;
use crate::seat::{Seat, changes};

/// One test for each rule, over one mesh.
macro_rules! conformance {
    ($mesh:ident, $net:expr) => {
        mod $mesh {
            use super::*;

            crate::suite::cases!($net; alone frames_arrive_whole);
            crate::suite::cases!($net; beside frames_arrive_in_order all_find_each_other members_come_and_go
                a_new_process_takes_the_name_of_an_old_one closing_ends_delivery realms_do_not_hear_each_other);
        }
    };
}

macro_rules! cases {
    ($net:expr; $place:ident $($case:ident)+) => {
        $(#[test]
        fn $case() {
            let _place = crate::seat::$place();
            let net = $net;
            match crate::nets::Net::missing(&net) {
                Some(reason) => eprintln!("SKIPPED: {reason}"),
                None => crate::suite::$case(&net, || $net),
            }
        })+
    };
}

pub(crate) use {cases, conformance};

/// Bytes that tell where they are.
fn frame(length: usize, seed: usize) -> Vec<u8> {
    (0..length).map(|index| ((index * 31) ^ (index >> 8) ^ seed).to_le_bytes()[0]).collect()
}

fn two(net: &impl Net) -> (Seat, Seat) {
    let a = net.seat("a", None);
    let b = net.seat("b", Some(&a));
    a.sees(&[&b]);
    b.sees(&[&a]);
    (a, b)
}

pub fn frames_arrive_whole<N: Net>(net: &N, _: impl Fn() -> N) {
    let (a, b) = two(net);
    for length in [0, 1, 64, 65_535, 65_536, 1 << 20, 8 << 20, 64 << 20] {
        a.carries(&b, &frame(length, 1));
        b.carries(&a, &frame(length, 2));
    }
    a.mesh.send("b", vec![7; (64 << 20) + 1]);
    a.carries(&b, &[8]);
}

pub fn frames_arrive_in_order<N: Net>(net: &N, _: impl Fn() -> N) {
    let (a, b) = two(net);
    let marked = |attempt: u8, index: usize| [&[attempt][..], &frame(index * 97 % 9000, index)].concat();
    a.carries_all(&b, |attempt| (0..500).map(|index| marked(attempt, index)).collect());
    assert!(a.frames().is_empty(), "no frame comes to one that it was not meant for");
}

pub fn all_find_each_other<N: Net>(net: &N, _: impl Fn() -> N) {
    let a = net.seat("a", None);
    let others: Vec<Seat> = ["b", "c", "d"].iter().map(|name| net.seat(name, Some(&a))).collect();
    let seats: Vec<&Seat> = std::iter::once(&a).chain(&others).collect();
    for seat in &seats {
        let rest: Vec<&Seat> = seats.iter().filter(|other| other.me != seat.me).copied().collect();
        seat.sees(&rest);
    }
    for from in &seats {
        for to in seats.iter().filter(|to| to.me != from.me) {
            from.carries(to, from.me.name.as_bytes());
        }
    }
}

pub fn members_come_and_go<N: Net>(net: &N, _: impl Fn() -> N) {
    let (a, b) = two(net);
    let c = net.seat("c", Some(&a));
    for (seat, others) in [(&a, [&b, &c]), (&b, [&a, &c]), (&c, [&a, &b])] {
        seat.sees(&others);
    }
    b.mesh.close();
    a.sees(&[&c]);
    c.sees(&[&a]);
    let number = b.me.incarnation;
    for seat in [&a, &c] {
        seat.until("b to go", |events| changes(events, "b").last() == Some(&(false, number)));
        assert_eq!(seat.comings_and_goings("b"), [(true, number), (false, number)]);
    }
}

pub fn a_new_process_takes_the_name_of_an_old_one<N: Net>(net: &N, _: impl Fn() -> N) {
    let (a, old) = two(net);
    old.mesh.close();
    a.sees(&[]);
    let new = net.seat("b", Some(&a));
    assert_ne!(new.me, old.me);
    a.sees(&[&new]);
    new.sees(&[&a]);
    a.carries(&new, &[1, 2, 3]);
    assert!(old.frames().is_empty());
    let (before, now) = (old.me.incarnation, new.me.incarnation);
    a.until("the new process", |events| changes(events, "b").last() == Some(&(true, now)));
    assert_eq!(a.comings_and_goings("b"), [(true, before), (false, before), (true, now)]);
}

pub fn closing_ends_delivery<N: Net>(net: &N, _: impl Fn() -> N) {
    let (a, b) = two(net);
    a.carries(&b, &[1]);
    b.mesh.close();
    let heard = b.history("a");
    a.mesh.send("b", vec![2]);
    a.sees(&[]);
    b.mesh.close();
    assert!(b.frames().is_empty());
    assert_eq!(b.history("a"), heard);
}

pub fn realms_do_not_hear_each_other<N: Net>(net: &N, another: impl Fn() -> N) {
    let (a, b) = two(net);
    let other = another();
    let (x, y) = two(&other);
    a.carries(&b, &[1]);
    x.carries(&y, &[2]);
    a.sees(&[&b]);
    x.sees(&[&y]);
    for seat in [&a, &b, &x, &y] {
        assert!(seat.frames().is_empty());
        seat.until("one member", |events| {
            let came = events.iter().filter_map(|event| match event {
                MeshEvent::Up(member) if member.name != "router" => Some(member.incarnation),
                _ => None,
            });
            came.collect::<BTreeSet<u64>>().len() == 1
        });
    }
}
