//! What processes share about partners, kept in the store: the gateway's `Shared`.

use crate::domain::ids::TenantId;
use crate::gateway::{Ask, Claim, Given, Shared};
use crate::runtime::{Clock, Sealer};
use crate::store::{CredentialClaim, CredentialKey, Fenced, Lease, SlotRequest, Store};
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::time::Duration;

/// A log-in takes no longer; a process that dies over one is waited for so long.
const LOG_IN_LEASE: Duration = Duration::from_secs(30);

/// Rates and credentials in the store.
pub struct InStore {
    /// The store.
    pub store: Arc<dyn Store>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// This process.
    pub owner: String,
    /// Seals credentials; without one they are not shared.
    pub sealer: Option<Sealer>,
}

impl InStore {
    async fn ask(&self, tenant: TenantId, name: &str, ask: Ask) -> Option<Given> {
        let request = SlotRequest {
            tenant,
            name: name.to_owned(),
            every_micros: micros(ask.every).max(1),
            burst: ask.burst,
            count: ask.count,
            within_micros: micros(ask.within),
        };
        match self.store.take_slots(&request, self.clock.now()).await {
            Ok(slots) => {
                Some(Given { count: slots.granted, first_in: Duration::from_micros(u64::try_from(slots.first_micros).unwrap_or(0)) })
            }
            Err(error) => {
                tracing::warn!(rate.name = name, "the rate `{name}` cannot be shared now and is kept by this process alone: {error}");
                None
            }
        }
    }

    async fn look(&self, tenant: TenantId, name: &str, stale: u64) -> Option<Claim> {
        let (key, now) = (key(tenant, name), self.clock.now());
        let lease = Lease { owner: self.owner.clone(), until: later(now, LOG_IN_LEASE) };
        let stale = i64::try_from(stale).unwrap_or(i64::MAX);
        match self.store.claim_credential(&key, stale, &lease, now).await {
            Ok(CredentialClaim::There { generation, sealed, lapses_at }) => self.opened(&key, generation, &sealed, lapses_at, now).await,
            Ok(CredentialClaim::Mine { token, generation }) => Some(Claim::Mine { token, generation: generation.unsigned_abs() }),
            Ok(CredentialClaim::Busy { .. }) => Some(Claim::Busy),
            Err(error) => {
                tracing::warn!("credentials cannot be shared now; this process logs in by itself: {error}");
                None
            }
        }
    }

    async fn opened(
        &self,
        key: &CredentialKey,
        generation: i64,
        sealed: &str,
        lapses_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<Claim> {
        let text = self.sealer.as_ref()?.open(sealed, &key.name);
        let Ok(text) = text else {
            // Another key: the name would differ too, so somebody changed the row. This process goes its own way.
            tracing::warn!("shared credentials cannot be opened; this process logs in by itself");
            return None;
        };
        let usable = lapses_at.map(|at| Duration::try_from(at.duration_since(now)).unwrap_or_default());
        Some(Claim::There { generation: generation.unsigned_abs(), text, usable })
    }

    /// Whether it is kept now.
    async fn put(
        &self,
        tenant: TenantId,
        name: &str,
        (token, generation): (i64, u64),
        text: &SecretString,
        usable: Option<Duration>,
    ) -> bool {
        let Some(sealer) = &self.sealer else { return false };
        let Ok(sealed) = sealer.seal(text.expose_secret(), name) else { return false };
        let lapses_at = usable.map(|usable| later(self.clock.now(), usable));
        let generation = i64::try_from(generation).unwrap_or(i64::MAX);
        match self.store.save_credential(&key(tenant, name), token, generation, &sealed, lapses_at).await {
            Ok(fenced) => fenced == Fenced::Held,
            Err(error) => {
                tracing::warn!("new credentials cannot be shared now: {error}");
                false
            }
        }
    }

    async fn look_up(&self, tenant: TenantId, name: &str) -> Option<Option<SecretString>> {
        match self.store.credential(&key(tenant, name)).await {
            Ok(None) => Some(None),
            Ok(Some(sealed)) => {
                let opened = self.sealer.as_ref()?.open(&sealed, name);
                if opened.is_err() {
                    tracing::error!("what is kept as `{name}` cannot be opened: was `store.sealing_key` changed?");
                }
                Some(opened.ok())
            }
            Err(error) => {
                tracing::warn!("what is kept as `{name}` cannot be read now: {error}");
                None
            }
        }
    }
}

impl Shared for InStore {
    fn slots<'a>(&'a self, tenant: TenantId, name: &'a str, ask: Ask) -> BoxFuture<'a, Option<Given>> {
        self.ask(tenant, name, ask).boxed()
    }

    fn credential_name(&self, connection: &str, settings: &str) -> Option<String> {
        Some(format!("{connection}#{}", self.sealer.as_ref()?.name(settings)))
    }

    fn kept<'a>(&'a self, tenant: TenantId, name: &'a str) -> BoxFuture<'a, Option<Option<SecretString>>> {
        self.look_up(tenant, name).boxed()
    }

    fn claim<'a>(&'a self, tenant: TenantId, name: &'a str, stale: u64) -> BoxFuture<'a, Option<Claim>> {
        self.look(tenant, name, stale).boxed()
    }

    fn save<'a>(
        &'a self,
        tenant: TenantId,
        name: &'a str,
        mine: (i64, u64),
        text: SecretString,
        usable: Option<Duration>,
    ) -> BoxFuture<'a, bool> {
        async move { self.put(tenant, name, mine, &text, usable).await }.boxed()
    }

    fn release<'a>(&'a self, tenant: TenantId, name: &'a str, token: i64, pause: Duration) -> BoxFuture<'a, ()> {
        async move {
            let again_at = later(self.clock.now(), pause);
            if let Err(error) = self.store.release_credential(&key(tenant, name), token, again_at).await {
                tracing::warn!("a log-in cannot be given up now; others wait for its lease: {error}");
            }
        }
        .boxed()
    }
}

fn key(tenant: TenantId, name: &str) -> CredentialKey {
    CredentialKey { tenant, name: name.to_owned() }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| now.checked_add(by).ok()).unwrap_or(now)
}
