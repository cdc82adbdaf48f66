//! Small functions that the instrumented module exports: for its continuations what only the module itself can do,
//! and for capture whether a segment has been dropped.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use wasm_encoder::Instruction;
use wasmparser::{Operator, UnpackedIndex, ValType};

use crate::names;
use crate::parse::Module;
use crate::scan::Scan;

/// A function that does for a continuation what only the module itself can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shim {
    MemoryInit {
        segment: u32,
        memory: u32,
    },
    TableInit {
        segment: u32,
        table: u32,
    },
    DataDrop {
        segment: u32,
    },
    ElementDrop {
        segment: u32,
    },
    /// A reference taken in another module is another reference to some engines.
    Reference {
        function: u32,
    },
}

impl Shim {
    /// The shim that an instruction needs in a continuation.
    pub(crate) fn of(operator: &Operator<'_>) -> Option<Self> {
        match *operator {
            Operator::MemoryInit { data_index, mem } => {
                Some(Self::MemoryInit { segment: data_index, memory: mem })
            }
            Operator::TableInit { elem_index, table } => Some(Self::TableInit { segment: elem_index, table }),
            Operator::DataDrop { data_index } => Some(Self::DataDrop { segment: data_index }),
            Operator::ElemDrop { elem_index } => Some(Self::ElementDrop { segment: elem_index }),
            Operator::RefFunc { function_index } => Some(Self::Reference { function: function_index }),
            _ => None,
        }
    }
}

/// Name under which a continuation finds a shim.
pub(crate) fn shim_name(shim: Shim) -> String {
    match shim {
        Shim::MemoryInit { segment, memory } => names::memory_init(segment, memory),
        Shim::TableInit { segment, table } => names::table_init(segment, table),
        Shim::DataDrop { segment } => names::data_drop(segment),
        Shim::ElementDrop { segment } => names::element_drop(segment),
        Shim::Reference { function } => names::reference(function),
    }
}

/// Type and instruction of a shim. References are typed where functions are called through typed ones.
pub(crate) fn shim_body(
    module: &Module<'_>,
    shim: Shim,
    typed: bool,
) -> (Vec<ValType>, Vec<ValType>, Instruction<'static>) {
    let address = |wide: bool| if wide { ValType::I64 } else { ValType::I32 };
    match shim {
        Shim::MemoryInit { segment, memory } => (
            vec![address(module.memories[memory as usize].memory64), ValType::I32, ValType::I32],
            Vec::new(),
            Instruction::MemoryInit { mem: memory, data_index: segment },
        ),
        Shim::TableInit { segment, table } => (
            vec![address(module.tables[table as usize].table64), ValType::I32, ValType::I32],
            Vec::new(),
            Instruction::TableInit { elem_index: segment, table },
        ),
        Shim::DataDrop { segment } => (Vec::new(), Vec::new(), Instruction::DataDrop(segment)),
        Shim::ElementDrop { segment } => (Vec::new(), Vec::new(), Instruction::ElemDrop(segment)),
        Shim::Reference { function } => {
            let own = UnpackedIndex::Module(module.functions[function as usize]);
            let exact = wasmparser::RefType::new(false, wasmparser::HeapType::Concrete(own));
            let ty = exact.filter(|_| typed).map_or(ValType::FUNCREF, ValType::Ref);
            (Vec::new(), vec![ty], Instruction::RefFunc(function))
        }
    }
}

/// A copy of nothing from the end of a segment: it traps when the segment is gone, and changes nothing.
pub(crate) fn probe(wide: bool, length: u32, init: Instruction<'static>) -> Vec<Instruction<'static>> {
    let destination = if wide { Instruction::I64Const(0) } else { Instruction::I32Const(0) };
    vec![destination, Instruction::I32Const(length.cast_signed()), Instruction::I32Const(0), init]
}

/// Passive data segments whose dropping could be noticed.
pub(crate) fn droppable_data(module: &Module<'_>, scan: &Scan) -> impl Iterator<Item = u32> {
    let noticed =
        |segment: &u32| !module.memories.is_empty() && module.passive_data[*segment as usize] > Some(0);
    scan.dropped_data.iter().copied().filter(noticed).collect::<Vec<u32>>().into_iter()
}

/// Passive element segments whose dropping could be noticed, each with a table for the probe and its length.
pub(crate) fn droppable_elements(module: &Module<'_>, scan: &Scan) -> impl Iterator<Item = (u32, u32, u32)> {
    let mut found = Vec::new();
    for &segment in &scan.dropped_elements {
        let Some((length, ty)) = module.passive_elements[segment as usize] else { continue };
        let fits = |table: &wasmparser::TableType| table.element_type == ty;
        if let Some(table) = module.tables.iter().position(fits)
            && length > 0
        {
            found.push((segment, u32::try_from(table).expect("validated count"), length));
        }
    }
    found.into_iter()
}
