//! Follows the live release: whoever published it, wherever, it is in force here within one poll.

use crate::app::publishing::{Error, Publishing};
use crate::runtime::{Clock, Readiness};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The part of readiness that says whether this process has the live definitions.
const PART: &str = "definitions";

/// Looks for a newer release until stopped. What cannot be taken over is said once, and this process is then not ready: the
/// other replicas have it in force.
pub async fn run(publishing: Publishing, clock: Arc<dyn Clock>, poll: Duration, readiness: Readiness, stop: CancellationToken) {
    let mut said = false;
    while !stop.is_cancelled() {
        match publishing.follow().await {
            Ok(followed) => {
                said = false;
                readiness.ready(PART);
                if let Some(number) = followed {
                    tracing::info!(release.number = number, "release {number} is in force");
                }
            }
            Err(Error::Unsound(findings)) => {
                let first = findings.first().map(|found| format!("{}: {}", found.file, found.message)).unwrap_or_default();
                readiness.waits(PART, "the live release has errors under this version of the hub");
                if !said {
                    tracing::error!("the live release cannot be taken over by this version of the hub: {first}");
                }
                said = true;
            }
            Err(error) => {
                if !said {
                    tracing::warn!("the live release cannot be looked for now: {error}");
                }
                said = true;
            }
        }
        tokio::select! {
            () = clock.wait(poll) => {}
            () = stop.cancelled() => {}
        }
    }
}
