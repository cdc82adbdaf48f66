//! Images made to harm: any contents, and hashes that are right.
#![allow(dead_code, reason = "each test takes what it needs")]

use sojourn_image::{Hash, Image, Section};

/// Whether these bytes are an image. If so, it is written as the same bytes, and its memories can be restored.
///
/// # Panics
/// When that does not hold.
pub fn check(bytes: &[u8]) -> bool {
    let Ok(image) = Image::decode(bytes) else { return false };
    assert!(image.encode().as_deref() == Ok(bytes), "accepted, and written in another form");
    for memory in image.memories.iter().filter(|memory| memory.size_bytes() <= 1 << 24) {
        let mut contents = vec![1; usize::try_from(memory.size_bytes()).expect("small")];
        memory.write_to(&mut contents).expect("accepted, so that it can be restored");
    }
    true
}

/// An image taken apart: identifier and bytes of each section.
#[derive(Clone)]
pub struct Forged(pub Vec<(u32, Vec<u8>)>);

impl Forged {
    /// Takes apart what has the layout of an image, be its lengths right or not. Reads the layout by itself, so
    /// that the crate's own reader and writer are not asked about it.
    pub fn of(bytes: &[u8]) -> Self {
        let count = bytes.get(12).map_or(0, |count| usize::from(*count));
        let entries = bytes.get(16..).unwrap_or_default().chunks_exact(28).take(count);
        let mut rest = bytes.get(16 + 28 * count + 16..).unwrap_or_default();
        let sections = entries.map(|entry| {
            let id = u32::from_le_bytes(entry[..4].try_into().expect("4 bytes"));
            let length = u64::from_le_bytes(entry[4..12].try_into().expect("8 bytes"));
            let section = rest.split_off(..rest.len().min(usize::try_from(length).expect("64 bits")));
            (id, section.expect("no more than there is").to_vec())
        });
        Self(sections.collect())
    }

    fn section(&mut self, section: Section) -> &mut Vec<u8> {
        &mut self.0.iter_mut().find(|(id, _)| *id == section.id()).expect("there").1
    }

    pub fn with(mut self, section: Section, bytes: &[u8]) -> Self {
        *self.section(section) = bytes.to_vec();
        self
    }

    /// As bytes, with all hashes right.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = b"\0sojourn\x01\0\0\0".to_vec();
        out.extend(u32::try_from(self.0.len()).expect("few").to_le_bytes());
        for (id, bytes) in &self.0 {
            out.extend(id.to_le_bytes());
            out.extend((bytes.len() as u64).to_le_bytes());
            out.extend(if *id == Section::Chunks.id() { [0; 16] } else { Hash::of(bytes).0 });
        }
        let hash = Hash::of(&out);
        out.extend(hash.0);
        self.0.iter().for_each(|(_, bytes)| out.extend(bytes));
        out
    }

    /// With one memory, of index 0 and this size in CBOR, whose chunk 0 stores these bytes.
    pub fn with_chunk(self, size: &[u8], stored: &[u8]) -> Self {
        let length = u32::try_from(stored.len()).expect("small").to_be_bytes();
        let mut list = [&[0x81, 0x83, 0x00], size, &[0x83, 0x00]].concat();
        match length {
            [0, 0, 0, few @ 0..24] => list.push(few),
            [0, 0, 0, some] => list.extend([0x18, some]),
            [0, 0, high, low] => list.extend([0x19, high, low]),
            _ => list.extend([[0x1a].as_slice(), &length].concat()),
        }
        list.push(0x50);
        list.extend(Hash::of(stored).0);
        self.with(Section::Memories, &list).with(Section::Chunks, stored)
    }
}
