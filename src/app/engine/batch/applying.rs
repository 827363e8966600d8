//! One event on one instance: the pure `decide`, and its changes as rows.

use super::deciding::{Deciding, is_open};
use crate::app::engine::definitions::FlowVersion;
use crate::app::engine::display;
use crate::app::engine::hub::HubWork;
use crate::app::trace::Touched;
use crate::domain::approval::Refusal;
use crate::domain::document::Values;
use crate::domain::flow::decision::{Changes, CreatedDocument, LinkChange};
use crate::domain::flow::effect::{Cause, PlannedEffect, Purpose, Work};
use crate::domain::flow::event::{Event, RevisionChange};
use crate::domain::flow::facts::{DocumentFacts, Facts};
use crate::domain::flow::instance::Status;
use crate::domain::flow::{Binding, HUB, Instance, decide};
use crate::domain::ids::{self, ExceptionId, InstanceId};
use crate::domain::text::storable::storable;
use crate::store::{ClosedException, DocumentRow, EffectRow, ExceptionRow, InstanceRow, NewEffect, RelationRow, RevisionRow, TimerKey};
use std::sync::Arc;

impl Deciding<'_> {
    /// Tells an instance something; gives why it refuses a person's act, of which nothing was done then.
    pub(super) fn event(&mut self, id: InstanceId, event: &Event) -> Option<Refusal> {
        let work = self.set.instances.get(&id)?;
        let version = self.circumstances.definitions.version(&work.row.version)?;
        let facts = self.facts(&work.row, &version)?;
        let instance = if work.row.state.is_empty() {
            Instance::default()
        } else {
            match serde_json::from_str(&work.row.state) {
                Ok(instance) => instance,
                Err(error) => {
                    self.broken(id, &error.to_string());
                    return None;
                }
            }
        };
        // A new instance takes the parts of the row that holds; from then on it keeps them.
        let row = if instance.status == Status::New { Some(facts.binding.row.as_str()) } else { instance.row.as_deref() };
        let flow = version.flow_under(row);
        let (instance, mut changes) = decide(flow, version.environment(), instance, &facts, event, self.now());
        if let Some(refusal) = changes.refused.take() {
            return Some(refusal);
        }
        let state = serde_json::to_string(&instance).unwrap_or_default();
        if changes == Changes::default() && self.set.instances.get(&id).is_some_and(|work| work.row.state == state) {
            // Nothing new was said: nothing is written.
            return None;
        }
        let now = self.now();
        if self.circumstances.traced {
            let begun = matches!(event, Event::Started).then(|| version.flow_id().to_owned());
            self.touched.push(Touched { input: self.input, instance: id, begun, status: instance.status_word() });
        }
        if let Some(work) = self.set.instances.get_mut(&id) {
            let row = &mut work.row;
            row.state = state;
            row.status = instance.status_word().to_owned();
            row.outcome = instance.outcome_word().map(str::to_owned);
            row.at_step = instance.at_step();
            row.updated_at = now;
            row.ended_at = if is_open(row) { None } else { row.ended_at.or(Some(now)) };
            work.changed = true;
            work.history.extend(changes.history.iter().cloned());
        }
        let initiator = facts.initiator.member("id").as_text().filter(|_| !changes.tasks.is_empty()).map(str::to_owned);
        // What it knows of linked documents is noted next, and not copied for it.
        drop(facts);
        self.apply(id, &version, initiator.as_deref(), changes);
        None
    }

    pub(super) fn facts(&self, row: &InstanceRow, version: &FlowVersion) -> Option<Facts> {
        let work = self.set.documents.get(&row.document)?;
        let revision = work.revisions.get(&row.revision)?;
        let doc = version.read_document(&work.row.kind, &revision.body, &work.row.status);
        let mut facts = Facts {
            tenant: row.tenant,
            instance: row.id,
            version: row.version.clone(),
            initiator: doc.member("requester").clone(),
            document: DocumentFacts {
                id: row.document,
                kind: work.row.kind.clone(),
                key: work.row.key.clone(),
                revision: row.revision,
                doc,
                status: work.row.status.clone(),
                source: work.row.source.clone(),
                external_id: work.row.external_id.clone(),
            },
            binding: Binding::default(),
            delegations: self.circumstances.delegations.clone(),
            made: self.made.clone(),
        };
        // A document that can no longer be bound has no roles: its steps then stop in exceptions that say so.
        if let Err(problem) = version.bind(&mut facts) {
            let told = self.circumstances.definitions.catalog().loggable(&problem, "what it says fits no binding");
            tracing::warn!(document.key = %facts.document.key, "document {} cannot be bound: {told}", facts.document.key);
        }
        Some(facts)
    }

    fn apply(&mut self, id: InstanceId, version: &Arc<FlowVersion>, initiator: Option<&str>, changes: Changes) {
        let Some(row) = self.set.instances.get(&id).map(|work| work.row.clone()) else { return };
        let now = self.now();
        for document in changes.documents {
            self.created(&row, version, document);
        }
        self.tasks(&row, initiator, changes.tasks);
        self.decisions(row.tenant, &row, changes.decisions);
        self.waiting(&row, changes.waiting);
        for effect in changes.effects {
            self.plan(&row, version, effect);
        }
        self.set.writes.effects_requeued.extend(changes.requeue);
        self.set.writes.effects_withdrawn.extend(changes.withdraw);
        let key = |number| TimerKey { tenant: row.tenant, instance: id, number };
        self.set.writes.timers.extend(changes.timers_set.into_iter().map(|(number, at)| (key(number), at)));
        self.set.writes.timers_removed.extend(changes.timers_cancelled.into_iter().map(key));
        for link in changes.links {
            self.link(&row, version, link);
        }
        for (document, status) in changes.statuses {
            match self.set.documents.get_mut(&document) {
                Some(work) => {
                    work.row.status = status;
                    work.changed = true;
                    self.tell_maker(document, Some(id));
                }
                None => self.set.writes.statuses.push((row.tenant, document, status, now)),
            }
        }
        let kept_back = if changes.exceptions_opened.is_empty() { Values::default() } else { self.kept_back(&row) };
        for opened in changes.exceptions_opened {
            let (connection, operation) = opened.call.unzip();
            self.set.writes.exceptions.push(ExceptionRow {
                id: opened.id,
                tenant: row.tenant,
                instance: Some(id),
                document: Some(row.document),
                effect: opened.effect,
                step: opened.step.map(|(step, visit)| format!("{step}#{visit}")),
                fingerprint: uuid::Uuid::nil(),
                flow: Some(row.flow.clone()),
                connection,
                operation,
                cause: opened.cause.word().to_owned(),
                code: opened.code,
                message: storable(kept_back.out_of(opened.message)),
                owner: opened.owner,
                assignee: None,
                state: "open".to_owned(),
                resolution: None,
                resolved_by: None,
                opened_at: now,
                closed_at: None,
            });
        }
        let tenant = row.tenant;
        let closed = changes.exceptions_closed.into_iter();
        let closed = closed.map(|(id, resolution)| ClosedException { id, tenant, resolution, at: now, by: String::new() });
        self.set.writes.exceptions_closed.extend(closed);
        for asked in changes.subflows {
            self.ask_subflow(&row, asked);
        }
        for document in changes.withdrawn {
            self.own_message(id, row.tenant, &format!("withdraw/{document}/{}", row.lock), &HubWork::Withdraw { document });
        }
        if let Some(reported) = changes.reported {
            self.report(&row, reported);
        }
        if let Some(revision) = changes.restart {
            let live = self.circumstances.definitions.live(version.flow_id()).unwrap_or_else(|| version.clone());
            self.begin(row.document, &live, revision);
        }
    }

    /// What a sentence about this instance must not repeat: exceptions stand in lists that show no payloads.
    pub(super) fn kept_back(&self, row: &InstanceRow) -> Values {
        let Some(work) = self.set.documents.get(&row.document) else { return Values::default() };
        let kind = self.circumstances.definitions.catalog().documents.get(work.row.kind.as_str());
        let Some(kind) = kind.filter(|kind| !kind.sensitive.is_empty()) else { return Values::default() };
        let mut values = Values::default();
        for revision in work.revisions.values() {
            values.extend(kind.sensitive.values(&serde_json::from_str(&revision.body).unwrap_or_default()));
        }
        values
    }

    fn created(&mut self, row: &InstanceRow, version: &FlowVersion, created: CreatedDocument) {
        let maker = created.made_for.to_string();
        Arc::make_mut(&mut self.made).insert(created.id, Some(maker.clone()));
        if created.awaited || !self.circumstances.definitions.starts_of_hub(&format!("created/{}", created.relation)).is_empty() {
            let work = HubWork::Created { document: created.id, relation: created.relation.clone() };
            self.own_message(row.id, row.tenant, &format!("created/{}/{}", created.id, row.lock), &work);
        }
        self.set.relate(RelationRow {
            tenant: row.tenant,
            document: created.id,
            made_for: created.made_for,
            relation: created.relation.clone(),
        });
        if self.set.documents.contains_key(&created.id) {
            self.made_again(row, version, &created);
            return;
        }
        let now = self.now();
        let body = created.body.to_string();
        let kind = created.kind.clone();
        let document = DocumentRow {
            id: created.id,
            tenant: row.tenant,
            kind: created.kind,
            source: HUB.to_owned(),
            key: created.key,
            external_id: Some(maker),
            revision: 1,
            status: version.first_status(&kind),
            source_status: None,
            source_version: None,
            withdrawn: false,
            display: display::fields(&created.body),
            created_at: now,
            updated_at: now,
        };
        let revision = RevisionRow {
            tenant: row.tenant,
            document: created.id,
            number: 1,
            hash: version.hash_document(&kind, &created.body),
            body,
            payload: "null".to_owned(),
            created_at: now,
        };
        self.set.writes.documents_made.push(created.id);
        self.set.add_document(document, revision);
    }

    /// What was taken back is made again, or what a changed document leads to now: it is as if new, and other content is another
    /// revision of it.
    fn made_again(&mut self, row: &InstanceRow, version: &FlowVersion, created: &CreatedDocument) {
        let (now, hash) = (self.now(), version.hash_document(&created.kind, &created.body));
        let Some(work) = self.set.documents.get_mut(&created.id) else { return };
        let same = work.revisions.get(&work.row.revision).is_some_and(|revision| revision.hash == hash);
        work.row.status = version.first_status(&created.kind);
        work.row.withdrawn = false;
        work.row.external_id.get_or_insert_with(|| created.made_for.to_string());
        work.changed = true;
        if same {
            return;
        }
        work.row.revision += 1;
        work.row.display = display::fields(&created.body);
        let revision = RevisionRow {
            tenant: row.tenant,
            document: created.id,
            number: work.row.revision,
            hash,
            body: created.body.to_string(),
            payload: "null".to_owned(),
            created_at: now,
        };
        let number = revision.number;
        work.revisions.insert(number, revision.clone());
        self.set.writes.revisions.push(revision);
        for instance in self.running_instances(created.id) {
            self.event(instance, &Event::Revision(RevisionChange::Changed { revision: number }));
        }
    }

    fn plan(&mut self, row: &InstanceRow, version: &FlowVersion, effect: PlannedEffect) {
        let connection = match &effect.work {
            Work::Call { connection, .. } => connection.clone(),
            Work::Notice { channel, .. } => channel.clone(),
        };
        let free = self.room.get_mut(&connection).filter(|free| **free > 0).map(|free| *free -= 1).is_some();
        let now = self.now();
        let lane = match &effect.work {
            // One that is stuck holds up neither the calls about its document nor another's notice: they have no order.
            Work::Call { purpose: Purpose::Notice, .. } => format!("{connection}:{}", effect.id),
            _ => format!("{connection}:{}", effect.document),
        };
        let (Ok(work), Ok(retry)) = (serde_json::to_string(&effect.work), serde_json::to_string(&effect.retry)) else { return };
        let row = EffectRow {
            id: effect.id,
            tenant: row.tenant,
            instance: row.id,
            document: effect.document,
            lane,
            connection,
            seq: 0,
            step: format!("{}#{}", effect.step, effect.visit),
            priority: version.priority(),
            version: row.version.clone(),
            work,
            retry,
            state: "planned".to_owned(),
            delivery: "{}".to_owned(),
            attempt: 0,
            due_at: now,
            created_at: now,
        };
        let claim = free.then(|| self.circumstances.lease.clone());
        self.set.writes.effects.push(NewEffect { effect: row, claim });
    }

    fn link(&mut self, row: &InstanceRow, version: &FlowVersion, change: LinkChange) {
        let now = self.now();
        let reread = version.first_reread(&change.connection, now);
        let instance = row.id;
        // Not the time of its answer: what the source shows in between may be what we wrote.
        let written_at = self.sent_at.unwrap_or(now);
        self.set.put_link(
            change.document,
            &change.connection,
            &change.external_id,
            |link, fresh| {
                if let Some((step, visit)) = change.step {
                    link.instance = Some(instance);
                    link.step = Some(format!("{step}#{visit}"));
                    if fresh {
                        link.reread_at = reread;
                    }
                }
                if change.written.is_some() {
                    link.written = change.written;
                    link.written_at = Some(written_at);
                }
                if change.seen.is_some() {
                    link.seen = change.seen;
                    link.seen_at = Some(now);
                }
                link.closed |= change.closed;
                if link.closed {
                    link.reread_at = None;
                }
            },
            row.tenant,
        );
    }

    /// A state that cannot be read is our fault and a person's matter; the instance is left as it is.
    fn broken(&mut self, id: InstanceId, reason: &str) {
        let Some(work) = self.set.instances.get(&id) else { return };
        let row = &work.row;
        self.set.writes.exceptions.push(ExceptionRow {
            id: ExceptionId(ids::derived(&[b"broken", id.0.as_bytes()])),
            tenant: row.tenant,
            instance: Some(id),
            document: Some(row.document),
            effect: None,
            step: None,
            fingerprint: uuid::Uuid::nil(),
            flow: Some(row.flow.clone()),
            connection: None,
            operation: None,
            cause: Cause::OurFault.word().to_owned(),
            code: "state_unreadable".to_owned(),
            message: format!("the stored state of the instance cannot be read: {reason}"),
            owner: None,
            assignee: None,
            state: "open".to_owned(),
            resolution: None,
            resolved_by: None,
            opened_at: self.circumstances.now,
            closed_at: None,
        });
    }
}
