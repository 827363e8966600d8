//! Many objects at once, window by window. A window that was cut short is read from its beginning again: what was compared
//! already is skipped.

use super::{Halted, Reconciler, Trouble, TroubleKind, Work, compare};
use crate::domain::connector::reconcile::{BulkRead, text};
use crate::domain::connector::{Class, Reconcile};
use crate::domain::reconcile::{Object, Phase, Progress};
use crate::domain::value::Value;
use crate::gateway::{BulkReading, Performed};
use crate::store::Wanted;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

/// Objects compared in one transaction.
const COMPARED_AT_ONCE: usize = 500;

impl Reconciler {
    /// Reads the lists of an entry; then it is the turn of what no list showed.
    pub(super) async fn list(&self, work: &mut Work, entry: &Reconcile, halt: &CancellationToken) -> Result<(), Halted> {
        let Some(list) = entry.list.as_ref().filter(|_| !work.run.open_only) else {
            work.progress.phase = Phase::Single;
            return Ok(());
        };
        let windows = list.windows(work.run.since, work.run.until);
        let Some(span) = windows.get(work.progress.window).copied() else {
            work.progress = Progress { phase: Phase::Single, window: 0, after: None, ..work.progress };
            return Ok(());
        };
        match self.window(work, entry, list, span, halt).await {
            // The list cannot be used: its objects are read one by one.
            Err(Halted::Trouble(trouble)) if trouble.kind == TroubleKind::Answer => {
                let told = work.definitions.catalog().loggable(&trouble.words, "the run's statement says why");
                tracing::warn!(connection.name = %work.run.connection, "a list of `{}` cannot be used: {told}", work.run.connection);
                work.statement.window(&entry.name, Some(span)).problem = Some(trouble.words);
                work.progress.phase = Phase::Single;
            }
            other => {
                other?;
                work.progress.window += 1;
            }
        }
        self.store_page(work, compare::Compared::default()).await
    }

    async fn window(
        &self,
        work: &mut Work,
        entry: &Reconcile,
        list: &BulkRead,
        span: (Timestamp, Timestamp),
        halt: &CancellationToken,
    ) -> Result<(), Halted> {
        let wrong = |words: String| Halted::Trouble(Trouble { kind: TroubleKind::Answer, words, retry_after: None, answered: true });
        let input = list.input(span.0, span.1).map_err(|error| wrong(error.to_string()))?;
        let Some((connection, connector)) = work.definitions.connection(&work.run.connection) else { return Err(Halted::Lost) };
        let mut reading = BulkReading::new(work.run.tenant, connection, connector, list.operation.clone(), input);
        // Nothing was read yet, and still the window stands in the statement.
        work.statement.window(&entry.name, Some(span));
        loop {
            if halt.is_cancelled() {
                return Err(Halted::Stopped);
            }
            work.pace.turn().await;
            let (began, asked_at) = (self.clock.monotonic(), self.clock.now());
            let page = self.gateway.next_of(&mut reading, self.clock.monotonic() + self.lease * 2 / 3).await;
            let millis = u64::try_from(self.clock.monotonic().saturating_sub(began).as_millis()).unwrap_or(u64::MAX);
            let Some(page) = page else { return Ok(()) };
            if page.class != Class::Ok {
                return Err(Halted::Trouble(Trouble::of(&list.operation, &page)));
            }
            self.take(work, entry, span, Shown { rows: rows(list, &page), calls: requests(&page), millis, asked_at }).await?;
        }
    }

    async fn take(&self, work: &mut Work, entry: &Reconcile, span: (Timestamp, Timestamp), shown: Shown) -> Result<(), Halted> {
        let mark = work.mark();
        work.count(&entry.name, Some(span), mark, shown.calls, shown.millis);
        let objects: Vec<(String, Object)> = shown.rows.iter().map(|row| named(entry, row)).collect();
        for chunk in objects.chunks(COMPARED_AT_ONCE) {
            let ids: Vec<String> = chunk.iter().map(|(id, _)| id.clone()).filter(|id| !id.is_empty()).collect();
            let loaded = self.store.reconcilable(work.run.tenant, &work.run.connection, &Wanted::Objects(ids)).await;
            let loaded = loaded.map_err(|error| {
                tracing::warn!("a page of reconciliation cannot be loaded now: {error}");
                Halted::Stopped
            })?;
            let mark = work.mark();
            let compared = self.compare(work, entry, &loaded, chunk, shown.asked_at);
            work.count(&entry.name, Some(span), mark, 0, 0);
            self.store_page(work, compared).await?;
        }
        Ok(())
    }
}

/// A page of a list.
struct Shown {
    rows: Vec<Value>,
    calls: u64,
    millis: u64,
    asked_at: Timestamp,
}

fn rows(list: &BulkRead, page: &Performed) -> Vec<Value> {
    match page.output.member(&list.each) {
        Value::List(rows) => rows.as_ref().clone(),
        _ => Vec::new(),
    }
}

/// A row with its id, also where the rest of it cannot be understood.
fn named(entry: &Reconcile, row: &Value) -> (String, Object) {
    let object = compare::object(entry, row);
    let id = match &object {
        Object::Seen(seen) => seen.external_id.clone(),
        Object::Missing | Object::Unreadable(_) => text(row.member("id")).unwrap_or_default(),
    };
    (id, object)
}

/// Requests that a read took, log-ins included.
pub(super) fn requests(performed: &Performed) -> u64 {
    u64::try_from(performed.attempts.len()).unwrap_or(u64::MAX)
}
