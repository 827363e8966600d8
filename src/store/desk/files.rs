//! Files that people attach. Lists leave out what is in them; one at a time is read whole.

use crate::domain::ids::{InstanceId, TenantId};
use crate::store::ask::{Ask, Speaks, ask, look, write_of};
use crate::store::cells::{Cell, Cells};
use crate::store::{Result, decode};
use jiff::Timestamp;
use uuid::Uuid;

/// Files of one instance that are listed: more than any that is not a fault.
const LISTED_MAX: u32 = 2_000;

/// A file, without what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// Derived from tenant, instance, uploader, content and name: the same upload is the same file.
    pub id: Uuid,
    /// Tenant.
    pub tenant: TenantId,
    /// The instance whose record it belongs to.
    pub instance: InstanceId,
    /// The type of the instance's document: whether its content is sealed.
    pub kind: String,
    /// When it was uploaded, the last time.
    pub created_at: Timestamp,
    /// When a decision first named it; none for one that waits.
    pub attached_at: Option<Timestamp>,
    /// Who uploaded it, by id.
    pub uploaded_by: String,
    /// What people see.
    pub name: String,
    /// What it is, as its first bytes say.
    pub content_type: String,
    /// How large it is.
    pub bytes: u32,
    /// Its SHA-256 in hex.
    pub sha256: String,
}

/// A file with what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileContent {
    /// The file.
    pub file: FileRow,
    /// What is in it, in base64.
    pub content: String,
}

/// A decision names a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileUse {
    /// Tenant.
    pub tenant: TenantId,
    /// The decision's instance; a file of another is not meant.
    pub instance: InstanceId,
    /// The file.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
}

const COLUMNS: &str =
    "f.id, f.instance_id, f.created_at, f.attached_at, f.bytes, f.tenant_id, f.kind, f.uploaded_by, f.name, f.content_type, f.sha256";

/// Written only while whoever uploads has fewer than `most` others that wait with this instance. One that is there already begins
/// its day anew; one that is attached stays as it is.
pub(super) async fn keep<S: Speaks>(store: &S, kept: &FileContent, most: u32) -> Result<bool> {
    let row = &kept.file;
    let asked = ask(
        "INSERT INTO file (id, instance_id, created_at, bytes, tenant_id, kind, uploaded_by, name, content_type, sha256, content) SELECT ",
    );
    let asked = asked.id(row.id).comma().id(row.instance.0).comma().time(row.created_at).comma().int(row.bytes).comma();
    let asked = asked.int(row.tenant.0).comma().text(&row.kind).comma().text(&row.uploaded_by).comma().text(&row.name).comma();
    let asked = asked.text(&row.content_type).comma().text(&row.sha256).comma().text(&kept.content);
    let asked = asked.then(" WHERE (SELECT count(*) FROM file w WHERE w.tenant_id = ").int(row.tenant.0);
    let asked = asked.then(" AND w.instance_id = ").id(row.instance.0).then(" AND w.uploaded_by = ").text(&row.uploaded_by);
    let asked = asked.then(" AND w.attached_at IS NULL AND w.id <> ").id(row.id).then(") < ").int(most);
    let asked = asked.then(
        " ON CONFLICT (id) DO UPDATE SET created_at = CASE WHEN file.attached_at IS NULL THEN excluded.created_at ELSE file.created_at END",
    );
    Ok(write_of(store, row.tenant, asked).await? == 1)
}

/// Files of an instance, attached or not, the oldest first.
pub(super) async fn of_instance<S: Speaks>(store: &S, tenant: TenantId, instance: InstanceId) -> Result<Vec<FileRow>> {
    let asked = ask("SELECT ").then(COLUMNS).then(" FROM file f WHERE f.tenant_id = ").int(tenant.0);
    let asked = asked.then(" AND f.instance_id = ").id(instance.0).then(" ORDER BY f.created_at, f.id LIMIT ").int(LISTED_MAX);
    decode::all(&look(store, tenant, asked).await?, read)
}

/// These files, in no order.
pub(super) async fn by_id<S: Speaks>(store: &S, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<FileRow>> {
    let asked = ask("SELECT ").then(COLUMNS).then(" FROM file f WHERE f.tenant_id = ").int(tenant.0).then(" AND f.id").in_ids(ids);
    decode::all(&look(store, tenant, asked).await?, read)
}

/// One file with what is in it.
pub(super) async fn content<S: Speaks>(store: &S, tenant: TenantId, id: Uuid) -> Result<Option<FileContent>> {
    let asked = ask("SELECT ").then(COLUMNS).then(", f.content FROM file f WHERE f.tenant_id = ").int(tenant.0);
    let rows = look(store, tenant, asked.then(" AND f.id = ").id(id)).await?;
    let whole = |row: &S::Row| Ok(FileContent { file: read(row)?, content: Cells::new(row, "file", "id").text("content")? });
    rows.first().map(whole).transpose()
}

/// Statements that say which files the decisions of a batch name.
pub(in crate::store) fn uses(rows: &[FileUse]) -> impl Iterator<Item = Ask> {
    rows.iter().map(|row| {
        let asked = ask("UPDATE file SET attached_at = ").time(row.at).then(" WHERE attached_at IS NULL AND tenant_id = ");
        asked.int(row.tenant.0).then(" AND instance_id = ").id(row.instance.0).then(" AND id = ").id(row.id)
    })
}

fn read<R: Cell>(row: &R) -> Result<FileRow> {
    let cells = Cells::new(row, "file", "id");
    Ok(FileRow {
        id: cells.id("id", |id| id)?,
        tenant: cells.int("tenant_id").map(TenantId)?,
        instance: cells.id("instance_id", InstanceId)?,
        kind: cells.text("kind")?,
        created_at: cells.time("created_at")?,
        attached_at: cells.maybe_time("attached_at")?,
        uploaded_by: cells.text("uploaded_by")?,
        name: cells.text("name")?,
        content_type: cells.text("content_type")?,
        bytes: cells.int("bytes")?,
        sha256: cells.text("sha256")?,
    })
}
