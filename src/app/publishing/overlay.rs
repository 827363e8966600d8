//! Texts laid over what is live: what a project would be if an author's drafts and one more text were published.

use super::{Error, Publishing};
use crate::domain::catalog::kinds::{self, Folder};
use crate::domain::catalog::{Catalog, identify};
use crate::domain::publishing::FILE;
use crate::domain::text::files::Files;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Longest path of a file.
const PATH_BYTES_MAX: usize = 512;

/// Texts to lay over the live ones.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    /// Path to text; none removes the file.
    pub files: BTreeMap<String, Option<String>>,
}

/// The hash by which a text is told from another: the ETag of drafts and of live texts.
pub fn text_hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

impl Overlay {
    /// Lays a text over the definition it defines; where it stands is found by its kind and id when no path is given.
    pub fn put(&mut self, live: &Catalog, text: String, path: Option<String>) -> Result<String, Error> {
        let path = match path {
            Some(path) => checked(path)?,
            None => {
                let (kind, id) = identify(&text).ok_or_else(|| Error::Field("text", "does not say what it defines".to_owned()))?;
                place(live, kind.key, &id)?
            }
        };
        self.files.insert(path.clone(), Some(text));
        Ok(path)
    }

    /// The texts of the live project with these over them.
    pub fn over(&self, live: &Files) -> Files {
        let gone: BTreeSet<&str> = self.files.iter().filter(|(_, text)| text.is_none()).map(|(path, _)| path.as_str()).collect();
        let mut files: Files =
            live.iter().filter(|(path, _)| !gone.contains(&***path)).map(|(path, text)| (path.clone(), text.clone())).collect();
        for (path, text) in &self.files {
            if let Some(text) = text {
                files.insert(path.as_str(), text.as_str());
            }
        }
        files
    }
}

impl Publishing {
    /// Lays one text over an overlay.
    ///
    /// # Errors
    /// When it does not say what it defines and no path is given.
    pub fn lay(&self, overlay: &mut Overlay, text: String, path: Option<String>) -> Result<(), Error> {
        let live = self.live.now();
        overlay.put(live.catalog(), text, path).map(drop)
    }

    /// The name of what is meant: given, else the id that the text defines.
    ///
    /// # Errors
    /// When neither says it.
    pub fn name_of(&self, kind: &'static str, given: Option<String>, text: Option<&str>) -> Result<String, Error> {
        let defined = || text.and_then(identify).filter(|(found, _)| found.key == kind).map(|(_, id)| id.to_string());
        given.or_else(defined).ok_or_else(|| Error::Field(kind, "is required where no `text` of that kind is given".to_owned()))
    }
}

/// A path inside a project folder, as it is stored.
pub fn checked(path: String) -> Result<String, Error> {
    let inside = path.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && part != "..");
    let known = path.split('/').next().is_some_and(|first| kinds::FOLDERS.contains(&first)) && path.contains('/');
    let plain = !path.chars().any(|letter| letter.is_control() || letter == '\\') && path.len() <= PATH_BYTES_MAX;
    if inside && known && plain {
        return Ok(path);
    }
    Err(Error::Field("path", format!("must be a path inside one of the folders {}", kinds::FOLDERS.join(", "))))
}

/// Where a definition stands: where it is live, else in the folder of its kind.
pub fn place(live: &Catalog, kind: &str, id: &Arc<str>) -> Result<String, Error> {
    if kind == FILE || kind == "test" {
        return checked(id.to_string());
    }
    if let Some(definition) = live.definition(kind, id) {
        return Ok(definition.path.to_string());
    }
    let found = kinds::kind(kind).ok_or(Error::NotFound("kind of definition"))?;
    let folder = match &found.folder {
        Folder::Below(folders) => folders.first().copied().unwrap_or_default(),
        Folder::Named(name) => name,
    };
    Ok(match kind {
        "connection" => format!("{folder}/connections/{id}.yaml"),
        "bind" => format!("{folder}/bindings.yaml"),
        _ => format!("{folder}/{id}.yaml"),
    })
}
