//! Names of the secrets that the hub keeps: what stands after `store/`.

/// Longest name.
pub const KEPT_NAME_CHARACTERS_MAX: usize = 64;

/// Whether a text can be such a name.
pub fn is_kept_name(name: &str) -> bool {
    let letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "_.-".contains(letter);
    let begins = name.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit());
    begins && name.chars().all(letter) && name.len() <= KEPT_NAME_CHARACTERS_MAX
}
