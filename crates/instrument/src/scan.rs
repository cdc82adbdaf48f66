//! One validating walk over every function body: who calls whom, who loops, what is changed.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use wasmparser::{FuncValidatorAllocations, Operator};

use crate::error::Error;
use crate::parse::Module;

/// Facts about one function with a body.
#[derive(Default)]
pub(crate) struct Facts {
    /// Functions called.
    pub(crate) calls: Vec<u32>,
    /// Types called through tables and references.
    pub(crate) indirect: Vec<u32>,
    /// Functions called in tail position.
    pub(crate) tail_calls: Vec<u32>,
    /// Types called through tables and references in tail position.
    pub(crate) tail_indirect: Vec<u32>,
    /// Functions taken by `ref.func`.
    pub(crate) references: Vec<u32>,
    /// Whether there is a loop.
    pub(crate) loops: bool,
    /// Instructions.
    pub(crate) size: u32,
}

/// Facts about all bodies.
#[derive(Default)]
pub(crate) struct Scan {
    /// By position in the code section.
    pub(crate) functions: Vec<Facts>,
    /// Functions taken by `ref.func`.
    pub(crate) references: BTreeSet<u32>,
    /// Tables that an instruction can change.
    pub(crate) changed_tables: BTreeSet<u32>,
    /// Data segments dropped.
    pub(crate) dropped_data: BTreeSet<u32>,
    /// Element segments dropped.
    pub(crate) dropped_elements: BTreeSet<u32>,
    /// `memory.init`: segment, memory.
    pub(crate) memory_inits: BTreeSet<(u32, u32)>,
    /// `table.init`: segment, table.
    pub(crate) table_inits: BTreeSet<(u32, u32)>,
    /// Whether an instruction makes a reference.
    pub(crate) uses_references: bool,
    /// Whether a function is called through a typed reference.
    pub(crate) calls_references: bool,
}

/// Walks all bodies.
pub(crate) fn scan(module: &Module<'_>) -> Result<Scan, Error> {
    let mut scan = Scan::default();
    let mut allocations = FuncValidatorAllocations::default();
    for function in &module.bodies {
        let mut validator = function.validator(allocations);
        let mut reader = function.body.get_binary_reader();
        validator.read_locals(&mut reader)?;
        scan.uses_references |= (0..validator.len_locals())
            .any(|local| matches!(validator.get_local_type(local), Some(wasmparser::ValType::Ref(_))));
        let mut reader = function.body.get_operators_reader()?;
        let mut facts = Facts::default();
        while !reader.eof() {
            let (operator, offset) = reader.read_with_offset()?;
            validator.op(offset, &operator)?;
            facts.size += 1;
            scan.operator(&operator, &mut facts);
        }
        reader.finish()?;
        scan.functions.push(facts);
        allocations = validator.into_allocations();
    }
    Ok(scan)
}

impl Scan {
    /// Whether a table can differ from what instantiation gives.
    pub(crate) fn may_change(&self, module: &Module<'_>, table: u32) -> bool {
        table < module.imported_tables || self.changed_tables.contains(&table)
    }

    fn operator(&mut self, operator: &Operator<'_>, facts: &mut Facts) {
        self.uses_references |= matches!(
            operator,
            Operator::RefNull { .. } | Operator::RefFunc { .. } | Operator::TableGet { .. }
        );
        self.calls_references |=
            matches!(operator, Operator::CallRef { .. } | Operator::ReturnCallRef { .. });
        match *operator {
            Operator::Loop { .. } => facts.loops = true,
            Operator::Call { function_index } => facts.calls.push(function_index),
            Operator::CallIndirect { type_index, .. } | Operator::CallRef { type_index } => {
                facts.indirect.push(type_index);
            }
            Operator::ReturnCall { function_index } => facts.tail_calls.push(function_index),
            Operator::ReturnCallIndirect { type_index, .. } | Operator::ReturnCallRef { type_index } => {
                facts.tail_indirect.push(type_index);
            }
            Operator::RefFunc { function_index } => {
                self.references.insert(function_index);
                facts.references.push(function_index);
            }
            Operator::TableSet { table } | Operator::TableGrow { table } | Operator::TableFill { table } => {
                self.changed_tables.insert(table);
            }
            Operator::TableCopy { dst_table, .. } => {
                self.changed_tables.insert(dst_table);
            }
            Operator::TableInit { elem_index, table } => {
                self.changed_tables.insert(table);
                self.table_inits.insert((elem_index, table));
            }
            Operator::MemoryInit { data_index, mem } => {
                self.memory_inits.insert((data_index, mem));
            }
            Operator::DataDrop { data_index } => {
                self.dropped_data.insert(data_index);
            }
            Operator::ElemDrop { elem_index } => {
                self.dropped_elements.insert(elem_index);
            }
            _ => {}
        }
    }
}
