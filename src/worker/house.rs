//! Keeping house: drops what is past retention, watches the store, keeps gauges.

use crate::runtime::metrics::list::{
    DOCUMENTS, DRIFT_OPEN, EFFECTS_UNFINISHED, EXCEPTIONS_OPEN, INSTANCES, MESSAGES_WAITING, OLDEST_READY, OLDEST_TIMER, STORE_CONNECTIONS,
    STORE_CONNECTIONS_MAX, STORE_PING_SECONDS, STORE_UP,
};
use crate::runtime::metrics::{Metrics, process};
use crate::runtime::{Clock, Readiness};
use crate::store::{Counts, Store};
use jiff::SignedDuration;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the store is asked and the gauges are set.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Answers under callers' keys are kept this long: whoever repeats a request later has forgotten it too.
const ANSWERS_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Sessions that nobody used for this long are over by any limit.
const SESSIONS_UNUSED: SignedDuration = SignedDuration::from_hours(24);
/// How long things are kept, and how often the rest is dropped.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// Attempts are kept this long.
    pub attempts_kept: Duration,
    /// Pause between two cleanings.
    pub clean_every: Duration,
}

/// Keeps house until stopped.
pub async fn run(
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    retention: Retention,
    metrics: Metrics,
    readiness: Readiness,
    stop: CancellationToken,
) {
    let mut gauges = Gauges::default();
    let mut cleaned_at: Option<Duration> = None;
    while !stop.is_cancelled() {
        let asked = clock.monotonic();
        let answer = store.ping().await;
        STORE_PING_SECONDS.took(clock.monotonic().saturating_sub(asked), []);
        STORE_UP.set(if answer.is_ok() { 1.0 } else { 0.0 }, []);
        match answer {
            Ok(()) => readiness.ready("store"),
            Err(error) => readiness.waits("store", error.to_string()),
        }
        pool(store.as_ref());
        process::observe();
        let now = clock.now();
        if let Ok(counts) = store.counts(now).await {
            gauges.set(&counts);
        }
        if cleaned_at.is_none_or(|at| clock.monotonic().saturating_sub(at) >= retention.clean_every) {
            cleaned_at = Some(clock.monotonic());
            let before = SignedDuration::try_from(retention.attempts_kept).ok().and_then(|kept| now.checked_sub(kept).ok());
            if let Some(before) = before
                && let Err(error) = store.clean(before).await
            {
                tracing::warn!("what is past retention cannot be dropped now: {error}");
            }
            if let Ok(before) = now.checked_sub(ANSWERS_KEPT)
                && let Err(error) = store.forget_answers(before).await
            {
                tracing::warn!("old answers cannot be dropped now: {error}");
            }
            if let Ok(before) = now.checked_sub(SESSIONS_UNUSED)
                && let Err(error) = store.identity().sweep_identity(now, before).await
            {
                tracing::warn!("sessions that are over cannot be dropped now: {error}");
            }
        }
        metrics.upkeep();
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = clock.wait(LOOK_EVERY) => {}
        }
    }
}

/// Gauges by word. A word that is gone from the store must fall to nothing, not stay at its last value.
#[derive(Default)]
struct Gauges {
    known: BTreeSet<(&'static str, String)>,
}

impl Gauges {
    #[expect(clippy::cast_precision_loss, reason = "gauges are floating point; counts stay far below 2^53")]
    fn set(&mut self, counts: &Counts) {
        DOCUMENTS.set(counts.documents as f64, []);
        OLDEST_READY.set(counts.oldest_ready_millis.unwrap_or(0) as f64 / 1_000.0, []);
        OLDEST_TIMER.set(counts.oldest_timer_millis.unwrap_or(0) as f64 / 1_000.0, []);
        for (metric, list) in [
            (&INSTANCES, &counts.instances),
            (&EXCEPTIONS_OPEN, &counts.exceptions),
            (&DRIFT_OPEN, &counts.drifts),
            (&EFFECTS_UNFINISHED, &counts.effects),
            (&MESSAGES_WAITING, &counts.messages),
        ] {
            self.known.extend(list.iter().map(|(word, _)| (metric.name, word.clone())));
            for (_, word) in self.known.iter().filter(|(name, _)| *name == metric.name) {
                let count = list.iter().find(|(known, _)| known == word).map_or(0, |(_, count)| *count);
                metric.set(count as f64, [word]);
            }
        }
    }
}

fn pool(store: &dyn Store) {
    let Some(pool) = store.pool() else { return };
    STORE_CONNECTIONS.set(pool.busy.into(), ["busy"]);
    STORE_CONNECTIONS.set(pool.idle.into(), ["idle"]);
    STORE_CONNECTIONS_MAX.set(pool.max.into(), []);
}
