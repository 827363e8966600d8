//! Seals the audit: entries get their number and hash about a second after they were written, and the end of each chain is
//! told to the log, where it is out of the database's reach.

use crate::domain::access::chain::Head;
use crate::domain::ids::TenantId;
use crate::runtime::Clock;
use crate::runtime::metrics::list::AUDIT_SEALED;
use crate::store::{self, Store};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Pause between two looks. What is not sealed yet could be changed without a trace, so it is short.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A request has ended long before this, or never tells its end.
const UNFINISHED: SignedDuration = SignedDuration::from_mins(2);
/// How often the ends of chains are told.
const TELL_EVERY: Duration = Duration::from_secs(3_600);

/// Seals until stopped. Any replica does it; they take turns by the row of the chain's end.
pub async fn run(store: Arc<dyn Store>, clock: Arc<dyn Clock>, stop: CancellationToken) {
    let mut told_at: Option<Duration> = None;
    let mut told: BTreeMap<TenantId, Head> = BTreeMap::new();
    while !stop.is_cancelled() {
        let sealed = seal(store.as_ref(), clock.as_ref()).await;
        if told_at.is_none_or(|at| clock.monotonic().saturating_sub(at) >= TELL_EVERY) {
            told_at = Some(clock.monotonic());
            tell(store.as_ref(), &mut told).await;
        }
        if sealed.is_ok_and(|sealed| sealed > 0) {
            continue;
        }
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = clock.wait(LOOK_EVERY) => {}
        }
    }
    // What was done until now is sealed and told before the process is gone.
    let _ = seal(store.as_ref(), clock.as_ref()).await;
    tell(store.as_ref(), &mut told).await;
}

async fn seal(store: &dyn Store, clock: &dyn Clock) -> store::Result<u32> {
    let now = clock.now();
    let sealed = store.identity().seal_audit(now.checked_sub(UNFINISHED).unwrap_or(now)).await;
    match &sealed {
        Ok(sealed) => AUDIT_SEALED.add(u64::from(*sealed), []),
        Err(error) => tracing::warn!("the audit cannot be sealed now: {error}"),
    }
    sealed
}

async fn tell(store: &dyn Store, told: &mut BTreeMap<TenantId, Head>) {
    let Ok(heads) = store.identity().audit_heads().await else { return };
    for (tenant, head) in heads {
        if told.get(&tenant) != Some(&head) {
            let (number, hash) = (head.number, head.hash.clone());
            tracing::info!(tenant.id = tenant.0, audit.number = number, audit.hash = %hash, "the audit of tenant {} ends at {number}:{hash}", tenant.0);
            told.insert(tenant, head);
        }
    }
}
