//! Instants as microseconds since 1970 UTC, read and written as RFC 3339.

/// An instant in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(pub i64);

const DAY_SECONDS: i64 = 86_400;

impl Micros {
    /// Always six digits of fraction and `Z`, so that text order is time order.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let seconds = self.0.div_euclid(1_000_000);
        let fraction = self.0.rem_euclid(1_000_000);
        let (year, month, day) = civil_from_days(seconds.div_euclid(DAY_SECONDS));
        let rest = seconds.rem_euclid(DAY_SECONDS);
        format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{fraction:06}Z", rest / 3600, rest / 60 % 60, rest % 60)
    }

    /// As the header `Date` has it (RFC 9110, section 5.6.7).
    #[must_use]
    pub fn to_http_date(self) -> String {
        const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let seconds = self.0.div_euclid(1_000_000);
        let days = seconds.div_euclid(DAY_SECONDS);
        let (year, month, day) = civil_from_days(days);
        let rest = seconds.rem_euclid(DAY_SECONDS);
        let name = |names: &[&'static str], index: i64| {
            usize::try_from(index).ok().and_then(|index| names.get(index).copied()).unwrap_or_default()
        };
        let (weekday, month) = (name(&DAYS, days.rem_euclid(7)), name(&MONTHS, month - 1));
        format!("{weekday}, {day:02} {month} {year:04} {:02}:{:02}:{:02} GMT", rest / 3600, rest / 60 % 60, rest % 60)
    }

    /// `YYYY-MM-DD` of the day in UTC, `days` later.
    #[must_use]
    pub fn date_after(self, days: i64) -> String {
        let (year, month, day) = civil_from_days(self.0.div_euclid(1_000_000 * DAY_SECONDS) + days);
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// Reads RFC 3339 with any fraction and offset. A space before the offset is a `+` that a query string lost.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if !text.is_ascii() || text.len() < 20 {
            return None;
        }
        let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let rest = &text[19..];
        let zone_at = rest.find(['Z', 'z', '+', '-', ' '])?;
        let fraction = match rest[..zone_at].strip_prefix('.') {
            Some(digits) if !digits.is_empty() => {
                let six: String = digits.chars().chain("000000".chars()).take(6).collect();
                six.parse::<i64>().ok()?
            }
            Some(_) => return None,
            None => 0,
        };
        let offset = match rest[zone_at..].split_at(1) {
            ("Z" | "z", "") => 0,
            (sign, value) => {
                let hours: i64 = value.get(0..2)?.parse().ok()?;
                let minutes: i64 = value.get(3..5)?.parse().ok()?;
                (hours * 3600 + minutes * 60) * if sign == "-" { -1 } else { 1 }
            }
        };
        let seconds = days_from_civil(year, month, day) * DAY_SECONDS + hour * 3600 + minute * 60 + second - offset;
        Some(Self(seconds * 1_000_000 + fraction))
    }

    /// `milliseconds` later.
    #[must_use]
    pub fn plus_millis(self, milliseconds: u64) -> Self {
        Self(self.0.saturating_add(i64::try_from(milliseconds).unwrap_or(i64::MAX).saturating_mul(1000)))
    }

    /// `seconds` later, or earlier when negative.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }
}

/// Days since 1970-01-01 to the proleptic Gregorian calendar (Hinnant's algorithm: eras of 400 years).
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_the_same_instant() {
        for text in ["2026-09-28T02:00:00.000001Z", "2024-02-29T23:59:59.999999Z", "1970-01-01T00:00:00.000000Z"] {
            assert_eq!(Micros::parse(text).map(Micros::to_rfc3339).as_deref(), Some(text));
        }
    }

    #[test]
    fn the_date_of_an_answer_is_written_as_http_has_it() {
        let date = |text: &str| Micros::parse(text).map(Micros::to_http_date);
        assert_eq!(date("1994-11-06T08:49:37Z").as_deref(), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
        assert_eq!(date("1970-01-01T00:00:00Z").as_deref(), Some("Thu, 01 Jan 1970 00:00:00 GMT"));
    }

    #[test]
    fn offsets_and_fractions_are_understood() {
        let utc = Micros::parse("2026-09-28T02:00:00Z");
        assert_eq!(Micros::parse("2026-09-28T10:00:00+08:00"), utc);
        assert_eq!(Micros::parse("2026-09-28T10:00:00.000 08:00"), utc);
        assert_eq!(Micros::parse("2026-09-28"), None);
        assert_eq!(Micros::parse("2026-13-28T02:00:00Z"), None);
    }
}
