//! Reading sources: which files there are, and the part of each that runs for real.

use std::path::{Path, PathBuf};

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

pub fn is_test(file: &Path) -> bool {
    file.ends_with("tests.rs") || file.components().any(|part| part.as_os_str() == "tests")
}

/// The production part of a source: without comments, and without its tests, which may use more.
pub fn production(file: &Path) -> String {
    if is_test(file) {
        return String::new();
    }
    without_comments(production_lines(&std::fs::read_to_string(file).unwrap()))
}

/// What stands before a module of tests. One that is a file of its own is only named, and code may follow it.
pub fn production_lines(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()
}

/// The text without comments. Quotes are followed: `//` inside an address begins none.
fn without_comments(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    while at < letters.len() {
        let end = match letters[at] {
            '/' if letters.get(at + 1) == Some(&'/') => {
                at = (at..letters.len()).find(|at| letters[*at] == '\n').unwrap_or(letters.len());
                continue;
            }
            'r' if at == 0 || !letters[at - 1].is_alphanumeric() => raw_end(&letters, at),
            '"' => closing(&letters, at, '"'),
            '\'' if letters.get(at + 1) == Some(&'\\') => closing(&letters, at, '\''),
            '\'' if letters.get(at + 2) == Some(&'\'') => at + 3,
            _ => at + 1,
        };
        kept.extend(&letters[at..end]);
        at = end;
    }
    kept
}

/// Behind the quote that ends what begins at `at`.
fn closing(letters: &[char], at: usize, quote: char) -> usize {
    let mut at = at + 1;
    while at < letters.len() {
        match letters[at] {
            '\\' => at += 2,
            letter if letter == quote => return at + 1,
            _ => at += 1,
        }
    }
    letters.len()
}

/// Behind the raw text that begins at `at`; behind the letter where none does.
fn raw_end(letters: &[char], at: usize) -> usize {
    let hashes = letters[at + 1..].iter().take_while(|letter| **letter == '#').count();
    let open = at + 1 + hashes;
    if letters.get(open) != Some(&'"') {
        return at + 1;
    }
    let closes =
        |from: usize| letters[from] == '"' && letters[from + 1..].iter().take(hashes).filter(|letter| **letter == '#').count() == hashes;
    (open + 1..letters.len()).find(|from| closes(*from)).map_or(letters.len(), |from| (from + 1 + hashes).min(letters.len()))
}

#[test]
fn comments_go_and_texts_stay() {
    for (text, kept) in [
        ("let a = 1; // one\nlet b;", "let a = 1; \nlet b;"),
        ("/// told\nfn f() {}", "\nfn f() {}"),
        (r#"let url = "https://a.example"; // there"#, r#"let url = "https://a.example"; "#),
        (r#"let quote = '"'; let c = '\''; // a "quote"#, r#"let quote = '"'; let c = '\''; "#),
        (r#"let a = "a\"//b"; fn f<'a>() {} // c"#, r#"let a = "a\"//b"; fn f<'a>() {} "#),
        ("let a = r#\"//\"b\"#; // c", "let a = r#\"//\"b\"#; "),
    ] {
        assert_eq!(without_comments(text), kept);
    }
    assert_eq!(
        production_lines("mod a;\n#[cfg(test)]\nmod tests;\nfn f() {}\n#[cfg(test)]\nmod tests {\n"),
        "mod a;\n#[cfg(test)]\nmod tests;\nfn f() {}\n"
    );
}
