//! Windows: memory read from other threads. An engine may have none; what it has must be right.

use super::{instance, results};
use sojourn_engine::{Engine, Instance, Value, Window};
use std::sync::Arc;

const TEXT: &str = r#"(module (memory (export "sojourn:m0") 1 100) (memory $wide (export "sojourn:m1") i64 1)
  (func (export "write") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#;

fn word(window: &dyn Window, offset: u64) -> i32 {
    let mut bytes = [0; 4];
    assert_eq!(window.read(offset, &mut bytes), 4, "at {offset}");
    i32::from_le_bytes(bytes)
}

pub fn a_window_shows_what_is_written<E: Engine>(engine: &E) {
    let mut guest = instance(engine, TEXT);
    let Some(window) = guest.window("sojourn:m0") else { return };
    assert!(Arc::ptr_eq(&window, &guest.window("sojourn:m0").unwrap()), "the same one each time");
    assert_eq!(window.len(), 1 << 16);
    results(&mut guest, "write", &[Value::I32(33), Value::I32(77)]);
    let elsewhere = std::thread::spawn(move || word(&*window, 33));
    assert_eq!(elsewhere.join().unwrap(), 77);
}

pub fn a_window_grows_with_its_memory<E: Engine>(engine: &E) {
    let mut guest = instance(engine, TEXT);
    let Some(window) = guest.window("sojourn:m0") else { return };
    let mut bytes = [0; 8];
    assert_eq!(window.read((1 << 16) - 3, &mut bytes), 3);
    assert_eq!((window.read(1 << 16, &mut bytes), window.read(u64::MAX, &mut bytes)), (0, 0));
    results(&mut guest, "grow", &[Value::I32(9)]);
    results(&mut guest, "write", &[Value::I32((10 << 16) - 4), Value::I32(-2)]);
    assert_eq!(window.len(), 10 << 16);
    assert_eq!(word(&*window, (10 << 16) - 4), -2);
    guest.grow_memory("sojourn:m0", 20 << 16).unwrap();
    assert_eq!(window.len(), 20 << 16);
    let mut room = 0;
    assert!(window.hold(&mut |_, capacity| room = capacity));
    assert!(room >= 100 << 16);
}

pub fn a_window_goes_with_its_instance<E: Engine>(engine: &E) {
    for keep_host in [false, true] {
        let mut guest = instance(engine, TEXT);
        let Some(window) = guest.window("sojourn:m0") else { return };
        let reader = {
            let window = Arc::clone(&window);
            // Reads for as long as there is anything.
            std::thread::spawn(move || while window.read(0, &mut [0; 4096]) > 0 {})
        };
        if keep_host {
            drop(guest.into_host());
        } else {
            drop(guest);
        }
        reader.join().unwrap();
        assert!(window.is_empty());
        assert!(!window.hold(&mut |_, _| panic!("there is nothing to hold")));
    }
}

pub fn what_may_move_has_no_window<E: Engine>(engine: &E) {
    let mut guest = instance(engine, TEXT);
    assert!(guest.window("sojourn:m1").is_none() && guest.window("sojourn:m7").is_none());
}
