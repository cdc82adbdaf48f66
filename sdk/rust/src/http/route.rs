//! Who answers what.

use super::BODY;
use super::head::{Pairs, decoded};
use super::request::Request;
use super::response::Response;
use super::socket::{Accept, Full, Socket};
use std::rc::Rc;

/// A body that is not collected: pieces as they come, and then the answer.
pub trait Upload {
    /// The next piece. What it gives is an answer before the end.
    fn piece(&mut self, data: &[u8]) -> Option<Response>;
    /// The body is whole.
    fn end(self: Box<Self>) -> Response;
    /// The other side, or a failure, has ended it before its end.
    fn gone(&mut self, _why: &str) {}
}

/// What [`super::Server::fold`] takes bodies with.
pub(super) struct Fold<T, P, E> {
    pub(super) value: T,
    pub(super) piece: Rc<P>,
    pub(super) end: Rc<E>,
}

impl<T, P: Fn(&mut T, &[u8]), R: Into<Response>, E: Fn(T) -> R> Upload for Fold<T, P, E> {
    fn piece(&mut self, data: &[u8]) -> Option<Response> {
        (self.piece)(&mut self.value, data);
        None
    }

    fn end(self: Box<Self>) -> Response {
        (self.end)(self.value).into()
    }
}

type Whole = Box<dyn Fn(&Request) -> Response>;
type Begin = Box<dyn Fn(&Request) -> Box<dyn Upload>>;
type Open = Box<dyn Fn(&Request, &Socket) -> Accept>;

/// What a route does.
pub(super) enum Action {
    Whole(Whole),
    Upload(Begin),
    Socket(Open),
}

/// A method, a path, and what is done.
pub(super) struct Route {
    /// Empty: any.
    pub(super) method: String,
    pub(super) path: String,
    pub(super) limit: Option<u64>,
    pub(super) full: Full,
    pub(super) action: Action,
}

impl Route {
    /// Bytes of a body that it takes.
    pub(super) fn limit(&self) -> u64 {
        let usual = if matches!(self.action, Action::Upload(_)) { u64::MAX } else { BODY };
        self.limit.unwrap_or(usual)
    }

    pub(super) const fn is_socket(&self) -> bool {
        matches!(self.action, Action::Socket(_))
    }

    /// The parameters of a path, if it fits.
    pub(super) fn fits(&self, path: &str) -> Option<Pairs> {
        let mut params = Pairs::new();
        let (mut pattern, mut rest) = (self.path.strip_prefix('/')?, path.strip_prefix('/')?);
        loop {
            if pattern == "*" {
                params.push(("*".to_owned(), decoded(rest, false)?));
                return Some(params);
            }
            let (want, more_pattern) =
                pattern.split_once('/').map_or((pattern, None), |(one, more)| (one, Some(more)));
            let (have, more_path) =
                rest.split_once('/').map_or((rest, None), |(one, more)| (one, Some(more)));
            let have = decoded(have, false)?;
            match want.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(_) if have.is_empty() => return None,
                Some(name) => params.push((name.to_owned(), have)),
                None if want == have => {}
                None => return None,
            }
            match (more_pattern, more_path) {
                (Some(one), Some(other)) => (pattern, rest) = (one, other),
                (None, None) => return Some(params),
                _ => return None,
            }
        }
    }
}
