//! Where a document stands, coarsely: the same question is asked of a partner's object.

use std::sync::Arc;

/// Coarsely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is settled.
    Open,
    /// Agreed, and to be carried out.
    Approved,
    /// Never to be carried out; it was not approved.
    Refused,
    /// Taken back, whatever it was before.
    Void,
}

/// Statuses that mean approved where a connector says nothing.
const APPROVED: &[&str] = &["approved", "released", "partially_fulfilled", "fulfilled", "closed", "posted", "partially_paid", "paid"];
/// Statuses that mean an approval was not given.
const REFUSED: &[&str] = &["rejected", "expired"];
/// Statuses that mean taken back.
const VOID: &[&str] = &["cancelled", "revoked"];

/// A connector's own lists, where it has some.
#[derive(Clone, Copy, Debug, Default)]
pub struct Words<'a> {
    /// Approved.
    pub approved: Option<&'a [Arc<str>]>,
    /// Void.
    pub voided: Option<&'a [Arc<str>]>,
}

impl Standing {
    /// Of one of our statuses.
    pub fn of(status: &str, words: Words<'_>) -> Standing {
        let listed = |list: &[Arc<str>]| list.iter().any(|word| **word == *status);
        if words.approved.map_or_else(|| APPROVED.contains(&status), listed) {
            return Standing::Approved;
        }
        if let Some(own) = words.voided {
            return if listed(own) { Standing::Void } else { Standing::Open };
        }
        match status {
            word if REFUSED.contains(&word) => Standing::Refused,
            word if VOID.contains(&word) => Standing::Void,
            _ => Standing::Open,
        }
    }
}
