//! What a batch writes beside its effects. New rows that exist are left alone, so that a repeated batch changes nothing.

use super::state::{LinkKey, State};
use waybill::store::*;

impl State {
    pub fn write_ledger(&mut self, writes: &Writes) -> u32 {
        let mut rows = 0;
        for row in &writes.documents_new {
            let kept = self.documents.entry(row.id).or_insert_with(|| row.clone());
            self.documents_by_age.insert((kept.created_at, kept.id));
            rows += 1;
        }
        for row in &writes.documents_changed {
            if let Some(known) = self.documents.get_mut(&row.id) {
                *known = DocumentRow {
                    kind: known.kind.clone(),
                    source: known.source.clone(),
                    key: known.key.clone(),
                    created_at: known.created_at,
                    ..row.clone()
                };
            }
            rows += 1;
        }
        for (tenant, id, status, at) in &writes.statuses {
            if let Some(known) = self.documents.get_mut(id).filter(|known| known.tenant == *tenant) {
                known.status.clone_from(status);
                known.updated_at = known.updated_at.max(*at);
            }
        }
        for row in &writes.revisions {
            self.revisions.entry((row.document, row.number)).or_insert_with(|| row.clone());
            rows += 1;
        }
        for row in &writes.relations {
            self.relations.entry((row.document, row.made_for, row.relation.clone())).or_insert_with(|| row.clone());
        }
        self.write_drifts(&writes.drifts);
        rows + self.write_instances(writes) + self.write_links(&writes.links) + self.write_exceptions(writes)
    }

    fn write_instances(&mut self, writes: &Writes) -> u32 {
        for row in &writes.instances_new {
            self.instances.entry(row.id).or_insert_with(|| row.clone());
            self.instances_of.entry(row.document).or_default().insert(row.id);
        }
        for row in &writes.instances_changed {
            let Some(known) = self.instances.get(&row.id) else { continue };
            let (started_at, version) = (known.started_at, known.version.clone());
            self.instances.insert(row.id, InstanceRow { lock: row.lock + 1, started_at, version, ..row.clone() });
        }
        for (id, version) in &writes.instance_versions {
            if let Some(known) = self.instances.get_mut(id) {
                known.version.clone_from(version);
            }
        }
        for row in &writes.history {
            self.history.entry(row.instance).or_default().push(row.clone());
        }
        u32::try_from(writes.instances_new.len() + writes.instances_changed.len() + writes.history.len()).unwrap_or(u32::MAX)
    }

    fn write_links(&mut self, rows: &[LinkRow]) -> u32 {
        for row in rows {
            let key: LinkKey = (row.tenant, row.connection.clone(), row.external_id.clone(), row.document);
            let merged = match self.links.remove(&key) {
                None => row.clone(),
                Some(known) => {
                    if let Some(at) = known.reread_at {
                        self.rereads.remove(&(at, key.clone()));
                    }
                    LinkRow {
                        instance: row.instance.or(known.instance),
                        step: row.step.clone().or(known.step),
                        written: row.written.clone().or(known.written),
                        written_at: row.written_at.or(known.written_at),
                        seen: row.seen.clone().or(known.seen),
                        seen_at: row.seen_at.or(known.seen_at),
                        ..row.clone()
                    }
                }
            };
            if let (Some(at), false) = (merged.reread_at, merged.closed) {
                self.rereads.insert((at, key.clone()));
            }
            self.links_of.entry(row.document).or_default().insert(key.clone());
            self.links.insert(key, merged);
        }
        u32::try_from(rows.len()).unwrap_or(u32::MAX)
    }

    fn write_exceptions(&mut self, writes: &Writes) -> u32 {
        for row in &writes.exceptions {
            self.exceptions.entry(row.id).or_insert_with(|| row.clone());
            if let Some(instance) = row.instance {
                self.exceptions_of.entry(instance).or_default().insert(row.id);
            }
        }
        for ClosedException { id, resolution, at, by, .. } in &writes.exceptions_closed {
            if let Some(row) = self.exceptions.get_mut(id).filter(|row| row.state == "open") {
                row.state = "closed".to_owned();
                row.resolution = Some(resolution.clone());
                row.closed_at = Some(*at);
                row.resolved_by = Some(by.clone());
            }
        }
        u32::try_from(writes.exceptions.len()).unwrap_or(u32::MAX)
    }
}
