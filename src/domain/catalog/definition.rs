//! One definition as text: kind, id, path and content hash; what is published, compared and exported.

use crate::domain::text::files::Files;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// SHA-256 in lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hash(pub Arc<str>);

impl std::fmt::Display for Hash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// One definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Its kind's key.
    pub kind: &'static str,
    /// Its id.
    pub id: Arc<str>,
    /// Its file.
    pub path: Arc<str>,
    /// The other files it is made of: schemas and tables.
    pub refers: Vec<Arc<str>>,
    /// Hash of its text and the files it is made of.
    pub hash: Hash,
}

impl Definition {
    pub(super) fn new(kind: &'static str, id: Arc<str>, path: Arc<str>, mut refers: Vec<Arc<str>>, files: &Files) -> Definition {
        refers.sort();
        refers.dedup();
        let hash = hash(std::iter::once(&path).chain(&refers), files);
        Definition { kind, id, path, refers, hash }
    }
}

/// The hash of some files, in this order: lengths stand before texts, so that no two lists of files read the same.
pub fn hash<'a>(paths: impl IntoIterator<Item = &'a Arc<str>>, files: &Files) -> Hash {
    let mut sum = Sha256::new();
    for (number, path) in paths.into_iter().enumerate() {
        let text = files.get(path).map_or("", |text| text);
        // The definition's own path is not part of it: a file may be renamed without becoming another version.
        for part in [if number == 0 { "" } else { &**path }, text] {
            sum.update((part.len() as u64).to_be_bytes());
            sum.update(part.as_bytes());
        }
    }
    Hash(hex::encode(sum.finalize()).into())
}
