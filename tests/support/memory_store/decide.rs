//! One engine batch: load what the keys name or reach, decide, check, write.

use super::state::State;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use waybill::domain::ids::{DocumentId, EffectId, ExceptionId, InstanceId};
use waybill::store::*;

impl State {
    pub fn decide(&mut self, keys: &Keys, decide: Decide) -> Result<Committed> {
        let (documents, instances) = self.resolve(keys);
        let absent: BTreeSet<DocumentId> = keys.documents.iter().copied().filter(|id| !self.documents.contains_key(id)).collect();
        let held = self.held(&keys.effects);
        let mut loaded = Loaded {
            documents: documents.iter().filter_map(|id| self.documents.get(id).cloned()).collect(),
            instances: instances.iter().filter_map(|id| self.instances.get(id).cloned()).collect(),
            timers: self.timers_there(&keys.timers),
            messages: keys
                .messages
                .iter()
                .copied()
                .collect::<BTreeSet<_>>()
                .into_iter()
                .filter(|id| self.messages.contains_key(id))
                .collect(),
            held: held.iter().map(|(effect, _)| *effect).collect(),
            ..Loaded::default()
        };
        self.surroundings(&mut loaded);
        let named: BTreeSet<ExceptionId> = keys.exceptions.iter().copied().collect();
        loaded.exceptions.extend(named.iter().filter_map(|id| self.exceptions.get(id).cloned()));
        loaded.drifts = self.drifts_of(&keys.documents);
        let (timers, messages) = (loaded.timers.clone(), loaded.messages.clone());
        let writes = decide(loaded)?;
        let known: Vec<DocumentId> = writes.documents_made.iter().filter(|id| self.documents.contains_key(id)).copied().collect();
        if !known.is_empty() {
            return Err(Error::Known(known));
        }
        self.check(&absent, &writes)?;
        for timer in timers {
            self.drop_timer(timer);
        }
        let kept: Vec<&Deferral> = writes.messages_kept.iter().filter(|deferral| messages.contains(&deferral.id)).collect();
        for id in messages.iter().filter(|id| !kept.iter().any(|deferral| deferral.id == **id)) {
            self.drop_message(*id);
        }
        kept.into_iter().for_each(|deferral| self.defer(deferral));
        Ok(self.write(&held, writes))
    }

    fn write(&mut self, held: &BTreeSet<(EffectId, i64)>, writes: Writes) -> Committed {
        let rows = self.write_ledger(&writes);
        self.write_people(&writes);
        self.tell(&writes.messages_new);
        for timer in &writes.timers_removed {
            self.drop_timer(*timer);
        }
        for (timer, due) in &writes.timers {
            self.set_timer(*timer, *due);
        }
        let ready = self.progress(held, &writes.progress);
        let taken = self.take_back(&writes.effects_withdrawn, &writes.effects_requeued);
        let mut committed = self.queue(writes.effects);
        committed.ready.extend(ready.into_iter().chain(taken));
        committed.statements = 1;
        committed.rows += rows + u32::try_from(writes.timers.len()).unwrap_or(u32::MAX);
        committed
    }

    fn resolve(&self, keys: &Keys) -> (BTreeSet<DocumentId>, BTreeSet<InstanceId>) {
        let mut whole: BTreeSet<DocumentId> = keys.documents.iter().copied().collect();
        let mut instances: BTreeSet<InstanceId> = keys.instances.iter().copied().collect();
        for (tenant, connection, external_id) in &keys.objects {
            let from = (*tenant, connection.clone(), external_id.clone(), DocumentId(uuid::Uuid::nil()));
            let to = (*tenant, connection.clone(), external_id.clone(), DocumentId(uuid::Uuid::max()));
            for link in self.links.range(from..=to).map(|(_, link)| link) {
                whole.insert(link.document);
                instances.extend(link.instance);
            }
        }
        // Of an object too: it may be linked to a document that its instance made on the way.
        let named = instances.clone();
        for document in &whole {
            let of = self.instances_of.get(document).into_iter().flatten().filter_map(|id| self.instances.get(id));
            let (open, ended): (Vec<&InstanceRow>, Vec<&InstanceRow>) =
                of.partition(|row| matches!(row.status.as_str(), "running" | "exception"));
            instances.extend(open.iter().map(|row| row.id));
            let mut newest: BTreeMap<&str, &InstanceRow> = BTreeMap::new();
            for row in ended {
                let kept = newest.entry(row.flow.as_str()).or_insert(row);
                if (kept.started_at, kept.id) < (row.started_at, row.id) {
                    *kept = row;
                }
            }
            instances.extend(newest.values().map(|row| row.id));
        }
        whole.extend(named.iter().filter_map(|id| self.instances.get(id)).map(|row| row.document));
        (whole, instances)
    }

    fn surroundings(&self, loaded: &mut Loaded) {
        let newest = loaded.documents.iter().map(|document| (document.id, document.revision));
        let own = loaded.instances.iter().map(|instance| (instance.document, instance.revision));
        let revisions: BTreeSet<(DocumentId, u32)> = newest.chain(own).collect();
        let found = revisions.iter().filter_map(|key| self.revisions.get(key));
        loaded.revisions = found.map(|row| RevisionRow { payload: String::new(), ..row.clone() }).collect();
        for document in &loaded.documents {
            let keys = self.links_of.get(&document.id).into_iter().flatten();
            loaded.links.extend(keys.filter_map(|key| self.links.get(key).cloned()));
        }
        for instance in &loaded.instances {
            let ids = self.exceptions_of.get(&instance.id).into_iter().flatten();
            loaded.exceptions.extend(ids.filter_map(|id| self.exceptions.get(id)).filter(|row| row.state == "open").cloned());
        }
        loaded.exceptions.sort_by_key(|exception| (exception.opened_at, exception.id));
    }

    fn drifts_of(&self, documents: &[DocumentId]) -> Vec<DriftRow> {
        let open = self
            .drifts
            .values()
            .filter(|row| row.state != "resolved" && matches!(row.kind.as_str(), "not_owned" | "approved_not_executed"));
        let mut rows: Vec<DriftRow> =
            open.filter(|row| row.document.is_some_and(|document| documents.contains(&document))).cloned().collect();
        rows.sort_by_key(|row| (row.first_seen_at, row.id));
        rows
    }

    fn timers_there(&self, keys: &[TimerKey]) -> Vec<TimerKey> {
        let keys: BTreeSet<TimerKey> = keys.iter().copied().collect();
        keys.into_iter().filter(|key| self.timers.contains_key(&(key.instance, key.number))).collect()
    }

    fn drop_timer(&mut self, timer: TimerKey) {
        if let Some((_, due)) = self.timers.remove(&(timer.instance, timer.number)) {
            self.timers_due.remove(&(due, timer.instance, timer.number));
        }
    }

    fn set_timer(&mut self, timer: TimerKey, due: Timestamp) {
        self.drop_timer(timer);
        self.timers.insert((timer.instance, timer.number), (timer.tenant, due));
        self.timers_due.insert((due, timer.instance, timer.number));
    }

    pub fn due_timers(&self, now: Timestamp, limit: u32) -> Vec<TimerKey> {
        let due = self.timers_due.iter().take_while(|(due, _, _)| *due <= now).take(limit as usize);
        due.map(|(_, instance, number)| TimerKey { tenant: self.timers[&(*instance, *number)].0, instance: *instance, number: *number })
            .collect()
    }
}
