//! Values on their way into and out of a database: what a job's arguments are, and days and times as text.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use serde_json::Value as Json;

/// An argument of a statement.
pub(super) enum Argument {
    Null,
    Bool(bool),
    Int(i64),
    /// A text, or a number that is no 64-bit integer, exactly as it is written.
    Text(String),
    Instant(Timestamp),
}

impl Argument {
    /// Reads what the job holds; none for lists and mappings, which a job of ours never holds.
    pub(super) fn read(json: &Json) -> Option<Argument> {
        Some(match json {
            Json::Null => Argument::Null,
            Json::Bool(flag) => Argument::Bool(*flag),
            Json::Number(number) => number.as_i64().map_or_else(|| Argument::Text(number.to_string()), Argument::Int),
            Json::String(text) => Argument::Text(text.clone()),
            Json::Object(members) => Argument::Instant(members.get("instant")?.as_str()?.parse().ok()?),
            Json::Array(_) => return None,
        })
    }
}

/// 2000-01-01, from which PostgreSQL counts.
const EPOCH: DateTime = jiff::civil::datetime(2000, 1, 1, 0, 0, 0, 0);

/// The day so many days after 2000-01-01; none for infinities and what no calendar holds.
pub(super) fn day(days: i32) -> Option<String> {
    // An infinite date is a number of days that no span holds.
    let days = Span::new().try_days(days).ok()?;
    EPOCH.date().checked_add(days).ok().map(|date| date.to_string())
}

/// Days from 2000-01-01.
pub(super) fn days(text: &str) -> Option<i32> {
    let date: Date = text.parse().ok()?;
    EPOCH.date().until(date).ok()?.get_days().into()
}

/// The time so many microseconds after 2000-01-01; `zoned` says that it is one everywhere.
pub(super) fn moment(micros: i64, zoned: bool) -> Option<String> {
    let at = EPOCH.checked_add(SignedDuration::from_micros(micros)).ok()?;
    if !zoned {
        return Some(at.to_string());
    }
    at.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp().to_string())
}

/// Microseconds from 2000-01-01 of a time without a zone, or of an instant as UTC shows it.
pub(super) fn micros(argument: &Argument) -> Option<i64> {
    let at = match argument {
        Argument::Instant(at) => at.to_zoned(TimeZone::UTC).datetime(),
        Argument::Text(text) => match text.parse::<Timestamp>() {
            Ok(at) => at.to_zoned(TimeZone::UTC).datetime(),
            Err(_) => text.parse::<DateTime>().ok()?,
        },
        _ => return None,
    };
    i64::try_from(EPOCH.duration_until(at).as_micros()).ok()
}

/// An instant as MySQL reads it in a session whose time zone is UTC.
pub(super) fn mysql_time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S%.6f").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_count_from_2000() {
        for (text, count) in [("2000-01-01", 0), ("2026-11-29", 9829), ("1999-12-31", -1), ("0001-01-01", -730_119)] {
            assert_eq!((days(text), day(count).as_deref()), (Some(count), Some(text)));
        }
        assert_eq!(day(i32::MAX), None);
        assert_eq!(moment(0, true).as_deref(), Some("2000-01-01T00:00:00Z"));
        assert_eq!(moment(-1, true).as_deref(), Some("1999-12-31T23:59:59.999999Z"));
        assert_eq!(moment(1_500_000, false).as_deref(), Some("2000-01-01T00:00:01.5"));
        assert_eq!(moment(i64::MAX, true), None);
        for text in ["2026-11-29T06:00:00.123456Z", "2026-11-29T14:00:00.123456+08:00", "2026-11-29T06:00:00.123456"] {
            let count = micros(&Argument::Text(text.to_owned())).unwrap();
            assert_eq!(moment(count, true).as_deref(), Some("2026-11-29T06:00:00.123456Z"), "{text}");
        }
        assert_eq!(micros(&Argument::Text("yesterday".to_owned())), None);
        assert_eq!(mysql_time("2026-11-29T06:00:00.5Z".parse().unwrap()), "2026-11-29 06:00:00.500000");
    }
}
