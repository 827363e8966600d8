//! The desk through the sealed store: every answer is opened, and the few methods that keep content seal it. A note, a batch
//! or an item is of documents of any type, so it is sealed as soon as its tenant has a type that is.

use super::content::{batch_item, exception_message, stream_problem};
use super::{Sealed, marks};
use crate::domain::access::scope::{Belongings, Thing, Within};
use crate::domain::ids::{DocumentId, ExceptionId, InstanceId, TaskId, TenantId};
use crate::runtime::content::looks_sealed;
use crate::store::desk::*;
use crate::store::{DecisionRow, DelegationRow, Fenced, Lease, Message, Page, Result, SeenRow, TaskChoice, TaskCounts, TaskRow};
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use std::borrow::Cow;
use uuid::Uuid;

impl Sealed {
    async fn keep_note<'r>(&self, row: &'r NoteRow) -> Result<Cow<'r, NoteRow>> {
        let marks = self.marks().await?;
        let seals = marks::any(&marks, row.tenant);
        if !seals && !looks_sealed(&row.text) {
            return Ok(Cow::Borrowed(row));
        }
        let mut kept = row.clone();
        self.cabinet.put(&mut kept, seals)?;
        Ok(Cow::Owned(kept))
    }

    async fn assigned(&self, assignment: &Assignment) -> Result<bool> {
        let note = self.keep_note(&assignment.note).await?.into_owned();
        self.inner.desk().assign(&Assignment { note, ..assignment.clone() }).await
    }

    async fn noted(&self, row: &NoteRow) -> Result<()> {
        let kept = self.keep_note(row).await?;
        self.inner.desk().add_note(&kept).await
    }

    async fn started(&self, batch: &BatchRow) -> Result<u32> {
        let marks = self.marks().await?;
        let kept = self.cabinet.kept(std::slice::from_ref(batch), |row| marks::any(&marks, row.tenant), |_| false)?;
        match kept.first() {
            Some(kept) => self.inner.desk().start_batch(kept).await,
            None => Ok(0),
        }
    }

    async fn recorded(&self, outcomes: &[ItemOutcome], owner: &str, at: Timestamp) -> Result<Vec<Fenced>> {
        let marks = self.marks().await?;
        let odd = |row: &ItemOutcome| row.message.as_deref().is_some_and(looks_sealed);
        let kept = self.cabinet.kept(outcomes, |row| marks::any(&marks, row.tenant), odd)?;
        self.inner.desk().record_items(&kept, owner, at).await
    }

    async fn items(&self, choice: &ItemChoice) -> Result<Vec<ItemRow>> {
        let mut items = self.inner.desk().batch_items(choice).await?;
        self.opened_by(&mut items, |items, each| items.iter_mut().try_for_each(|item| batch_item(choice.tenant, choice.batch, item, each)))
            .await?;
        Ok(items)
    }

    async fn streams_read(&self, tenant: TenantId) -> Result<Vec<StreamRow>> {
        let mut rows = self.inner.desk().streams(tenant).await?;
        self.opened_by(&mut rows, |rows, each| {
            rows.iter_mut().try_for_each(|row| stream_problem(tenant, (&row.connection, &row.stream), &mut row.problem, each))
        })
        .await?;
        Ok(rows)
    }

    async fn organisation_kept(&self, row: &OrganisationRow, over: Option<&str>) -> Result<bool> {
        let marks = self.marks().await?;
        let mut kept = row.clone();
        self.cabinet.put(&mut kept, marks::any(&marks, row.tenant))?;
        self.inner.desk().keep_organisation(&kept, over).await
    }

    async fn file_kept(&self, file: &FileContent, most: u32) -> Result<bool> {
        let marks = self.marks().await?;
        let seals = |one: &FileContent| marks::kind(&marks, one.file.tenant, &one.file.kind);
        let kept = self.cabinet.kept(std::slice::from_ref(file), seals, |one| looks_sealed(&one.file.name))?;
        match kept.first() {
            Some(kept) => self.inner.desk().keep_file(kept, most).await,
            None => Ok(false),
        }
    }

    async fn hanging_on(&self, tenant: TenantId, ids: &[Uuid]) -> Result<Beside> {
        let mut beside = self.inner.desk().beside(tenant, ids).await?;
        self.opened_by(&mut beside, |beside, each| {
            beside.exceptions.iter_mut().try_for_each(|one| exception_message(tenant, one.id, &mut one.message, each))
        })
        .await?;
        Ok(beside)
    }
}

macro_rules! through {
    ($this:ident assign ($($arg:ident),*)) => {
        $this.assigned($($arg),*).boxed()
    };
    ($this:ident add_note ($($arg:ident),*)) => {
        $this.noted($($arg),*).boxed()
    };
    ($this:ident start_batch ($($arg:ident),*)) => {
        $this.started($($arg),*).boxed()
    };
    ($this:ident record_items ($($arg:ident),*)) => {
        $this.recorded($($arg),*).boxed()
    };
    ($this:ident batch_items ($($arg:ident),*)) => {
        $this.items($($arg),*).boxed()
    };
    ($this:ident streams ($($arg:ident),*)) => {
        $this.streams_read($($arg),*).boxed()
    };
    ($this:ident keep_organisation ($($arg:ident),*)) => {
        $this.organisation_kept($($arg),*).boxed()
    };
    ($this:ident keep_file ($($arg:ident),*)) => {
        $this.file_kept($($arg),*).boxed()
    };
    ($this:ident beside ($($arg:ident),*)) => {
        $this.hanging_on($($arg),*).boxed()
    };
    ($this:ident $name:ident ($($arg:ident),*)) => {
        async move { $this.opened($this.inner.desk().$name($($arg),*).await?).await }.boxed()
    };
}

macro_rules! at_the_desk {
    ($($keeps:ident fn $name:ident $(<$lt:lifetime>)? (&$($slt:lifetime)? self $(, $arg:ident : $kind:ty)*) -> $out:ty = $place:path;)*) => {
        impl Desk for Sealed {
            $(fn $name $(<$lt>)? (&$($slt)? self $(, $arg: $kind)*) -> $out {
                let this = self;
                through!(this $name ($($arg),*))
            })*
        }
    };
}
crate::store::desk::desk_methods!(at_the_desk);
