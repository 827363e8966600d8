//! All approvals, findable by id and by when they changed.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::value::RawValue;

use crate::instant::Micros;

/// Where an approval stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalStatus {
    /// Not yet routed.
    New,
    /// With its holders.
    Running,
    /// Approved.
    Approved,
    /// Rejected.
    Rejected,
    /// Taken back by its originator.
    Withdrawn,
    /// Approved and then taken back by an approver.
    Revoked,
}

impl ApprovalStatus {
    /// As the API writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Running => "running",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
            Self::Revoked => "revoked",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Approval {
    pub(crate) reference: String,
    pub(crate) title: String,
    pub(crate) originator: String,
    /// As it came: key order and numbers are the client's.
    pub(crate) form: Arc<RawValue>,
    pub(crate) form_hash: u64,
    /// Of the order, when title or form tell it.
    pub(crate) order_number: Option<String>,
    /// Of that order in the ERP when the approval came.
    pub(crate) order_revision: u32,
    pub(crate) status: ApprovalStatus,
    pub(crate) holders: Vec<String>,
    pub(crate) comments: Vec<String>,
    pub(crate) created_at: Micros,
    pub(crate) changed_at: Micros,
    pub(crate) withdraw_repeats: u32,
}

#[derive(Default)]
pub(crate) struct Book {
    approvals: Vec<Approval>,
    by_change: BTreeSet<(Micros, usize)>,
    /// Creates that an idempotency key told apart from new ones.
    pub(crate) keys: crate::finance::Keys,
}

const FIRST_ID: usize = 100_001;

pub(crate) fn id_of(index: usize) -> String {
    format!("A{}", FIRST_ID + index)
}

fn index_of(id: &str) -> Option<usize> {
    id.strip_prefix('A')?.parse::<usize>().ok()?.checked_sub(FIRST_ID)
}

impl Book {
    pub(crate) fn insert(&mut self, approval: Approval) -> usize {
        let index = self.approvals.len();
        self.by_change.insert((approval.changed_at, index));
        self.approvals.push(approval);
        index
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Approval> {
        self.approvals.get(index_of(id)?)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Approval> {
        self.approvals.get_mut(index_of(id)?)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (String, &Approval)> {
        self.approvals.iter().enumerate().map(|(index, approval)| (id_of(index), approval))
    }

    pub(crate) fn len(&self) -> usize {
        self.approvals.len()
    }

    pub(crate) fn set_status(&mut self, id: &str, status: ApprovalStatus, now: Micros) {
        let Some(index) = index_of(id) else { return };
        if let Some(approval) = self.approvals.get_mut(index) {
            self.by_change.remove(&(approval.changed_at, index));
            approval.status = status;
            approval.changed_at = now;
            if !matches!(status, ApprovalStatus::New | ApprovalStatus::Running) {
                approval.holders.clear();
            }
            self.by_change.insert((now, index));
        }
    }

    /// Approvals changed since, created up to `until`, with this reference when one is given.
    pub(crate) fn page(&self, since: Micros, until: Micros, reference: Option<&str>, page: usize, size: usize) -> Vec<(String, Micros)> {
        self.by_change
            .range((since, 0)..)
            .filter(|(_, index)| self.approvals[*index].created_at <= until)
            .filter(|(_, index)| reference.is_none_or(|reference| *self.approvals[*index].reference == *reference))
            .skip(page.saturating_sub(1).saturating_mul(size))
            .take(size)
            .map(|(changed_at, index)| (id_of(*index), *changed_at))
            .collect()
    }
}
