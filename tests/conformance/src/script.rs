//! Runs a script of the specification in a world, one verdict for each directive.

use crate::value::{Scripted, argument, holds};
use crate::world::{Failure, World};
use std::collections::{HashMap, HashSet};
use wast::parser::ParseBuffer;
use wast::token::Id;
use wast::{QuoteWat, Wast, WastDirective, WastExecute, WastInvoke, WastRet, Wat};

/// What came of one directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It held. The text is the kind of trap, if one was asserted.
    Held(String),
    /// It did not hold, and why.
    Broken(String),
    /// The pass refused its module, and why.
    Refused(String),
    /// Its module is not there, or it is of a kind that says nothing about modules.
    Skipped,
}

/// A directive and its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Line in the script, from 1.
    pub line: usize,
    /// What came of it.
    pub verdict: Verdict,
}

/// Runs a script.
///
/// # Errors
/// When the script itself cannot be read.
pub fn run<W: World>(world: &mut W, source: &str) -> Result<Vec<Line>, wast::Error> {
    let mut lexer = wast::lexer::Lexer::new(source);
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer)?;
    let mut script: Wast<'_> = wast::parser::parse(&buffer)?;
    let met = met_by_others(&script.directives);
    let mut runner = Runner {
        world,
        current: None,
        named: HashMap::new(),
        definitions: HashMap::new(),
        absent: HashSet::new(),
    };
    let mut lines = Vec::new();
    for (index, directive) in script.directives.iter_mut().enumerate() {
        let line = directive.span().linecol_in(source).0 + 1;
        let verdict = runner.directive(directive, !met.contains(&index));
        lines.push(Line { line, verdict });
    }
    Ok(lines)
}

/// Directives whose module is registered later, so that other modules meet it.
fn met_by_others(directives: &[WastDirective<'_>]) -> HashSet<usize> {
    let mut last = None;
    let mut named = HashMap::new();
    let mut met = HashSet::new();
    for (index, directive) in directives.iter().enumerate() {
        match directive {
            WastDirective::Module(module) => {
                last = Some(index);
                module.name().map(|name| named.insert(name.name().to_owned(), index));
            }
            WastDirective::ModuleInstance { instance, .. } => {
                last = Some(index);
                instance.map(|name| named.insert(name.name().to_owned(), index));
            }
            WastDirective::Register { module, .. } => {
                let index = module.map_or(last, |name| named.get(name.name()).copied());
                met.extend(index);
            }
            _ => {}
        }
    }
    met
}

struct Runner<'w, W: World> {
    world: &'w mut W,
    current: Option<W::Instance>,
    named: HashMap<String, W::Instance>,
    definitions: HashMap<Option<String>, Vec<u8>>,
    /// Names that a module without an instance was to have.
    absent: HashSet<String>,
}

impl<W: World> Runner<'_, W> {
    fn directive(&mut self, directive: &mut WastDirective<'_>, alone: bool) -> Verdict {
        match directive {
            WastDirective::Module(module) => self.module(module, alone),
            WastDirective::ModuleDefinition(module) => self.definition(module),
            WastDirective::ModuleInstance { instance, module, .. } => {
                self.instance(*instance, *module, alone)
            }
            WastDirective::AssertMalformed { module, .. } | WastDirective::AssertInvalid { module, .. } => {
                self.assert_rejected(module)
            }
            WastDirective::Register { name, module, .. } => self.register(name, *module),
            WastDirective::Invoke(invoke) => match self.invoke(invoke) {
                None => Verdict::Skipped,
                Some(outcome) => judge(outcome.map(|_| ())),
            },
            WastDirective::AssertReturn { exec, results, .. } => self.assert_return(exec, results),
            WastDirective::AssertTrap { exec, .. } => self.assert_failure(exec, |failure| match failure {
                Failure::Trap(kind) => Some(kind.clone()),
                _ => None,
            }),
            WastDirective::AssertException { exec, .. } => {
                self.assert_failure(exec, |failure| (*failure == Failure::Exception).then(String::new))
            }
            WastDirective::AssertExhaustion { call, .. } => {
                let outcome = self.invoke(call);
                judge_failure(outcome, |failure| (*failure == Failure::Exhausted).then(String::new))
            }
            WastDirective::AssertUnlinkable { module, .. } => self.assert_unlinkable(module),
            _ => Verdict::Skipped,
        }
    }

    fn module(&mut self, module: &mut QuoteWat<'_>, alone: bool) -> Verdict {
        let name = module.name().map(|name| name.name().to_owned());
        self.current = None;
        match module.encode() {
            Ok(wasm) => self.place(&wasm, name, alone),
            Err(error) => Verdict::Broken(format!("not readable: {}", error.message())),
        }
    }

    fn definition(&mut self, module: &mut QuoteWat<'_>) -> Verdict {
        let name = module.name().map(|name| name.name().to_owned());
        let wasm = match module.encode() {
            Ok(wasm) => wasm,
            Err(error) => return Verdict::Broken(format!("not readable: {}", error.message())),
        };
        let verdict = judge(self.world.check(&wasm));
        self.definitions.insert(None, wasm.clone());
        self.definitions.insert(name, wasm);
        verdict
    }

    fn instance(&mut self, instance: Option<Id<'_>>, module: Option<Id<'_>>, alone: bool) -> Verdict {
        let definition = self.definitions.get(&module.map(|name| name.name().to_owned())).cloned();
        self.current = None;
        match definition {
            Some(wasm) => self.place(&wasm, instance.map(|name| name.name().to_owned()), alone),
            None => Verdict::Skipped,
        }
    }

    fn place(&mut self, wasm: &[u8], name: Option<String>, alone: bool) -> Verdict {
        if let Some(name) = &name {
            self.named.remove(name);
        }
        match self.world.instantiate(wasm, alone) {
            Ok(instance) => {
                name.map(|name| self.named.insert(name, instance.clone()));
                self.current = Some(instance);
                Verdict::Held(String::new())
            }
            Err(failure) => self.unless_absent(failure),
        }
    }

    /// A module that imports from one that is not there says nothing.
    fn unless_absent(&self, failure: Failure) -> Verdict {
        match &failure {
            Failure::Unlinkable(reason)
                if self.absent.iter().any(|name| reason.contains(&format!(" {name}."))) =>
            {
                Verdict::Skipped
            }
            _ => broken(failure),
        }
    }

    fn register(&mut self, name: &str, module: Option<Id<'_>>) -> Verdict {
        let Some(instance) = self.find(module) else {
            self.absent.insert(name.to_owned());
            return Verdict::Skipped;
        };
        self.world.register(name, &instance);
        self.absent.remove(name);
        Verdict::Held(String::new())
    }

    fn find(&self, module: Option<Id<'_>>) -> Option<W::Instance> {
        match module {
            Some(name) => self.named.get(name.name()).cloned(),
            None => self.current.clone(),
        }
    }

    fn invoke(&mut self, invoke: &WastInvoke<'_>) -> Option<Result<Vec<Scripted>, Failure>> {
        let instance = self.find(invoke.module)?;
        let arguments = invoke.args.iter().map(argument).collect::<Option<Vec<_>>>()?;
        Some(self.world.call(&instance, invoke.name, &arguments))
    }

    fn execute(&mut self, execute: &mut WastExecute<'_>) -> Option<Result<Vec<Scripted>, Failure>> {
        match execute {
            WastExecute::Invoke(invoke) => self.invoke(invoke),
            WastExecute::Wat(module) => {
                let wasm = module.encode().ok()?;
                Some(self.world.instantiate(&wasm, true).map(|_| Vec::new()))
            }
            WastExecute::Get { module, global, .. } => {
                let instance = self.find(*module)?;
                Some(self.world.global(&instance, global).map(|value| vec![value]))
            }
        }
    }

    fn assert_return(&mut self, execute: &mut WastExecute<'_>, expected: &[WastRet<'_>]) -> Verdict {
        match self.execute(execute) {
            None => Verdict::Skipped,
            Some(Ok(got)) => compare(expected, &got),
            Some(Err(failure)) => broken(failure),
        }
    }

    fn assert_failure(
        &mut self,
        execute: &mut WastExecute<'_>,
        expected: impl FnOnce(&Failure) -> Option<String>,
    ) -> Verdict {
        judge_failure(self.execute(execute), expected)
    }

    fn assert_unlinkable(&mut self, module: &mut Wat<'_>) -> Verdict {
        match module.encode() {
            Ok(wasm) => judge_failure(Some(self.world.instantiate(&wasm, true)), |failure| {
                matches!(failure, Failure::Unlinkable(_)).then(String::new)
            }),
            Err(error) => Verdict::Broken(format!("not readable: {}", error.message())),
        }
    }

    fn assert_rejected(&mut self, module: &mut QuoteWat<'_>) -> Verdict {
        match module.encode() {
            Err(_) => Verdict::Held(String::new()),
            Ok(wasm) => judge_failure(Some(self.world.check(&wasm)), |failure| {
                matches!(failure, Failure::Rejected(_)).then(String::new)
            }),
        }
    }
}

fn judge(outcome: Result<(), Failure>) -> Verdict {
    match outcome {
        Ok(()) => Verdict::Held(String::new()),
        Err(failure) => broken(failure),
    }
}

fn judge_failure<T>(
    outcome: Option<Result<T, Failure>>,
    expected: impl FnOnce(&Failure) -> Option<String>,
) -> Verdict {
    match outcome {
        None => Verdict::Skipped,
        Some(Ok(_)) => Verdict::Broken("it went well".into()),
        Some(Err(failure)) => match expected(&failure) {
            Some(kind) => Verdict::Held(kind),
            None => broken(failure),
        },
    }
}

fn broken(failure: Failure) -> Verdict {
    match failure {
        Failure::Refused(reason) => Verdict::Refused(reason),
        other => Verdict::Broken(format!("{other:?}")),
    }
}

fn compare(expected: &[WastRet<'_>], got: &[Scripted]) -> Verdict {
    let same = expected.len() == got.len() && expected.iter().zip(got).all(|(want, have)| holds(want, *have));
    if same {
        Verdict::Held(String::new())
    } else {
        Verdict::Broken(format!("got {got:x?}, not {expected:?}"))
    }
}
