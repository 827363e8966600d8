//! `as: {date: "yyyy-MM-dd HH:mm:ss", zone: Asia/Shanghai}`: dates and instants in a written pattern.
//!
//! Letters as in most vendors' documents: `yyyy yy MM dd HH mm ss SSS SSSSSS XXX`, other text between single quotes.

use super::{FormatError, zone, zoned};
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use std::sync::Arc;

pub(super) static VARIANT: Variant = Variant {
    key: Field::required("date", Shape::Text, "the pattern, such as `yyyy-MM-dd HH:mm:ss`"),
    fields: &[Field::optional("zone", Shape::Text, "the zone it is written in; UTC where it is left out")],
};

/// A date or instant in a written pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// In the letters of `strftime`.
    pattern: Arc<str>,
    has_time: bool,
    has_offset: bool,
    zone: TimeZone,
}

/// Pattern letters and their `strftime` form.
static LETTERS: &[(&str, &str)] = &[
    ("yyyy", "%Y"),
    ("yy", "%y"),
    ("MM", "%m"),
    ("dd", "%d"),
    ("HH", "%H"),
    ("mm", "%M"),
    ("ss", "%S"),
    ("SSSSSS", "%6f"),
    ("SSS", "%3f"),
    ("XXX", "%:z"),
];

impl Pattern {
    pub(super) fn compile(node: &Node, report: &mut Report, path: &str) -> Option<Pattern> {
        let zone = zone(node, report, path);
        let written = node.get("date")?;
        match translate(written.text()?) {
            Ok(pattern) => Some(Pattern::new(&pattern, zone?)),
            Err(letters) => {
                let diagnostic = report.error("bad_value", written.span, format!("`{letters}` is not part of a date pattern"));
                diagnostic.hint("known are yyyy yy MM dd HH mm ss SSS SSSSSS XXX; other text stands between single quotes");
                diagnostic.at(format!("{path}.date"));
                None
            }
        }
    }

    pub(super) fn new(pattern: &str, zone: TimeZone) -> Pattern {
        Pattern { pattern: Arc::from(pattern), has_time: pattern.contains("%H"), has_offset: pattern.contains("%:z"), zone }
    }

    pub(super) fn has_time(&self) -> bool {
        self.has_time
    }

    pub(super) fn write(&self, value: &Value) -> Result<Value, FormatError> {
        let wrong = || FormatError::kind("a date or an instant", value);
        let at = zoned(value, &self.zone).ok_or_else(wrong)?;
        strtime::format(self.pattern.as_bytes(), &at).map(Value::text).map_err(|_| FormatError::Range)
    }

    pub(super) fn read(&self, value: &Value) -> Result<Value, FormatError> {
        let text = value.as_text().ok_or_else(|| FormatError::kind("a date in text", value))?;
        let wrong = || FormatError::Kind { wanted: "a date in the declared pattern", found: "another text" };
        let broken = strtime::parse(self.pattern.as_bytes(), text).map_err(|_| wrong())?;
        if !self.has_time {
            return broken.to_date().map(Value::Date).map_err(|_| wrong());
        }
        if self.has_offset {
            return broken.to_timestamp().map(Value::Instant).map_err(|_| wrong());
        }
        let zoned = broken.to_datetime().and_then(|at| at.to_zoned(self.zone.clone())).map_err(|_| wrong())?;
        Ok(Value::Instant(zoned.timestamp()))
    }
}

/// From pattern letters to `strftime`; the error is what is not known.
pub fn translate(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() * 2);
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        if let Some(quoted) = rest.strip_prefix('\'') {
            let Some((text, after)) = quoted.split_once('\'') else { return Err("'".to_owned()) };
            out.push_str(&text.replace('%', "%%"));
            rest = after;
            continue;
        }
        let run = rest.len() - rest.trim_start_matches(first).len();
        let (letters, after) = rest.split_at(run);
        match LETTERS.iter().find(|(known, _)| *known == letters) {
            Some((_, written)) => out.push_str(written),
            None if first.is_ascii_alphabetic() => return Err(letters.to_owned()),
            None => out.push_str(&letters.replace('%', "%%")),
        }
        rest = after;
    }
    Ok(out)
}
