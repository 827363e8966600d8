//! Looks for secrets that other replicas set, and says which end soon.

use crate::app::secrets::Secrets;
use crate::runtime::{Clock, Readiness};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the store is asked: what was set elsewhere is used here no later than that.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How often the same trouble is said again in the log.
const REMIND_EVERY: Duration = Duration::from_secs(24 * 3_600);

/// Looks until stopped. What ends soon makes the process degraded, never unready: everything still works.
pub async fn run(secrets: Secrets, readiness: Readiness, clock: Arc<dyn Clock>, stop: CancellationToken) {
    let (mut told, mut told_at) = (BTreeSet::new(), clock.monotonic());
    while !stop.is_cancelled() {
        if let Err(error) = secrets.refresh().await {
            tracing::debug!("the secrets that the hub keeps cannot be read anew now: {error}");
        }
        let troubles = secrets.troubles();
        if clock.monotonic().saturating_sub(told_at) >= REMIND_EVERY {
            told = BTreeSet::new();
            told_at = clock.monotonic();
        }
        for trouble in &troubles {
            if told.insert(trouble.clone()) {
                tracing::warn!("a secret wants a person: {trouble}");
            }
        }
        readiness.degraded("secrets", (!troubles.is_empty()).then(|| troubles.join("; ")));
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = clock.wait(LOOK_EVERY) => {}
        }
    }
}
