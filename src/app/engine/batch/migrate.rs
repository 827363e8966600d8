//! Moves one instance to another version of its flow, within a batch: planned again on what is locked, then moved whole.
//!
//! Effects that are under way keep the version they were planned with: a partner is spoken to as it was when the request was
//! made, and the answer comes to the new version.

use super::deciding::Deciding;
use crate::app::engine::input::{MigrateInput, Verdict};
use crate::domain::flow::decision::HistoryEntry;
use crate::domain::flow::{Instance, migrate};
use serde_json::json;

impl Deciding<'_> {
    pub(super) fn migrate(&mut self, input: &MigrateInput) -> Verdict {
        let Some(work) = self.set.instances.get(&input.instance).filter(|work| work.row.tenant == input.tenant) else {
            return Verdict::Refused("there is no such instance".to_owned());
        };
        if let Some(missing) = self.missing(&work.row) {
            return missing;
        }
        let row = &work.row;
        if row.version == input.to {
            return Verdict::Gone;
        }
        let versions = &self.circumstances.definitions;
        let (Some(from), Some(to)) = (versions.version(&row.version), versions.version(&input.to)) else {
            return Verdict::Version { tenant: row.tenant, flow: row.flow.clone(), hash: input.to.clone() };
        };
        if to.flow_id() != row.flow {
            return Verdict::Refused(format!("the version is one of the flow `{}`, not of `{}`", to.flow_id(), row.flow));
        }
        let instance: Instance = match serde_json::from_str(&row.state) {
            Ok(instance) => instance,
            Err(error) => return Verdict::Failed(format!("the stored state of the instance cannot be read: {error}")),
        };
        let under = instance.row.clone();
        let (from, into) = (from.flow_under(under.as_deref()), to.flow_under(under.as_deref()));
        let plan = migrate::plan(from, into, to.environment(), &instance);
        if let Some(first) = plan.obstacles.first() {
            let step = if first.step.is_empty() { String::new() } else { format!("`{}`: ", first.step) };
            return Verdict::Refused(format!("{step}{}", first.message));
        }
        let moved = migrate::moved(into, instance);
        let (entry, now) = (entry(&row.version, input, &plan), self.now());
        if let Some(work) = self.set.instances.get_mut(&input.instance) {
            work.row.state = serde_json::to_string(&moved).unwrap_or_default();
            work.row.at_step = moved.at_step();
            work.row.version.clone_from(&input.to);
            work.row.updated_at = now;
            work.changed = true;
            work.history.push(entry);
        }
        self.set.writes.instance_versions.push((input.instance, input.to.clone()));
        Verdict::Done
    }
}

fn entry(from: &str, input: &MigrateInput, plan: &migrate::Plan) -> HistoryEntry {
    HistoryEntry {
        kind: "migrated".to_owned(),
        step: None,
        visit: None,
        detail: json!({
            "from": from, "to": input.to, "actor": input.actor, "reason": input.reason, "lost": plan.lost, "not_run": plan.not_run,
            "notes": plan.notes,
        }),
    }
}
