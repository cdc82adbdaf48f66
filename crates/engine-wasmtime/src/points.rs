//! Spots linked to an instance, and the one that the next call goes on from.

use crate::engine::missing;
use crate::instance::WasmtimeInstance;
use sojourn_engine::{EngineError, Host, Spot, names};
use std::collections::HashMap;
use wasmtime::{
    AsContextMut, Extern, Func, Global, GlobalType, Instance, Module, Mutability, Ref, RefType, Store, Table,
    TableType, Val, ValType,
};

/// Slots that the table of points has room for at first, and for how many more each time it is full.
const SLOTS: u32 = 64;

/// What all spots of an instance share, and their slots.
#[derive(Default)]
pub(crate) struct Points {
    shared: Option<(Table, Global)>,
    slots: HashMap<Spot, u32>,
    functions: Vec<Func>,
    entered: Option<Func>,
}

impl Points {
    /// The spot that a call of `names::RESUME` goes on from.
    pub(crate) fn entered(&self) -> Option<Func> {
        self.entered
    }

    /// Begins with the frame at address 0, which stands at this slot's spot.
    pub(crate) fn enter<T>(&mut self, store: &mut Store<T>, slot: u32) -> Result<(), EngineError> {
        let function = self.functions.get(slot as usize).copied();
        let (function, (_, cursor)) = function
            .zip(self.shared)
            .ok_or_else(|| EngineError::Export(format!("nothing is linked at slot {slot}")))?;
        cursor.set(store, Val::I32(0)).map_err(|error| resource(&error))?;
        self.entered = Some(function);
        Ok(())
    }

    /// The table and the cursor, made when they are first asked for.
    fn shared<T: 'static>(&mut self, store: &mut Store<T>) -> Result<(Table, Global), EngineError> {
        if let Some(shared) = self.shared {
            return Ok(shared);
        }
        let ty = TableType::new(RefType::FUNCREF, SLOTS, None);
        let table =
            Table::new(store.as_context_mut(), ty, Ref::Func(None)).map_err(|error| resource(&error))?;
        let ty = GlobalType::new(ValType::I32, Mutability::Var);
        let cursor =
            Global::new(store.as_context_mut(), ty, Val::I32(0)).map_err(|error| resource(&error))?;
        Ok(*self.shared.insert((table, cursor)))
    }

    fn add<T: 'static>(
        &mut self,
        store: &mut Store<T>,
        table: Table,
        spot: Spot,
        function: Func,
    ) -> Result<u32, EngineError> {
        let place = u32::try_from(self.functions.len()).map_err(|_| full())?;
        if u64::from(place) >= table.size(&*store) {
            table
                .grow(store.as_context_mut(), SLOTS.into(), Ref::Func(None))
                .map_err(|error| resource(&error))?;
        }
        table
            .set(store.as_context_mut(), place.into(), Ref::Func(Some(function)))
            .map_err(|error| resource(&error))?;
        self.functions.push(function);
        self.slots.insert(spot, place);
        Ok(place)
    }
}

impl<H: Host> WasmtimeInstance<H> {
    /// Links the module of a spot, unless it is linked already; gives its slot.
    pub(crate) fn link(&mut self, spot: &Spot, module: &Module) -> Result<u32, EngineError> {
        if let Some(&slot) = self.points.slots.get(spot) {
            return Ok(slot);
        }
        let (table, cursor) = self.points.shared(&mut self.store)?;
        let mut imports = Vec::with_capacity(module.imports().len());
        for import in module.imports() {
            let export = match import.name() {
                names::POINTS => Some(Extern::from(table)),
                names::CURSOR => Some(Extern::from(cursor)),
                name => self.main.get_export(&mut self.store, name),
            };
            let export = export.filter(|_| import.module() == names::MODULE);
            imports.push(export.ok_or_else(|| missing(&import))?);
        }
        let linked = Instance::new(&mut self.store, module, &imports)
            .map_err(|error| EngineError::Export(format!("the continuation does not fit: {error:#}")))?;
        let function = linked.get_func(&mut self.store, names::POINT).ok_or_else(|| {
            EngineError::Export(format!("the continuation has no function {}", names::POINT))
        })?;
        self.points.add(&mut self.store, table, *spot, function)
    }
}

fn full() -> EngineError {
    EngineError::Resource("too many continuations are linked".into())
}

fn resource(error: &wasmtime::Error) -> EngineError {
    EngineError::Resource(format!("{error:#}"))
}
