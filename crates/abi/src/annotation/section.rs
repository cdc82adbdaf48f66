//! The custom section `sojourn` among the others. The bytes may be anything: what is no module is an error.

use super::error::AnnotationError;
use alloc::vec::Vec;
use core::ops::Range;

/// Name of the section.
pub const SECTION: &str = "sojourn";
/// Most bytes of an annotation.
pub const MOST_BYTES: usize = 64 << 10;

const HEADER: [u8; 8] = *b"\0asm\x01\0\0\0";
const CUSTOM: u8 = 0;

/// A reader of some bytes of a module; past its end there is nothing.
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    pub(super) const fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// An unsigned LEB128 number; longer ones than there can be are none.
    pub(super) fn number(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if shift == 63 && part > 1 {
                return None;
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    pub(super) fn take(&mut self, length: u64) -> Option<&'b [u8]> {
        let end = self.at.checked_add(usize::try_from(length).ok()?)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    /// Bytes with their length before them.
    pub(super) fn text(&mut self) -> Option<&'b [u8]> {
        let length = self.number()?;
        self.take(length)
    }

    fn rest(&self) -> &'b [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }
}

/// A section: what it is, where it lies with its header, and its contents.
pub(super) struct Section<'b> {
    pub(super) id: u8,
    pub(super) range: Range<usize>,
    pub(super) body: &'b [u8],
}

impl<'b> Section<'b> {
    /// What the section says, if it is an annotation.
    pub(super) fn annotation(&self) -> Option<&'b [u8]> {
        let mut reader = Reader::new(self.body);
        let named = self.id == CUSTOM && reader.text() == Some(SECTION.as_bytes());
        named.then(|| reader.rest())
    }
}

/// All sections, in order.
pub(super) fn sections(wasm: &[u8]) -> Result<Vec<Section<'_>>, AnnotationError> {
    let broken = || AnnotationError::new(None, "these bytes are not a WebAssembly module", "");
    let mut reader = Reader::new(wasm);
    if reader.take(HEADER.len() as u64) != Some(&HEADER) {
        return Err(broken());
    }
    let mut sections = Vec::new();
    while reader.at < wasm.len() {
        let start = reader.at;
        let id = reader.byte().ok_or_else(broken)?;
        let body = reader.text().ok_or_else(broken)?;
        sections.push(Section { id, range: start..reader.at, body });
    }
    Ok(sections)
}

/// The module with this annotation in place of its own; empty: with none. Everything else stays byte for byte, and
/// where it was.
///
/// # Errors
/// The bytes are not a module.
pub fn write(wasm: &[u8], text: &str) -> Result<Vec<u8>, AnnotationError> {
    let own: Vec<Range<usize>> = sections(wasm)?
        .into_iter()
        .filter_map(|section| section.annotation().is_some().then_some(section.range))
        .collect();
    let fresh = if text.is_empty() { Vec::new() } else { section(text) };
    let place = own.first().map_or(wasm.len(), |range| range.start);
    let mut written = Vec::with_capacity(wasm.len() + fresh.len());
    written.extend_from_slice(&wasm[..place]);
    written.extend_from_slice(&fresh);
    let mut from = place;
    for range in own {
        written.extend_from_slice(&wasm[from..range.start]);
        from = range.end;
    }
    written.extend_from_slice(&wasm[from..]);
    Ok(written)
}

/// A custom section with this text.
fn section(text: &str) -> Vec<u8> {
    let mut body = Vec::with_capacity(text.len() + 16);
    put_number(&mut body, SECTION.len());
    body.extend_from_slice(SECTION.as_bytes());
    body.extend_from_slice(text.as_bytes());
    let mut section = Vec::with_capacity(body.len() + 8);
    section.push(CUSTOM);
    put_number(&mut section, body.len());
    section.extend_from_slice(&body);
    section
}

fn put_number(bytes: &mut Vec<u8>, mut number: usize) {
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or(0);
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}
