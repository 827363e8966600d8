//! The kinds of definitions, in one list: key, folder, shape.

use crate::domain::text::shape::Shape;
use crate::domain::{binding, calendar, connector, dictionary, directory, document, flow, form, mapping, notice, table, vendor_form};

/// A kind of definition.
pub struct Kind {
    /// The key that says so, and the name of its schema.
    pub key: &'static str,
    /// In words, for messages and schemas.
    pub title: &'static str,
    /// Where its files stand.
    pub folder: Folder,
    /// What may stand in it; none for kinds that a later release brings.
    pub shape: Option<&'static Shape>,
    /// Whether its reader checks the shape itself.
    pub checks_itself: bool,
}

/// Where the files of a kind stand.
#[derive(Debug, PartialEq, Eq)]
pub enum Folder {
    /// Below one of these folders of the project.
    Below(&'static [&'static str]),
    /// In a folder of this name, anywhere.
    Named(&'static str),
}

const fn below(key: &'static str, title: &'static str, folders: &'static [&'static str], shape: &'static Shape) -> Kind {
    Kind { key, title, folder: Folder::Below(folders), shape: Some(shape), checks_itself: false }
}

/// Every kind there is.
pub static KINDS: &[Kind] = &[
    below("document", "Document type", &["documents"], &document::SHAPE),
    below("dictionary", "Dictionary", &["dictionaries"], &dictionary::SHAPE),
    below("mapping", "Mapping", &["mappings"], &mapping::SHAPE),
    below("calendar", "Calendar", &["calendars"], &calendar::SHAPE),
    below("directory", "Directory", &["config"], &directory::SHAPE),
    Kind { checks_itself: true, ..below("connector", "Connector", &["connectors"], &connector::shape::SHAPE) },
    below("connection", "Connection", &["config"], &binding::CONNECTION),
    below("bind", "Bindings", &["config"], &binding::BINDINGS),
    Kind { checks_itself: true, ..below("flow", "Flow", &["flows"], &flow::shape::FLOW) },
    Kind { folder: Folder::Named("tests"), checks_itself: true, ..below("test", "Flow test", &[], &flow::cases::CASE) },
    Kind { folder: Folder::Named("templates"), ..below("template", "Notice template", &[], &notice::SHAPE) },
    below("channel", "Notice channel", &["config"], &notice::CHANNEL),
    below("table", "Decision table", &["tables"], &table::SHAPE),
    below("form", "Form", &["forms"], &form::SHAPE),
    below("vendor_form", "Vendor form", &["forms"], &vendor_form::SHAPE),
];

/// Folders of a project that hold definitions and what they refer to.
pub const FOLDERS: &[&str] = &[
    "documents",
    "dictionaries",
    "tables",
    "calendars",
    "forms",
    "mappings",
    "connectors",
    "flows",
    "config",
    "templates",
    "samples",
    "tests",
];

impl Folder {
    /// Whether a file may stand there.
    pub fn holds(&self, path: &str) -> bool {
        let mut parts: Vec<&str> = path.split('/').collect();
        parts.pop();
        match self {
            Folder::Below(folders) => parts.first().is_some_and(|first| folders.contains(first)),
            Folder::Named(name) => parts.contains(name),
        }
    }

    /// In words.
    pub fn words(&self) -> String {
        match self {
            Folder::Below(folders) => format!("`{}/`", folders.join("/` or `")),
            Folder::Named(name) => format!("a folder `{name}/`"),
        }
    }
}

/// A kind by its key.
pub fn kind(key: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.key == key)
}
