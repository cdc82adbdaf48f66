//! An image to bytes.

use alloc::vec::Vec;
use core::convert::Infallible;

use minicbor::Encoder;

use crate::chunk::Memory;
use crate::error::Error;
use crate::hash::Hash;
use crate::header::{Header, Listed};
use crate::limit;
use crate::record::{Entry, Frame, Image, Point, Slot, Table, Value};
use crate::section::Section;

type Cbor = Encoder<Vec<u8>>;
type Written = Result<(), minicbor::encode::Error<Infallible>>;

impl Image {
    /// The image as bytes. The same image always gives the same bytes.
    ///
    /// # Errors
    /// `Limit` for more than an image may hold, `Invalid` for indices out of order.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let parts = Parts::of(self)?;
        let mut out = Vec::with_capacity(parts.bytes());
        parts.slices().for_each(|slice| out.extend_from_slice(slice));
        Ok(out)
    }

    /// How many bytes `encode` gives.
    ///
    /// # Errors
    /// As `encode`.
    pub fn encoded_bytes(&self) -> Result<usize, Error> {
        Parts::of(self).map(|parts| parts.bytes())
    }

    /// The header that the image is written with: its sections, their lengths and hashes.
    ///
    /// # Errors
    /// As `encode`.
    pub fn header(&self) -> Result<Header, Error> {
        Parts::of(self).map(|parts| parts.header)
    }

    /// Writes the image piece by piece, without a second copy of its memories.
    ///
    /// ```
    /// # use sojourn_image::{Entry, Error, Image, ModuleHash};
    /// # let image = Image::new(ModuleHash::of(b""), Entry::Export { name: "run".into() });
    /// let mut file = Vec::new();
    /// image.write(|bytes| {
    ///     file.extend_from_slice(bytes);
    ///     Ok::<(), Error>(())
    /// })?;
    /// assert_eq!(file, image.encode()?);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// As `encode`, before anything is written; then whatever the sink says.
    pub fn write<E: From<Error>>(&self, sink: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        Parts::of(self)?.slices().try_for_each(sink)
    }
}

/// What an image is written from.
struct Parts<'a> {
    header: Header,
    head: Vec<u8>,
    structured: Vec<Vec<u8>>,
    image: &'a Image,
}

impl<'a> Parts<'a> {
    fn of(image: &'a Image) -> Result<Self, Error> {
        let structured: Vec<_> = structured(image)?.into();
        let sections =
            Section::REQUIRED.iter().zip(&structured).map(|(section, bytes)| listed(*section, bytes));
        let mut sections: Vec<_> = sections.collect();
        sections.push(listed(Section::Host, &image.host));
        sections.push(listed(Section::Mailbox, &image.mailbox));
        if let Some(wasm) = &image.module {
            image.check_module(wasm)?;
            sections.push(Listed {
                section: Section::Module,
                length: wasm.len() as u64,
                hash: image.module_hash.truncated(),
            });
        }
        let length = image.memories.iter().map(Memory::stored_bytes).sum();
        sections.push(Listed { section: Section::Chunks, length, hash: Hash::NONE });
        sections.iter().try_for_each(Listed::check)?;
        let header = Header { sections };
        Ok(Self { head: header.encode(), header, structured, image })
    }

    fn bytes(&self) -> usize {
        let sections = self.header.sections.iter().map(|listed| usize::try_from(listed.length).unwrap_or(0));
        self.head.len() + sections.sum::<usize>()
    }

    fn slices(&self) -> impl Iterator<Item = &[u8]> {
        let image = self.image;
        [&self.head]
            .into_iter()
            .chain(&self.structured)
            .chain([&image.host, &image.mailbox])
            .chain(&image.module)
            .map(Vec::as_slice)
            .chain(image.memories.iter().map(Memory::stored))
    }
}

fn listed(section: Section, bytes: &[u8]) -> Listed {
    Listed { section, length: bytes.len() as u64, hash: Hash::of(bytes) }
}

/// The structured sections, in order.
pub(crate) fn structured(image: &Image) -> Result<[Vec<u8>; 6], Error> {
    limit::check(image)?;
    Ok([
        cbor(|out| origin(out, image)),
        cbor(|out| list(out, &image.frames, frame)),
        cbor(|out| globals(out, &image.globals)),
        cbor(|out| list(out, &image.tables, table)),
        cbor(|out| segments(out, image)),
        cbor(|out| list(out, &image.memories, memory)),
    ])
}

fn cbor(write: impl FnOnce(&mut Cbor) -> Written) -> Vec<u8> {
    let mut out = Encoder::new(Vec::new());
    write(&mut out).expect("a vector takes every byte");
    out.into_writer()
}

fn origin(out: &mut Cbor, image: &Image) -> Written {
    let (kind, name) = match &image.entry {
        Entry::Start { then } => (0, then),
        Entry::Export { name } => (1, name),
    };
    out.array(4)?.bytes(&image.module_hash.0)?.u64(image.features.bits())?.u8(kind)?.str(name)?.ok()
}

fn frame(out: &mut Cbor, frame: &Frame) -> Written {
    let point = match frame.point {
        Point::Poll => 0,
        Point::InProgress => 1,
        Point::Returned => 2,
        Point::HostCall => 3,
    };
    out.array(4)?.u32(frame.function)?.u32(frame.offset)?.u8(point)?;
    out.array(2 * frame.values.len() as u64)?;
    frame.values.iter().try_for_each(|(place, saved)| {
        match place {
            Slot::Local(index) => out.u32(*index)?,
            Slot::Stack(height) => out.i64(-1 - i64::from(*height))?,
        };
        value(out, saved)
    })
}

fn globals(out: &mut Cbor, globals: &[(u32, Value)]) -> Written {
    out.array(2 * globals.len() as u64)?;
    globals.iter().try_for_each(|(index, held)| value(out.u32(*index)?, held))
}

fn value(out: &mut Cbor, value: &Value) -> Written {
    out.array(2)?.i8(type_code(value))?;
    match value {
        Value::I32(value) => out.i32(*value)?,
        Value::I64(value) => out.i64(*value)?,
        Value::F32(bits) => out.bytes(&bits.to_le_bytes())?,
        Value::F64(bits) => out.bytes(&bits.to_le_bytes())?,
        Value::V128(bits) => out.bytes(&bits.to_le_bytes())?,
        Value::FuncRef(named) | Value::ExternRef(named) => return nullable(out, *named),
    };
    Ok(())
}

/// The type's code in the binary format of WebAssembly, read as the signed number that it is there.
fn type_code(value: &Value) -> i8 {
    match value {
        Value::I32(_) => -1,
        Value::I64(_) => -2,
        Value::F32(_) => -3,
        Value::F64(_) => -4,
        Value::V128(_) => -5,
        Value::FuncRef(_) => -16,
        Value::ExternRef(_) => -17,
    }
}

fn nullable(out: &mut Cbor, reference: Option<u32>) -> Written {
    match reference {
        Some(index) => out.u32(index)?.ok(),
        None => out.null()?.ok(),
    }
}

fn table(out: &mut Cbor, table: &Table) -> Written {
    let ty = table.elements.first().map_or(-16, type_code);
    out.array(3)?.u32(table.index)?.i8(ty)?.array(table.elements.len() as u64)?;
    table.elements.iter().try_for_each(|element| nullable(out, element.reference().flatten()))
}

fn segments(out: &mut Cbor, image: &Image) -> Written {
    out.array(2)?;
    list(out, &image.dropped_data, |out, index| out.u32(*index)?.ok())?;
    list(out, &image.dropped_elements, |out, index| out.u32(*index)?.ok())
}

fn memory(out: &mut Cbor, memory: &Memory) -> Written {
    out.array(3)?.u32(memory.index())?.u64(memory.size_bytes())?;
    out.array(3 * memory.chunks().len() as u64)?;
    memory
        .chunks()
        .iter()
        .try_for_each(|chunk| out.u32(chunk.number)?.u32(chunk.stored_bytes)?.bytes(&chunk.hash.0)?.ok())
}

fn list<T>(out: &mut Cbor, items: &[T], mut item: impl FnMut(&mut Cbor, &T) -> Written) -> Written {
    out.array(items.len() as u64)?;
    items.iter().try_for_each(|one| item(out, one))
}
