//! Where each field of a revision came from: since which revision it holds its value, who brought that, and by which rule.
//!
//! Rules are those in force now, applied to what the source sent then. A rule is named only where it still makes the very
//! value that is stored; where mappings have changed since, or the payload is past its retention, nothing is guessed.

use super::{Error, Publishing, RulePlace};
use crate::app::engine::definitions::Definitions;
use crate::domain::connector::DocumentRequest;
use crate::domain::document::Sensitive;
use crate::domain::flow::HUB;
use crate::domain::ids::{DocumentId, TenantId};
use crate::domain::mapping::Mapped;
use crate::domain::value::Value;
use crate::store::{AmendmentRow, DocumentRow, RevisionRow};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Revisions that are looked back through; a value that is older is said to hold since the oldest of them.
const REVISIONS_MAX: u32 = 20;
/// Fields of one answer.
const FIELDS_MAX: usize = 2_000;

/// The fields of a revision with where they came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FieldOrigins {
    /// The revision.
    pub number: u32,
    /// Its fields, by path.
    pub items: Vec<FieldOrigin>,
    /// Whether there are more fields than are told.
    pub cut: bool,
}

/// A field and where its value came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FieldOrigin {
    /// Its path: `lines[0].quantity`.
    pub path: String,
    /// The value.
    pub value: Json,
    /// The revision since which it holds this value, at most 20 back.
    pub since: u32,
    /// When that revision was taken.
    pub since_at: Timestamp,
    /// `received` (from its source), `created` (by a flow here) or `amended` (by a person).
    pub origin: String,
    /// Who mended it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub actor: Option<String>,
    /// The rule that makes it of what the source sent; absent where none in force makes this value.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rule: Option<RulePlace>,
    /// What the rule read; empty for a constant.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub inputs: Vec<String>,
}

/// Rule and inputs of a value, by its path.
type Rules = BTreeMap<String, (Json, RulePlace, Vec<String>)>;

impl Publishing {
    /// Where the fields of a revision came from.
    ///
    /// # Errors
    /// When there is no such revision.
    pub async fn field_origins(&self, tenant: TenantId, id: DocumentId, number: u32) -> Result<FieldOrigins, Error> {
        let view = self.store.document(tenant, id).await?.ok_or(Error::NotFound("document"))?;
        let amendments = self.store.desk().amendments(tenant, id).await?;
        let revision = self.store.revision(tenant, id, number).await?.ok_or(Error::NotFound("revision"))?;
        let mut held = fields(&revision.body);
        let cut = held.len() > FIELDS_MAX;
        held.truncate(FIELDS_MAX);
        let mut sources = BTreeMap::from([(number, revision)]);
        let mut since: Vec<u32> = vec![number; held.len()];
        for earlier in (number.saturating_sub(REVISIONS_MAX).max(1)..number).rev() {
            let Some(row) = self.store.revision(tenant, id, earlier).await? else { break };
            let before: BTreeMap<String, Json> = fields(&row.body).into_iter().collect();
            for ((path, value), since) in held.iter().zip(&mut since) {
                // Only while it held all the way: a value that came back came anew.
                if *since == earlier + 1 && before.get(path) == Some(value) {
                    *since = earlier;
                }
            }
            sources.insert(earlier, row);
            if since.iter().all(|since| *since > earlier) {
                break;
            }
        }
        let definitions = self.live.now();
        let mut rules: BTreeMap<u32, Rules> = BTreeMap::new();
        for number in &since {
            if let Some(row) = sources.get(number).filter(|_| !rules.contains_key(number)) {
                rules.insert(*number, made(&definitions, &view.document, row).unwrap_or_default());
            }
        }
        let known = definitions.catalog().documents.get(view.document.kind.as_str());
        let sensitive = known.map_or_else(Sensitive::everything, |known| known.sensitive.clone());
        let told = held.into_iter().zip(since).filter_map(|((path, value), since)| {
            let row = sources.get(&since)?;
            let mut told = origin(path, value, row, &view.document, &amendments, rules.get(&since));
            sensitive.mask_at(&told.path, &mut told.value);
            Some(told)
        });
        Ok(FieldOrigins { number, items: told.collect(), cut })
    }
}

fn origin(
    path: String,
    value: Json,
    row: &RevisionRow,
    document: &DocumentRow,
    amendments: &[AmendmentRow],
    rules: Option<&Rules>,
) -> FieldOrigin {
    let mend = amendments.iter().find(|mend| mend.number == row.number);
    let origin = match mend {
        Some(_) => "amended",
        None if document.source == HUB => "created",
        None => "received",
    };
    // A mend keeps the payload of the revision it mends; what differs from what the rules make of it is the person's.
    let rule = rules.and_then(|rules| rules.get(&path)).filter(|(made, _, _)| *made == value && mend.is_none());
    FieldOrigin {
        path,
        value,
        since: row.number,
        since_at: row.created_at,
        origin: origin.to_owned(),
        actor: mend.map(|mend| mend.actor.clone()),
        rule: rule.map(|(_, place, _)| place.clone()),
        inputs: rule.map(|(_, _, inputs)| inputs.clone()).unwrap_or_default(),
    }
}

/// The leaves of a document, by path, in its order; an empty list or mapping is one too.
fn fields(body: &str) -> Vec<(String, Json)> {
    let value = Value::from_json(&serde_json::from_str(body).unwrap_or_default());
    let made = Mapped { value, origins: Vec::new() };
    let is_leaf = |value: &Value| match value {
        Value::Map(map) => map.is_empty(),
        Value::List(items) => items.is_empty(),
        _ => true,
    };
    let leaves = made.places().into_iter().filter(|(path, value)| !path.is_empty() && is_leaf(value));
    leaves.map(|(path, value)| (path, value.to_json())).collect()
}

/// What the rules in force make of a revision's payload. None where there is nothing to apply, or it does not fit any more.
fn made(definitions: &Definitions, document: &DocumentRow, row: &RevisionRow) -> Option<Rules> {
    if row.payload.is_empty() || document.source == HUB {
        return None;
    }
    let payload: Json = serde_json::from_str(&row.payload).ok()?;
    let connector = definitions.connector(&document.source)?;
    let makes = connector.events.values().filter_map(|event| event.document.as_ref()).find(|makes| *makes.document == *document.kind)?;
    let catalog = definitions.catalog();
    let (mapping, source) = (catalog.mappings.get(&makes.map)?, catalog.mapping_sources.get(&makes.map)?);
    let scope = source.read(&json!({"source": payload})).ok()?;
    let mapped = mapping.explain(&scope).ok()?;
    // As the document takes it: numbers in their scale, texts as they are stored.
    let request = DocumentRequest { document: makes.document.clone(), map: makes.map.clone(), withdrawn: false };
    let taken = definitions.make_document(document.tenant, &document.source, &request, &Value::from_json(&payload)).ok()?;
    let values: BTreeMap<String, Json> = fields(&taken.typed.to_json_text()).into_iter().collect();
    let file = catalog.definition("mapping", &makes.map).map(|definition| definition.path.to_string()).unwrap_or_default();
    let rule = |origin: &crate::domain::mapping::Origin| {
        let place = RulePlace { file: file.clone(), line: origin.span.line, path: mapping.infos[origin.rule].path.clone() };
        Some((origin.path.clone(), (values.get(&origin.path)?.clone(), place, origin.inputs.clone())))
    };
    Some(mapped.origins.iter().filter_map(rule).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_leaves_by_path() {
        let found = fields(r#"{"number": "PO-1", "lines": [{"quantity": "2.0000"}], "notes": [], "supplier": {"code": "S"}}"#);
        let paths: Vec<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["lines[0].quantity", "notes", "number", "supplier.code"]);
    }

    #[test]
    fn the_rule_of_a_field_is_named_while_it_makes_the_stored_value() {
        let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let (files, _) = crate::app::load::load(&root).expect("the project is readable");
        let (catalog, _) = crate::domain::catalog::Catalog::compile(files);
        let definitions = crate::app::engine::definitions::Live::new(std::sync::Arc::new(catalog), 1, b"test").now();
        let inputs = std::fs::read_to_string(root.join("samples/erp-order-1.inputs.json")).expect("the sample");
        let inputs: Json = serde_json::from_str(&inputs).expect("JSON");
        let at = Timestamp::UNIX_EPOCH;
        let document = DocumentRow {
            id: DocumentId(uuid::Uuid::nil()),
            tenant: TenantId::DEFAULT,
            kind: "purchase_order".into(),
            source: "erp_hq".into(),
            key: "1".into(),
            external_id: None,
            revision: 1,
            status: "submitted".into(),
            source_status: None,
            source_version: None,
            withdrawn: false,
            display: "{}".into(),
            created_at: at,
            updated_at: at,
        };
        let row = RevisionRow {
            tenant: document.tenant,
            document: document.id,
            number: 1,
            hash: "h".into(),
            body: "{}".into(),
            payload: inputs["source"].to_string(),
            created_at: at,
        };
        let rules = made(&definitions, &document, &row).expect("the shipped mapping takes its own sample");
        let (value, place, read) = &rules["total_gross"];
        assert!(place.file == "mappings/demo_erp_order.yaml" && place.path.starts_with("fields["), "{place:?}");
        assert!(place.line > 1 && !read.is_empty(), "{place:?} {read:?}");
        let told = |value: &Json| origin("total_gross".into(), value.clone(), &row, &document, &[], Some(&rules));
        assert_eq!(told(value).rule.as_ref(), Some(place));
        assert_eq!(told(&json!("0.01")).rule, None, "the rule makes another value now");
        assert_eq!(made(&definitions, &document, &RevisionRow { payload: String::new(), ..row.clone() }), None);
    }
}
