//! Idempotency keys: the same key with the same body gets the same answer.

use std::collections::HashMap;

use axum::http::HeaderMap;

use crate::ids::hash_of;

#[derive(Default)]
pub(crate) struct Keys {
    seen: HashMap<String, (u64, String)>,
    /// Requests that a key kept from being done again.
    pub(crate) repeats: u64,
}

pub(crate) enum Seen {
    New,
    /// The id that was given then.
    Before(String),
    WithOtherBody,
}

impl Keys {
    pub(crate) fn see(&mut self, key: &str, body: &[u8]) -> Seen {
        match self.seen.get(key) {
            None => Seen::New,
            Some((hash, id)) if *hash == hash_of(body) => {
                self.repeats += 1;
                Seen::Before(id.clone())
            }
            Some(_) => Seen::WithOtherBody,
        }
    }

    pub(crate) fn remember(&mut self, key: &str, body: &[u8], id: &str) {
        self.seen.insert(key.to_owned(), (hash_of(body), id.to_owned()));
    }
}

/// The key that a request carries.
pub(crate) fn key(headers: &HeaderMap) -> Option<String> {
    headers.get("idempotency-key")?.to_str().ok().map(ToOwned::to_owned)
}
