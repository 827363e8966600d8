//! Chinese working days of four years, day by day, as the State Council published them.

use crate::plain::Plain;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use waybill::domain::calendar::Calendar;
use waybill::domain::catalog::{Catalog, has_errors};
use waybill::domain::text::files::Files;

/// From, until, off or work, name.
const PUBLISHED: &str = include_str!("state-council.txt");

/// Days that are not as the week says: true for those worked.
fn published() -> BTreeMap<Date, bool> {
    let mut days = BTreeMap::new();
    for line in PUBLISHED.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split(' ').collect();
        let [from, until, kind, _] = words.as_slice() else { panic!("four words: {line}") };
        let (mut day, until): (Date, Date) = (from.parse().expect("a date"), until.parse().expect("a date"));
        while day <= until {
            assert_eq!(days.insert(day, *kind == "work"), None, "{day} stands there twice");
            day = day.tomorrow().expect("in range");
        }
    }
    days
}

fn is_worked(days: &BTreeMap<Date, bool>, day: Date) -> bool {
    days.get(&day).copied().unwrap_or_else(|| day.weekday().to_monday_zero_offset() < 5)
}

fn at(day: Date, clock: &str) -> Timestamp {
    format!("{day}T{clock}:00+08:00").parse().expect("a timestamp")
}

/// Every day of a year: whether it is worked, and what one, three and ten working days and eight working hours after it are.
fn every_day(calendar: &Calendar, year: i16, days: &BTreeMap<Date, bool>, until: Date) {
    let mut day = date(year, 1, 1);
    let mut looked_at = 0;
    while day <= until {
        let worked = is_worked(days, day);
        assert_eq!(calendar.works(day), worked, "{day}");
        let mut first = day;
        while !is_worked(days, first) {
            first = first.tomorrow().expect("in range");
        }
        for count in [1, 3, 10] {
            let mut end = first;
            for _ in 0..count {
                end = end.tomorrow().expect("in range");
                while !is_worked(days, end) {
                    end = end.tomorrow().expect("in range");
                }
            }
            let clock = if worked { "10:00" } else { "09:00" };
            assert_eq!(calendar.add_working_days(at(day, "10:00"), count), Ok(at(end, clock)), "{day} plus {count}");
        }
        // From nine to twelve and from half past one to six: seven and a half hours.
        let mut next = first.tomorrow().expect("in range");
        while !is_worked(days, next) {
            next = next.tomorrow().expect("in range");
        }
        assert_eq!(calendar.add_working_hours(at(day, "09:00"), 8), Ok(at(next, "09:30")), "{day} plus eight hours");
        let hours = calendar.working_between(at(day, "00:00"), at(day.tomorrow().expect("in range"), "00:00"));
        assert_eq!(hours, SignedDuration::from_mins(if worked { 450 } else { 0 }), "the hours of {day}");
        (day, looked_at) = (day.tomorrow().expect("in range"), looked_at + 1);
    }
    assert!(looked_at > 330, "{year} has {looked_at} days");
}

#[test]
fn four_years_of_chinese_working_days() {
    let days = published();
    let office = vec![(540, 720), (810, 1080)];
    let mut week: [Vec<(u16, u16)>; 7] = std::array::from_fn(|_| office.clone());
    week[5].clear();
    week[6].clear();
    let calendar = Plain { zone: "Asia/Shanghai", week, makeup: office, special: days.clone() }.compiled();
    for year in 2023..=2026 {
        // What follows the last plan is not known: no count may lead there.
        let until = if year == 2026 { date(2026, 12, 10) } else { date(year, 12, 31) };
        every_day(&calendar, year, &days, until);
    }
}

#[test]
fn the_shipped_calendar_is_as_published() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Files::default();
    for name in ["calendars/cn.yaml", "calendars/cn-2026.csv", "calendars/cn-2027.csv"] {
        files.insert(name, std::fs::read_to_string(root.join(name)).expect("it is shipped"));
    }
    let (catalog, diagnostics) = Catalog::compile(files);
    assert!(!has_errors(&diagnostics), "{diagnostics:?}");
    let shipped = catalog.calendars.get("cn").expect("the calendar `cn`");
    let of_2026: BTreeMap<Date, bool> = published().into_iter().filter(|(day, _)| day.year() == 2026).collect();
    assert_eq!(shipped.days, of_2026);
    every_day(shipped, 2026, &of_2026, date(2026, 12, 10));
}
