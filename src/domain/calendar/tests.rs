use super::*;
use crate::domain::diagnostic::Report;
use crate::domain::text::files::Files;
use crate::domain::text::shape::check;
use crate::domain::text::tree::parse;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

const CN: &str = "format: 1
calendar: cn
zone: Asia/Shanghai
week: {mon-fri: [\"09:00-12:00\", \"13:30-18:00\"]}
days: days.csv
";
/// The first week of October 2026 is off, Saturday the 10th is worked for it.
const DAYS: &str = "date,kind,name
2026-10-01,off,National Day
2026-10-02,off,National Day
2026-10-05,off,National Day
2026-10-06,off,National Day
2026-10-07,off,National Day
2026-10-10,work,National Day
";

fn compile(text: &str, days: &str) -> (Option<Calendar>, Vec<String>) {
    let files: Files = [("days.csv", days)].into_iter().collect();
    let mut report = Report::new("cn.yaml");
    let node = parse(text, &mut report).unwrap();
    check(&node, &SHAPE, &mut report);
    let calendar = Calendar::read(&node, &files, &mut report);
    let line = |item: crate::domain::diagnostic::Diagnostic| format!("{} {}:{}:{}", item.code, item.file, item.span.line, item.span.column);
    (calendar, report.into_items().into_iter().map(line).collect())
}

fn sound(text: &str) -> Calendar {
    let (calendar, problems) = compile(text, DAYS);
    assert_eq!(problems, Vec::<String>::new());
    calendar.unwrap()
}

fn at(local: &str) -> Timestamp {
    format!("{local}+08:00").parse().unwrap()
}

#[test]
fn working_days() {
    let cn = sound(CN);
    for (from, days, wanted, why) in [
        ("2026-09-28T15:00", 1, "2026-09-29T15:00", "an ordinary day"),
        ("2026-09-30T15:00", 1, "2026-10-08T15:00", "over the holiday"),
        ("2026-09-30T15:00", 3, "2026-10-10T15:00", "a Saturday that is worked"),
        ("2026-09-30T15:00", 4, "2026-10-12T15:00", "and the Sunday after it is not"),
        ("2026-09-26T12:00", 1, "2026-09-29T09:00", "from a Saturday: counted from Monday's opening"),
        ("2026-09-25T20:00", 1, "2026-09-29T09:00", "after closing"),
        ("2026-09-28T12:30", 1, "2026-09-29T13:30", "in the lunch break"),
        ("2026-09-28T07:00", 0, "2026-09-28T09:00", "nothing added: the next working moment"),
        ("2026-09-28T10:00", 0, "2026-09-28T10:00", "nothing added, at work"),
    ] {
        assert_eq!(cn.add_working_days(at(from), days), Ok(at(wanted)), "{why}");
    }
}

#[test]
fn working_hours() {
    let cn = sound(CN);
    for (from, hours, wanted, why) in [
        ("2026-09-28T09:00", 1, "2026-09-28T10:00", "in the morning"),
        ("2026-09-28T11:00", 2, "2026-09-28T14:30", "over lunch"),
        ("2026-09-28T09:00", 3, "2026-09-28T12:00", "to the edge"),
        ("2026-09-28T17:00", 2, "2026-09-29T10:00", "over night"),
        ("2026-09-30T17:00", 2, "2026-10-08T10:00", "over the holiday"),
        ("2026-09-26T03:00", 8, "2026-09-29T09:30", "seven and a half hours a day"),
        ("2026-10-10T17:00", 2, "2026-10-12T10:00", "from a worked Saturday"),
    ] {
        assert_eq!(cn.add_working_hours(at(from), hours), Ok(at(wanted)), "{why}");
    }
}

#[test]
fn a_half_day_draws_the_time_into_its_hours() {
    let half = sound(&CN.replace("13:30-18:00\"]", "13:30-18:00\"], sat: [\"09:00-12:00\"]"));
    assert_eq!(half.add_working_days(at("2026-09-25T15:00"), 1), Ok(at("2026-09-26T12:00")));
    let makeup = sound(&format!("{CN}work_day: [\"10:00-11:00\"]\n"));
    assert_eq!(makeup.add_working_hours(at("2026-10-09T17:30"), 1), Ok(at("2026-10-10T10:30")));
}

#[test]
fn hours_are_real_hours_when_the_clocks_change() {
    let text =
        CN.replace("Asia/Shanghai", "Europe/Berlin").replace("mon-fri: [\"09:00-12:00\", \"13:30-18:00\"]", "mon-sun: [\"00:00-24:00\"]");
    let berlin = sound(&text);
    let from: Timestamp = "2026-03-29T00:30:00+01:00".parse().unwrap();
    assert_eq!(berlin.add_working_hours(from, 24), Ok(from.checked_add(SignedDuration::from_hours(24)).unwrap()));
    let days = berlin.add_working_days(from, 1).unwrap();
    assert_eq!(days, "2026-03-30T00:30:00+02:00".parse().unwrap(), "the same time of day is 23 hours later");
}

#[test]
fn a_calendar_that_never_opens_ends_in_an_error() {
    let rows: String =
        (0..500).map(|day| format!("{},off,\n", jiff::civil::date(2026, 1, 1).saturating_add(jiff::Span::new().days(day)))).collect();
    let (calendar, _) = compile(CN, &format!("date,kind,name\n{rows}"));
    let calendar = calendar.unwrap();
    assert_eq!(calendar.add_working_days(at("2026-01-01T00:00"), 1), Err(NoWorkingTime));
    assert_eq!(calendar.add_working_hours(at("2026-01-01T00:00"), 1), Err(NoWorkingTime));
}

#[test]
fn what_is_wrong_is_named_and_placed() {
    let cases = [
        (CN.replace("Asia/Shanghai", "Asia/Shanghi"), DAYS, "bad_calendar cn.yaml:3:7"),
        (CN.replace("mon-fri", "fri-mon"), DAYS, "bad_calendar cn.yaml:4:8"),
        (CN.replace("mon-fri", "mon-fri, fri"), DAYS, "bad_calendar cn.yaml:4:8"),
        (CN.replace("09:00-12:00", "9-12"), DAYS, "bad_calendar cn.yaml:4:18"),
        (CN.replace("09:00-12:00", "12:00-09:00"), DAYS, "bad_calendar cn.yaml:4:18"),
        (CN.replace("13:30", "11:30"), DAYS, "bad_calendar cn.yaml:4:33"),
        (CN.replace("[\"09:00-12:00\", \"13:30-18:00\"]", "[]"), DAYS, "bad_calendar cn.yaml:4:7"),
        (CN.replace("days.csv", "day.csv"), DAYS, "unknown_file cn.yaml:5:7"),
        (CN.to_owned(), "", "bad_table days.csv:1:1"),
        (CN.to_owned(), "date,kind\n2026-13-01,off\n", "bad_table days.csv:2:1"),
        (CN.to_owned(), "date,kind\n2026-10-01,off\n2026-10-02,of\n", "bad_table days.csv:3:1"),
        (CN.to_owned(), "date,kind\n2026-10-01,off\n2026-10-01,work\n", "bad_table days.csv:3:1"),
    ];
    for (text, days, wanted) in cases {
        let text = text.replace("mon-fri, fri", "\"mon-fri,fri\"");
        assert_eq!(compile(&text, days).1, [wanted], "{text}{days}");
    }
}

/// Counts minute by minute: slow and plainly right.
fn oracle(calendar: &Calendar, from: Timestamp, hours: u32) -> Timestamp {
    let minute = SignedDuration::from_mins(1);
    let works = |at: Timestamp| {
        let local = calendar.zone.to_datetime(at);
        let clock = i32::from(local.hour()) * 60 + i32::from(local.minute());
        let weekday = local.date().weekday().to_monday_zero_offset() < 5;
        let special = DAYS.lines().find(|line| line.starts_with(&local.date().to_string())).map(|line| line.contains(",work,"));
        special.unwrap_or(weekday) && ((540..720).contains(&clock) || (810..1080).contains(&clock))
    };
    let (mut at, mut left) = (from, hours * 60);
    while left > 0 {
        if works(at) {
            left -= 1;
        }
        at = at.checked_add(minute).unwrap();
    }
    at
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn working_hours_agree_with_counting_minutes(start in 0_i64..30_000, hours in 1_u32..60) {
        let cn = sound(CN);
        let from = at("2026-09-21T00:00").checked_add(SignedDuration::from_mins(start)).unwrap();
        prop_assert_eq!(cn.add_working_hours(from, hours).unwrap(), oracle(&cn, from, hours));
    }

    #[test]
    fn later_starts_never_end_earlier(start in 0_i64..30_000, later in 0_i64..5_000, count in 0_u32..12) {
        let cn = sound(CN);
        let plus = |minutes| at("2026-09-21T00:00").checked_add(SignedDuration::from_mins(minutes)).unwrap();
        let (one, two) = (plus(start), plus(start + later));
        prop_assert!(cn.add_working_days(one, count).unwrap() <= cn.add_working_days(two, count).unwrap());
        prop_assert!(cn.add_working_hours(one, count).unwrap() <= cn.add_working_hours(two, count).unwrap());
        prop_assert!(cn.add_working_days(one, count).unwrap() >= one);
    }
}

/// The shipped calendar, whose days are those the State Council published.
const SHIPPED_DAYS: &str = include_str!("../../../calendars/cn-2026.csv");

/// Whether a day is worked, straight from the published rows: no calendar of ours is asked.
fn published(day: jiff::civil::Date) -> bool {
    let row = SHIPPED_DAYS.lines().find(|line| line.starts_with(&day.to_string()));
    row.map_or(day.weekday().to_monday_zero_offset() < 5, |row| row.split(',').nth(1) == Some("work"))
}

#[test]
fn every_day_of_the_shipped_year_counts_as_published() {
    let (calendar, problems) = compile(CN, SHIPPED_DAYS);
    assert_eq!(problems, Vec::<String>::new());
    let cn = calendar.unwrap();
    assert_eq!(cn.known_until, Some(jiff::civil::date(2026, 12, 31)));
    let mut day = jiff::civil::date(2026, 1, 1);
    while day < jiff::civil::date(2026, 12, 1) {
        assert_eq!(cn.works(day), published(day), "{day}");
        for count in [1, 3, 10] {
            // At ten on a working day; on any other day counting begins at the next opening.
            let from = at(&format!("{day}T10:00"));
            let (mut end, mut left) = (day, count);
            while !published(end) {
                end = end.tomorrow().unwrap();
            }
            while left > 0 {
                end = end.tomorrow().unwrap();
                left -= u32::from(published(end));
            }
            let time = if published(day) { "10:00" } else { "09:00" };
            assert_eq!(cn.add_working_days(from, count), Ok(at(&format!("{end}T{time}"))), "{day} plus {count}");
        }
        day = day.tomorrow().unwrap();
    }
}

#[test]
fn working_time_between_two_moments_leaves_out_nights_lunch_and_holidays() {
    let calendar = sound(CN);
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let minutes = |from: &str, until: &str| calendar.working_between(at(from), at(until)).as_mins();
    // Within a morning, over lunch, over a night.
    assert_eq!(minutes("2026-09-28T09:30:00+08:00", "2026-09-28T11:00:00+08:00"), 90);
    assert_eq!(minutes("2026-09-28T11:30:00+08:00", "2026-09-28T14:00:00+08:00"), 60);
    assert_eq!(minutes("2026-09-28T17:00:00+08:00", "2026-09-29T10:00:00+08:00"), 120);
    // Over the holidays: Wednesday evening to Thursday of the week after, and the Saturday that is worked for them.
    assert_eq!(minutes("2026-09-30T18:00:00+08:00", "2026-10-08T09:00:00+08:00"), 0);
    assert_eq!(minutes("2026-10-09T18:00:00+08:00", "2026-10-11T18:00:00+08:00"), 450);
    // Backwards is nothing.
    assert_eq!(minutes("2026-09-28T12:00:00+08:00", "2026-09-28T09:00:00+08:00"), 0);
}

proptest! {
    #[test]
    fn what_was_added_as_working_hours_is_what_lies_between(start in 0_i64..30_000_000, hours in 0_u32..200) {
        let calendar = sound(CN);
        let from = calendar.next_working(Timestamp::from_second(1_790_000_000 + start).unwrap()).unwrap();
        let until = calendar.add_working_hours(from, hours).unwrap();
        prop_assert_eq!(calendar.working_between(from, until), SignedDuration::from_hours(i64::from(hours)));
    }
}
