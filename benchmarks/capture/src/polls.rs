//! The polls that Asyncify is given: at each loop header, and where a function that calls others begins.
//!
//! ```text
//! loop                          loop
//!   ...             becomes       global.get $flag  if  call $poll  end
//!                                 ...
//! ```
//!
//! `$poll` is an import that Asyncify is told may unwind. The flag is a global, the cheapest thing there is to read: what
//! another thread can set would be a load, so this favours Asyncify.

use crate::Outcome;
use crate::world::POLL;
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, EntityType, ExportKind, ExportSection, Function, GlobalSection,
    GlobalType, ImportSection, Instruction, Module, TypeSection, ValType,
};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, ExportSectionReader, FunctionBody, GlobalSectionReader,
    ImportSectionReader, Operator, Parser, Payload, TypeRef, TypeSectionReader,
};

const FLAG: &str = "bench:flag";

/// The module with polls.
pub fn add(wasm: &[u8]) -> Outcome<Vec<u8>> {
    let mut polls = count(wasm)?;
    let mut module = Module::new();
    polls.parse_core_module(&mut module, Parser::new(0), wasm).map_err(|error| error.to_string())?;
    Ok(module.finish())
}

/// What is in the module already, by which the additions are numbered.
#[derive(Default)]
struct Polls {
    types: u32,
    imported_functions: u32,
    globals: u32,
}

fn count(wasm: &[u8]) -> Outcome<Polls> {
    let mut polls = Polls::default();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::TypeSection(section) => polls.types = section.count(),
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    match import?.ty {
                        TypeRef::Func(_) => polls.imported_functions += 1,
                        TypeRef::Global(_) => polls.globals += 1,
                        _ => {}
                    }
                }
            }
            Payload::GlobalSection(section) => polls.globals += section.count(),
            _ => {}
        }
    }
    Ok(polls)
}

impl Polls {
    fn poll(&self, function: &mut Function) {
        function
            .instruction(&Instruction::GlobalGet(self.globals))
            .instruction(&Instruction::If(BlockType::Empty))
            .instruction(&Instruction::Call(self.imported_functions))
            .instruction(&Instruction::End);
    }
}

impl Reencode for Polls {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Self::Error>> {
        Ok(function + u32::from(function >= self.imported_functions))
    }

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: TypeSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        utils::parse_type_section(self, types, section)?;
        types.ty().function([], []);
        Ok(())
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        utils::parse_import_section(self, imports, section)?;
        imports.import(POLL.0, POLL.1, EntityType::Function(self.types));
        Ok(())
    }

    fn parse_global_section(
        &mut self,
        globals: &mut GlobalSection,
        section: GlobalSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        utils::parse_global_section(self, globals, section)?;
        let ty = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        globals.global(ty, &ConstExpr::i32_const(0));
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        utils::parse_export_section(self, exports, section)?;
        // Exported, or an optimiser would see that nobody sets it.
        exports.export(FLAG, ExportKind::Global, self.globals);
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        for body in section {
            self.parse_function_body(code, body?)?;
        }
        Ok(())
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Error<Self::Error>> {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        if calls(&body)? {
            self.poll(&mut function);
        }
        let mut reader = body.get_operators_reader()?;
        while !reader.eof() {
            let instruction = self.parse_instruction(&mut reader)?;
            function.instruction(&instruction);
            if matches!(instruction, Instruction::Loop(_)) {
                self.poll(&mut function);
            }
        }
        code.function(&function);
        Ok(())
    }

    fn parse_custom_section(
        &mut self,
        _module: &mut Module,
        _section: CustomSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        Ok(())
    }
}

/// Whether a function calls others.
fn calls(body: &FunctionBody<'_>) -> Result<bool, Error<std::convert::Infallible>> {
    for operator in body.get_operators_reader()? {
        if matches!(operator?, Operator::Call { .. } | Operator::CallIndirect { .. }) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::add;
    use wasmparser::{Operator, Parser, Payload, Validator, WasmFeatures};

    const GUEST: &str = r#"(module
        (import "env" "log" (func $log (param i32)))
        (global $count (mut i32) (i32.const 3))
        (table funcref (elem $leaf))
        (func $leaf)
        (func (export "_start")
            (loop (call $log (global.get $count))
                (br_if 0 (global.get $count)))))"#;

    #[test]
    fn a_poll_stands_at_each_loop_header_and_where_a_caller_begins() {
        let polled = add(&wat::parse_str(GUEST).unwrap()).unwrap();
        Validator::new_with_features(WasmFeatures::all()).validate_all(&polled).unwrap();
        let mut polls = Vec::new();
        for payload in Parser::new(0).parse_all(&polled) {
            if let Payload::CodeSectionEntry(body) = payload.unwrap() {
                let operators = body.get_operators_reader().unwrap().into_iter();
                // Function 1 is the import that was added, behind the guest's own.
                let calls = operators.filter(|op| matches!(op, Ok(Operator::Call { function_index: 1 })));
                polls.push(calls.count());
            }
        }
        assert_eq!(polls, [0, 2]);
    }
}
