//! `:name` in a statement, told apart from everything else that has a colon: texts, quoted names, comments, casts.

use std::collections::HashMap;

/// A piece of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'t> {
    /// SQL with nothing to fill in; texts and comments are parts of their own.
    Text(&'t str),
    /// A text, a quoted name or a comment, as written.
    Quoted(&'t str),
    /// The place of an argument.
    Argument(&'t str),
}

/// A statement in the words of a driver, and the arguments in the order in which it asks for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The statement with `$1` or `?`.
    pub sql: String,
    /// The argument of each place.
    pub order: Vec<String>,
}

impl Named {
    /// Numbers the places: `$1`, each argument once (PostgreSQL, SQLite), or `?` at every place.
    ///
    /// # Errors
    /// When a text or comment does not end.
    pub fn new(text: &str, numbered: bool) -> Result<Named, &'static str> {
        let (mut sql, mut order) = (String::with_capacity(text.len()), Vec::new());
        let mut known: HashMap<&str, usize> = HashMap::new();
        for part in parts(text)? {
            match part {
                Part::Text(text) | Part::Quoted(text) => sql.push_str(text),
                Part::Argument(name) if numbered => {
                    let next = order.len() + 1;
                    let number = *known.entry(name).or_insert_with(|| {
                        order.push(name.to_owned());
                        next
                    });
                    sql.push('$');
                    sql.push_str(&number.to_string());
                }
                Part::Argument(name) => {
                    order.push(name.to_owned());
                    sql.push('?');
                }
            }
        }
        Ok(Named { sql, order })
    }
}

/// Takes a statement apart.
///
/// # Errors
/// When a text, a quoted name or a comment does not end.
pub fn parts(text: &str) -> Result<Vec<Part<'_>>, &'static str> {
    let bytes = text.as_bytes();
    let (mut parts, mut from, mut at) = (Vec::new(), 0, 0);
    while at < bytes.len() {
        // Whatever is looked for is ASCII; a letter of several bytes is only passed over.
        if !text.is_char_boundary(at) {
            at += 1;
            continue;
        }
        let rest = &text[at..];
        let quoted = match bytes[at] {
            quote @ (b'\'' | b'"' | b'`') => Some(end_of_quote(&rest[1..], char::from(quote)).map(|end| end + 2)?),
            b'-' if rest.starts_with("--") => Some(rest.find('\n').unwrap_or(rest.len())),
            b'/' if rest.starts_with("/*") => Some(rest[2..].find("*/").ok_or("a comment does not end")? + 4),
            _ => None,
        };
        if let Some(length) = quoted {
            push_text(&mut parts, &text[from..at]);
            parts.push(Part::Quoted(&rest[..length]));
            at += length;
            from = at;
            continue;
        }
        if bytes[at] == b':' {
            let name = &rest[1..1 + rest[1..].bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()];
            let is_cast = rest.starts_with("::") || (at > 0 && bytes[at - 1] == b':');
            if !is_cast && name.starts_with(|first: char| first.is_ascii_alphabetic()) {
                push_text(&mut parts, &text[from..at]);
                parts.push(Part::Argument(name));
                at += 1 + name.len();
                from = at;
                continue;
            }
        }
        at += 1;
    }
    push_text(&mut parts, &text[from..]);
    Ok(parts)
}

fn push_text<'t>(parts: &mut Vec<Part<'t>>, text: &'t str) {
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
}

/// Bytes up to the closing quote; a doubled one is part of the text. A backslash is one too: it escapes in MySQL alone, so a
/// text that holds one before a quote would end in different places.
fn end_of_quote(text: &str, quote: char) -> Result<usize, &'static str> {
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' {
            return Err("a backslash in a text means different things to different databases; hand the text over as an argument");
        }
        if letter == quote {
            match letters.peek() {
                Some((_, next)) if *next == quote => drop(letters.next()),
                _ => return Ok(at),
            }
        }
    }
    Err("a text or quoted name does not end")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_told_from_everything_else_with_a_colon() {
        let table = [
            ("SELECT :a, :b, :a", "SELECT $1, $2, $1", "SELECT ?, ?, ?", &["a", "b"][..]),
            ("SELECT ':a', \":b\", `:c` FROM t", "SELECT ':a', \":b\", `:c` FROM t", "SELECT ':a', \":b\", `:c` FROM t", &[]),
            (
                "SELECT a::text, b:: text FROM t -- :no\nWHERE x=:x",
                "SELECT a::text, b:: text FROM t -- :no\nWHERE x=$1",
                "SELECT a::text, b:: text FROM t -- :no\nWHERE x=?",
                &["x"],
            ),
            ("SELECT /* :a ' */ :b", "SELECT /* :a ' */ $1", "SELECT /* :a ' */ ?", &["b"]),
            ("SELECT 'it''s :a' || :a", "SELECT 'it''s :a' || $1", "SELECT 'it''s :a' || ?", &["a"]),
            ("SELECT a[1:2], :物, :a", "SELECT a[1:2], :物, $1", "SELECT a[1:2], :物, ?", &["a"]),
            ("", "", "", &[]),
        ];
        for (text, numbered, plain, order) in table {
            let named = Named::new(text, true).unwrap();
            assert_eq!((named.sql.as_str(), named.order), (numbered, order.iter().map(|name| (*name).to_owned()).collect()), "{text}");
            assert_eq!(Named::new(text, false).unwrap().sql, plain, "{text}");
        }
    }

    #[test]
    fn what_does_not_end_or_is_read_in_two_ways_is_refused() {
        for text in ["SELECT 'a", "SELECT \"a", "SELECT `a", "SELECT /* a", "SELECT 'a\\' || :a || '"] {
            assert!(parts(text).is_err(), "{text}");
        }
    }
}
