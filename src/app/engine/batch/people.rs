//! What people decide, and what follows from their leaving: acts on instances, and the rows of tasks and decisions.

use super::deciding::Deciding;
use crate::app::engine::input::{PeopleInput, Verdict};
use crate::domain::file::{self, Reference};
use crate::domain::flow::decision::{Decision, TaskChange, WaitingNotice};
use crate::domain::ids::{self, TenantId};
use crate::domain::text::storable::storable;
use crate::store::desk::FileUse;
use crate::store::{DecisionRow, InstanceRow, OUTSIDE, STARTED, TaskRow, WaitingRow};
use serde_json::json;

impl Deciding<'_> {
    pub(super) fn people(&mut self, input: &PeopleInput) -> Verdict {
        if input.message.is_some_and(|message| !self.set.messages.contains(&message)) {
            return Verdict::Gone;
        }
        let Some(work) = self.set.instances.get(&input.instance).filter(|work| work.row.tenant == input.tenant) else {
            return Verdict::Refused("there is no such instance".to_owned());
        };
        if let Some(missing) = self.missing(&work.row) {
            return match input.message {
                Some(message) => self.keep(message, input.tenant, missing),
                None => missing,
            };
        }
        match self.event(input.instance, &input.event) {
            None => Verdict::Done,
            Some(refusal) => Verdict::Declined(refusal),
        }
    }

    /// Rows of tasks that have changed. The first ones of an instance also put it into the list of whoever began it.
    pub(super) fn tasks(&mut self, row: &InstanceRow, initiator: Option<&str>, changes: Vec<TaskChange>) {
        let now = self.now();
        let blank = |person: &str| TaskRow {
            id: ids::task_id(row.tenant, row.id, "", 0, 0),
            tenant: row.tenant,
            instance: row.id,
            document: row.document,
            flow: row.flow.clone(),
            step: String::new(),
            visit: 0,
            number: 0,
            round: 1,
            person: person.to_owned(),
            kind: STARTED.to_owned(),
            state: "done".to_owned(),
            since: row.started_at,
            due: None,
            ended: Some(row.started_at),
            actor: None,
            claimed: false,
            outside: None,
        };
        // What another system asks makes no approval of ours.
        let ours = changes.iter().any(|change| change.outside.is_none());
        if let (Some(initiator), true) = (initiator, ours) {
            self.set.writes.tasks.push(blank(initiator));
        }
        self.set.writes.tasks.extend(changes.into_iter().map(|change| TaskRow {
            id: change.id,
            step: change.step,
            visit: change.visit,
            number: change.number,
            round: change.round,
            kind: if change.outside.is_some() { OUTSIDE } else { change.kind.word() }.to_owned(),
            state: change.state.word().to_owned(),
            since: change.since.unwrap_or(now),
            due: change.due,
            ended: change.ended,
            actor: change.by,
            claimed: change.claimed,
            outside: change.outside.map(|outside| json!(outside).to_string()),
            ..blank(&change.person)
        }));
    }

    /// Notices that wait.
    pub(super) fn waiting(&mut self, row: &InstanceRow, waiting: Vec<WaitingNotice>) {
        let created_at = self.now();
        self.set.writes.waiting.extend(waiting.into_iter().map(|notice| WaitingRow {
            id: notice.id.0,
            tenant: row.tenant,
            instance: row.id,
            step: notice.step,
            visit: notice.visit,
            person: notice.person,
            channel: notice.channel,
            due: notice.due,
            created_at,
            task: notice.task,
            event: notice.event,
            subject: storable(notice.subject),
            text: storable(notice.text),
            url: notice.url,
            bundle: None,
        }));
    }

    /// Records of what was decided, and which files they name.
    pub(super) fn decisions(&mut self, tenant: TenantId, row: &InstanceRow, decisions: Vec<Decision>) {
        let at = self.now();
        let named = decisions.iter().flat_map(|decision| &decision.decided.attachments);
        let ours = named.filter_map(|attachment| match file::read(attachment["ref"].as_str()?) {
            Reference::Ours(id) => Some(FileUse { tenant, instance: row.id, id, at }),
            _ => None,
        });
        self.set.writes.files.extend(ours);
        self.set.writes.decisions.extend(decisions.into_iter().map(|decision| {
            let decided = decision.decided;
            DecisionRow {
                id: ids::derived(&[b"decision", row.id.0.as_bytes(), &decision.number.to_be_bytes()]),
                tenant,
                instance: row.id,
                number: decision.number,
                at,
                step: decision.step,
                visit: decision.visit,
                task: decision.task,
                round: decision.round,
                person: decided.person,
                on_behalf_of: decided.on_behalf_of,
                verb: decided.verb,
                why: decided.why,
                comment: decided.comment.map(storable),
                attachments: json!(decided.attachments).to_string(),
                changes: json!(decided.changes).to_string(),
                named: json!(decided.to).to_string(),
                token: decided.token,
            }
        }));
    }
}
