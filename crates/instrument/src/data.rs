//! Whether two modules lay out their data alike, as far as modules tell.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;
use wasmparser::{ConstExpr, ElementItems, Operator, Parser, Payload, TypeRef};

use crate::error::Error;
use crate::parse::Module;

/// What a module has that its memory depends on.
#[derive(Default)]
struct Data {
    /// Sections that are compared as they are: tables, memories, globals, data.
    tables: Vec<u8>,
    memories: Vec<u8>,
    globals: Vec<u8>,
    segments: Vec<u8>,
    /// Functions that memory can point at, by place.
    functions: Vec<Vec<Known>>,
}

/// By what a function is known again.
#[derive(PartialEq, Eq)]
enum Known {
    /// Its name.
    Named(String),
    /// It has none: what it does, or where it is imported from.
    Code(Vec<u8>),
    /// The place is empty, or there is no such function.
    None,
}

/// Whether memory and globals of one module can be those of another: what differs; `None` where nothing does that can be
/// compared. Variables without a first value, and what lies in the heap, leave no trace in a module.
///
/// # Errors
/// `Error::Invalid` for what is not a module.
pub fn same_data(one: &[u8], other: &[u8]) -> Result<Option<&'static str>, Error> {
    let (one, other) = (Data::of(one)?, Data::of(other)?);
    Ok(match () {
        () if one.memories != other.memories => Some("its memories have other bounds"),
        () if one.globals != other.globals => Some("its globals differ"),
        () if one.segments != other.segments => Some("its constants or first values differ"),
        () if one.tables != other.tables => Some("its tables differ"),
        () if one.functions != other.functions => Some("functions in its tables differ"),
        () => None,
    })
}

impl Data {
    fn of(wasm: &[u8]) -> Result<Self, Error> {
        let module = Module::parse(wasm)?;
        let bytes = |range: Range<usize>| wasm.get(range).unwrap_or_default().to_vec();
        let (mut data, mut code, mut elements) = (Self::default(), Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        if matches!(import.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)) {
                            code.push([import.module, ".", import.name].concat().into_bytes());
                        }
                    }
                }
                Payload::TableSection(section) => data.tables = bytes(section.range()),
                Payload::MemorySection(section) => data.memories = bytes(section.range()),
                Payload::GlobalSection(section) => data.globals = bytes(section.range()),
                Payload::DataSection(section) => data.segments = bytes(section.range()),
                Payload::ElementSection(section) => elements.push(section),
                Payload::CodeSectionEntry(body) => code.push(bytes(body.range())),
                _ => {}
            }
        }
        let known = |function: u32| {
            let names = &module.function_names;
            match names.binary_search_by_key(&function, |(index, _)| *index) {
                Ok(place) => Known::Named(names[place].1.clone()),
                Err(_) => code.get(function as usize).cloned().map_or(Known::None, Known::Code),
            }
        };
        for element in elements.into_iter().flatten() {
            data.functions.push(functions(element?.items, &known)?);
        }
        Ok(data)
    }
}

/// The functions of a segment.
fn functions(items: ElementItems<'_>, known: &impl Fn(u32) -> Known) -> Result<Vec<Known>, Error> {
    let mut found = Vec::new();
    match items {
        ElementItems::Functions(indices) => {
            for index in indices {
                found.push(known(index?));
            }
        }
        ElementItems::Expressions(_, expressions) => {
            for expression in expressions {
                found.push(function(&expression?).map_or(Known::None, known));
            }
        }
    }
    Ok(found)
}

fn function(expression: &ConstExpr<'_>) -> Option<u32> {
    match expression.get_operators_reader().read().ok()? {
        Operator::RefFunc { function_index } => Some(function_index),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = r#"(module (memory 1) (table 2 funcref) (global (mut i32) (i32.const 9)) (data (i32.const 8) "abc")
        (elem (i32.const 0) $a $b) (func $a (result i32) i32.const 1) (func $b (result i32) i32.const 2))"#;

    fn compared(from: &str, to: &str) -> Option<&'static str> {
        let new = OLD.replace(from, to);
        assert!(from.is_empty() || new != OLD);
        same_data(&wat::parse_str(OLD).unwrap(), &wat::parse_str(new).unwrap()).unwrap()
    }

    #[test]
    fn code_may_differ() {
        assert_eq!(compared("i32.const 1)", "i32.const 7)"), None);
        // Another function before the others: places in the table are the same, and so are the names there.
        assert_eq!(compared("(func $a", "(func $new) (func $a"), None);
    }

    #[test]
    fn what_memory_depends_on_may_not() {
        assert_eq!(compared("(memory 1)", "(memory 2)"), Some("its memories have other bounds"));
        assert_eq!(compared("const 9", "const 10"), Some("its globals differ"));
        assert_eq!(compared("abc", "abd"), Some("its constants or first values differ"));
        assert_eq!(compared("(table 2", "(table 3"), Some("its tables differ"));
        assert_eq!(compared("$a $b)", "$b $a)"), Some("functions in its tables differ"));
    }

    #[test]
    fn functions_without_names_are_known_by_their_code() {
        let bare = |first: i32, other: i32| {
            let code = |number| alloc::format!("(func (result i32) i32.const {number})");
            let functions = code(first) + &code(other);
            wat::parse_str(alloc::format!("(module (table 1 funcref) (elem (i32.const 0) 0) {functions})"))
                .unwrap()
        };
        assert_eq!(same_data(&bare(1, 2), &bare(1, 3)).unwrap(), None);
        assert_eq!(same_data(&bare(1, 2), &bare(3, 2)).unwrap(), Some("functions in its tables differ"));
        assert!(same_data(b"no module", &bare(1, 1)).is_err());
    }
}
