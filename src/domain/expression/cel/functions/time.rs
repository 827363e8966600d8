//! Instants, dates and durations. No clock: they come from values or literals.

use super::super::super::EvaluateError;
use super::{Function, Gives, Kind, text, unreadable, wrong};
use crate::domain::format::translate;
use crate::domain::text::units;
use crate::domain::value::{Value, zone};
use jiff::fmt::strtime;
use jiff::{SignedDuration, Timestamp};

pub(super) static FUNCTIONS: &[Function] = &[
    Function::global("instant", &[Kind::Scalar], Gives::Instant, |name, values, _| match values[0].as_ref() {
        Value::Instant(at) => Ok(Value::Instant(*at)),
        Value::Text(text) => text.parse().map(Value::Instant).map_err(|_| unreadable(name)),
        other => Err(wrong(name, other)),
    }),
    // Vendors send epoch numbers, as numbers or as text.
    Function::global("instant", &[Kind::Scalar, Kind::Text], Gives::Instant, |name, values, _| {
        let number = match values[0].as_ref() {
            Value::Int(number) => *number,
            Value::Text(text) => text.trim().parse().map_err(|_| unreadable(name))?,
            other => return Err(wrong(name, other)),
        };
        let at = if text(name, values, 1)? == "ms" { Timestamp::from_millisecond(number) } else { Timestamp::from_second(number) };
        at.map(Value::Instant).map_err(|_| EvaluateError::Arithmetic(name.to_owned()))
    })
    .literal(1, |unit| matches!(unit.as_text(), Some("s" | "ms")), "`'s'` or `'ms'`"),
    Function::global("date", &[Kind::Scalar], Gives::Date, |name, values, _| match values[0].as_ref() {
        Value::Date(day) => Ok(Value::Date(*day)),
        Value::Text(text) => text.parse().map(Value::Date).map_err(|_| unreadable(name)),
        other => Err(wrong(name, other)),
    }),
    Function::global("date", &[Kind::Instant, Kind::Text], Gives::Date, |name, values, _| match values[0].as_ref() {
        Value::Instant(at) => {
            let zone = zone(text(name, values, 1)?).ok_or_else(|| unreadable(name))?;
            Ok(Value::Date(at.to_zoned(zone).date()))
        }
        other => Err(wrong(name, other)),
    })
    .literal(1, |name| name.as_text().and_then(zone).is_some(), "a time zone such as `'Asia/Shanghai'`"),
    // Filters of partners are texts with instants inside: `"modified >= '" + format(input.since, 'yyyy-MM-dd HH:mm:ss', 'UTC') + "'"`.
    Function::global("format", &[Kind::Instant, Kind::Text, Kind::Text], Gives::Text, |name, values, _| match values[0].as_ref() {
        Value::Instant(at) => {
            let zone = zone(text(name, values, 2)?).ok_or_else(|| unreadable(name))?;
            let pattern = translate(text(name, values, 1)?).map_err(|_| unreadable(name))?;
            let written = strtime::format(pattern.as_bytes(), &at.to_zoned(zone));
            written.map(Value::text).map_err(|_| EvaluateError::Arithmetic(name.to_owned()))
        }
        other => Err(wrong(name, other)),
    })
    .literal(
        1,
        |pattern| pattern.as_text().is_some_and(|pattern| translate(pattern).is_ok()),
        "a pattern such as `'yyyy-MM-dd HH:mm:ss'`",
    ),
    Function::global("duration", &[Kind::Scalar], Gives::Duration, |name, values, _| match values[0].as_ref() {
        Value::Duration(span) => Ok(Value::Duration(*span)),
        Value::Text(text) => match units::duration(text) {
            Some(units::Span::Plain(millis)) => Ok(Value::Duration(SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX)))),
            // Working time needs a calendar, which expressions do not have.
            Some(_) => Err(unreadable(name)),
            None => text.parse().map(Value::Duration).map_err(|_| unreadable(name)),
        },
        other => Err(wrong(name, other)),
    }),
];
