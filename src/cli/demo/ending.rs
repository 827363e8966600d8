//! How a demonstration ends: what the mock systems' books say, held against what the hub says of itself.
//!
//! Accepted means finished, or in an exception with a name. An order that is neither at the end makes the command fail, as one
//! that is lost or doubled does: whoever runs it in a script would not read the summary.

use super::traffic::Summary;
use crate::cli::assembly::Hub;
use crate::domain::ids::{DocumentId, TenantId};
use crate::store::{ExceptionFilter, Page};
use mock_systems::{Detail, Running, Verdict};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Findings that people are shown; programs get all of them.
const SHOWN_MAX: usize = 10;
/// As many as the store gives at once.
const PAGE: u32 = 500;

/// The verdict of a whole run.
#[derive(Debug, Serialize)]
pub struct Ending {
    /// Orders in the ERP.
    documents: usize,
    /// By the mock systems' audit.
    lost: usize,
    /// By the mock systems' audit.
    duplicated: usize,
    /// Neither at their end nor lost.
    unfinished: usize,
    /// Of these, what stands in no open exception.
    in_no_exception: Vec<String>,
    /// Open exceptions by cause.
    exceptions: BTreeMap<String, u64>,
    /// Requests and webhooks that met a fault.
    faults: u64,
    /// Orders made in the traffic part.
    traffic_orders: u64,
    /// How long it lasted.
    traffic_seconds: f64,
    /// Whether a signal ended it before its time.
    interrupted: bool,
    /// Every finding.
    details: Vec<Detail>,
}

impl Ending {
    /// Looks at both sides, once nothing moves any more.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn look(hub: &Hub, mocks: &Running, traffic: Summary, interrupted: bool) -> anyhow::Result<Ending> {
        let audit = mocks.audit();
        let verdict = audit.verdict_on_all();
        let stopped = stopped(hub).await?;
        let mut in_no_exception = Vec::new();
        for order in unfinished(&verdict) {
            let stands = super::narrate::document(hub, order).await?.is_some_and(|document| stopped.contains(&document));
            if !stands {
                in_no_exception.push(order.to_owned());
            }
        }
        let exceptions = hub.counts().await?.exceptions.into_iter().collect();
        Ok(Ending::new(verdict, in_no_exception, exceptions, audit.faults.values().sum(), traffic, interrupted))
    }

    fn new(
        verdict: Verdict,
        in_no_exception: Vec<String>,
        exceptions: BTreeMap<String, u64>,
        faults: u64,
        traffic: Summary,
        interrupted: bool,
    ) -> Ending {
        Ending {
            documents: verdict.documents,
            lost: verdict.lost,
            duplicated: verdict.duplicated,
            unfinished: verdict.unfinished,
            in_no_exception,
            exceptions,
            faults,
            traffic_orders: traffic.orders,
            traffic_seconds: traffic.seconds,
            interrupted,
            details: verdict.details,
        }
    }

    /// Why the command fails; none when all is as it should be.
    pub fn failure(&self) -> Option<String> {
        let mut found = Vec::new();
        if self.lost > 0 || self.duplicated > 0 {
            found.push(format!("the audit found {} lost and {} duplicated", self.lost, self.duplicated));
        }
        if let Some(first) = self.in_no_exception.first() {
            let count = self.in_no_exception.len();
            found.push(format!("{count} unfinished of which no exception is open, `{first}` for one"));
        }
        if self.traffic_orders == 0 && !self.interrupted {
            found.push("no order was made in the traffic part, so that nothing is shown".to_owned());
        }
        (!found.is_empty()).then(|| found.join("; "))
    }

    /// For people.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let traffic = match self.traffic_orders {
            0 => String::new(),
            orders => format!(", {orders} orders in {:.0} s of traffic", self.traffic_seconds),
        };
        writeln!(
            out,
            "{} documents, {} lost, {} duplicated, {} unfinished, by the mock systems' own audit; {} faults met on the way{traffic}.",
            self.documents, self.lost, self.duplicated, self.unfinished, self.faults
        )?;
        for (cause, count) in &self.exceptions {
            writeln!(out, "  {count} in an exception: {cause}")?;
        }
        for detail in self.details.iter().take(SHOWN_MAX) {
            writeln!(out, "  {}: {}", detail.order, serde_json::to_string(&detail.reason).unwrap_or_default())?;
        }
        if let Some(more) = self.details.len().checked_sub(SHOWN_MAX).filter(|more| *more > 0) {
            writeln!(out, "  and {more} more")?;
        }
        Ok(())
    }
}

/// Orders with a finding, where all findings are about what is not at its end yet.
fn unfinished(verdict: &Verdict) -> BTreeSet<&str> {
    verdict.details.iter().filter(|detail| detail.reason.is_unfinished()).map(|detail| detail.order.as_str()).collect()
}

/// Documents of open exceptions.
async fn stopped(hub: &Hub) -> anyhow::Result<BTreeSet<DocumentId>> {
    let filter = ExceptionFilter { tenant: TenantId::DEFAULT, state: Some("open".to_owned()), cause: None, instance: None, id: None };
    let mut page = Page { limit: PAGE, after: None };
    let mut found = BTreeSet::new();
    loop {
        let rows = hub.store().exceptions(&filter, &page).await?;
        found.extend(rows.iter().filter_map(|row| row.document));
        match rows.last() {
            Some(last) if rows.len() == PAGE as usize => page.after = Some((last.opened_at, last.id.0)),
            _ => return Ok(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOME: Summary = Summary { orders: 3, seconds: 1.0 };

    fn failure(verdict: Verdict, nowhere: &[&str], traffic: Summary, interrupted: bool) -> Option<String> {
        let nowhere = nowhere.iter().map(|order| (*order).to_owned()).collect();
        Ending::new(verdict, nowhere, BTreeMap::new(), 0, traffic, interrupted).failure()
    }

    #[test]
    fn it_fails_for_what_is_lost_doubled_or_stands_nowhere() {
        let clean = || Verdict { documents: 4, ..Verdict::default() };
        assert_eq!(failure(clean(), &[], SOME, false), None);
        // In an exception with a name: that is how the contract ends.
        assert_eq!(failure(Verdict { unfinished: 1, ..clean() }, &[], SOME, false), None);
        for (verdict, nowhere, words) in [
            (Verdict { lost: 1, ..clean() }, &[][..], "1 lost"),
            (Verdict { duplicated: 2, ..clean() }, &[], "2 duplicated"),
            (Verdict { unfinished: 2, ..clean() }, &["PO-1", "PO-2"], "2 unfinished of which no exception is open, `PO-1`"),
        ] {
            let said = failure(verdict, nowhere, SOME, true).unwrap_or_default();
            assert!(said.contains(words), "`{said}` does not say `{words}`");
        }
    }

    #[test]
    fn a_run_that_showed_nothing_fails_unless_it_was_ended_by_hand() {
        let none = Summary::default;
        assert!(failure(Verdict::default(), &[], none(), false).unwrap().contains("no order"));
        assert_eq!(failure(Verdict::default(), &[], none(), true), None);
    }
}
