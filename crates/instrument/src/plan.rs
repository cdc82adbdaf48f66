//! What is decided about a module before anything is written.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use wasmparser::ValType;

use crate::error::Error;
use crate::graph::{self, Graph};
use crate::info::Site;
use crate::layout::Layout;
use crate::parse::Module;
use crate::scan::{self, Scan};
use crate::shim::Shim;
use crate::{Flavour, sites, suspend};

/// The plan of a module; its continuations follow it too.
pub(crate) struct Plan {
    pub(crate) scan: Scan,
    pub(crate) graph: Graph,
    pub(crate) layout: Layout,
    pub(crate) referable: Vec<u32>,
    /// Sites of the imported functions that may suspend.
    pub(crate) host_sites: Vec<Option<Site>>,
}

impl Plan {
    pub(crate) fn new(module: &Module<'_>, flavour: Flavour) -> Result<Self, Error> {
        let scan = scan::scan(module)?;
        let named: BTreeSet<u32> = module.referenced.iter().chain(&scan.references).copied().collect();
        let named: Vec<u32> = named.into_iter().collect();
        let imported = (0..).zip(module.imports.iter().filter(|import| is_function(import)));
        let host_sites: Vec<Option<Site>> = imported
            .map(|(function, import)| {
                let suspends = suspend::may_suspend(import.module, import.name);
                suspends.then(|| sites::host_call(module, function)).flatten()
            })
            .collect();
        let host_suspends: Vec<bool> = host_sites.iter().map(Option::is_some).collect();
        let graph = graph::build(module, &scan, &named, &host_suspends);
        let references = uses_references(module, &scan);
        let referable = if references { named } else { Vec::new() };
        let layout = Layout::new(module, flavour, references);
        Ok(Self { scan, graph, layout, referable, host_sites })
    }

    /// Shims that a continuation may need.
    pub(crate) fn shims(&self) -> Vec<Shim> {
        let memory = |&(segment, memory): &(u32, u32)| Shim::MemoryInit { segment, memory };
        let table = |&(segment, table): &(u32, u32)| Shim::TableInit { segment, table };
        let mut shims: Vec<Shim> = self.scan.memory_inits.iter().map(memory).collect();
        shims.extend(self.scan.table_inits.iter().map(table));
        shims.extend(self.scan.dropped_data.iter().map(|&segment| Shim::DataDrop { segment }));
        shims.extend(self.scan.dropped_elements.iter().map(|&segment| Shim::ElementDrop { segment }));
        shims.extend(self.scan.references.iter().map(|&function| Shim::Reference { function }));
        shims
    }
}

pub(crate) fn is_function(import: &wasmparser::Import<'_>) -> bool {
    matches!(import.ty, wasmparser::TypeRef::Func(_) | wasmparser::TypeRef::FuncExact(_))
}

fn uses_references(module: &Module<'_>, scan: &Scan) -> bool {
    let is_reference = |ty: &ValType| matches!(ty, ValType::Ref(_));
    scan.uses_references
        || module.imported_tables > 0
        || module.globals.iter().any(|global| global.mutable && is_reference(&global.content_type))
        || module.types.iter().flatten().any(|ty| ty.params().iter().chain(ty.results()).any(is_reference))
}
