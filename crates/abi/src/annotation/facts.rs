//! What a module is, as far as an annotation can lie about it.

use super::error::AnnotationError;
use super::section::{Reader, Section};

const IMPORTS: u8 = 2;
const MEMORIES: u8 = 5;
const EXPORTS: u8 = 7;
const FUNCTION: u8 = 0;
const TABLE: u8 = 1;
const MEMORY: u8 = 2;
const GLOBAL: u8 = 3;
const TAG: u8 = 4;

/// Facts about a module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// Whether it exports a function `handle`.
    pub(super) handles: bool,
    /// Whether it exports a function `_start`.
    pub(super) starts: bool,
    /// Bytes that its memories begin with.
    pub(super) least_bytes: u64,
    /// Bytes that its memories can grow to; none: no bound of its own.
    pub(super) most_bytes: Option<u64>,
}

impl Facts {
    pub(super) fn of(sections: &[Section<'_>]) -> Result<Self, AnnotationError> {
        let mut facts = Self { most_bytes: Some(0), ..Self::default() };
        for section in sections {
            let mut reader = Reader::new(section.body);
            let read = match section.id {
                IMPORTS => facts.imports(&mut reader),
                MEMORIES => facts.memories(&mut reader),
                EXPORTS => facts.exports(&mut reader),
                _ => Some(()),
            };
            if read.is_none() {
                let text = alloc::format!("section {} of the module is broken", section.id);
                return Err(AnnotationError::new(None, text, ""));
            }
        }
        Ok(facts)
    }

    fn imports(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        for _ in 0..reader.number()? {
            reader.text()?;
            reader.text()?;
            match reader.byte()? {
                FUNCTION => {
                    reader.number()?;
                }
                TABLE => {
                    reference(reader)?;
                    limits(reader)?;
                }
                MEMORY => self.memory(reader)?,
                GLOBAL => {
                    reference(reader)?;
                    reader.byte()?;
                }
                TAG => {
                    reader.byte()?;
                    reader.number()?;
                }
                _ => return None,
            }
        }
        Some(())
    }

    fn memories(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        for _ in 0..reader.number()? {
            self.memory(reader)?;
        }
        Some(())
    }

    fn memory(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let (least, most, page) = limits(reader)?;
        let bytes = |pages: u64| pages.saturating_mul(page);
        self.least_bytes = self.least_bytes.saturating_add(bytes(least));
        self.most_bytes = match (self.most_bytes, most) {
            (Some(sum), Some(most)) => Some(sum.saturating_add(bytes(most))),
            _ => None,
        };
        Some(())
    }

    fn exports(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        for _ in 0..reader.number()? {
            let name = reader.text()?;
            let kind = reader.byte()?;
            reader.number()?;
            self.handles |= kind == FUNCTION && name == b"handle";
            self.starts |= kind == FUNCTION && name == b"_start";
        }
        Some(())
    }
}

/// A value's type; those of references to a type name it.
fn reference(reader: &mut Reader<'_>) -> Option<()> {
    const TO: [u8; 2] = [0x63, 0x64];
    if TO.contains(&reader.byte()?) {
        // A heap type is a signed number of at most 33 bits; its sign does not matter here.
        reader.number()?;
    }
    Some(())
}

/// Least, most, and bytes of a page.
fn limits(reader: &mut Reader<'_>) -> Option<(u64, Option<u64>, u64)> {
    const BOUNDED: u8 = 1;
    const PAGE_SIZE: u8 = 8;
    let flags = reader.byte()?;
    let least = reader.number()?;
    let most = if flags & BOUNDED == 0 { None } else { Some(reader.number()?) };
    let page = if flags & PAGE_SIZE == 0 { 16 } else { reader.number()? };
    Some((least, most, 1_u64.checked_shl(u32::try_from(page).ok()?)?))
}
