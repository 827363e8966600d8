//! When a request is made, and what makes it unlike any other: given in, because here is neither clock nor randomness.

use crate::domain::connector::types::object;
use crate::domain::expression::{Scope, ScopeType};
use crate::domain::value::{Type, Value};
use jiff::Timestamp;
use rand::SeedableRng;
use rand::rngs::StdRng;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The moment of one request.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Now.
    pub now: Timestamp,
    /// A text that no other request has.
    pub nonce: Arc<str>,
    pub(super) entropy: [u8; 32],
}

impl Moment {
    /// A moment with random bytes of its own.
    pub fn new(now: Timestamp, entropy: [u8; 32]) -> Moment {
        Moment { now, nonce: Arc::from(hex::encode(&derived(b"nonce", &entropy)[..16])), entropy }
    }

    /// A moment that is always the same, for replaying examples and showing what would be sent.
    pub fn example() -> Moment {
        Moment::new(Timestamp::constant(1_767_225_600, 0), [0; 32])
    }

    /// Randomness for padding. The nonce is public, so the two must not tell of each other.
    pub(super) fn random(&self) -> StdRng {
        StdRng::from_seed(derived(b"padding", &self.entropy))
    }

    /// `now` and `nonce` beside what expressions see already.
    pub(super) fn scope<'s>(&self, scope: &Scope<'s>) -> Scope<'s> {
        let now = Value::map([
            ("seconds", Value::Int(self.now.as_second())),
            ("millis", Value::Int(self.now.as_millisecond())),
            ("at", Value::Instant(self.now)),
        ]);
        scope.clone().with("now", now).with("nonce", Value::Text(self.nonce.clone()))
    }

    /// The types of `now` and `nonce`.
    pub(super) fn types(scope: ScopeType) -> ScopeType {
        let now = object("now", [("seconds", Type::Int), ("millis", Type::Int), ("at", Type::Instant)]);
        scope.with("now", now).with("nonce", Type::Text)
    }
}

fn derived(purpose: &[u8], entropy: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update(purpose).chain_update(entropy).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    #[test]
    fn nonce_and_padding_differ_and_depend_on_the_entropy_alone() {
        let (one, two) = (Moment::example(), Moment::new(Timestamp::UNIX_EPOCH, [1; 32]));
        assert_eq!(one.nonce, Moment::new(Timestamp::UNIX_EPOCH, [0; 32]).nonce);
        assert_ne!(one.nonce, two.nonce);
        assert_eq!(one.nonce.len(), 32);
        assert_ne!(one.random().next_u64(), two.random().next_u64());
    }
}
