//! Reconciliation through the sealed store. A page of it knows differences by their object alone, so they are sealed as soon
//! as their tenant has a type that is.

use super::{Sealed, marks};
use crate::domain::ids::{DocumentId, ReconciliationId, TenantId};
use crate::store::*;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;

impl Reconciliations for Sealed {
    fn plan_reconciliations<'a>(&'a self, rows: &'a [ReconciliationRow]) -> BoxFuture<'a, Result<Vec<bool>>> {
        self.inner.plan_reconciliations(rows)
    }

    fn last_fires<'a>(&'a self, schedules: &'a [ScheduleKey]) -> BoxFuture<'a, Result<Vec<(ScheduleKey, Timestamp)>>> {
        self.inner.last_fires(schedules)
    }

    fn note_fires<'a>(&'a self, fires: &'a [(ScheduleKey, Timestamp)], now: Timestamp) -> BoxFuture<'a, Result<()>> {
        self.inner.note_fires(fires, now)
    }

    fn claim_reconciliations<'a>(&'a self, lease: &'a Lease, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<ReconciliationRow>>> {
        self.inner.claim_reconciliations(lease, now, limit)
    }

    fn reconcilable<'a>(&'a self, tenant: TenantId, connection: &'a str, wanted: &'a Wanted) -> BoxFuture<'a, Result<Reconcilable>> {
        async move { self.opened(self.inner.reconcilable(tenant, connection, wanted).await?).await }.boxed()
    }

    fn record_reconciliation<'a>(&'a self, step: &'a ReconciliationStep) -> BoxFuture<'a, Result<Fenced>> {
        async move {
            let marks = self.marks().await?;
            if !marks::any(&marks, step.run.tenant) || step.drifts.is_empty() {
                return self.inner.record_reconciliation(step).await;
            }
            let mut kept = step.clone();
            self.cabinet.put(&mut kept.drifts, true)?;
            self.inner.record_reconciliation(&kept).await
        }
        .boxed()
    }

    fn cancel_reconciliation<'a>(
        &'a self,
        tenant: TenantId,
        id: ReconciliationId,
        words: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<bool>> {
        self.inner.cancel_reconciliation(tenant, id, words, now)
    }

    fn say_of_drifts<'a>(&'a self, words: &'a [DriftWord]) -> BoxFuture<'a, Result<Vec<bool>>> {
        self.inner.say_of_drifts(words)
    }

    fn reconciliations<'a>(&'a self, filter: &'a ReconciliationFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<ReconciliationRow>>> {
        self.inner.reconciliations(filter, page)
    }

    fn drifts<'a>(&'a self, filter: &'a DriftFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<DriftRow>>> {
        async move { self.opened(self.inner.drifts(filter, page).await?).await }.boxed()
    }

    fn drift_groups<'a>(&'a self, filter: &'a DriftFilter) -> BoxFuture<'a, Result<Vec<DriftGroup>>> {
        self.inner.drift_groups(filter)
    }

    fn link_standings<'a>(&'a self, tenant: TenantId, document: DocumentId) -> BoxFuture<'a, Result<Vec<LinkStanding>>> {
        self.inner.link_standings(tenant, document)
    }
}
