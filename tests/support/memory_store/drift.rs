//! Differences between systems and the ledger.

use super::state::State;
use std::collections::{BTreeMap, BTreeSet};
use waybill::domain::ids::TenantId;
use waybill::store::*;

impl State {
    /// What a difference is about never changes; a person's word is not overwritten by a run that read the row before it.
    pub fn write_drifts(&mut self, rows: &[DriftRow]) {
        for (place, row) in rows.iter().enumerate() {
            if rows[place + 1..].iter().any(|later| later.id == row.id) {
                continue;
            }
            let Some(known) = self.drifts.get_mut(&row.id) else {
                self.drifts.insert(row.id, row.clone());
                continue;
            };
            if known.state != "resolved" {
                bring_up_to_date(known, row);
            }
        }
    }

    pub(super) fn say_of_drift(&mut self, word: &DriftWord) -> bool {
        let open = self.drifts.get_mut(&word.id).filter(|row| row.tenant == word.tenant && row.state == "open");
        let Some(row) = open else { return false };
        let (state, resolution) = match &word.say {
            DriftSay::Repair(what) => {
                row.repair = Some((what.clone(), word.at));
                return true;
            }
            DriftSay::Accept => ("accepted", "accepted"),
            DriftSay::Gone => ("resolved", "gone"),
        };
        row.state = state.to_owned();
        row.resolution = Some(resolution.to_owned());
        row.reason.clone_from(&word.reason);
        row.resolved_by = Some(word.actor.clone());
        row.resolved_at = Some(word.at);
        true
    }

    /// Those of objects that are not resolved.
    pub(super) fn drifts_of_objects(&self, tenant: TenantId, connection: &str, ids: &BTreeSet<&String>) -> Vec<DriftRow> {
        let is_theirs = |row: &&DriftRow| {
            row.state != "resolved"
                && row.tenant == tenant
                && row.connection == connection
                && row.external_id.as_ref().is_some_and(|id| ids.contains(id))
        };
        let mut rows: Vec<DriftRow> = self.drifts.values().filter(is_theirs).cloned().collect();
        rows.sort_by_key(|row| (row.first_seen_at, row.id));
        rows
    }

    pub(super) fn filtered_drifts(&self, filter: &DriftFilter) -> Vec<DriftRow> {
        let is = |wanted: &Option<String>, found: &String| wanted.as_ref().is_none_or(|wanted| wanted == found);
        let fits = |row: &&DriftRow| {
            row.tenant == filter.tenant
                && is(&filter.state, &row.state)
                && is(&filter.kind, &row.kind)
                && is(&filter.connection, &row.connection)
                && filter.document.is_none_or(|id| row.document == Some(id))
                && filter.run.is_none_or(|id| row.run == Some(id))
                && filter.id.is_none_or(|id| row.id == id)
        };
        self.drifts.values().filter(fits).cloned().collect()
    }

    pub(super) fn drift_groups(&self, filter: &DriftFilter) -> Vec<DriftGroup> {
        let mut groups: BTreeMap<(String, String, String), DriftGroup> = BTreeMap::new();
        for row in self.filtered_drifts(filter) {
            let group = groups.entry((row.kind.clone(), row.connection.clone(), row.state.clone())).or_insert_with(|| DriftGroup {
                kind: row.kind,
                connection: row.connection,
                state: row.state,
                count: 0,
                oldest: row.first_seen_at,
            });
            group.count += 1;
            group.oldest = group.oldest.min(row.first_seen_at);
        }
        let mut groups: Vec<DriftGroup> = groups.into_values().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.count));
        groups
    }
}

fn bring_up_to_date(known: &mut DriftRow, row: &DriftRow) {
    let same = known.ours == row.ours && known.theirs == row.theirs;
    let accepted = known.state == "accepted" && row.state == "open";
    known.run = row.run.or(known.run);
    known.last_seen_at = row.last_seen_at;
    if !(accepted && same) {
        known.state.clone_from(&row.state);
    }
    known.resolution = if accepted && !same { None } else { row.resolution.clone().or(known.resolution.take()) };
    known.ours.clone_from(&row.ours);
    known.theirs.clone_from(&row.theirs);
    known.repair = row.repair.clone().or(known.repair.take());
    known.reason = row.reason.clone().or(known.reason.take());
    known.resolved_by = row.resolved_by.clone().or(known.resolved_by.take());
    known.resolved_at = row.resolved_at.or(known.resolved_at);
}
