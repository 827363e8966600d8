//! `kind: text`.

use super::super::encoding;
use super::Format;
use crate::domain::text::shape::Kind;
use serde_json::Value as Json;

pub(super) static FORMAT: Format = Format {
    shape: Kind { word: "text", doc: "One text.", later: false, fields: &[encoding::READ] },
    compile: |node, _| Some(super::encoding(node)),
    read: |bytes, how| encoding::decode(bytes, how).map(Json::from),
};
