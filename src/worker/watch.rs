//! Watches the transport: what is wrong with it makes the process degraded, never unready, because polling does the work.

use crate::runtime::{Clock, Readiness};
use crate::transport::Transport;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Which connections work by polling although the others do not, and why.
fn apart(apart: &BTreeMap<String, String>) -> Option<String> {
    let each: Vec<String> = apart.iter().map(|(connection, why)| format!("`{connection}`: {why}")).collect();
    (!each.is_empty()).then(|| format!("these connections work by polling, because their queue is not ours to use: {}", each.join("; ")))
}

/// Watches until stopped.
pub async fn run(transport: Arc<dyn Transport>, readiness: Readiness, clock: Arc<dyn Clock>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let health = transport.health();
        readiness.degraded("broker", health.trouble().map(|trouble| format!("work goes on by polling: {trouble}")));
        readiness.degraded("broker_queues", apart(&health.apart));
        let dead = health.dead_letters.filter(|count| *count > 0);
        let words = |count| format!("{count} messages could not be handled and stand in the dead-letter queue");
        readiness.degraded("dead_letters", dead.map(words));
        tokio::select! {
            () = clock.wait(LOOK_EVERY) => {}
            () = stop.cancelled() => {}
        }
    }
}
