//! From what was read of a page of objects, and what the ledger holds of them, to what is stored. Pure but for its
//! arguments.

use crate::app::engine::definitions::Definitions;
use crate::domain::connector::{Connector, Reconcile};
use crate::domain::document::{DocumentType, SchemaKind};
use crate::domain::ids::{DocumentId, DriftId, ReconciliationId, TenantId, derived};
use crate::domain::reconcile::{Change, Finding, Kind, Known, Object, Ours, Role, Statement, Words, judge, merge};
use crate::domain::value::Value;
use crate::store::{DocumentRow, DriftRow, LinkCheck, LinkRow, Reconcilable};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// What a page is compared under.
pub struct Setting<'a> {
    /// The definitions in force.
    pub definitions: &'a Definitions,
    /// The connector of the connection.
    pub connector: &'a Arc<Connector>,
    /// The entry at work.
    pub entry: &'a Reconcile,
    /// Tenant.
    pub tenant: TenantId,
    /// The connection.
    pub connection: &'a str,
    /// The run.
    pub run: ReconciliationId,
    /// When the run began: links read since then are done.
    pub began: Timestamp,
    /// When the first of the objects was asked for: what happened since may not show in them.
    pub asked_at: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// What a page came to.
#[derive(Debug, Default)]
pub struct Compared {
    /// Links that were looked at.
    pub checks: Vec<LinkCheck>,
    /// Differences that are new or changed.
    pub drifts: Vec<DriftRow>,
}

/// What a read gave, in the terms of the entry.
pub fn object(entry: &Reconcile, theirs: &Value) -> Object {
    match entry.see(theirs) {
        Ok(seen) if seen.external_id.is_empty() => Object::Unreadable("it has no id".to_owned()),
        Ok(seen) => Object::Seen(seen),
        Err(error) => Object::Unreadable(error.to_string()),
    }
}

/// Compares the objects of a page; counts go into the statement.
pub fn page(setting: &Setting<'_>, loaded: &Reconcilable, objects: &[(String, Object)], statement: &mut Statement) -> Compared {
    let mut compared = Compared::default();
    for (external_id, object) in objects {
        let links = loaded.links.iter().zip(&loaded.checked).filter(|(link, _)| link.external_id == *external_id);
        let mut known = false;
        for (link, checked) in links {
            known = true;
            // A list that is read again after a restart shows what is done already.
            if checked.is_some_and(|at| at >= setting.began) {
                continue;
            }
            if let Some(document) = document_of(loaded, link).filter(|document| document.kind == *setting.entry.document) {
                link_page(setting, loaded, link, document, object, statement, &mut compared);
            }
        }
        let found = if known { Vec::new() } else { unknown(setting, object) };
        drifted(setting, loaded, external_id, None, &found, statement, &mut compared.drifts);
    }
    compared
}

/// The differences of one link, whatever is on its way.
pub fn findings(setting: &Setting<'_>, loaded: &Reconcilable, link: &LinkRow, object: &Object) -> Vec<Finding> {
    let Some(document) = document_of(loaded, link) else { return Vec::new() };
    let kind = setting.definitions.catalog().documents.get(document.kind.as_str());
    let currency_of = |field: &str| currency(kind?, field);
    let body = loaded.revisions.iter().find(|revision| revision.document == document.id).map_or("{}", |revision| revision.body.as_str());
    let body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let ours =
        Ours { status: &document.status, role: role(loaded, link), body: &body, words: words(setting.entry), currency_of: &currency_of };
    judge(object, &ours)
}

fn link_page(
    setting: &Setting<'_>,
    loaded: &Reconcilable,
    link: &LinkRow,
    document: &DocumentRow,
    object: &Object,
    statement: &mut Statement,
    compared: &mut Compared,
) {
    let found = findings(setting, loaded, link, object);
    let check = |differs| LinkCheck {
        external_id: link.external_id.clone(),
        document: link.document,
        at: setting.asked_at,
        seen: if echo_is_due(setting, loaded, link, document) { None } else { seen_word(setting, object, &document.kind) },
        differs,
    };
    if !found.is_empty() && in_flight(setting, loaded, link, document, object) {
        statement.in_flight += 1;
        return compared.checks.push(check(None));
    }
    statement.compared += 1;
    let accepted = drifted(setting, loaded, &link.external_id, Some(link.document), &found, statement, &mut compared.drifts);
    match (found.is_empty(), accepted) {
        (true, _) => statement.agree += 1,
        (false, true) => statement.accepted += 1,
        (false, false) => statement.differ += 1,
    }
    compared.checks.push(check(Some(!found.is_empty())));
}

/// Brings the known differences of one object up to what is found now; whether a person has accepted all there are.
fn drifted(
    setting: &Setting<'_>,
    loaded: &Reconcilable,
    external_id: &str,
    document: Option<DocumentId>,
    found: &[Finding],
    statement: &mut Statement,
    drifts: &mut Vec<DriftRow>,
) -> bool {
    let of_object =
        |row: &&DriftRow| row.external_id.as_deref() == Some(external_id) && row.document == document && row.kind != Kind::NotOwned.word();
    let rows: Vec<&DriftRow> = loaded.drifts.iter().filter(of_object).collect();
    let known: Vec<Known<'_>> = rows.iter().map(|row| known(row)).collect();
    let merged = merge(&known, found);
    let mut accepted = 0;
    for (row, change) in rows.iter().zip(&merged.known) {
        let seen_again = row.run == Some(setting.run);
        let mut row = DriftRow { last_seen_at: setting.now, run: Some(setting.run), ..(*row).clone() };
        match change {
            Change::Stays => accepted += usize::from(row.state == "accepted"),
            Change::Moves(place) => {
                row.ours.clone_from(&found[*place].ours);
                row.theirs.clone_from(&found[*place].theirs);
                row.state = "open".to_owned();
                row.resolution = None;
            }
            Change::Ends => {
                row.last_seen_at = setting.now;
                row.state = "resolved".to_owned();
                row.resolution = Some(if row.repair.is_some() { "repaired" } else { "gone" }.to_owned());
                row.resolved_by = Some("reconciliation".to_owned());
                row.resolved_at = Some(setting.now);
                statement.resolved += 1;
            }
        }
        // An object that a list shows again after a restart was counted.
        if *change != Change::Ends && !seen_again {
            *statement.kinds.entry(row.kind.clone()).or_default() += 1;
        }
        drifts.push(row);
    }
    for place in merged.new {
        statement.new += 1;
        *statement.kinds.entry(found[place].kind.word().to_owned()).or_default() += 1;
        drifts.push(fresh(setting, external_id, document, &found[place]));
    }
    !found.is_empty() && accepted == found.len()
}

fn known(row: &DriftRow) -> Known<'_> {
    Known {
        kind: &row.kind,
        field: row.field.as_deref(),
        ours: row.ours.as_deref(),
        theirs: row.theirs.as_deref(),
        accepted: row.state == "accepted",
    }
}

fn fresh(setting: &Setting<'_>, external_id: &str, document: Option<DocumentId>, finding: &Finding) -> DriftRow {
    let parts: [&[u8]; 8] = [
        b"drift",
        &setting.tenant.0.to_be_bytes(),
        setting.connection.as_bytes(),
        external_id.as_bytes(),
        document.as_ref().map_or(&[][..], |id| id.0.as_bytes()),
        finding.kind.word().as_bytes(),
        finding.field.as_deref().unwrap_or_default().as_bytes(),
        &setting.now.as_microsecond().to_be_bytes(),
    ];
    let storable = |text: &Option<String>| text.clone().map(|text| crate::domain::text::storable::storable(shortened(text)));
    DriftRow {
        id: DriftId(derived(&parts)),
        tenant: setting.tenant,
        kind: finding.kind.word().to_owned(),
        document,
        connection: setting.connection.to_owned(),
        external_id: Some(external_id.to_owned()),
        field: finding.field.clone(),
        ours: storable(&finding.ours),
        theirs: storable(&finding.theirs),
        first_seen_at: setting.now,
        last_seen_at: setting.now,
        run: Some(setting.run),
        state: "open".to_owned(),
        repair: None,
        resolution: None,
        reason: None,
        resolved_by: None,
        resolved_at: None,
    }
}

/// Longest value kept of either side, characters: enough to tell them apart for a person.
const VALUE_CHARACTERS_MAX: usize = 500;

fn shortened(text: String) -> String {
    if text.chars().count() <= VALUE_CHARACTERS_MAX { text } else { text.chars().take(VALUE_CHARACTERS_MAX).chain(['…']).collect() }
}

/// An object that ought to be known here, is not, and is no longer so young that its document may be on its way: the stream
/// that tells of it has been read since. A stream that does not get on is no excuse; then this is how one learns of it.
fn unknown(setting: &Setting<'_>, object: &Object) -> Vec<Finding> {
    let Object::Seen(seen) = object else { return Vec::new() };
    let unheard = setting.connector.hears_within_millis(&setting.entry.document);
    if !seen.ours || seen.changed_at.is_none_or(|at| is_younger(setting, at, setting.entry.grace_millis.saturating_add(unheard))) {
        return Vec::new();
    }
    // There is no document to tell which entry would read it again.
    vec![Finding { kind: Kind::UnknownHere, field: Some(setting.entry.name.to_string()), ours: None, theirs: seen.status.clone() }]
}

/// Whether a change of either side may still have been on its way to the other when the object was asked for.
fn in_flight(setting: &Setting<'_>, loaded: &Reconcilable, link: &LinkRow, document: &DocumentRow, object: &Object) -> bool {
    let changed_there = match object {
        Object::Seen(seen) => seen.changed_at.is_some_and(|at| is_young(setting, at)),
        Object::Missing | Object::Unreadable(_) => false,
    };
    changed_there
        || loaded.busy.contains(&document.id)
        || is_young(setting, document.updated_at)
        || link.written_at.is_some_and(|at| is_young(setting, at))
}

fn is_young(setting: &Setting<'_>, at: Timestamp) -> bool {
    is_younger(setting, at, setting.entry.grace_millis)
}

fn is_younger(setting: &Setting<'_>, at: Timestamp, millis: u64) -> bool {
    setting.asked_at.duration_since(at) < SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

/// Whether the engine has still to hear from the document's source what we wrote there. That first sight it takes for an echo;
/// reading the source back must not be that sight.
fn echo_is_due(setting: &Setting<'_>, loaded: &Reconcilable, link: &LinkRow, document: &DocumentRow) -> bool {
    let unheard = link.written_at.is_some_and(|written| link.seen_at.is_none_or(|seen| seen < written));
    document.source == setting.connection && (unheard || loaded.busy.contains(&document.id))
}

/// What the link is to its document: a later visit of the same step replaces what an earlier one made.
fn role(loaded: &Reconcilable, link: &LinkRow) -> Role {
    if link.closed {
        return Role::Reversed;
    }
    let step = |link: &LinkRow| link.step.as_ref().map(|step| step.split('#').next().unwrap_or_default().to_owned());
    let later = |other: &LinkRow| {
        other.document == link.document
            && other.external_id != link.external_id
            && step(other).is_some()
            && step(other) == step(link)
            && other.written_at > link.written_at
    };
    if loaded.siblings.iter().any(later) { Role::Replaced } else { Role::Current }
}

fn document_of<'l>(loaded: &'l Reconcilable, link: &LinkRow) -> Option<&'l DocumentRow> {
    loaded.documents.iter().find(|document| document.id == link.document)
}

fn words(entry: &Reconcile) -> Words<'_> {
    Words { approved: entry.approved.as_deref(), voided: entry.voided.as_deref() }
}

/// The path of the currency of an amount, or the currency itself.
fn currency(kind: &DocumentType, field: &str) -> Option<String> {
    match &kind.schema.at(field)?.kind {
        SchemaKind::Decimal { currency } => currency.as_ref().map(ToString::to_string),
        _ => None,
    }
}

/// The partner's status in our words where the connector knows them, else as it is.
fn seen_word(setting: &Setting<'_>, object: &Object, kind: &str) -> Option<String> {
    let Object::Seen(seen) = object else { return None };
    let theirs = seen.status.as_deref()?;
    let word = setting.connector.status(kind, theirs).unwrap_or(theirs);
    Some(crate::domain::text::storable::storable(shortened(word.to_owned())))
}
