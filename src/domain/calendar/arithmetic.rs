//! Adding working days and working hours to an instant, and working time between two.
//!
//! Counting begins at the next working moment. Working hours run only inside working hours. Working days keep the time
//! of day, drawn into the hours of the day they end on: Friday 15:00 plus one is Monday 15:00; Saturday noon plus one
//! counts from Monday's opening and is Tuesday's opening.

use super::definition::Calendar;
use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};

/// No working time could be found: the calendar's table closes every day for years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the calendar has no working time within {DAYS_SEARCHED} days")]
pub struct NoWorkingTime;

/// Days between two instants whose working time is counted; a wait of ten years is a mistake.
const DAYS_BETWEEN_MAX: u32 = 4_000;
/// Days looked through for the next working moment. No honest calendar closes longer.
const DAYS_SEARCHED: u32 = 400;
/// Days that a span of working time is counted over.
const DAYS_COUNTED: u32 = 3_660;

impl Calendar {
    /// The working moment at or after `from`.
    pub fn next_working(&self, from: Timestamp) -> Result<Timestamp, NoWorkingTime> {
        let mut date = self.date_of(from);
        for _ in 0..DAYS_SEARCHED {
            if let Some((start, _)) = self.intervals(date).into_iter().find(|(_, until)| *until > from) {
                return Ok(start.max(from));
            }
            date = date.tomorrow().map_err(|_| NoWorkingTime)?;
        }
        Err(NoWorkingTime)
    }

    /// `from` plus so many working hours.
    pub fn add_working_hours(&self, from: Timestamp, hours: u32) -> Result<Timestamp, NoWorkingTime> {
        self.add_working_time(from, SignedDuration::from_hours(i64::from(hours)))
    }

    /// The working time between two instants; zero when the second is not later.
    pub fn working_time(&self, from: Timestamp, until: Timestamp) -> Result<SignedDuration, NoWorkingTime> {
        let (mut total, mut date) = (SignedDuration::ZERO, self.date_of(from));
        let last = self.date_of(until);
        for _ in 0..DAYS_BETWEEN_MAX {
            if date > last {
                return Ok(total);
            }
            for (start, end) in self.intervals(date) {
                let (start, end) = (start.max(from), end.min(until));
                if start < end {
                    total += end.duration_since(start);
                }
            }
            date = date.tomorrow().map_err(|_| NoWorkingTime)?;
        }
        Err(NoWorkingTime)
    }

    /// `from` plus so much working time.
    pub fn add_working_time(&self, from: Timestamp, time: SignedDuration) -> Result<Timestamp, NoWorkingTime> {
        let mut left = time;
        let mut at = self.next_working(from)?;
        while !left.is_zero() {
            for (start, until) in self.intervals(self.date_of(at)) {
                if until <= at {
                    continue;
                }
                at = at.max(start);
                let room = until.duration_since(at);
                if room >= left {
                    return at.checked_add(left).map_err(|_| NoWorkingTime);
                }
                left = left.saturating_sub(room);
                at = until;
            }
            at = self.next_working(at)?;
        }
        Ok(at)
    }

    /// `from` plus so many working days.
    pub fn add_working_days(&self, from: Timestamp, days: u32) -> Result<Timestamp, NoWorkingTime> {
        let start = self.next_working(from)?;
        if days == 0 {
            return Ok(start);
        }
        let local = self.zone.to_datetime(start);
        let (mut date, mut left, mut idle) = (local.date(), days, 0);
        while left > 0 {
            date = date.tomorrow().map_err(|_| NoWorkingTime)?;
            if self.works(date) {
                (left, idle) = (left - 1, 0);
            } else {
                idle += 1;
                if idle > DAYS_SEARCHED {
                    return Err(NoWorkingTime);
                }
            }
        }
        let intervals = self.intervals(date);
        let (Some((open, _)), Some((_, close))) = (intervals.first(), intervals.last()) else { return Err(NoWorkingTime) };
        let same = self.instant(date, Some(local.time()));
        Ok(same.clamp(*open, *close))
    }

    /// How much of the time between two moments is working time; nothing where the second is not the later one. Of a span
    /// longer than ten years only these are counted.
    pub fn working_between(&self, from: Timestamp, until: Timestamp) -> SignedDuration {
        let mut date = self.date_of(from);
        let last = self.date_of(until);
        let mut sum = SignedDuration::ZERO;
        for _ in 0..DAYS_COUNTED {
            if date > last {
                break;
            }
            for (start, end) in self.intervals(date) {
                let (start, end) = (start.max(from), end.min(until));
                if start < end {
                    sum = sum.saturating_add(end.duration_since(start));
                }
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        sum
    }

    /// Whether a date has working time.
    pub fn works(&self, date: Date) -> bool {
        !self.hours_of(date).is_empty()
    }

    fn hours_of(&self, date: Date) -> &[(Time, Option<Time>)] {
        match self.days.get(&date) {
            Some(true) => &self.work_day,
            Some(false) => &[],
            None => &self.week[usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0)],
        }
    }

    /// The working intervals of a date as instants. Hours that a change of the clock swallows vanish.
    fn intervals(&self, date: Date) -> Vec<(Timestamp, Timestamp)> {
        let instants = |(from, until): &(Time, Option<Time>)| (self.instant(date, Some(*from)), self.instant(date, *until));
        self.hours_of(date).iter().map(instants).filter(|(from, until)| from < until).collect()
    }

    /// An instant of a local time; none is midnight at the end of the day. In a gap the time after it is taken, in a
    /// fold the earlier one.
    fn instant(&self, date: Date, time: Option<Time>) -> Timestamp {
        let local = match time {
            Some(time) => date.to_datetime(time),
            None => date.tomorrow().unwrap_or(date).to_datetime(Time::midnight()),
        };
        self.zone.to_ambiguous_timestamp(local).compatible().unwrap_or(Timestamp::MAX)
    }

    fn date_of(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }
}
