//! Names of files and folders: single, plain, and below the place they are said of.

/// Longest name, bytes: what file systems take, less room for what is added while it is written.
const NAME_MAX: usize = 200;

/// What is wrong with a name; the words follow the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NameError(pub &'static str);

/// Whether this is the name of one file.
///
/// # Errors
/// What is wrong with it.
pub fn check_name(name: &str) -> Result<(), NameError> {
    let wrong = |why| Err(NameError(why));
    match name {
        "" => wrong("is empty, which is no name of a file"),
        _ if name.len() > NAME_MAX => wrong("is longer than 200 bytes"),
        // Hidden files are ours while they are written, and everybody's settings.
        _ if name.starts_with('.') => wrong("begins with a dot"),
        _ if name.chars().any(|letter| matches!(letter, '/' | '\\')) => wrong("has a slash, which would lead elsewhere"),
        _ if name.chars().any(char::is_control) => wrong("has a control character"),
        _ if name.trim() != name => wrong("begins or ends with a space"),
        _ => Ok(()),
    }
}

/// Whether this is a folder below the place: names with slashes between them. An empty one is the place itself.
///
/// # Errors
/// What is wrong with it.
pub fn check_folder(folder: &str) -> Result<(), NameError> {
    if folder.is_empty() || folder == "." {
        return Ok(());
    }
    folder.split('/').try_for_each(check_name)
}

/// Whether a name fits a pattern: `*` stands for any letters, `?` for one; capitals do not matter.
pub fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.to_lowercase().chars().collect(), name.to_lowercase().chars().collect());
    // The last star takes one letter more whenever what follows it does not fit: no more than pattern times name steps.
    let (mut at, mut of, mut star) = (0, 0, None);
    while of < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, of));
                at += 1;
            }
            Some(letter) if *letter == '?' || *letter == name[of] => {
                at += 1;
                of += 1;
            }
            _ => {
                let Some((from, taken)) = star else { return false };
                star = Some((from, taken + 1));
                at = from + 1;
                of = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere() {
        for name in ["PO-1.csv", "采购 订单.xlsx", "a..b", "x.", "-rf"] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in ["", ".", "..", "../x", "a/b", "a\\b", ".hidden", "a\0b", "a\nb", " a", "a ", &"x".repeat(201)] {
            assert!(check_name(name).is_err(), "{name}");
        }
        for folder in ["", ".", "in", "erp/in"] {
            assert_eq!(check_folder(folder), Ok(()), "{folder}");
        }
        for folder in ["/in", "in/", "in//x", "in/../..", "..", "~/../x/.."] {
            assert!(check_folder(folder).is_err(), "{folder}");
        }
    }

    #[test]
    fn patterns_fit_what_they_say() {
        for (pattern, name, expected) in [
            ("*.csv", "PO.CSV", true),
            ("*.csv", "PO.csv.done", false),
            ("PO-?.json", "PO-1.json", true),
            ("PO-?.json", "PO-12.json", false),
            ("*", "x", true),
            ("a*b*c", "aXbbYc", true),
            ("a*b*c", "aXbbYd", false),
            ("", "", true),
            ("订单*", "订单1", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
        assert!(!fits(&"*a".repeat(60), &"a".repeat(40)));
    }
}
