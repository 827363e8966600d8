//! Messages of partners: events about objects we know, events that wait for their object, and messages that need a person.

use super::deciding::Deciding;
use crate::app::engine::input::{HeardInput, MessageCommand, StoppedMessage, Verdict};
use crate::domain::flow::effect::Cause;
use crate::domain::flow::event::{Event, Heard, Outcome};
use crate::domain::ids::{self, DocumentId, ExceptionId, InboxId, InstanceId, TenantId};
use crate::domain::text::storable::storable;
use crate::store::{ClosedException, Deferral, ExceptionRow};
use jiff::{SignedDuration, Timestamp};

/// An event whose object nobody knows is kept this long; then a person looks at it.
const PARKED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Waits between attempts to match a parked event: a create answer is usually only seconds behind its callback.
const PARKED_WAITS_MILLIS: [i64; 8] = [500, 2_000, 5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000];

impl Deciding<'_> {
    pub(super) fn heard(&mut self, heard: &HeardInput) -> Verdict {
        if !self.set.messages.contains(&heard.message) {
            return Verdict::Gone;
        }
        let found: Vec<(DocumentId, Option<InstanceId>)> = self
            .set
            .documents
            .values()
            .flat_map(|work| &work.links)
            .filter(|link| link.tenant == heard.tenant && link.connection == heard.connection && link.external_id == heard.external_id)
            .map(|link| (link.document, link.instance))
            .collect();
        if found.is_empty() {
            return self.park(heard);
        }
        for (document, instance) in found {
            if let Some(missing) = self.missing_version(document) {
                return self.keep(heard.message, heard.tenant, missing);
            }
            let (seen, observed_at, now) = (heard.seen.clone(), heard.observed_at, self.now());
            let definitions = self.circumstances.definitions.clone();
            let open = heard.outcome.is_none_or(|outcome| matches!(outcome, Outcome::Pending | Outcome::Unknown));
            self.set.put_link(
                document,
                &heard.connection,
                &heard.external_id,
                |link, _| {
                    // Two readings of one object may overtake each other: the older says nothing about what it says now.
                    if link.seen_at.is_some_and(|at| at > observed_at) {
                        return;
                    }
                    if seen.is_some() {
                        link.seen = seen;
                        link.seen_at = Some(observed_at);
                    }
                    if link.reread_at.is_some() {
                        // What is decided is not asked about any more, or every object ever made would be read for ever.
                        let wait = if open { definitions.reread_wait(&link.connection, link.rereads) } else { None };
                        link.reread_at = wait.and_then(|wait| now.checked_add(wait).ok());
                    }
                },
                heard.tenant,
            );
            let event = Event::Heard(Heard {
                connection: heard.connection.clone(),
                event: heard.event.clone(),
                external_id: heard.external_id.clone(),
                outcome: heard.outcome,
                output: heard.output.clone(),
                asked: heard.asked.clone(),
            });
            match instance {
                Some(instance) => drop(self.event(instance, &event)),
                None => self.newest_per_flow(document).into_iter().for_each(|instance| drop(self.event(instance, &event))),
            }
        }
        Verdict::Done
    }

    /// Keeps an event whose object is not known (yet): its create answer may still be under way.
    fn park(&mut self, heard: &HeardInput) -> Verdict {
        let now = self.now();
        if now.duration_since(heard.received_at) > PARKED_FOR {
            return self.stopped(&StoppedMessage {
                message: heard.message,
                attempts: heard.attempts,
                tenant: heard.tenant,
                connection: heard.connection.clone(),
                external_id: Some(heard.external_id.clone()),
                document: None,
                telling: None,
                cause: Cause::RuleMissing,
                code: "object_unknown",
                problem: format!(
                    "for {} h nothing here was linked to `{}` of `{}`",
                    PARKED_FOR.as_hours(),
                    heard.external_id,
                    heard.connection
                ),
            });
        }
        let wait = PARKED_WAITS_MILLIS[(heard.attempts as usize).min(PARKED_WAITS_MILLIS.len() - 1)];
        let due_at = now.checked_add(SignedDuration::from_millis(wait)).unwrap_or(now);
        self.set.writes.messages_kept.push(Deferral {
            id: heard.message,
            tenant: heard.tenant,
            due_at,
            state: "parked".to_owned(),
            external_id: Some(heard.external_id.clone()),
            heard: Some(heard.heard.clone()),
            problem: Some(format!("nothing here is linked to `{}` of `{}`", heard.external_id, heard.connection)),
        });
        Verdict::Parked
    }

    /// A message that cannot go on by itself stands in an exception with its name; retrying that takes it up again.
    pub(super) fn stopped(&mut self, stopped: &StoppedMessage) -> Verdict {
        if !self.set.messages.contains(&stopped.message) {
            return Verdict::Gone;
        }
        let step = format!("message:{}", stopped.message);
        let id = match stopped.telling.map(|telling| (telling, self.set.tellings.get(&telling))) {
            Some((telling, None)) => telling,
            // The same was told before, by another message: one exception is enough, open or settled.
            Some((_, Some(known))) if *known != step => return Verdict::Done,
            // It was taken up again and stops again.
            _ => ExceptionId(ids::derived(&[b"message", stopped.message.0.as_bytes(), &stopped.attempts.to_be_bytes()])),
        };
        if let Some(telling) = stopped.telling {
            self.set.tellings.entry(telling).or_insert_with(|| step.clone());
        }
        self.set.writes.exceptions.push(ExceptionRow {
            id,
            tenant: stopped.tenant,
            instance: None,
            document: stopped.document.filter(|document| self.set.documents.contains_key(document)),
            effect: None,
            step: Some(step),
            fingerprint: uuid::Uuid::nil(),
            flow: None,
            connection: Some(stopped.connection.clone()),
            operation: None,
            cause: stopped.cause.word().to_owned(),
            code: stopped.code.to_owned(),
            message: storable(stopped.problem.clone()),
            owner: self.circumstances.definitions.catalog().owner_of_messages(&stopped.connection),
            assignee: None,
            state: "open".to_owned(),
            resolution: None,
            resolved_by: None,
            opened_at: self.now(),
            closed_at: None,
        });
        self.set.writes.messages_kept.push(Deferral {
            id: stopped.message,
            tenant: stopped.tenant,
            due_at: Timestamp::MAX,
            state: "stopped".to_owned(),
            external_id: stopped.external_id.clone(),
            heard: None,
            problem: Some(stopped.problem.clone()),
        });
        Verdict::Done
    }

    pub(super) fn message_command(&mut self, command: &MessageCommand) -> Verdict {
        if !self.set.messages.contains(&command.message) {
            return Verdict::Gone;
        }
        let now = self.now();
        if command.again {
            self.set.writes.messages_kept.push(Deferral {
                id: command.message,
                tenant: command.tenant,
                due_at: now,
                state: "reading".to_owned(),
                external_id: None,
                heard: None,
                problem: None,
            });
        }
        let what = if command.again { "retried" } else { "skipped" };
        let resolution = command.reason.as_ref().map_or_else(|| what.to_owned(), |reason| format!("{what}: {reason}"));
        if let Some(parked) = command.parked.as_ref().filter(|_| !command.again) {
            // What was acknowledged never goes without a trace.
            self.set.writes.exceptions.push(ExceptionRow {
                id: command.exception,
                tenant: parked.tenant,
                instance: None,
                document: None,
                effect: None,
                step: Some(format!("message:{}", command.message)),
                fingerprint: uuid::Uuid::nil(),
                flow: None,
                connection: Some(parked.connection.clone()),
                operation: None,
                cause: Cause::RuleMissing.word().to_owned(),
                code: "object_unknown".to_owned(),
                message: storable(parked.problem.clone()),
                owner: self.circumstances.definitions.catalog().owner_of_messages(&parked.connection),
                assignee: None,
                state: "closed".to_owned(),
                resolution: Some(resolution),
                resolved_by: Some(command.actor.clone()),
                opened_at: now,
                closed_at: Some(now),
            });
            return Verdict::Done;
        }
        self.set.writes.exceptions_closed.push(ClosedException {
            id: command.exception,
            tenant: command.tenant,
            resolution,
            at: now,
            by: command.actor.clone(),
        });
        Verdict::Done
    }

    /// Keeps the message for another try after the verdict was acted on.
    pub(super) fn keep(&mut self, message: InboxId, tenant: TenantId, verdict: Verdict) -> Verdict {
        self.set.writes.messages_kept.push(Deferral {
            id: message,
            tenant,
            due_at: self.now(),
            state: "reading".to_owned(),
            external_id: None,
            heard: None,
            problem: None,
        });
        verdict
    }
}
