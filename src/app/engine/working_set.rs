//! The rows of one batch while it is decided: what was loaded, what has changed, what is to be written.

use crate::domain::cause::SameCause;
use crate::domain::flow::decision::HistoryEntry;
use crate::domain::ids::{DocumentId, ExceptionId, InstanceId, TenantId};
use crate::store::{
    DocumentRow, DriftRow, ExceptionRow, HistoryRow, InstanceRow, LinkRow, Loaded, RelationRow, RevisionRow, TimerKey, Writes,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Everything one batch knows and changes.
pub struct WorkingSet {
    /// Documents by id.
    pub documents: HashMap<DocumentId, DocumentWork>,
    /// Instances by id, in id order so that a batch is written the same way every time.
    pub instances: BTreeMap<InstanceId, InstanceWork>,
    /// Open exceptions by instance.
    pub exceptions: HashMap<InstanceId, Vec<ExceptionRow>>,
    /// Exceptions of tellings that stopped before, with the message they stand for (`message:ID`).
    pub tellings: HashMap<ExceptionId, String>,
    /// Drift that is not resolved, as far as loaded, and what this batch made of it.
    pub drifts: Vec<DriftRow>,
    /// Timers that are this batch's to fire.
    pub timers: HashSet<TimerKey>,
    /// Messages that are this batch's to handle.
    pub messages: HashSet<crate::domain::ids::InboxId>,
    /// Effects whose hold is still good.
    pub held: HashSet<crate::domain::ids::EffectId>,
    /// Everything else to be written.
    pub writes: Writes,
}

/// One document at work.
pub struct DocumentWork {
    /// Its row.
    pub row: DocumentRow,
    /// Its revisions by number, as far as loaded.
    pub revisions: BTreeMap<u32, RevisionRow>,
    /// Its links.
    pub links: Vec<LinkRow>,
    /// Whether it is new in this batch.
    pub new: bool,
    /// Whether its row is to be written.
    pub changed: bool,
}

/// One instance at work.
pub struct InstanceWork {
    /// Its row; `lock` stays the loaded one until written.
    pub row: InstanceRow,
    /// New in this batch.
    pub new: bool,
    /// To be written.
    pub changed: bool,
    /// History of this batch.
    pub history: Vec<HistoryEntry>,
}

impl WorkingSet {
    /// From what the store loaded.
    pub fn new(loaded: Loaded) -> Self {
        let mut documents: HashMap<DocumentId, DocumentWork> = loaded
            .documents
            .into_iter()
            .map(|row| (row.id, DocumentWork { row, revisions: BTreeMap::new(), links: Vec::new(), new: false, changed: false }))
            .collect();
        for revision in loaded.revisions {
            if let Some(document) = documents.get_mut(&revision.document) {
                document.revisions.insert(revision.number, revision);
            }
        }
        for link in loaded.links {
            if let Some(document) = documents.get_mut(&link.document) {
                document.links.push(link);
            }
        }
        let mut exceptions: HashMap<InstanceId, Vec<ExceptionRow>> = HashMap::new();
        let mut tellings = HashMap::new();
        for exception in loaded.exceptions {
            if let Some(instance) = exception.instance {
                exceptions.entry(instance).or_default().push(exception);
            } else {
                tellings.insert(exception.id, exception.step.unwrap_or_default());
            }
        }
        let instance = |row: InstanceRow| (row.id, InstanceWork { row, new: false, changed: false, history: Vec::new() });
        Self {
            documents,
            instances: loaded.instances.into_iter().map(instance).collect(),
            exceptions,
            tellings,
            drifts: loaded.drifts,
            timers: loaded.timers.into_iter().collect(),
            messages: loaded.messages.into_iter().collect(),
            held: loaded.held.into_iter().collect(),
            writes: Writes::default(),
        }
    }

    /// The document's instances, newest first.
    pub fn instances_of(&self, document: DocumentId) -> Vec<InstanceId> {
        let mut found: Vec<&InstanceRow> = self.instances.values().map(|work| &work.row).filter(|row| row.document == document).collect();
        found.sort_by(|left, right| right.started_at.cmp(&left.started_at).then(right.revision.cmp(&left.revision)));
        found.into_iter().map(|row| row.id).collect()
    }

    /// Adds a document with its first revision.
    pub fn add_document(&mut self, row: DocumentRow, revision: RevisionRow) {
        let document = row.id;
        let revisions = BTreeMap::from([(revision.number, revision.clone())]);
        self.writes.revisions.push(revision);
        self.documents.insert(document, DocumentWork { row, revisions, links: Vec::new(), new: true, changed: true });
    }

    /// Inserts or updates a link by (connection, external id) of its document.
    pub fn put_link(
        &mut self,
        document: DocumentId,
        connection: &str,
        external_id: &str,
        change: impl FnOnce(&mut LinkRow, bool),
        tenant: TenantId,
    ) {
        let mut fresh = LinkRow {
            tenant,
            connection: connection.to_owned(),
            external_id: external_id.to_owned(),
            document,
            instance: None,
            step: None,
            written: None,
            written_at: None,
            seen: None,
            seen_at: None,
            closed: false,
            reread_at: None,
            rereads: 0,
        };
        let Some(work) = self.documents.get_mut(&document) else {
            change(&mut fresh, true);
            self.writes.links.push(fresh);
            return;
        };
        let link = match work.links.iter_mut().find(|link| link.connection == connection && link.external_id == external_id) {
            Some(link) => {
                change(link, false);
                link.clone()
            }
            None => {
                change(&mut fresh, true);
                work.links.push(fresh.clone());
                fresh
            }
        };
        // The newest state of a link replaces an earlier one of the same batch: one row per key in a multi-row statement.
        self.writes
            .links
            .retain(|known| known.document != document || known.connection != link.connection || known.external_id != link.external_id);
        self.writes.links.push(link);
    }

    /// Records a relation.
    pub fn relate(&mut self, relation: RelationRow) {
        self.writes.relations.push(relation);
    }

    /// Turns the working set into what is written.
    pub fn finish(mut self, now: Timestamp) -> Writes {
        let mut documents: Vec<DocumentWork> = self.documents.into_values().filter(|work| work.new || work.changed).collect();
        documents.sort_by_key(|work| work.row.id);
        for mut work in documents {
            work.row.updated_at = now;
            if work.new {
                self.writes.documents_new.push(work.row);
            } else {
                self.writes.documents_changed.push(work.row);
            }
        }
        for work in self.instances.into_values() {
            if !work.history.is_empty() {
                let entries = serde_json::to_string(&work.history).unwrap_or_else(|_| "[]".to_owned());
                let lock = if work.new { work.row.lock } else { work.row.lock + 1 };
                self.writes.history.push(HistoryRow { tenant: work.row.tenant, instance: work.row.id, lock, at: now, entries });
            }
            if work.new {
                self.writes.instances_new.push(work.row);
            } else if work.changed || !work.history.is_empty() {
                self.writes.instances_changed.push(work.row);
            }
        }
        for row in &mut self.writes.exceptions {
            row.fingerprint = fingerprint(row);
        }
        // A timer set and removed in one batch is not written at all.
        let removed: HashSet<TimerKey> = self.writes.timers_removed.iter().copied().collect();
        self.writes.timers.retain(|(key, _)| !removed.contains(key));
        self.writes
    }
}

/// What the exception has in common with others of its cause.
fn fingerprint(row: &ExceptionRow) -> uuid::Uuid {
    // Numbers and ids of one message or timer are nobody else's.
    let of_message = row.step.as_deref().is_some_and(|step| step.starts_with("message:") || step.starts_with("timer:"));
    let same = SameCause {
        cause: &row.cause,
        code: &row.code,
        connection: row.connection.as_deref(),
        operation: row.operation.as_deref(),
        flow: row.flow.as_deref(),
        step: row.step.as_deref().filter(|_| !of_message),
        message: &row.message,
    };
    same.fingerprint()
}
