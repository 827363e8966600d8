//! What a release holds: the definitions of a project and every other file they need, each with its version.

use crate::domain::catalog::{Catalog, Hash, hash_files, is_definition_file};
use crate::domain::text::files::Files;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The kind of files that are no definitions: schemas, tables, samples, recorded examples.
pub const FILE: &str = "file";
const TEST: &str = "test";

/// One file of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContentFile {
    /// Where it stands in the project folder.
    pub path: Arc<str>,
    /// The kind of definition; `test` or `file` for the rest.
    pub kind: Arc<str>,
    /// The definition's id; the path of what has none.
    pub id: Arc<str>,
    /// Its version: the hash of its text and of the files it is made of.
    pub hash: Hash,
    /// Its text.
    #[serde(skip)]
    pub text: Arc<str>,
}

/// Everything a release holds, in the order of the paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// The files.
    pub files: Vec<ContentFile>,
}

/// What a release of this project would hold. Process configuration and other tools' files stand beside definitions in the
/// same folders; they belong to a machine, not to a release.
pub fn content(catalog: &Catalog) -> Content {
    let definitions: BTreeMap<&str, _> = catalog.definitions.iter().map(|definition| (&*definition.path, definition)).collect();
    let is_test = |path: &str| catalog.flow_cases.iter().any(|case| *case.file == *path);
    let mut files = Vec::new();
    for (path, text) in catalog.files.iter() {
        let file = |kind: &str, id: &Arc<str>, hash: Hash| ContentFile {
            path: path.clone(),
            kind: kind.into(),
            id: id.clone(),
            hash,
            text: text.clone(),
        };
        if let Some(definition) = definitions.get(&**path) {
            files.push(file(definition.kind, &definition.id, definition.hash.clone()));
        } else if !is_definition_file(path) || is_test(path) {
            let kind = if is_definition_file(path) { TEST } else { FILE };
            files.push(file(kind, path, hash_files([path], &catalog.files)));
        }
    }
    Content { files }
}

impl Content {
    /// The same for equal contents, whoever published them: paths, versions and texts.
    pub fn digest(&self) -> String {
        let mut sum = Sha256::new();
        for file in &self.files {
            for part in [&*file.path, &*file.kind, &*file.id, &*file.hash.0, &*file.text] {
                sum.update((part.len() as u64).to_be_bytes());
                sum.update(part.as_bytes());
            }
        }
        hex::encode(sum.finalize())
    }

    /// The texts by path.
    pub fn to_files(&self) -> Files {
        self.files.iter().map(|file| (file.path.clone(), file.text.clone())).collect()
    }

    /// A definition by kind and id.
    pub fn find(&self, kind: &str, id: &str) -> Option<&ContentFile> {
        self.files.iter().find(|file| *file.kind == *kind && *file.id == *id)
    }
}
