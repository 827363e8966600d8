//! When a connection is read back by itself. Civil time of a zone, so that 02:00 stays 02:00 when clocks change.

use crate::domain::diagnostic::Report;
use crate::domain::text::tree::Node;
use crate::domain::text::units;
use jiff::civil::{Date, Time, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// A schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    every: Every,
    zone: TimeZone,
}

#[derive(Clone, Debug, PartialEq)]
enum Every {
    /// Hours that divide a day, from midnight.
    Hours(i8),
    /// Days, counted from a fixed Monday so that every process agrees, at a time of day.
    Days { days: i32, at: Time },
}

/// Days of longer schedules are counted from this Monday.
const FIRST: Date = date(2024, 1, 1);
/// Longest schedule, days.
const DAYS_MAX: u64 = 366;

/// Reads `every`, `at` and `zone`; none when it has no schedule or a wrong one.
pub(super) fn read(node: &Node, report: &mut Report) -> Option<Schedule> {
    let zone = match node.get("zone").and_then(|written| Some((written, written.text()?))) {
        None => TimeZone::UTC,
        Some((written, name)) => match TimeZone::get(name) {
            Ok(zone) => zone,
            Err(_) => {
                report
                    .error("bad_value", written.span, format!("there is no time zone `{name}`"))
                    .hint("write `Asia/Shanghai`")
                    .at("reconcile.zone");
                return None;
            }
        },
    };
    let at = match node.get("at").and_then(|written| Some((written, written.text()?))) {
        None => Time::constant(2, 0, 0, 0),
        Some((written, text)) => match time(text) {
            Some(at) => at,
            None => {
                report.error("bad_value", written.span, "`at` is a time of day").hint("write `\"02:00\"`, with quotes").at("reconcile.at");
                return None;
            }
        },
    };
    let Some(written) = node.get("every") else {
        if let Some(stray) = node.get("at").or_else(|| node.get("zone")) {
            report.error("missing_key", stray.span, "nothing says how often").hint("add `every: 1d`").at("reconcile");
        }
        return None;
    };
    let millis = written.text().and_then(units::duration).and_then(units::Span::millis)?;
    let (hours, days) = (millis / 3_600_000, millis / 86_400_000);
    let every = if millis % 86_400_000 == 0 && (1..=DAYS_MAX).contains(&days) {
        Every::Days { days: i32::try_from(days).ok()?, at }
    } else if millis % 3_600_000 == 0 && hours > 0 && 24 % hours == 0 && node.get("at").is_none() {
        Every::Hours(i8::try_from(hours).ok()?)
    } else {
        report
            .error("bad_value", written.span, "`every` is a number of hours that divides a day, or a number of days")
            .hint("write `6h`, `1d` or `7d`; `at` goes with days")
            .at("reconcile.every");
        return None;
    };
    Some(Schedule { every, zone })
}

fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let two = |digits: &str| (digits.len() == 2).then(|| digits.parse::<i8>().ok()).flatten();
    Time::new(two(hour)?, two(minute)?, 0, 0).ok()
}

impl Schedule {
    /// The last time it was due, not after `now`.
    pub fn last(&self, now: Timestamp) -> Option<Timestamp> {
        let today = self.day_of(now);
        match self.every {
            Every::Hours(hours) => {
                let yesterday = today.yesterday().ok()?;
                let all = places(hours).rev().map(|at| (today, at)).chain(places(hours).rev().map(|at| (yesterday, at)));
                all.filter_map(|(day, at)| self.instant(day, at)).find(|at| *at <= now)
            }
            Every::Days { days, at } => {
                let day = counted(today, days)?;
                let due = self.instant(day, at)?;
                if due <= now { Some(due) } else { self.instant(day.checked_sub(days.days()).ok()?, at) }
            }
        }
    }

    /// The next time it is due after `now`.
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let today = self.day_of(now);
        match self.every {
            Every::Hours(hours) => {
                let tomorrow = today.tomorrow().ok()?;
                let all = places(hours).map(|at| (today, at)).chain(places(hours).map(|at| (tomorrow, at)));
                all.filter_map(|(day, at)| self.instant(day, at)).find(|at| *at > now)
            }
            Every::Days { days, at } => {
                let day = counted(today, days)?;
                let due = self.instant(day, at)?;
                if due > now { Some(due) } else { self.instant(day.checked_add(days.days()).ok()?, at) }
            }
        }
    }

    fn day_of(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    fn instant(&self, day: Date, at: Time) -> Option<Timestamp> {
        day.to_datetime(at).to_zoned(self.zone.clone()).ok().map(|zoned| zoned.timestamp())
    }
}

/// The times of a day.
fn places(hours: i8) -> impl DoubleEndedIterator<Item = Time> {
    (0..24_i8).step_by(usize::from(hours.unsigned_abs())).filter_map(|hour| Time::new(hour, 0, 0, 0).ok())
}

/// The last day, at or before, on which it is due.
fn counted(today: Date, days: i32) -> Option<Date> {
    let back = today.since(FIRST).ok()?.get_days().rem_euclid(days);
    today.checked_sub(back.days()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::tree::parse;

    fn schedule(text: &str) -> Option<Schedule> {
        let mut report = Report::new("connection.yaml");
        let node = parse(text, &mut report).unwrap();
        let schedule = read(&node, &mut report);
        assert_eq!(schedule.is_none(), report.has_errors());
        schedule
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn due_times_are_the_same_for_everybody() {
        let table = [
            (
                "{every: 1d, at: \"02:00\", zone: Asia/Shanghai}",
                "2026-09-28T10:00:00+08:00",
                "2026-09-28T02:00:00+08:00",
                "2026-09-29T02:00:00+08:00",
            ),
            (
                "{every: 1d, at: \"02:00\", zone: Asia/Shanghai}",
                "2026-09-28T01:59:59+08:00",
                "2026-09-27T02:00:00+08:00",
                "2026-09-28T02:00:00+08:00",
            ),
            ("{every: 6h}", "2026-09-28T05:59:59Z", "2026-09-28T00:00:00Z", "2026-09-28T06:00:00Z"),
            ("{every: 1h}", "2026-09-28T05:59:59Z", "2026-09-28T05:00:00Z", "2026-09-28T06:00:00Z"),
            ("{every: 1h}", "2026-09-28T23:00:00Z", "2026-09-28T23:00:00Z", "2026-09-29T00:00:00Z"),
            ("{every: 3h, zone: Asia/Shanghai}", "2026-09-27T17:00:00Z", "2026-09-27T16:00:00Z", "2026-09-27T19:00:00Z"),
            ("{every: 7d, at: \"03:30\"}", "2026-09-28T03:30:00Z", "2026-09-28T03:30:00Z", "2026-10-05T03:30:00Z"),
            ("{every: 7d, at: \"03:30\"}", "2026-10-04T23:00:00Z", "2026-09-28T03:30:00Z", "2026-10-05T03:30:00Z"),
        ];
        for (text, now, last, next) in table {
            let schedule = schedule(text).unwrap();
            assert_eq!(schedule.last(at(now)), Some(at(last)), "{text} at {now}");
            assert_eq!(schedule.next(at(now)), Some(at(next)), "{text} at {now}");
        }
    }

    #[test]
    fn two_o_clock_that_is_skipped_or_comes_twice_fires_once_a_day() {
        let schedule = schedule("{every: 1d, at: \"02:30\", zone: Europe/Berlin}").unwrap();
        let mut fires = std::collections::BTreeSet::new();
        let mut now = at("2026-03-27T00:00:00Z");
        while now < at("2026-04-01T00:00:00Z") {
            fires.extend(schedule.last(now));
            now = now.checked_add(jiff::SignedDuration::from_mins(7)).unwrap();
        }
        // 26 to 31 March: one a day, the 29th (without 02:30) included.
        assert_eq!(fires.len(), 6, "{fires:?}");
    }

    #[test]
    fn what_is_due_next_is_then_the_last_and_nothing_lies_between() {
        for text in [
            "{every: 1h, zone: Europe/Berlin}",
            "{every: 2h}",
            "{every: 6h, zone: Europe/Berlin}",
            "{every: 1d, at: \"02:30\", zone: Europe/Berlin}",
        ] {
            let schedule = schedule(text).unwrap();
            let mut now = at("2026-03-27T00:10:00Z");
            while now < at("2026-04-01T00:00:00Z") {
                let next = schedule.next(now).unwrap();
                assert!(next > now, "{text} at {now}");
                assert_eq!(schedule.last(next), Some(next), "{text} at {now}");
                let before = next.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap();
                assert_eq!(schedule.last(before), schedule.last(now), "{text} at {now}");
                now = now.checked_add(jiff::SignedDuration::from_mins(17)).unwrap();
            }
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for text in [
            "{every: 5h}",
            "{every: 90m}",
            "{every: 6h, at: \"02:00\"}",
            "{every: 1d, at: \"2\"}",
            "{every: 1d, zone: Mars}",
            "{at: \"02:00\"}",
        ] {
            assert!(schedule(text).is_none(), "{text}");
        }
    }
}
