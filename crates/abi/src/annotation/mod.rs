//! What a module says of itself, in its custom section `sojourn`: lines `key=value`. So no atom needs a file of
//! settings beside it.
//!
//! `section` finds and writes it, `parse` reads its lines by the table `keys`, `facts` tells what the module
//! is, against which this file holds what was said, and `edit` changes it.

mod edit;
mod error;
mod facts;
mod keys;
mod parse;
mod section;
#[cfg(test)]
mod tests;

pub use edit::edit;
pub use error::AnnotationError;
pub use keys::{ANNOTATION_KEYS, AnnotationKey, ValueKind};
pub use section::{MOST_BYTES, SECTION, write};

use crate::wire::{Alias, Channel, Life, Restart};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use facts::Facts;

/// How often an atom is restarted within a minute where its module does not say.
const MOST_RESTARTS: u32 = 5;

/// What an atom's node must have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Memory, in bytes; 0: not said.
    pub memory_bytes: u64,
    /// Tags.
    pub tags: Vec<String>,
    /// Host functions: `module.function`.
    pub functions: Vec<String>,
}

/// What an atom may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MostUsed {
    /// Memory, in bytes; 0: its node's limit.
    pub memory_bytes: u64,
    /// Messages that wait; 0: its node's limit.
    pub mailbox_messages: u32,
}

/// What a module says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// Local name of the atom.
    pub name: Option<String>,
    /// Aliases from the start.
    pub aliases: Vec<Alias>,
    /// Whether it runs when a message comes; otherwise until it ends.
    pub reactive: bool,
    /// What it is for.
    pub objective: String,
    /// What its node must have.
    pub needs: Needs,
    /// What it may use.
    pub limits: MostUsed,
    /// How often an image of it is kept, in milliseconds; 0: as its node does.
    pub checkpoint_ms: u64,
    /// What is done when it fails.
    pub restart: Restart,
    /// How often within a minute.
    pub most_restarts: u32,
    /// Whether messages to it are on the disk before they are acknowledged.
    pub durable: bool,
    /// Which layout its memory has, for reloads.
    pub layout: Option<String>,
    /// Where it may connect to: `host:port`, `*` for any.
    pub connect: Vec<String>,
    /// Where it may listen.
    pub listen: Vec<String>,
    /// Files of it that are channels.
    pub channels: Vec<Channel>,
    /// Who gets what it writes to channels.
    pub channel_to: Option<String>,
}

impl Default for Annotation {
    fn default() -> Self {
        Self {
            name: None,
            aliases: Vec::new(),
            reactive: false,
            objective: String::new(),
            needs: Needs::default(),
            limits: MostUsed::default(),
            checkpoint_ms: 0,
            restart: Restart::Never,
            most_restarts: MOST_RESTARTS,
            durable: false,
            layout: None,
            connect: Vec::new(),
            listen: Vec::new(),
            channels: Vec::new(),
            channel_to: None,
        }
    }
}

impl Annotation {
    /// What a module says; one that says nothing is taken for what it is.
    ///
    /// # Errors
    /// The bytes are not a module, a line is wrong, or what it says cannot be true.
    pub fn of(wasm: &[u8]) -> Result<Self, AnnotationError> {
        let sections = section::sections(wasm)?;
        let text = text_of(&sections)?;
        let facts = Facts::of(&sections)?;
        let lines = parse::lines(&text)?;
        let mut said = parse::annotation(&lines);
        if !lines.iter().any(|(_, key, _)| key.name == "kind") {
            said.reactive = facts.handles && !facts.starts;
        }
        for (line, key, _) in lines {
            let lie = said.lie(key.name, facts);
            if let Some((text, hint)) = lie {
                return Err(AnnotationError::new(Some(line), text, hint));
            }
        }
        Ok(said)
    }

    /// What cannot be true of what a key says, and what to do.
    fn lie(&self, key: &str, facts: Facts) -> Option<(String, &'static str)> {
        let (needs, limit) = (self.needs.memory_bytes, self.limits.memory_bytes);
        match key {
            "kind" if self.reactive && !facts.handles => {
                let text = "kind is reactive, and the module exports no function handle";
                Some((text.into(), "export one, or say kind=daemon"))
            }
            "kind" if !self.reactive && !facts.starts => {
                let text = "kind is daemon, and the module exports no function _start";
                Some((text.into(), "export one, or say kind=reactive and export handle"))
            }
            "needs.memory" if facts.most_bytes.is_some_and(|most| needs > most) => {
                let most = facts.most_bytes.unwrap_or(0);
                let text = format!("needs.memory is {needs} bytes, and the module's own maximum is {most}");
                Some((text, "need less, or link it with a larger maximum"))
            }
            "needs.memory" if limit != 0 && needs > limit => {
                let text = format!("needs.memory is {needs} bytes, and limit.memory {limit}");
                Some((text, "raise the limit, or need less"))
            }
            "limit.memory" if limit != 0 && limit < facts.least_bytes => {
                let least = facts.least_bytes;
                let text = format!("limit.memory is {limit} bytes, and the module begins with {least}");
                Some((text, "raise the limit"))
            }
            _ => None,
        }
    }

    /// How an atom of it lives. Arguments and environment are for the start to say.
    #[must_use]
    pub fn life(&self) -> Life {
        Life {
            reactive: self.reactive,
            durable: self.durable,
            restart: self.restart as u8,
            most_restarts: self.most_restarts,
            arguments: Vec::new(),
            environment: Vec::new(),
            mailbox_messages: self.limits.mailbox_messages,
            connect: self.connect.clone(),
            listen: self.listen.clone(),
            channels: (!self.channels.is_empty()).then(|| self.channels.clone()),
            channel_to: self.channel_to.clone(),
        }
    }
}

/// The annotation of a module as it was written; empty when it has none.
///
/// # Errors
/// The bytes are not a module, or the annotation is not UTF-8, or too large.
pub fn find(wasm: &[u8]) -> Result<String, AnnotationError> {
    text_of(&section::sections(wasm)?)
}

fn text_of(sections: &[section::Section<'_>]) -> Result<String, AnnotationError> {
    let mut text = String::new();
    for part in sections.iter().filter_map(section::Section::annotation) {
        if text.len() + part.len() > MOST_BYTES {
            let what = format!("the annotation has more than {MOST_BYTES} bytes");
            return Err(AnnotationError::new(None, what, "say less"));
        }
        let part = core::str::from_utf8(part)
            .map_err(|_| AnnotationError::new(None, "the annotation is not UTF-8", "write it anew"))?;
        // Linkers put parts one after the other, sections are apart.
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        // What compilers put at the end of a text, or between two, is none of it.
        text.extend(part.chars().map(|c| if c == '\0' { '\n' } else { c }));
    }
    Ok(text)
}
