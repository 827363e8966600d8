//! Quotas of tenants: counted in the store every few seconds, asked in memory.
//!
//! What came in since the last count is added by each process for itself, so that between two counts no replica takes more
//! than its own surplus. Requests are counted by each process alone.

use crate::domain::ids::TenantId;
use crate::domain::quota::{Limits, Quota, Reached, Usage, day_start, reached};
use crate::runtime::Clock;
use crate::runtime::metrics::list::{QUOTA_REFUSED, QUOTA_USED};
use crate::store::{self, Store};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use utoipa::ToSchema;

/// Requests that may come at once: as many seconds' worth.
const BURST_SECONDS: u32 = 2;

/// What installations set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuotaOptions {
    /// For every tenant without limits of its own.
    pub all: Limits,
    /// For single ones.
    pub tenants: BTreeMap<TenantId, Limits>,
}

/// One quota of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuotaItem {
    /// `documents_per_day`, `open_instances` or `payload_bytes_per_day`.
    pub quota: String,
    /// The bound; absent for none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limit: Option<u64>,
    /// What is taken; absent where nothing is bounded, because nothing is counted then.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub used: Option<u64>,
    /// Whether it is used up.
    pub reached: bool,
}

/// The quotas of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuotaItems {
    /// Each of them.
    pub items: Vec<QuotaItem>,
    /// API requests a second that each process takes; absent for any number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub requests_per_second: Option<u32>,
}

/// Asks before more is taken.
#[derive(Clone)]
pub struct Quotas {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    options: Arc<QuotaOptions>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    used: HashMap<TenantId, Usage>,
    /// Requests: until when the ones before are paid for.
    paid_until: HashMap<TenantId, Duration>,
}

impl Quotas {
    /// Quotas of this installation; nothing is counted yet.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, options: QuotaOptions) -> Quotas {
        Quotas { store, clock, options: Arc::new(options), state: Arc::default() }
    }

    /// Whether anything is bounded.
    pub fn any(&self) -> bool {
        std::iter::once(&self.options.all).chain(self.options.tenants.values()).any(Limits::counts)
    }

    fn limits(&self, tenant: TenantId) -> Limits {
        self.options.tenants.get(&tenant).copied().unwrap_or(self.options.all)
    }

    /// Takes a request; how long to wait where there were too many.
    ///
    /// # Errors
    /// The time after which another is taken.
    pub fn request(&self, tenant: TenantId) -> Result<(), Duration> {
        let Some(rate) = self.limits(tenant).requests_per_second.filter(|rate| *rate > 0) else { return Ok(()) };
        let (now, each) = (self.clock.monotonic(), Duration::from_secs(1) / rate);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let paid_until = state.paid_until.entry(tenant).or_default();
        let next = (*paid_until).max(now) + each;
        let ahead = next.saturating_sub(now);
        let most = Duration::from_secs(BURST_SECONDS.into());
        if ahead > most {
            QUOTA_REFUSED.increment(["requests_per_second"]);
            return Err(ahead - most);
        }
        *paid_until = next;
        Ok(())
    }

    /// Whether a tenant may begin something new: a document, an instance. It counts at once, so that many at the same moment
    /// do not all pass.
    ///
    /// # Errors
    /// What is used up.
    pub fn begin(&self, tenant: TenantId) -> Result<(), Reached> {
        let limits = self.limits(tenant);
        if !limits.counts() {
            return Ok(());
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let usage = state.used.entry(tenant).or_default();
        match reached(&limits, usage, self.clock.now()) {
            Some(reached) => {
                QUOTA_REFUSED.increment([reached.quota.word()]);
                Err(reached)
            }
            None => {
                usage.documents += 1;
                usage.instances += 1;
                Ok(())
            }
        }
    }

    /// What a tenant has used up, as of the last count.
    pub fn reached(&self, tenant: TenantId) -> Option<Reached> {
        let limits = self.limits(tenant);
        if !limits.counts() {
            return None;
        }
        // Asked about is counted from now on.
        let usage = *self.state.lock().unwrap_or_else(PoisonError::into_inner).used.entry(tenant).or_default();
        reached(&limits, &usage, self.clock.now())
    }

    /// Counts in the store; what was added meanwhile is in it.
    ///
    /// # Errors
    /// When the store cannot be read; the last count goes on.
    pub async fn count(&self) -> Result<(), store::Error> {
        let mut nearest: BTreeMap<&'static str, f64> = BTreeMap::new();
        for tenant in self.tenants() {
            let limits = self.limits(tenant);
            if !limits.counts() {
                continue;
            }
            let usage = self.store.desk().usage(tenant, day_start(self.clock.now())).await?;
            for quota in Quota::ALL {
                if let Some(limit) = limits.of(quota) {
                    let ratio = float(usage.of(quota)) / float(limit.max(1));
                    let most = nearest.entry(quota.word()).or_default();
                    *most = most.max(ratio);
                }
            }
            self.state.lock().unwrap_or_else(PoisonError::into_inner).used.insert(tenant, usage);
        }
        for (quota, ratio) in nearest {
            QUOTA_USED.set(ratio, [quota]);
        }
        Ok(())
    }

    /// Quotas that are used up, in sentences.
    pub fn troubles(&self) -> Vec<String> {
        let now = self.clock.now();
        let used = self.state.lock().unwrap_or_else(PoisonError::into_inner).used.clone();
        let told = |(tenant, usage): (TenantId, Usage)| {
            let reached = reached(&self.limits(tenant), &usage, now)?;
            Some(format!("tenant {} has used up `{}` ({})", tenant.0, reached.quota.word(), reached.limit))
        };
        used.into_iter().filter_map(told).collect()
    }

    /// The quotas of a tenant as of the last count.
    pub fn list(&self, tenant: TenantId) -> QuotaItems {
        let limits = self.limits(tenant);
        let used = self.state.lock().unwrap_or_else(PoisonError::into_inner).used.get(&tenant).copied();
        let item = |quota: Quota| {
            let (limit, used) = (limits.of(quota), used.map(|used| used.of(quota)));
            let reached = limit.zip(used).is_some_and(|(limit, used)| used >= limit);
            QuotaItem { quota: quota.word().to_owned(), limit, used, reached }
        };
        QuotaItems { items: Quota::ALL.into_iter().map(item).collect(), requests_per_second: limits.requests_per_second }
    }

    /// Those that have limits of their own, the one with the project, and whoever has taken something under the limits of all:
    /// what is added here and never counted anew would grow for ever, and say nothing of what other replicas take.
    fn tenants(&self) -> BTreeSet<TenantId> {
        let asked: Vec<TenantId> = self.state.lock().unwrap_or_else(PoisonError::into_inner).used.keys().copied().collect();
        self.options.tenants.keys().copied().chain(asked).chain([TenantId::DEFAULT]).collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "gauges are floating point; counts stay far below 2^53")]
fn float(count: u64) -> f64 {
    count as f64
}
