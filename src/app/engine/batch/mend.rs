//! A person mends the data or the flow version an instance works with; then a command lets it go on.
//!
//! Mended data is a new revision of the document with the hash of what its source said: the source repeating itself is then no
//! news, and its next change replaces the mend. The instance goes on with that revision; others keep theirs.

use super::deciding::Deciding;
use crate::app::engine::input::{Amended, MendInput, MigrateInput, Verdict};
use crate::domain::flow::event::Event;
use crate::domain::flow::{Instance, decide};
use crate::domain::ids::InstanceId;
use crate::store::{AmendmentRow, RevisionRow};

impl Deciding<'_> {
    pub(super) fn mend(&mut self, mend: &MendInput) -> Verdict {
        let id = mend.command.instance;
        let Some(work) = self.set.instances.get(&id) else {
            return Verdict::Refused("there is no such instance".to_owned());
        };
        if let Some(missing) = self.missing(&work.row) {
            return missing;
        }
        if !self.is_still_open(mend) {
            return Verdict::Refused("this exception is not open any more".to_owned());
        }
        if let Some(why) = self.would_ignore(mend) {
            return Verdict::Refused(why);
        }
        if let Some(version) = &mend.version
            && let Err(verdict) = self.move_to_version(mend, version)
        {
            return verdict;
        }
        if let Some(amended) = &mend.document
            && let Err(why) = self.amend(id, amended, mend)
        {
            return Verdict::Refused(why);
        }
        self.command(&mend.command)
    }

    fn is_still_open(&self, mend: &MendInput) -> bool {
        let open = self.set.exceptions.get(&mend.command.instance);
        mend.command.exception.is_none_or(|id| open.is_some_and(|open| open.iter().any(|row| row.id == id && row.state == "open")))
    }

    /// Asks the decision itself, before anything is changed: a command that means nothing mends nothing either.
    fn would_ignore(&self, mend: &MendInput) -> Option<String> {
        let work = self.set.instances.get(&mend.command.instance)?;
        let version = self.circumstances.definitions.version(&work.row.version)?;
        let facts = self.facts(&work.row, &version)?;
        let state: Instance = serde_json::from_str(&work.row.state).ok()?;
        let event = Event::Command {
            command: mend.command.command.clone(),
            exception: mend.command.exception,
            actor: mend.command.actor.clone(),
            reason: mend.command.reason.clone(),
        };
        let (_, changes) =
            decide(version.flow_under(state.row.clone().as_deref()), version.environment(), state, &facts, &event, self.now());
        let ignored = changes.history.iter().find(|entry| entry.kind == "ignored")?;
        Some(ignored.detail.get("why").and_then(|why| why.as_str()).unwrap_or("it means nothing here").to_owned())
    }

    fn move_to_version(&mut self, mend: &MendInput, version: &str) -> Result<(), Verdict> {
        let command = &mend.command;
        let input = MigrateInput {
            tenant: command.tenant,
            instance: command.instance,
            to: version.to_owned(),
            actor: command.actor.clone(),
            reason: command.reason.clone(),
        };
        match self.migrate(&input) {
            // It runs on that version already.
            Verdict::Done | Verdict::Gone => Ok(()),
            other => Err(other),
        }
    }

    fn amend(&mut self, id: InstanceId, amended: &Amended, mend: &MendInput) -> Result<(), String> {
        let now = self.now();
        let Some(instance) = self.set.instances.get_mut(&id) else { return Ok(()) };
        let Some(document) = self.set.documents.get_mut(&instance.row.document) else {
            return Err("the document is not there any more".to_owned());
        };
        if document.row.revision != amended.base {
            return Err(format!("revision {} has come meanwhile", document.row.revision));
        }
        let Some(hash) = document.revisions.get(&amended.base).map(|revision| revision.hash.clone()) else {
            return Err("the revision cannot be read".to_owned());
        };
        let number = amended.base + 1;
        let row = RevisionRow {
            tenant: document.row.tenant,
            document: document.row.id,
            number,
            hash,
            body: amended.body.clone(),
            payload: String::new(),
            created_at: now,
        };
        document.row.revision = number;
        document.row.display.clone_from(&amended.display);
        document.changed = true;
        document.revisions.insert(number, row.clone());
        self.set.writes.amendments.push(AmendmentRow {
            tenant: row.tenant,
            document: row.document,
            number,
            at: now,
            actor: mend.command.actor.clone(),
            reason: mend.command.reason.clone().unwrap_or_default(),
            changes: amended.changes.clone(),
        });
        self.set.writes.revisions.push(row);
        instance.row.revision = number;
        instance.changed = true;
        Ok(())
    }
}
