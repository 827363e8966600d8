//! When somebody wants notices: quiet hours, days off, and a digest of what can wait.
//!
//! Times of day are those of the person's own zone. A notice that waits keeps the time it is due; at that time everything
//! that waits for its person goes out as one.

use crate::domain::calendar::Calendar;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// Times of day at which a digest may come.
const DIGESTS_MAX: usize = 24;
/// Turns of the search: a quiet time ends at most so often in a row (holidays of weeks, each day with its night).
const TURNS_MAX: usize = 200;

/// Hours in which nothing is told that can wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    from: Time,
    until: Time,
}

impl Quiet {
    /// Reads `20:00-08:00`; from and until are different times of day.
    pub fn parse(text: &str) -> Option<Quiet> {
        let (from, until) = text.split_once('-')?;
        let quiet = Quiet { from: time(from)?, until: time(until)? };
        (quiet.from != quiet.until).then_some(quiet)
    }

    /// When the quiet time around a moment is over, by the clock on the wall; none outside.
    fn over(self, now: DateTime) -> Option<DateTime> {
        let tomorrow = || now.date().tomorrow().ok();
        let at = now.time();
        if self.from < self.until {
            return (self.from <= at && at < self.until).then(|| self.until.on_date(now.date()));
        }
        if at >= self.from {
            return tomorrow().map(|date| self.until.on_date(date));
        }
        (at < self.until).then(|| self.until.on_date(now.date()))
    }
}

/// Reads `09:00 17:00`: the times of a digest, in order.
pub fn digest_times(text: &str) -> Option<Vec<Time>> {
    let mut times = text.split_ascii_whitespace().map(time).collect::<Option<Vec<Time>>>()?;
    times.sort_unstable();
    times.dedup();
    (!times.is_empty() && times.len() <= DIGESTS_MAX).then_some(times)
}

fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = hour.len() == 2 && minute.len() == 2 && (hour.to_owned() + minute).bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()).flatten()
}

trait OnDate {
    fn on_date(self, date: Date) -> DateTime;
}

impl OnDate for Time {
    fn on_date(self, date: Date) -> DateTime {
        date.to_datetime(self)
    }
}

/// What counts for one person.
#[derive(Clone, Debug)]
pub struct Manners<'a> {
    /// Their quiet hours.
    pub quiet: Option<Quiet>,
    /// When a digest comes; empty: what waits comes when the quiet time is over.
    pub digest: &'a [Time],
    /// Their zone.
    pub zone: TimeZone,
    /// Days off are quiet as a whole, for who has quiet hours.
    pub calendar: Option<&'a Calendar>,
}

impl Manners<'_> {
    /// Until when a notice that can wait does; none: it goes at once.
    pub fn wait(&self, now: Timestamp) -> Option<Timestamp> {
        let began = self.zone.to_datetime(now);
        // A time of the digest that is quiet on every day never comes.
        let heard = |time: &&Time| self.quiet.is_none_or(|quiet| quiet.over(time.on_date(began.date())).is_none());
        let digest: Vec<Time> = self.digest.iter().filter(heard).copied().collect();
        let mut at = next_of(&digest, began).unwrap_or(began);
        for _ in 0..TURNS_MAX {
            let Some(over) = self.quiet_until(at) else { break };
            at = if digest.contains(&over.time()) { over } else { next_of(&digest, over).unwrap_or(over) };
        }
        let due = self.zone.to_zoned(at).ok()?.timestamp();
        (due > now).then_some(due)
    }

    fn quiet_until(&self, at: DateTime) -> Option<DateTime> {
        let quiet = self.quiet?;
        if self.calendar.is_some_and(|calendar| !calendar.works(at.date())) {
            return at.date().tomorrow().ok().map(|date| Time::midnight().on_date(date));
        }
        quiet.over(at)
    }
}

/// The first time of a digest after a moment; none where there is no digest.
fn next_of(digest: &[Time], after: DateTime) -> Option<DateTime> {
    let today = digest.iter().map(|time| time.on_date(after.date())).find(|at| *at > after);
    today.or_else(|| Some(digest.first()?.on_date(after.date().tomorrow().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::diagnostic::Report;
    use crate::domain::text::files::Files;
    use crate::domain::text::tree::parse;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn calendar() -> Calendar {
        let text = "format: 1\ncalendar: cn\nzone: Asia/Shanghai\nweek: {mon-fri: [\"09:00-18:00\"]}\ndays: days.csv\n";
        // National Day and its make-up Saturday.
        let days =
            "date,kind,name\n2026-10-01,off,\n2026-10-02,off,\n2026-10-05,off,\n2026-10-06,off,\n2026-10-07,off,\n2026-10-10,work,\n";
        let files: Files = [("days.csv", days)].into_iter().collect();
        let mut report = Report::new("calendars/cn.yaml");
        let calendar = Calendar::read(&parse(text, &mut report).unwrap(), &files, &mut report);
        assert!(!report.has_errors());
        calendar.unwrap()
    }

    /// `quiet | digest | zone | days off | now | due`; empty for at once.
    #[test]
    fn what_can_wait_waits_until_it_suits() {
        let calendar = calendar();
        for row in [
            "20:00-08:00 | | Asia/Shanghai | | 2026-09-28T10:00:00+08:00 | ",
            "20:00-08:00 | | Asia/Shanghai | | 2026-09-28T19:59:59+08:00 | ",
            "20:00-08:00 | | Asia/Shanghai | | 2026-09-28T20:00:00+08:00 | 2026-09-29T08:00:00+08:00",
            "20:00-08:00 | | Asia/Shanghai | | 2026-09-29T03:00:00+08:00 | 2026-09-29T08:00:00+08:00",
            "20:00-08:00 | | Asia/Shanghai | | 2026-09-29T08:00:00+08:00 | ",
            "12:00-14:00 | | Asia/Shanghai | | 2026-09-28T13:00:00+08:00 | 2026-09-28T14:00:00+08:00",
            // Somebody who works elsewhere sleeps at another time.
            "20:00-08:00 | | Europe/Berlin | | 2026-09-28T10:00:00+08:00 | 2026-09-28T08:00:00+02:00",
            // A digest bundles the whole day.
            " | 09:00 | Asia/Shanghai | | 2026-09-28T08:59:59+08:00 | 2026-09-28T09:00:00+08:00",
            " | 09:00 | Asia/Shanghai | | 2026-09-28T09:00:00+08:00 | 2026-09-29T09:00:00+08:00",
            " | 09:00 17:00 | Asia/Shanghai | | 2026-09-28T10:00:00+08:00 | 2026-09-28T17:00:00+08:00",
            // One that falls into the quiet time is left out.
            "18:00-09:30 | 09:00 17:00 | Asia/Shanghai | | 2026-09-28T17:30:00+08:00 | 2026-09-29T17:00:00+08:00",
            // Before the long holiday: Thursday to Wednesday is off, and so is the weekend in it.
            "20:00-08:00 | | Asia/Shanghai | off | 2026-09-30T21:00:00+08:00 | 2026-10-08T08:00:00+08:00",
            "20:00-08:00 | 09:00 | Asia/Shanghai | off | 2026-09-30T10:00:00+08:00 | 2026-10-08T09:00:00+08:00",
            // The Saturday that is worked.
            "20:00-08:00 | 09:00 | Asia/Shanghai | off | 2026-10-09T10:00:00+08:00 | 2026-10-10T09:00:00+08:00",
            // The night in which the clocks go forward: 02:30 is not there.
            "22:00-02:30 | | Europe/Berlin | | 2026-03-28T23:00:00+01:00 | 2026-03-29T03:30:00+02:00",
        ] {
            let [quiet, digest, place, days, now, due] = row.split('|').map(str::trim).collect::<Vec<_>>()[..] else { panic!("{row}") };
            let times = digest_times(digest).unwrap_or_default();
            let manners =
                Manners { quiet: Quiet::parse(quiet), digest: &times, zone: zone(place), calendar: (days == "off").then_some(&calendar) };
            let now: Timestamp = now.parse().unwrap();
            assert_eq!(manners.wait(now), due.parse().ok(), "{row}");
        }
    }

    #[test]
    fn texts_that_are_no_times_are_refused() {
        for text in ["", "20:00", "20:00-20:00", "8:00-20:00", "20:00-24:00", "a-b"] {
            assert_eq!(Quiet::parse(text), None, "{text}");
        }
        for text in ["", "9:00", "09:00,17:00", "25:00"] {
            assert_eq!(digest_times(text), None, "{text}");
        }
    }

    /// Whatever somebody wishes, what waits comes, outside the quiet time, and soon.
    #[test]
    fn nothing_waits_for_ever() {
        let start: Timestamp = "2026-09-25T00:00:00Z".parse().unwrap();
        let calendar = calendar();
        for quiet in ["20:00-08:00", "00:00-23:59", "09:00-09:01", ""] {
            for digest in ["09:00", "23:59", ""] {
                let times = digest_times(digest).unwrap_or_default();
                for days in [None, Some(&calendar)] {
                    let manners = Manners { quiet: Quiet::parse(quiet), digest: &times, zone: zone("Asia/Shanghai"), calendar: days };
                    for hour in 0..24 * 20 {
                        let now = start + jiff::SignedDuration::from_mins(hour * 61);
                        let Some(due) = manners.wait(now) else { continue };
                        assert!(due > now && due.duration_since(now).as_hours() < 24 * 12, "{quiet} {digest} {now} {due}");
                        let at = manners.zone.to_datetime(due);
                        assert_eq!(manners.quiet_until(at), None, "{quiet} {digest} {now}: {at} is quiet");
                    }
                }
            }
        }
    }
}
