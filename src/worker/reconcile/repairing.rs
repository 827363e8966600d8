//! The last phase of a run: drift that flows repair by themselves. Each is begun once; what differs still at the next run
//! waits for a person.

use super::{Halted, Reconciler, Work};
use crate::app::reconcile::repair::{By, NoRemedy};
use crate::domain::reconcile::Statement;
use crate::store::{DriftFilter, DriftRow, DriftSay, DriftWord, Page};

/// Repairs begun by one run.
const REPAIRS_MAX: u64 = 50;
/// With this many differences, and more than one in `SUSPICIOUS` of all, the reading itself is suspected.
const DIFFER_MIN: u64 = 20;
/// One in this many.
const SUSPICIOUS: u64 = 5;
/// Differences looked at in one query.
const PAGE: u32 = 200;

impl Reconciler {
    pub(super) async fn repair(&self, work: &mut Work) -> Result<(), Halted> {
        if let Some(why) = held(&work.statement) {
            work.statement.repairs_held = Some(why);
            return self.finish(work, "done", None).await;
        }
        let filter = DriftFilter {
            run: Some(work.run.id),
            state: Some("open".to_owned()),
            connection: Some(work.run.connection.clone()),
            ..DriftFilter::of(work.run.tenant)
        };
        let mut after = None;
        loop {
            let page = Page { limit: PAGE, after };
            let rows = self.store.drifts(&filter, &page).await.map_err(|_| Halted::Stopped)?;
            for drift in rows.iter().filter(|drift| drift.repair.is_none()) {
                if work.statement.repairs >= REPAIRS_MAX {
                    work.statement.repairs_held = Some(format!("one run begins at most {REPAIRS_MAX} repairs; the next goes on"));
                    return self.finish(work, "done", None).await;
                }
                if self.mend(drift).await? {
                    work.statement.repairs += 1;
                }
            }
            match rows.last() {
                Some(last) if rows.len() >= PAGE as usize => after = Some((last.first_seen_at, last.id.0)),
                _ => return self.finish(work, "done", None).await,
            }
        }
    }

    /// Sets the flow's reaction off, when there is one that waits for nobody.
    async fn mend(&self, drift: &DriftRow) -> Result<bool, Halted> {
        let remedy = match self.repairs.remedy(drift, false).await {
            Ok(remedy) => remedy,
            Err(NoRemedy::None(_)) => return Ok(false),
            Err(NoRemedy::Store(_)) => return Err(Halted::Stopped),
        };
        let by = By { actor: "reconciliation", reason: None, asked: false, key: "run" };
        if let Err(why) = self.repairs.begin(drift, &remedy, by).await {
            tracing::warn!(drift.id = %drift.id, "the repair of drift {} cannot begin: {why}", drift.id);
            return Ok(false);
        }
        // After the engine's commit: a crash in between begins the same repair again, which the flow then knows.
        let word = DriftWord {
            tenant: drift.tenant,
            id: drift.id,
            say: DriftSay::Repair(format!("flow `{}`", remedy.flow)),
            actor: "reconciliation".to_owned(),
            reason: None,
            at: self.clock.now(),
        };
        self.store.say_of_drifts(&[word]).await.map_err(|_| Halted::Stopped)?;
        Ok(true)
    }
}

/// Why nothing is repaired: when very much differs at once, a partner that answers nonsense is likelier than that.
fn held(statement: &Statement) -> Option<String> {
    let suspicious = statement.differ >= DIFFER_MIN && statement.differ * SUSPICIOUS > statement.compared;
    suspicious.then(|| format!("{} of {} differ, which is too many to repair without a person", statement.differ, statement.compared))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mass_drift_is_left_to_a_person() {
        let of = |differ, compared| held(&Statement { differ, compared, ..Statement::default() }).is_some();
        assert!(!of(9, 10) && !of(20, 412) && of(100, 412) && of(20, 99));
    }
}
