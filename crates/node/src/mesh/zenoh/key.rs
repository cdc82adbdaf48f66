//! The key space.
//!
//! ```text
//! sojourn/REALM/node/NAME/in                                  frames for a member
//! sojourn/REALM/node/ROUTER/pass/NAME                         frames for a member that a router passes on
//! sojourn/REALM/live/NAME/INCARNATION/ROLE                    token: a member is there
//! sojourn/REALM/through/ROUTER/NAME/INCARNATION/ROLE          token: a router reaches a member
//! sojourn/REALM/hello/NAME/INCARNATION                        answers with the members that this one sees
//! ```
//!
//! Keys come from outside: what does not parse is nobody's.

use super::roster::Source;
use crate::mesh::{Member, Role};
use sojourn_abi::name::is_node;

/// Zenoh's own id of a session begins with this, the incarnation follows: so the peer of a link is known as a member.
const ZID_PREFIX: &str = "50";

pub(super) fn inbox(realm: &str, name: &str) -> String {
    format!("sojourn/{realm}/node/{name}/in")
}

pub(super) fn pass(realm: &str, router: &str, name: &str) -> String {
    format!("sojourn/{realm}/node/{router}/pass/{name}")
}

pub(super) fn live(realm: &str, member: &Member) -> String {
    format!("sojourn/{realm}/live/{}", tail(member))
}

pub(super) fn through(realm: &str, router: &str, member: &Member) -> String {
    format!("sojourn/{realm}/through/{router}/{}", tail(member))
}

pub(super) fn hello(realm: &str, name: &str, incarnation: &str) -> String {
    format!("sojourn/{realm}/hello/{name}/{incarnation}")
}

pub(super) fn incarnation(incarnation: u64) -> String {
    format!("{incarnation:016x}")
}

pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Node => "node",
        Role::Gateway => "gateway",
        Role::Client => "client",
    }
}

fn tail(member: &Member) -> String {
    format!("{}/{}/{}", member.name, incarnation(member.incarnation), role(member.role))
}

/// The member that a token tells of, and the way to it.
pub(super) fn token(key: &str) -> Option<(Source, Member)> {
    let parts: Vec<&str> = key.split('/').collect();
    match parts[..] {
        ["sojourn", _, "live", name, incarnation, role] => {
            Some((Source::Direct, member(name, incarnation, role)?))
        }
        ["sojourn", _, "through", router, name, incarnation, role] if is_node(router) => {
            Some((Source::Through(router.to_owned()), member(name, incarnation, role)?))
        }
        _ => None,
    }
}

/// The last part of the key of a frame that is to be passed on.
pub(super) fn passed(key: &str) -> Option<&str> {
    key.rsplit('/').next().filter(|name| is_node(name))
}

/// Realm of any key.
pub(super) fn realm(key: &str) -> Option<&str> {
    key.split('/').nth(1).filter(|realm| is_node(realm))
}

pub(super) fn member(name: &str, incarnation: &str, role: &str) -> Option<Member> {
    let role = match role {
        "node" => Role::Node,
        "gateway" => Role::Gateway,
        "client" => Role::Client,
        _ => return None,
    };
    let incarnation = hex(incarnation)?;
    is_node(name).then(|| Member { name: name.to_owned(), incarnation, role })
}

fn hex(text: &str) -> Option<u64> {
    let digits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits.then(|| u64::from_str_radix(text, 16).ok())?
}

/// Zenoh's id for an incarnation.
pub(super) fn zid(of: u64) -> String {
    format!("{ZID_PREFIX}{}", incarnation(of))
}

/// The incarnation behind a Zenoh id; none if that is no member.
pub(super) fn of_zid(zid: &str) -> Option<u64> {
    hex(zid.strip_prefix(ZID_PREFIX)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn someone() -> Member {
        Member { name: "node-1".into(), incarnation: 7, role: Role::Client }
    }

    #[test]
    fn tokens_are_read_as_they_are_written() {
        assert_eq!(token(&live("r", &someone())), Some((Source::Direct, someone())));
        let far = token(&through("r", "node-2", &someone()));
        assert_eq!(far, Some((Source::Through("node-2".into()), someone())));
        assert_eq!(realm(&live("r", &someone())), Some("r"));
        assert_eq!(of_zid(&zid(7)), Some(7));
        assert_eq!(passed(&pass("r", "a", "b")), Some("b"));
    }

    #[test]
    fn what_is_no_token_is_nobodys() {
        for key in [
            "sojourn/r/live/node-1/7/node",
            "sojourn/r/live/node-1/000000000000000g/node",
            "sojourn/r/live/node-1/0000000000000007/king",
            "sojourn/r/live/Node/0000000000000007/node",
            "sojourn/r/live/node-1/0000000000000007/node/more",
            "sojourn/r/through/*/node-1/0000000000000007/node",
            "other/r/live/node-1/0000000000000007/node",
            "",
        ] {
            assert_eq!(token(key), None, "{key}");
        }
        assert_eq!(of_zid("5107"), None);
    }
}
