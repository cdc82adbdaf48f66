//! Images for tests: one that has everything, and any number of generated ones.
#![allow(dead_code, reason = "each test takes what it needs")]

use arbitrary::{Result, Unstructured};
use sojourn_image::{Entry, Features, Frame, Image, Memory, ModuleHash, Point, Slot, Table, Value};

/// The smallest module.
pub const MODULE: &[u8] = b"\0asm\x01\0\0\0";

/// Numbers of the `SplitMix64` generator.
pub struct Seed(pub u64);

impl Seed {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("below a usize")
    }

    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

/// How often a test with generated input runs: a hundred times as often in longer runs.
pub fn runs(usual: u64) -> u64 {
    if std::env::var_os("SOJOURN_SOAK").is_some() { 100 * usual } else { usual }
}

/// Every kind of value, point, slot and chunk, in little room.
pub fn sample() -> Image {
    let mut image = Image::new(ModuleHash::of(MODULE), Entry::Start { then: "_start".into() });
    image.features =
        Features::default().with("simd").and_then(|some| some.with("multi-memory")).expect("names");
    image.frames = frames();
    image.globals = vec![(0, Value::I32(65536)), (2, Value::FuncRef(Some(1))), (7, Value::I64(-1))];
    let functions = vec![Value::FuncRef(Some(2)), Value::FuncRef(None), Value::FuncRef(Some(70_000))];
    image.tables = vec![
        Table { index: 0, elements: functions },
        Table { index: 1, elements: Vec::new() },
        Table { index: 3, elements: vec![Value::ExternRef(Some(300)), Value::ExternRef(None)] },
    ];
    image.dropped_data = vec![1, 3];
    image.dropped_elements = vec![0];
    image.memories = memories();
    image.host = vec![0xa1, 0x01, 0x02];
    image.mailbox = vec![0x80];
    image.module = Some(MODULE.to_vec());
    image
}

fn frames() -> Vec<Frame> {
    let everything = vec![
        (Slot::Local(0), Value::I32(i32::MIN)),
        (Slot::Local(23), Value::I64(i64::MAX)),
        (Slot::Local(50_000), Value::F32(0x7fa0_0001)),
        (Slot::Stack(0), Value::F64(0xfff4_0000_0000_0001)),
        (Slot::Stack(1), Value::V128(1 << 127 | 5)),
        (Slot::Stack(24), Value::FuncRef(None)),
        (Slot::Stack(25), Value::ExternRef(Some(9))),
    ];
    let loop_counter = vec![(Slot::Local(1), Value::I32(-1))];
    let frame = |function, offset, point, values| Frame { function, offset, point, values };
    vec![
        frame(4, 1234, Point::InProgress, everything),
        frame(5, 70_000, Point::Returned, vec![]),
        frame(6, 24, Point::Poll, loop_counter),
        frame(0, 0, Point::HostCall, vec![(Slot::Stack(0), Value::I64(0))]),
    ]
}

/// A chunk left out, one compressed, and a last one that is short and random; then an empty memory.
fn memories() -> Vec<Memory> {
    let mut contents = vec![0; 2 * 65536];
    contents[65536..65836].copy_from_slice(&[1, 2, 3].repeat(100));
    contents.extend(Seed(1).bytes(200));
    vec![Memory::capture(0, &contents), Memory::capture(1, &[])]
}

/// The image that this seed gives.
pub fn generated(seed: u64) -> Image {
    let mut numbers = Seed(seed);
    let length = numbers.below(4000);
    image(&mut Unstructured::new(&numbers.bytes(length))).expect("exhausted bytes give zeros")
}

/// An image made of these bytes.
pub fn image(from: &mut Unstructured<'_>) -> Result<Image> {
    let module = some(from, 3, byte)?;
    let name = from.arbitrary()?;
    let entry = if from.arbitrary()? { Entry::Start { then: name } } else { Entry::Export { name } };
    let mut image = Image::new(ModuleHash::of(&module), entry);
    image.features = Features::from_bits(from.int_in_range(0..=0x3ff)?).expect("known bits");
    image.frames = some(from, 20, frame)?;
    image.globals = indexed(from, value)?;
    image.tables =
        indexed(from, elements)?.into_iter().map(|(index, elements)| Table { index, elements }).collect();
    image.dropped_data = indexed(from, |_| Ok(()))?.into_iter().map(|one| one.0).collect();
    image.dropped_elements = indexed(from, |_| Ok(()))?.into_iter().map(|one| one.0).collect();
    image.memories =
        indexed(from, contents)?.iter().map(|(index, bytes)| Memory::capture(*index, bytes)).collect();
    image.host = from.arbitrary()?;
    image.mailbox = from.arbitrary()?;
    image.module = from.arbitrary::<bool>()?.then_some(module);
    Ok(image)
}

fn some<T>(
    from: &mut Unstructured<'_>,
    most: usize,
    mut one: impl FnMut(&mut Unstructured<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    (0..from.int_in_range(0..=most)?).map(|_| one(from)).collect()
}

/// Up to eight, by ascending index.
fn indexed<T>(
    from: &mut Unstructured<'_>,
    mut one: impl FnMut(&mut Unstructured<'_>) -> Result<T>,
) -> Result<Vec<(u32, T)>> {
    let mut next = 0;
    some(from, 8, |from| {
        let index: u32 = next + u32::from(from.arbitrary::<u16>()?);
        next = index + 1;
        Ok((index, one(from)?))
    })
}

fn frame(from: &mut Unstructured<'_>) -> Result<Frame> {
    let points = [Point::Poll, Point::InProgress, Point::Returned, Point::HostCall];
    let (function, offset, point) = (from.arbitrary()?, from.arbitrary()?, *from.choose(&points)?);
    let values = some(from, 12, |from| Ok((slot(from)?, value(from)?)))?;
    Ok(Frame { function, offset, point, values })
}

fn slot(from: &mut Unstructured<'_>) -> Result<Slot> {
    let number = from.arbitrary()?;
    Ok(if from.arbitrary()? { Slot::Local(number) } else { Slot::Stack(number) })
}

fn value(from: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match from.int_in_range(0..=6)? {
        0 => Value::I32(from.arbitrary()?),
        1 => Value::I64(from.arbitrary()?),
        2 => Value::F32(from.arbitrary()?),
        3 => Value::F64(from.arbitrary()?),
        4 => Value::V128(from.arbitrary()?),
        5 => Value::FuncRef(from.arbitrary()?),
        _ => Value::ExternRef(from.arbitrary()?),
    })
}

fn elements(from: &mut Unstructured<'_>) -> Result<Vec<Value>> {
    let kind = if from.arbitrary()? { Value::FuncRef } else { Value::ExternRef };
    some(from, 30, |from| from.arbitrary().map(kind))
}

/// Up to four chunks: zero, random, repeating, or with a single byte; and a rest.
fn contents(from: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut contents = Vec::new();
    for _ in 0..from.int_in_range(0..=4)? {
        let mut random = Seed(from.arbitrary()?);
        let start = contents.len();
        match from.int_in_range(0..=3)? {
            0 => contents.resize(start + 65536, 0),
            1 => contents.extend(random.bytes(65536)),
            2 => contents.extend(random.bytes(64).repeat(1024)),
            _ => {
                contents.resize(start + 65536, 0);
                contents[start + random.below(65536)] = 1;
            }
        }
    }
    let rest: u16 = from.arbitrary()?;
    contents.resize(contents.len() + usize::from(rest), from.arbitrary()?);
    Ok(contents)
}

fn byte(from: &mut Unstructured<'_>) -> Result<u8> {
    from.arbitrary()
}
