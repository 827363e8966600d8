//! Documents seen at their source: new ones, revisions, statuses, withdrawals, and the flows that start on them.
//!
//! What a sighting means is decided by `domain::ledger`; here it becomes rows and events of instances.

use super::deciding::{Deciding, is_open};
use crate::app::engine::definitions::FlowVersion;
use crate::app::engine::input::{Sighting, Verdict};
use crate::app::engine::working_set::{InstanceWork, WorkingSet};
use crate::domain::connector::Connector;
use crate::domain::flow::effect::Cause;
use crate::domain::flow::event::{Event, RevisionChange};
use crate::domain::flow::facts::DocumentFacts;
use crate::domain::flow::{HUB, Instance};
use crate::domain::ids::{self, DocumentId, InstanceId};
use crate::domain::ledger::{self, Known, Meaning};
use crate::domain::reconcile::says_less;
use crate::store::{DocumentRow, InstanceRow, LinkRow, RevisionRow};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

impl Deciding<'_> {
    pub(super) fn sighting(&mut self, seen: &Sighting) -> Verdict {
        if !self.set.messages.contains(&seen.message) {
            return Verdict::Gone;
        }
        let versions = self.circumstances.definitions.starts(&seen.connection, &seen.event, &seen.kind);
        if let Some(missing) = self.missing_version(seen.document) {
            return self.keep(seen.message, seen.tenant, missing);
        }
        if let Some(verdict) = self.key_taken(seen) {
            return verdict;
        }
        // What is older than what is known says nothing, about drift neither.
        if self.meaning(seen).stale {
            return Verdict::Done;
        }
        let judged = self.respecting_owners(seen);
        let seen = judged.as_ref();
        let meaning = self.meaning(seen);
        if !self.set.documents.contains_key(&seen.document) && seen.withdrawn {
            // Never seen alive here: nothing of ours hangs on it.
            return Verdict::Done;
        }
        // Who asks the API for a flow gets it, also for content that is known.
        let asked = seen.connection == HUB && seen.event.starts_with("api/");
        let may_start = !meaning.withdrawn_now && (meaning.revised || meaning.status_moved || meaning.restored || asked);
        let known = self.set.documents.get(&seen.document).map_or(0, |work| work.row.revision);
        let versions = if may_start { versions } else { Vec::new() };
        let starting = match starting(&versions, seen, known + u32::from(meaning.revised)) {
            Ok(starting) => starting,
            // Nothing of the sighting is taken, so that all of it is taken when the rule is mended and a person retries.
            Err(problem) => {
                return self.keep(seen.message, seen.tenant, Verdict::Stop { cause: Cause::DataWrong, code: "start_condition", problem });
            }
        };
        // A status alone begins nothing anew where the same content was approved and carried out (ADR 9).
        let anew = meaning.revised || meaning.restored || asked;
        let (undone, starting): (Vec<_>, Vec<_>) =
            starting.into_iter().partition(|version| !anew && self.is_carried_out(seen.document, version.flow_id()));
        let word = if undone.is_empty() { Word::Heard } else { Word::Undone };
        self.note_sighting(seen, meaning.revised, word);
        match word {
            Word::Undone => self.note_undone(seen),
            Word::Heard if meaning.status_moved => self.resolve_undone(seen),
            Word::Heard => {}
        }
        let running = self.running_instances(seen.document);
        if meaning.withdrawn_now {
            for instance in self.newest_per_flow(seen.document) {
                self.event(instance, &Event::Revision(RevisionChange::Withdrawn));
            }
            return Verdict::Done;
        }
        let revision = self.set.documents.get(&seen.document).map_or(1, |work| work.row.revision);
        if meaning.revised {
            for instance in &running {
                self.event(*instance, &Event::Revision(RevisionChange::Changed { revision }));
            }
        }
        for version in starting {
            self.start_from(seen, &version, revision);
        }
        Verdict::Done
    }

    fn meaning(&self, seen: &Sighting) -> Meaning {
        let known = self.set.documents.get(&seen.document).map(|work| Known {
            hash: work.revisions.get(&work.row.revision).map_or("", |revision| revision.hash.as_str()),
            version: work.row.source_version.as_deref(),
            status: work.row.source_status.as_deref(),
            withdrawn: work.row.withdrawn,
        });
        let sighting = ledger::Sighting {
            hash: &seen.hash,
            version: seen.version.as_deref(),
            status: seen.status.as_deref(),
            withdrawn: seen.withdrawn,
        };
        ledger::meaning(known.as_ref(), &sighting)
    }

    /// Two objects of one source with one business key are two documents for people, and one for us: guessing would give the
    /// second one's content to the first. Nothing of it is taken until a person has settled the key at the source.
    fn key_taken(&mut self, seen: &Sighting) -> Option<Verdict> {
        let known = self.set.documents.get(&seen.document)?.row.external_id.clone()?;
        if known == seen.external_id {
            return None;
        }
        let problem = format!("`{}` is the key of object `{known}` already; object `{}` has it too", seen.key, seen.external_id);
        Some(self.keep(seen.message, seen.tenant, Verdict::Stop { cause: Cause::DataWrong, code: "key_taken", problem }))
    }

    /// Whether the newest instance of a flow ended as approved, for the content that the document has.
    fn is_carried_out(&self, document: DocumentId, flow: &str) -> bool {
        let Some(revision) = self.set.documents.get(&document).map(|work| work.row.revision) else { return false };
        let newest = self.newest_per_flow(document).into_iter().filter_map(|id| self.set.instances.get(&id));
        newest
            .filter(|work| work.row.flow == flow)
            .any(|work| work.row.status == "ended" && work.row.outcome.as_deref() == Some("approved") && work.row.revision == revision)
    }

    /// Brings document row, revision and source link up to what was seen.
    fn note_sighting(&mut self, seen: &Sighting, revised: bool, word: Word) {
        let now = self.now();
        let revision = |number| RevisionRow {
            tenant: seen.tenant,
            document: seen.document,
            number,
            hash: seen.hash.clone(),
            body: seen.body.clone(),
            payload: seen.payload.clone(),
            created_at: now,
        };
        let running = !self.running_instances(seen.document).is_empty();
        let connector = self.circumstances.definitions.connector(&seen.connection);
        match self.set.documents.get_mut(&seen.document) {
            None => {
                let row = DocumentRow {
                    id: seen.document,
                    tenant: seen.tenant,
                    kind: seen.kind.clone(),
                    source: seen.connection.clone(),
                    key: seen.key.clone(),
                    external_id: Some(seen.external_id.clone()),
                    revision: 1,
                    status: seen.status.clone().unwrap_or_default(),
                    source_status: seen.status.clone(),
                    source_version: seen.version.clone(),
                    withdrawn: seen.withdrawn,
                    display: seen.display.clone(),
                    created_at: now,
                    updated_at: now,
                };
                self.set.add_document(row, revision(1));
            }
            Some(work) => {
                if revised {
                    work.row.revision += 1;
                    let row = revision(work.row.revision);
                    work.revisions.insert(row.number, row.clone());
                    work.row.display.clone_from(&seen.display);
                    self.set.writes.revisions.push(row);
                }
                let moved = work.row.source_status != seen.status;
                let source = work.links.iter().find(|link| link.connection == seen.connection && link.external_id == seen.external_id);
                let echo = source.is_some_and(|link| is_echo(link, seen.observed_at));
                if moved
                    && !running
                    && !echo
                    && word == Word::Heard
                    && let Some(status) = &seen.status
                    && !adds_nothing(connector.as_deref(), &work.row, status)
                {
                    // With nothing of ours under way the source's word is the document's status.
                    work.row.status.clone_from(status);
                }
                let newer = work.row.source_version != seen.version || moved || work.row.withdrawn != seen.withdrawn;
                if revised || newer {
                    work.row.source_status.clone_from(&seen.status);
                    work.row.source_version.clone_from(&seen.version);
                    work.row.withdrawn = seen.withdrawn;
                    work.changed = true;
                } else {
                    return;
                }
            }
        }
        let (status, observed_at) = (seen.status.clone(), seen.observed_at);
        self.set.put_link(
            seen.document,
            &seen.connection,
            &seen.external_id,
            |link, _| {
                link.seen = status;
                link.seen_at = link.seen_at.max(Some(observed_at));
            },
            seen.tenant,
        );
    }

    fn start_from(&mut self, seen: &Sighting, version: &Arc<FlowVersion>, revision: u32) {
        let flow = version.flow_id();
        let earlier: Vec<InstanceId> = self.set.instances_of(seen.document);
        let of_flow = |set: &WorkingSet, id: &InstanceId| set.instances.get(id).is_some_and(|work| work.row.flow == flow);
        let mine: Vec<InstanceId> = earlier.into_iter().filter(|id| of_flow(&self.set, id)).collect();
        let busy = mine.iter().any(|id| self.set.instances.get(id).is_some_and(|work| is_open(&work.row)));
        if busy {
            return;
        }
        self.begin(seen.document, version, revision);
    }

    /// Begins an instance and lets it take its first steps.
    pub(super) fn begin(&mut self, document: DocumentId, version: &Arc<FlowVersion>, revision: u32) {
        let Some(work) = self.set.documents.get(&document) else { return };
        let tenant = work.row.tenant;
        // Of each flow the newest instance is here, but not all: a count of them would give an old one's id again.
        let instances = self.set.instances_of(document).into_iter().filter_map(|id| self.set.instances.get(&id));
        let mut of_revision = instances.filter(|work| work.row.flow == version.flow_id() && work.row.revision == revision);
        let mut id = match of_revision.next() {
            Some(newest) => ids::instance_again(newest.row.id),
            None => ids::instance_id(tenant, document, version.flow_id(), revision),
        };
        // Two of one batch may have begun at the same moment.
        while self.set.instances.contains_key(&id) {
            id = ids::instance_again(id);
        }
        self.begin_as(id, document, version, revision, &Instance::default());
    }

    /// Begins an instance under this id, from this state.
    pub(super) fn begin_as(&mut self, id: InstanceId, document: DocumentId, version: &Arc<FlowVersion>, revision: u32, fresh: &Instance) {
        let Some(work) = self.set.documents.get(&document) else { return };
        let tenant = work.row.tenant;
        if self.set.instances.contains_key(&id) {
            return;
        }
        let now = self.now();
        let row = InstanceRow {
            id,
            tenant,
            flow: version.flow_id().to_owned(),
            version: version.hash().to_owned(),
            document,
            revision,
            status: "running".to_owned(),
            outcome: None,
            at_step: None,
            state: if *fresh == Instance::default() { String::new() } else { serde_json::to_string(fresh).unwrap_or_default() },
            lock: 0,
            started_at: now,
            updated_at: now,
            ended_at: None,
        };
        self.set.instances.insert(id, InstanceWork { row, new: true, changed: true, history: Vec::new() });
        self.event(id, &Event::Started);
    }
}

/// What the source's status is to the ledger.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    /// The source speaks of its document.
    Heard,
    /// The source has undone what was approved and carried out: a difference, not a new status.
    Undone,
}

/// A source that is asked within this time of our writing there may answer with what was before or with what came of it: our
/// call may not have been through, and two requests may overtake each other.
const SETTLES: SignedDuration = SignedDuration::from_secs(10);

/// Whether what the source shows is what we wrote there, and not its own word: we refused the order, it says "cancelled". That
/// is the first sight after our write, and any other within the time in which the write may show or not. A sight counts from
/// when the source was asked: one taken before our last write and worked on after it must not use up the echo.
fn is_echo(link: &LinkRow, observed_at: Timestamp) -> bool {
    let Some(written) = link.written_at else { return false };
    link.seen_at.is_none_or(|seen| seen < written) || observed_at.duration_since(written) < SETTLES
}

/// Whether the document has a status of our own to which its source's word adds nothing. A status that came from the source
/// moves with it.
fn adds_nothing(connector: Option<&Connector>, row: &DocumentRow, said: &str) -> bool {
    let own = row.source_status.as_ref() != Some(&row.status);
    own && connector.is_some_and(|connector| says_less(connector, &row.kind, said, &row.status))
}

/// The flows whose start condition this sighting meets.
fn starting(versions: &[Arc<FlowVersion>], seen: &Sighting, revision: u32) -> Result<Vec<Arc<FlowVersion>>, String> {
    if versions.is_empty() {
        return Ok(Vec::new());
    }
    let facts = DocumentFacts {
        id: seen.document,
        kind: seen.kind.clone(),
        key: seen.key.clone(),
        revision,
        doc: seen.typed.clone(),
        status: seen.status.clone().unwrap_or_default(),
        source: seen.connection.clone(),
        external_id: Some(seen.external_id.clone()),
    };
    let mut starting = Vec::new();
    for version in versions {
        if version.starts_on(&seen.connection, &seen.event, &facts)? {
            starting.push(version.clone());
        }
    }
    Ok(starting)
}
