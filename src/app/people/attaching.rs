//! Files that an act names: those that lie here are of this instance, and whoever names them uploaded them, or somebody has
//! attached them before.

use super::{People, Result};
use crate::domain::approval::{Act, Attachment, RefusalCode};
use crate::domain::file::{self, Reference};
use crate::domain::ids::{InstanceId, TenantId};
use crate::store::desk::FileRow;
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// How long a file waits to be attached. House-keeping leaves it an hour longer.
const WAITS: SignedDuration = SignedDuration::from_hours(24);

impl People {
    /// Refuses an act whose files are not there for it, and lets the record say of the others what they are, not what the caller
    /// calls them. One that is named twice goes along once.
    pub(super) async fn fit_the_files(&self, tenant: TenantId, id: InstanceId, by: &str, act: &mut Act) -> Result<()> {
        let most = self.files.options.each_act_max;
        if act.attachments.len() > most {
            return Err(RefusalCode::Incomplete.because(format!("at most {most} files go with one act")).into());
        }
        let ours: Vec<Uuid> = act.attachments.iter().filter_map(|one| uploaded(one).ok().flatten()).collect();
        let rows = if ours.is_empty() { Vec::new() } else { self.store.desk().files_by_id(tenant, &ours).await? };
        let known: HashMap<Uuid, &FileRow> = rows.iter().filter(|row| row.instance == id).map(|row| (row.id, row)).collect();
        let (now, mut named) = (self.clock.now(), HashSet::new());
        let mut fit = Vec::with_capacity(act.attachments.len());
        for attachment in std::mem::take(&mut act.attachments) {
            let Some(id) = uploaded(&attachment).map_err(|why| RefusalCode::Incomplete.because(why))? else {
                fit.push(attachment);
                continue;
            };
            let row = known.get(&id).ok_or_else(|| RefusalCode::Incomplete.because(missing(&attachment)))?;
            usable(row, &attachment, by, now)?;
            if named.insert(id) {
                fit.push(Attachment { name: row.name.clone(), reference: file::reference(id), sha256: Some(row.sha256.clone()) });
            }
        }
        act.attachments = fit;
        Ok(())
    }
}

/// The file that an attachment names; none for one that lies elsewhere.
fn uploaded(attachment: &Attachment) -> std::result::Result<Option<Uuid>, String> {
    match file::read(&attachment.reference) {
        Reference::Ours(id) => Ok(Some(id)),
        Reference::Elsewhere => Ok(None),
        Reference::Broken => Err(missing(attachment)),
    }
}

fn missing(attachment: &Attachment) -> String {
    format!("`{}` is no file that was uploaded for this instance; upload it first", attachment.reference)
}

fn usable(row: &FileRow, attachment: &Attachment, by: &str, now: Timestamp) -> Result<()> {
    if row.attached_at.is_none() && row.uploaded_by != by {
        return Err(RefusalCode::NotYours.because(format!("`{}` was uploaded by somebody else", attachment.reference)).into());
    }
    if row.attached_at.is_none() && now.duration_since(row.created_at) > WAITS {
        let words = format!("`{}` was uploaded more than 24 hours ago and went with nothing; upload it again", attachment.reference);
        return Err(RefusalCode::Incomplete.because(words).into());
    }
    if attachment.sha256.as_ref().is_some_and(|said| !said.eq_ignore_ascii_case(&row.sha256)) {
        return Err(RefusalCode::Incomplete.because(format!("`{}` has another SHA-256 than is said here", attachment.reference)).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::people::PeopleError;

    fn row(attached: bool) -> FileRow {
        FileRow {
            id: Uuid::from_u128(7),
            tenant: TenantId::DEFAULT,
            instance: InstanceId(Uuid::from_u128(1)),
            kind: "purchase_request".to_owned(),
            created_at: Timestamp::UNIX_EPOCH,
            attached_at: attached.then_some(Timestamp::UNIX_EPOCH),
            uploaded_by: "e1001".to_owned(),
            name: "offer.pdf".to_owned(),
            content_type: "application/pdf".to_owned(),
            bytes: 3,
            sha256: "ab".to_owned(),
        }
    }

    #[test]
    fn a_file_is_its_uploaders_for_a_day_and_everybodys_once_it_is_attached() {
        let named = |sha256: Option<&str>| Attachment {
            name: "other.pdf".to_owned(),
            reference: file::reference(Uuid::from_u128(7)),
            sha256: sha256.map(str::to_owned),
        };
        let day = Timestamp::UNIX_EPOCH + WAITS;
        let later = day + SignedDuration::from_secs(1);
        let table = [
            (false, "e1001", day, None, None),
            (false, "e1002", day, None, Some(RefusalCode::NotYours)),
            (true, "e1002", day, None, None),
            (false, "e1001", later, None, Some(RefusalCode::Incomplete)),
            (true, "e1001", later, None, None),
            (false, "e1001", day, Some("AB"), None),
            (true, "e1001", day, Some("cd"), Some(RefusalCode::Incomplete)),
        ];
        for (number, (attached, by, now, sha256, expected)) in table.into_iter().enumerate() {
            let code = match usable(&row(attached), &named(sha256), by, now) {
                Ok(()) => None,
                Err(PeopleError::Refused(refusal)) => Some(refusal.code),
                Err(other) => panic!("{other}"),
            };
            assert_eq!(code, expected, "{number}");
        }
    }
}
