//! The rows and the indexes over them.

use super::reconcile::{StoredRun, StoredStanding};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;
use waybill::domain::ids::{
    DocumentId, DriftId, EffectId, ExceptionId, InboxId, InstanceId, LaneId, ReconciliationId, TaskId, TenantId, derived,
};
use waybill::store::*;

/// A lane by tenant and name.
pub type LaneKey = (TenantId, String);
/// A link: tenant, connection, the partner's id, document.
pub type LinkKey = (TenantId, String, String, DocumentId);

/// Everything stored. Ordered maps throughout, so that nothing depends on chance.
#[derive(Default)]
pub struct State {
    pub closed: bool,
    /// Whether attempts are kept; a year of them does not fit into memory.
    pub forget_attempts: bool,
    /// Grows with every token and every place in a lane.
    pub number: i64,
    pub duplicates: u64,
    pub seen: BTreeSet<Uuid>,
    /// The number each counter drew last.
    pub counters: BTreeMap<(TenantId, String), u64>,
    pub messages: BTreeMap<InboxId, StoredMessage>,
    pub messages_due: BTreeSet<(Timestamp, InboxId)>,
    pub documents: BTreeMap<DocumentId, DocumentRow>,
    pub documents_by_age: BTreeSet<(Timestamp, DocumentId)>,
    pub revisions: BTreeMap<(DocumentId, u32), RevisionRow>,
    pub relations: BTreeMap<(DocumentId, DocumentId, String), RelationRow>,
    pub instances: BTreeMap<InstanceId, InstanceRow>,
    pub instances_of: BTreeMap<DocumentId, BTreeSet<InstanceId>>,
    pub history: BTreeMap<InstanceId, Vec<HistoryRow>>,
    pub links: BTreeMap<LinkKey, LinkRow>,
    pub links_of: BTreeMap<DocumentId, BTreeSet<LinkKey>>,
    pub rereads: BTreeSet<(Timestamp, LinkKey)>,
    pub standings: BTreeMap<LinkKey, StoredStanding>,
    pub timers: BTreeMap<(InstanceId, u32), (TenantId, Timestamp)>,
    pub timers_due: BTreeSet<(Timestamp, InstanceId, u32)>,
    pub lanes: BTreeMap<LaneKey, Lane>,
    pub lane_keys: BTreeMap<LaneId, LaneKey>,
    pub lanes_ready: BTreeSet<(TenantId, String, i16, Timestamp, LaneKey)>,
    pub effects: BTreeMap<EffectId, EffectRow>,
    pub effects_of: BTreeMap<InstanceId, BTreeSet<(i64, EffectId)>>,
    pub attempts: BTreeMap<InstanceId, Vec<AttemptRow>>,
    pub exceptions: BTreeMap<ExceptionId, ExceptionRow>,
    pub exceptions_of: BTreeMap<InstanceId, BTreeSet<ExceptionId>>,
    pub drifts: BTreeMap<DriftId, DriftRow>,
    pub runs: BTreeMap<ReconciliationId, StoredRun>,
    /// Those that are planned or under way.
    pub runs_open: BTreeSet<ReconciliationId>,
    /// The last fire of each schedule.
    pub fires: BTreeMap<(TenantId, String), Timestamp>,
    /// Grows with every change of them.
    pub fires_changed: u64,
    pub streams: BTreeMap<(i32, String, String), StoredStream>,
    pub answers: BTreeMap<Uuid, StoredAnswer>,
    pub definitions: BTreeMap<(TenantId, String, String, String), DefinitionRow>,
    pub tasks: BTreeMap<TaskId, TaskRow>,
    /// Those that are pending or wait, by whose they are.
    pub tasks_open: BTreeSet<(String, TaskId)>,
    pub tasks_of: BTreeMap<InstanceId, BTreeSet<TaskId>>,
    pub decisions: BTreeMap<(InstanceId, u32), DecisionRow>,
    pub delegations: BTreeMap<Uuid, DelegationRow>,
}

/// A message and who holds it.
pub struct StoredMessage {
    pub message: Message,
    pub owner: Option<String>,
}

/// A lane: its unfinished effects by their place, the first of them at its head.
pub struct Lane {
    pub head: EffectId,
    pub due: Timestamp,
    pub token: i64,
    pub priority: i16,
    pub connection: String,
    pub owner: Option<String>,
    pub queue: BTreeSet<(i64, EffectId)>,
}

/// A stream.
pub struct StoredStream {
    pub due: Timestamp,
    pub cursor: StreamCursor,
}

/// A key, and what was answered to it.
pub struct StoredAnswer {
    pub question: Question,
    pub created_at: Timestamp,
    pub answer: Option<Answer>,
}

impl State {
    /// The next number that only grows.
    pub fn next(&mut self) -> i64 {
        self.number += 1;
        self.number
    }

    /// When something is due next, whatever it is but reconciliation: nobody who polls before finds anything.
    pub fn next_due(&self) -> Option<Timestamp> {
        let lanes = self.lane_due();
        let messages = self.messages_due.first().map(|(due, _)| *due);
        let timers = self.timers_due.first().map(|(due, _, _)| *due);
        let rereads = self.rereads.first().map(|(due, _)| *due);
        let streams = self.streams.values().map(|stream| stream.due).min();
        [lanes, messages, timers, rereads, streams].into_iter().flatten().min()
    }

    /// When a lane is due next: the first of each connection and priority, not all of them.
    fn lane_due(&self) -> Option<Timestamp> {
        let mut earliest: Option<Timestamp> = None;
        let mut first = self.lanes_ready.first();
        while let Some((tenant, connection, priority, due, _)) = first {
            earliest = Some(earliest.map_or(*due, |earliest| earliest.min(*due)));
            let next = (*tenant, connection.clone(), *priority + 1, Timestamp::MIN, (TenantId(i32::MIN), String::new()));
            first = self.lanes_ready.range(next..).next();
        }
        earliest
    }

    /// Forgets a document and all that hangs on it.
    pub fn forget(&mut self, document: DocumentId) {
        for key in self.links_of.remove(&document).unwrap_or_default() {
            self.standings.remove(&key);
            if let Some(link) = self.links.remove(&key)
                && let Some(at) = link.reread_at
            {
                self.rereads.remove(&(at, key));
            }
        }
        for instance in self.instances_of.remove(&document).unwrap_or_default() {
            self.instances.remove(&instance);
            self.history.remove(&instance);
            self.attempts.remove(&instance);
            for (_, effect) in self.effects_of.remove(&instance).unwrap_or_default() {
                self.effects.remove(&effect);
            }
            for exception in self.exceptions_of.remove(&instance).unwrap_or_default() {
                self.exceptions.remove(&exception);
            }
            for task in self.tasks_of.remove(&instance).unwrap_or_default() {
                if let Some(row) = self.tasks.remove(&task) {
                    self.tasks_open.remove(&(row.person, row.id));
                }
            }
            let numbers: Vec<u32> = self.decisions.range((instance, 0)..=(instance, u32::MAX)).map(|((_, number), _)| *number).collect();
            for number in numbers {
                self.decisions.remove(&(instance, number));
            }
        }
        let numbers: Vec<u32> = self.revisions.range((document, 0)..=(document, u32::MAX)).map(|((_, number), _)| *number).collect();
        for number in numbers {
            self.revisions.remove(&(document, number));
        }
        self.relations.retain(|(made, made_for, _), _| *made != document && *made_for != document);
        self.drifts.retain(|_, row| row.document != Some(document));
        if let Some(row) = self.documents.remove(&document) {
            self.documents_by_age.remove(&(row.created_at, document));
        }
    }
}

/// The key of duplicate suppression.
pub fn seen_key(message: &NewMessage) -> Uuid {
    let texts = [&message.connection, &message.source, &message.event, &message.message_id].map(std::string::String::as_bytes);
    let [connection, source, event, id] = texts;
    derived(&[&message.tenant.0.to_be_bytes(), connection, source, event, id])
}

/// A pair every row is compared with: the first page begins after the end of time.
pub fn before(page: &Page, time: Timestamp, id: Uuid) -> bool {
    page.after.is_none_or(|after| (time, id) < after)
}
