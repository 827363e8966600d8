//! What a password must be. Length is what counts; rules about kinds of letters only make people write them down.

/// Fewer characters can be tried through.
pub const CHARACTERS_MIN: usize = 12;
/// More are no help, and hashing them costs.
pub const CHARACTERS_MAX: usize = 256;

/// Beginnings of what everybody tries first; compared without case, as whole words or with digits and signs after them.
const COMMON: [&str; 16] = [
    "password",
    "passw0rd",
    "123456789012",
    "qwertyuiop",
    "administrator",
    "iloveyou",
    "welcome",
    "letmein",
    "changeme",
    "waybill",
    "woaini",
    "1qaz2wsx",
    "abc123",
    "a123456",
    "qazwsxedc",
    "testtest",
];

/// Why a text is no password for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Too short.
    #[error("must have at least {CHARACTERS_MIN} characters")]
    Short,
    /// Too long.
    #[error("must have at most {CHARACTERS_MAX} characters")]
    Long,
    /// The person's name is most of it.
    #[error("must not be made of the name")]
    Name,
    /// Everybody tries it.
    #[error("is one that is tried first; take several words that do not belong together")]
    Common,
    /// Hardly any different characters.
    #[error("must have at least five different characters")]
    Repeats,
}

/// Whether a text may be the password of somebody with this name.
///
/// # Errors
/// Why it may not.
pub fn check(password: &str, name: &str) -> Result<(), Weak> {
    let length = password.chars().count();
    if length < CHARACTERS_MIN {
        return Err(Weak::Short);
    }
    if length > CHARACTERS_MAX {
        return Err(Weak::Long);
    }
    let lower = password.to_lowercase();
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < 5 {
        return Err(Weak::Repeats);
    }
    let bare = |text: &str| text.trim_matches(|letter: char| !letter.is_alphabetic()).to_owned();
    let own = name.split('@').next().unwrap_or_default();
    if !own.is_empty() && lower.replace(own, "").chars().count() <= CHARACTERS_MIN / 2 {
        return Err(Weak::Name);
    }
    if COMMON.iter().any(|common| bare(&lower) == *common || lower == common.repeat(2) || lower.starts_with("123456789012")) {
        return Err(Weak::Common);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_ones_pass_and_guessable_ones_do_not() {
        for (password, expected) in [
            ("correct horse battery", Ok(())),
            ("三十六计走为上计无人能猜到", Ok(())),
            ("elevenchars", Err(Weak::Short)),
            ("long enough ".repeat(30).as_str(), Err(Weak::Long)),
            ("ana.li-2026!", Err(Weak::Name)),
            ("Password2026!", Err(Weak::Common)),
            ("123456789012345", Err(Weak::Common)),
            ("waybillwaybill", Err(Weak::Common)),
            ("aaaaaaaabbbb", Err(Weak::Repeats)),
        ] {
            assert_eq!(check(password, "ana.li"), expected, "{password}");
        }
    }
}
