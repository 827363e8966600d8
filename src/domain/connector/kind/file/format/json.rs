//! `kind: json`.

use super::{Format, utf8};
use crate::domain::text::shape::Kind;

pub(super) static FORMAT: Format = Format {
    shape: Kind { word: "json", doc: "One JSON value.", later: false, fields: &[] },
    compile: |_, _| Some(Vec::new()),
    read: |bytes, _| serde_json::from_str(utf8(bytes)?).map_err(|error| error.to_string()),
};
