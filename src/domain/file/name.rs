//! What a file is called. A name that says something else to a reader or a disk than it seems to is refused, not mended: whoever
//! uploaded it would not know it again.

/// Longest name.
pub const NAME_CHARACTERS_MAX: usize = 200;

/// Why a file cannot be called so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// Nothing is left of it.
    #[error("the file has no name")]
    Empty,
    /// Too long.
    #[error("the file's name is longer than {NAME_CHARACTERS_MAX} characters")]
    Long,
    /// It leads somewhere.
    #[error("the file's name is a path; only its last part is a name")]
    Path,
    /// It is not what it looks like.
    #[error("the file's name holds characters that cannot be seen or that turn the direction of writing")]
    Unseen,
}

/// The name, without blanks around it.
///
/// # Errors
/// When no file should be called so.
pub fn named(text: &str) -> Result<&str, BadName> {
    let name = text.trim();
    if name.is_empty() {
        return Err(BadName::Empty);
    }
    if name.chars().count() > NAME_CHARACTERS_MAX {
        return Err(BadName::Long);
    }
    if name.chars().any(unseen) {
        return Err(BadName::Unseen);
    }
    if name.contains(['/', '\\']) || name.chars().all(|letter| letter == '.') {
        return Err(BadName::Path);
    }
    Ok(name)
}

/// Control characters, marks of direction (`invoice\u{202e}fdp.exe` reads as a PDF), and what stands for nothing.
fn unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_they_look_like() {
        for good in ["offer.pdf", "报价单 (终稿).pdf", "a..b", ".profile", "👨\u{200d}👩\u{200d}👧.png", &"x".repeat(200)] {
            assert_eq!(named(good), Ok(good));
        }
        assert_eq!(named(" offer.pdf\u{3000}"), Ok("offer.pdf"));
        let table = [
            ("", BadName::Empty),
            (" \t", BadName::Empty),
            ("../offer.pdf", BadName::Path),
            ("a/b", BadName::Path),
            ("C:\\fakepath\\offer.pdf", BadName::Path),
            ("..", BadName::Path),
            ("a\nb", BadName::Unseen),
            ("a\0b", BadName::Unseen),
            ("invoice\u{202e}fdp.exe", BadName::Unseen),
            ("\u{2066}a", BadName::Unseen),
            ("a\u{200b}.pdf", BadName::Unseen),
        ];
        for (text, expected) in table {
            assert_eq!(named(text), Err(expected), "{text:?}");
        }
        assert_eq!(named(&"x".repeat(201)), Err(BadName::Long));
    }
}
