//! The file `calendars/<id>.yaml`.

use super::days::{Days, read_days};
use crate::domain::diagnostic::{Report, Span};
use crate::domain::text::files::Files;
use crate::domain::text::shape::{FORMAT, Field, ObjectShape, Shape, TITLE};
use crate::domain::text::title::Title;
use crate::domain::text::tree::{Node, NodeKind};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The shape of a calendar.
pub static SHAPE: Shape = Shape::Object(&ObjectShape {
    name: "calendar",
    doc: "A working calendar: zone, hours of the week, holidays and make-up working days.",
    fields: &[
        FORMAT,
        Field::required("calendar", Shape::Id, "the id of the calendar"),
        TITLE,
        Field::required("zone", Shape::Text, "IANA time zone such as `Asia/Shanghai`"),
        Field::required("week", Shape::Map(&Shape::List(&Shape::Text)), "hours by weekday: `mon`, `mon-fri` or `sat,sun` to `HH:MM-HH:MM`"),
        Field::optional("work_day", Shape::List(&Shape::Text), "hours of make-up working days; the first working weekday's when left out"),
        Field::optional("days", Shape::OneOrMany(&Shape::Text), "paths of CSV tables `date,kind,name`; kind is `off` or `work`"),
    ],
});

/// Hours of one day: from, until; in order, not overlapping. An `until` of none is midnight at the end of the day.
pub type Hours = Arc<[(Time, Option<Time>)]>;

/// A working calendar.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Its id.
    pub id: Arc<str>,
    /// What people see.
    pub title: Title,
    /// Its time zone.
    pub zone: TimeZone,
    /// Hours from Monday to Sunday.
    pub week: [Hours; 7],
    /// Hours of a make-up working day.
    pub work_day: Hours,
    /// Days that are not as the week says: true for working days.
    pub days: BTreeMap<Date, bool>,
    /// What these days are called, where a table says it.
    pub names: BTreeMap<Date, Arc<str>>,
    /// Paths of the tables the days come from.
    pub tables: Vec<Arc<str>>,
    /// The last day whose holidays are known: the end of the last year that a table has a day of; none where the week is all there is.
    pub known_until: Option<Date>,
    /// Where the tables are named.
    pub days_span: Span,
}

impl Calendar {
    /// Reads a tree that was checked against `SHAPE`.
    pub fn read(node: &Node, files: &Files, report: &mut Report) -> Option<Calendar> {
        let before = report.has_errors();
        let zone_node = node.get("zone")?;
        let zone = zone_node.text().and_then(|name| TimeZone::get(name).ok());
        if zone.is_none() {
            bad(report, zone_node.span, "zone", "this is not a time zone of the IANA database");
        }
        let week = read_week(node.get("week")?, report);
        let first = week.iter().find(|hours| !hours.is_empty()).cloned().unwrap_or_default();
        let work_day = node.get("work_day").map_or(first, |list| read_hours(list, "work_day", report));
        let (mut days, mut tables) = (Days::default(), Vec::new());
        for path in one_or_many(node.get("days")) {
            if let Some((path, text)) = files.referred(path, report) {
                read_days(&path, &text, &mut days, report);
                tables.push(path);
            }
        }
        let idle = week.iter().all(|hours| hours.is_empty());
        if idle && !report.has_errors() {
            bad(report, node.get("week")?.span, "week", "the week has no working time");
        }
        if report.has_errors() && !before {
            return None;
        }
        let title = Title::read(node.get("title"));
        let days_span = node.get("days").map_or(node.span, |days| days.span);
        let Days { works: days, names } = days;
        let known_until = days.keys().next_back().map(|last| jiff::civil::date(last.year(), 12, 31));
        Some(Calendar {
            known_until,
            days_span,
            id: node.get("calendar")?.text()?.into(),
            title,
            zone: zone?,
            week,
            work_day,
            days,
            names,
            tables,
        })
    }
}

fn one_or_many(node: Option<&Node>) -> &[Node] {
    match node {
        Some(Node { kind: NodeKind::List(items), .. }) => items,
        Some(node) => std::slice::from_ref(node),
        None => &[],
    }
}

fn bad(report: &mut Report, span: Span, path: &str, message: impl Into<String>) {
    report.error("bad_calendar", span, message).at(path);
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn read_week(node: &Node, report: &mut Report) -> [Hours; 7] {
    let mut week: [Option<Hours>; 7] = Default::default();
    for (key, value) in node.entries() {
        let path = format!("week.{}", key.text);
        let hours = read_hours(value, &path, report);
        let Some(days) = weekdays(&key.text) else {
            report
                .error("bad_calendar", key.span, format!("`{}` names no days of the week", key.text))
                .hint("write `mon`, `mon-fri` or `sat,sun`")
                .at(path);
            continue;
        };
        for day in days {
            if week[day].replace(hours.clone()).is_some() {
                bad(report, key.span, &path, format!("`{}` has hours twice", WEEKDAYS[day]));
            }
        }
    }
    week.map(Option::unwrap_or_default)
}

fn weekdays(text: &str) -> Option<Vec<usize>> {
    let day = |word: &str| WEEKDAYS.iter().position(|known| *known == word);
    let mut days = Vec::new();
    for part in text.split(',').map(str::trim) {
        match part.split_once('-') {
            Some((first, last)) => {
                let (first, last) = (day(first)?, day(last)?);
                if first > last {
                    return None;
                }
                days.extend(first..=last);
            }
            None => days.push(day(part)?),
        }
    }
    Some(days)
}

fn read_hours(list: &Node, path: &str, report: &mut Report) -> Hours {
    let mut hours: Vec<(Time, Option<Time>)> = Vec::new();
    for item in list.items() {
        let Some(interval) = item.text().and_then(interval) else {
            let message = "hours are written as `09:00-12:00`, the end later than the start";
            report
                .error("bad_calendar", item.span, message)
                .hint("a night shift is two intervals: `22:00-24:00` and `00:00-06:00`")
                .at(path);
            continue;
        };
        if hours.last().is_some_and(|(_, until)| until.is_none_or(|until| until > interval.0)) {
            bad(report, item.span, path, "hours of one day stand in order and do not overlap");
        }
        hours.push(interval);
    }
    hours.into()
}

fn interval(text: &str) -> Option<(Time, Option<Time>)> {
    let (from, until) = text.split_once('-')?;
    let from = time(from)?;
    if until == "24:00" {
        return Some((from, None));
    }
    let until = time(until)?;
    (from < until).then_some((from, Some(until)))
}

fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}
