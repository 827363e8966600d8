//! `kind: xml`: a tree without entities and document types of its own.

use super::{Format, utf8};
use crate::domain::text::shape::Kind;
use crate::domain::value::Value;

pub(super) static FORMAT: Format = Format {
    shape: Kind {
        word: "xml",
        doc: "One XML document: members are elements, `@name` attributes, `#text` text.",
        later: false,
        fields: &[],
    },
    compile: |_, _| Some(Vec::new()),
    read: |bytes, _| Value::from_xml(utf8(bytes)?).map(|value| value.to_json()).map_err(|error| error.to_string()),
};
