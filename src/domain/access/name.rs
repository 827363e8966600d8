//! Names people sign in with.

/// Longest name, in characters.
pub const CHARACTERS_MAX: usize = 64;

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Too short or too long.
    #[error("must have 1 to {CHARACTERS_MAX} characters")]
    Length,
    /// Characters that look like others, or that files and logs trip over.
    #[error("may hold letters and digits of any script and `.`, `_`, `-`, `@`, `+`, and begins with a letter or digit")]
    Letters,
}

/// The name as it is kept and compared: without case, without blanks around it.
///
/// # Errors
/// When the text is no name.
pub fn normal(text: &str) -> Result<String, Error> {
    let name = text.trim().to_lowercase();
    if name.is_empty() || name.chars().count() > CHARACTERS_MAX {
        return Err(Error::Length);
    }
    let fits = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-' | '@' | '+');
    if !name.chars().all(fits) || !name.starts_with(char::is_alphanumeric) {
        return Err(Error::Letters);
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_and_hold_no_tricks() {
        assert_eq!(normal(" Ana.Li@Example.com ").as_deref(), Ok("ana.li@example.com"));
        assert_eq!(normal("王芳").as_deref(), Ok("王芳"));
        for (text, error) in [
            ("", Error::Length),
            ("x".repeat(65).as_str(), Error::Length),
            ("ana li", Error::Letters),
            ("ana\u{202e}", Error::Letters),
            ("../ana", Error::Letters),
            ("an\na", Error::Letters),
        ] {
            assert_eq!(normal(text), Err(error), "{text:?}");
        }
    }
}
