//! Text to the crate's syntax tree, within bounds checked before the parser sees it.
//!
//! The parser recurses: a long or deep text would overflow the stack before any error could be told. So length and
//! depth are bounded by a scan of our own, which knows strings and brackets and nothing else.

use super::super::Problem;
use crate::domain::diagnostic::Hint;
use cel::common::ast::{IdedExpr, SourceInfo};

/// Characters of one expression: more than a screen of it is a mapping or a table, not an expression.
pub const LENGTH_MAX: usize = 4_096;
/// Nesting of brackets and chained operators together; each costs several stack frames in the parser.
pub const DEPTH_MAX: u32 = 48;

/// A parsed expression and where its nodes stand.
pub(super) struct Parsed {
    pub tree: IdedExpr,
    places: SourceInfo,
    source: String,
}

impl Parsed {
    /// Offset and length, in characters, of the token of a node.
    pub fn place(&self, id: u64) -> (u32, u32) {
        let Some((start, stop)) = self.places.offset_for(id) else { return (0, characters(&self.source)) };
        let start = floor(&self.source, start as usize);
        let stop = ceil(&self.source, stop as usize + 1).max(start);
        (characters(&self.source[..start]), characters(&self.source[start..stop]).max(1))
    }

    /// The text of the token of a node.
    pub fn token(&self, id: u64) -> &str {
        let Some((start, stop)) = self.places.offset_for(id) else { return "" };
        let start = floor(&self.source, start as usize);
        let stop = ceil(&self.source, stop as usize + 1).max(start);
        &self.source[start..stop]
    }
}

/// Parses within bounds; all syntax problems at once.
pub(super) fn parse(source: &str) -> Result<Parsed, Vec<Problem>> {
    bounds(source)?;
    match cel::parser::Parser::new().parse_with_source_info(source) {
        Ok((tree, places)) => Ok(Parsed { tree, places, source: source.to_owned() }),
        Err(errors) => {
            let mut problems: Vec<Problem> = errors.errors.iter().map(|error| problem(source, error)).collect();
            problems.dedup();
            Err(problems)
        }
    }
}

fn problem(source: &str, error: &cel::ParseError) -> Problem {
    let at = |number: isize| usize::try_from(number).unwrap_or(1).max(1);
    let (line, column) = (at(error.pos.0), at(error.pos.1));
    let before: usize = source.split_inclusive('\n').take(line - 1).map(|text| text.chars().count()).sum();
    let offset = (before + column - 1).min(source.chars().count());
    let message = error.msg.strip_prefix("Syntax error: ").unwrap_or(&error.msg);
    let message = if message == "UNKNOWN" { "this is not an expression" } else { message };
    syntax(offset, message.to_owned(), None)
}

fn syntax(offset: usize, message: String, hint: Option<&str>) -> Problem {
    Problem { code: "expression_syntax", offset: u32::try_from(offset).unwrap_or(u32::MAX), length: 1, message, hint: hint.map(Hint::from) }
}

/// Refuses what is too long or too deep to parse.
fn bounds(source: &str) -> Result<(), Vec<Problem>> {
    let length = source.chars().count();
    if length > LENGTH_MAX {
        let message = format!("the expression has {length} characters; the limit is {LENGTH_MAX}");
        return Err(vec![syntax(0, message, Some("split it into several rules or steps"))]);
    }
    if source.trim().is_empty() {
        return Err(vec![syntax(0, "the expression is empty".to_owned(), None)]);
    }
    match Scan::default().run(source) {
        Some(offset) => {
            let message = format!("the expression nests deeper than {DEPTH_MAX}");
            Err(vec![syntax(offset, message, Some("split it into several rules or steps"))])
        }
        None => Ok(()),
    }
}

/// Depth so far: per open bracket, the ternaries and the chained operators in it.
#[derive(Default)]
struct Scan {
    outer: Vec<(u32, u32)>,
    base: u32,
    ternaries: u32,
    chain: u32,
}

impl Scan {
    /// The offset at which the depth limit is passed.
    fn run(&mut self, source: &str) -> Option<usize> {
        let letters: Vec<char> = source.chars().collect();
        let mut at = 0;
        while at < letters.len() {
            if letters[at] == '/' && letters.get(at + 1) == Some(&'/') {
                // A comment: the lexer skips it, so nothing in it nests.
                while at < letters.len() && letters[at] != '\n' {
                    at += 1;
                }
                continue;
            }
            if matches!(letters[at], '\'' | '"') {
                at = skip_text(&letters, at);
                continue;
            }
            if is_in(&letters, at) {
                self.chain += 1;
            }
            self.take(letters[at], letters.get(at + 1).copied());
            if self.base + self.ternaries + self.chain > DEPTH_MAX {
                return Some(at);
            }
            at += 1;
        }
        None
    }

    fn take(&mut self, letter: char, next: Option<char>) {
        match letter {
            '(' | '[' | '{' => {
                self.outer.push((self.ternaries, self.chain));
                self.base += self.ternaries + self.chain + 1;
                (self.ternaries, self.chain) = (0, 0);
            }
            ')' | ']' | '}' => {
                if let Some((ternaries, chain)) = self.outer.pop() {
                    self.base = self.base.saturating_sub(ternaries + chain + 1);
                    // A bracket behind something is a link of a chain: `a[0][1]`, `f(x)(y)`.
                    (self.ternaries, self.chain) = (ternaries, chain + 1);
                }
            }
            ',' => (self.ternaries, self.chain) = (0, 0),
            '?' => self.ternaries += 1,
            '&' | '|' if next == Some(letter) => self.chain = 0,
            '.' | '+' | '-' | '*' | '/' | '%' | '<' | '>' | '=' | '!' => self.chain += 1,
            _ => {}
        }
    }
}

/// Whether the operator `in` begins here.
fn is_in(letters: &[char], at: usize) -> bool {
    let word = |letter: Option<&char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric() || *letter == '_');
    letters[at] == 'i' && letters.get(at + 1) == Some(&'n') && !word(letters.get(at + 2)) && !(at > 0 && word(letters.get(at - 1)))
}

/// The index behind a quoted text, honouring triple quotes and escapes.
fn skip_text(letters: &[char], start: usize) -> usize {
    let quote = letters[start];
    let raw = start > 0 && matches!(letters[start - 1], 'r' | 'R');
    let triple = letters.get(start + 1) == Some(&quote) && letters.get(start + 2) == Some(&quote);
    let mut at = start + if triple { 3 } else { 1 };
    while at < letters.len() {
        if letters[at] == '\\' && !raw {
            at += 2;
        } else if letters[at] == quote && (!triple || (letters.get(at + 1) == Some(&quote) && letters.get(at + 2) == Some(&quote))) {
            return at + if triple { 3 } else { 1 };
        } else {
            at += 1;
        }
    }
    at
}

fn characters(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|index| text.is_char_boundary(*index)).unwrap_or(0)
}

fn ceil(text: &str, at: usize) -> usize {
    (at.min(text.len())..=text.len()).find(|index| text.is_char_boundary(*index)).unwrap_or(text.len())
}
