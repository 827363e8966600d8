//! Hashing for the ledgers' keys and for comparing request bodies.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Stable within one process, which is all that a shard choice or a body comparison needs.
pub(crate) fn hash_of(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
