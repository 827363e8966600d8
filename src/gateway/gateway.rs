//! The gateway: connections made ready, and the lines to their partners.

use super::kind::Folders;
use super::limiter::Sharing;
use super::line::Line;
use super::prepared::{PrepareError, Prepared};
use super::reads::Reads;
use super::shared::Shared;
use super::tokens::Tokens;
use super::vault::{Places, Vault};
use super::watch::ByHand;
use super::wire::Wire;
use crate::domain::binding::{Connection, SecretPlace, Setting};
use crate::domain::connector::Connector;
use crate::domain::connector::auth::Handshake;
use crate::domain::connector::auth::Moment;
use crate::domain::connector::egress::EgressPolicy;
use crate::domain::connector::operation::Limits;
use crate::domain::ids::TenantId;
use crate::runtime::clock::Clock;
use crate::runtime::tally::Tally;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Versions of one connection that are kept ready; older ones are made ready anew when needed.
const VERSIONS_MAX: usize = 8;

/// What holds for every connection.
#[derive(Clone, Debug)]
pub struct Options {
    /// Relative places of secrets are below this folder.
    pub base: PathBuf,
    /// Loopback, and our own addresses.
    pub egress: EgressPolicy,
    /// Folders of this machine that connections may open.
    pub folders: Folders,
    /// Time for one request at most, milliseconds.
    pub timeout_millis_max: u64,
    /// Requests to one connection at the same time at most.
    pub concurrency_max: u32,
    /// Longest answer taken, bytes.
    pub response_bytes_max: u64,
    /// Redirects followed by reads.
    pub redirects_max: u32,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            base: PathBuf::from("."),
            egress: EgressPolicy::default(),
            folders: Folders::default(),
            timeout_millis_max: 300_000,
            concurrency_max: 64,
            response_bytes_max: 16 * 1024 * 1024,
            redirects_max: 3,
        }
    }
}

/// A tenant's connection, or one operation of it.
type Key = (TenantId, Arc<str>);

/// Speaks to partners. A copy is the same gateway: what must go on to its end has one of its own.
#[derive(Clone)]
pub struct Gateway {
    pub(super) options: Arc<Options>,
    pub(super) clock: Arc<dyn Clock>,
    policy: Arc<EgressPolicy>,
    shared: Option<Arc<dyn Shared>>,
    places: Places,
    /// Counts the secrets that were forgotten: what was read before is not kept afterwards.
    forgotten: Arc<AtomicU64>,
    /// Where consents are kept.
    consents: Option<Arc<dyn Shared>>,
    pub(super) lines: Arc<Mutex<HashMap<Key, Arc<Line>>>>,
    pub(super) ready: Arc<Mutex<HashMap<Key, Vec<Arc<Prepared>>>>>,
    pub(super) by_hand: Arc<Mutex<Vec<(TenantId, String, ByHand)>>>,
    pub(super) tally: Tally,
    pub(super) reads: Arc<Reads>,
    /// Taken instead of the network.
    wire: Option<Arc<dyn Wire>>,
    /// What makes each request unlike any other.
    random: Arc<Mutex<StdRng>>,
    /// Cancelled when nothing more is sent and no answer is waited for any longer.
    pub(super) cut: CancellationToken,
}

impl Gateway {
    /// A gateway that has spoken to nobody yet.
    pub fn new(options: Options, clock: Arc<dyn Clock>) -> Gateway {
        let policy = Arc::new(options.egress.clone());
        let random = Arc::new(Mutex::new(rand::make_rng()));
        let places = Places { base: options.base.clone(), vault: None };
        Gateway {
            options: Arc::new(options),
            places,
            forgotten: Arc::default(),
            clock,
            policy,
            shared: None,
            consents: None,
            lines: Arc::default(),
            ready: Arc::default(),
            by_hand: Arc::default(),
            tally: Tally::default(),
            reads: Arc::default(),
            wire: None,
            random,
            cut: CancellationToken::new(),
        }
    }

    /// The same, which sends nothing more and waits for no answer any longer once this is cancelled: what waits to be sent
    /// comes back unsent, what was sent comes back as unknown (of a read: as not done).
    pub fn cut_by(self, cut: CancellationToken) -> Gateway {
        Gateway { cut, ..self }
    }

    /// Cancelled when nothing more is sent.
    pub fn cut(&self) -> &CancellationToken {
        &self.cut
    }

    /// A gateway whose requests go over `wire` instead of the network, and are the same each time.
    pub fn over(options: Options, clock: Arc<dyn Clock>, wire: Arc<dyn Wire>) -> Gateway {
        let random = Arc::new(Mutex::new(StdRng::seed_from_u64(0)));
        Gateway { wire: Some(wire), random, ..Gateway::new(options, clock) }
    }

    /// Whether a secret can be read now, and why not; nothing of what it holds is told.
    ///
    /// # Errors
    /// In words, when it cannot.
    pub fn look_for(&self, tenant: TenantId, place: &str) -> Result<(), String> {
        self.places.read(tenant, place).map(drop).map_err(|error| {
            let source = std::error::Error::source(&error).map(|source| format!(": {source}"));
            format!("{error}{}", source.unwrap_or_default())
        })
    }

    /// The same gateway, which reads there what the hub keeps itself.
    pub fn reading(self, vault: Arc<dyn Vault>) -> Gateway {
        Gateway { places: Places { vault: Some(vault), ..self.places.clone() }, ..self }
    }

    /// Forgets the connections that name a secret of the hub, so that its new value is read. What is under way keeps the old.
    pub fn forget_secret(&self, tenant: TenantId, name: &str) {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        self.forgotten.fetch_add(1, Ordering::Relaxed);
        for ((whose, _), versions) in ready.iter_mut() {
            if *whose == tenant {
                versions.retain(|known| !names(&known.connection, name));
            }
        }
    }

    /// The moment of a request that is made now.
    pub(super) fn moment(&self) -> Moment {
        let mut entropy = [0; 32];
        self.random.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut entropy);
        Moment::new(self.clock.now(), entropy)
    }

    /// The same gateway, which keeps consents there. Without it nobody can consent.
    pub fn keeping(self, consents: Arc<dyn Shared>) -> Gateway {
        Gateway { consents: Some(consents), ..self }
    }

    /// The same, sharing limits and credentials with the other processes of the installation.
    pub fn sharing(self, shared: Arc<dyn Shared>) -> Gateway {
        Gateway { shared: Some(shared), ..self }
    }

    /// The end of something that may take this long from now, as calls are given it.
    pub fn deadline(&self, within: Duration) -> Duration {
        self.clock.monotonic().saturating_add(within)
    }

    /// Where calls are counted.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Makes a connection ready, or tells why that is not possible: a missing secret, a bad certificate. Calls do so by
    /// themselves; `doctor` and the start of the process ask before.
    ///
    /// # Errors
    /// When the connection cannot be used.
    pub fn check(&self, tenant: TenantId, connection: &Arc<Connection>, connector: &Arc<Connector>) -> Result<(), PrepareError> {
        self.prepare(tenant, connection, connector).map(|_| ())
    }

    /// Whether the circuit breaker of a connection holds calls back.
    pub fn is_open(&self, tenant: TenantId, connection: &str) -> bool {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.get(&(tenant, Arc::from(connection))).is_some_and(|line| line.is_open())
    }

    /// The connection in this version, made ready.
    pub(super) fn prepare(
        &self,
        tenant: TenantId,
        connection: &Arc<Connection>,
        connector: &Arc<Connector>,
    ) -> Result<Arc<Prepared>, PrepareError> {
        let key = (tenant, connection.id.clone());
        let is_this = |known: &&Arc<Prepared>| Arc::ptr_eq(&known.connection, connection) && Arc::ptr_eq(&known.connector, connector);
        {
            let ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(prepared) = ready.get(&key).and_then(|versions| versions.iter().find(is_this)) {
                return Ok(prepared.clone());
            }
        }
        // Reading secrets and building a client outside the lock; a second one made at the same time is dropped.
        let forgotten = self.forgotten.load(Ordering::Relaxed);
        let tokens = (Tokens::new(self.clock.clone()), Tokens::new(self.clock.clone()));
        let way = self.wire.clone();
        let mut made = {
            let may = (self.policy.clone(), &self.options.folders);
            Prepared::new(connection.clone(), connector.clone(), may, (tenant, &self.places), tokens, way)?
        };
        if let Some(shared) = self.shared.as_ref().filter(|_| connector.auth.handshake().is_some()) {
            made.tokens = Tokens::shared(self.clock.clone(), shared.clone(), tenant, &connection.id, &made.settings);
        }
        if connector.auth.handshake().is_some_and(Handshake::wants_consent) {
            made.tokens = Tokens::consented(self.clock.clone(), self.consents.clone(), tenant, &connection.id);
        }
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if self.forgotten.load(Ordering::Relaxed) != forgotten {
            // A secret got a new value while this was made: it serves this call, and the next one reads anew.
            return Ok(Arc::new(made));
        }
        let versions = ready.entry(key).or_default();
        if let Some(prepared) = versions.iter().find(is_this) {
            return Ok(prepared.clone());
        }
        if versions.len() >= VERSIONS_MAX {
            versions.remove(0);
        }
        let prepared = Arc::new(made);
        versions.push(prepared.clone());
        Ok(prepared)
    }

    /// Forgets what was read of a connection's secrets, so that replaced ones are found.
    pub(super) fn forget(&self, tenant: TenantId, prepared: &Arc<Prepared>) {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(versions) = ready.get_mut(&(tenant, prepared.connection.id.clone())) {
            versions.retain(|known| !Arc::ptr_eq(known, prepared));
        }
    }

    /// The line to a partner, with the limits in force.
    pub(super) fn line(&self, tenant: TenantId, prepared: &Prepared) -> Arc<Line> {
        let limits = limits(&prepared.connection, &prepared.connector);
        self.line_of((tenant, prepared.connection.id.clone()), &limits)
    }

    /// The line of one operation that has limits of its own.
    pub(super) fn operation_line(&self, tenant: TenantId, prepared: &Prepared, operation: &str, limits: &Limits) -> Option<Arc<Line>> {
        if limits.rates.is_empty() && limits.concurrency.is_none() {
            return None;
        }
        // A dot cannot stand in a connection's id, so the two kinds of key never meet.
        Some(self.line_of((tenant, Arc::from(format!("{}.{operation}", prepared.connection.id))), limits))
    }

    fn line_of(&self, key: Key, limits: &Limits) -> Arc<Line> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let sharing = |(tenant, name): &Key| {
            let shared = self.shared.clone()?;
            Some(Sharing { shared, tenant: *tenant, name: name.to_string() })
        };
        let line = lines.entry(key).or_insert_with_key(|key| {
            let line = Line::new(self.clock.clone(), limits, self.options.concurrency_max, sharing(key));
            let holds = self.by_hand.lock().unwrap_or_else(PoisonError::into_inner);
            let hold = holds.iter().find(|(tenant, connection, _)| *tenant == key.0 && **connection == *key.1);
            line.hold(hold.map(|(_, _, hold)| *hold));
            Arc::new(line)
        });
        line.update(limits, self.options.concurrency_max);
        line.clone()
    }
}

/// Whether a connection names a secret of the hub.
fn names(connection: &Connection, name: &str) -> bool {
    let tls = [&connection.tls.ca, &connection.tls.certificate, &connection.tls.key];
    let settings = connection.settings.values().chain(tls.into_iter().flatten());
    settings.into_iter().any(|setting| matches!(setting, Setting::Secret(SecretPlace::Store(known)) if **known == *name))
}

/// The connection's limits where it has some, else the connector's.
fn limits(connection: &Connection, connector: &Connector) -> Limits {
    let rates = match connection.limits.rate {
        Some(rate) => vec![rate],
        None => connector.limits.rates.clone(),
    };
    Limits { rates, concurrency: connection.limits.concurrency.or(connector.limits.concurrency) }
}
