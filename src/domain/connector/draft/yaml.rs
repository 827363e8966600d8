//! Scalars and JSON as our YAML writes them.

use serde_json::Value as Json;

/// A text: plain where nobody could read it as anything else, quoted otherwise.
pub(super) fn text(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '/' | '.' | '$' | '-');
    let first = text.chars().next().is_some_and(|letter| letter.is_ascii_alphabetic() || matches!(letter, '/' | '$'));
    let word = matches!(text.to_ascii_lowercase().as_str(), "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n");
    if first && !word && text.chars().all(plain) { text.to_owned() } else { quoted(text) }
}

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}

/// JSON in one line; YAML reads JSON.
pub(super) fn json(value: &Json) -> String {
    match value {
        Json::String(one) => text(one),
        other => other.to_string(),
    }
}

/// One line of a comment.
pub(super) fn comment(indent: usize, words: &str) -> String {
    let plain: String = words.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    format!("{}# {}\n", " ".repeat(indent), plain.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_could_be_something_else_are_quoted() {
        for plain in ["/orders", "$.id", "json", "application/json", "v1.2"] {
            assert_eq!(text(plain), plain);
        }
        for other in ["", "true", "No", "1", "a: b", "{{x}}", "*", "a b", "# x", "-", "'a'", "采购"] {
            assert!(text(other).starts_with('"'), "{other}");
        }
        assert_eq!(comment(2, "a\nb"), "  # a b\n");
    }
}
