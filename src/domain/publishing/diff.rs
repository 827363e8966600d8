//! How two contents differ: definition by definition, part by part, line by line.

use super::content::{Content, ContentFile};
use super::hunks::{Hunk, hunks};
use super::parts::{Part, parts};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap};

/// How two contents differ.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Diff {
    /// Definitions and files that differ, by kind and id.
    pub definitions: Vec<DefinitionDiff>,
}

/// What becomes of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
    /// It says the same elsewhere.
    Moved,
}

/// How one definition differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DefinitionDiff {
    /// Its kind; `test` or `file` for what is no definition.
    pub kind: String,
    /// Its id; the path of what has none.
    pub id: String,
    /// What becomes of it. `changed` without hunks: only a file it is made of has changed.
    pub change: Change,
    /// Its file before.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub path_before: Option<String>,
    /// Its file after.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub path_after: Option<String>,
    /// Its version before.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version_before: Option<String>,
    /// Its version after.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version_after: Option<String>,
    /// Parts that differ: steps, rules, operations, rows.
    pub parts: Vec<PartDiff>,
    /// Lines that differ.
    pub hunks: Vec<Hunk>,
}

/// How one part differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PartDiff {
    /// Its name; empty for the definition as a whole.
    pub name: String,
    /// What it is: the step's kind, `rule`, the section.
    pub what: String,
    /// What becomes of it.
    pub change: Change,
    /// Whether it also stands elsewhere now.
    pub moved: bool,
    /// The part around it before; empty at the top.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub parent_before: Option<String>,
    /// The part around it after.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub parent_after: Option<String>,
    /// Its line before.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub line_before: Option<u32>,
    /// Its line after.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub line_after: Option<u32>,
    /// Its keys that differ.
    pub fields: Vec<FieldDiff>,
}

/// How one key of a part differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldDiff {
    /// The key.
    pub key: String,
    /// Its value before; absent when it is new.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<Object>)]
    pub before: Option<Json>,
    /// Its value after; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<Object>)]
    pub after: Option<Json>,
}

/// Compares two contents.
pub fn compare(before: &Content, after: &Content) -> Diff {
    let key = |file: &ContentFile| (file.kind.to_string(), file.id.to_string());
    let mut pairs: BTreeMap<(String, String), [Option<&ContentFile>; 2]> = BTreeMap::new();
    for file in &before.files {
        pairs.entry(key(file)).or_default()[0] = Some(file);
    }
    for file in &after.files {
        pairs.entry(key(file)).or_default()[1] = Some(file);
    }
    Diff { definitions: pairs.into_iter().filter_map(|((kind, id), [before, after])| definition(kind, id, before, after)).collect() }
}

fn definition(kind: String, id: String, before: Option<&ContentFile>, after: Option<&ContentFile>) -> Option<DefinitionDiff> {
    let text = |file: Option<&ContentFile>| file.map_or("", |file| &*file.text).to_owned();
    let (old, new) = (text(before), text(after));
    let change = match (before, after) {
        (None, _) => Change::Added,
        (_, None) => Change::Removed,
        (Some(before), Some(after)) if old == new && before.hash == after.hash => {
            if before.path == after.path {
                return None;
            }
            Change::Moved
        }
        _ => Change::Changed,
    };
    let path = |file: Option<&ContentFile>| file.map(|file| file.path.to_string());
    let version = |file: Option<&ContentFile>| file.map(|file| file.hash.to_string());
    let parts = if change == Change::Changed { compare_parts(&parts(&kind, &old), &parts(&kind, &new)) } else { Vec::new() };
    Some(DefinitionDiff {
        change,
        path_before: path(before),
        path_after: path(after),
        version_before: version(before),
        version_after: version(after),
        parts,
        hunks: hunks(&old, &new),
        kind,
        id,
    })
}

fn compare_parts(before: &[Part], after: &[Part]) -> Vec<PartDiff> {
    let old: HashMap<&str, &Part> = before.iter().map(|part| (part.name.as_str(), part)).collect();
    let new: HashMap<&str, &Part> = after.iter().map(|part| (part.name.as_str(), part)).collect();
    let moved = moved(before, after, &old, &new);
    let mut found: Vec<PartDiff> = Vec::new();
    for part in after {
        let Some(former) = old.get(part.name.as_str()) else {
            found.push(one(part, Change::Added, None, Some(part)));
            continue;
        };
        let fields = fields(&former.fields, &part.fields);
        let moves = moved.contains(&part.name.as_str());
        if fields.is_empty() && !moves {
            continue;
        }
        let change = if fields.is_empty() { Change::Moved } else { Change::Changed };
        found.push(PartDiff { moved: moves, fields, ..one(part, change, Some(former), Some(part)) });
    }
    let gone = before.iter().filter(|part| !new.contains_key(part.name.as_str()));
    found.extend(gone.map(|part| one(part, Change::Removed, Some(part), None)));
    found
}

fn one(part: &Part, change: Change, before: Option<&Part>, after: Option<&Part>) -> PartDiff {
    PartDiff {
        name: part.name.clone(),
        what: part.what.clone(),
        change,
        moved: false,
        parent_before: before.map(|part| part.parent.clone()),
        parent_after: after.map(|part| part.parent.clone()),
        line_before: before.map(|part| part.span.line),
        line_after: after.map(|part| part.span.line),
        fields: Vec::new(),
    }
}

fn fields(before: &[(String, Json)], after: &[(String, Json)]) -> Vec<FieldDiff> {
    let value = |fields: &[(String, Json)], key: &str| fields.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone());
    let mut keys: Vec<&String> = after.iter().map(|(key, _)| key).collect();
    keys.extend(before.iter().map(|(key, _)| key).filter(|key| value(after, key).is_none()));
    let pairs = keys.into_iter().map(|key| FieldDiff { key: key.clone(), before: value(before, key), after: value(after, key) });
    pairs.filter(|field| field.before != field.after).collect()
}

/// Parts that stand in another part now, and those that changed their place among their siblings: all but a longest run of
/// siblings that kept their order.
fn moved<'p>(before: &'p [Part], after: &'p [Part], old: &HashMap<&str, &Part>, new: &HashMap<&str, &Part>) -> Vec<&'p str> {
    let mut moved: Vec<&str> = Vec::new();
    let mut siblings: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
    let place: HashMap<&str, usize> = before.iter().enumerate().map(|(place, part)| (part.name.as_str(), place)).collect();
    for part in after {
        let Some(former) = old.get(part.name.as_str()) else { continue };
        if former.parent != part.parent {
            // A part whose surrounding was only renamed or wrapped has moved all the same: it runs under other conditions.
            moved.push(&part.name);
        } else if new.contains_key(part.name.as_str()) {
            siblings.entry(&part.parent).or_default().push((place[part.name.as_str()], &part.name));
        }
    }
    for list in siblings.values() {
        let kept = longest_rising(&list.iter().map(|(place, _)| *place).collect::<Vec<_>>());
        moved.extend(list.iter().enumerate().filter(|(index, _)| !kept.contains(index)).map(|(_, (_, name))| *name));
    }
    moved
}

/// Indices of a longest rising run, by patience sorting.
fn longest_rising(places: &[usize]) -> std::collections::HashSet<usize> {
    let (mut tops, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), vec![None; places.len()]);
    for (index, place) in places.iter().enumerate() {
        let pile = tops.partition_point(|top| places[*top] < *place);
        before[index] = pile.checked_sub(1).map(|pile| tops[pile]);
        if pile == tops.len() {
            tops.push(index);
        } else {
            tops[pile] = index;
        }
    }
    let mut kept = std::collections::HashSet::new();
    let mut at = tops.last().copied();
    while let Some(index) = at {
        kept.insert(index);
        at = before[index];
    }
    kept
}
