//! A callback as it came, and what every kind asks of it.

use super::verdict::Refused;
use crate::domain::value::Value;
use jiff::Timestamp;

/// A callback as it came.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// Headers in order, as they came.
    pub headers: &'a [(String, String)],
    /// Query parameters in order, decoded.
    pub query: &'a [(String, String)],
    /// The raw body.
    pub body: &'a [u8],
    /// Our clock.
    pub now: Timestamp,
    /// Whether it came as GET: a partner's check of the address.
    pub challenge: bool,
    /// Random bytes for acknowledgements that are encrypted, drawn by whoever calls.
    pub random: [u8; 24],
}

impl Received<'_> {
    /// The only header of a name; two of one name are refused, because it would be ours to choose which one counts.
    pub(super) fn header(&self, name: &str) -> Result<Option<&str>, Refused> {
        let mut found = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let first = found.next().map(|(_, value)| value.trim());
        match found.next() {
            Some(_) => Err(Refused::DuplicateHeader),
            None => Ok(first),
        }
    }

    /// The only query parameter of a name; two of one name are refused, as two headers are.
    pub(super) fn query(&self, name: &str) -> Result<Option<&str>, Refused> {
        let mut found = self.query.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let first = found.next();
        match found.next() {
            Some(_) => Err(Refused::DuplicateHeader),
            None => Ok(first),
        }
    }

    /// The body as JSON in which no key comes twice.
    pub(super) fn json(&self) -> Result<Value, Refused> {
        let text = std::str::from_utf8(self.body).map_err(|_| Refused::BadBody)?;
        Value::from_strict_json(text).map_err(|_| Refused::BadBody)
    }

    /// Whether a sender's unix seconds are near our clock.
    pub(super) fn check_time(&self, seconds: i64, tolerance_seconds: i64) -> Result<(), Refused> {
        match seconds.abs_diff(self.now.as_second()) <= tolerance_seconds.unsigned_abs() {
            true => Ok(()),
            false => Err(Refused::OutOfTolerance),
        }
    }
}
