//! Files that were attached, for whoever has to do with the instance: what goes with a decision, and what is in it.

use super::detail::DecisionItem;
use super::files::FileCaller;
use super::{People, Result};
use crate::app::reading::Error;
use crate::domain::file::{self, Reference};
use crate::domain::ids::{InstanceId, TenantId};
use crate::store;
use crate::store::desk::FileRow;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use uuid::Uuid;

/// As what somebody sees a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeenAs {
    /// They have to do with the instance, or uploaded it.
    Participant,
    /// They may see what documents hold.
    Onlooker,
}

/// A file that somebody may see.
#[derive(Clone, Debug)]
pub struct FileFound {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub content_type: String,
    /// As what it is seen.
    pub seen_as: SeenAs,
    /// Whether documents of its instance's type are sealed: then every look is a line of the audit.
    pub sealed: bool,
}

impl People {
    /// A file, for whoever has to do with its instance, and for whoever runs it and sees what documents hold (`admin` of the
    /// caller). One that goes with nothing yet is its uploader's alone.
    pub async fn find_file(&self, caller: &FileCaller, id: Uuid) -> Result<FileFound> {
        let row = self.file_row(caller.tenant, id).await?;
        let attached = row.attached_at.is_some();
        let own = row.uploaded_by == caller.acts_as();
        let takes_part = match &caller.person {
            _ if own => true,
            Some(person) if attached => self.has_to_do(caller.tenant, row.instance, person).await?,
            _ => false,
        };
        let seen_as = match (takes_part, caller.admin && attached) {
            (true, _) => SeenAs::Participant,
            (false, true) => SeenAs::Onlooker,
            (false, false) => return Err(Error::NotFound("file").into()),
        };
        Ok(self.found(row, seen_as))
    }

    /// A file that went with a decision of this instance, for whoever may see what documents hold.
    pub async fn find_file_of(&self, tenant: TenantId, instance: InstanceId, id: Uuid) -> Result<FileFound> {
        let row = self.file_row(tenant, id).await?;
        if row.instance != instance || row.attached_at.is_none() {
            return Err(Error::NotFound("file").into());
        }
        Ok(self.found(row, SeenAs::Onlooker))
    }

    async fn file_row(&self, tenant: TenantId, id: Uuid) -> Result<FileRow> {
        let rows = self.store.desk().files_by_id(tenant, &[id]).await?;
        Ok(rows.into_iter().next().ok_or(Error::NotFound("file"))?)
    }

    fn found(&self, row: FileRow, seen_as: SeenAs) -> FileFound {
        let sealed = self.live.now().catalog().sealed().any(|kind| *kind.id == *row.kind);
        FileFound { id: row.id, name: row.name, content_type: row.content_type, seen_as, sealed }
    }

    /// What is in a file that was found.
    pub async fn read_file(&self, tenant: TenantId, found: &FileFound) -> Result<Bytes> {
        let _turn = self.turn().await?;
        let kept = self.store.desk().file_content(tenant, found.id).await?.ok_or(Error::NotFound("file"))?;
        let broken = |error: base64::DecodeError| store::Error::Decode {
            table: "file",
            column: "content",
            row: found.id.to_string(),
            reason: error.to_string(),
        };
        Ok(STANDARD.decode(kept.content).map_err(broken)?.into())
    }

    /// Whether somebody has to do with an instance, so that they see its tasks: as whoever began it, somebody who was asked, who
    /// decides for one of them, or who keeps the flow moving.
    pub(super) async fn has_to_do(&self, tenant: TenantId, id: InstanceId, person: &str) -> Result<bool> {
        let tasks = self.store.desk().tasks_of(tenant, id).await?;
        if tasks.iter().any(|task| task.person == person) {
            return Ok(true);
        }
        let now = self.clock.now();
        let rules = self.agent_of(tenant, person, now).await?;
        if tasks.iter().any(|task| super::delegations::covered(&rules, task, person, now)) {
            return Ok(true);
        }
        let around = self.around(tenant, id).await?;
        Ok(around.initiator() == Some(person) || self.co_manages(&around, person))
    }

    /// Adds to what was attached how large it is and what it is, where it lies here.
    pub(super) async fn describe_files(&self, tenant: TenantId, id: InstanceId, decisions: &mut [DecisionItem]) -> Result<()> {
        let mut ours: Vec<(Uuid, &mut Json)> = decisions.iter_mut().flat_map(|decision| attachments(&mut decision.attachments)).collect();
        if ours.is_empty() {
            return Ok(());
        }
        let rows = self.store.desk().files(tenant, id).await?;
        let known: HashMap<Uuid, _> = rows.iter().map(|row| (row.id, row)).collect();
        for (id, attachment) in &mut ours {
            if let (Some(row), Some(members)) = (known.get(id), attachment.as_object_mut()) {
                members.insert("size".to_owned(), json!(row.bytes));
                members.insert("content_type".to_owned(), json!(row.content_type));
            }
        }
        Ok(())
    }
}

/// Those of a decision's attachments that lie here.
fn attachments(told: &mut Json) -> impl Iterator<Item = (Uuid, &mut Json)> {
    let of = |attachment: &Json| match file::read(attachment["ref"].as_str()?) {
        Reference::Ours(id) => Some(id),
        _ => None,
    };
    told.as_array_mut().into_iter().flatten().filter_map(move |attachment| Some((of(attachment)?, attachment)))
}
