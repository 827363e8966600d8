//! `as: base64` and `as: base64url`: the bytes of a text.

use super::FormatError;
use crate::domain::value::Value;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// Text as base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base64 {
    /// Whether the alphabet for URLs is used.
    pub url: bool,
}

impl Base64 {
    pub(super) fn write(self, value: &Value) -> Result<Value, FormatError> {
        let text = value.as_text().ok_or_else(|| FormatError::kind("text", value))?;
        Ok(Value::text(if self.url { URL_SAFE.encode(text) } else { STANDARD.encode(text) }))
    }

    pub(super) fn read(self, value: &Value) -> Result<Value, FormatError> {
        let text = value.as_text().ok_or_else(|| FormatError::kind("base64 text", value))?;
        let bytes = if self.url { URL_SAFE.decode(text) } else { STANDARD.decode(text) };
        let decoded = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
        decoded.map(Value::text).ok_or(FormatError::Kind { wanted: "base64 of text", found: "another text" })
    }
}
