//! What is sealed: the document types that say so, by tenant. The definitions in force are told here when they change.

use crate::domain::ids::TenantId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

/// What one tenant has marked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    /// Document types whose content is sealed.
    pub kinds: BTreeSet<String>,
    /// Connections with their events that make documents of other types: their messages stay as they are. Whatever else comes
    /// may be about a document that is sealed.
    pub plain: BTreeSet<(String, String)>,
}

/// What all tenants have marked; tenants without a marked type are not in it.
#[derive(Default)]
pub(super) struct Marks {
    now: RwLock<Arc<BTreeMap<TenantId, Marked>>>,
}

impl Marks {
    pub fn set(&self, tenant: TenantId, marked: Marked) {
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = BTreeMap::clone(&now);
        if marked.kinds.is_empty() {
            next.remove(&tenant);
        } else {
            next.insert(tenant, marked);
        }
        *now = Arc::new(next);
    }

    pub fn now(&self) -> Arc<BTreeMap<TenantId, Marked>> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Whether a tenant has a marked type: then whatever cannot be told apart is sealed.
pub(super) fn any(marks: &BTreeMap<TenantId, Marked>, tenant: TenantId) -> bool {
    marks.contains_key(&tenant)
}

/// Whether documents of a type are sealed.
pub(super) fn kind(marks: &BTreeMap<TenantId, Marked>, tenant: TenantId, kind: &str) -> bool {
    marks.get(&tenant).is_some_and(|marked| marked.kinds.contains(kind))
}

/// Whether messages of an event are sealed. What they make is known at the door only where the event says so.
pub(super) fn message(marks: &BTreeMap<TenantId, Marked>, tenant: TenantId, connection: &str, event: &str) -> bool {
    marks.get(&tenant).is_some_and(|marked| !marked.plain.contains(&(connection.to_owned(), event.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_stays_plain_only_where_its_event_makes_another_type() {
        let marks = Marks::default();
        let (ours, other) = (TenantId(1), TenantId(2));
        assert!(!message(&marks.now(), ours, "erp", "payments"), "nothing is marked");
        marks.set(
            ours,
            Marked {
                kinds: BTreeSet::from(["payment_request".to_owned()]),
                plain: BTreeSet::from([("erp".to_owned(), "purchase_orders".to_owned())]),
            },
        );
        let now = marks.now();
        for (event, sealed) in [("payments", true), ("purchase_orders", false), ("approval_changed", true)] {
            assert_eq!(message(&now, ours, "erp", event), sealed, "{event}");
            assert!(!message(&now, other, "erp", event), "another tenant's");
        }
        assert!(message(&now, ours, "oa", "purchase_orders"), "another connection's event of that name");
        assert!(kind(&now, ours, "payment_request") && !kind(&now, ours, "purchase_order") && !kind(&now, other, "payment_request"));
        assert!(any(&now, ours) && !any(&now, other));
        marks.set(ours, Marked::default());
        assert!(!any(&marks.now(), ours), "the mark was taken back");
    }
}
