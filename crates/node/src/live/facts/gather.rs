//! Reports of all nodes at once, as a controller wants them each second.

use crate::live::node::Shared;
use crate::module::lock;
use sojourn_abi::{Message, Report, Request, Response};
use std::collections::HashMap;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Most askers whose reports are kept apart.
const ASKERS: usize = 8;

/// Number of the last report of each node, by who asked this one.
#[derive(Default)]
pub(crate) struct Gatherer {
    last: Mutex<HashMap<String, HashMap<String, u64>>>,
}

impl Gatherer {
    /// What somebody got last; none of it when it begins anew.
    fn of(&self, asker: &str, anew: bool) -> HashMap<String, u64> {
        let mut last = lock(&self.last);
        if !last.contains_key(asker) && last.len() >= ASKERS {
            last.clear();
        }
        if anew {
            last.remove(asker);
        }
        last.get(asker).cloned().unwrap_or_default()
    }
}

impl Shared {
    /// Asks all nodes at once, and waits for those that answer in time.
    pub(in crate::live) fn reports(
        self: &Arc<Self>,
        asker: &str,
        wait: Duration,
        most: u32,
        anew: bool,
    ) -> Response {
        let deadline = Instant::now() + wait;
        let me = self.settings.name.clone();
        let nodes = self.nodes_met();
        let mut last = self.gatherer.of(asker, anew);
        let after = |name: &str| last.get(name).copied().unwrap_or(0);
        let answers: Vec<(u64, Receiver<Response>)> = nodes
            .iter()
            .map(|node| {
                let id = self.next_ask.fetch_add(1, SeqCst);
                let (answer, answered) = channel();
                lock(&self.asked).insert(id, (node.clone(), answer));
                let request = Request::Report { after: after(node), most };
                self.send(node, Message::Ask { id, to: None, request });
                (id, answered)
            })
            .collect();
        let mut reports = reports_of(self.report(&me, after(&me), most));
        for (id, answered) in answers {
            let left = deadline.saturating_duration_since(Instant::now());
            reports.extend(answered.recv_timeout(left).ok().into_iter().flat_map(reports_of));
            lock(&self.asked).remove(&id);
        }
        last.retain(|name, _| *name == me || nodes.contains(name));
        last.extend(reports.iter().map(|report| (report.machine.name.clone(), report.number)));
        lock(&self.gatherer.last).insert(asker.into(), last);
        Response::Reports { reports }
    }
}

fn reports_of(response: Response) -> Vec<Report> {
    match response {
        Response::Reports { reports } => reports,
        // One that does not answer has nothing to tell.
        _ => Vec::new(),
    }
}
