//! A calendar as its author thinks of it, and how time passes by it: one minute after the other.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::fmt::Write;
use waybill::domain::calendar::{Calendar, SHAPE};
use waybill::domain::diagnostic::Report;
use waybill::domain::text::files::Files;
use waybill::domain::text::shape::check;
use waybill::domain::text::tree::parse;

/// Hours of a day as minutes since midnight: from, until.
pub type Hours = Vec<(u16, u16)>;

/// What an author writes.
#[derive(Clone, Debug)]
pub struct Plain {
    pub zone: &'static str,
    pub week: [Hours; 7],
    pub makeup: Hours,
    /// True for days that are worked.
    pub special: BTreeMap<Date, bool>,
}

impl Plain {
    /// The product's calendar, from the text an author would write.
    pub fn compiled(&self) -> Calendar {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let hours = |hours: &Hours| {
            let spans: Vec<String> = hours.iter().map(|(from, until)| format!("\"{}-{}\"", clock(*from), clock(*until))).collect();
            format!("[{}]", spans.join(", "))
        };
        let days: Vec<String> = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
            .iter()
            .zip(&self.week)
            .filter(|(_, of_day)| !of_day.is_empty())
            .map(|(day, of_day)| format!("{day}: {}", hours(of_day)))
            .collect();
        let text = format!(
            "format: 1\ncalendar: tried\nzone: {}\nweek: {{{}}}\nwork_day: {}\ndays: days.csv\n",
            self.zone,
            days.join(", "),
            hours(&self.makeup)
        );
        let mut table = "date,kind,name\n".to_owned();
        for (date, works) in &self.special {
            writeln!(table, "{date},{},", if *works { "work" } else { "off" }).expect("a string takes everything");
        }
        let files: Files = [("days.csv", table.as_str())].into_iter().collect();
        let mut report = Report::new("tried.yaml");
        let node = parse(&text, &mut report).expect("the text is a tree");
        check(&node, &SHAPE, &mut report);
        let calendar = Calendar::read(&node, &files, &mut report);
        let findings = report.into_items();
        assert!(findings.is_empty(), "{text}{findings:?}");
        calendar.expect("a sound calendar")
    }

    fn hours(&self, date: Date) -> &[(u16, u16)] {
        match self.special.get(&date) {
            Some(true) => &self.makeup,
            Some(false) => &[],
            None => &self.week[usize::try_from(date.weekday().to_monday_zero_offset()).expect("seven days")],
        }
    }

    /// Minutes from the one in which `from` is.
    ///
    /// A span of hours lasts from the first moment at which the wall shows its beginning, or later, to the first at which it shows
    /// its end: when the clocks are put back within it, it is longer; when they are put on over it, it is not there.
    fn minutes(&self, from: Timestamp) -> Minutes<'_> {
        let zone = TimeZone::get(self.zone).expect("a zone");
        // What the wall has shown by then: no change of a clock is as long as two days.
        let at = whole_minute(from) - SignedDuration::from_hours(48);
        let mut minutes = Minutes { plain: self, zone, at, shown: DateTime::MIN };
        while minutes.at < whole_minute(from) {
            minutes.next();
        }
        minutes
    }

    /// `from` plus so much working time.
    pub fn plus(&self, from: Timestamp, time: SignedDuration) -> Timestamp {
        let mut left = time;
        for minute in self.minutes(from).filter(|minute| minute.worked) {
            let begin = minute.at.max(from);
            let room = (minute.at + MINUTE).duration_since(begin);
            // Nothing added is the next working moment.
            if room >= left {
                return begin + left;
            }
            left -= room;
        }
        unreachable!("minutes never end")
    }

    /// `from` plus so many working days: the same time of day, drawn into the hours of the day it ends on.
    pub fn plus_days(&self, from: Timestamp, days: u32) -> Timestamp {
        let first = self.minutes(from).find(|minute| minute.worked).expect("there is work");
        let start = first.at.max(from);
        let (mut target, mut left) = (first.shown.date(), days);
        let mut worked = self.minutes(from).filter(|minute| minute.worked);
        let open = loop {
            let minute = worked.next().expect("there is work");
            if left == 0 {
                break minute.at;
            }
            if minute.shown.date() != target {
                (target, left) = (minute.shown.date(), left - 1);
                if left == 0 {
                    break minute.at;
                }
            }
        };
        if days == 0 {
            return start;
        }
        let of_target = worked.take_while(|minute| minute.shown.date() == target);
        let close = of_target.last().map_or(open, |minute| minute.at) + MINUTE;
        let wanted = target.to_datetime(TimeZone::get(self.zone).expect("a zone").to_datetime(start).time());
        let reached = |minute: &Minute| wanted.duration_since(minute.shown) < MINUTE;
        let minute = self.minutes(start).find(reached).expect("the wall shows every time, or a later one");
        let same = minute.at + wanted.duration_since(minute.shown).max(SignedDuration::ZERO);
        same.clamp(open, close)
    }

    /// Working time between two moments.
    pub fn between(&self, from: Timestamp, until: Timestamp) -> SignedDuration {
        let within = self.minutes(from).take_while(|minute| minute.at < until).filter(|minute| minute.worked);
        let worked = within.map(|minute| (minute.at + MINUTE).min(until).duration_since(minute.at.max(from)));
        worked.fold(SignedDuration::ZERO, |sum, time| sum + time)
    }
}

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn whole_minute(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second().div_euclid(60) * 60).expect("in range")
}

/// One minute after the other.
struct Minutes<'a> {
    plain: &'a Plain,
    zone: TimeZone,
    at: Timestamp,
    shown: DateTime,
}

/// One minute.
struct Minute {
    /// When it begins.
    at: Timestamp,
    /// The latest that the wall has shown by then.
    shown: DateTime,
    /// Whether it is worked, by the hours of the date shown.
    worked: bool,
}

impl Iterator for Minutes<'_> {
    type Item = Minute;

    fn next(&mut self) -> Option<Minute> {
        let at = self.at;
        self.at += MINUTE;
        self.shown = self.shown.max(self.zone.to_datetime(at));
        let minute = u16::try_from(i32::from(self.shown.hour()) * 60 + i32::from(self.shown.minute())).expect("of one day");
        let worked = self.plain.hours(self.shown.date()).iter().any(|(from, until)| (*from..*until).contains(&minute));
        Some(Minute { at, shown: self.shown, worked })
    }
}
