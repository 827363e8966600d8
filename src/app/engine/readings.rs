//! Typed documents in memory. A revision is read with every event of its instance, and reading it is a pure function of the
//! flow version, the type and the stored text: what was read once is kept under exactly these, and nothing here can be stale.

use crate::domain::value::Value;
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};

/// All that is kept, in bytes as `Weight` guesses them.
const BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Documents of the usual size that fit.
const USUAL_ITEMS: usize = 8_000;
/// A longer text is read each time: a few of them would push out everything else.
const BODY_MAX: usize = 256 * 1024;
/// A typed document takes about this many times the bytes of its text, beside the text itself.
const TYPED_FACTOR: u64 = 4;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Text {
    version: String,
    kind: String,
    body: String,
}

/// The same without owning it. Fields in the same order: both must hash alike.
#[derive(Hash)]
struct Asked<'a> {
    version: &'a str,
    kind: &'a str,
    body: &'a str,
}

impl Equivalent<Text> for Asked<'_> {
    fn equivalent(&self, text: &Text) -> bool {
        self.version == text.version && self.kind == text.kind && self.body == text.body
    }
}

#[derive(Clone)]
struct Weight;

impl Weighter<Text, Value> for Weight {
    fn weight(&self, text: &Text, _: &Value) -> u64 {
        (1 + TYPED_FACTOR) * text.body.len() as u64 + 256
    }
}

/// What was read lately, shared by all versions.
pub(super) struct Readings {
    read: Cache<Text, Value, Weight>,
}

impl Default for Readings {
    fn default() -> Self {
        Self { read: Cache::with_weighter(USUAL_ITEMS, BYTES_MAX, Weight) }
    }
}

impl Readings {
    /// The typed content of a text, from memory or as `read` makes it.
    pub(super) fn typed(&self, version: &str, kind: &str, body: &str, read: impl FnOnce() -> Value) -> Value {
        if body.len() > BODY_MAX {
            return read();
        }
        if let Some(known) = self.read.get(&Asked { version, kind, body }) {
            return known;
        }
        let value = read();
        self.read.insert(Text { version: version.to_owned(), kind: kind.to_owned(), body: body.to_owned() }, value.clone());
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_once_for_each_version_and_type() {
        let readings = Readings::default();
        let mut made = 0;
        for (version, kind, body) in [
            ("v1", "order", "{}"),
            ("v1", "order", "{}"),
            ("v2", "order", "{}"),
            ("v1", "payment", "{}"),
            ("v1", "order", "{ }"),
            ("v1", "order", "{}"),
        ] {
            let value = readings.typed(version, kind, body, || {
                made += 1;
                Value::text(format!("{version} {kind} {body}"))
            });
            assert_eq!(value, Value::text(format!("{version} {kind} {body}")));
        }
        assert_eq!(made, 4);
    }

    #[test]
    fn what_is_very_long_is_not_kept() {
        let readings = Readings::default();
        let body = "x".repeat(BODY_MAX + 1);
        let mut made = 0;
        for _ in 0..2 {
            readings.typed("v", "k", &body, || {
                made += 1;
                Value::Null
            });
        }
        assert_eq!(made, 2);
    }
}
