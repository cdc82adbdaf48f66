//! Flat rows: what crosses the border where it is not bytes. `_core.pyi` names them.

use sojourn_image::{Frame, Point, Slot, Value};

/// Kind, index, type, bits or nothing for null.
pub type ValueRow = (&'static str, u32, &'static str, Option<u128>);
/// Function, its name if it is known, offset, point, values.
pub type FrameRow = (u32, Option<String>, u32, &'static str, Vec<ValueRow>);
/// Function, offset, kind.
pub type SiteRow = (u32, u32, &'static str);

/// A frame; its function's name is the caller's to find.
pub fn frame(frame: &Frame, name: Option<String>) -> FrameRow {
    let values = frame.values.iter().map(|(slot, value)| slot_value(*slot, *value)).collect();
    (frame.function, name, frame.offset, point(frame.point), values)
}

/// A value under a name of its own: a global.
pub fn global(index: u32, value: Value) -> ValueRow {
    let (kind, bits) = typed(value);
    ("global", index, kind, bits)
}

/// What kind of place a site is: a call is one, however far it has got.
pub fn site_kind(point: Point) -> &'static str {
    match point {
        Point::Poll => "poll",
        Point::InProgress | Point::Returned => "call",
        Point::HostCall => "host-call",
    }
}

fn point(point: Point) -> &'static str {
    match point {
        Point::Poll => "poll",
        Point::InProgress => "in-progress",
        Point::Returned => "returned",
        Point::HostCall => "host-call",
    }
}

fn slot_value(slot: Slot, value: Value) -> ValueRow {
    let (ty, bits) = typed(value);
    match slot {
        Slot::Local(index) => ("local", index, ty, bits),
        Slot::Stack(height) => ("stack", height, ty, bits),
    }
}

fn typed(value: Value) -> (&'static str, Option<u128>) {
    match value {
        Value::I32(number) => ("i32", Some(number.cast_unsigned().into())),
        Value::I64(number) => ("i64", Some(number.cast_unsigned().into())),
        Value::F32(bits) => ("f32", Some(bits.into())),
        Value::F64(bits) => ("f64", Some(bits.into())),
        Value::V128(lanes) => ("v128", Some(lanes)),
        Value::FuncRef(index) => ("funcref", index.map(u128::from)),
        Value::ExternRef(handle) => ("externref", handle.map(u128::from)),
    }
}
