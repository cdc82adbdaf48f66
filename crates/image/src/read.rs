//! Bytes to an image, trusting none of them.
//!
//! A section is parsed only after its hash has been found right. The structured ones are then written again
//! and compared: so every image has exactly one form as bytes, and whatever the writer refuses is refused here.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;

use minicbor::Decoder;
use minicbor::data::Type;
use minicbor::decode::Error as Malformed;

use crate::chunk::{Chunk, Kept, Memory};
use crate::error::Error;
use crate::hash::{Hash, ModuleHash};
use crate::header::{Header, Listed};
use crate::limit;
use crate::record::{Entry, Features, Frame, Image, Point, Slot, Table, Value};
use crate::section::Section;
use crate::write;

impl Image {
    /// The image that these bytes are; the contents of its memories are copied once.
    ///
    /// # Errors
    /// One that names the section and what is wrong with it, for any bytes that `encode` does not give.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let (mut image, chunks) = parse(bytes)?;
        let mut payload = Vec::with_capacity(chunks.len());
        let places = verify(&image.memories, &bytes[chunks], 0, |piece| payload.extend_from_slice(piece))?;
        attach(&mut image.memories, &(Arc::new(payload) as Kept), places);
        Ok(image)
    }

    /// As `decode`, but the memories keep their contents in `bytes` itself, be it a vector, a mapped file or
    /// an object of another language's: nothing is copied.
    ///
    /// # Errors
    /// As `decode`.
    pub fn decode_owned(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self, Error> {
        let kept: Kept = Arc::new(bytes);
        let bytes = kept.as_ref().as_ref();
        let (mut image, chunks) = parse(bytes)?;
        let places = verify(&image.memories, &bytes[chunks.clone()], chunks.start, |_| ())?;
        attach(&mut image.memories, &kept, places);
        Ok(image)
    }
}

fn attach(memories: &mut [Memory], payload: &Kept, places: Vec<Range<usize>>) {
    for (memory, place) in memories.iter_mut().zip(places) {
        memory.attach(payload, place);
    }
}

/// Checks the contents of all memories, and tells where those of each lie, when the first begin at `start`.
fn verify<'a>(
    memories: &[Memory],
    mut stored: &'a [u8],
    mut start: usize,
    mut keep: impl FnMut(&'a [u8]),
) -> Result<Vec<Range<usize>>, Error> {
    let expected: u64 = memories.iter().map(Memory::stored_bytes).sum();
    if expected != stored.len() as u64 {
        let reason = format!("it has {} bytes, and section memories lists {expected}", stored.len());
        return Err(Error::invalid(Section::Chunks, reason));
    }
    let mut places = Vec::with_capacity(memories.len());
    for memory in memories {
        let rest = memory.verify(stored, &mut keep)?;
        let end = start + stored.len() - rest.len();
        places.push(start..end);
        (stored, start) = (rest, end);
    }
    Ok(places)
}

/// The image but for the contents of its memories, and where these are.
fn parse(bytes: &[u8]) -> Result<(Image, Range<usize>), Error> {
    let sections = Sections { bytes, ranges: Header::decode(bytes)?.ranges(bytes.len())? };
    sections.verify()?;
    let (module_hash, features, entry) = sections.parse(Section::Origin, origin)?;
    let (dropped_data, dropped_elements) = sections.parse(Section::Segments, segments)?;
    let image = Image {
        module_hash,
        features,
        entry,
        frames: sections.parse(Section::Frames, |input| list(input, 1, limit::FRAMES, frame))?,
        globals: sections.parse(Section::Globals, |input| list(input, 2, limit::GLOBALS, global))?,
        tables: sections.parse(Section::Tables, |input| list(input, 1, limit::TABLES, table))?,
        dropped_data,
        dropped_elements,
        memories: sections.parse(Section::Memories, |input| list(input, 1, limit::MEMORIES, memory))?,
        host: sections.get(Section::Host).to_vec(),
        mailbox: sections.get(Section::Mailbox).to_vec(),
        module: sections.find(Section::Module).map(<[u8]>::to_vec),
    };
    sections.check_canonical(&image)?;
    sections.check_module(&image)?;
    Ok((image, sections.range(Section::Chunks)))
}

struct Sections<'a> {
    bytes: &'a [u8],
    ranges: Vec<(Listed, Range<usize>)>,
}

impl<'a> Sections<'a> {
    /// Checks the hashes; those of the chunks and of the module come later.
    fn verify(&self) -> Result<(), Error> {
        let elsewhere = [Section::Module, Section::Chunks];
        let hashed = self.ranges.iter().filter(|(listed, _)| !elsewhere.contains(&listed.section));
        hashed
            .into_iter()
            .try_for_each(|(listed, range)| listed.compare(Hash::of(&self.bytes[range.clone()])))
    }

    /// Hashes the module once, for its section and as the one that the image is of.
    fn check_module(&self, image: &Image) -> Result<(), Error> {
        let listed = self.ranges.iter().find(|(listed, _)| listed.section == Section::Module);
        let Some((listed, range)) = listed else { return Ok(()) };
        let found = ModuleHash::of(&self.bytes[range.clone()]);
        listed.compare(found.truncated())?;
        if found == image.module_hash {
            return Ok(());
        }
        let reason = format!("it is not the module with hash {}, which the image is of", image.module_hash);
        Err(Error::invalid(Section::Module, reason))
    }

    fn range(&self, section: Section) -> Range<usize> {
        self.ranges.iter().find(|(listed, _)| listed.section == section).map_or(0..0, |found| found.1.clone())
    }

    fn find(&self, section: Section) -> Option<&'a [u8]> {
        let found = self.ranges.iter().find(|(listed, _)| listed.section == section);
        found.map(|(_, range)| &self.bytes[range.clone()])
    }

    fn get(&self, section: Section) -> &'a [u8] {
        &self.bytes[self.range(section)]
    }

    fn parse<T>(
        &self,
        section: Section,
        parse: impl FnOnce(&mut Decoder<'a>) -> Result<T, Malformed>,
    ) -> Result<T, Error> {
        parse(&mut Decoder::new(self.get(section)))
            .map_err(|error| Error::invalid(section, format!("{error}")))
    }

    fn check_canonical(&self, image: &Image) -> Result<(), Error> {
        let written = write::structured(image)?;
        Section::REQUIRED.iter().zip(&written).try_for_each(|(section, written)| {
            if self.get(*section) == written.as_slice() {
                return Ok(());
            }
            Err(Error::invalid(*section, "it is not in the one form that this content has"))
        })
    }
}

fn origin(input: &mut Decoder<'_>) -> Result<(ModuleHash, Features, Entry), Malformed> {
    array(input, 4)?;
    let hash = ModuleHash(bytes(input)?);
    let features = Features::from_bits(input.u64()?)
        .ok_or_else(|| Malformed::message("it needs a feature that this version has no name for"))?;
    let (kind, name) = (input.u8()?, String::from(input.str()?));
    match kind {
        0 => Ok((hash, features, Entry::Start { then: name })),
        1 => Ok((hash, features, Entry::Export { name })),
        _ => Err(Malformed::message(format!("there is no kind of entry with number {kind}"))),
    }
}

fn frame(input: &mut Decoder<'_>) -> Result<Frame, Malformed> {
    array(input, 4)?;
    let (function, offset, point) = (input.u32()?, input.u32()?, point(input)?);
    Ok(Frame { function, offset, point, values: list(input, 2, limit::FRAME_VALUES, saved)? })
}

fn point(input: &mut Decoder<'_>) -> Result<Point, Malformed> {
    match input.u8()? {
        0 => Ok(Point::Poll),
        1 => Ok(Point::InProgress),
        2 => Ok(Point::Returned),
        3 => Ok(Point::HostCall),
        other => Err(Malformed::message(format!("there is no kind of point with number {other}"))),
    }
}

fn saved(input: &mut Decoder<'_>) -> Result<(Slot, Value), Malformed> {
    let place = input.i64()?;
    let number = u32::try_from(if place < 0 { -1 - place } else { place })
        .map_err(|_| Malformed::message(format!("there is no slot {place}")))?;
    let slot = if place < 0 { Slot::Stack(number) } else { Slot::Local(number) };
    Ok((slot, value(input)?))
}

fn global(input: &mut Decoder<'_>) -> Result<(u32, Value), Malformed> {
    Ok((input.u32()?, value(input)?))
}

fn value(input: &mut Decoder<'_>) -> Result<Value, Malformed> {
    array(input, 2)?;
    Ok(match input.i8()? {
        -1 => Value::I32(input.i32()?),
        -2 => Value::I64(input.i64()?),
        -3 => Value::F32(u32::from_le_bytes(bytes(input)?)),
        -4 => Value::F64(u64::from_le_bytes(bytes(input)?)),
        -5 => Value::V128(u128::from_le_bytes(bytes(input)?)),
        code => reference(input, code)?,
    })
}

fn reference(input: &mut Decoder<'_>, code: i8) -> Result<Value, Malformed> {
    let named = match input.datatype()? {
        Type::Null => input.null().map(|()| None)?,
        _ => Some(input.u32()?),
    };
    match code {
        -16 => Ok(Value::FuncRef(named)),
        -17 => Ok(Value::ExternRef(named)),
        _ => Err(Malformed::message(format!("there is no type with code {code}"))),
    }
}

fn table(input: &mut Decoder<'_>) -> Result<Table, Malformed> {
    array(input, 3)?;
    let (index, code) = (input.u32()?, input.i8()?);
    Ok(Table { index, elements: list(input, 1, limit::TABLE_ELEMENTS, |input| reference(input, code))? })
}

fn segments(input: &mut Decoder<'_>) -> Result<(Vec<u32>, Vec<u32>), Malformed> {
    array(input, 2)?;
    Ok((list(input, 1, limit::SEGMENTS, Decoder::u32)?, list(input, 1, limit::SEGMENTS, Decoder::u32)?))
}

fn memory(input: &mut Decoder<'_>) -> Result<Memory, Malformed> {
    array(input, 3)?;
    let (index, size_bytes) = (input.u32()?, input.u64()?);
    let most = usize::try_from(limit::MEMORY_BYTES / limit::CHUNK_BYTES as u64).unwrap_or(usize::MAX);
    Ok(Memory::listed(index, size_bytes, list(input, 3, most, chunk)?))
}

fn chunk(input: &mut Decoder<'_>) -> Result<Chunk, Malformed> {
    Ok(Chunk { number: input.u32()?, stored_bytes: input.u32()?, hash: Hash(bytes(input)?) })
}

/// An array whose items take `width` places each. It grows with what is there, not with what its length says.
fn list<'b, T>(
    input: &mut Decoder<'b>,
    width: u64,
    limit: usize,
    mut item: impl FnMut(&mut Decoder<'b>) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    let length = definite(input)?;
    if length % width != 0 {
        return Err(Malformed::message(format!("a list has {length} items, which come by {width}")));
    }
    if length / width > limit as u64 {
        return Err(Malformed::message(format!("a list is longer than the limit of {limit}")));
    }
    (0..length / width).map(|_| item(input)).collect()
}

fn array(input: &mut Decoder<'_>, expected: u64) -> Result<(), Malformed> {
    match definite(input)? {
        found if found == expected => Ok(()),
        found => Err(Malformed::message(format!("an array has {found} items instead of {expected}"))),
    }
}

fn definite(input: &mut Decoder<'_>) -> Result<u64, Malformed> {
    input.array()?.ok_or_else(|| Malformed::message("an array without a length"))
}

fn bytes<const N: usize>(input: &mut Decoder<'_>) -> Result<[u8; N], Malformed> {
    let found = input.bytes()?;
    found.try_into().map_err(|_| Malformed::message(format!("{} bytes instead of {N}", found.len())))
}
