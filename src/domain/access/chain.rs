//! The audit's chain: each entry's hash is over the one before it, so that none can be changed, left out or put in between
//! without every later hash telling of it.
//!
//! A chain alone proves nothing against somebody who can write every row of the database: they can compute it anew. What
//! proves it is a head that was taken elsewhere in time.

use crate::domain::ids::TenantId;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What a hash begins with: the form of what is hashed.
const FORM: &[u8] = b"waybill audit 1";
/// The outcome of what nobody has told the end of.
pub const UNKNOWN: &str = "unknown";

/// One entry as it is hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link<'a> {
    /// Tenant.
    pub tenant: TenantId,
    /// Its place in the tenant's chain, from 1.
    pub number: u64,
    /// Id.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Actor, via, action, object, outcome, detail, address, request.
    pub texts: [Option<&'a str>; 8],
}

impl Link<'_> {
    /// Its hash, over the hash before it (empty for the first).
    pub fn hash(&self, previous: &str) -> String {
        let mut hasher = Sha256::new();
        let mut put = |bytes: &[u8]| {
            // Lengths in front: `ab` + `c` is not `a` + `bc`.
            hasher.update((bytes.len() as u64).to_be_bytes());
            hasher.update(bytes);
        };
        put(FORM);
        put(previous.as_bytes());
        put(&self.tenant.0.to_be_bytes());
        put(&self.number.to_be_bytes());
        put(self.id.as_bytes());
        put(&self.at.as_microsecond().to_be_bytes());
        for text in self.texts {
            match text {
                Some(text) => {
                    put(&[1]);
                    put(text.as_bytes());
                }
                None => put(&[0]),
            }
        }
        hex::encode(hasher.finalize())
    }
}

/// Where a chain ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The number of the last entry; 0 for none.
    pub number: u64,
    /// Its hash; empty for none.
    pub hash: String,
}

/// Why a chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// An entry is not there.
    #[error("entry {0} is missing")]
    Missing(u64),
    /// An entry is not what it was when it was sealed, or one before it is not.
    #[error("entry {0} or one before it was changed after it was sealed")]
    Changed(u64),
    /// The chain ends before its head.
    #[error("the chain ends at entry {found}, but went on to {expected}")]
    Cut {
        /// Where it ends.
        found: u64,
        /// Where it ended.
        expected: u64,
    },
    /// A head that was taken elsewhere is not that of the entry with its number.
    #[error("entry {0} does not have the hash that was noted elsewhere: the chain was written anew")]
    Rewritten(u64),
}

impl Broken {
    /// The entry at which it breaks.
    pub fn at(&self) -> u64 {
        match self {
            Broken::Missing(number) | Broken::Changed(number) | Broken::Rewritten(number) => *number,
            Broken::Cut { found, .. } => found + 1,
        }
    }

    /// The kind in a word.
    pub fn word(&self) -> &'static str {
        match self {
            Broken::Missing(_) => "missing",
            Broken::Changed(_) => "changed",
            Broken::Cut { .. } => "cut",
            Broken::Rewritten(_) => "rewritten",
        }
    }
}

/// Follows a chain from its beginning.
#[derive(Clone, Debug, Default)]
pub struct Verifier {
    head: Head,
    /// A head that was taken elsewhere.
    anchor: Option<Head>,
}

impl Verifier {
    /// A verifier that also holds the chain against a head that was taken elsewhere.
    pub fn new(anchor: Option<Head>) -> Self {
        Self { head: Head::default(), anchor }
    }

    /// A verifier that goes on from an entry that was followed before.
    pub fn onwards(head: Head) -> Self {
        Self { head, anchor: None }
    }

    /// What it has followed so far.
    pub fn reached(&self) -> &Head {
        &self.head
    }

    /// Takes the next entry, with the hash that stands beside it.
    ///
    /// # Errors
    /// Where the chain breaks.
    pub fn take(&mut self, link: &Link<'_>, hash: &str) -> Result<(), Broken> {
        let expected = self.head.number + 1;
        if link.number != expected {
            return Err(Broken::Missing(expected));
        }
        let computed = link.hash(&self.head.hash);
        if computed != hash {
            return Err(Broken::Changed(expected));
        }
        if self.anchor.as_ref().is_some_and(|anchor| anchor.number == expected && anchor.hash != computed) {
            return Err(Broken::Rewritten(expected));
        }
        self.head = Head { number: expected, hash: computed };
        Ok(())
    }

    /// Whether the chain reaches what it is known to have reached; where it ends.
    ///
    /// # Errors
    /// When its end is missing.
    pub fn end(self, kept: &Head) -> Result<Head, Broken> {
        let reached = kept.number.max(self.anchor.as_ref().map_or(0, |anchor| anchor.number));
        if self.head.number < reached {
            return Err(Broken::Cut { found: self.head.number, expected: reached });
        }
        if kept.number == self.head.number && kept.hash != self.head.hash {
            return Err(Broken::Rewritten(kept.number));
        }
        Ok(self.head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(number: u64, actor: &'static str) -> Link<'static> {
        let texts = [Some(actor), Some("session"), Some("user.add"), None, Some("done"), Some("{}"), None, None];
        Link { tenant: TenantId(1), number, id: Uuid::from_u128(number.into()), at: Timestamp::UNIX_EPOCH, texts }
    }

    fn chain(actors: &[&'static str]) -> Vec<(Link<'static>, String)> {
        let mut hash = String::new();
        let numbered = (1..).zip(actors);
        numbered
            .map(|(number, actor)| {
                let link = link(number, actor);
                hash = link.hash(&hash);
                (link, hash.clone())
            })
            .collect()
    }

    fn verify(chain: &[(Link<'_>, String)], kept: &Head, anchor: Option<Head>) -> Result<Head, Broken> {
        let mut verifier = Verifier::new(anchor);
        for (link, hash) in chain {
            verifier.take(link, hash)?;
        }
        verifier.end(kept)
    }

    #[test]
    fn a_chain_holds_until_something_of_it_is_touched() {
        let whole = chain(&["ana", "bo", "cy"]);
        let head = |place: usize| Head { number: place as u64 + 1, hash: whole[place].1.clone() };
        assert_eq!(verify(&whole, &head(2), Some(head(1))), Ok(head(2)));

        let mut changed = whole.clone();
        changed[1].0 = link(2, "eve");
        assert_eq!(verify(&changed, &head(2), None), Err(Broken::Changed(2)));
        let mut left_out = whole.clone();
        left_out.remove(1);
        assert_eq!(verify(&left_out, &head(2), None), Err(Broken::Missing(2)));
        assert_eq!(verify(&whole[..2], &head(2), None), Err(Broken::Cut { found: 2, expected: 3 }));
        assert_eq!(verify(&whole[..2], &head(1), Some(head(2))), Err(Broken::Cut { found: 2, expected: 3 }));

        // Who can write every row computes the chain anew; the head that was noted elsewhere tells.
        let rewritten = chain(&["ana", "eve", "cy"]);
        let its_head = Head { number: 3, hash: rewritten[2].1.clone() };
        assert_eq!(verify(&rewritten, &its_head, None), Ok(its_head.clone()));
        assert_eq!(verify(&rewritten, &its_head, Some(head(1))), Err(Broken::Rewritten(2)));
        assert_eq!(verify(&whole, &its_head, None), Err(Broken::Rewritten(3)));
    }

    #[test]
    fn where_one_text_ends_is_part_of_the_hash() {
        let with = |texts: [Option<&'static str>; 8]| Link { texts, ..link(1, "x") }.hash("");
        let (none, empty) = ([None; 8], [Some(""), None, None, None, None, None, None, None]);
        let (one, two) =
            ([Some("ab"), Some("c"), None, None, None, None, None, None], [Some("a"), Some("bc"), None, None, None, None, None, None]);
        assert_ne!(with(none), with(empty));
        assert_ne!(with(one), with(two));
    }
}
