//! `kind: json`.

use super::super::encoding;
use super::Format;
use crate::domain::text::shape::Kind;

pub(super) static FORMAT: Format = Format {
    shape: Kind { word: "json", doc: "One JSON value.", later: false, fields: &[] },
    compile: |_, _| Some(Vec::new()),
    read: |bytes, how| serde_json::from_str(&encoding::decode(bytes, how)?).map_err(|error| error.to_string()),
};
