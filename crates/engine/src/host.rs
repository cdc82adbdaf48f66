//! What a host gives to a guest, and how its calls end.

use crate::FunctionType;
use alloc::string::String;
use sojourn_image::Value;

/// What the host gives for an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provided {
    /// A host function, by a number that `Host::call` gets back.
    Function(u32),
    /// A global with this value.
    Global(Value),
    /// A fresh memory of the type the module asks for.
    Memory,
    /// A fresh table of the type the module asks for.
    Table,
}

/// An import of the module, as asked of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import<'a> {
    /// Module part of the name.
    pub module: &'a str,
    /// Field part of the name.
    pub name: &'a str,
    /// Its signature when it is a function; `None` for any other kind.
    pub function: Option<FunctionType>,
}

/// How a host call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It is done; the results are written.
    Return,
    /// It could not end because a stop was asked for; nothing happened, and it will be issued again.
    Suspend,
    /// The guest ends with this status.
    Exit(i32),
    /// The guest traps with this message.
    Trap(String),
}

/// All that a guest can ask of the world.
pub trait Host: Send + 'static {
    /// What is offered for an import; `None` refuses the module.
    fn provide(&self, import: &Import<'_>) -> Option<Provided>;

    /// A call of host function `function` with the guest's first memory (empty if it has none).
    ///
    /// `results` come in as zeros of the right types and keep their types; function references are slots
    /// of the table `names::REFS`.
    fn call(&mut self, function: u32, memory: &mut [u8], arguments: &[Value], results: &mut [Value])
    -> Reply;
}
