//! Definitions for people: what there is, who names whom, versions, texts, and who is working on what.

use super::{Error, Publishing, aside, text_hash};
use crate::domain::catalog::{self, Catalog, Name};
use crate::domain::diagnostic::Report;
use crate::domain::ids::TenantId;
use crate::domain::publishing::FILE;
use crate::domain::text::tree::{Node, parse};
use crate::store::DraftRow;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::ToSchema;

/// One definition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"kind": "mapping", "id": "po_to_oa", "path": "mappings/po_to_oa.yaml", "title": {"en": "Order to approval form"}, "version": "3f0c…", "etag": "9b1c…", "uses": [{"kind": "dictionary", "id": "people_oa"}], "used_by": [{"kind": "flow", "id": "purchase_order_approval"}], "drafts": []}))]
pub struct DefinitionItem {
    /// Its kind.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Where it stands in the project folder.
    pub path: String,
    /// Its title by language; empty when it has none.
    pub title: BTreeMap<String, String>,
    /// The live version; absent for one that exists as a draft only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<String>,
    /// Hash of the live text: the ETag to save a first draft over.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub etag: Option<String>,
    /// Definitions that it names.
    pub uses: Vec<Named>,
    /// Definitions that name it.
    pub used_by: Vec<Named>,
    /// Who is working on it.
    pub drafts: Vec<DraftState>,
}

/// A definition by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Named {
    /// Its kind.
    pub kind: String,
    /// Its id.
    pub id: String,
}

/// Somebody's draft of a definition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DraftState {
    /// Whose.
    pub author: String,
    /// When it was last saved.
    pub updated_at: Timestamp,
    /// Whether another text is live by now than the one it was begun on.
    pub outdated: bool,
}

/// One definition with its versions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DefinitionDetail {
    /// The definition.
    #[serde(flatten)]
    pub definition: DefinitionItem,
    /// Other files it is made of.
    pub refers: Vec<String>,
    /// Its versions, newest first, the last 500.
    pub versions: Vec<VersionItem>,
}

/// One version of a definition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VersionItem {
    /// The version: hash of its text and of the files it is made of.
    pub version: String,
    /// Counts from 1 in the order they were first published.
    pub number: u32,
    /// Who published it first.
    pub author: String,
    /// Why.
    pub message: String,
    /// When.
    pub created_at: Timestamp,
    /// The first release that holds it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub first_release: Option<u32>,
    /// The last release that holds it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_release: Option<u32>,
    /// Whether it is live.
    pub live: bool,
}

/// A text as it was published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TextView {
    /// The definition's kind.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// The version.
    pub version: String,
    /// Hash of the text alone: the ETag.
    pub etag: String,
    /// The text, byte for byte.
    pub text: String,
}

/// What the texts of a catalog say about each other, kept until another catalog is live.
#[derive(Default)]
pub(super) struct Indexed(Mutex<Option<(Arc<Catalog>, Arc<Index>)>>);

struct Index {
    uses: BTreeMap<Name, BTreeSet<Name>>,
    used_by: BTreeMap<Name, BTreeSet<Name>>,
    titles: BTreeMap<Name, BTreeMap<String, String>>,
}

impl Publishing {
    /// Definitions, by kind and id; those of one kind when it is given.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn definitions(&self, tenant: TenantId, kind: Option<&str>) -> Result<Vec<DefinitionItem>, Error> {
        if self.own(tenant).is_err() {
            return Ok(Vec::new());
        }
        let (catalog, index) = self.indexed().await?;
        let drafts = self.store.drafts(tenant, None).await?;
        let wanted = |found: &str| kind.is_none_or(|kind| kind == found);
        let mut items: BTreeMap<(String, String), DefinitionItem> = BTreeMap::new();
        for definition in catalog.definitions.iter().filter(|definition| wanted(definition.kind)) {
            let item = live_item(&catalog, &index, definition, self.states(&drafts, definition.kind, &definition.id));
            items.insert((item.kind.clone(), item.id.clone()), item);
        }
        for draft in drafts.iter().filter(|draft| wanted(&draft.kind) && !is_beside(&draft.kind)) {
            let key = (draft.kind.clone(), draft.id.clone());
            let states = || self.states(&drafts, &draft.kind, &draft.id);
            items.entry(key).or_insert_with(|| draft_item(draft, states()));
        }
        Ok(items.into_values().collect())
    }

    /// One definition with its versions.
    ///
    /// # Errors
    /// When there is none, live or as a draft.
    pub async fn definition(&self, tenant: TenantId, kind: &str, id: &str) -> Result<DefinitionDetail, Error> {
        let found = self.definitions(tenant, Some(kind)).await?.into_iter().find(|item| item.id == id);
        let definition = found.ok_or(Error::NotFound("definition"))?;
        let live = self.live.now();
        let refers = live.catalog().definition(kind, id).map(|found| found.refers.iter().map(ToString::to_string).collect());
        let versions = self.versions(tenant, kind, id, definition.version.as_deref()).await?;
        Ok(DefinitionDetail { definition, refers: refers.unwrap_or_default(), versions })
    }

    /// The versions of a definition, newest first.
    ///
    /// # Errors
    /// When there are none.
    pub async fn definition_versions(&self, tenant: TenantId, kind: &str, id: &str) -> Result<Vec<VersionItem>, Error> {
        self.own(tenant)?;
        let live = self.live.now().catalog().definition(kind, id).map(|found| found.hash.to_string());
        let versions = self.versions(tenant, kind, id, live.as_deref()).await?;
        if versions.is_empty() { Err(Error::NotFound("definition")) } else { Ok(versions) }
    }

    async fn versions(&self, tenant: TenantId, kind: &str, id: &str, live: Option<&str>) -> Result<Vec<VersionItem>, Error> {
        // What the hub itself keeps beside definitions is nobody's to read.
        if kind == "key" || kind == "bundle" {
            return Ok(Vec::new());
        }
        let rows = self.store.definition_versions(tenant, kind, id).await?;
        let all = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let view = |(number, row): (u32, crate::store::DefinitionVersion)| VersionItem {
            number,
            live: live == Some(row.hash.as_str()),
            version: row.hash,
            author: row.author,
            message: row.message,
            created_at: row.created_at,
            first_release: row.first_release,
            last_release: row.last_release,
        };
        Ok((1..=all).rev().zip(rows).map(view).collect())
    }

    /// A text: of a version, else the live one.
    ///
    /// # Errors
    /// When there is none.
    pub async fn definition_text(&self, tenant: TenantId, kind: &str, id: &str, version: Option<&str>) -> Result<TextView, Error> {
        self.own(tenant)?;
        if kind == "key" || kind == "bundle" {
            return Err(Error::NotFound("definition"));
        }
        let (version, text) = match version {
            Some(version) => {
                let row = self.store.definition(tenant, kind, id, version).await?.ok_or(Error::NotFound("version"))?;
                (row.hash, row.text)
            }
            None => {
                let (path, text) = self.live_text(kind, id).ok_or(Error::NotFound("definition"))?;
                let live = self.live.now();
                let hash = match live.catalog().definition(kind, id) {
                    Some(definition) => definition.hash.to_string(),
                    None => catalog::hash_files([&path.as_str().into()], &live.catalog().files).to_string(),
                };
                (hash, text)
            }
        };
        Ok(TextView { kind: kind.to_owned(), id: id.to_owned(), version, etag: text_hash(&text), text })
    }

    /// The path and text that are live.
    pub(super) fn live_text(&self, kind: &str, id: &str) -> Option<(String, String)> {
        let live = self.live.now();
        let catalog = live.catalog();
        let path = if is_beside(kind) { id.to_owned() } else { catalog.definition(kind, id)?.path.to_string() };
        let text = catalog.files.get(&path)?.to_string();
        Some((path, text))
    }

    fn states(&self, drafts: &[DraftRow], kind: &str, id: &str) -> Vec<DraftState> {
        let mine = drafts.iter().filter(|draft| draft.kind == kind && draft.id == id);
        let state = |draft: &DraftRow| DraftState {
            author: draft.author.clone(),
            updated_at: draft.updated_at,
            outdated: draft.base != self.live_hash(kind, id),
        };
        mine.map(state).collect()
    }

    async fn indexed(&self) -> Result<(Arc<Catalog>, Arc<Index>), Error> {
        let catalog = self.live.now().catalog().clone();
        {
            let kept = self.index.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((of, index)) = kept.as_ref().filter(|(of, _)| Arc::ptr_eq(of, &catalog)) {
                return Ok((of.clone(), index.clone()));
            }
        }
        let from = catalog.clone();
        let index = Arc::new(aside(move || make_index(&from)).await?);
        *self.index.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((catalog.clone(), index.clone()));
        Ok((catalog, index))
    }
}

/// Tests and other files have no id beside their path.
fn is_beside(kind: &str) -> bool {
    kind == FILE || kind == "test"
}

fn make_index(catalog: &Catalog) -> Index {
    let uses = catalog::uses(catalog);
    let mut used_by: BTreeMap<Name, BTreeSet<Name>> = BTreeMap::new();
    for (user, used) in &uses {
        for one in used {
            used_by.entry(one.clone()).or_default().insert(user.clone());
        }
    }
    let title = |path: &str| {
        let text = catalog.files.get(path)?;
        let node = parse(text, &mut Report::new(path))?;
        let entries = node.get("title").map(Node::entries).unwrap_or_default();
        Some(entries.iter().filter_map(|(key, value)| Some((key.text.clone(), value.text()?.to_owned()))).collect())
    };
    let titles = catalog
        .definitions
        .iter()
        .map(|definition| ((definition.kind, definition.id.clone()), title(&definition.path).unwrap_or_default()))
        .collect();
    Index { uses, used_by, titles }
}

fn live_item(catalog: &Catalog, index: &Index, definition: &catalog::Definition, drafts: Vec<DraftState>) -> DefinitionItem {
    let me = (definition.kind, definition.id.clone());
    let named = |map: &BTreeMap<Name, BTreeSet<Name>>| {
        let found = map.get(&me).into_iter().flatten();
        found.map(|(kind, id)| Named { kind: (*kind).to_owned(), id: id.to_string() }).collect()
    };
    DefinitionItem {
        kind: definition.kind.to_owned(),
        id: definition.id.to_string(),
        path: definition.path.to_string(),
        title: index.titles.get(&me).cloned().unwrap_or_default(),
        version: Some(definition.hash.to_string()),
        etag: catalog.files.get(&definition.path).map(|text| text_hash(text)),
        uses: named(&index.uses),
        used_by: named(&index.used_by),
        drafts,
    }
}

fn draft_item(draft: &DraftRow, drafts: Vec<DraftState>) -> DefinitionItem {
    DefinitionItem {
        kind: draft.kind.clone(),
        id: draft.id.clone(),
        path: draft.path.clone(),
        title: BTreeMap::new(),
        version: None,
        etag: None,
        uses: Vec::new(),
        used_by: Vec::new(),
        drafts,
    }
}
