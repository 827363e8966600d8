//! A file's name in headers, both ways (RFC 6266): in ASCII for whoever reads no other, and as it is.

use http::{HeaderMap, HeaderValue, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stands for itself in `filename*`.
const WRITTEN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The name that `Content-Disposition` gives; none when it gives none.
pub fn sent(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_DISPOSITION)?.to_str().ok()?;
    let parameters: Vec<(String, &str)> = parameters(value);
    let named = |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value);
    if let Some(encoded) = named("filename*") {
        let (charset, rest) = encoded.split_once('\'')?;
        let (_, text) = rest.split_once('\'').filter(|_| charset.eq_ignore_ascii_case("utf-8"))?;
        return percent_decode_str(text).decode_utf8().ok().map(Into::into);
    }
    named("filename").map(|text| text.replace("\\\"", "\""))
}

/// The parameters of a header, by name in small letters; quotes may hold a semicolon.
fn parameters(value: &str) -> Vec<(String, &str)> {
    let (mut found, mut begin, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    let mut ends: Vec<usize> = Vec::new();
    for (at, letter) in value.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => ends.push(at),
            _ => {}
        }
    }
    ends.push(value.len());
    for end in ends {
        if let Some((name, value)) = value.get(begin..end).and_then(|part| part.split_once('=')) {
            let value = value.trim();
            let plain = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
            found.push((name.trim().to_ascii_lowercase(), plain));
        }
        begin = end + 1;
    }
    found
}

/// How a file is to be shown: beside what else is there, or kept under its name.
pub fn disposition(how: &str, name: &str) -> HeaderValue {
    let ascii: String =
        name.chars().map(|letter| if letter.is_ascii_alphanumeric() || " -._()".contains(letter) { letter } else { '_' }).collect();
    let text = format!("{how}; filename=\"{ascii}\"; filename*=UTF-8''{}", utf8_percent_encode(name, WRITTEN));
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Option<String> {
        sent(&HeaderMap::from_iter([(header::CONTENT_DISPOSITION, HeaderValue::from_str(value).unwrap())]))
    }

    #[test]
    fn names_are_read_as_browsers_and_programs_write_them() {
        for (value, expected) in [
            ("attachment; filename=offer.pdf", Some("offer.pdf")),
            ("attachment; FileName=\"the; offer.pdf\"", Some("the; offer.pdf")),
            ("form-data; name=\"f\"; filename=\"a \\\"b\\\".txt\"", Some("a \"b\".txt")),
            ("attachment; filename=\"_.pdf\"; filename*=UTF-8''%E6%8A%A5%E4%BB%B7.pdf", Some("报价.pdf")),
            ("attachment; filename*=GBK''%B1%A8", None),
            ("attachment; filename*=UTF-8''%ff", None),
            ("attachment", None),
        ] {
            assert_eq!(read(value).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn a_name_adds_nothing_to_the_header() {
        for name in ["报价单.pdf", "a\"; x=\"b.pdf", "a\r\nset-cookie: x", "100%.pdf"] {
            let value = disposition("attachment", name);
            let text = value.to_str().unwrap();
            assert_eq!(text.matches(';').count(), 2, "{text}");
            assert_eq!(read(text).as_deref(), Some(name), "{text}");
        }
    }
}
