//! Says what this process is and sees, every few seconds: its lines to partners, counts for charts, receipts of webhooks,
//! breakers that opened and closed; follows the breakers people hold; and drops what is over.

use crate::app::health::{LineOf, Report};
use crate::app::receipts::{KEPT, Receipts};
use crate::domain::ids::TenantId;
use crate::gateway::{ByHand, Gateway, LineState};
use crate::runtime::tally::Tally;
use crate::runtime::{Clock, IdMaker, Readiness};
use crate::store::Store;
use crate::store::desk::{BreakerChange, MinuteCount, ProcessReport};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What reporting needs.
pub struct Reporting {
    /// The durable side.
    pub store: Arc<dyn Store>,
    /// Lines to partners.
    pub gateway: Arc<Gateway>,
    /// Counts for charts.
    pub tally: Tally,
    /// Receipts of webhooks.
    pub receipts: Receipts,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub ids: IdMaker,
    /// What is ready.
    pub readiness: Readiness,
    /// This process, unique per start.
    pub owner: String,
}

/// Pause between two reports.
const EVERY: Duration = Duration::from_secs(5);
/// Pause between two sweeps.
const SWEEP_EVERY: Duration = Duration::from_secs(600);
/// Counts of minutes are kept this long.
const COUNTS_KEPT: SignedDuration = SignedDuration::from_hours(14 * 24);
/// The feed of changes is kept this long.
const FEED_KEPT: SignedDuration = SignedDuration::from_hours(1);

impl Reporting {
    /// Reports until told to stop, and once more then.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let started_at = self.clock.now();
        let mut breakers: HashMap<(TenantId, String), &'static str> = HashMap::new();
        let mut swept_at: Option<Duration> = None;
        loop {
            let now = self.clock.now();
            self.follow().await;
            // After people's holds are followed: what is told of a line is what it does from here on.
            let lines = self.gateway.lines();
            self.tell(started_at, now, &lines).await;
            self.changed(now, &lines, &mut breakers).await;
            self.write_counts().await;
            if swept_at.is_none_or(|at| self.clock.monotonic().saturating_sub(at) >= SWEEP_EVERY) {
                swept_at = Some(self.clock.monotonic());
                self.sweep(now).await;
            }
            if stop.is_cancelled() {
                return;
            }
            tokio::select! {
                () = self.clock.wait(EVERY) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Breakers are held as people want them, whichever replica they told.
    async fn follow(&self) {
        let held = match self.store.desk().held_breakers().await {
            Ok(held) => held,
            Err(error) => return tracing::debug!("breakers that people hold cannot be read now: {error}"),
        };
        let by_hand = |word: &str| if word == "open" { ByHand::Open } else { ByHand::Closed };
        let holds: Vec<_> = held.into_iter().filter_map(|hold| Some((hold.tenant, hold.connection, by_hand(&hold.state?)))).collect();
        self.gateway.hold_breakers(&holds);
    }

    async fn tell(&self, started_at: Timestamp, now: Timestamp, lines: &[LineState]) {
        let tenant = TenantId::DEFAULT;
        let mine = lines.iter().filter(|line| line.tenant == tenant);
        let report = Report {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            lines: mine.map(|line| (line.connection.clone(), line_of(line))).collect(),
            lapses: self.gateway.credentials_lapse(tenant).into_iter().collect(),
            waits: self.waits(),
            successes: self.tally.successes(tenant.0),
        };
        let body = serde_json::to_string(&report).unwrap_or_default();
        let report = ProcessReport { process: self.owner.clone(), tenant, started_at, at: now, body };
        if let Err(error) = self.store.desk().report(&report).await {
            tracing::debug!("this process cannot report now: {error}");
        }
    }

    fn waits(&self) -> BTreeMap<String, String> {
        self.readiness.parts().into_iter().filter_map(|(part, why)| Some((part.to_owned(), why?))).collect()
    }

    async fn changed(&self, now: Timestamp, lines: &[LineState], known: &mut HashMap<(TenantId, String), &'static str>) {
        let mut changes = Vec::new();
        for line in lines {
            let key = (line.tenant, line.connection.clone());
            let before = known.insert(key, line.breaker).unwrap_or("closed");
            if before != line.breaker {
                changes.push(BreakerChange {
                    id: self.ids.next(),
                    tenant: line.tenant,
                    at: now,
                    connection: line.connection.clone(),
                    state: line.breaker.to_owned(),
                    actor: None,
                    reason: None,
                    process: Some(self.owner.clone()),
                });
            }
        }
        if let Err(error) = self.store.desk().add_breaker_changes(&changes).await {
            tracing::debug!("the history of breakers cannot be written now: {error}");
        }
    }

    async fn write_counts(&self) {
        let counts = self.tally.take();
        let rows: Vec<MinuteCount> = counts.iter().map(|(key, value)| row(key, *value)).collect();
        if let Err(error) = self.store.desk().add_counts(&rows).await {
            tracing::debug!("counts of minutes cannot be written now: {error}");
            // A commit whose outcome is unknown may count twice; these are charts.
            self.tally.give_back(counts);
        }
        if let Err(error) = self.store.desk().add_receipts(&self.receipts.take(), KEPT).await {
            tracing::debug!("receipts of webhooks cannot be written now: {error}");
        }
    }

    async fn sweep(&self, now: Timestamp) {
        let before = |kept| now.checked_sub(kept).unwrap_or(now);
        if let Err(error) = self.store.desk().sweep(now, before(COUNTS_KEPT), before(FEED_KEPT)).await {
            tracing::warn!("what is over cannot be dropped now: {error}");
        }
    }
}

fn row(key: &crate::runtime::tally::Counted, value: i64) -> MinuteCount {
    MinuteCount {
        tenant: TenantId(key.tenant),
        minute: key.minute,
        series: key.series.to_owned(),
        connection: key.connection.clone(),
        operation: key.operation.clone(),
        label: key.label.clone(),
        value,
    }
}

fn line_of(line: &LineState) -> LineOf {
    LineOf {
        process: String::new(),
        breaker: match line.by_hand {
            Some("open") => "held_open".to_owned(),
            Some(_) => "held_closed".to_owned(),
            None => line.breaker.to_owned(),
        },
        held_millis: line.held_millis,
        places: line.places,
        in_use: line.in_use,
        waiting: line.waiting,
        rates: line.rates.clone(),
        paused_millis: line.paused_millis,
    }
}
