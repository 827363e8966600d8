//! PostgreSQL's `numeric` in its binary form, exact in both directions: groups of four digits, a weight, a sign, a scale.

/// Digits a number may have before or after its point: more is a mistake, or hostile input.
const DIGITS_MAX: usize = 1_000;

/// The binary form of a decimal text; none when the text is no plain decimal.
pub(super) fn encode(text: &str) -> Option<Vec<u8>> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()) && part.len() <= DIGITS_MAX;
    if (whole.is_empty() && fraction.is_empty()) || !plain(whole) || !plain(fraction) {
        return None;
    }
    let scale = u16::try_from(fraction.len()).ok()?;
    // Groups of four around the point.
    let whole = format!("{}{whole}", "0".repeat((4 - whole.len() % 4) % 4));
    let fraction = format!("{fraction}{}", "0".repeat((4 - fraction.len() % 4) % 4));
    let groups =
        |text: &str| -> Option<Vec<u16>> { (0..text.len() / 4).map(|index| text[index * 4..index * 4 + 4].parse().ok()).collect() };
    let (whole, fraction) = (groups(&whole)?, groups(&fraction)?);
    let mut weight = i16::try_from(whole.len()).ok()? - 1;
    let mut all: Vec<u16> = whole.into_iter().chain(fraction).collect();
    while all.last() == Some(&0) {
        all.pop();
    }
    let zeros = all.iter().take_while(|group| **group == 0).count();
    all.drain(..zeros);
    weight = if all.is_empty() { 0 } else { weight - i16::try_from(zeros).ok()? };
    let sign: u16 = if negative && !all.is_empty() { 0x4000 } else { 0 };
    let mut bytes = Vec::with_capacity(8 + all.len() * 2);
    bytes.extend(u16::try_from(all.len()).ok()?.to_be_bytes());
    bytes.extend(weight.to_be_bytes());
    bytes.extend(sign.to_be_bytes());
    bytes.extend(scale.to_be_bytes());
    bytes.extend(all.into_iter().flat_map(u16::to_be_bytes));
    Some(bytes)
}

/// The decimal text of the binary form; none for what is no number (`NaN`, infinities) or malformed.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    let mut words = bytes.chunks_exact(2).map(|pair| [pair[0], pair[1]]);
    let count = usize::from(u16::from_be_bytes(words.next()?));
    let weight = i16::from_be_bytes(words.next()?);
    let sign = u16::from_be_bytes(words.next()?);
    let scale = usize::from(u16::from_be_bytes(words.next()?));
    let groups: Vec<u16> = words.map(u16::from_be_bytes).collect();
    if groups.len() != count || !matches!(sign, 0 | 0x4000) {
        return None;
    }
    // The group of a power of 10,000; zeros at both ends are not sent.
    let group = |power: i32| -> u16 {
        let index = usize::try_from(i32::from(weight) - power).ok();
        index.and_then(|index| groups.get(index)).copied().unwrap_or(0)
    };
    let mut whole: String = (0..=i32::from(weight).max(0)).rev().map(|power| format!("{:04}", group(power))).collect();
    let leading = whole.bytes().take_while(|byte| *byte == b'0').count().min(whole.len() - 1);
    whole.drain(..leading);
    let mut fraction: String = (1..).take(scale.div_ceil(4)).map(|power: i32| format!("{:04}", group(-power))).collect();
    fraction.truncate(scale);
    let sign = if sign == 0 { "" } else { "-" };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_form_is_the_one_of_the_protocol() {
        // Digits, weight, sign, scale, groups: 12345.6780 is 1·10000 + 2345 + 6780/10000.
        let expected: Vec<u8> = [3u16, 1, 0, 4, 1, 2345, 6780].into_iter().flat_map(u16::to_be_bytes).collect();
        assert_eq!(encode("12345.6780"), Some(expected));
        let small: Vec<u8> = [1u16, 0xfffe, 0x4000, 8, 5].into_iter().flat_map(u16::to_be_bytes).collect();
        assert_eq!(encode("-0.00000005"), Some(small));
        assert_eq!(encode("0.00"), Some([0u16, 0, 0, 2].into_iter().flat_map(u16::to_be_bytes).collect()));
        let not_a_number: Vec<u8> = [0u16, 0, 0xc000, 0].into_iter().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&not_a_number), None);
    }

    #[test]
    fn what_is_no_plain_decimal_is_refused() {
        for text in ["", "-", ".", "1e5", "1,5", " 1", "0x1", "NaN", "1.2.3", "１"] {
            assert_eq!(encode(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_decimal_comes_back_as_it_went(text in "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,30})?") {
            let back = decode(&encode(&text).unwrap()).unwrap();
            let is_zero = text.bytes().all(|byte| !(b'1'..=b'9').contains(&byte));
            let expected = if is_zero { text.trim_start_matches('-') } else { text.as_str() };
            prop_assert_eq!(back, expected);
        }
    }
}
