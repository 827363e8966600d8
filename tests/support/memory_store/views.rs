//! What people read, counted and cleaned.

use super::state::{State, before};
use jiff::Timestamp;
use std::collections::BTreeMap;
use waybill::domain::ids::{DocumentId, InstanceId, TenantId};
use waybill::store::*;

pub fn page_of<R>(mut rows: Vec<R>, page: &Page, key: impl Fn(&R) -> (Timestamp, uuid::Uuid)) -> Vec<R> {
    rows.retain(|row| {
        let (time, id) = key(row);
        before(page, time, id)
    });
    rows.sort_by_key(|row| std::cmp::Reverse(key(row)));
    rows.truncate(page.limit.clamp(1, 500) as usize);
    rows
}

fn is<T: PartialEq>(wanted: Option<&T>, found: &T) -> bool {
    wanted.is_none_or(|wanted| wanted == found)
}

impl State {
    pub fn view_documents(&self, filter: &DocumentFilter, page: &Page) -> Vec<DocumentRow> {
        let has_key = |row: &DocumentRow, key: &String| {
            row.key == *key || self.links_of.get(&row.id).is_some_and(|links| links.iter().any(|(_, _, external, _)| external == key))
        };
        let rows = self.documents.values().filter(|row| {
            row.tenant == filter.tenant
                && is(filter.kind.as_ref(), &row.kind)
                && is(filter.status.as_ref(), &row.status)
                && filter.key.as_ref().is_none_or(|key| has_key(row, key))
        });
        page_of(rows.cloned().collect(), page, |row| (row.created_at, row.id.0))
    }

    pub fn view_document(&self, tenant: TenantId, id: DocumentId) -> Option<DocumentView> {
        let document = self.documents.get(&id).filter(|row| row.tenant == tenant)?.clone();
        let revisions = self.revisions.range((id, 0)..=(id, u32::MAX)).map(|(_, row)| row);
        let empty = |row: &RevisionRow| RevisionRow { body: String::new(), payload: String::new(), ..row.clone() };
        let mut instances: Vec<InstanceRow> =
            self.instances_of.get(&id).into_iter().flatten().filter_map(|id| self.instances.get(id).cloned()).collect();
        instances.sort_by_key(|row| std::cmp::Reverse((row.started_at, row.id)));
        let mut relations: Vec<RelationRow> =
            self.relations.values().filter(|row| row.document == id || row.made_for == id).cloned().collect();
        relations.sort_by(|a, b| (&a.relation, a.document, a.made_for).cmp(&(&b.relation, b.document, b.made_for)));
        let mut drifts: Vec<DriftRow> = self.drifts.values().filter(|row| row.document == Some(id)).cloned().collect();
        drifts.sort_by_key(|row| std::cmp::Reverse((row.first_seen_at, row.id)));
        Some(DocumentView {
            document,
            revisions: revisions.map(empty).collect(),
            links: self.links_of.get(&id).into_iter().flatten().filter_map(|key| self.links.get(key).cloned()).collect(),
            relations,
            instances,
            drifts,
        })
    }

    pub fn view_instances(&self, filter: &InstanceFilter, page: &Page) -> Vec<InstanceRow> {
        let rows = self.instances.values().filter(|row| {
            row.tenant == filter.tenant
                && is(filter.flow.as_ref(), &row.flow)
                && is(filter.status.as_ref(), &row.status)
                && is(filter.document.as_ref(), &row.document)
        });
        page_of(rows.cloned().collect(), page, |row| (row.started_at, row.id.0))
    }

    pub fn view_history(&self, tenant: TenantId, id: InstanceId, page: Onward<i64>) -> Vec<HistoryRow> {
        let rows = self.history.get(&id).into_iter().flatten().filter(|row| row.tenant == tenant);
        rows.filter(|row| page.after.is_none_or(|after| row.lock > after)).take(page.limit as usize).cloned().collect()
    }

    pub fn view_effects(&self, tenant: TenantId, id: InstanceId, page: Onward<i64>) -> Vec<EffectRow> {
        let rows = self.effects_of.get(&id).into_iter().flatten().filter_map(|(_, id)| self.effects.get(id));
        let rows = rows.filter(|row| row.tenant == tenant && page.after.is_none_or(|after| row.seq > after));
        rows.take(page.limit as usize).cloned().collect()
    }

    pub fn view_attempts(&self, tenant: TenantId, id: InstanceId, page: Onward<AttemptPlace>) -> Vec<AttemptRow> {
        let mut rows: Vec<AttemptRow> = self.attempts.get(&id).into_iter().flatten().filter(|row| row.tenant == tenant).cloned().collect();
        let place = |row: &AttemptRow| (row.started_at, row.number, row.part, row.effect);
        rows.sort_by_key(place);
        rows.retain(|row| page.after.is_none_or(|after| place(row) > (after.started_at, after.number, after.part, after.effect)));
        rows.truncate(page.limit as usize);
        rows
    }

    pub fn view_exceptions(&self, filter: &ExceptionFilter, page: &Page) -> Vec<ExceptionRow> {
        let rows = self.exceptions.values().filter(|row| {
            row.tenant == filter.tenant
                && is(filter.state.as_ref(), &row.state)
                && is(filter.cause.as_ref(), &row.cause)
                && filter.instance.is_none_or(|id| row.instance == Some(id))
                && is(filter.id.as_ref(), &row.id)
        });
        page_of(rows.cloned().collect(), page, |row| (row.opened_at, row.id.0))
    }

    pub fn view_messages(&self, tenant: TenantId, page: &Page) -> Vec<Message> {
        let waiting = self.messages.values().map(|stored| &stored.message);
        let rows = waiting.filter(|row| row.new.tenant == tenant && matches!(row.state.as_str(), "parked" | "stopped"));
        page_of(rows.cloned().collect(), page, |row| (row.new.received_at, row.new.id.0))
    }

    pub fn counts(&self, now: Timestamp) -> Counts {
        let open = self.exceptions.values().filter(|row| row.state == "open");
        let effects = self.lanes.values().flat_map(|lane| &lane.queue).map(|(_, id)| self.effects[id].state.clone());
        let oldest = self.lanes.values().filter(|lane| lane.owner.is_none() && lane.due <= now).map(|lane| lane.due).min();
        Counts {
            documents: self.documents.len() as u64,
            instances: count(self.instances.values().map(|row| row.status.clone())),
            exceptions: count(open.map(|row| row.cause.clone())),
            drifts: count(self.drifts.values().filter(|row| row.state == "open").map(|row| row.kind.clone())),
            effects: count(effects),
            messages: count(self.messages.values().map(|stored| stored.message.state.clone())),
            duplicates: self.duplicates,
            oldest_ready_millis: oldest.map(|due| age(now, due)),
            oldest_timer_millis: self.timers_due.first().filter(|(due, _, _)| *due <= now).map(|(due, _, _)| age(now, *due)),
        }
    }

    pub fn clean(&mut self, old: Timestamp) -> u64 {
        let mut dropped = 0;
        for rows in self.attempts.values_mut() {
            let before = rows.len();
            rows.retain(|row| row.started_at >= old);
            dropped += (before - rows.len()) as u64;
        }
        for row in self.revisions.values_mut().filter(|row| row.created_at < old && !row.payload.is_empty()) {
            row.payload.clear();
            dropped += 1;
        }
        dropped
    }
}

fn age(now: Timestamp, due: Timestamp) -> u64 {
    u64::try_from(now.duration_since(due).as_millis()).unwrap_or(0)
}

fn count(words: impl Iterator<Item = String>) -> Vec<(String, u64)> {
    let mut counted: BTreeMap<String, u64> = BTreeMap::new();
    words.for_each(|word| *counted.entry(word).or_default() += 1);
    counted.into_iter().collect()
}
