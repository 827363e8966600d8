//! Business keys as people type and paste them.

/// Spellings of one key that are looked for.
const SPELLINGS_MAX: usize = 6;
/// Longest key.
const LETTERS_MAX: usize = 256;

/// A key as typed, without what came along: spaces of any kind at its ends and control characters; full-width letters, digits
/// and signs become the plain ones that systems print.
pub fn typed(text: &str) -> String {
    let plain: String = text.chars().filter(|letter| !letter.is_control() && !is_invisible(*letter)).map(half_width).collect();
    plain.trim().chars().take(LETTERS_MAX).collect()
}

/// The spellings a typed key may have in a system: as typed, without inner spaces, in upper and in lower case. Empty when
/// nothing was typed.
pub fn spellings(text: &str) -> Vec<String> {
    let typed = typed(text);
    if typed.is_empty() {
        return Vec::new();
    }
    let verbatim = text.trim().to_owned();
    let dense: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    let mut all = vec![typed.clone(), dense.clone(), typed.to_uppercase(), dense.to_uppercase(), dense.to_lowercase()];
    if verbatim.chars().count() <= LETTERS_MAX && !verbatim.chars().any(char::is_control) {
        all.push(verbatim);
    }
    let mut seen = Vec::new();
    for spelling in all {
        if !seen.contains(&spelling) {
            seen.push(spelling);
        }
    }
    seen.truncate(SPELLINGS_MAX);
    seen
}

/// Full-width forms (FF01 to FF5E) lie in the order of ASCII; the ideographic space is a space.
fn half_width(letter: char) -> char {
    match u32::from(letter) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(letter),
        0x3000 | 0xa0 => ' ',
        _ => letter,
    }
}

/// Marks of direction and width that copying brings along.
fn is_invisible(letter: char) -> bool {
    matches!(u32::from(letter), 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x2064 | 0xfeff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pasted_becomes_what_systems_print() {
        for (pasted, plain) in [
            (" PO-1\t", "PO-1"),
            ("ＰＯ－２０２６－００１", "PO-2026-001"),
            ("\u{feff}PO-1\u{200b}", "PO-1"),
            ("　采购－１　", "采购-1"),
            ("\u{3000}\n", ""),
        ] {
            assert_eq!(typed(pasted), plain, "{pasted:?}");
        }
    }

    #[test]
    fn spellings_begin_with_what_was_typed_and_are_few() {
        assert_eq!(spellings("po 2026 1"), ["po 2026 1", "po20261", "PO 2026 1", "PO20261"]);
        assert_eq!(spellings("ＰＯ１"), ["PO1", "po1", "ＰＯ１"]);
        assert_eq!(spellings(" \u{3000}"), Vec::<String>::new());
        assert_eq!(spellings(&"x".repeat(1000))[0].len(), LETTERS_MAX);
    }
}
