//! Seals rows on their way in and opens them on their way out, in memory: with the keys that were read, by the marks of now.

use super::content::{Content, Each, Place};
use super::keys::{Keys, NUMBER};
use super::marks::{self, Marked, Marks};
use crate::domain::ids::{DocumentId, InstanceId, TenantId};
use crate::runtime::content::{key_number, looks_sealed};
use crate::store::{Error, InstanceRow, Loaded, Result, Writes};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// Marks and keys.
pub(super) struct Cabinet {
    pub marks: Marks,
    pub keys: Keys,
}

/// Why something did not open: its words, and the tenant whose keys may have become more since they were read.
pub(super) struct Closed {
    pub error: Error,
    pub unread: Option<TenantId>,
}

impl Cabinet {
    /// Opens whatever is sealed. What was opened before stays, so that it may be tried again with more keys.
    pub fn open(&self, through: impl FnOnce(&mut Each<'_>) -> Result<()>) -> std::result::Result<(), Closed> {
        let mut unread = None;
        let opened = through(&mut |place, text| {
            let Some(number) = key_number(text) else { return Ok(()) };
            let refused = |reason: String| Error::Sealed { table: place.table, column: place.column, row: place.row.to_string(), reason };
            match self.keys.get(place.tenant, number) {
                Some(Ok(key)) => {
                    *text = key.open(text, &place.to_string()).map_err(|error| refused(error.to_string()))?;
                    Ok(())
                }
                Some(Err(error)) => Err(refused(format!("of the key of its tenant: {error}"))),
                None => {
                    unread = Some(place.tenant);
                    Err(refused("the key that sealed it is not kept here".to_owned()))
                }
            }
        });
        opened.map_err(|error| Closed { error, unread })
    }

    /// Seals, or leaves as it is.
    pub fn put(&self, content: &mut impl Content, seals: bool) -> Result<()> {
        content.contents(&mut |place, text| self.put_text(place, text, seals))
    }

    /// A text on its way in.
    pub fn put_text(&self, place: &Place<'_>, text: &mut String, seals: bool) -> Result<()> {
        if looks_sealed(text) {
            // Somebody's words that begin so would be taken for sealed and never be read again.
            text.insert(0, ' ');
        }
        if !seals {
            return Ok(());
        }
        if text.contains('\0') {
            // As both databases refuse it where they see it.
            return Err(Error::Refused(format!("`{}.{}` holds the character NUL", place.table, place.column).into()));
        }
        match self.keys.get(place.tenant, NUMBER) {
            Some(Ok(key)) => {
                let at = place.to_string();
                let sealed = if place.compared { key.seal_alike(NUMBER, text, &at) } else { key.seal(NUMBER, text, &at) };
                *text = sealed.map_err(|error| Error::Unavailable(error.into()))?;
                Ok(())
            }
            // The keys are read before anything is written; without one nothing is, so that nothing is written in plain.
            _ => Err(Error::Unavailable("content of a type that is `sealed` cannot be kept: its key is not there".into())),
        }
    }

    /// Rows as they are stored: themselves where nothing of them changes.
    pub fn kept<'r, T: Content + Clone>(
        &self,
        rows: &'r [T],
        seals: impl Fn(&T) -> bool,
        odd: impl Fn(&T) -> bool,
    ) -> Result<Cow<'r, [T]>> {
        if !rows.iter().any(|row| seals(row) || odd(row)) {
            return Ok(Cow::Borrowed(rows));
        }
        let mut kept = rows.to_vec();
        for row in &mut kept {
            let sealed = seals(row);
            self.put(row, sealed)?;
        }
        Ok(Cow::Owned(kept))
    }
}

/// Whether the rows of a batch are sealed: those of a document as its type says, and whatever belongs to no document that is
/// known as soon as its tenant has a type that says so.
pub(super) struct Batch {
    marks: std::sync::Arc<BTreeMap<TenantId, Marked>>,
    documents: HashMap<DocumentId, bool>,
    instances: HashMap<InstanceId, DocumentId>,
}

impl Batch {
    /// What was loaded says of most rows which documents they belong to.
    pub fn of(marks: std::sync::Arc<BTreeMap<TenantId, Marked>>, loaded: &Loaded) -> Batch {
        let mut batch = Batch { marks, documents: HashMap::new(), instances: HashMap::new() };
        if !batch.marks.is_empty() {
            batch.learn(&loaded.documents);
            batch.learn_instances(&loaded.instances);
        }
        batch
    }

    fn learn(&mut self, documents: &[crate::store::DocumentRow]) {
        for row in documents {
            self.documents.insert(row.id, marks::kind(&self.marks, row.tenant, &row.kind));
        }
    }

    fn learn_instances(&mut self, instances: &[InstanceRow]) {
        self.instances.extend(instances.iter().map(|row| (row.id, row.document)));
    }

    fn document(&self, tenant: TenantId, document: Option<DocumentId>) -> bool {
        document.and_then(|id| self.documents.get(&id).copied()).unwrap_or_else(|| marks::any(&self.marks, tenant))
    }

    fn instance(&self, tenant: TenantId, instance: Option<InstanceId>) -> bool {
        self.document(tenant, instance.and_then(|id| self.instances.get(&id).copied()))
    }

    /// Seals what a batch writes.
    pub fn seal(mut self, cabinet: &Cabinet, writes: &mut Writes) -> Result<()> {
        if !self.marks.is_empty() {
            self.learn(&writes.documents_new);
            self.learn_instances(&writes.instances_new);
        }
        for row in writes.documents_new.iter_mut().chain(&mut writes.documents_changed) {
            let seals = self.document(row.tenant, Some(row.id));
            cabinet.put(row, seals)?;
        }
        for row in &mut writes.revisions {
            let seals = self.document(row.tenant, Some(row.document));
            cabinet.put(row, seals)?;
        }
        for row in &mut writes.amendments {
            let seals = self.document(row.tenant, Some(row.document));
            cabinet.put(row, seals)?;
        }
        for row in &mut writes.decisions {
            let seals = self.instance(row.tenant, Some(row.instance));
            cabinet.put(row, seals)?;
        }
        for row in &mut writes.waiting {
            let seals = self.instance(row.tenant, Some(row.instance));
            cabinet.put(row, seals)?;
        }
        for row in writes.instances_new.iter_mut().chain(&mut writes.instances_changed) {
            let seals = self.document(row.tenant, Some(row.document));
            cabinet.put(row, seals)?;
        }
        for row in &mut writes.history {
            let seals = self.instance(row.tenant, Some(row.instance));
            cabinet.put(row, seals)?;
        }
        for row in &mut writes.exceptions {
            let seals =
                if row.document.is_some() { self.document(row.tenant, row.document) } else { self.instance(row.tenant, row.instance) };
            cabinet.put(row, seals)?;
        }
        for row in &mut writes.effects {
            let seals = self.document(row.effect.tenant, Some(row.effect.document));
            cabinet.put(&mut row.effect, seals)?;
        }
        for row in &mut writes.progress {
            let seals = row.hold.sealed;
            cabinet.put(row, seals)?;
        }
        for row in &mut writes.messages_kept {
            let seals = marks::any(&self.marks, row.tenant);
            cabinet.put(row, seals)?;
        }
        for (row, _) in &mut writes.messages_new {
            let seals = marks::message(&self.marks, row.tenant, &row.connection, &row.event);
            cabinet.put(row, seals)?;
        }
        for row in &mut writes.drifts {
            let seals = self.document(row.tenant, row.document);
            cabinet.put(row, seals)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::InboxId;
    use crate::runtime::{IdMaker, Keyring, ManualClock};
    use crate::store::NewMessage;
    use jiff::Timestamp;
    use std::sync::Arc;
    use uuid::Uuid;

    fn cabinet() -> Cabinet {
        let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
        Cabinet { marks: Marks::default(), keys: Keys::new(Keyring::default(), clock.clone(), IdMaker::seeded(clock, 1)) }
    }

    fn message(payload: &str) -> NewMessage {
        NewMessage {
            id: InboxId(Uuid::from_u128(1)),
            tenant: TenantId::DEFAULT,
            connection: "erp".to_owned(),
            event: "orders".to_owned(),
            message_id: "m".to_owned(),
            source: "webhook/orders".to_owned(),
            payload: payload.to_owned(),
            received_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn rows_that_nobody_marked_are_not_even_copied() {
        let rows = [message("{}"), message("[1]")];
        let cabinet = cabinet();
        let kept = cabinet.kept(&rows, |_| false, |row| looks_sealed(&row.payload)).unwrap();
        assert!(matches!(kept, Cow::Borrowed(same) if std::ptr::eq(same, rows.as_slice())));
        let odd = [message("{}"), message("sealed:1:1:AAAA")];
        let kept = cabinet.kept(&odd, |_| false, |row| looks_sealed(&row.payload)).unwrap();
        assert_eq!(kept.iter().map(|row| row.payload.as_str()).collect::<Vec<_>>(), ["{}", " sealed:1:1:AAAA"]);
    }

    #[test]
    fn without_its_key_what_is_marked_is_not_kept_in_plain() {
        let rows = [message("canary")];
        let error = cabinet().kept(&rows, |_| true, |_| false).unwrap_err();
        assert!(matches!(&error, Error::Unavailable(_)) && !error.to_string().contains("canary"), "{error}");
        let nul = [message("can\0ary")];
        assert!(matches!(cabinet().kept(&nul, |_| true, |_| false), Err(Error::Refused(_))));
    }
}
