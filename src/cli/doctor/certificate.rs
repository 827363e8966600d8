//! When a partner's certificate ends: the one date that is wanted of its DER, read without judging the rest, which TLS has done.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Check;

/// Renewed certificates commonly replace the old ones thirty days before; two weeks before, somebody has forgotten.
const LEFT_GOOD: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Says it where it is near; none while there is time or where it cannot be told.
pub fn check(name: &str, der: &[u8], now: Timestamp) -> Option<Check> {
    let ends = not_after(der)?;
    let left = ends.duration_since(now);
    if left > LEFT_GOOD {
        return None;
    }
    let days = left.as_hours() / 24;
    let found = format!("its certificate ends on {}, in {days} days", ends.strftime("%Y-%m-%d"));
    Some(Check::warning(format!("{name}: certificate"), found, "tell the partner; calls fail from that day on"))
}

const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// The explicit tag of the version.
const VERSION: u8 = 0xa0;

/// `notAfter` of a certificate.
fn not_after(der: &[u8]) -> Option<Timestamp> {
    let (certificate, _) = expect(der, SEQUENCE)?;
    let (mut rest, _) = expect(certificate, SEQUENCE)?;
    let (tag, _, after) = element(rest)?;
    if tag == VERSION {
        rest = after;
    }
    // Serial number, algorithm, issuer.
    for _ in 0..3 {
        rest = element(rest)?.2;
    }
    let (validity, _) = expect(rest, SEQUENCE)?;
    let (_, _, after) = element(validity)?;
    let (tag, text, _) = element(after)?;
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let full = match tag {
        // Two digits of a year: 50 and above are of the last century (RFC 5280).
        UTC_TIME => format!("{}{text}", if text.get(..2)?.parse::<u8>().ok()? >= 50 { "19" } else { "20" }),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    DateTime::strptime("%Y%m%d%H%M%S", full).ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

fn expect(der: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = element(der)?;
    (tag == wanted).then_some((content, rest))
}

/// Tag, content and what follows; none where the bytes break off.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let count = usize::from(first & 0x7f);
        let bytes = rest.get(..count).filter(|_| (1..=4).contains(&count))?;
        (bytes.iter().fold(0_usize, |length, byte| (length << 8) | usize::from(*byte)), rest.get(count..)?)
    };
    Some((tag, rest.get(..length)?, rest.get(length..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    /// `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=partner.test` with the dates named.
    const UNTIL_2027: &str = "\
        MIIBFTCBvAIBATAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxwYXJ0bmVyLnRlc3QwHhcNMjYwMzAxMTIwMDAwWhcNMjcwMzAx\
        MTIwMDAwWjAXMRUwEwYDVQQDDAxwYXJ0bmVyLnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT/rmajQ4QUMdsQEIbY\
        UZNa251NHzYqj3npxYY0QFgBlPJrKj8V7+P9SaajCUU1oYP+RBvza+pYINUwF2I30CuzMAoGCCqGSM49BAMCA0gAMEUCIQDe\
        bScaIrE+faWwmllRO2H1c3DTbcc6CibuePRABpMfWQIgdWXnULVZ3LdGntyDQUrFmLzUtd0Ra4loPe6gtftIG7E=";
    const UNTIL_2055: &str = "\
        MIIBFzCBvgIBATAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxwYXJ0bmVyLnRlc3QwIBcNMjYwMzAxMTIwMDAwWhgPMjA1NTAz\
        MDExMjAwMDBaMBcxFTATBgNVBAMMDHBhcnRuZXIudGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABP+uZqNDhBQx2xAQ\
        hthRk1rbnU0fNiqPeenFhjRAWAGU8msqPxXv4/1JpqMJRTWhg/5EG/Nr6lgg1TAXYjfQK7MwCgYIKoZIzj0EAwIDSAAwRQIg\
        RbAuOc3oJtx0f65H0jkoAAH85HwT1OB6HIGycesz5PcCIQCsAWZxiaBbKArOb3v0LedGy3PV2bR/AwNQiRqeUM/VXw==";

    #[test]
    fn the_end_is_read_in_both_forms_of_a_date() {
        for (text, end) in [(UNTIL_2027, "2027-03-01T12:00:00Z"), (UNTIL_2055, "2055-03-01T12:00:00Z")] {
            assert_eq!(not_after(&STANDARD.decode(text).unwrap()), Some(end.parse().unwrap()));
        }
    }

    #[test]
    fn bytes_that_break_off_are_no_panic() {
        let der = STANDARD.decode(UNTIL_2027).unwrap();
        for end in 0..der.len() {
            let _ = not_after(&der[..end]);
        }
        assert_eq!(not_after(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }

    #[test]
    fn it_is_said_two_weeks_before() {
        let der = STANDARD.decode(UNTIL_2027).unwrap();
        let at = |text: &str| check("x", &der, text.parse().unwrap());
        assert!(at("2027-02-14T12:00:00Z").is_none());
        assert!(at("2027-02-20T12:00:00Z").unwrap().found.contains("in 9 days"));
    }
}
