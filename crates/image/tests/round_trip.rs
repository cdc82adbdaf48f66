//! An image through bytes is the same image.
use sojourn_image::{Entry, Error, Frame, Image, Memory, ModuleHash, Point, Slot, Table, Value};

fn sample() -> Image {
    let wasm = b"\0asm\x01\0\0\0";
    let mut image = Image::new(ModuleHash::of(wasm), Entry::Export { name: "_start".into() });
    let values = vec![
        (Slot::Local(3), Value::I32(-5)),
        (Slot::Local(700), Value::I64(i64::MIN)),
        (Slot::Stack(0), Value::F32(0x7fa0_0001)),
        (Slot::Stack(1), Value::F64(0xfff4_0000_0000_0001)),
        (Slot::Stack(2), Value::V128(1 << 127 | 5)),
        (Slot::Stack(3), Value::FuncRef(None)),
        (Slot::Stack(4), Value::ExternRef(Some(9))),
    ];
    image.frames.push(Frame { function: 4, offset: 1234, point: Point::InProgress, values });
    image.globals = vec![(0, Value::I32(65536)), (7, Value::F64(0))];
    let elements = vec![Value::FuncRef(Some(2)), Value::FuncRef(None)];
    image.tables.push(Table { index: 0, elements });
    image.dropped_data = vec![1, 3];
    image.dropped_elements = vec![0];
    let mut contents = vec![0; 3 * 65536 + 100];
    contents[65536..65536 + 300].fill(7);
    contents[3 * 65536 + 99] = 1;
    image.memories.push(Memory::capture(0, &contents));
    image.host = vec![0xa0];
    image.module = Some(wasm.to_vec());
    image
}

#[test]
fn sample_through_bytes() -> Result<(), Error> {
    let image = sample();
    let bytes = image.encode()?;
    for decoded in [Image::decode(&bytes)?, Image::decode_owned(bytes.clone())?] {
        assert_eq!(decoded, image);
        assert_eq!(decoded.encode()?, bytes);
        let mut memory = vec![9; 3 * 65536 + 100];
        decoded.memories[0].write_to(&mut memory)?;
        assert_eq!(Memory::capture(0, &memory), image.memories[0]);
    }
    Ok(())
}
