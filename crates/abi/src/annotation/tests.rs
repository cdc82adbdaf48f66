use super::*;
use crate::name::is_name;

const HEADER: &[u8] = b"\0asm\x01\0\0\0";
/// A section of a type that takes and gives nothing.
const TYPES: &[u8] = &[1, 4, 1, 0x60, 0, 0];
const FUNCTIONS: &[u8] = &[3, 2, 1, 0];
/// One memory of 1 to 16 pages.
const MEMORY: &[u8] = &[5, 4, 1, 1, 1, 16];
const CODE: &[u8] = &[10, 4, 1, 2, 0, 0x0b];

fn custom(name: &str, body: &[u8]) -> Vec<u8> {
    let mut section = Vec::from([0]);
    let length = 1 + name.len() + body.len();
    section.extend([u8::try_from(length & 0x7f).unwrap() | 0x80, u8::try_from(length >> 7).unwrap()]);
    section.push(u8::try_from(name.len()).unwrap());
    section.extend(name.as_bytes());
    section.extend(body);
    section
}

fn exports(names: &[&str]) -> Vec<u8> {
    let mut body = Vec::from([u8::try_from(names.len()).unwrap()]);
    for name in names {
        body.push(u8::try_from(name.len()).unwrap());
        body.extend(name.as_bytes());
        body.extend([0, 0]);
    }
    let mut section = Vec::from([7, u8::try_from(body.len()).unwrap()]);
    section.extend(body);
    section
}

/// A module with these exports and these sections at its end.
fn module(names: &[&str], tail: &[Vec<u8>]) -> Vec<u8> {
    let head = [HEADER, TYPES, FUNCTIONS, MEMORY, &exports(names), CODE].concat();
    [head, tail.concat()].concat()
}

fn said(names: &[&str], text: &str) -> Result<Annotation, AnnotationError> {
    Annotation::of(&module(names, &[custom(SECTION, text.as_bytes())]))
}

#[test]
fn all_keys_are_read() {
    let text = "name=counter\nalias=topic:prices\nalias=role:a:b c\nkind=reactive\nneeds.memory=512KiB\n\
        needs.tag=gpu\nneeds.tag=eu\nneeds.function=sojourn_v1.send\nobjective=be near=far\nlimit.memory=8MiB\n\
        limit.mailbox=100\ncheckpoint=1.5s\nrestart=image\nrestarts=3\ndurable=true\nlayout=2\ngrant.connect=*:443\n\
        grant.connect=example.org:*\ngrant.listen=[::1]:80\nchannel=/ch/light/data:rw\n\
        channel=/sys/signals:r\nchannel.to=doors/mqtt\n";
    let annotation = said(&["handle"], text).unwrap();
    let alias = |scope: &str, alias: &str| Alias { scope: scope.into(), alias: alias.into() };
    let texts = |texts: &[&str]| texts.iter().map(|text| String::from(*text)).collect::<Vec<String>>();
    let channels: Vec<Channel> =
        ["/ch/light/data:rw", "/sys/signals:r"].into_iter().filter_map(crate::channel).collect();
    assert_eq!(channels.len(), 2);
    assert_eq!(
        annotation,
        Annotation {
            name: Some("counter".into()),
            aliases: Vec::from([alias("topic", "prices"), alias("role", "a:b c")]),
            reactive: true,
            objective: "be near=far".into(),
            needs: Needs {
                memory_bytes: 512 << 10,
                tags: texts(&["gpu", "eu"]),
                functions: texts(&["sojourn_v1.send"]),
            },
            limits: MostUsed { memory_bytes: 8 << 20, mailbox_messages: 100 },
            checkpoint_ms: 1500,
            restart: Restart::Image,
            most_restarts: 3,
            durable: true,
            layout: Some("2".into()),
            connect: texts(&["*:443", "example.org:*"]),
            listen: texts(&["[::1]:80"]),
            channels: channels.clone(),
            channel_to: Some("doors/mqtt".into()),
        }
    );
    let life = annotation.life();
    assert!(life.reactive && life.durable);
    assert_eq!((life.restart, life.most_restarts, life.mailbox_messages), (2, 3, 100));
    assert_eq!(life.connect, texts(&["*:443", "example.org:*"]));
    assert_eq!((life.channels, life.channel_to.as_deref()), (Some(channels), Some("doors/mqtt")));
}

#[test]
fn the_example_of_each_key_holds() {
    for key in ANNOTATION_KEYS {
        let line = format!("{}={}", key.name, key.example);
        // The smallest module has 16 pages at most, which no example has to know.
        if let Err(error) = said(&["handle", "_start"], &line) {
            assert!(error.text.contains("maximum"), "{line}: {error}");
        }
    }
}

#[test]
fn parts_and_sections_are_one_text_and_the_last_line_holds() {
    let first = custom(SECTION, b"name=a\n\n  alias = x:y  \r\nname=b\0name=c");
    let other = custom("name", b"\x01\x02");
    let annotation =
        Annotation::of(&module(&["_start"], &[first, other, custom(SECTION, b"alias=x:z")])).unwrap();
    assert_eq!(annotation.name.as_deref(), Some("c"));
    assert_eq!(annotation.aliases.iter().map(|alias| alias.alias.as_str()).collect::<Vec<_>>(), ["y", "z"]);
}

#[test]
fn a_module_that_says_nothing_is_what_it_exports() {
    assert_eq!(Annotation::of(&module(&["_start"], &[])).unwrap(), Annotation::default());
    assert!(Annotation::of(&module(&["handle"], &[])).unwrap().reactive);
    assert!(!Annotation::of(&module(&["handle", "_start"], &[])).unwrap().reactive);
    assert!(said(&["handle", "_start"], "kind=reactive").unwrap().reactive);
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_what_to_do() {
    for (text, line, told) in [
        ("name=a\nneed.memory=1", 2, "did you mean needs.memory?"),
        ("hello", 1, "key=value"),
        ("\n\nname=", 3, "letters, digits"),
        ("name=a/b", 1, "letters, digits"),
        ("alias=nothing", 1, "scope:alias"),
        ("alias=:x", 1, "scope:alias"),
        ("kind=demon", 1, "one of daemon, reactive"),
        ("needs.memory=lots", 1, "64MiB"),
        ("needs.memory=99999999999999999999", 1, "64MiB"),
        ("limit.mailbox=-1", 1, "whole number"),
        ("checkpoint=", 1, "500ms"),
        ("checkpoint=1e300", 1, "500ms"),
        ("durable=yes", 1, "true or false"),
        ("needs.function=send", 1, "module.function"),
        ("grant.connect=example.org", 1, "host:port"),
        ("grant.listen=a:99999", 1, "host:port"),
        ("channel=/ch/light/data", 1, "path:mode"),
        ("channel=ch/light/data:rw", 1, "path:mode"),
        ("objective=", 1, "a text"),
        ("kind=reactive", 1, "export"),
        ("needs.memory=2MiB", 1, "maximum"),
        ("limit.memory=1KiB", 1, "begins with"),
        ("limit.memory=128KiB\nneeds.memory=256KiB", 1, "limit.memory"),
    ] {
        let error = said(&["_start"], text).unwrap_err();
        let shown = format!("{error}");
        assert!(shown.contains(told), "{text:?}: {shown}");
        if !text.contains("128KiB") {
            assert_eq!(error.line, Some(line), "{text:?}: {shown}");
        }
    }
    assert!(format!("{}", said(&["handle"], "kind=daemon").unwrap_err()).contains("_start"));
}

#[test]
fn what_is_no_module_and_too_long_is_refused() {
    assert!(Annotation::of(b"").is_err());
    assert!(Annotation::of(b"\0asm\x02\0\0\0").is_err());
    assert!(find(&module(&["_start"], &[custom(SECTION, b"\xff")])).unwrap_err().text.contains("UTF-8"));
    let long = "\n".repeat(9000);
    let many: Vec<Vec<u8>> = (0..9).map(|_| custom(SECTION, long.as_bytes())).collect();
    assert!(find(&module(&["_start"], &many)).unwrap_err().text.contains("more than"));
}

#[test]
fn writing_leaves_everything_else_as_it_was_and_where() {
    let bare = module(&["_start"], &[custom("name", b"\x00")]);
    let written = write(&bare, "name=a\n").unwrap();
    assert_eq!(written[..bare.len()], bare);
    assert_eq!(find(&written).unwrap(), "name=a\n");
    assert_eq!(write(&written, "").unwrap(), bare);

    let parts = [custom("first", b"1"), custom(SECTION, b"name=a"), custom("second", b"2")];
    let tail = [custom(SECTION, b"name=b"), custom("third", b"3")];
    let both = module(&["_start"], &[parts.concat(), tail.concat()]);
    let written = write(&both, "name=c\n").unwrap();
    assert_eq!(find(&written).unwrap(), "name=c\n");
    let others = module(&["_start"], &[custom("first", b"1"), custom("second", b"2"), custom("third", b"3")]);
    assert_eq!(write(&written, "").unwrap(), others);
    assert!(
        written.windows(6).position(|w| w == b"name=c") < written.windows(6).position(|w| w == b"second")
    );
}

#[test]
fn editing_keeps_the_other_lines() {
    let text = "name=a\nalias=x:1\nalias=x:2\nkind=daemon\n";
    let edited = edit(text, &[("alias", "y:1"), ("alias", "y:2"), ("durable", " true ")], &["kind"]).unwrap();
    assert_eq!(edited, "name=a\nalias=y:1\nalias=y:2\ndurable=true\n");
    assert_eq!(edit("nmae=a\nname=b", &[], &["nmae"]).unwrap(), "name=b\n");
    assert_eq!(edit("nmae=a", &[("name", "b")], &[]).unwrap(), "nmae=a\nname=b\n");
    for (set, remove) in [
        (&[("nmae", "a")][..], &[][..]),
        (&[("name", "a b")], &[]),
        (&[("name", "a"), ("name", "b")], &[]),
        (&[], &["nmae"]),
        (&[("objective", "two\nlines")], &[]),
    ] {
        assert!(edit("name=a", set, remove).is_err(), "{set:?} {remove:?}");
    }
}

/// A sequence that looks random and is the same every time (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most as u64).unwrap()
    }
}

#[test]
fn hostile_bytes_are_an_error_or_an_annotation_and_writing_holds() {
    let text = b"name=a\nalias=x:y\nkind=reactive\nneeds.memory=64KiB\ngrant.connect=*:1\n";
    let imports: &[u8] =
        &[2, 21, 3, 1, b'm', 1, b'a', 1, 0x63, 0x70, 0, 1, 1, b'm', 1, b'b', 2, 9, 1, 2, 0, 0, 0];
    let whole = [
        HEADER,
        TYPES,
        imports,
        FUNCTIONS,
        MEMORY,
        &exports(&["handle"]),
        CODE,
        &custom(SECTION, text),
        &custom("name", b"\x01"),
    ]
    .concat();
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..200_000 {
        let mut bytes = whole.clone();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len());
            match random.below(4) {
                0 => bytes.truncate(at.max(1)),
                1 => bytes[at] = 0xff,
                2 => bytes.insert(at, u8::try_from(random.below(256)).unwrap()),
                _ => bytes[at] ^= 1 << random.below(8),
            }
        }
        match Annotation::of(&bytes) {
            Ok(_) => read += 1,
            Err(_) => refused += 1,
        }
        if let Ok(written) = write(&bytes, "name=b\n") {
            assert_eq!(find(&written).as_deref(), Ok("name=b\n"));
            let bare = write(&bytes, "").unwrap();
            assert_eq!(write(&written, "").unwrap(), bare);
            assert!(bare.len() <= bytes.len());
        }
    }
    assert!(read > 1000 && refused > 1000, "{read} read, {refused} refused");
}

#[test]
fn random_lines_are_an_error_or_an_annotation() {
    let mut random = Random(88_172_645_463_325_252);
    let pieces =
        ["=", ":", "\n", ".", "name", "alias", "kind", "é", "\u{0}", "1", "MiB", "s", "*", " ", "\u{7}"];
    for _ in 0..50_000 {
        let mut text = String::new();
        for _ in 0..random.below(12) {
            match random.below(3) {
                0 => text.push_str(ANNOTATION_KEYS[random.below(ANNOTATION_KEYS.len())].name),
                _ => text.push_str(pieces[random.below(pieces.len())]),
            }
        }
        if let Ok(annotation) = said(&["_start", "handle"], &text) {
            assert!(annotation.name.is_none_or(|name| is_name(&name)));
        }
    }
}
