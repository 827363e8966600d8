//! What steps hide from those whom they ask. The task list and a task with all about it are told without it, so that a field
//! cannot be read beside the document that leaves it out.

use super::detail::Around;
use super::{People, Result};
use crate::app::engine::definitions::FlowVersion;
use crate::domain::approval::TaskKind;
use crate::domain::document::Hidden;
use crate::domain::flow::Flow;
use crate::domain::flow::people::{Asks, asks_of};
use crate::domain::ids::{InstanceId, TenantId};
use crate::store::TaskRow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

impl People {
    /// What the steps of tasks hide, in their order, each by the version its instance runs under.
    pub(super) async fn hidden_of(&self, tenant: TenantId, rows: &[TaskRow]) -> Result<Vec<Hidden>> {
        let asked: Vec<&TaskRow> = rows.iter().filter(|row| is_asked(row)).collect();
        let mut instances: Vec<uuid::Uuid> = asked.iter().map(|row| row.instance.0).collect();
        instances.sort_unstable();
        instances.dedup();
        let hashes: HashMap<InstanceId, String> = self.store.desk().versions(tenant, &instances).await?.into_iter().collect();
        let mut versions: HashMap<&str, Arc<FlowVersion>> = HashMap::new();
        for hash in hashes.values().map(String::as_str).collect::<BTreeSet<&str>>() {
            if let Ok(version) = self.live.version_or_load(self.store.as_ref(), tenant, hash).await {
                versions.insert(hash, version);
            }
        }
        let definitions = self.live.now();
        let of = |row: &TaskRow| {
            let version = hashes.get(&row.instance).and_then(|hash| versions.get(hash.as_str()).cloned());
            // Of a version that is not there any more the one in force says what may be meant.
            let version = version.or_else(|| definitions.live(&row.flow));
            version.map(|version| version.flows().map(|flow| at_step(flow, &row.step)).fold(Hidden::default(), |all, some| all.and(&some)))
        };
        Ok(rows.iter().map(|row| if is_asked(row) { of(row).unwrap_or_default() } else { Hidden::default() }).collect())
    }

    /// What one task is shown without: what its step hides, and what every step hides at which the person is asked. `unbound`
    /// is whoever sees all of an instance: who runs it, began it, or keeps it moving.
    pub(super) fn hidden_from(&self, around: &Around, row: &TaskRow, own: &[&TaskRow], unbound: bool) -> Hidden {
        let definitions = self.live.now();
        let live = definitions.live(&row.flow);
        let flow = around.flow().or_else(|| live.as_ref().map(|version| version.flow()));
        let at = |row: &TaskRow| flow.filter(|_| is_asked(row)).map(|flow| at_step(flow, &row.step)).unwrap_or_default();
        let everywhere = own.iter().filter(|_| !unbound).copied().map(&at).reduce(|all, next| all.common(&next));
        at(row).and(&everywhere.unwrap_or_default())
    }
}

/// Whether a step's rights are those of whoever has the task: not of the initiator who mends what was returned.
fn is_asked(row: &TaskRow) -> bool {
    row.kind != TaskKind::Resubmit.word()
}

fn at_step(flow: &Flow, step: &str) -> Hidden {
    flow.step(step).and_then(asks_of).map(Asks::hidden).unwrap_or_default()
}
