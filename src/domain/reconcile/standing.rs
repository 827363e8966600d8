//! Where a document stands, coarsely: the same question is asked of a partner's object.

use crate::domain::connector::Connector;
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

/// Whether a status of ours says that nothing will come of the document, and the source, told in our words, says the same in
/// fewer: ours is "revoked", it knows only "rejected". `reconcile` lists, for each word of the source, which of ours agree.
pub fn says_less(connector: &Connector, document: &str, said: &str, ours: &str) -> bool {
    connector.reconcile.values().filter(|entry| *entry.document == *document).any(|entry| {
        let words = Words { approved: entry.approved.as_deref(), voided: entry.voided.as_deref() };
        let over = matches!(Standing::of(ours, words), Standing::Refused | Standing::Void);
        let agrees = entry.status.as_ref().and_then(|status| status.agrees.as_ref());
        let mut together = agrees.into_iter().flatten().filter(|(theirs, _)| connector.status(document, theirs) == Some(said));
        over && together.any(|(_, agreeing)| agreeing.iter().any(|word| **word == *ours))
    })
}

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
