//! Values that a dictionary has no row for, told from the exceptions that they led to.
//!
//! An exception names the dictionary and no value: messages hold no payload. The value is found by applying the mapping once
//! more to the stored document, with the texts at hand, so that a value drops out as soon as a draft has its row.

use super::{Error, Overlay, Publishing};
use crate::domain::catalog::{Catalog, MappingSource, Name, uses};
use crate::domain::dictionary::LookupError;
use crate::domain::ids::{DocumentId, TenantId};
use crate::domain::mapping::{InputType, MapCause, MapError};
use crate::store::desk::ExceptionChoice;
use crate::store::{ExceptionRow, Page};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// Exceptions that are looked through.
const EXCEPTIONS_MAX: u32 = 500;
/// Documents that are mapped once more.
const DOCUMENTS_MAX: usize = 200;

/// Values without a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Unmapped {
    /// The dictionary.
    pub dictionary: String,
    /// The values, the most frequent first.
    pub items: Vec<UnmappedValue>,
    /// Open exceptions that name the dictionary and whose value cannot be told: what their source sent is not stored, or their
    /// document keeps fields back.
    pub untold: u32,
    /// Whether there are more exceptions than were looked through.
    pub cut: bool,
}

/// A value without a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UnmappedValue {
    /// The value.
    pub value: String,
    /// Open exceptions that want it.
    pub count: u32,
    /// Since when.
    pub oldest_at: Timestamp,
    /// One of their documents.
    pub document: Uuid,
    /// One of them.
    pub exception: Uuid,
}

impl Publishing {
    /// Values that open exceptions miss in a dictionary and that it still has no row for.
    ///
    /// # Errors
    /// When there is no such sound dictionary.
    pub async fn unmapped(&self, tenant: TenantId, overlay: &Overlay, dictionary: &str) -> Result<Unmapped, Error> {
        self.own(tenant)?;
        let (catalog, findings) = self.compiled(overlay).await?;
        if !catalog.dictionaries.contains_key(dictionary) {
            return Err(if findings.is_empty() { Error::NotFound("dictionary") } else { Error::Unsound(findings) });
        }
        let choice =
            ExceptionChoice { state: Some("open".to_owned()), cause: Some("rule_missing".to_owned()), ..ExceptionChoice::all(tenant) };
        let rows = self.store.desk().choose_exceptions(&choice, &Page { limit: EXCEPTIONS_MAX, after: None }).await?;
        let mut told =
            Unmapped { dictionary: dictionary.to_owned(), items: Vec::new(), untold: 0, cut: rows.len() >= EXCEPTIONS_MAX as usize };
        let named = format!("the dictionary `{dictionary}` has no row");
        let looking = looking_up(&catalog, dictionary);
        let mut found: BTreeMap<String, UnmappedValue> = BTreeMap::new();
        let mut known: BTreeMap<DocumentId, Option<Vec<MapError>>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.message.contains(&named)) {
            let Some(document) = row.document else {
                told.untold += 1;
                continue;
            };
            if !known.contains_key(&document) {
                if known.len() == DOCUMENTS_MAX {
                    told.cut = true;
                    break;
                }
                let failures = self.failures(tenant, &catalog, &looking, document).await?;
                known.insert(document, failures);
            }
            match known[&document].as_deref().map_or(Missing::Untold, |failures| missing(failures, dictionary, row)) {
                Missing::Value(value) => add(&mut found, value, row, document),
                // The texts at hand have the row: nothing is missing any more.
                Missing::Nothing => {}
                Missing::Untold => told.untold += 1,
            }
        }
        told.items = found.into_values().collect();
        told.items.sort_by(|one, two| two.count.cmp(&one.count).then_with(|| one.value.cmp(&two.value)));
        Ok(told)
    }

    /// How the mappings that look up in the dictionary fail on a document, or on one that was made of it; none where not one
    /// of them can be tried.
    async fn failures(
        &self,
        tenant: TenantId,
        catalog: &Catalog,
        looking: &[Arc<str>],
        document: DocumentId,
    ) -> Result<Option<Vec<MapError>>, Error> {
        let Some(view) = self.store.document(tenant, document).await? else { return Ok(None) };
        let beside = view.relations.iter().flat_map(|relation| [relation.document, relation.made_for]).filter(|other| *other != document);
        let mut things = vec![(document, view.document.kind.clone())];
        for other in beside {
            if let Some(found) = self.store.document(tenant, other).await? {
                things.push((other, found.document.kind));
            }
        }
        let (mut tried, mut failures) = (false, Vec::new());
        for name in looking {
            let (Some(mapping), Some(source)) = (catalog.mappings.get(name), catalog.mapping_sources.get(name)) else { continue };
            for (thing, _) in things.iter().filter(|(_, kind)| takes(source, kind)) {
                let inputs = match self.sample(tenant, *thing, source).await {
                    Ok(inputs) => inputs,
                    // What a type keeps back is told to nobody by a dictionary, and hides nothing of the others.
                    Err(Error::NotFound(_) | Error::Masked) => continue,
                    Err(error) => return Err(error),
                };
                let Ok(scope) = source.read(&inputs) else { continue };
                tried = true;
                failures.extend(mapping.apply(&scope).err());
            }
        }
        Ok(tried.then_some(failures))
    }
}

/// Whether a mapping reads documents of a type.
fn takes(source: &MappingSource, kind: &str) -> bool {
    source.definition.inputs.iter().any(|(_, input)| matches!(&input.value, InputType::Document(named) if **named == *kind))
}

/// The mappings that name a dictionary.
fn looking_up(catalog: &Catalog, dictionary: &str) -> Vec<Arc<str>> {
    let names = |used: &BTreeSet<Name>| used.iter().any(|(kind, id)| *kind == "dictionary" && **id == *dictionary);
    uses(catalog).into_iter().filter(|((kind, _), used)| *kind == "mapping" && names(used)).map(|((_, id), _)| id).collect()
}

enum Missing {
    Value(String),
    Nothing,
    Untold,
}

/// What an exception misses, by how its document fails now: at the very place it failed then, else anywhere in the dictionary.
fn missing(failures: &[MapError], dictionary: &str, row: &ExceptionRow) -> Missing {
    let of = |error: &MapError| match &error.cause {
        MapCause::Lookup(LookupError::Missing { dictionary: named, key }) if **named == *dictionary => Some(key.clone()),
        _ => None,
    };
    let exactly = failures.iter().filter(|error| row.message.contains(&error.to_string())).find_map(of);
    match exactly.or_else(|| failures.iter().find_map(of)) {
        Some(value) => Missing::Value(value),
        None if failures.is_empty() => Missing::Nothing,
        // It fails of something else by now, which hides what it looked for.
        None => Missing::Untold,
    }
}

fn add(found: &mut BTreeMap<String, UnmappedValue>, value: String, row: &ExceptionRow, document: DocumentId) {
    let known = found.entry(value.clone()).or_insert_with(|| UnmappedValue {
        value,
        count: 0,
        oldest_at: row.opened_at,
        document: document.0,
        exception: row.id.0,
    });
    known.count += 1;
    known.oldest_at = known.oldest_at.min(row.opened_at);
}
