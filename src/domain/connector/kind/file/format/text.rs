//! `kind: text`.

use super::{Format, utf8};
use crate::domain::text::shape::Kind;
use serde_json::Value as Json;

pub(super) static FORMAT: Format = Format {
    shape: Kind { word: "text", doc: "One text; UTF-8.", later: false, fields: &[] },
    compile: |_, _| Some(Vec::new()),
    read: |bytes, _| utf8(bytes).map(Json::from),
};
