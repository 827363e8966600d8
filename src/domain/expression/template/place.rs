//! Escaping by the place a text goes to.

use super::super::EvaluateError;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;

/// Where the text goes; decides the escaping of what is inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Plain text: nothing is escaped.
    Plain,
    /// One segment of a URL path, or a query value: percent-encoded.
    UrlSegment,
    /// A whole URL whose leading variable may be a base URL from settings: settings verbatim, the rest percent-encoded.
    Url,
    /// XML text or attribute.
    Xml,
    /// Markdown.
    Markdown,
    /// A header value: control characters are refused.
    Header,
    /// The name of a table or column in SQL: anything but an identifier is refused.
    SqlName,
}

/// What RFC 3986 leaves unreserved stays as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Place {
    pub(super) fn name(self) -> &'static str {
        match self {
            Place::Plain => "plain text",
            Place::UrlSegment | Place::Url => "a URL",
            Place::Xml => "XML",
            Place::Markdown => "Markdown",
            Place::Header => "a header",
            Place::SqlName => "a name in SQL",
        }
    }

    /// Escapes an inserted text.
    pub(super) fn escape(self, text: &str) -> Result<Cow<'_, str>, EvaluateError> {
        Ok(match self {
            Place::Plain | Place::Header => Cow::Borrowed(text),
            Place::SqlName if is_sql_name(text) => Cow::Borrowed(text),
            Place::SqlName => return Err(EvaluateError::Place { place: self.name(), found: "something that is no identifier" }),
            Place::UrlSegment | Place::Url => utf8_percent_encode(text, SEGMENT).into(),
            Place::Xml => {
                if text.chars().any(|letter| !is_xml(letter)) {
                    return Err(EvaluateError::Place { place: "XML", found: "a control character" });
                }
                escaped(text, |letter| match letter {
                    '&' => Some("&amp;"),
                    '<' => Some("&lt;"),
                    '>' => Some("&gt;"),
                    '"' => Some("&quot;"),
                    '\'' => Some("&apos;"),
                    _ => None,
                })
            }
            Place::Markdown => escaped(text, |letter| match letter {
                '\\' => Some("\\\\"),
                '`' => Some("\\`"),
                '*' => Some("\\*"),
                '_' => Some("\\_"),
                '[' => Some("\\["),
                ']' => Some("\\]"),
                '(' => Some("\\("),
                ')' => Some("\\)"),
                '#' => Some("\\#"),
                '|' => Some("\\|"),
                '~' => Some("\\~"),
                '<' => Some("&lt;"),
                '>' => Some("&gt;"),
                _ => None,
            }),
        })
    }

    /// Checks the whole text: what no escaping of its parts can keep out.
    pub(super) fn check(self, text: &str) -> Result<(), EvaluateError> {
        let refuse = |found| Err(EvaluateError::Place { place: self.name(), found });
        match self {
            Place::Header if text.chars().any(|letter| letter.is_control() && letter != '\t') => refuse("a control character"),
            // A partner's id of `..` must not climb out of the path it was put into.
            Place::Url | Place::UrlSegment => {
                let path = text.split(['?', '#']).next().unwrap_or_default();
                if path.split('/').any(is_dot_segment) { refuse("a segment of dots") } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }
}

/// `orders`, `erp.orders`: letters, digits and underscores, a schema or two before.
fn is_sql_name(text: &str) -> bool {
    let is_name = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && part.len() <= 63
            && part.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    text.split('.').count() <= 3 && text.split('.').all(is_name)
}

fn is_dot_segment(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

/// XML 1.0, section 2.2.
fn is_xml(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

fn escaped(text: &str, replace: impl Fn(char) -> Option<&'static str>) -> Cow<'_, str> {
    if !text.chars().any(|letter| replace(letter).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match replace(letter) {
            Some(safe) => out.push_str(safe),
            None => out.push(letter),
        }
    }
    Cow::Owned(out)
}
