//! Texts that every store can hold.

/// The text with every NUL made visible: no store of ours holds that character, and partners do send it. For words about a
/// thing (problems, messages); what identifies a thing is never changed.
#[must_use]
pub fn storable(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::storable;

    #[test]
    fn only_nul_is_replaced() {
        for (text, expected) in [("", ""), ("a\n\tb", "a\n\tb"), ("a\0b\0", "a\u{fffd}b\u{fffd}")] {
            assert_eq!(storable(text.to_owned()), expected);
        }
    }
}
