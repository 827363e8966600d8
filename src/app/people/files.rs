//! Files that people attach: taken in for an instance, for somebody who has something to do there, and kept until a decision
//! names them or a day is over.

use super::{People, PeopleError, Result};
use crate::app::reading::Error;
use crate::domain::approval::RefusalCode;
use crate::domain::file::{self, BadName, FileKind, Unfit};
use crate::domain::flow::people::verbs::ATTACHMENTS_MAX;
use crate::domain::ids::{self, InstanceId, TaskId, TenantId};
use crate::store::OUTSIDE;
use crate::store::desk::{FileContent, FileRow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

/// Files of one person that wait with one instance: a few acts' worth, so that nobody fills the database with what is never
/// attached.
const WAITING_MAX: u32 = 60;
/// Files that one process encodes, seals or opens at the same time: each is in memory several times over meanwhile.
const AT_ONCE: usize = 8;

/// What may be attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOptions {
    /// Largest file.
    pub bytes_max: usize,
    /// Files of one act.
    pub each_act_max: usize,
    /// Kinds that are taken.
    pub kinds: Vec<FileKind>,
}

impl Default for FileOptions {
    fn default() -> Self {
        FileOptions { bytes_max: 10 * 1024 * 1024, each_act_max: ATTACHMENTS_MAX, kinds: FileKind::ALL.to_vec() }
    }
}

/// How files are taken; shared by whoever takes some.
#[derive(Clone, Debug)]
pub struct Files {
    pub(super) options: Arc<FileOptions>,
    pub(super) turns: Arc<Semaphore>,
}

impl Files {
    /// Files within these bounds.
    pub fn new(options: FileOptions) -> Files {
        Files { options: Arc::new(options), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Default for Files {
    fn default() -> Self {
        Files::new(FileOptions::default())
    }
}

/// Who brings a file, or wants to see one.
#[derive(Clone, Debug)]
pub struct FileCaller {
    /// Tenant.
    pub tenant: TenantId,
    /// Who; none for a program that belongs to nobody.
    pub person: Option<String>,
    /// What the caller is called among people, who is no person of the directory.
    pub name: String,
    /// Whether they may do it without having to do with the instance.
    pub admin: bool,
}

impl FileCaller {
    pub(super) fn acts_as(&self) -> &str {
        self.person.as_deref().unwrap_or(&self.name)
    }
}

/// Where a file is to lie: an instance, for somebody who was found to have something to do there.
#[derive(Clone, Debug)]
pub struct FilePlace {
    caller: FileCaller,
    instance: InstanceId,
    /// The document's type.
    kind: String,
}

/// A file that was taken: `ref`, `name` and `sha256` go with a verb.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "ref": "file:01920000-0000-8000-8000-000000000001", "name": "offer.pdf", "size": 48213,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "content_type": "application/pdf"
}))]
pub struct UploadedFile {
    /// What a verb calls it.
    #[serde(rename = "ref")]
    pub reference: String,
    /// What people see.
    pub name: String,
    /// Bytes.
    pub size: u32,
    /// Its SHA-256 in hex.
    pub sha256: String,
    /// What it is, as its content says.
    pub content_type: String,
}

impl From<&FileRow> for UploadedFile {
    fn from(row: &FileRow) -> Self {
        UploadedFile {
            reference: file::reference(row.id),
            name: row.name.clone(),
            size: row.bytes,
            sha256: row.sha256.clone(),
            content_type: row.content_type.clone(),
        }
    }
}

/// Why a file is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileRefusal {
    /// It cannot be called so.
    #[error(transparent)]
    Name(#[from] BadName),
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is too large.
    #[error("the file is larger than {0} bytes")]
    Large(usize),
    /// Nobody should open it, or nobody knows what it is.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// This hub does not take such files.
    #[error("files of the kind `{0}` are not taken here")]
    Kind(&'static str),
    /// Too many wait.
    #[error("{WAITING_MAX} files that you uploaded here go with nothing yet")]
    TooMany,
}

impl People {
    /// Where a file for a task is to lie: for whoever may do something about the task.
    pub async fn files_of_task(&self, caller: FileCaller, id: TaskId) -> Result<FilePlace> {
        let row = self.store.desk().task(caller.tenant, id).await?.ok_or(Error::NotFound("task"))?;
        if row.kind == OUTSIDE {
            return Err(RefusalCode::NotAllowed.because("another system asks this, and it is decided there with its files").into());
        }
        let mut may = caller.admin || caller.person.as_ref() == Some(&row.person);
        if let (Some(person), false) = (&caller.person, may) {
            let now = self.clock.now();
            let rules = self.agent_of(caller.tenant, person, now).await?;
            may = super::delegations::covered(&rules, &row, person, now);
        }
        if !may {
            return Err(RefusalCode::NotYours.because("the task is somebody else's").into());
        }
        self.file_place(caller, row.instance).await
    }

    /// Where a file for an instance is to lie: for whoever has to do with it.
    pub async fn files_of_instance(&self, caller: FileCaller, id: InstanceId) -> Result<FilePlace> {
        let place = self.file_place(caller, id).await?;
        let FileCaller { tenant, person, admin, .. } = &place.caller;
        let may = match person {
            _ if *admin => true,
            Some(person) => self.has_to_do(*tenant, id, person).await?,
            None => false,
        };
        if may { Ok(place) } else { Err(RefusalCode::NotYours.because("only who has to do with it may do this").into()) }
    }

    async fn file_place(&self, caller: FileCaller, instance: InstanceId) -> Result<FilePlace> {
        let row = self.store.instance(caller.tenant, instance).await?.ok_or(Error::NotFound("instance"))?;
        let documents = self.store.desk().documents_by_id(caller.tenant, &[row.document.0]).await?;
        let kind = documents.into_iter().next().ok_or(Error::NotFound("document"))?.kind;
        Ok(FilePlace { caller, instance, kind })
    }

    /// Keeps a file. The same content under the same name is the same file, whoever asks how often.
    pub async fn keep_file(&self, place: FilePlace, name: &str, bytes: Bytes) -> Result<UploadedFile> {
        let name = file::named(name).map_err(FileRefusal::from)?;
        let options = &self.files.options;
        let size = u32::try_from(bytes.len()).ok().filter(|_| bytes.len() <= options.bytes_max);
        let size = size.ok_or(FileRefusal::Large(options.bytes_max))?;
        if size == 0 {
            return Err(FileRefusal::Empty.into());
        }
        let _turn = self.turn().await?;
        let found = file::sniff(&bytes, name).map_err(FileRefusal::from)?;
        if !options.kinds.contains(&found.kind) {
            return Err(FileRefusal::Kind(found.kind.word()).into());
        }
        let FilePlace { caller, instance, kind } = place;
        let (digest, person) = (Sha256::digest(&bytes), caller.acts_as());
        let parts: [&[u8]; 6] =
            [b"file", &caller.tenant.0.to_be_bytes(), instance.0.as_bytes(), person.as_bytes(), digest.as_slice(), name.as_bytes()];
        let row = FileRow {
            id: ids::derived(&parts),
            tenant: caller.tenant,
            instance,
            kind,
            created_at: self.clock.now(),
            attached_at: None,
            uploaded_by: person.to_owned(),
            name: name.to_owned(),
            content_type: found.content_type.to_owned(),
            bytes: size,
            sha256: hex::encode(digest),
        };
        let uploaded = UploadedFile::from(&row);
        let kept = FileContent { file: row, content: STANDARD.encode(&bytes) };
        drop(bytes);
        if self.store.desk().keep_file(&kept, WAITING_MAX).await? { Ok(uploaded) } else { Err(FileRefusal::TooMany.into()) }
    }

    /// A turn to have a file in memory.
    pub(super) async fn turn(&self) -> Result<tokio::sync::SemaphorePermit<'_>> {
        self.files.turns.acquire().await.map_err(|_| PeopleError::Busy("the hub is stopping".to_owned()))
    }
}
