//! What a partner's clock says, as its answers tell.

use jiff::{SignedDuration, Timestamp};

/// The header has whole seconds, and the answer was under way for a while.
const INEXACT: SignedDuration = SignedDuration::from_secs(2);

/// How far the partner's clock is behind ours, by the `Date` of its answer (RFC 9110, section 6.6.1); zero while it agrees, is
/// ahead, or says nothing.
pub fn behind(headers: &[(String, String)], now: Timestamp) -> SignedDuration {
    let date = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("date")).map(|(_, value)| value.as_str());
    let date = date.and_then(|text| jiff::fmt::rfc2822::parse(text).ok()).map(|date| date.timestamp());
    let behind = date.map_or(SignedDuration::ZERO, |date| now.duration_since(date));
    if behind > INEXACT { behind } else { SignedDuration::ZERO }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clock_that_is_behind_counts() {
        let now: Timestamp = "2026-11-29T12:00:00.500Z".parse().unwrap();
        for (date, seconds) in [
            (Some("Sun, 29 Nov 2026 11:55:00 GMT"), 300),
            (Some("Sun, 29 Nov 2026 11:59:59 GMT"), 0),
            (Some("Sun, 29 Nov 2026 12:05:00 GMT"), 0),
            (Some("yesterday"), 0),
            (None, 0),
        ] {
            let headers: Vec<(String, String)> = date.map(|date| ("Date".to_owned(), date.to_owned())).into_iter().collect();
            assert_eq!(behind(&headers, now).as_secs(), seconds, "{date:?}");
        }
    }
}
