//! Webhooks of the vendors that have them: told after each change of an order, lost, doubled or overtaken as the switches say.
//!
//! What is told is the vendor's own, and so are its patience and its repeats; it is sent by the courier of the approval systems' mocks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::stage::lock;
use crate::target::Target;
use crate::vendors::courier::{Letter, send};

/// A webhook as a vendor sends it.
pub struct Telling {
    /// The headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body, to the letter.
    pub body: String,
    /// How long an answer is waited for.
    pub within: Duration,
    /// Pauses before it is sent again when it was not acknowledged.
    pub pauses: &'static [Duration],
}

/// One that is held back is overtaken by what is told within this time.
const HELD_BACK: Duration = Duration::from_millis(600);

/// Where a vendor's orders are told of, and what became of it.
#[derive(Default)]
pub(super) struct Hooks {
    registered: Mutex<Option<Registered>>,
    fates: Arc<Mutex<BTreeMap<&'static str, u64>>>,
    pub(super) tasks: TaskTracker,
    pub(super) stop: CancellationToken,
}

struct Registered {
    url: String,
    secret: String,
    /// The orders as they stood when they were told of last.
    known: BTreeMap<String, String>,
}

/// What befalls a webhook.
#[derive(Clone, Copy, Default)]
pub(super) struct Fate {
    pub lost: bool,
    pub twice: bool,
    pub held_back: bool,
}

impl Hooks {
    /// Tells this address from now on, of what changes after now; no address ends it.
    pub(super) fn register(&self, url: Option<&str>, secret: &str, now: BTreeMap<String, String>) -> Result<(), String> {
        let Some(url) = url else {
            *lock(&self.registered) = None;
            return Ok(());
        };
        Target::parse(url)?;
        *lock(&self.registered) = Some(Registered { url: url.to_owned(), secret: secret.to_owned(), known: now });
        Ok(())
    }

    /// How many were acknowledged, failed, given up, lost.
    pub(super) fn fates(&self) -> Value {
        json!(*lock(&self.fates))
    }

    /// Tells of the orders that have changed since.
    pub(super) fn tell(
        &self,
        versions: impl FnOnce() -> BTreeMap<String, String>,
        telling: impl Fn(&str, &str) -> Option<Telling>,
        fate: impl Fn() -> Fate,
    ) {
        let mut registered = lock(&self.registered);
        let Some(hook) = registered.as_mut() else { return };
        let now = versions();
        let changed: Vec<String> =
            now.iter().filter(|(order, version)| hook.known.get(*order) != Some(*version)).map(|(order, _)| order.clone()).collect();
        hook.known = now;
        for order in changed {
            let fate = fate();
            if fate.lost {
                *lock(&self.fates).entry("lost").or_default() += 1;
                continue;
            }
            for _ in 0..if fate.twice { 2 } else { 1 } {
                let Some(telling) = telling(&order, &hook.secret) else { continue };
                let (url, fates, stop) = (hook.url.clone(), self.fates.clone(), self.stop.clone());
                let delay = if fate.held_back { HELD_BACK } else { Duration::ZERO };
                self.tasks.spawn(async move {
                    let _ = stop.run_until_cancelled(deliver(&url, &telling, delay, &fates)).await;
                });
            }
        }
    }
}

/// Sends until it is acknowledged or the vendor gives up.
async fn deliver(url: &str, telling: &Telling, delay: Duration, fates: &Mutex<BTreeMap<&'static str, u64>>) {
    tokio::time::sleep(delay).await;
    let count = |what: &'static str| *lock(fates).entry(what).or_default() += 1;
    for pause in telling.pauses.iter().map(Some).chain([None]) {
        let letter = Letter {
            method: Method::POST,
            query: String::new(),
            headers: telling.headers.clone(),
            body: telling.body.clone().into_bytes(),
        };
        match send(url, &letter, telling.within).await {
            Ok(receipt) if (200..300).contains(&receipt.status) => return count("acknowledged"),
            Ok(receipt) => tracing::debug!(receipt.status, "a webhook was not acknowledged"),
            Err(problem) => tracing::debug!(problem, "a webhook was not acknowledged"),
        }
        count("failed");
        match pause {
            Some(pause) => tokio::time::sleep(*pause).await,
            None => count("given_up"),
        }
    }
}
