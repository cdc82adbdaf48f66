//! The atom's own keys and values.

use super::guest::{Guest, OUT, OUT2, ROOM};
use super::world::{Arg, I, L};
use sojourn_abi::Code;

fn put(guest: &mut Guest, key: &[u8], value: &[u8]) -> Result<u64, Code> {
    let arguments = [guest.bytes(key), guest.bytes(value)].concat();
    guest.call("kv_put", &[arguments.as_slice(), &[I(OUT)]].concat()).map(|()| guest.world.u64(OUT))
}

fn get(guest: &mut Guest, key: &[u8], room: u32) -> Result<(String, u64), Code> {
    let key = guest.bytes(key);
    let arguments: Vec<Arg> = [key.as_slice(), &[I(ROOM), I(room), I(OUT), I(OUT2)]].concat();
    guest.call("kv_get", &arguments).map(|()| (guest.found(), guest.world.u64(OUT2)))
}

fn swap(guest: &mut Guest, key: &[u8], expected: u64, value: &[u8]) -> (Result<(), Code>, u64) {
    let (key, value) = (guest.bytes(key), guest.bytes(value));
    let arguments = [key.as_slice(), &[L(expected)], &value, &[I(OUT)]].concat();
    (guest.call("kv_compare_and_set", &arguments), guest.world.u64(OUT))
}

#[test]
fn keys_are_set_read_and_removed() {
    let mut guest = Guest::new();
    assert_eq!(get(&mut guest, b"k", 10), Err(Code::NoKey));
    assert_eq!(put(&mut guest, b"k", b"one"), Ok(1));
    assert_eq!(put(&mut guest, b"k", b"three"), Ok(2));
    assert_eq!(get(&mut guest, b"k", 5), Ok(("three".into(), 2)));
    assert_eq!(get(&mut guest, b"k", 4), Err(Code::TooSmall));
    assert_eq!((guest.world.u32(OUT), guest.world.u64(OUT2)), (5, 2));
    assert_eq!(put(&mut guest, b"large", &[0; 1001]), Err(Code::TooLarge));
    let key = guest.bytes(b"k");
    assert_eq!(guest.call("kv_delete", &key), Ok(()));
    assert_eq!(guest.call("kv_delete", &key), Err(Code::NoKey));
}

#[test]
fn a_key_is_set_if_it_is_as_expected() {
    let mut guest = Guest::new();
    assert_eq!(swap(&mut guest, b"k", 0, b"one"), (Ok(()), 1));
    assert_eq!(swap(&mut guest, b"k", 0, b"two"), (Err(Code::Conflict), 1));
    assert_eq!(swap(&mut guest, b"k", 1, b"two"), (Ok(()), 2));
    assert_eq!(get(&mut guest, b"k", 10), Ok(("two".into(), 2)));
}

/// Keys and whether there are more.
fn list(guest: &mut Guest, prefix: &[u8], after: &[u8], room: u32) -> Result<(Vec<String>, u32), Code> {
    let bytes = [guest.bytes(prefix), guest.bytes(after)].concat();
    guest.call("kv_list", &[bytes.as_slice(), &[I(ROOM), I(room), I(OUT), I(OUT2)]].concat())?;
    let (mut keys, mut at, end) = (Vec::new(), ROOM, ROOM + guest.world.u32(OUT));
    while at < end {
        let length = guest.world.u32(at);
        keys.push(String::from_utf8(guest.world.get(at + 4, length).to_vec()).unwrap());
        at += 4 + length;
    }
    assert_eq!(at, end);
    Ok((keys, guest.world.u32(OUT2)))
}

#[test]
fn keys_are_listed_as_far_as_they_fit() {
    let mut guest = Guest::new();
    for key in ["a/1", "a/2", "a/30", "b"] {
        put(&mut guest, key.as_bytes(), b"").unwrap();
    }
    assert_eq!(list(&mut guest, b"a/", b"", 100), Ok((vec!["a/1".into(), "a/2".into(), "a/30".into()], 0)));
    assert_eq!(list(&mut guest, b"a/", b"", 21), Ok((vec!["a/1".into(), "a/2".into()], 1)));
    assert_eq!(list(&mut guest, b"a/", b"a/2", 8), Ok((vec!["a/30".into()], 0)));
    assert_eq!(list(&mut guest, b"a/", b"a/2", 7), Err(Code::TooSmall));
    assert_eq!(guest.world.u32(OUT), 8);
    assert_eq!(list(&mut guest, b"c", b"", 0), Ok((vec![], 0)));
}

#[test]
fn many_keys_are_listed_in_parts() {
    let mut guest = Guest::new();
    for number in 0..1500 {
        guest.realm(|realm| realm.keys.insert(format!("{number:04}").into_bytes(), (Vec::new(), 1)));
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let (keys, more) = list(&mut guest, b"", after.as_bytes(), 0x3000).unwrap();
        after = keys.last().cloned().unwrap_or_default();
        seen.extend(keys);
        if more == 0 {
            break;
        }
    }
    assert_eq!(seen.len(), 1500);
    assert!(seen.is_sorted());
}

#[test]
fn changes_are_watched() {
    let mut guest = Guest::new();
    for on in [1, 0] {
        let arguments = guest.with("a/", &[I(on)]);
        guest.call("kv_watch", &arguments).unwrap();
    }
    assert_eq!(guest.realm(|realm| realm.deeds.clone()), ["watch keys a/ true", "watch keys a/ false"]);
    let arguments = guest.with("a/", &[I(2)]);
    assert_eq!(guest.call("kv_watch", &arguments), Err(Code::InvalidRequest));
}
