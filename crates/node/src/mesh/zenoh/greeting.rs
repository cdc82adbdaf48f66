//! What a member says when it is asked whom it sees: lines of text.
//!
//! ```text
//! live                                            or: joining
//! node-1 00000000000000a1 node tcp/10.0.0.1:7447  itself
//! node-2 00000000000000b2 node tcp/10.0.0.2:7447,quic/10.0.0.2:7447
//! laptop 00000000000000c3 client -                one that cannot be dialled
//! ```
//!
//! It comes from outside: lines that make no sense are left out, and no more are read than the limits say.

use super::key;
use crate::mesh::Member;
use crate::mesh::limit::{ANSWER_MEMBERS, MEMBER_ADDRESSES};

/// A member and where it listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Contact {
    pub member: Member,
    pub addresses: Vec<String>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Greeting {
    /// Whether it is in the realm already, not just about to join.
    pub live: bool,
    pub speaker: Contact,
    pub seen: Vec<Contact>,
}

impl Greeting {
    pub(super) fn write(&self) -> String {
        let state = if self.live { "live\n" } else { "joining\n" };
        let contacts = std::iter::once(&self.speaker).chain(&self.seen).map(line);
        std::iter::once(state.to_owned()).chain(contacts).collect()
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let live = match lines.next()? {
            "live" => true,
            "joining" => false,
            _ => return None,
        };
        let speaker = contact(lines.next()?)?;
        Some(Self { live, speaker, seen: lines.take(ANSWER_MEMBERS).filter_map(contact).collect() })
    }
}

fn line(contact: &Contact) -> String {
    let Member { name, incarnation, role } = &contact.member;
    let (incarnation, role) = (key::incarnation(*incarnation), key::role(*role));
    let none = contact.addresses.is_empty();
    let addresses = if none { "-".to_owned() } else { contact.addresses.join(",") };
    format!("{name} {incarnation} {role} {addresses}\n")
}

fn contact(line: &str) -> Option<Contact> {
    let words: Vec<&str> = line.split(' ').collect();
    let [name, incarnation, role, addresses] = words[..] else { return None };
    let addresses = addresses.split(',').filter(|address| *address != "-").take(MEMBER_ADDRESSES);
    Some(Contact {
        member: key::member(name, incarnation, role)?,
        addresses: addresses.map(str::to_owned).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::Role;

    fn contact(name: &str, addresses: &[&str]) -> Contact {
        let member = Member { name: name.into(), incarnation: 9, role: Role::Node };
        Contact { member, addresses: addresses.iter().map(|text| (*text).to_owned()).collect() }
    }

    #[test]
    fn an_answer_is_read_as_it_is_written() {
        let seen = vec![contact("b", &["tcp/1.2.3.4:5", "tls/1.2.3.4:6"]), contact("c", &[])];
        let greeting = Greeting { live: true, speaker: contact("a", &[]), seen };
        assert_eq!(Greeting::read(&greeting.write()), Some(greeting));
    }

    #[test]
    fn lines_without_sense_are_left_out() {
        let text = "joining\na 0000000000000009 node -\nb 9 node -\n\nB 0000000000000009 node -\n";
        let greeting = Greeting::read(text).unwrap();
        assert_eq!(greeting, Greeting { live: false, speaker: contact("a", &[]), seen: Vec::new() });
        assert_eq!(Greeting::read("dead\na 0000000000000009 node -\n"), None);
        assert_eq!(Greeting::read("live\n"), None);
    }
}
