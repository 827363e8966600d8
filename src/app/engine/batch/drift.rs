//! Drift at a sighting: what a source says of fields although it has no say is kept beside the document, not in it; and so
//! is a release that the source has undone.

use super::deciding::Deciding;
use crate::app::engine::display;
use crate::app::engine::input::Sighting;
use crate::domain::flow::HUB;
use crate::domain::ids::{self, DriftId};
use crate::domain::ledger::owners::{FieldDrift, judge};
use crate::domain::reconcile::Kind;
use crate::domain::value::Value;
use crate::store::DriftRow;
use jiff::Timestamp;
use std::borrow::Cow;
use std::sync::Arc;

impl Deciding<'_> {
    /// A sighting with the fields of others left as they are in the ledger; their drift is noted. A document that is seen
    /// for the first time is taken as it is: there is nothing of ours to keep.
    pub(super) fn respecting_owners<'s>(&mut self, seen: &'s Sighting) -> Cow<'s, Sighting> {
        let definitions = self.circumstances.definitions.clone();
        let Some(kind) = definitions.catalog().documents.get(seen.kind.as_str()).filter(|kind| !kind.owners.is_empty()) else {
            return Cow::Borrowed(seen);
        };
        let Some(ours) = self.ledger_content(seen) else { return Cow::Borrowed(seen) };
        let roles: Vec<Arc<str>> =
            if seen.connection == HUB { vec![HUB.into()] } else { definitions.catalog().bindings.roles_of(&seen.connection) };
        if roles.is_empty() {
            // A connection that plays no role has no say that could be denied.
            return Cow::Borrowed(seen);
        }
        let judged = judge(kind, &roles, &ours, &seen.typed);
        for field in &judged.agree {
            self.resolve(seen, field);
        }
        if judged.drifts.is_empty() {
            return Cow::Borrowed(seen);
        }
        for drift in &judged.drifts {
            self.note_drift(seen, drift);
        }
        let json = judged.content.to_json();
        Cow::Owned(Sighting {
            hash: kind.content_hash(&judged.content),
            display: display::fields(&json),
            body: json.to_string(),
            typed: judged.content,
            ..seen.clone()
        })
    }

    /// The newest revision's content, typed.
    fn ledger_content(&self, seen: &Sighting) -> Option<Value> {
        let work = self.set.documents.get(&seen.document)?;
        let revision = work.revisions.get(&work.row.revision)?;
        let json = serde_json::from_str(&revision.body).ok()?;
        let kind = self.circumstances.definitions.catalog().documents.get(seen.kind.as_str())?;
        kind.validate(&json).ok().map(|read| read.value)
    }

    fn note_drift(&mut self, seen: &Sighting, drift: &FieldDrift) {
        let now = self.now();
        let words = |value: &Value| (!matches!(value, Value::Unset | Value::Null)).then(|| value.to_json_text());
        let (ours, theirs) = (words(&drift.ours), words(&drift.theirs));
        let row = match self.open_drift(seen, &drift.field) {
            Some(open) => DriftRow { ours, theirs, last_seen_at: now, ..open },
            None => DriftRow {
                id: DriftId(ids::derived(&[
                    b"drift",
                    seen.document.0.as_bytes(),
                    seen.connection.as_bytes(),
                    Kind::NotOwned.word().as_bytes(),
                    drift.field.as_bytes(),
                    &now.as_microsecond().to_be_bytes(),
                ])),
                tenant: seen.tenant,
                kind: Kind::NotOwned.word().to_owned(),
                document: Some(seen.document),
                connection: seen.connection.clone(),
                external_id: Some(seen.external_id.clone()),
                field: Some(drift.field.to_string()),
                ours,
                theirs,
                first_seen_at: now,
                last_seen_at: now,
                run: None,
                state: "open".to_owned(),
                repair: None,
                resolution: None,
                reason: None,
                resolved_by: None,
                resolved_at: None,
            },
        };
        self.put_drift(row);
    }

    fn resolve(&mut self, seen: &Sighting, field: &str) {
        let now = self.now();
        if let Some(open) = self.open_drift(seen, field) {
            self.put_drift(resolved(open, now));
        }
    }

    /// The source shows as submitted again what was approved and carried out, with the same content. The ledger keeps what we
    /// know; the row is the one that reading the source back would give, and what becomes of it is said in one place.
    pub(super) fn note_undone(&mut self, seen: &Sighting) {
        let now = self.now();
        let kind = Kind::ApprovedNotExecuted.word();
        let ours = self.set.documents.get(&seen.document).map(|work| work.row.status.clone());
        let row = match self.open_undone(seen) {
            // What a person accepted stays accepted.
            Some(open) => DriftRow { last_seen_at: now, ..open },
            None => DriftRow {
                id: DriftId(ids::derived(&[
                    b"drift",
                    seen.document.0.as_bytes(),
                    seen.connection.as_bytes(),
                    kind.as_bytes(),
                    &now.as_microsecond().to_be_bytes(),
                ])),
                tenant: seen.tenant,
                kind: kind.to_owned(),
                document: Some(seen.document),
                connection: seen.connection.clone(),
                external_id: Some(seen.external_id.clone()),
                field: None,
                ours,
                theirs: seen.status.clone(),
                first_seen_at: now,
                last_seen_at: now,
                run: None,
                state: "open".to_owned(),
                repair: None,
                resolution: None,
                reason: None,
                resolved_by: None,
                resolved_at: None,
            },
        };
        self.put_drift(row);
    }

    /// The source has moved on: what was undone there is no longer what differs.
    pub(super) fn resolve_undone(&mut self, seen: &Sighting) {
        if let Some(open) = self.open_undone(seen) {
            self.put_drift(resolved(open, self.now()));
        }
    }

    fn open_undone(&self, seen: &Sighting) -> Option<DriftRow> {
        let is_it = |row: &&DriftRow| {
            row.document == Some(seen.document)
                && row.connection == seen.connection
                && row.external_id.as_ref() == Some(&seen.external_id)
                && row.kind == Kind::ApprovedNotExecuted.word()
                && row.state != "resolved"
        };
        self.set.drifts.iter().find(is_it).cloned()
    }

    fn open_drift(&self, seen: &Sighting, field: &str) -> Option<DriftRow> {
        let is_it = |row: &&DriftRow| {
            row.document == Some(seen.document)
                && row.connection == seen.connection
                && row.field.as_deref() == Some(field)
                && row.state != "resolved"
        };
        self.set.drifts.iter().find(is_it).cloned()
    }

    fn put_drift(&mut self, row: DriftRow) {
        self.set.drifts.retain(|known| known.id != row.id);
        self.set.drifts.push(row.clone());
        self.set.writes.drifts.retain(|known| known.id != row.id);
        self.set.writes.drifts.push(row);
    }
}

fn resolved(open: DriftRow, now: Timestamp) -> DriftRow {
    DriftRow { last_seen_at: now, state: "resolved".to_owned(), resolution: Some("gone".to_owned()), resolved_at: Some(now), ..open }
}
