//! Adding working days and working hours to an instant, and working time between two.
//!
//! Counting begins at the next working moment. Working hours run only inside working hours. Working days keep the time
//! of day, drawn into the hours of the day they end on: Friday 15:00 plus one is Monday 15:00; Saturday noon plus one
//! counts from Monday's opening and is Tuesday's opening.

use super::definition::Calendar;
use jiff::civil::{Date, Time};
use jiff::tz::AmbiguousOffset;
use jiff::{SignedDuration, Timestamp};

/// No working time could be found: the calendar's table closes every day for years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the calendar has no working time within {DAYS_SEARCHED} days")]
pub struct NoWorkingTime;

/// Days looked through for the next working moment. No honest calendar closes longer.
const DAYS_SEARCHED: u32 = 400;
/// Days that a span of working time is counted over.
const DAYS_COUNTED: u32 = 3_660;

impl Calendar {
    /// The working moment at or after `from`.
    pub fn next_working(&self, from: Timestamp) -> Result<Timestamp, NoWorkingTime> {
        self.opening(from).map(|(at, _)| at)
    }

    /// The working moment at or after `from`, with the date whose hours it is in: where the clocks are put back over midnight
    /// that is not the date they show.
    fn opening(&self, from: Timestamp) -> Result<(Timestamp, Date), NoWorkingTime> {
        let mut date = self.date_of(from);
        for _ in 0..DAYS_SEARCHED {
            if let Some((start, _)) = self.intervals(date).into_iter().find(|(_, until)| *until > from) {
                return Ok((start.max(from), date));
            }
            date = date.tomorrow().map_err(|_| NoWorkingTime)?;
        }
        Err(NoWorkingTime)
    }

    /// `from` plus so many working hours.
    pub fn add_working_hours(&self, from: Timestamp, hours: u32) -> Result<Timestamp, NoWorkingTime> {
        self.add_working_time(from, SignedDuration::from_hours(i64::from(hours)))
    }

    /// `from` plus so much working time.
    pub fn add_working_time(&self, from: Timestamp, time: SignedDuration) -> Result<Timestamp, NoWorkingTime> {
        let (mut at, mut date) = self.opening(from)?;
        let (mut left, mut idle) = (time, 0);
        if left.is_zero() {
            return Ok(at);
        }
        while idle <= DAYS_SEARCHED {
            idle += 1;
            for (start, until) in self.intervals(date) {
                if until <= at {
                    continue;
                }
                at = at.max(start);
                let room = until.duration_since(at);
                if room >= left {
                    return at.checked_add(left).map_err(|_| NoWorkingTime);
                }
                (left, idle) = (left.saturating_sub(room), 0);
                at = until;
            }
            date = date.tomorrow().map_err(|_| NoWorkingTime)?;
        }
        Err(NoWorkingTime)
    }

    /// `from` plus so many working days.
    pub fn add_working_days(&self, from: Timestamp, days: u32) -> Result<Timestamp, NoWorkingTime> {
        let (start, mut date) = self.opening(from)?;
        if days == 0 {
            return Ok(start);
        }
        let (mut left, mut idle) = (days, 0);
        loop {
            date = date.tomorrow().map_err(|_| NoWorkingTime)?;
            let intervals = self.intervals(date);
            let (Some((open, _)), Some((_, close))) = (intervals.first(), intervals.last()) else {
                idle += 1;
                if idle > DAYS_SEARCHED {
                    return Err(NoWorkingTime);
                }
                continue;
            };
            (left, idle) = (left - 1, 0);
            if left == 0 {
                let same = self.instant(date, Some(self.zone.to_datetime(start).time()));
                return Ok(same.clamp(*open, *close));
            }
        }
    }

    /// How much of the time between two moments is working time; nothing where the second is not the later one. Of a span
    /// longer than ten years only these are counted.
    pub fn working_between(&self, from: Timestamp, until: Timestamp) -> SignedDuration {
        let mut date = self.date_of(from);
        // One day more: where the clocks are put back over midnight, the hours of a date begin before the date they show.
        let last = date.max(self.date_of(until));
        let last = last.tomorrow().unwrap_or(last);
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

    /// The first instant at which the clocks show a local time or a later one; none is midnight at the end of the day. What
    /// the clocks leave out is so the moment at which they are put on, and of a time they show twice it is the first.
    fn instant(&self, date: Date, time: Option<Time>) -> Timestamp {
        let local = match time {
            Some(time) => date.to_datetime(time),
            None => date.tomorrow().unwrap_or(date).to_datetime(Time::midnight()),
        };
        let found = self.zone.to_ambiguous_timestamp(local);
        if let AmbiguousOffset::Gap { .. } = found.offset()
            && let Ok(before) = found.earlier()
            && let Some(change) = self.zone.following(before).next()
        {
            return change.timestamp();
        }
        found.compatible().unwrap_or(Timestamp::MAX)
    }

    fn date_of(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }
}
