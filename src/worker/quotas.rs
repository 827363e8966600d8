//! Counts what tenants have taken, where it is bounded.

use crate::app::quotas::Quotas;
use crate::runtime::{Clock, Readiness};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it is counted: a tenant takes at most what it begins meanwhile too much.
const COUNT_EVERY: Duration = Duration::from_secs(5);

/// Counts until stopped. A quota that is used up makes the process degraded, never unready: others go on.
pub async fn run(quotas: Quotas, readiness: Readiness, clock: Arc<dyn Clock>, stop: CancellationToken) {
    while quotas.any() && !stop.is_cancelled() {
        if let Err(error) = quotas.count().await {
            tracing::debug!("quotas cannot be counted now: {error}");
        }
        let troubles = quotas.troubles();
        readiness.degraded("quotas", (!troubles.is_empty()).then(|| troubles.join("; ")));
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = clock.wait(COUNT_EVERY) => {}
        }
    }
}
