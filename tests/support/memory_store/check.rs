//! What the real engines refuse: words outside their columns' lists, texts with NUL, rows that are not as they were loaded.

use super::state::State;
use std::collections::BTreeSet;
use waybill::domain::ids::DocumentId;
use waybill::store::*;

/// Refuses the character NUL.
pub fn texts<'t>(texts: impl IntoIterator<Item = &'t String>) -> Result<()> {
    match texts.into_iter().any(|text| text.contains('\0')) {
        true => Err(Error::Refused("a text contains the character NUL".into())),
        false => Ok(()),
    }
}

impl State {
    /// Whether a batch may be written as a whole.
    pub fn check(&self, absent: &BTreeSet<DocumentId>, writes: &Writes) -> Result<()> {
        for row in writes.documents_new.iter().chain(&writes.documents_changed) {
            texts([&row.kind, &row.source, &row.key, &row.status, &row.display])?;
            texts(row.external_id.iter().chain(&row.source_status).chain(&row.source_version))?;
            if row.revision == 0 {
                return Err(Error::Refused("a revision counts from 1".into()));
            }
        }
        for row in &writes.documents_new {
            if absent.contains(&row.id) && self.documents.contains_key(&row.id) {
                return Err(Error::Refused("the document is there already".into()));
            }
        }
        for row in &writes.documents_changed {
            let known = self.documents.get(&row.id).is_some_and(|known| known.tenant == row.tenant);
            if !known && !writes.documents_new.iter().any(|new| new.id == row.id) {
                return Err(Error::Refused("`document`: 0 of 1 rows are as they were loaded".into()));
            }
        }
        for row in writes.instances_new.iter().chain(&writes.instances_changed) {
            texts([&row.state, &row.flow, &row.version])?;
            texts(row.outcome.iter().chain(&row.at_step))?;
            if !["running", "exception", "ended", "superseded"].contains(&row.status.as_str()) {
                return Err(Error::Refused(format!("`{}` is no status of an instance", row.status).into()));
            }
        }
        for row in &writes.instances_changed {
            if self.instances.get(&row.id).is_none_or(|known| known.lock != row.lock) {
                return Err(Error::Refused("`instance`: 0 of 1 rows are as they were loaded".into()));
            }
        }
        for row in &writes.revisions {
            texts([&row.body, &row.payload, &row.hash])?;
        }
        for row in &writes.links {
            texts([&row.connection, &row.external_id])?;
            texts(row.written.iter().chain(&row.seen).chain(&row.step))?;
        }
        for new in &writes.effects {
            texts([&new.effect.work, &new.effect.retry, &new.effect.lane])?;
        }
        for progress in &writes.progress {
            texts([&progress.delivery])?;
            for attempt in &progress.attempts {
                texts([&attempt.request, &attempt.response])?;
                texts(&attempt.message)?;
            }
        }
        for row in &writes.exceptions {
            texts([&row.message])?;
        }
        for row in &writes.history {
            texts([&row.entries])?;
        }
        for row in &writes.messages_kept {
            texts(row.heard.iter().chain(&row.problem).chain(&row.external_id))?;
        }
        Ok(())
    }
}
