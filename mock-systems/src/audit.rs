//! What really happened, across all three systems: the judge of "nothing lost, nothing twice".

use std::collections::{BTreeMap, HashMap, HashSet};

use rust_decimal::Decimal;
use serde::Serialize;

use crate::erp::{Order, OrderStatus};
use crate::oa::ApprovalStatus;
use crate::world::{System, World, lock};

/// Everything in the ledgers, gathered by order number.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Audit {
    /// Totals.
    pub counts: Counts,
    /// References with two live approvals, or two live payables.
    pub duplicate_references: Vec<String>,
    /// Faults that struck, by name, over all systems.
    pub faults: BTreeMap<&'static str, u64>,
    /// By order number.
    pub orders: BTreeMap<String, OrderAudit>,
}

/// Totals over all systems.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Counts {
    /// In the ERP.
    pub orders: usize,
    /// All that were ever created.
    pub approvals: usize,
    /// Not withdrawn.
    pub live_approvals: usize,
    /// All that were ever created.
    pub payables: usize,
    /// Not void.
    pub live_payables: usize,
    /// Releases with an effect.
    pub releases: u64,
    /// Steps that were already taken, withdrawals and voidings included.
    pub repeats: u64,
    /// Creates that an idempotency key kept from happening twice.
    pub key_repeats: u64,
    /// Business calls of all kinds.
    pub requests: u64,
}

/// One order and its counterparts.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OrderAudit {
    /// In the ERP; absent when only OA or finance know the number.
    pub id: Option<String>,
    /// In the ERP.
    pub status: Option<OrderStatus>,
    /// Of its content.
    pub revision: u32,
    /// A receiver has accepted a webhook about it.
    pub acknowledged: bool,
    /// Effects only.
    pub releases: u32,
    /// Effects only.
    pub rejections: u32,
    /// Effects only.
    pub returns: u32,
    /// Effects only.
    pub status_writes: u32,
    /// Steps that were already taken.
    pub repeats: u32,
    /// Budget questions.
    pub budget_checks: u32,
    /// The status that was last written back.
    pub written_back: Option<String>,
    /// In the order of their creation.
    pub approvals: Vec<ApprovalAudit>,
    /// In the order of their creation.
    pub payables: Vec<PayableAudit>,
}

/// One approval.
#[derive(Clone, Debug, Serialize)]
pub struct ApprovalAudit {
    /// In the OA.
    pub id: String,
    /// As the client gave it.
    pub reference: String,
    /// Where it stands.
    pub status: ApprovalStatus,
    /// Of the order's content when it came.
    pub revision: u32,
    #[serde(skip)]
    form_hash: u64,
}

/// One payable.
#[derive(Clone, Debug, Serialize)]
pub struct PayableAudit {
    /// In finance.
    pub id: String,
    /// As the client gave it.
    pub reference: String,
    /// Whether it has been voided.
    pub void: bool,
    /// Of the order's content when it came.
    pub revision: u32,
    /// What is owed.
    pub amount: Decimal,
}

/// The judgement over the orders that a caller expects to be finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// How many were expected.
    pub documents: usize,
    /// Orders of which something has been lost.
    pub lost: usize,
    /// Orders of which something exists twice.
    pub duplicated: usize,
    /// Orders that are still under way, or stopped.
    pub unfinished: usize,
    /// Why, per order.
    pub details: Vec<Detail>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// The order's number.
    pub order: String,
    /// What is wrong.
    pub reason: Reason,
}

/// What can be wrong with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No system knows the number.
    NotThere,
    /// A webhook about it was accepted, and then nothing happened anywhere.
    NeverTakenUp,
    /// Released, and nothing is booked.
    PayableMissing,
    /// Refused, cancelled or returned, and still booked.
    PayableLeftOver,
    /// Released, although the approvals of this revision say no.
    ReleasedUnapproved,
    /// Two live approvals or payables share a reference.
    ReferenceTwice,
    /// Two live approvals for one revision.
    ApprovalTwice,
    /// Two live payables for one revision.
    PayableTwice,
    /// Nothing happened yet, and no webhook was accepted.
    Untouched,
    /// The OA has not decided.
    AwaitsDecision,
    /// The OA has decided, and the ERP has not been told.
    NotToldYet,
    /// Something has begun and is not at its end.
    UnderWay,
    /// At its end, with an approval that is still open.
    ApprovalLeftOpen,
}

enum Severity {
    Lost,
    Duplicated,
    Unfinished,
}

impl Reason {
    /// Whether it says of an order that it is not at its end yet, and nothing worse.
    #[must_use]
    pub const fn is_unfinished(self) -> bool {
        matches!(self.severity(), Severity::Unfinished)
    }

    const fn severity(self) -> Severity {
        match self {
            Self::NotThere | Self::NeverTakenUp | Self::PayableMissing | Self::PayableLeftOver | Self::ReleasedUnapproved => Severity::Lost,
            Self::ReferenceTwice | Self::ApprovalTwice | Self::PayableTwice => Severity::Duplicated,
            Self::Untouched | Self::AwaitsDecision | Self::NotToldYet | Self::UnderWay | Self::ApprovalLeftOpen => Severity::Unfinished,
        }
    }
}

/// How an order ended, if it has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Agreed,
    Declined,
}

impl Audit {
    /// Reads the three books one after the other: exact once traffic has stopped, near enough before.
    pub(crate) fn take(world: &World) -> Self {
        let mut audit = Self::default();
        audit.read_erp(world);
        audit.read_oa(world);
        audit.read_finance(world);
        for system in System::ALL {
            let front = world.front(system);
            audit.counts.requests += front.request_count();
            for (fault, count) in front.fault_counts() {
                *audit.faults.entry(fault).or_default() += count;
            }
        }
        audit.duplicate_references = audit.find_duplicate_references();
        audit
    }

    fn read_erp(&mut self, world: &World) {
        let book = lock(&world.erp);
        self.counts.orders = book.len();
        for order in book.iter() {
            self.counts.releases += u64::from(order.tally.releases);
            self.counts.repeats += u64::from(order.tally.repeats);
            self.orders.insert(order.number.clone(), of_order(order));
        }
    }

    fn read_oa(&mut self, world: &World) {
        let book = lock(&world.oa);
        self.counts.approvals = book.len();
        self.counts.key_repeats += book.keys.repeats;
        for (id, approval) in book.iter() {
            self.counts.live_approvals += usize::from(approval.status != ApprovalStatus::Withdrawn);
            self.counts.repeats += u64::from(approval.withdraw_repeats);
            let number = approval.order_number.clone().unwrap_or_else(|| approval.reference.clone());
            self.orders.entry(number).or_default().approvals.push(ApprovalAudit {
                id,
                reference: approval.reference.clone(),
                status: approval.status,
                revision: approval.order_revision,
                form_hash: approval.form_hash,
            });
        }
    }

    fn read_finance(&mut self, world: &World) {
        let book = lock(&world.finance);
        self.counts.payables = book.len();
        self.counts.key_repeats += book.keys.repeats;
        for (id, payable) in book.iter() {
            self.counts.live_payables += usize::from(!payable.void);
            self.counts.repeats += u64::from(payable.void_repeats);
            self.orders.entry(payable.purchase_order_ref.clone()).or_default().payables.push(PayableAudit {
                id,
                reference: payable.reference.clone(),
                void: payable.void,
                revision: payable.order_revision,
                amount: payable.amount,
            });
        }
    }

    fn find_duplicate_references(&self) -> Vec<String> {
        let mut seen = HashSet::new();
        let mut twice: Vec<String> = Vec::new();
        for order in self.orders.values() {
            let approvals = order.live_approvals().map(|approval| ("approval", &approval.reference));
            let payables = order.live_payables().map(|payable| ("payable", &payable.reference));
            twice.extend(approvals.chain(payables).filter(|live| !seen.insert(*live)).map(|(_, r)| r.clone()));
        }
        twice
    }

    /// Judges the orders in `expected`. Leave out those that the hub itself reports as stopped: they are not lost.
    #[must_use]
    pub fn verdict<S: AsRef<str>>(&self, expected: &[S]) -> Verdict {
        let twice: HashSet<&str> = self.duplicate_references.iter().map(String::as_str).collect();
        let mut verdict = Verdict { documents: expected.len(), ..Verdict::default() };
        for number in expected {
            let number = number.as_ref();
            let reasons = match self.orders.get(number) {
                None => vec![Reason::NotThere],
                Some(order) => order.reasons(&twice),
            };
            let (mut lost, mut duplicated, mut unfinished) = (false, false, false);
            for reason in reasons {
                match reason.severity() {
                    Severity::Lost => lost = true,
                    Severity::Duplicated => duplicated = true,
                    Severity::Unfinished => unfinished = true,
                }
                verdict.details.push(Detail { order: number.to_owned(), reason });
            }
            verdict.lost += usize::from(lost);
            verdict.duplicated += usize::from(duplicated);
            verdict.unfinished += usize::from(unfinished);
        }
        verdict
    }

    /// Judges every order in the ERP.
    #[must_use]
    pub fn verdict_on_all(&self) -> Verdict {
        let all: Vec<&str> = self.orders.iter().filter(|(_, order)| order.id.is_some()).map(|(number, _)| number.as_str()).collect();
        self.verdict(&all)
    }
}

fn of_order(order: &Order) -> OrderAudit {
    OrderAudit {
        id: Some(order.id.clone()),
        status: Some(order.status),
        revision: order.revision,
        acknowledged: order.acknowledged,
        releases: order.tally.releases,
        rejections: order.tally.rejections,
        returns: order.tally.returns,
        status_writes: order.tally.status_writes,
        repeats: order.tally.repeats,
        budget_checks: order.tally.budget_checks,
        written_back: order.written_back.as_ref().map(|written| written.status.clone()),
        approvals: Vec::new(),
        payables: Vec::new(),
    }
}

impl OrderAudit {
    /// Approvals that are not withdrawn.
    pub fn live_approvals(&self) -> impl Iterator<Item = &ApprovalAudit> {
        self.approvals.iter().filter(|approval| approval.status != ApprovalStatus::Withdrawn)
    }

    /// Payables that are not void.
    pub fn live_payables(&self) -> impl Iterator<Item = &PayableAudit> {
        self.payables.iter().filter(|payable| !payable.void)
    }

    /// Whether nothing more is to be expected from the hub.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.end().is_some()
    }

    fn end(&self) -> Option<End> {
        if let Some(written) = &self.written_back {
            let agreed = matches!(written.as_str(), "released" | "approved" | "done" | "booked");
            return Some(if agreed { End::Agreed } else { End::Declined });
        }
        match self.status? {
            OrderStatus::Released => Some(End::Agreed),
            OrderStatus::Refused | OrderStatus::Cancelled => Some(End::Declined),
            OrderStatus::New if self.returns > 0 => Some(End::Declined),
            OrderStatus::New | OrderStatus::Waiting => None,
        }
    }

    fn reasons(&self, references_twice: &HashSet<&str>) -> Vec<Reason> {
        let mut reasons = self.duplicates(references_twice);
        match self.end() {
            Some(End::Agreed) => {
                if self.live_payables().next().is_none() {
                    reasons.push(Reason::PayableMissing);
                }
                if self.was_declined() {
                    reasons.push(Reason::ReleasedUnapproved);
                }
            }
            Some(End::Declined) if self.live_payables().next().is_some() => reasons.push(Reason::PayableLeftOver),
            Some(End::Declined) => {}
            None => reasons.push(self.why_unfinished()),
        }
        if self.end().is_some() && self.has_open_approval() {
            reasons.push(Reason::ApprovalLeftOpen);
        }
        reasons
    }

    /// Of its present revision: an earlier one may have been declined, and this one needed nobody.
    fn was_declined(&self) -> bool {
        let mut statuses = self.approvals.iter().filter(|approval| approval.revision == self.revision).map(|approval| approval.status);
        let says_no = |status| matches!(status, ApprovalStatus::Rejected | ApprovalStatus::Revoked);
        let says_yes = |status| matches!(status, ApprovalStatus::Approved | ApprovalStatus::New | ApprovalStatus::Running);
        statuses.clone().any(says_no) && !statuses.any(says_yes)
    }

    fn has_open_approval(&self) -> bool {
        self.approvals.iter().any(|approval| matches!(approval.status, ApprovalStatus::New | ApprovalStatus::Running))
    }

    fn why_unfinished(&self) -> Reason {
        if self.has_open_approval() {
            return Reason::AwaitsDecision;
        }
        if self.live_approvals().next().is_some() {
            return Reason::NotToldYet;
        }
        let traces = self.budget_checks > 0 || !self.approvals.is_empty() || !self.payables.is_empty();
        match (traces, self.acknowledged) {
            (true, _) => Reason::UnderWay,
            // With its requester: nobody has been asked for anything.
            (false, true) if self.status == Some(OrderStatus::Waiting) => Reason::NeverTakenUp,
            (false, _) => Reason::Untouched,
        }
    }

    fn duplicates(&self, references_twice: &HashSet<&str>) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let approvals = self.live_approvals().map(|approval| approval.reference.as_str());
        let payables = self.live_payables().map(|payable| payable.reference.as_str());
        if approvals.chain(payables).any(|reference| references_twice.contains(reference)) {
            reasons.push(Reason::ReferenceTwice);
        }
        // An approval may come late, when the ERP is a revision further on: the form tells the two apart.
        if has_twice(self.live_approvals().map(|approval| (approval.revision, approval.form_hash))) {
            reasons.push(Reason::ApprovalTwice);
        }
        if has_twice(self.live_payables().map(|payable| (payable.revision, payable.amount))) {
            reasons.push(Reason::PayableTwice);
        }
        reasons
    }
}

fn has_twice<T: std::hash::Hash + Eq>(items: impl Iterator<Item = T>) -> bool {
    let mut counts: HashMap<T, u32> = HashMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    counts.values().any(|count| *count > 1)
}
