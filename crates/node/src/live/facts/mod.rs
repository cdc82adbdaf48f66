//! What a node measures for a controller: of itself, its links, its atoms and who talks to them.
//!
//! | file | what it is |
//! |---|---|
//! | `machine` | processor, memory and load of the machine |
//! | `energy` | its energy: a battery, or what is declared or reckoned |
//! | `links` | round trips and rates to other nodes |
//! | `atoms` | what of the atoms has changed since an asker's last report |
//! | `traffic` | who talks to them |
//! | `gather` | reports of all nodes at once |
//!
//! Nothing is measured while nobody asks. A report costs one look at each atom, and tells no more than has changed.

mod atoms;
mod energy;
mod gather;
mod links;
mod machine;
mod traffic;

pub use energy::Source as EnergySource;
pub(crate) use gather::Gatherer;

use self::atoms::Seen;
use self::energy::Store;
use self::links::Links;
use self::machine::Processor;
use self::traffic::Traffic;
use super::node::Shared;
use crate::module::lock;
use sojourn_abi::{Code, Machine, Report, Response};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Askers that are told what has changed; others are told everything.
const ASKERS: usize = 8;

/// What is kept between two reports.
#[derive(Default)]
pub(crate) struct Facts {
    links: Links,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    processor: Processor,
    energy: Store,
    rates: atoms::Rates,
    traffic: Traffic,
    askers: HashMap<String, (Seen, Instant)>,
}

impl Inner {
    fn seen(&mut self, asker: &str) -> &mut Seen {
        if !self.askers.contains_key(asker) && self.askers.len() >= ASKERS {
            let oldest = self.askers.iter().min_by_key(|(_, (_, used))| *used).map(|(name, _)| name.clone());
            oldest.map(|name| self.askers.remove(&name));
        }
        let (seen, used) =
            self.askers.entry(asker.into()).or_insert_with(|| (Seen::default(), Instant::now()));
        *used = Instant::now();
        seen
    }
}

impl Shared {
    /// What this node has measured, for one who got report `after` last.
    pub(in crate::live) fn report(self: &Arc<Self>, asker: &str, after: u64, most: u32) -> Response {
        let now = Instant::now();
        let atoms: Vec<_> = lock(&self.atoms).values().cloned().collect();
        let links = self.probe(now);
        let mut inner = lock(&self.facts.inner);
        let samples = inner.rates.samples(&atoms, now);
        let traffic = inner.traffic.rows(&atoms, now);
        let machine = self.machine(&mut inner, atoms.len(), now);
        let told = inner.seen(asker).tell(samples, after, most.max(1) as usize);
        drop(inner);
        let report = Report {
            number: told.number,
            whole: told.whole,
            more: told.more,
            at_ns: super::realtime_ns(),
            machine,
            links,
            atoms: told.atoms,
            gone: told.gone,
            traffic,
        };
        Response::Reports { reports: vec![report] }
    }

    fn machine(&self, inner: &mut Inner, atoms: usize, now: Instant) -> Machine {
        let settings = &self.settings;
        let load = inner.processor.busy_millicores();
        let memory = machine::Memory::now();
        let used: u64 = self.living().iter().filter_map(|atom| atom.state().uses()).sum();
        let memory_bytes = settings.max_memory_bytes.min(memory.total);
        let energy = inner.energy.level(&settings.energy, load, now);
        let low_energy = energy.as_ref().is_some_and(|energy| {
            let percent = energy.millijoules.saturating_mul(100) / energy.capacity_millijoules.max(1);
            !energy.mains && percent < settings.energy_low_percent
        });
        let zone = (!settings.zone.is_empty()).then(|| format!("zone={}", settings.zone));
        Machine {
            name: settings.name.clone(),
            incarnation: self.incarnation,
            version: env!("CARGO_PKG_VERSION").into(),
            arch: std::env::consts::ARCH.into(),
            system: std::env::consts::OS.into(),
            engines: vec!["wasmtime".into(), "wasmi".into()],
            functions: Vec::new(),
            tags: settings.tags.iter().cloned().chain(zone).collect(),
            position: (!settings.position.is_empty()).then(|| settings.position.clone()),
            millicores: u32::try_from(settings.workers * 1000).unwrap_or(u32::MAX),
            speed: inner.processor.speed(),
            load,
            memory_bytes,
            memory_free_bytes: memory_bytes.saturating_sub(used).min(memory.available),
            atoms: u32::try_from(atoms).unwrap_or(u32::MAX),
            max_atoms: u32::try_from(settings.max_atoms).unwrap_or(u32::MAX),
            micro_euro_per_hour: settings.micro_euro_per_hour,
            energy,
            low_energy,
            uptime_ns: u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX),
            hosts: (!settings.hosts).then_some(false),
        }
    }

    /// What the module of an atom here says of itself.
    pub(in crate::live) fn annotation_of(&self, module: [u8; 32]) -> Response {
        let known = lock(&self.atoms).values().find(|atom| atom.module.hash().0 == module).cloned();
        match known {
            Some(atom) => {
                let text = sojourn_abi::annotation::find(atom.module.wasm()).unwrap_or_default();
                Response::Annotated { text }
            }
            None => Response::failed(Code::InvalidRequest, "no atom of this module is at this node"),
        }
    }
}
