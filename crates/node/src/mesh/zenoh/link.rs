//! The session of Zenoh: what is asked of it, in our words.

use std::time::Duration;

use ::zenoh::config::{Config, Locator, WhatAmI, ZenohId};
use ::zenoh::internal::runtime::{Runtime, RuntimeBuilder, ZRuntime};
use ::zenoh::liveliness::LivelinessToken;
use ::zenoh::qos::CongestionControl;
use ::zenoh::query::{ConsolidationMode, Query, QueryTarget};
use ::zenoh::sample::{Locality, Sample, SampleKind};
use ::zenoh::{Session, Wait};

use super::greeting::Greeting;
use super::key;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// An open session.
pub(super) struct Link {
    runtime: Runtime,
    session: Session,
}

/// The other end of a link.
pub(super) struct End {
    /// None for someone who is no member: a router of Zenoh's.
    pub incarnation: Option<u64>,
    pub protocol: String,
    pub place: String,
}

impl Link {
    pub(super) fn open(config: Config) -> Result<Self, Failure> {
        ZRuntime::Application.block_in_place(async move {
            let mut runtime = RuntimeBuilder::new(config).build().await?;
            let session = ::zenoh::session::init(runtime.clone().into()).wait()?;
            if let Err(error) = runtime.start().await {
                drop(session);
                let _ = runtime.close().await;
                return Err(error);
            }
            Ok(Self { runtime, session })
        })
    }

    pub(super) fn close(&self) {
        // Closing what is closed already is all that can fail.
        let _ = self.session.close().wait();
        let _ = self.runtime.close().wait();
    }

    /// Addresses at which others can join.
    pub(super) fn addresses(&self) -> Vec<String> {
        let locators = self.runtime.get_locators();
        locators.iter().map(|each| format!("{}/{}", each.protocol(), each.address())).collect()
    }

    /// Members at the other ends.
    pub(super) fn peers(&self) -> Vec<u64> {
        let peers = self.session.info().peers_zid().wait();
        peers.filter_map(|zid| key::of_zid(&zid.to_string())).collect()
    }

    pub(super) fn ends(&self) -> Vec<End> {
        let links = self.session.info().links().wait();
        let end = |link: ::zenoh::session::Link| End {
            incarnation: key::of_zid(&link.zid().to_string()),
            protocol: link.dst().protocol().as_str().to_owned(),
            place: link.dst().address().as_str().to_owned(),
        };
        links.map(end).collect()
    }

    /// Whether a router of Zenoh's is at another end.
    pub(super) fn has_router(&self) -> bool {
        let transports = self.session.info().transports().wait();
        transports.into_iter().any(|transport| transport.whatami() == WhatAmI::Router)
    }

    /// Tries to link with a member at addresses; says so when it has ended, one way or the other.
    pub(super) fn dial(&self, incarnation: u64, addresses: &[String], done: impl FnOnce() + Send + 'static) {
        let locators: Vec<Locator> = addresses.iter().filter_map(|address| address.parse().ok()).collect();
        let Ok(zid) = key::zid(incarnation).parse::<ZenohId>() else { return done() };
        let runtime = self.runtime.clone();
        ZRuntime::Net.spawn(async move {
            // A failure is seen by the link that is not there.
            let _ = runtime.connect_peer(&zid.into(), &locators).await;
            done();
        });
    }

    /// Puts a frame to a key; waits while the link takes none.
    pub(super) fn put(&self, key: String, frame: Vec<u8>) {
        let put = self.session.put(key, frame).congestion_control(CongestionControl::Block).express(true);
        // Without a link it is lost, as frames may be.
        let _ = put.wait();
    }

    /// Hears frames.
    pub(super) fn subscribe(
        &self,
        key: String,
        heard: impl Fn(&str, Vec<u8>) + Send + Sync + 'static,
    ) -> Result<(), Failure> {
        let heard = move |sample: Sample| {
            if sample.kind() == SampleKind::Put {
                heard(sample.key_expr().as_str(), sample.payload().to_bytes().into_owned());
            }
        };
        self.session.declare_subscriber(key).callback(heard).background().wait()
    }

    /// Watches tokens: whether one is there, or gone.
    pub(super) fn watch(
        &self,
        key: String,
        seen: impl Fn(&str, bool) + Send + Sync + 'static,
    ) -> Result<(), Failure> {
        let seen = move |sample: Sample| seen(sample.key_expr().as_str(), sample.kind() == SampleKind::Put);
        let liveliness = self.session.liveliness();
        liveliness.declare_subscriber(key).history(true).callback(seen).background().wait()
    }

    /// Shows a token until it is dropped or the session ends.
    pub(super) fn show(&self, key: String) -> Result<LivelinessToken, Failure> {
        self.session.liveliness().declare_token(key).wait()
    }

    /// Answers questions to a key.
    pub(super) fn answer(
        &self,
        key: String,
        answer: impl Fn() -> Greeting + Send + Sync + 'static,
    ) -> Result<(), Failure> {
        let own = key.clone();
        let answers = move |query: Query| {
            // Whoever asked may be gone.
            let _ = query.reply(own.as_str(), answer().write()).wait();
        };
        self.session.declare_queryable(key).callback(answers).background().wait()
    }

    /// Asks others, and waits for their answers: realm and greeting.
    pub(super) fn ask(&self, key: &str, patience: Duration) -> Vec<(String, Greeting)> {
        let get = self.session.get(key).target(QueryTarget::All).consolidation(ConsolidationMode::None);
        let Ok(replies) = get.allowed_destination(Locality::Remote).timeout(patience).wait() else {
            return Vec::new();
        };
        let read = |sample: &Sample| {
            let realm = key::realm(sample.key_expr().as_str())?.to_owned();
            Some((realm, Greeting::read(&sample.payload().try_to_string().ok()?)?))
        };
        replies.iter().filter_map(|reply| read(reply.result().ok()?)).collect()
    }
}
