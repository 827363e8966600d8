//! Deciding what the hub tells itself: flows that begin for documents of the ledger, and words between instances.

use super::deciding::Deciding;
use crate::app::engine::definitions::FlowVersion;
use crate::app::engine::hub::{HubWork, Word};
use crate::app::engine::input::{Begin, BeginInput, StoppedMessage, Subflow, ToldInput, Verdict};
use crate::domain::flow::decision::{Reported, SubflowAsked};
use crate::domain::flow::effect::Cause;
use crate::domain::flow::event::{Event, Outcome, RevisionChange};
use crate::domain::flow::{DocumentFacts, HUB, Instance, Parent};
use crate::domain::ids::{self, DocumentId, InboxId, InstanceId, TenantId};
use crate::store::{Deferral, InstanceRow, NewMessage};
use jiff::SignedDuration;
use std::sync::Arc;

/// How often an instance that is told something is waited for: its own beginning may be a commit behind.
const ABSENT_TRIES_MAX: u32 = 20;
const ABSENT_WAIT: SignedDuration = SignedDuration::from_secs(1);

impl Deciding<'_> {
    /// A flow begins for a document of the ledger.
    pub(super) fn begin_for(&mut self, begin: &BeginInput) -> Verdict {
        if !self.set.messages.contains(&begin.message) {
            return Verdict::Gone;
        }
        if let Some(missing) = self.missing_version(begin.document) {
            return self.keep(begin.message, begin.tenant, missing);
        }
        if !self.set.documents.contains_key(&begin.document) {
            return match &begin.what {
                Begin::Flow(_) => Verdict::Refused("there is no such document".to_owned()),
                _ => self.later_or_stop(begin.message, begin.attempts, begin.tenant, "the document is not in the ledger"),
            };
        }
        match &begin.what {
            Begin::Flow(flow) => self.begin_asked(begin, flow),
            Begin::Event(event) => {
                let verdict = self.begin_on(begin, event);
                self.tell_maker(begin.document, None);
                verdict
            }
            Begin::Withdrawn => {
                for instance in self.newest_per_flow(begin.document) {
                    self.event(instance, &Event::Revision(RevisionChange::Withdrawn));
                }
                Verdict::Done
            }
            Begin::Subflow(subflow) => self.begin_subflow(begin.tenant, begin.document, subflow),
        }
    }

    fn begin_asked(&mut self, begin: &BeginInput, flow: &str) -> Verdict {
        let Some(version) = self.circumstances.definitions.live(flow) else {
            return Verdict::Refused(format!("there is no flow `{flow}`"));
        };
        if self.is_busy(begin.document, flow) {
            return Verdict::Refused(format!("an instance of `{flow}` is under way for this document"));
        }
        let Some(facts) = self.document_facts(begin.document, &version) else {
            return Verdict::Refused("the document's newest revision cannot be read".to_owned());
        };
        if facts.kind != version.flow().document {
            return Verdict::Refused(format!("`{flow}` is for {}, but the document is a {}", version.flow().document, facts.kind));
        }
        match version.starts_here("api", &facts) {
            Ok(true) => {}
            Ok(false) => return Verdict::Refused(format!("`{flow}` does not start for this document: its condition does not hold")),
            Err(problem) => return Verdict::Refused(problem),
        }
        let id = ids::derived(&[b"asked", begin.message.0.as_bytes()]);
        self.begin_as(InstanceId(id), begin.document, &version, facts.revision, &Instance::default());
        Verdict::Done
    }

    fn begin_on(&mut self, begin: &BeginInput, event: &str) -> Verdict {
        let mut failed = None;
        for version in self.circumstances.definitions.starts_of_hub(event) {
            let Some(facts) = self.document_facts(begin.document, &version) else { continue };
            if facts.kind != version.flow().document || self.is_busy(begin.document, version.flow_id()) {
                continue;
            }
            match version.starts_here(event, &facts) {
                Ok(true) => {
                    let id = ids::derived(&[b"on", begin.message.0.as_bytes(), version.flow_id().as_bytes()]);
                    self.begin_as(InstanceId(id), begin.document, &version, facts.revision, &Instance::default());
                }
                Ok(false) => {}
                Err(problem) => failed = Some(problem),
            }
        }
        match failed {
            Some(problem) => self.stop_own(begin.message, begin.attempts, begin.tenant, "start_condition", problem),
            None => Verdict::Done,
        }
    }

    fn begin_subflow(&mut self, tenant: TenantId, document: DocumentId, subflow: &Subflow) -> Verdict {
        let parent = &subflow.parent;
        let version = self.circumstances.definitions.live(&subflow.flow);
        let revision = self.set.documents.get(&document).map_or(1, |work| work.row.revision);
        let Some(version) = version else {
            // The parent stops at its step and says so, instead of waiting for ever.
            let (instance, output) = (subflow.instance, serde_json::Value::Null);
            let word = Word::SubflowEnded { instance, outcome: Outcome::Unknown, output, taken_back: false, decided_by: Vec::new() };
            self.tell(tenant, parent.instance, instance, "no_flow", word);
            return Verdict::Done;
        };
        let fresh = Instance { parent: Some(parent.clone()), ..Instance::default() };
        self.begin_as(subflow.instance, document, &version, revision, &fresh);
        Verdict::Done
    }

    /// An instance hears from another one.
    pub(super) fn told(&mut self, told: &ToldInput) -> Verdict {
        if !self.set.messages.contains(&told.message) {
            return Verdict::Gone;
        }
        let Some(work) = self.set.instances.get(&told.instance) else {
            return self.later_or_stop(told.message, told.attempts, told.tenant, "the instance that is told does not exist");
        };
        if let Some(missing) = self.missing(&work.row) {
            return self.keep(told.message, told.tenant, missing);
        }
        self.event(told.instance, &told.event);
        Verdict::Done
    }

    /// Subflows that a decision asks for.
    pub(super) fn ask_subflow(&mut self, row: &InstanceRow, asked: SubflowAsked) {
        let name = format!("subflow/{}", asked.instance);
        let work = match asked.start {
            Some((flow, parent)) => HubWork::Subflow { instance: asked.instance, document: asked.document, flow, parent },
            None => HubWork::Tell { instance: asked.instance, word: Word::TakenBack },
        };
        let name = if matches!(work, HubWork::Tell { .. }) { format!("{name}/taken_back") } else { name };
        self.own_message(row.id, row.tenant, &name, &work);
    }

    /// Tells the parent that a subflow came to its end; again when it was taken back after that.
    pub(super) fn report(&mut self, row: &InstanceRow, reported: Reported) {
        let Some(parent) = parent_of(row) else { return };
        // Two ends of one instance may stand in one batch.
        let name = format!("ended/{}/{}/{}", row.lock, reported.outcome.word(), reported.taken_back);
        let Reported { outcome, output, taken_back, decided_by } = reported;
        let word = Word::SubflowEnded { instance: row.id, outcome, output, taken_back, decided_by };
        self.tell(row.tenant, parent.instance, row.id, &name, word);
    }

    /// Tells whoever waits for a document what its status is now; `by` knows already.
    pub(super) fn tell_maker(&mut self, document: DocumentId, by: Option<InstanceId>) {
        let Some(work) = self.set.documents.get(&document) else { return };
        let (status, tenant) = (work.row.status.clone(), work.row.tenant);
        let waiting = work.links.iter().filter(|link| link.connection == HUB && !link.closed);
        let makers: Vec<InstanceId> = waiting.filter_map(|link| link.instance).filter(|maker| Some(*maker) != by).collect();
        for maker in makers {
            let word = Word::Linked { document, status: status.clone() };
            let name = format!("status/{status}/{}", self.now().as_microsecond());
            self.tell(tenant, maker, InstanceId(document.0), &name, word);
        }
    }

    fn tell(&mut self, tenant: TenantId, instance: InstanceId, about: InstanceId, name: &str, word: Word) {
        self.own_message(about, tenant, &format!("tell/{instance}/{name}"), &HubWork::Tell { instance, word });
    }

    /// Stores a message of the hub to itself with this commit.
    pub(super) fn own_message(&mut self, about: InstanceId, tenant: TenantId, name: &str, work: &HubWork) {
        let Ok(payload) = serde_json::to_string(work) else { return };
        let id = InboxId(ids::derived(&[b"own", about.0.as_bytes(), name.as_bytes()]));
        let message = NewMessage {
            id,
            tenant,
            connection: HUB.to_owned(),
            event: HUB.to_owned(),
            message_id: name.to_owned(),
            source: HUB.to_owned(),
            payload,
            received_at: self.now(),
        };
        self.set.writes.messages_new.push((message, self.circumstances.lease.clone()));
    }

    /// What does not exist yet may be a commit behind; what does not come stands in an exception.
    fn later_or_stop(&mut self, message: InboxId, attempts: u32, tenant: TenantId, problem: &str) -> Verdict {
        if attempts >= ABSENT_TRIES_MAX {
            return self.stop_own(message, attempts, tenant, "object_unknown", problem.to_owned());
        }
        self.set.writes.messages_kept.push(Deferral {
            id: message,
            tenant,
            due_at: self.now().checked_add(ABSENT_WAIT).unwrap_or(self.now()),
            state: "parked".to_owned(),
            external_id: None,
            heard: None,
            problem: Some(problem.to_owned()),
        });
        Verdict::Done
    }

    fn stop_own(&mut self, message: InboxId, attempts: u32, tenant: TenantId, code: &'static str, problem: String) -> Verdict {
        self.stopped(&StoppedMessage {
            message,
            attempts,
            tenant,
            connection: HUB.to_owned(),
            external_id: None,
            document: None,
            telling: None,
            cause: Cause::DataWrong,
            code,
            problem,
        })
    }

    fn is_busy(&self, document: DocumentId, flow: &str) -> bool {
        self.running_instances(document)
            .iter()
            .any(|id| self.set.instances.get(id).is_some_and(|work| work.row.flow == flow && parent_of(&work.row).is_none()))
    }

    fn document_facts(&self, document: DocumentId, version: &Arc<FlowVersion>) -> Option<DocumentFacts> {
        let work = self.set.documents.get(&document)?;
        let revision = work.revisions.get(&work.row.revision)?;
        Some(DocumentFacts {
            id: document,
            kind: work.row.kind.clone(),
            key: work.row.key.clone(),
            revision: work.row.revision,
            doc: version.read_document(&work.row.kind, &revision.body, &work.row.status),
            status: work.row.status.clone(),
            source: work.row.source.clone(),
            external_id: work.row.external_id.clone(),
        })
    }
}

/// The part of a stored state that says whose step the instance is.
#[derive(serde::Deserialize)]
struct Peek {
    #[serde(rename = "pa", default)]
    parent: Option<Parent>,
}

/// Whose step an instance is.
fn parent_of(row: &InstanceRow) -> Option<Parent> {
    serde_json::from_str::<Peek>(&row.state).ok()?.parent
}
