//! Who has an exception, and what people say about it.

use super::{Error, Keeper, Result};
use crate::app::reading::Note;
use crate::domain::ids::{ExceptionId, TenantId};
use crate::store::ExceptionRow;
use crate::store::desk::{Assignment, NoteRow};

impl Keeper {
    async fn exception(&self, tenant: TenantId, id: ExceptionId) -> Result<ExceptionRow> {
        let found = self.store.desk().exceptions_by_id(tenant, &[id.0]).await?;
        found.into_iter().next().ok_or(Error::NotFound("exception"))
    }

    fn note(&self, tenant: TenantId, exception: ExceptionId, kind: &str, actor: &str, text: String) -> NoteRow {
        NoteRow { id: self.ids.next(), tenant, exception, at: self.clock.now(), kind: kind.to_owned(), actor: actor.to_owned(), text }
    }

    /// Gives an open exception to somebody; none gives it back to its owner. `before` is whose the caller saw it to be.
    ///
    /// # Errors
    /// When it is closed, or somebody else's by now.
    pub async fn assign(
        &self,
        tenant: TenantId,
        id: ExceptionId,
        before: Option<String>,
        assignee: Option<String>,
        actor: &str,
    ) -> Result<()> {
        let row = self.exception(tenant, id).await?;
        if row.state != "open" {
            return Err(Error::Conflict("the exception is closed".to_owned()));
        }
        if row.assignee == assignee {
            return Ok(());
        }
        let kind = if assignee.is_some() { "assigned" } else { "released" };
        let note = self.note(tenant, id, kind, actor, assignee.clone().unwrap_or_default());
        let assignment = Assignment { tenant, exception: id, before, assignee, note };
        match self.store.desk().assign(&assignment).await? {
            true => Ok(()),
            false => Err(Error::Changed("somebody else took it meanwhile".to_owned())),
        }
    }

    /// Adds a comment.
    ///
    /// # Errors
    /// When there is no such exception.
    pub async fn comment(&self, tenant: TenantId, id: ExceptionId, actor: &str, text: String) -> Result<Note> {
        self.exception(tenant, id).await?;
        let note = self.note(tenant, id, "comment", actor, text);
        self.store.desk().add_note(&note).await?;
        Ok(Note::from(note))
    }
}
