//! What an instance may have, as Wasmtime asks for it.

use crate::instance::State;
use sojourn_engine::{Extent, Host, Limits, Meter, names};
use wasmtime::{Instance, ResourceLimiter, Result, Store};

/// The meter of one store.
pub(crate) struct Metered(Meter);

impl Metered {
    pub(crate) fn new(limits: Limits) -> Self {
        Self(Meter::new(limits))
    }

    /// Why something could not be made or grow, if a limit was the reason.
    pub(crate) fn refusal(&self) -> Option<String> {
        self.0.refusal()
    }

    /// Tells what the pass added to an instance, which may grow when the guest may not any more.
    pub(crate) fn settle<H: Host>(store: &mut Store<State<H>>, main: Instance) {
        let added: Vec<Extent> = memory(store, main, names::FRAMES).into_iter().collect();
        let guests: Vec<_> = (0..).map_while(|index| memory(store, main, &names::memory(index))).collect();
        let maxima: Vec<_> = guests.into_iter().map(|(_, maximum)| maximum).collect();
        store.data_mut().meter.0.added_memories(&added, &maxima);
        let saved = [names::SAVED_FUNCREFS, names::SAVED_EXTERNREFS];
        let added: Vec<Extent> = saved.iter().filter_map(|name| table(store, main, name)).collect();
        let guests: Vec<_> = (0..).map_while(|index| table(store, main, &names::table(index))).collect();
        let maxima: Vec<_> = guests.into_iter().map(|(_, maximum)| maximum).collect();
        store.data_mut().meter.0.added_tables(&added, &maxima);
    }
}

/// Size and maximum of an exported memory.
fn memory<H: Host>(store: &mut Store<State<H>>, main: Instance, name: &str) -> Option<Extent> {
    let memory = main.get_memory(&mut *store, name)?;
    let ty = memory.ty(&*store);
    let maximum = ty.maximum().map(|pages| pages.saturating_mul(ty.page_size()));
    Some((memory.data_size(&*store) as u64, maximum))
}

/// Size and maximum of an exported table.
fn table<H: Host>(store: &mut Store<State<H>>, main: Instance, name: &str) -> Option<Extent> {
    let table = main.get_table(&mut *store, name)?;
    Some((table.size(&*store), table.ty(&*store).maximum()))
}

impl ResourceLimiter for Metered {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        Ok(self.0.memory(current as u64, desired as u64, maximum.map(|maximum| maximum as u64)))
    }

    /// Wasmtime gives a table without a maximum the largest that its indices allow.
    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        let maximum = maximum.map(|maximum| maximum as u64).filter(|maximum| *maximum < u32::MAX.into());
        Ok(self.0.table(current as u64, desired as u64, maximum))
    }
}
