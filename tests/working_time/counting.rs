//! Random calendars in zones whose clocks change: half days, breaks, nights, holidays, make-up days.

use crate::plain::{Hours, Plain};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;

/// Zones, each with a day within three weeks of which its clocks change, if they do.
const PLACES: &[(&str, (i16, i8, i8), &str)] = &[
    ("Asia/Shanghai", (2026, 9, 15), "no change"),
    ("Asia/Kathmandu", (2026, 1, 1), "a quarter of an hour off"),
    ("Europe/Berlin", (2026, 3, 20), "put on at two"),
    ("Europe/Berlin", (2026, 10, 16), "put back at three"),
    ("America/New_York", (2026, 3, 1), "put on"),
    ("America/New_York", (2026, 10, 24), "put back"),
    ("Australia/Lord_Howe", (2026, 9, 25), "put on by half an hour"),
    ("Australia/Lord_Howe", (2026, 3, 27), "put back by half an hour"),
    ("Africa/Cairo", (2026, 4, 17), "put on at midnight"),
    ("Asia/Beirut", (2026, 10, 17), "put back at midnight"),
    ("America/Santiago", (2026, 8, 29), "put on at midnight"),
    ("America/Nuuk", (2026, 3, 20), "put on an hour before midnight"),
    ("America/St_Johns", (2010, 10, 30), "put back over midnight"),
    ("Pacific/Apia", (2011, 12, 20), "a whole day left out"),
    ("Africa/Casablanca", (2026, 2, 7), "put back and on again around Ramadan"),
];

/// Up to three spans of a day, in steps of five minutes.
fn hours() -> impl Strategy<Value = Hours> {
    let usual = prop_oneof![
        Just(vec![(540, 720), (810, 1080)]),
        Just(vec![(540, 1020)]),
        Just(vec![(540, 720)]),
        Just(vec![(0, 1440)]),
        Just(vec![(0, 360), (1320, 1440)]),
        // Around the hours at which clocks change.
        Just(vec![(75, 150), (165, 195), (240, 300)]),
    ];
    let any = proptest::collection::btree_set(0_u16..=288, 2..7).prop_map(|cuts| {
        let cuts: Vec<u16> = cuts.into_iter().map(|cut| cut * 5).collect();
        cuts.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect::<Hours>()
    });
    prop_oneof![2 => usual, 2 => any]
}

fn plain() -> impl Strategy<Value = (Plain, Date)> {
    let week = proptest::array::uniform7(prop_oneof![1 => Just(Hours::new()), 3 => hours()]);
    let special = proptest::collection::btree_map(0_i32..60, any::<bool>(), 0..20);
    (0..PLACES.len(), week, hours(), special).prop_map(|(place, mut week, makeup, special)| {
        let (zone, (year, month, day), _) = PLACES[place];
        let first = date(year, month, day);
        if week.iter().all(Vec::is_empty) {
            week[0] = vec![(540, 1020)];
        }
        let special = special.into_iter().map(|(after, works)| (first + after.days(), works)).collect();
        (Plain { zone, week, makeup, special }, first)
    })
}

fn moment(plain: &Plain, first: Date, seconds: i64) -> Timestamp {
    let zone = TimeZone::get(plain.zone).expect("a zone");
    let midnight = zone.to_ambiguous_timestamp(first.at(0, 0, 0, 0)).compatible().expect("in range");
    midnight + SignedDuration::from_secs(seconds)
}

/// Seconds of three weeks, often on the minute.
fn seconds() -> impl Strategy<Value = i64> {
    prop_oneof![(0_i64..30_240).prop_map(|minutes| minutes * 60), 0_i64..1_814_400]
}

/// What a week has of working time.
fn of_a_week(plain: &Plain) -> i64 {
    plain.week.iter().flatten().map(|(from, until)| i64::from(until - from)).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]
    #[test]
    fn working_time_is_what_counting_minutes_gives((plain, first) in plain(), start in seconds(), part in 0_i64..2_000) {
        let (calendar, from) = (plain.compiled(), moment(&plain, first, start));
        // Up to two weeks of work, to the second.
        let time = SignedDuration::from_secs(of_a_week(&plain) * 60 * part / 1_000);
        let until = plain.plus(from, time);
        prop_assert_eq!(calendar.add_working_time(from, time), Ok(until));
        prop_assert_eq!(calendar.working_between(from, until), time);
        let hours = u32::try_from(of_a_week(&plain) / 60 * part / 1_000).expect("few");
        prop_assert_eq!(calendar.add_working_hours(from, hours), Ok(plain.plus(from, SignedDuration::from_hours(hours.into()))));
    }

    #[test]
    fn what_lies_between_is_what_counting_minutes_gives((plain, first) in plain(), one in seconds(), other in seconds()) {
        let (from, until) = (moment(&plain, first, one), moment(&plain, first, other));
        prop_assert_eq!(plain.compiled().working_between(from, until), plain.between(from, until));
    }

    #[test]
    fn working_days_are_what_counting_days_gives((plain, first) in plain(), start in seconds(), days in 0_u32..12) {
        let from = moment(&plain, first, start);
        prop_assert_eq!(plain.compiled().add_working_days(from, days), Ok(plain.plus_days(from, days)));
    }
}

/// The week of one span of hours a day.
fn daily(zone: &'static str, hours: Hours) -> Plain {
    Plain { zone, week: std::array::from_fn(|_| hours.clone()), makeup: hours, special: std::collections::BTreeMap::new() }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

#[test]
fn hours_that_the_clocks_leave_out_are_no_working_time() {
    // From two to three is not there on the 29th of March.
    let berlin = daily("Europe/Berlin", vec![(135, 165), (180, 210)]).compiled();
    let day = (at("2026-03-29T00:00:00+01:00"), at("2026-03-30T00:00:00+02:00"));
    assert_eq!(berlin.working_between(day.0, day.1), SignedDuration::from_mins(30));
    assert_eq!(berlin.next_working(day.0), Ok(at("2026-03-29T03:00:00+02:00")));
}

#[test]
fn a_day_whose_only_hours_are_left_out_is_passed_over() {
    let berlin = daily("Europe/Berlin", vec![(120, 180)]).compiled();
    assert_eq!(berlin.add_working_days(at("2026-03-28T02:30:00+01:00"), 1), Ok(at("2026-03-30T02:30:00+02:00")));
    let apia = daily("Pacific/Apia", vec![(540, 1020)]).compiled();
    assert_eq!(apia.add_working_days(at("2011-12-29T10:00:00-10:00"), 1), Ok(at("2011-12-31T10:00:00+14:00")));
    assert_eq!(apia.add_working_hours(at("2011-12-29T16:00:00-10:00"), 2), Ok(at("2011-12-31T10:00:00+14:00")));
}

#[test]
fn clocks_put_back_over_midnight_do_not_hold_the_count_up() {
    // At a minute past midnight the clocks of 2010 went back to a minute past eleven of the day before.
    let johns = daily("America/St_Johns", vec![(0, 1440)]).compiled();
    let from = at("2010-11-07T00:00:30-02:30");
    assert_eq!(johns.add_working_hours(from, 10), Ok(from + SignedDuration::from_hours(10)));
}
