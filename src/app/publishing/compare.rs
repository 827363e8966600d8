//! A mapping's draft against what is live, over documents that really came: what would change before it is published.

use super::{Error, Overlay, Publishing};
use crate::domain::catalog::{Catalog, MappingSource};
use crate::domain::ids::TenantId;
use crate::domain::mapping::{InputType, Mapping, Target};
use crate::domain::value::Value;
use crate::store::desk::DocumentChoice;
use crate::store::{DocumentRow, Page};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// Documents that are compared; each costs a read and two applications.
const DOCUMENTS_MAX: u32 = 50;
/// Newest documents that are looked through for those a mapping takes.
const LOOKED_THROUGH: u32 = 500;
/// Differences told of one document; who sees as many has seen enough of it.
const DIFFERENCES_MAX: usize = 100;

/// What to compare.
#[derive(Clone, Debug)]
pub struct CompareRequest {
    /// Tenant.
    pub tenant: TenantId,
    /// Texts over what is live.
    pub overlay: Overlay,
    /// The mapping.
    pub mapping: String,
}

/// A draft against what is live.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Comparison {
    /// The mapping.
    pub mapping: String,
    /// Whether nothing of it is live yet: then there is nothing to differ from.
    pub new: bool,
    /// The newest documents that it takes, at most 50, newest first.
    pub items: Vec<ComparedDocument>,
    /// The fields of what either makes, by path; elements of lists are counted together.
    pub fields: Vec<ComparedField>,
}

/// One document, made by both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ComparedDocument {
    /// The document.
    pub document: Uuid,
    /// Its business key.
    pub key: String,
    /// `same`, `changed`, `fails` (by the draft alone), `mended` (fails by what is live), `fails_still` (by both), or `untold`
    /// where its inputs are not all stored.
    pub outcome: String,
    /// Where they differ.
    pub differences: Vec<FieldDifference>,
    /// Whether there are more differences than are told.
    pub cut: bool,
    /// Why the draft fails, or why nothing can be told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<String>,
    /// Why what is live fails.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub live_problem: Option<String>,
}

/// A field that both make differently.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FieldDifference {
    /// Its path: `form['明细'][0]['品名']`.
    pub path: String,
    /// What is made now; absent when nothing is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<Object>)]
    pub live: Option<Json>,
    /// What the draft makes; absent when it makes nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<Object>)]
    pub draft: Option<Json>,
}

/// A field over all documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComparedField {
    /// Its path, with `[*]` for the elements of a list.
    pub path: String,
    /// Documents in which it is the same.
    pub same: u32,
    /// Documents in which it differs.
    pub changed: u32,
    /// Documents in which the draft fails there.
    pub fails: u32,
}

/// A mapping of one project.
struct Side<'a> {
    mapping: &'a Mapping,
    source: &'a MappingSource,
}

impl<'a> Side<'a> {
    fn of(catalog: &'a Catalog, name: &str) -> Option<Side<'a>> {
        Some(Side { mapping: catalog.mappings.get(name)?, source: catalog.mapping_sources.get(name)? })
    }
}

/// What one side makes of a document.
enum Made {
    Value(Value),
    /// Where, and why.
    Fails(String, String),
    /// Its inputs are not there.
    Untold(String),
}

impl Publishing {
    /// Applies the draft and what is live to the newest documents. Nothing is sent and nothing is stored.
    ///
    /// # Errors
    /// When there is no such sound mapping.
    pub async fn compare(&self, request: CompareRequest) -> Result<Comparison, Error> {
        self.own(request.tenant)?;
        let live = self.live.now().catalog().clone();
        let (catalog, findings) = self.compiled(&request.overlay).await?;
        let name = request.mapping.as_str();
        let Some(draft) = Side::of(&catalog, name) else {
            return Err(if findings.is_empty() { Error::NotFound("mapping") } else { Error::Unsound(findings) });
        };
        let now = Side::of(&live, name);
        let mut items = Vec::new();
        let mut fields: BTreeMap<String, [u32; 3]> = BTreeMap::new();
        for row in self.taken(request.tenant, &catalog, name, draft.source).await? {
            let by_draft = self.made(request.tenant, &row, &draft).await?;
            let by_live = match &now {
                Some(now) => Some(self.made(request.tenant, &row, now).await?),
                None => None,
            };
            items.push(compared(&row, by_draft, by_live, &mut fields));
        }
        let field = |(path, [same, changed, fails]): (String, [u32; 3])| ComparedField { path, same, changed, fails };
        Ok(Comparison { mapping: request.mapping, new: now.is_none(), items, fields: fields.into_iter().map(field).collect() })
    }

    /// The newest documents that a mapping takes: of the type that it reads, else of the type that it makes, from where it
    /// makes them.
    async fn taken(&self, tenant: TenantId, catalog: &Catalog, name: &str, source: &MappingSource) -> Result<Vec<DocumentRow>, Error> {
        let read = source.definition.inputs.iter().find_map(|(_, input)| match &input.value {
            InputType::Document(kind) => Some(kind.to_string()),
            _ => None,
        });
        let (kind, sources) = match (read, &source.definition.target.value) {
            (Some(kind), _) => (Some(kind), None),
            (None, Target::Document(kind)) => (Some(kind.to_string()), Some(made_from(catalog, name))),
            (None, Target::Operation { .. }) => (None, None),
        };
        let choice = DocumentChoice { kind, ..DocumentChoice::all(tenant) };
        let limit = if sources.is_some() { LOOKED_THROUGH } else { DOCUMENTS_MAX };
        let rows = self.store.desk().search(&choice, &Page { limit, after: None }).await?;
        let fits = |row: &DocumentRow| sources.as_ref().is_none_or(|sources| sources.contains(row.source.as_str()));
        Ok(rows.into_iter().filter(fits).take(DOCUMENTS_MAX as usize).collect())
    }

    async fn made(&self, tenant: TenantId, row: &DocumentRow, side: &Side<'_>) -> Result<Made, Error> {
        let inputs = match self.sample(tenant, row.id, side.source).await {
            Ok(inputs) => inputs,
            // Past its retention, or gone between two reads.
            Err(Error::Masked) => return Ok(Made::Untold(Error::Masked.to_string())),
            Err(Error::NotFound(what)) => return Ok(Made::Untold(format!("there is no such {what}"))),
            Err(error) => return Err(error),
        };
        let scope = match side.source.read(&inputs) {
            Ok(scope) => scope,
            Err(problem) => return Ok(Made::Untold(problem)),
        };
        Ok(match side.mapping.apply(&scope) {
            Ok(mapped) => Made::Value(mapped.value),
            Err(error) => Made::Fails(error.target.clone(), error.to_string()),
        })
    }
}

/// The connections whose events make documents by a mapping.
fn made_from(catalog: &Catalog, mapping: &str) -> BTreeSet<Arc<str>> {
    let makes = |connector: &Arc<str>| {
        let known = catalog.connectors.get(connector);
        known.is_some_and(|known| known.events.values().any(|event| event.document.as_ref().is_some_and(|made| *made.map == *mapping)))
    };
    catalog.connections.values().filter(|connection| makes(&connection.connector)).map(|connection| connection.id.clone()).collect()
}

fn compared(row: &DocumentRow, draft: Made, live: Option<Made>, fields: &mut BTreeMap<String, [u32; 3]>) -> ComparedDocument {
    let mut told = ComparedDocument {
        document: row.id.0,
        key: row.key.clone(),
        outcome: String::new(),
        differences: Vec::new(),
        cut: false,
        problem: None,
        live_problem: None,
    };
    let outcome = match (draft, live) {
        (Made::Untold(why), _) => {
            told.problem = Some(why);
            "untold"
        }
        (Made::Fails(target, why), live) => {
            told.problem = Some(why);
            count(fields, [(together(&target), 2)]);
            match live {
                Some(Made::Fails(_, why)) => {
                    told.live_problem = Some(why);
                    "fails_still"
                }
                _ => "fails",
            }
        }
        (Made::Value(_), Some(Made::Fails(_, why))) => {
            told.live_problem = Some(why);
            "mended"
        }
        (Made::Value(draft), Some(Made::Value(live))) => {
            told.differences = differences(&live, &draft, fields);
            if told.differences.is_empty() { "same" } else { "changed" }
        }
        // What is not live yet, or could not be tried there, changes everything it makes.
        (Made::Value(draft), None | Some(Made::Untold(_))) => {
            told.differences = differences(&Value::Unset, &draft, fields);
            "changed"
        }
    };
    told.outcome = outcome.to_owned();
    told.cut = told.differences.len() > DIFFERENCES_MAX;
    told.differences.truncate(DIFFERENCES_MAX);
    told
}

/// Where two values differ, field by field; each field is counted once for the document.
fn differences(live: &Value, draft: &Value, fields: &mut BTreeMap<String, [u32; 3]>) -> Vec<FieldDifference> {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    leaves(&live.to_json(), String::new(), &mut before);
    leaves(&draft.to_json(), String::new(), &mut after);
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for path in paths {
        let (was, is) = (before.get(path), after.get(path));
        let differs = was != is;
        let counted = seen.entry(together(path)).or_default();
        *counted = (*counted).max(usize::from(differs));
        if differs {
            found.push(FieldDifference { path: path.clone(), live: was.cloned(), draft: is.cloned() });
        }
    }
    count(fields, seen);
    found
}

fn count(fields: &mut BTreeMap<String, [u32; 3]>, seen: impl IntoIterator<Item = (String, usize)>) {
    for (path, what) in seen {
        fields.entry(path).or_default()[what] += 1;
    }
}

/// Every value that is no container, by its path; an empty container is a value of its own.
fn leaves(value: &Json, path: String, found: &mut BTreeMap<String, Json>) {
    match value {
        Json::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                leaves(member, below(&path, name), found);
            }
        }
        Json::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                leaves(item, format!("{path}[{index}]"), found);
            }
        }
        Json::Null if path.is_empty() => {}
        other => {
            found.insert(path, other.clone());
        }
    }
}

/// As targets are written: a plain name behind a dot, any other in brackets.
fn below(path: &str, name: &str) -> String {
    let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') && !name.is_empty();
    match (plain, path.is_empty()) {
        (true, true) => name.to_owned(),
        (true, false) => format!("{path}.{name}"),
        (false, _) => format!("{path}['{name}']"),
    }
}

/// The path without the numbers of list elements.
fn together(path: &str) -> String {
    let mut made = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(open) = rest.find('[') {
        let (before, after) = rest.split_at(open);
        made.push_str(before);
        let digits = after[1..].find(|letter: char| !letter.is_ascii_digit()).map_or(after.len(), |end| end + 1);
        if digits > 1 && after[digits..].starts_with(']') {
            made.push_str("[*]");
            rest = &after[digits + 1..];
        } else {
            made.push('[');
            rest = &after[1..];
        }
    }
    made.push_str(rest);
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn value(json: Json) -> Value {
        Value::from_json(&json)
    }

    #[test]
    fn fields_are_counted_once_a_document_whatever_the_length_of_its_lists() {
        let mut fields = BTreeMap::new();
        let live = value(json!({"no": "1", "lines": [{"品名": "a", "qty": "1"}, {"品名": "b", "qty": "2"}]}));
        let draft = value(json!({"no": "1", "lines": [{"品名": "a", "qty": "1.0"}, {"品名": "b", "qty": "2.0"}], "new": true}));
        let found = differences(&live, &draft, &mut fields);
        assert_eq!(found.iter().map(|one| one.path.as_str()).collect::<Vec<_>>(), ["lines[0].qty", "lines[1].qty", "new"]);
        assert_eq!(found[2], FieldDifference { path: "new".into(), live: None, draft: Some(json!(true)) });
        let counted: Vec<(&str, [u32; 3])> = fields.iter().map(|(path, counts)| (path.as_str(), *counts)).collect();
        let same = [1, 0, 0];
        let changed = [0, 1, 0];
        assert_eq!(counted, [("lines[*].qty", changed), ("lines[*]['品名']", same), ("new", changed), ("no", same)]);
    }

    #[test]
    fn only_numbers_of_elements_are_left_out_of_a_path() {
        for (path, expected) in [
            ("form['明细'][0]['品名']", "form['明细'][*]['品名']"),
            ("lines[12].taxes[0]", "lines[*].taxes[*]"),
            ("['12'].a", "['12'].a"),
            ("plain", "plain"),
            ("odd[", "odd["),
        ] {
            assert_eq!(together(path), expected);
        }
    }
}
