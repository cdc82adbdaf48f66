//! Frames between the frame memory and the image.
//!
//! A frame in the frame memory is the number of its site with bit 31 set when a callee was unwinding already,
//! then its values in the order of `Site::values`, without padding, little-endian. References are places in
//! the tables of saved references.

use alloc::string::ToString;
use alloc::vec::Vec;
use sojourn_image::{Frame, Point, Slot, Value};

use crate::error::Error;
use crate::info::{Info, Site, Type};
use crate::spill;
use crate::spot::Spot;

const IN_PROGRESS: u32 = 1 << 31;

/// Reads frames, innermost first in `bytes`, outermost first in what it gives.
pub(crate) fn read(
    info: &Info,
    bytes: &[u8],
    funcrefs: &[Option<u32>],
    externrefs: &[Option<u32>],
) -> Result<Vec<Frame>, Error> {
    let mut frames = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let word = u32::from_le_bytes(take(&mut rest)?);
        let site = info.sites.get((word & !IN_PROGRESS) as usize);
        let site = site.ok_or_else(|| Error::frames("a saved frame names a site that does not exist"))?;
        let point = point(site, word & IN_PROGRESS != 0)?;
        let mut values = Vec::with_capacity(site.values.len());
        for &(slot, ty) in &site.values {
            let value = value(&mut rest, ty, funcrefs, externrefs)?;
            if point != Point::InProgress || !site.given.contains(&slot) {
                values.push((slot, value));
            }
        }
        values.sort_unstable_by_key(|(slot, _)| *slot);
        frames.push(Frame { function: site.function, offset: site.offset, point, values });
    }
    frames.reverse();
    Ok(frames)
}

fn point(site: &Site, in_progress: bool) -> Result<Point, Error> {
    match (site.point, in_progress) {
        (Point::InProgress, true) => Ok(Point::InProgress),
        (Point::InProgress, false) => Ok(Point::Returned),
        (point, false) => Ok(point),
        (_, true) => Err(Error::frames("a poll or host call says that a callee was unwinding")),
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Error> {
    let (head, tail) =
        rest.split_first_chunk::<N>().ok_or_else(|| Error::frames("the frame memory ends in a frame"))?;
    *rest = tail;
    Ok(*head)
}

fn value(
    rest: &mut &[u8],
    ty: Type,
    funcrefs: &[Option<u32>],
    externrefs: &[Option<u32>],
) -> Result<Value, Error> {
    let reference = |place: u32, table: &[Option<u32>]| {
        let found = table.get(place as usize).copied();
        found.ok_or_else(|| Error::frames("a saved reference is not in its table"))
    };
    Ok(match ty {
        Type::I32 => Value::I32(i32::from_le_bytes(take(rest)?)),
        Type::I64 => Value::I64(i64::from_le_bytes(take(rest)?)),
        Type::F32 => Value::F32(u32::from_le_bytes(take(rest)?)),
        Type::F64 => Value::F64(u64::from_le_bytes(take(rest)?)),
        Type::V128 => Value::V128(u128::from_le_bytes(take(rest)?)),
        Type::FuncRef => Value::FuncRef(reference(u32::from_le_bytes(take(rest)?), funcrefs)?),
        Type::ExternRef => Value::ExternRef(reference(u32::from_le_bytes(take(rest)?), externrefs)?),
    })
}

/// Number of the site that a frame stands at.
pub(crate) fn site_of(info: &Info, frame: &Frame) -> Result<usize, Error> {
    site_at(info, &Spot::of(frame))
}

/// Number of the site of a spot.
pub(crate) fn site_at(info: &Info, spot: &Spot) -> Result<usize, Error> {
    let wanted = if spot.point == Point::Returned { Point::InProgress } else { spot.point };
    let key = (spot.function, spot.offset);
    let found = info.sites.binary_search_by_key(&key, |site| (site.function, site.offset));
    found.ok().filter(|&found| info.sites[found].point == wanted).ok_or_else(|| {
        Error::frames(alloc::format!(
            "function {} has no such point at byte {} ({:?})",
            spot.function,
            spot.offset,
            spot.point
        ))
    })
}

/// What goes into the frame memory and the tables before frames go on.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// Bytes for the frame memory, from address 0 on. `names::TOP` is to be 0.
    pub bytes: Vec<u8>,
    /// Function references for `names::SAVED_FUNCREFS`, as function indices.
    pub funcrefs: Vec<Option<u32>>,
    /// Host references for `names::SAVED_EXTERNREFS`.
    pub externrefs: Vec<Option<u32>>,
    /// Counter flavour: polls that going on repeats and that must not count.
    pub repeated_polls: u32,
}

/// Loads frames, outermost first, that name their spots by slots: those of `known`, in its order.
pub(crate) fn load(info: &Info, frames: &[Frame], known: &[Spot], slots: &[u32]) -> Result<Loaded, Error> {
    let mut loaded = Loaded::default();
    for frame in frames {
        let place = known.binary_search(&Spot::of(frame)).ok();
        let slot = place
            .and_then(|place| slots.get(place))
            .ok_or_else(|| Error::frames("a frame stands at a spot that has no slot"))?;
        loaded.add(*slot, &info.sites[site_of(info, frame)?], frame)?;
    }
    let innermost = frames.last().map(|frame| frame.point);
    loaded.repeated_polls = u32::from(innermost == Some(Point::Poll));
    Ok(loaded)
}

impl Loaded {
    /// Adds a frame, outermost first: the slot of its spot, then its values.
    fn add(&mut self, slot: u32, site: &Site, frame: &Frame) -> Result<(), Error> {
        self.bytes.extend_from_slice(&slot.to_le_bytes());
        for (slot, ty) in &site.values {
            let known = frame.values.iter().find(|(known, _)| known == slot);
            match known {
                Some((_, value)) => self.value(*ty, *value, *slot)?,
                None if frame.point == Point::InProgress && site.given.contains(slot) => self.nothing(*ty),
                None => {
                    return Err(Error::frames(alloc::format!(
                        "the value of {} of function {} is missing",
                        slot_name(*slot),
                        frame.function
                    )));
                }
            }
        }
        Ok(())
    }

    fn nothing(&mut self, ty: Type) {
        match ty {
            Type::FuncRef => self.reference(None, true),
            Type::ExternRef => self.reference(None, false),
            _ => self.bytes.extend(core::iter::repeat_n(0, spill::size(ty) as usize)),
        }
    }

    fn reference(&mut self, value: Option<u32>, function: bool) {
        let table = if function { &mut self.funcrefs } else { &mut self.externrefs };
        let place = u32::try_from(table.len()).expect("fewer references than frame bytes");
        table.push(value);
        self.bytes.extend_from_slice(&place.to_le_bytes());
    }

    fn value(&mut self, ty: Type, value: Value, slot: Slot) -> Result<(), Error> {
        match (ty, value) {
            (Type::I32, Value::I32(value)) => self.bytes.extend_from_slice(&value.to_le_bytes()),
            (Type::I64, Value::I64(value)) => self.bytes.extend_from_slice(&value.to_le_bytes()),
            (Type::F32, Value::F32(bits)) => self.bytes.extend_from_slice(&bits.to_le_bytes()),
            (Type::F64, Value::F64(bits)) => self.bytes.extend_from_slice(&bits.to_le_bytes()),
            (Type::V128, Value::V128(bits)) => self.bytes.extend_from_slice(&bits.to_le_bytes()),
            (Type::FuncRef, Value::FuncRef(function)) => self.reference(function, true),
            (Type::ExternRef, Value::ExternRef(handle)) => self.reference(handle, false),
            _ => return Err(Error::frames(alloc::format!("{} is of another type", slot_name(slot)))),
        }
        Ok(())
    }
}

fn slot_name(slot: Slot) -> alloc::string::String {
    match slot {
        Slot::Local(0) => "parameter or local 0".to_string(),
        Slot::Local(local) => alloc::format!("local {local}"),
        Slot::Stack(height) => alloc::format!("operand {height}"),
    }
}
