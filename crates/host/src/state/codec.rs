//! The state as CBOR (RFC 8949): a version, then records as arrays whose fields have a fixed order.
//!
//! Decoding trusts nothing: lengths are not believed before the bytes are there, and what is read is checked
//! against itself (`check`) before it is used.

use super::State;
use crate::error::Error;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::convert::Infallible;
use minicbor::data::Type;

/// Version of the encoding; another one is refused.
const VERSION: u64 = 1;

pub(crate) type Encoder = minicbor::Encoder<Vec<u8>>;
pub(crate) type Decoder<'b> = minicbor::Decoder<'b>;
pub(crate) type Encoded = Result<(), minicbor::encode::Error<Infallible>>;
pub(crate) type Decoded<T> = Result<T, minicbor::decode::Error>;

/// What a record can hold.
pub(crate) trait Field: Sized {
    fn put(&self, e: &mut Encoder) -> Encoded;
    fn get(d: &mut Decoder<'_>) -> Decoded<Self>;
}

/// Makes a struct a `Field`: an array of its fields in the order named. Those after a `+` came later: the last ones are
/// left out where they say nothing, so that bytes without them still read, and are still written.
macro_rules! record {
    ($name:ident { $($field:ident),* $(,)? } + $($late:ident),+) => {
        impl $crate::state::Field for $name {
            fn put(&self, e: &mut $crate::state::Encoder) -> $crate::state::Encoded {
                let said = [$(self.$late != Default::default()),+];
                let late = said.iter().rposition(|said| *said).map_or(0, |last| last as u64 + 1);
                e.array([$(stringify!($field)),*].len() as u64 + late)?;
                $($crate::state::Field::put(&self.$field, e)?;)*
                let mut left = late;
                $(if left > 0 {
                    $crate::state::Field::put(&self.$late, e)?;
                    left -= 1;
                })+
                debug_assert_eq!(left, 0, "all that say something are written");
                Ok(())
            }

            fn get(d: &mut $crate::state::Decoder<'_>) -> $crate::state::Decoded<Self> {
                let before = [$(stringify!($field)),*].len() as u64;
                let most = [$(stringify!($late)),+].len() as u64;
                let late = d.array()?.and_then(|length| length.checked_sub(before));
                let mut left = late.filter(|late| *late <= most)
                    .ok_or_else(|| $crate::state::wrong("record of a wrong length"))?;
                $(let $field = $crate::state::Field::get(d)?;)*
                $(let $late = if left > 0 {
                    left -= 1;
                    $crate::state::Field::get(d)?
                } else {
                    Default::default()
                };)+
                debug_assert_eq!(left, 0, "all that there are were read");
                Ok(Self { $($field,)* $($late),+ })
            }
        }
    };
    ($name:ident { $($field:ident),* $(,)? }) => {
        impl $crate::state::Field for $name {
            fn put(&self, e: &mut $crate::state::Encoder) -> $crate::state::Encoded {
                e.array([$(stringify!($field)),*].len() as u64)?;
                $($crate::state::Field::put(&self.$field, e)?;)*
                Ok(())
            }

            fn get(d: &mut $crate::state::Decoder<'_>) -> $crate::state::Decoded<Self> {
                $crate::state::array(d, [$(stringify!($field)),*].len() as u64)?;
                Ok(Self { $($field: $crate::state::Field::get(d)?),* })
            }
        }
    };
}
pub(crate) use record;

/// Makes an enum without data a `Field`: its number.
macro_rules! numbered {
    ($name:ident { $($variant:ident = $number:literal),* $(,)? }) => {
        impl $crate::state::Field for $name {
            fn put(&self, e: &mut $crate::state::Encoder) -> $crate::state::Encoded {
                e.u8(match self { $(Self::$variant => $number),* })?.ok()
            }

            fn get(d: &mut $crate::state::Decoder<'_>) -> $crate::state::Decoded<Self> {
                match d.u8()? {
                    $($number => Ok(Self::$variant),)*
                    _ => Err($crate::state::wrong(concat!("unknown ", stringify!($name)))),
                }
            }
        }
    };
}
pub(crate) use numbered;

/// The head of an array of exactly this many items.
pub(crate) fn array(d: &mut Decoder<'_>, length: u64) -> Decoded<()> {
    if d.array()? == Some(length) { Ok(()) } else { Err(wrong("record of a wrong length")) }
}

pub(crate) fn wrong(text: &'static str) -> minicbor::decode::Error {
    minicbor::decode::Error::message(text)
}

macro_rules! scalars {
    ($($type:ident),*) => {$(
        impl Field for $type {
            fn put(&self, e: &mut Encoder) -> Encoded {
                e.$type(*self)?.ok()
            }

            fn get(d: &mut Decoder<'_>) -> Decoded<Self> {
                d.$type()
            }
        }
    )*};
}
scalars!(u16, u32, u64, bool);

impl Field for String {
    fn put(&self, e: &mut Encoder) -> Encoded {
        e.str(self)?.ok()
    }

    fn get(d: &mut Decoder<'_>) -> Decoded<Self> {
        d.str().map(ToString::to_string)
    }
}

impl Field for Vec<u8> {
    fn put(&self, e: &mut Encoder) -> Encoded {
        e.bytes(self)?.ok()
    }

    fn get(d: &mut Decoder<'_>) -> Decoded<Self> {
        d.bytes().map(<[u8]>::to_vec)
    }
}

impl<T: Field> Field for Vec<T> {
    fn put(&self, e: &mut Encoder) -> Encoded {
        e.array(self.len() as u64)?;
        self.iter().try_for_each(|item| item.put(e))
    }

    fn get(d: &mut Decoder<'_>) -> Decoded<Self> {
        let count = d.array()?.ok_or_else(|| wrong("array without a length"))?;
        (0..count).map(|_| T::get(d)).collect::<Decoded<LazyVec<T>>>().map(|items| items.0)
    }
}

/// Collects without believing the length that the iterator tells.
struct LazyVec<T>(Vec<T>);

impl<T> FromIterator<T> for LazyVec<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut all = Vec::new();
        items.into_iter().for_each(|item| all.push(item));
        Self(all)
    }
}

impl<T: Field> Field for Option<T> {
    fn put(&self, e: &mut Encoder) -> Encoded {
        match self {
            Some(value) => value.put(e),
            None => e.null()?.ok(),
        }
    }

    fn get(d: &mut Decoder<'_>) -> Decoded<Self> {
        if d.datatype()? == Type::Null { d.null().map(|()| None) } else { T::get(d).map(Some) }
    }
}

impl<K: Field + Ord, V: Field> Field for BTreeMap<K, V> {
    fn put(&self, e: &mut Encoder) -> Encoded {
        e.map(self.len() as u64)?;
        self.iter().try_for_each(|(key, value)| key.put(e).and_then(|()| value.put(e)))
    }

    fn get(d: &mut Decoder<'_>) -> Decoded<Self> {
        let count = d.map()?.ok_or_else(|| wrong("map without a length"))?;
        let mut all = Self::new();
        for _ in 0..count {
            if all.insert(K::get(d)?, V::get(d)?).is_some() {
                return Err(wrong("key twice in a map"));
            }
        }
        Ok(all)
    }
}

impl State {
    /// The state as bytes.
    ///
    /// # Panics
    /// Never: writing to memory does not fail.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut e = Encoder::new(Vec::new());
        let written = e.array(2).and_then(|e| e.u64(VERSION).map(|_| ()));
        written.and_then(|()| self.put(&mut e)).expect("memory takes all");
        e.into_writer()
    }

    /// The state from bytes, checked against itself.
    ///
    /// # Errors
    /// `Error::State` for bytes that are no state of this version, `Error::Limit`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let mut d = Decoder::new(bytes);
        let state = versioned(&mut d).map_err(|e| Error::State { reason: e.to_string() })?;
        if d.position() != bytes.len() {
            return Err(Error::State { reason: "bytes after its end".to_string() });
        }
        state.check()?;
        Ok(state)
    }
}

fn versioned(d: &mut Decoder<'_>) -> Decoded<State> {
    array(d, 2)?;
    if d.u64()? != VERSION {
        return Err(wrong("written by another version of this program; use that one to go on"));
    }
    State::get(d)
}
