//! An image as JSON, for the golden vectors: everything in it, and where it lies.

use std::fmt::Write;

use sojourn_image::{Entry, Frame, Hash, Header, Image, Memory, Point, Slot, Table, Value};

/// The image and the layout of its bytes; one line for each section, frame, table and memory.
pub fn describe(image: &Image, bytes: &[u8]) -> String {
    let (kind, name) = match &image.entry {
        Entry::Start { then } => ("start", then),
        Entry::Export { name } => ("export", name),
    };
    let features: Vec<_> = image.features.names().map(|name| format!("\"{name}\"")).collect();
    let globals: Vec<_> =
        image.globals.iter().map(|(index, held)| format!("[{index}, {}]", value(held))).collect();
    let mut out = format!("{{\n  \"bytes\": {},\n  \"sections\": {},\n", bytes.len(), lines(sections(bytes)));
    let module = image.module.as_ref().map_or("null".into(), |wasm| format!("\"{}\"", hexadecimal(wasm)));
    for (key, text) in [
        ("module_hash", format!("\"{}\"", image.module_hash)),
        ("features", format!("[{}]", features.join(", "))),
        ("entry", format!("[\"{kind}\", \"{}\"]", name.escape_default())),
        ("frames", lines(image.frames.iter().map(frame))),
        ("globals", format!("[{}]", globals.join(", "))),
        ("tables", lines(image.tables.iter().map(table))),
        ("dropped_data", format!("{:?}", image.dropped_data)),
        ("dropped_elements", format!("{:?}", image.dropped_elements)),
        ("memories", lines(image.memories.iter().map(memory))),
        ("host", format!("\"{}\"", hexadecimal(&image.host))),
        ("mailbox", format!("\"{}\"", hexadecimal(&image.mailbox))),
    ] {
        writeln!(out, "  \"{key}\": {text},").expect("a string");
    }
    out + &format!("  \"module\": {module}\n}}\n")
}

fn sections(bytes: &[u8]) -> impl Iterator<Item = String> {
    let header = Header::decode(bytes).expect("valid");
    let mut offset = header.bytes() as u64;
    header.sections.into_iter().map(move |listed| {
        let start = offset;
        offset += listed.length;
        let (name, length, hash) = (listed.section, listed.length, listed.hash);
        format!("{{\"name\": \"{name}\", \"offset\": {start}, \"length\": {length}, \"hash\": \"{hash}\"}}")
    })
}

fn frame(frame: &Frame) -> String {
    let point = match frame.point {
        Point::Poll => "poll",
        Point::InProgress => "in-progress",
        Point::Returned => "returned",
        Point::HostCall => "host-call",
    };
    let values = frame.values.iter().map(|(place, held)| match place {
        Slot::Local(index) => format!("[\"local\", {index}, {}]", value(held)),
        Slot::Stack(height) => format!("[\"stack\", {height}, {}]", value(held)),
    });
    let (function, offset, values) = (frame.function, frame.offset, values.collect::<Vec<_>>().join(", "));
    format!(
        "{{\"function\": {function}, \"offset\": {offset}, \"point\": \"{point}\", \"values\": [{values}]}}"
    )
}

/// Type and value; floats and vectors as the hexadecimal number that their bits are.
fn value(value: &Value) -> String {
    match value {
        Value::I32(value) => format!("\"i32\", {value}"),
        Value::I64(value) => format!("\"i64\", \"{value}\""),
        Value::F32(bits) => format!("\"f32\", \"0x{bits:08x}\""),
        Value::F64(bits) => format!("\"f64\", \"0x{bits:016x}\""),
        Value::V128(bits) => format!("\"v128\", \"0x{bits:032x}\""),
        Value::FuncRef(named) => format!("\"funcref\", {}", nullable(*named)),
        Value::ExternRef(named) => format!("\"externref\", {}", nullable(*named)),
    }
}

fn nullable(named: Option<u32>) -> String {
    named.map_or("null".into(), |number| number.to_string())
}

fn table(table: &Table) -> String {
    let elements: Vec<_> = table.elements.iter().map(|element| format!("[{}]", value(element))).collect();
    format!("{{\"index\": {}, \"elements\": [{}]}}", table.index, elements.join(", "))
}

fn memory(memory: &Memory) -> String {
    let mut contents = vec![0; usize::try_from(memory.size_bytes()).expect("small")];
    memory.write_to(&mut contents).expect("of its size");
    let chunks = memory.chunks().iter().map(|chunk| {
        let (number, stored, hash) = (chunk.number, chunk.stored_bytes, chunk.hash);
        format!("{{\"number\": {number}, \"stored_bytes\": {stored}, \"hash\": \"{hash}\"}}")
    });
    let (index, size, hash) = (memory.index(), memory.size_bytes(), Hash::of(&contents));
    let chunks = chunks.collect::<Vec<_>>().join(", ");
    format!(
        "{{\"index\": {index}, \"size_bytes\": {size}, \"contents_hash\": \"{hash}\", \"chunks\": [{chunks}]}}"
    )
}

fn lines(items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.map(|item| format!("\n    {item}")).collect();
    if items.is_empty() { "[]".into() } else { format!("[{}\n  ]", items.join(",")) }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02x}").expect("a string");
        out
    })
}
