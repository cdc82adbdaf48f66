//! The thread that keeps a member linked with the others.
//!
//! Zenoh's own gossip would not do: it leaves out addresses of this machine, tries each but once, and its routers do
//! not pass frames between peers. So members ask each other whom they see (each new one, and one in turn every few
//! seconds), dial whom they are not linked with until it answers or is forgotten, and a router shows a token for
//! each member that it reaches, so that others send through it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use ::zenoh::liveliness::LivelinessToken;

use super::key;
use super::shared::{Shared, lock};
use crate::mesh::limit::{ASK_PATIENCE, ASK_PERIOD};
use crate::mesh::{Member, Role};

pub(super) struct Keeper {
    shared: Arc<Shared>,
    router: bool,
    shown: HashMap<Member, LivelinessToken>,
    asked: HashSet<u64>,
    /// Whose turn it is to be asked again.
    turn: usize,
}

impl Keeper {
    pub(super) fn new(shared: Arc<Shared>, router: bool) -> Self {
        Self { shared, router, shown: HashMap::new(), asked: HashSet::new(), turn: 0 }
    }

    pub(super) fn run(mut self) {
        let mut ask = Instant::now() + ASK_PERIOD;
        let mut until = Instant::now();
        while self.shared.wait(until) {
            let direct = lock(&self.shared.roster).direct();
            self.find_entrance();
            if self.router {
                self.show(&direct);
            }
            if self.shared.me.role == Role::Client {
                until = Instant::now() + ASK_PERIOD;
            } else {
                self.ask_new(&direct);
                if ask <= Instant::now() {
                    self.ask_again(&direct);
                    ask = Instant::now() + ASK_PERIOD;
                }
                until = self.dial().map_or(ask, |dial| dial.min(ask));
            }
        }
    }

    /// After a restart somebody else may be at the address that was joined.
    fn find_entrance(&self) {
        let Some(known) = lock(&self.shared.entrance).clone() else { return };
        let roster = lock(&self.shared.roster);
        let now = roster.named(&known.name).or_else(|| {
            let only = (self.shared.me.role == Role::Client).then(|| self.shared.link.peers())?;
            roster.incarnated(*only.first()?)
        });
        drop(roster);
        if let Some(now) = now {
            *lock(&self.shared.entrance) = Some(now);
        }
    }

    fn show(&mut self, direct: &[Member]) {
        self.shown.retain(|member, _| direct.contains(member));
        for member in direct {
            if !self.shown.contains_key(member) {
                let key = key::through(&self.shared.realm, &self.shared.me.name, member);
                // It fails only when the session is closed.
                if let Ok(token) = self.shared.link.show(key) {
                    self.shown.insert(member.clone(), token);
                }
            }
        }
    }

    fn ask_new(&mut self, direct: &[Member]) {
        self.asked.retain(|incarnation| direct.iter().any(|member| member.incarnation == *incarnation));
        for member in direct.iter().filter(|member| member.role == Role::Node) {
            if self.asked.insert(member.incarnation) {
                self.ask(member);
            }
        }
    }

    fn ask_again(&mut self, direct: &[Member]) {
        let nodes: Vec<&Member> = direct.iter().filter(|member| member.role == Role::Node).collect();
        self.turn = self.turn.wrapping_add(1);
        if let Some(turn) = self.turn.checked_rem(nodes.len()) {
            self.ask(nodes[turn]);
        }
    }

    fn ask(&self, member: &Member) {
        let incarnation = key::incarnation(member.incarnation);
        let key = key::hello(&self.shared.realm, &member.name, &incarnation);
        for (_, greeting) in self.shared.link.ask(&key, ASK_PATIENCE) {
            self.shared.learn(&greeting);
        }
    }

    fn dial(&self) -> Option<Instant> {
        let linked = self.shared.link.peers();
        let (calls, again) = lock(&self.shared.book).due(&linked, Instant::now());
        for call in calls {
            let dialing = call.dialing;
            let done = move || dialing.store(false, Ordering::Release);
            self.shared.link.dial(call.incarnation, &call.addresses, done);
        }
        again
    }
}
