//! What an instance may have, as wasmi asks for it.

use crate::instance::{PAGE_BYTES, State};
use sojourn_engine::{Extent, Host, Limits, Meter, names};
use wasmi::{Instance, ResourceLimiter, Store};
use wasmi_core::LimiterError;

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
        let guests = (0..).map_while(|index| memory(store, main, &names::memory(index)));
        let maxima: Vec<_> = guests.map(|(_, maximum)| maximum).collect();
        let saved = [names::SAVED_FUNCREFS, names::SAVED_EXTERNREFS];
        let added_tables: Vec<Extent> = saved.iter().filter_map(|name| table(store, main, name)).collect();
        let guests = (0..).map_while(|index| table(store, main, &names::table(index)));
        let table_maxima: Vec<_> = guests.map(|(_, maximum)| maximum).collect();
        let meter = &mut store.data_mut().meter.0;
        meter.added_memories(&added, &maxima);
        meter.added_tables(&added_tables, &table_maxima);
    }
}

/// Size and maximum of an exported memory.
fn memory<H: Host>(store: &Store<State<H>>, main: Instance, name: &str) -> Option<Extent> {
    let memory = main.get_memory(store, name)?;
    let ty = memory.ty(store);
    let maximum = ty.maximum().map(|pages| pages.saturating_mul(PAGE_BYTES));
    Some((memory.data_size(store) as u64, maximum))
}

/// Size and maximum of an exported table.
fn table<H: Host>(store: &Store<State<H>>, main: Instance, name: &str) -> Option<Extent> {
    let table = main.get_table(store, name)?;
    Some((table.size(store), table.ty(store).maximum()))
}

impl ResourceLimiter for Metered {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
        Ok(self.0.memory(current as u64, desired as u64, maximum.map(|maximum| maximum as u64)))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
        Ok(self.0.table(current as u64, desired as u64, maximum.map(|maximum| maximum as u64)))
    }

    fn instances(&self) -> usize {
        usize::MAX
    }

    fn tables(&self) -> usize {
        usize::MAX
    }

    fn memories(&self) -> usize {
        usize::MAX
    }
}
