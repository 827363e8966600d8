//! `kind: xml`: a tree without entities and document types of its own.

use super::super::encoding;
use super::Format;
use crate::domain::text::shape::Kind;
use crate::domain::value::Value;

pub(super) static FORMAT: Format = Format {
    shape: Kind {
        word: "xml",
        doc: "One XML document: members are elements, `@name` attributes, `#text` text.",
        later: false,
        fields: &[encoding::READ],
    },
    compile: |node, _| Some(super::encoding(node)),
    read: |bytes, how| {
        let text = encoding::decode(bytes, how)?;
        Value::from_xml(&text).map(|value| value.to_json()).map_err(|error| error.to_string())
    },
};
