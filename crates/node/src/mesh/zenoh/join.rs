//! What happens before a member shows itself: is anybody there, of which realm, and is the name free?

use std::thread;
use std::time::{Duration, Instant};

use super::address::{self, Address};
use super::greeting::Greeting;
use super::key;
use super::shared::{Shared, lock};
use crate::mesh::limit::{ASK_PATIENCE, DISCOVER_PATIENCE, JOIN_PATIENCE, JOIN_PAUSE, LEASE};
use crate::mesh::{Member, MeshError, MeshSettings, name};

/// Whom a member has met.
pub(super) enum Met {
    /// Nobody was to be met, or nobody has been found on the network yet.
    Nobody,
    /// A member of the realm.
    Entrance(Member),
    /// A router of Zenoh's, which is of no realm.
    Router,
}

/// Meets somebody at the addresses that are joined, or on the network.
pub(super) fn meet(shared: &Shared, settings: &MeshSettings, joins: &[Address]) -> Result<Met, MeshError> {
    let begin = Instant::now();
    let patience = match (joins.is_empty(), settings.discover) {
        (true, false) => return Ok(Met::Nobody),
        (true, true) => DISCOVER_PATIENCE,
        (false, _) => JOIN_PATIENCE,
    };
    while begin.elapsed() < patience {
        let linked = shared.link.peers();
        for incarnation in linked {
            let key = key::hello("*", "*", &key::incarnation(incarnation));
            for (realm, greeting) in shared.link.ask(&key, ASK_PATIENCE) {
                if let Some(member) = entrance(shared, settings, joins, &realm, &greeting)? {
                    return Ok(Met::Entrance(member));
                }
            }
        }
        if begin.elapsed() > DISCOVER_PATIENCE && shared.link.has_router() {
            return Ok(Met::Router);
        }
        thread::sleep(JOIN_PAUSE);
    }
    if joins.is_empty() { Ok(Met::Nobody) } else { Err(address::stranger(joins)) }
}

/// The member that answered, if it is at an address that was joined.
fn entrance(
    shared: &Shared,
    settings: &MeshSettings,
    joins: &[Address],
    realm: &str,
    greeting: &Greeting,
) -> Result<Option<Member>, MeshError> {
    let member = &greeting.speaker.member;
    let join = joins.iter().find(|join| {
        let ends = shared.link.ends();
        let mut ends = ends.iter().filter(|end| end.incarnation == Some(member.incarnation));
        let told = |address: &String| {
            address.split_once('/').is_some_and(|(protocol, place)| join.leads(protocol, place))
        };
        ends.any(|end| join.leads(&end.protocol, &end.place)) || greeting.speaker.addresses.iter().any(told)
    });
    if realm != settings.realm {
        return match join {
            Some(join) => Err(name::other_realm(&join.text, realm, &settings.realm)),
            None => Ok(None),
        };
    }
    shared.learn(greeting);
    Ok((join.is_some() || joins.is_empty()).then(|| member.clone()))
}

/// Refuses a name that another process has. One that was killed a moment ago may still be seen, at most for a lease;
/// of two that come at once, the one with the higher incarnation wins.
pub(super) fn claim(shared: &Shared, settings: &MeshSettings) -> Result<(), MeshError> {
    let begin = Instant::now();
    loop {
        let mine = key::hello(&shared.realm, &shared.me.name, "*");
        let same =
            |member: &Member| member.name == shared.me.name && member.incarnation != shared.me.incarnation;
        for (_, greeting) in shared.link.ask(&mine, ASK_PATIENCE) {
            let other = &greeting.speaker.member;
            if same(other) && (greeting.live || other.incarnation > shared.me.incarnation) {
                return Err(name::taken(settings));
            }
        }
        let entrance = lock(&shared.entrance).clone();
        let listed = entrance.is_some_and(|entrance| {
            let key = key::hello(&shared.realm, &entrance.name, &key::incarnation(entrance.incarnation));
            let answers = shared.link.ask(&key, ASK_PATIENCE);
            answers.iter().any(|(_, greeting)| greeting.seen.iter().any(|told| same(&told.member)))
        });
        if !listed {
            return Ok(());
        }
        if begin.elapsed() > LEASE + Duration::from_secs(1) {
            return Err(name::taken(settings));
        }
        thread::sleep(5 * JOIN_PAUSE);
    }
}
