//! What only the day of today can tell: calendars that end before what begins now may be due.

use super::compile::Catalog;
use crate::domain::diagnostic::{Diagnostic, Report};
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Calendar days looked ahead beyond the longest wait: the table of the next year should be there before it is needed.
const AHEAD_DAYS: i64 = 30;

impl Catalog {
    /// Findings that depend on the day: calendars that flows count by whose tables end too soon.
    pub fn coming(&self, today: Date) -> Vec<Diagnostic> {
        let mut longest: BTreeMap<&str, u32> = BTreeMap::new();
        for version in self.flows.values() {
            for (calendar, days) in &version.flow.working_days {
                let known = longest.entry(calendar).or_default();
                *known = (*known).max(*days);
            }
        }
        let mut found = Vec::new();
        for (id, days) in longest {
            let Some(calendar) = self.calendars.get(id) else { continue };
            let (Some(until), Some(file)) = (calendar.known_until, self.definition("calendar", id).map(|known| known.path.clone())) else {
                continue;
            };
            // Seven days hold at least five working days less a week of holidays in each month.
            let ahead = AHEAD_DAYS + i64::from(days) * 2;
            let Ok(needed) = today.checked_add(ahead.days()) else { continue };
            if needed <= until {
                continue;
            }
            let mut report = Report::new(file);
            let message = format!("the days of `{id}` are known up to {until}, but what begins on {today} may be due by {needed}");
            report
                .warning("calendar_ends", calendar.days_span, message)
                .hint(format!("add the holidays and make-up days of {} to the tables under `days`", until.year() + 1));
            found.extend(report.into_items());
        }
        found
    }
}
