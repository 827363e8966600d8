//! Whether the tables of holidays reach far enough: beyond their last day every deadline is reckoned without holidays.

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use super::Check;
use crate::domain::catalog::Catalog;

/// Deadlines are commonly weeks long, and next year's days are published weeks before its beginning.
const DAYS_GOOD: i32 = 60;

/// Looks at each calendar with tables, and at the time zones they and the hub stand on.
pub fn check(catalog: &Catalog, now: Timestamp) -> Vec<Check> {
    let mut checks = vec![zones()];
    for calendar in catalog.calendars.values().filter(|calendar| !calendar.tables.is_empty()) {
        let today = now.to_zoned(calendar.zone.clone()).date();
        // Tables are made by the year: after its last holiday, a year's days are known to its end.
        let last = calendar.days.keys().next_back().map(|day| Date::constant(day.year(), 12, 31));
        checks.push(judge(format!("calendar {}", calendar.id), last, today));
    }
    checks
}

fn judge(name: String, last: Option<Date>, today: Date) -> Check {
    let hint = "add the next year's holidays and make-up working days to its table";
    let Some(last) = last else { return Check::warning(name, "its tables hold no days", hint) };
    let left = today.until(last).map(|span| span.get_days()).unwrap_or_default();
    match left {
        left if left < 0 => Check::failed(name, format!("its last known day, {last}, is over: deadlines run through holidays"), hint),
        left if left < DAYS_GOOD => Check::warning(name, format!("its last known day is {last}, in {left} days"), hint),
        _ => Check::good(name, format!("its days are known until {last}")),
    }
}

/// Time zones are compiled in, so that a bare container has them; the system's own are newer where they are there.
fn zones() -> Check {
    const NAME: &str = "time zones";
    match TimeZone::get("Asia/Shanghai") {
        Ok(_) if std::path::Path::new("/usr/share/zoneinfo").is_dir() => Check::good(NAME, "the system's are used"),
        Ok(_) => Check::good(NAME, "those of this build are used; a later change of a zone's rules needs a later build"),
        Err(error) => Check::failed(NAME, error.to_string(), "install the package `tzdata`"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_calendar_is_missed_before_it_ends() {
        let today: Date = "2026-11-28".parse().unwrap();
        for (last, verdict, words) in [
            (Some("2027-12-31"), Verdict::Good, "2027-12-31"),
            (Some("2027-01-03"), Verdict::Warning, "in 36 days"),
            (Some("2026-11-27"), Verdict::Failed, "is over"),
            (None, Verdict::Warning, "no days"),
        ] {
            let check = judge("calendar cn".into(), last.map(|last| last.parse().unwrap()), today);
            assert!(check.verdict == verdict && check.found.contains(words), "{last:?}: {check:?}");
        }
    }
}
