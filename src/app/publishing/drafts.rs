//! Drafts: what an author is working on, saved over the very text the author saw and nothing else.

use super::{Error, Publishing, overlay, text_hash};
use crate::domain::catalog::kinds::{self, KINDS};
use crate::domain::ids::TenantId;
use crate::domain::publishing::FILE;
use crate::domain::text::tree::BYTES_MAX;
use crate::store::{DraftKey, DraftRow, DraftSaved, Store};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Drafts of one author; who works on more has forgotten some.
const DRAFTS_MAX: usize = 1_000;
/// The hash of a draft that removes a definition.
const REMOVED: &str = "removed";

/// A draft in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DraftItem {
    /// The kind of definition.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Where it stands in the project folder.
    pub path: String,
    /// Whose draft it is.
    pub author: String,
    /// Hash of its text: the ETag.
    pub hash: String,
    /// Hash of the live text it was begun on; absent for a new definition.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub base: Option<String>,
    /// Whether it removes the definition.
    pub removes: bool,
    /// Whether another text is live by now than the one it was begun on.
    pub outdated: bool,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last saved.
    pub updated_at: Timestamp,
}

/// A draft with its text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DraftText {
    /// The draft.
    #[serde(flatten)]
    pub draft: DraftItem,
    /// Its text; absent when it removes the definition.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<String>,
}

/// What is to be saved.
#[derive(Clone, Debug, PartialEq)]
pub struct SaveDraft {
    /// Tenant.
    pub tenant: TenantId,
    /// Author.
    pub author: String,
    /// Kind.
    pub kind: String,
    /// Id.
    pub id: String,
    /// The text; none to remove the definition.
    pub text: Option<String>,
    /// Where it is to stand; none for where it stands, or the folder of its kind.
    pub path: Option<String>,
    /// The hash of the text the author saw: of the draft, else of the live text; none when there was none.
    pub seen: Option<String>,
}

/// The saved draft, and whether it is new.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    /// The draft.
    pub draft: DraftItem,
    /// Whether it is new.
    pub created: bool,
}

/// Drafts of one author.
pub(super) async fn of_author(store: &dyn Store, tenant: TenantId, author: &str) -> Result<Vec<DraftRow>, Error> {
    Ok(store.drafts(tenant, Some(author)).await?)
}

impl Publishing {
    /// Drafts of one author, or of all.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn drafts(&self, tenant: TenantId, author: Option<&str>) -> Result<Vec<DraftItem>, Error> {
        Ok(self.store.drafts(tenant, author).await?.iter().map(|row| self.view(row)).collect())
    }

    /// The files that drafts of an author come to now, all of them or those named, and which drafts these are: kind, id, hash.
    ///
    /// # Errors
    /// When one that is named is not there.
    pub async fn files_of_drafts(
        &self,
        tenant: TenantId,
        author: &str,
        named: &[(String, String)],
    ) -> Result<(BTreeMap<String, Option<String>>, Vec<[String; 3]>), Error> {
        let (mut files, mut which, mut outdated) = (BTreeMap::new(), Vec::new(), Vec::new());
        for draft in of_author(self.store.as_ref(), tenant, author).await? {
            if !named.is_empty() && !named.iter().any(|(kind, id)| *kind == draft.kind && *id == draft.id) {
                continue;
            }
            if let Some((path, _)) = self.live_text(&draft.kind, &draft.id) {
                files.entry(path).or_insert(None);
            }
            if draft.base != self.live_hash(&draft.kind, &draft.id) {
                outdated.push(format!("{} {}", draft.kind, draft.id));
            }
            files.insert(draft.path, draft.text);
            which.push([draft.kind, draft.id, draft.hash]);
        }
        if !outdated.is_empty() {
            return Err(Error::Outdated(outdated));
        }
        if which.len() < named.len() || which.is_empty() {
            return Err(Error::NotFound("draft of yours"));
        }
        Ok((files, which))
    }

    /// The number of the release that is in force here.
    pub fn live_release(&self) -> u32 {
        self.live.now().release()
    }

    /// One draft of an author.
    ///
    /// # Errors
    /// When there is none.
    pub async fn draft(&self, tenant: TenantId, author: &str, kind: &str, id: &str) -> Result<DraftText, Error> {
        let found = self.stored(tenant, author, kind, id).await?.ok_or(Error::NotFound("draft of yours"))?;
        Ok(DraftText { draft: self.view(&found), text: found.text })
    }

    /// Saves a draft over what its author saw. Saving the stored text once more changes nothing and always works, so that a
    /// repeat after a lost answer is harmless.
    ///
    /// # Errors
    /// `Changed` when something else stands there.
    pub async fn save_draft(&self, save: SaveDraft) -> Result<Saved, Error> {
        self.own(save.tenant)?;
        self.sound(&save)?;
        let live = self.live_hash(&save.kind, &save.id);
        let stored = self.stored(save.tenant, &save.author, &save.kind, &save.id).await?;
        let hash = save.text.as_deref().map_or(REMOVED.to_owned(), text_hash);
        if let Some(row) = stored.as_ref().filter(|row| row.hash == hash && save.path.as_ref().is_none_or(|path| *path == row.path)) {
            return Ok(Saved { draft: self.view(row), created: false });
        }
        let found = stored.as_ref().map(|row| row.hash.clone()).or_else(|| live.clone());
        if found != save.seen {
            return Err(Error::Changed { expected: save.seen, found });
        }
        let now = self.clock.now();
        let path = match save.path {
            Some(path) => overlay::checked(path)?,
            None => match &stored {
                Some(row) => row.path.clone(),
                None => overlay::place(self.live.now().catalog(), &save.kind, &save.id.as_str().into())?,
            },
        };
        let row = DraftRow {
            tenant: save.tenant,
            author: save.author,
            kind: save.kind,
            id: save.id,
            path,
            text: save.text,
            hash,
            base: stored.as_ref().map_or(live, |row| row.base.clone()),
            created_at: stored.as_ref().map_or(now, |row| row.created_at),
            updated_at: now,
        };
        if stored.is_none() && of_author(self.store.as_ref(), row.tenant, &row.author).await?.len() >= DRAFTS_MAX {
            return Err(Error::Field("text", format!("is one more draft than the {DRAFTS_MAX} that one author may have")));
        }
        match self.store.save_draft(&row, stored.as_ref().map(|row| row.hash.as_str())).await? {
            DraftSaved::Done => Ok(Saved { draft: self.view(&row), created: stored.is_none() }),
            DraftSaved::Conflict(other) => Err(Error::Changed { expected: save.seen, found: other.map(|row| row.hash) }),
        }
    }

    /// Drops a draft that its author saw.
    ///
    /// # Errors
    /// `Changed` when it was saved since; `NotFound` when there is none.
    pub async fn drop_draft(&self, tenant: TenantId, author: &str, kind: &str, id: &str, seen: Option<String>) -> Result<(), Error> {
        let stored = self.stored(tenant, author, kind, id).await?.ok_or(Error::NotFound("draft of yours"))?;
        if seen.as_ref().is_some_and(|seen| *seen != stored.hash) {
            return Err(Error::Changed { expected: seen, found: Some(stored.hash) });
        }
        let key = DraftKey { author: stored.author, kind: stored.kind, id: stored.id, hash: stored.hash };
        match self.store.drop_draft(tenant, &key).await? {
            DraftSaved::Done => Ok(()),
            DraftSaved::Conflict(other) => Err(Error::Changed { expected: Some(key.hash), found: other.map(|row| row.hash) }),
        }
    }

    fn sound(&self, save: &SaveDraft) -> Result<(), Error> {
        if save.kind != FILE && kinds::kind(&save.kind).is_none() {
            let known: Vec<&str> = KINDS.iter().map(|kind| kind.key).chain([FILE]).collect();
            return Err(Error::Field("kind", format!("must be one of {}", known.join(", "))));
        }
        if save.id.is_empty() || save.id.len() > 256 || save.id.chars().any(char::is_control) {
            return Err(Error::Field("id", "must be an id of at most 256 characters".to_owned()));
        }
        match &save.text {
            Some(text) if text.len() > BYTES_MAX => Err(Error::Field("text", format!("must have at most {BYTES_MAX} bytes"))),
            Some(text) if text.contains('\0') => Err(Error::Field("text", "holds the character NUL".to_owned())),
            _ => Ok(()),
        }
    }

    async fn stored(&self, tenant: TenantId, author: &str, kind: &str, id: &str) -> Result<Option<DraftRow>, Error> {
        let mine = of_author(self.store.as_ref(), tenant, author).await?;
        Ok(mine.into_iter().find(|row| row.kind == kind && row.id == id))
    }

    /// The hash of the text that is live.
    pub(super) fn live_hash(&self, kind: &str, id: &str) -> Option<String> {
        self.live_text(kind, id).map(|(_, text)| text_hash(&text))
    }

    pub(super) fn view(&self, row: &DraftRow) -> DraftItem {
        DraftItem {
            kind: row.kind.clone(),
            id: row.id.clone(),
            path: row.path.clone(),
            author: row.author.clone(),
            hash: row.hash.clone(),
            base: row.base.clone(),
            removes: row.text.is_none(),
            outdated: row.base != self.live_hash(&row.kind, &row.id),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }

    /// Texts of an author's drafts over what is live.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn overlay_of_drafts(&self, tenant: TenantId, author: &str) -> Result<super::Overlay, Error> {
        let mut overlay = super::Overlay::default();
        for draft in of_author(self.store.as_ref(), tenant, author).await? {
            if let Some((path, _)) = self.live_text(&draft.kind, &draft.id) {
                overlay.files.entry(path).or_insert(None);
            }
            overlay.files.insert(draft.path, draft.text);
        }
        Ok(overlay)
    }
}
