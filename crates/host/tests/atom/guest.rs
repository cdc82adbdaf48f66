//! An atom that is only a memory, and the calls that it makes.

use super::fakes::{Event as Happens, Realm, Shared};
use super::world::{Arg, I, L, World};
use sojourn_abi::{Code, Event, EventKind};
use sojourn_engine::{Reply, Value};
use sojourn_host::{GUEST_CALLS, Setup};
use sojourn_post::Limits;
use std::collections::VecDeque;

/// Where what is passed lies.
pub const DRAFT: u32 = 0x100;
pub const HEAD: u32 = 0x200;
pub const OUT: u32 = 0x300;
pub const OUT2: u32 = 0x310;
pub const ROOM: u32 = 0x4000;
pub const ROOM_BYTES: u32 = 0x1000;
const TEXTS: u32 = 0x8000;

/// For ever, as a deadline.
pub const EVER: i64 = -1;

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Done,
    Code(Code),
    Suspend,
    Exit(i32),
}

/// A message as the guest finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: u64,
    pub call: u64,
    pub kind: u32,
    pub code: u32,
    pub source: String,
    pub ty: String,
    pub subject: String,
    pub content_type: String,
    pub data: Vec<u8>,
}

pub struct Guest {
    pub world: World,
    pub text: u32,
}

/// Small bounds, so that they are met.
pub fn limits() -> Limits {
    Limits { messages: 8, window: 2, ..Limits::default() }
}

/// A message from `far/other`.
pub fn event(kind: EventKind, ty: &str, data: &[u8]) -> Event {
    Event { id: 5, kind, source: "far/other".into(), ty: ty.into(), data: data.to_vec(), ..Event::default() }
}

/// The same, as something that happens.
pub fn comes(kind: EventKind, ty: &str) -> Happens {
    Happens::Comes(Box::new(event(kind, ty, b"")))
}

impl Guest {
    pub fn new() -> Self {
        let machine = Shared::default();
        machine.lock().realm = Some(Realm::new(limits()));
        Self::on(machine)
    }

    pub fn on(machine: Shared) -> Self {
        let mut world = World::on(machine, Setup { listeners: 1, ..Setup::default() });
        world.module = GUEST_CALLS;
        Self { world, text: TEXTS }
    }

    /// A program that runs outside of any realm.
    pub fn alone() -> Self {
        Self::on(Shared::default())
    }

    pub fn realm<T>(&self, act: impl FnOnce(&mut Realm) -> T) -> T {
        act(self.world.machine.lock().realm())
    }

    pub fn later(&self, ns: u64, event: Happens) {
        self.world.machine.lock().later(ns, event);
    }

    /// Goes on elsewhere, where the clocks show something else: with its memory, its mailbox, its connections.
    pub fn move_on(self) -> Self {
        let mut machine = self.world.machine.lock().moved();
        (machine.monotonic_ns, machine.plan) = (777_777, VecDeque::new());
        let there = Shared::of(machine);
        Self { world: self.world.move_to(there).unwrap(), text: self.text }
    }

    pub fn answer(&mut self, name: &str, arguments: &[Arg]) -> Answer {
        match self.world.reply(name, arguments) {
            (Reply::Return, Value::I32(0)) => Answer::Done,
            (Reply::Return, Value::I32(number)) => {
                let code = Code::of(number.try_into().unwrap());
                assert_eq!(i32::from(code.number()), number, "{name} gave a number that is no code");
                Answer::Code(code)
            }
            (Reply::Suspend, _) => Answer::Suspend,
            (Reply::Exit(status), _) => Answer::Exit(status),
            other => panic!("{name} {arguments:x?} gave {other:?}"),
        }
    }

    pub fn call(&mut self, name: &str, arguments: &[Arg]) -> Result<(), Code> {
        match self.answer(name, arguments) {
            Answer::Done => Ok(()),
            Answer::Code(code) => Err(code),
            other => panic!("{name} {arguments:x?} gave {other:?}"),
        }
    }

    pub fn now(&mut self) -> u64 {
        self.call("now", &[I(OUT)]).unwrap();
        self.world.u64(OUT)
    }

    /// So many nanoseconds from now, as a deadline.
    pub fn soon(&mut self, ns: u64) -> i64 {
        (self.now() + ns).cast_signed()
    }

    /// Puts bytes somewhere; pointer and length.
    pub fn bytes(&mut self, bytes: &[u8]) -> [Arg; 2] {
        let length = u32::try_from(bytes.len()).unwrap();
        if self.text + length > 0xFF00 {
            self.text = TEXTS;
        }
        let at = self.text;
        self.world.put(at, bytes);
        self.text += length;
        [I(at), I(length)]
    }

    pub fn text(&mut self, text: &str) -> [Arg; 2] {
        self.bytes(text.as_bytes())
    }

    /// A text, then other arguments.
    pub fn with(&mut self, text: &str, rest: &[Arg]) -> Vec<Arg> {
        [self.text(text).as_slice(), rest].concat()
    }

    /// A draft with this type, subject, content type, and data.
    pub fn draft(&mut self, texts: [&str; 3], data: &[u8], flags: u32) -> Arg {
        let parts = [texts[0].as_bytes(), texts[1].as_bytes(), texts[2].as_bytes(), data];
        for (at, part) in (DRAFT..).step_by(8).zip(parts) {
            let [I(pointer), I(length)] = self.bytes(part) else { unreachable!() };
            self.world.put(at, &pointer.to_le_bytes());
            self.world.put(at + 4, &length.to_le_bytes());
        }
        self.world.put(DRAFT + 32, &flags.to_le_bytes());
        self.world.put(DRAFT + 36, &[0; 4]);
        I(DRAFT)
    }

    pub fn send(&mut self, to: &str, ty: &str, deadline: i64) -> Result<u64, Code> {
        let draft = self.draft([ty, "", ""], b"data", 0);
        let arguments = self.with(to, &[draft, L(deadline.cast_unsigned()), I(OUT)]);
        self.call("send", &arguments)?;
        Ok(self.world.u64(OUT))
    }

    /// `call`: the future.
    pub fn ask(&mut self, to: &str, expires: i64) -> Result<u64, Code> {
        let draft = self.draft(["ask", "", ""], b"data", 0);
        let arguments = self.with(to, &[draft, L(0), L(expires.cast_unsigned()), I(OUT)]);
        self.call("call", &arguments)?;
        Ok(self.world.u64(OUT))
    }

    pub fn receive(&mut self, deadline: i64) -> Result<Message, Code> {
        self.call("receive", &[L(deadline.cast_unsigned()), I(ROOM), I(ROOM_BYTES), I(HEAD)])?;
        Ok(self.message())
    }

    /// `await`.
    pub fn wait(&mut self, future: u64, deadline: i64) -> Result<Message, Code> {
        let arguments = [L(future), L(deadline.cast_unsigned()), I(ROOM), I(ROOM_BYTES), I(HEAD)];
        self.call("await", &arguments)?;
        Ok(self.message())
    }

    pub fn callback(&mut self) -> Result<(Message, u64), Code> {
        self.call("callback", &[I(ROOM), I(ROOM_BYTES), I(HEAD), I(OUT)])?;
        Ok((self.message(), self.world.u64(OUT)))
    }

    /// What the head says.
    pub fn message(&self) -> Message {
        let bytes = |field: u32| {
            let (at, length) = (self.world.u32(HEAD + field), self.world.u32(HEAD + field + 4));
            assert!(length == 0 || (ROOM..ROOM + ROOM_BYTES).contains(&at), "{field} lies in the room");
            self.world.get(at, length).to_vec()
        };
        let text = |field: u32| String::from_utf8(bytes(field)).unwrap();
        Message {
            id: self.world.u64(HEAD),
            call: self.world.u64(HEAD + 8),
            kind: self.world.u32(HEAD + 16),
            code: self.world.u32(HEAD + 20),
            source: text(24),
            ty: text(32),
            subject: text(40),
            content_type: text(48),
            data: bytes(56),
        }
    }

    /// A text that a call put into the room, whose length it put at `OUT`.
    pub fn found(&self) -> String {
        String::from_utf8(self.world.get(ROOM, self.world.u32(OUT)).to_vec()).unwrap()
    }

    /// Everything that a call could have changed.
    pub fn all(&self) -> (Vec<u8>, sojourn_host::state::State, Option<Realm>, Vec<u8>) {
        let machine = self.world.machine.lock();
        let state = self.world.wasi.inspect().clone();
        (self.world.memory.clone(), state, machine.realm.clone(), machine.stderr.clone())
    }
}
