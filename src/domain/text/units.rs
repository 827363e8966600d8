//! Durations, working time, sizes, rates and decimals as admins write them.

use rust_decimal::Decimal;
use std::str::FromStr;

/// A span of time as written: plain time, or working time that needs a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Plain milliseconds.
    Plain(u64),
    /// Whole working days of the calendar (`3wd`).
    WorkingDays(u32),
    /// Working hours of the calendar (`8wh`).
    WorkingHours(u32),
}

impl Span {
    /// The milliseconds of plain time; none for working time.
    pub fn millis(self) -> Option<u64> {
        match self {
            Span::Plain(millis) => Some(millis),
            _ => None,
        }
    }
}

/// Longest plain duration taken: ten years. Longer ones are mistakes.
const MILLIS_MAX: u64 = 10 * 366 * 24 * 3_600_000;

/// Reads `500ms 15s 5m 2h 3d 1w 3wd 8wh`.
pub fn duration(text: &str) -> Option<Span> {
    let digits = text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let factor: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 604_800_000,
        "wd" => return u32::try_from(number).ok().filter(|days| *days <= 3_660).map(Span::WorkingDays),
        "wh" => return u32::try_from(number).ok().filter(|hours| *hours <= 87_840).map(Span::WorkingHours),
        _ => return None,
    };
    number.checked_mul(factor).filter(|millis| *millis <= MILLIS_MAX).map(Span::Plain)
}

/// Reads `512B 64KiB 2MiB 1GiB`, in bytes.
pub fn size(text: &str) -> Option<u64> {
    let digits = text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let shift = match unit {
        "B" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(1 << shift)
}

/// A rate: so many in so many milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Rate {
    /// How many.
    pub count: u32,
    /// In how long, milliseconds.
    pub period_millis: u64,
}

/// Reads `20/s 600/m 5000/h 500000/d`.
pub fn rate(text: &str) -> Option<Rate> {
    let (count, unit) = text.split_once('/')?;
    let period_millis = match unit {
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    let count = count.parse().ok().filter(|count| *count > 0)?;
    Some(Rate { count, period_millis })
}

/// Reads a plain decimal: sign, digits, point; no exponent, no spaces, at most 28 digits.
pub fn decimal(text: &str) -> Option<Decimal> {
    let body = text.strip_prefix('-').unwrap_or(text);
    let sound = !body.is_empty()
        && body.starts_with(|letter: char| letter.is_ascii_digit())
        && body.ends_with(|letter: char| letter.is_ascii_digit())
        && body.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
    let parsed = if sound { Decimal::from_str_exact(text).ok() } else { None };
    parsed.or_else(|| if sound { Decimal::from_str(text).ok().filter(|value| value.to_string() == text) } else { None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations() {
        for (text, wanted) in [
            ("500ms", Some(Span::Plain(500))),
            ("15s", Some(Span::Plain(15_000))),
            ("5m", Some(Span::Plain(300_000))),
            ("2h", Some(Span::Plain(7_200_000))),
            ("3d", Some(Span::Plain(259_200_000))),
            ("3wd", Some(Span::WorkingDays(3))),
            ("8wh", Some(Span::WorkingHours(8))),
            ("0s", Some(Span::Plain(0))),
            ("15", None),
            ("s", None),
            ("", None),
            ("-5s", None),
            ("1.5h", None),
            ("5 m", None),
            ("5M", None),
            ("99999999999999999999s", None),
            ("4000d", None),
            ("99999wd", None),
        ] {
            assert_eq!(duration(text), wanted, "{text}");
        }
    }

    #[test]
    fn sizes_and_rates() {
        for (text, wanted) in
            [("512B", Some(512)), ("2MiB", Some(2_097_152)), ("2MB", None), ("18446744073709551615GiB", None), ("MiB", None)]
        {
            assert_eq!(size(text), wanted, "{text}");
        }
        for (text, wanted) in [
            ("20/s", Some((20, 1_000))),
            ("500000/d", Some((500_000, 86_400_000))),
            ("0/s", None),
            ("20", None),
            ("20/w", None),
            ("20/s/s", None),
            ("-1/s", None),
        ] {
            assert_eq!(rate(text).map(|rate| (rate.count, rate.period_millis)), wanted, "{text}");
        }
    }

    #[test]
    fn decimals() {
        for text in ["5000.00", "0", "-1.5", "79228162514264337593543950335", "0.0000000001"] {
            assert_eq!(decimal(text).map(|value| value.to_string()).as_deref(), Some(text));
        }
        for text in ["", "-", ".5", "5.", "1e5", "1,000", "+1", " 1", "1 ", "٣", "0.12345678901234567890123456789", "1.2.3", "NaN"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,12}") {
            let _ = (duration(&text), size(&text), rate(&text), decimal(&text));
        }
    }
}
