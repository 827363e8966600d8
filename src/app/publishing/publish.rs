//! Publishing on a running hub: changed files, an author's drafts, or an earlier release again.

use super::bring::{Bring, bring, content_of};
use super::drafts::of_author;
use super::views::PublishedView;
use super::{Error, Overlay, Publishing, live_content, overlay, text_hash};
use crate::domain::ids::TenantId;
use crate::store::{DraftKey, DraftRow};
use std::collections::BTreeMap;

/// What every publication says.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishRequest {
    /// Tenant.
    pub tenant: TenantId,
    /// Who.
    pub author: String,
    /// Why.
    pub message: String,
    /// The release it is made on top of; none for whichever is live.
    pub base: Option<u32>,
    /// Why it is to be published although cases fail.
    pub untested: Option<String>,
    /// Only say what would be.
    pub dry_run: bool,
}

/// Files that change: path to text, none for one that goes. Everything else stays as it is live.
pub type PublishFiles = BTreeMap<String, Option<String>>;

/// Which of the author's drafts: kind and id; none for all of them.
pub type PublishDrafts = Option<Vec<(String, String)>>;

impl Publishing {
    /// Publishes changed files over what is live. `whole` says that files not named are to go.
    ///
    /// # Errors
    /// As `bring`.
    pub async fn publish_files(&self, request: PublishRequest, files: PublishFiles, whole: bool) -> Result<PublishedView, Error> {
        self.own(request.tenant)?;
        let mut overlay = Overlay::default();
        for (path, text) in files {
            overlay.files.insert(overlay::checked(path)?, text);
        }
        let (live, content) = live_content(self.store.as_ref(), request.tenant).await?;
        let base = if whole { Default::default() } else { content.to_files() };
        let files = overlay.over(&base);
        let expected = Some(request.base.unwrap_or(live.map_or(0, |live| live.number)));
        self.bring(Bring { files, expected, ..start(request, self.clock.now()) }).await
    }

    /// Publishes drafts of the author.
    ///
    /// # Errors
    /// As `bring`; and when a draft was begun on a text that is not live any more.
    pub async fn publish_drafts(&self, request: PublishRequest, which: PublishDrafts) -> Result<PublishedView, Error> {
        self.own(request.tenant)?;
        let all = of_author(self.store.as_ref(), request.tenant, &request.author).await?;
        let wanted = |row: &DraftRow| which.as_ref().is_none_or(|which| which.iter().any(|(kind, id)| *kind == row.kind && *id == row.id));
        let drafts: Vec<DraftRow> = all.into_iter().filter(wanted).collect();
        if drafts.is_empty() || which.as_ref().is_some_and(|which| which.len() != drafts.len()) {
            return Err(Error::NotFound("draft of yours"));
        }
        let (live, content) = live_content(self.store.as_ref(), request.tenant).await?;
        let outdated = drafts.iter().filter(|draft| {
            let now = content.find(&draft.kind, &draft.id).map(|file| text_hash(&file.text));
            now != draft.base
        });
        let outdated: Vec<String> = outdated.map(|draft| format!("{} {}", draft.kind, draft.id)).collect();
        if !outdated.is_empty() {
            return Err(Error::Outdated(outdated));
        }
        let mut overlay = Overlay::default();
        for draft in &drafts {
            // The live file goes when the draft stands elsewhere.
            if let Some(former) = content.find(&draft.kind, &draft.id) {
                overlay.files.entry(former.path.to_string()).or_insert(None);
            }
            overlay.files.insert(draft.path.clone(), draft.text.clone());
        }
        let key = |draft: DraftRow| DraftKey { author: draft.author, kind: draft.kind, id: draft.id, hash: draft.hash };
        let expected = Some(request.base.unwrap_or(live.map_or(0, |live| live.number)));
        let files = overlay.over(&content.to_files());
        let drafts = drafts.into_iter().map(key).collect();
        self.bring(Bring { files, expected, drafts, ..start(request, self.clock.now()) }).await
    }

    /// Publishes the content of an earlier release again, as a new release.
    ///
    /// # Errors
    /// As `bring`; and when there is no such release.
    pub async fn roll_back(&self, request: PublishRequest, to: u32) -> Result<PublishedView, Error> {
        self.own(request.tenant)?;
        self.store.release(request.tenant, to).await?.ok_or(Error::NotFound("release"))?;
        let files = content_of(self.store.as_ref(), request.tenant, to).await?.to_files();
        self.bring(Bring { files, expected: request.base, restores: Some(to), ..start(request, self.clock.now()) }).await
    }

    /// Brings it into force, here at once; other replicas follow within their poll.
    async fn bring(&self, request: Bring) -> Result<PublishedView, Error> {
        let brought = bring(self.store.as_ref(), request).await?;
        if brought.view.published
            && let Some(release) = &brought.view.release
        {
            tracing::info!(
                release.number, release.author = %release.author,
                "release {} was published by {}: {}", release.number, release.author, release.message
            );
            let _turn = self.following.lock().await;
            self.live.replace(brought.catalog.clone(), release.number);
        }
        Ok(brought.view)
    }
}

fn start(request: PublishRequest, now: jiff::Timestamp) -> Bring {
    Bring {
        tenant: request.tenant,
        files: Default::default(),
        author: request.author,
        message: request.message,
        expected: None,
        untested: request.untested,
        restores: None,
        drafts: Vec::new(),
        dry_run: request.dry_run,
        now,
    }
}
