//! Stops a module at every poll, or at many, and goes on elsewhere through bytes.

use crate::travel::{Companion, Place, Remains, Run};
use sojourn_engine::{Outcome, Value};

/// A run as it can be seen from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// How it ended: results, exit status or kind of trap.
    pub ending: String,
    /// What it left behind.
    pub remains: Remains,
}

/// How a run ended, in words that are the same on every engine.
#[must_use]
pub fn ending(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Finished(values) => format!("returned {values:x?}"),
        Outcome::Stopped => "stopped".into(),
        Outcome::Exited(status) => format!("exited with {status}"),
        Outcome::Trapped(trap) => {
            let message = trap.message.trim_start_matches("wasm trap: ");
            // Wasmtime distinguishes these two, wasmi does not.
            let message = message.replace("wasm `unreachable` instruction executed", "unreachable");
            // Which element is told by Wasmtime only.
            format!(
                "trapped: {}",
                message.trim_end_matches(|last: char| last == ' ' || last.is_ascii_digit())
            )
        }
    }
}

fn seen(run: &mut dyn Run, outcome: &Outcome) -> Seen {
    Seen { ending: ending(outcome), remains: run.remains() }
}

/// A module's uninterrupted run: how it ends, and how many polls it meets.
pub struct Whole {
    /// What came of it.
    pub seen: Seen,
    /// Polls from the first call to the end.
    pub polls: u64,
}

/// What remained of a module's run after a stop.
pub struct Rest {
    /// What came of it.
    pub seen: Seen,
    /// Polls until it returned; `None` when it did not.
    pub told: Option<u64>,
}

fn returned(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Finished(_))
}

/// How a guest that was stopped goes on.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// Elsewhere, from the bytes of an image.
    Image,
    /// Elsewhere, its memories page by page.
    Pages,
    /// Where it is, in the same instance.
    InPlace,
}

/// What to run, and what it begins with.
pub struct Task<'a, H> {
    /// The export.
    pub export: &'a str,
    /// Its arguments.
    pub arguments: &'a [Value],
    /// A host to begin with.
    pub host: &'a (dyn Fn() -> H + Sync),
}

impl<H: Companion> Task<'_, H> {
    /// Runs from the beginning to the end.
    ///
    /// # Errors
    /// When there can be no instance.
    pub fn whole(&self, place: &dyn Place<H>) -> Result<Whole, String> {
        let mut run = self.start(place)?;
        run.stop_at(u64::MAX / 2);
        let outcome = run.go();
        let told = run.polls();
        let polls = if returned(&outcome) { told } else { self.last_poll(place, told)? };
        Ok(Whole { seen: seen(&mut *run, &outcome), polls })
    }

    /// Number of the last poll at which the run can be stopped. What a run that traps tells is too low: functions
    /// put their count back when they call or return.
    fn last_poll(&self, place: &dyn Place<H>, told: u64) -> Result<u64, String> {
        let stops = |poll: u64| -> Result<bool, String> {
            let mut run = self.start(place)?;
            run.stop_at(poll);
            Ok(run.go() == Outcome::Stopped)
        };
        let (mut met, mut not_met) = (told, told + 1);
        while stops(not_met)? {
            (met, not_met) = (not_met, not_met * 2);
        }
        while not_met - met > 1 {
            let middle = met.midpoint(not_met);
            *if stops(middle)? { &mut met } else { &mut not_met } = middle;
        }
        Ok(met)
    }

    fn start(&self, place: &dyn Place<H>) -> Result<Box<dyn Run>, String> {
        place.start(self.export, self.arguments, (self.host)())
    }

    /// Runs to poll `poll` of `from` and gives the image there.
    ///
    /// # Errors
    /// When it does not stop there.
    pub fn image_at(&self, from: &dyn Place<H>, poll: u64) -> Result<Vec<u8>, String> {
        let mut run = self.start(from)?;
        run.stop_at(poll);
        let outcome = run.go();
        if outcome != Outcome::Stopped {
            return Err(format!("{}: poll {poll} was not met: {}", from.name(), ending(&outcome)));
        }
        let polls = run.polls();
        if polls != poll {
            return Err(format!("{}: stopped at poll {polls}, not at {poll}", from.name()));
        }
        run.image()
    }

    /// Goes on from an image to the end.
    ///
    /// # Errors
    /// When the image does not fit.
    pub fn rest(&self, to: &dyn Place<H>, image: &[u8]) -> Result<Rest, String> {
        let mut run = to.resume(image)?;
        run.stop_at(u64::MAX / 2);
        let outcome = run.go();
        let told = returned(&outcome).then(|| run.polls());
        Ok(Rest { seen: seen(&mut *run, &outcome), told })
    }

    /// Stops at `poll` on `from` and goes on on each of `places`; what differs from the whole run.
    pub fn stop_once(
        &self,
        whole: &Whole,
        from: &dyn Place<H>,
        places: &[&dyn Place<H>],
        poll: u64,
    ) -> Vec<String> {
        let image = match self.image_at(from, poll) {
            Ok(image) => image,
            Err(reason) => return vec![reason],
        };
        let mut wrong = Vec::new();
        for to in places {
            let what = format!("poll {poll} of {}, {} to {}", whole.polls, from.name(), to.name());
            let rest = match self.rest(*to, &image) {
                Ok(rest) => rest,
                Err(reason) => {
                    wrong.push(format!("{what}: {reason}"));
                    continue;
                }
            };
            wrong.extend(difference(&whole.seen, &rest.seen).map(|reason| format!("{what}: {reason}")));
            if rest.told.is_some_and(|polls| polls != whole.polls - poll) {
                wrong.push(format!("{what}: {:?} polls after it", rest.told));
            }
        }
        wrong
    }

    /// Stops at `poll` on `place` and goes on there, in the same instance; what differs from the whole run.
    pub fn stop_and_stay(&self, whole: &Whole, place: &dyn Place<H>, poll: u64) -> Option<String> {
        let what = format!("poll {poll} of {}, in place on {}", whole.polls, place.name());
        let stayed = || {
            let mut run = self.start(place)?;
            run.stop_at(poll);
            let outcome = run.go();
            if outcome != Outcome::Stopped {
                return Err(format!("not met: {}", ending(&outcome)));
            }
            run.stay()?;
            run.stop_at(u64::MAX / 2);
            let outcome = run.go();
            let told = returned(&outcome).then(|| run.polls());
            if told.is_some_and(|polls| polls != whole.polls - poll) {
                return Err(format!("{told:?} polls after it"));
            }
            Ok(difference(&whole.seen, &seen(&mut *run, &outcome)))
        };
        stayed().unwrap_or_else(Some).map(|reason| format!("{what}: {reason}"))
    }

    /// Stops at every `stride`-th poll, up to `hops` times, each time going on at the next of `places`.
    ///
    /// # Errors
    /// What differs from the whole run. The number of hops made otherwise.
    pub fn chain(
        &self,
        whole: &Whole,
        places: &[&dyn Place<H>],
        stride: u64,
        hops: usize,
    ) -> Result<usize, String> {
        self.chain_by(&[Way::Image], whole, places, stride, hops)
    }

    /// As `chain`, going on in each of these ways in turn.
    ///
    /// # Errors
    /// As `chain`.
    pub fn chain_by(
        &self,
        ways: &[Way],
        whole: &Whole,
        places: &[&dyn Place<H>],
        stride: u64,
        hops: usize,
    ) -> Result<usize, String> {
        let mut run = self.start(places[0])?;
        let mut made = 0;
        loop {
            run.stop_at(if made < hops { stride } else { u64::MAX / 2 });
            let outcome = run.go();
            if outcome != Outcome::Stopped {
                let end = seen(&mut *run, &outcome);
                return difference(&whole.seen, &end)
                    .map_or(Ok(made), |reason| Err(format!("after {made} hops: {reason}")));
            }
            made += 1;
            if made as u64 > whole.polls + 1000 {
                return Err(format!("it does not end: {made} hops"));
            }
            let next = places[made % places.len()];
            match ways[made % ways.len()] {
                Way::Image => run = next.resume(&run.image()?)?,
                Way::Pages => run = next.arrive(&run.image()?)?,
                Way::InPlace => run.stay()?,
            }
        }
    }
}

/// What differs, in one line.
#[must_use]
pub fn difference(want: &Seen, have: &Seen) -> Option<String> {
    if want.ending != have.ending {
        return Some(format!("{} instead of {}", have.ending, want.ending));
    }
    let (want, have) = (&want.remains, &have.remains);
    if want.globals != have.globals {
        return Some(format!("globals {:x?} instead of {:x?}", have.globals, want.globals));
    }
    if want.tables != have.tables {
        return Some(format!("tables {:?} instead of {:?}", have.tables, want.tables));
    }
    if want.deeds != have.deeds {
        return Some(format!("{} instead of {}", have.deeds, want.deeds));
    }
    (want.memories != have.memories)
        .then(|| format!("memories {:?} instead of {:?}", have.memories, want.memories))
}
