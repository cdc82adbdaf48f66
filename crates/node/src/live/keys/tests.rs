use super::*;

/// Numbers of the `SplitMix64` generator.
struct Seed(u64);

impl Seed {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % end
    }

    fn key(&mut self) -> Vec<u8> {
        (0..self.below(4)).map(|_| b"ab\xff"[usize::try_from(self.below(3)).unwrap()]).collect()
    }
}

/// What a port does, without a journal: the change that would be journaled.
fn set(keys: &mut Keys, key: &[u8], value: Option<&[u8]>) -> (u64, Option<Change>) {
    let followed = keys.follow(key, value.is_some());
    if let Some(change) = followed.again {
        return (change.version, None);
    }
    let change = keys.change(key, value);
    keys.apply(&change);
    (change.version, Some(change))
}

#[test]
fn they_are_what_a_model_says() {
    for seed in 0..50 {
        let mut random = Seed(seed);
        let (mut keys, mut model) = (Keys::default(), BTreeMap::<Vec<u8>, (u64, Vec<u8>)>::new());
        let mut version = 0;
        for step in 0..300_u64 {
            let key = random.key();
            match random.below(6) {
                0..3 => {
                    let value = step.to_le_bytes().to_vec();
                    keys.check(&key, &value).unwrap();
                    version += 1;
                    assert_eq!(set(&mut keys, &key, Some(&value)).0, version);
                    model.insert(key, (version, value));
                }
                3 if model.contains_key(&key) => {
                    version += 1;
                    assert_eq!(set(&mut keys, &key, None).0, version);
                    model.remove(&key);
                }
                4 => {
                    let (packed, covered) = Keys::decode(&keys.encode(None).unwrap_or_default()).unzip();
                    assert_eq!(packed.unwrap_or_default(), keys);
                    assert!(covered.flatten().is_none());
                }
                _ => {
                    let (prefix, after) = (random.key(), random.key());
                    let expected = model.keys().filter(|key| key.starts_with(&prefix));
                    let expected: Vec<_> =
                        expected.filter(|key| after.is_empty() || **key > after).take(5).cloned().collect();
                    assert_eq!(keys.list(&prefix, &after, 5), expected, "{prefix:?} {after:?}");
                    let (rows, _) = keys.rows(&prefix, &after, 5);
                    assert_eq!(rows.into_iter().map(|row| row.key).collect::<Vec<_>>(), expected);
                }
            }
            for (key, (version, value)) in &model {
                let stored = keys.get(key).unwrap();
                assert_eq!((stored.version, &stored.value), (*version, value));
            }
            assert_eq!(keys.values.len(), model.len());
            let bytes: usize = model.iter().map(|(key, (_, value))| cost(key, value)).sum();
            assert_eq!(keys.bytes, bytes);
        }
    }
}

#[test]
fn an_atom_that_does_the_same_again_finds_its_changes_wherever_it_was_cut_off() {
    let deeds: Vec<(Vec<u8>, Option<Vec<u8>>)> = {
        let mut random = Seed(7);
        let deed = |step: u64| (random.key(), (!step.is_multiple_of(5)).then(|| step.to_le_bytes().to_vec()));
        (0..60).map(deed).collect()
    };
    for image_at in [0, 1, 17, 60] {
        let mut keys = Keys::default();
        deeds[..image_at].iter().for_each(|(key, value)| _ = set(&mut keys, key, value.as_deref()));
        let covered = Covered { node: "node".into(), cut: Cut { posts: 3, changes: 9 } };
        let image = keys.encode(Some(&covered)).unwrap();
        let mut journal = Vec::new();
        for (key, value) in &deeds[image_at..] {
            journal.extend(set(&mut keys, key, value.as_deref()).1);
        }
        for cut_off in 0..=journal.len() {
            let (mut again, said) = Keys::decode(&image).unwrap();
            assert_eq!(said.unwrap(), covered);
            for change in &journal[..cut_off] {
                again.expect(Change::decode(&change.encode()).unwrap());
            }
            // Through an image that is taken then, too.
            let mut again =
                Keys::decode(&again.encode(None).unwrap_or_default()).unzip().0.unwrap_or_default();
            let mut then = Keys::decode(&image).unwrap().0;
            journal[..cut_off].iter().for_each(|change| then.apply(change));
            assert_eq!(
                again.rows(b"", b"", 100),
                then.rows(b"", b"", 100),
                "people see what was acknowledged"
            );
            let mut more = 0;
            for (key, value) in &deeds[image_at..] {
                // What it would put now differs, as a time does: it finds what it has put.
                let value = value.as_ref().map(|value| [value, &b"now"[..]].concat());
                more += usize::from(set(&mut again, key, value.as_deref()).1.is_some());
            }
            assert_eq!(more, journal.len() - cut_off);
            assert_eq!(again.version, keys.version);
        }
    }
}

#[test]
fn an_atom_that_does_something_else_finds_all_that_it_had_put() {
    let mut keys = Keys::default();
    for (version, key) in (1..).zip([b"a", b"b", b"c"]) {
        keys.expect(Change { version, key: key.to_vec(), value: Some(b"before".to_vec()) });
    }
    assert_eq!(keys.version_of(b"a"), 0, "the guest has not put it yet");
    let followed = keys.follow(b"a", true);
    assert_eq!(followed.again.unwrap().version, 1);
    let followed = keys.follow(b"x", true);
    assert!(followed.again.is_none());
    assert_eq!(followed.others.iter().map(|change| change.version).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(keys.change(b"x", Some(b"now")).version, 4);
    assert_eq!(keys.get(b"c").unwrap().value, b"before");
}

#[test]
fn a_change_that_was_refused_and_is_found_all_the_same_gives_way() {
    let mut keys = Keys::default();
    let change = |version, value: &[u8]| Change { version, key: b"k".to_vec(), value: Some(value.to_vec()) };
    for (version, value) in [(1, b"1"), (2, b"x"), (2, b"2"), (3, b"3")] {
        keys.expect(change(version, value));
    }
    let (rows, _) = keys.rows(b"", b"", 9);
    assert_eq!((rows[0].version, rows[0].value.as_slice()), (3, &b"3"[..]));
    assert_eq!(keys.ahead.len(), 3);
    // What the image has already is dropped.
    let mut keys = Keys { version: 2, ..Keys::default() };
    keys.expect(change(2, b"2"));
    assert!(keys.ahead.is_empty());
}

#[test]
fn bounds_are_kept() {
    let mut keys = Keys::default();
    assert_eq!(keys.check(&vec![0; KEY_BYTES + 1], b""), Err(Code::TooLarge));
    assert_eq!(keys.check(b"", &vec![0; VALUE_BYTES + 1]), Err(Code::TooLarge));
    let value = vec![0; VALUE_BYTES];
    let mut count = 0_u32;
    while keys.check(&count.to_le_bytes(), &value).is_ok() {
        set(&mut keys, &count.to_le_bytes(), Some(&value));
        count += 1;
    }
    assert_eq!((count, keys.check(&count.to_le_bytes(), &value)), (63, Err(Code::NoRoom)));
    // One that is there may be set anew, and what goes makes room.
    keys.check(&0_u32.to_le_bytes(), &value).unwrap();
    set(&mut keys, &0_u32.to_le_bytes(), None);
    keys.check(&count.to_le_bytes(), &value).unwrap();
    let (rows, more) = keys.rows(b"", b"", 100);
    assert!(rows.len() == 1 && more, "an answer is not longer than what can be sent");
    for prefix in 0..WATCHES {
        keys.watch(&prefix.to_le_bytes(), true).unwrap();
    }
    assert_eq!(keys.watch(b"one more", true), Err(Code::NoRoom));
    keys.watch(&0_usize.to_le_bytes(), true).unwrap();
    keys.watch(&0_usize.to_le_bytes(), false).unwrap();
    keys.watch(b"one more", true).unwrap();
    assert!(keys.is_watched(b"one more and more") && !keys.is_watched(b"one mor"));
    assert_eq!(Keys::decode(&keys.encode(None).unwrap()).unwrap().0, keys);
}

#[test]
fn bytes_from_anywhere_are_keys_or_nothing() {
    let mut random = Seed(1);
    let mut keys = Keys::default();
    for step in 0..20_u64 {
        set(&mut keys, &random.key(), Some(&step.to_le_bytes()));
    }
    keys.watch(b"a", true).unwrap();
    let version = keys.version;
    keys.expect(Change { version: version + 1, key: b"later".to_vec(), value: None });
    let covered = Covered { node: "n".into(), cut: Cut { posts: 1, changes: 2 } };
    let bytes = keys.encode(Some(&covered)).unwrap();
    assert_eq!(super::covered(&bytes), Some(covered));
    for length in 0..bytes.len() {
        assert!(Keys::decode(&bytes[..length]).is_none(), "{length}");
    }
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            if let Some((keys, covered)) = Keys::decode(&changed) {
                let again = keys.encode(covered.as_ref()).unwrap();
                assert_eq!(Keys::decode(&again), Some((keys, covered)));
            }
        }
    }
}
