//! Parsing within bounds, and refusing what would not be exact.

use super::super::Problem;
use super::PATH_LENGTH_MAX;
use crate::domain::diagnostic::Hint;
use jsonpath_rust::parser::model::{Comparable, Comparison, Filter, FilterAtom, JpQuery, Literal, Segment, Selector, Test, TestFunction};
use jsonpath_rust::parser::{errors::JsonPathError, parse_json_path};

/// Nested brackets. The walk and the parser recurse over them.
const BRACKETS_MAX: usize = 16;
/// Nested parentheses: the grammar tries a nested call several times at each level.
const PARENTHESES_MAX: usize = 6;
/// Segments of one path.
const SEGMENTS_MAX: usize = 64;

/// Parses a path; all problems at once.
pub(super) fn parse(source: &str) -> Result<JpQuery, Vec<Problem>> {
    let length = source.chars().count();
    if length > PATH_LENGTH_MAX {
        return Err(vec![problem("path_syntax", 0, format!("the path has {length} characters; the limit is {PATH_LENGTH_MAX}"), None)]);
    }
    if !source.starts_with('$') {
        let hint = format!("write `$.{source}`").into();
        return Err(vec![problem("path_syntax", 0, "a path begins with `$`".to_owned(), Some(hint))]);
    }
    if let Some(offset) = too_deep(source) {
        return Err(vec![problem("path_syntax", offset, "the path nests too deep".to_owned(), None)]);
    }
    let query = parse_json_path(source).map_err(|error| vec![unreadable(&error)])?;
    let mut problems = Vec::new();
    if query.segments.len() > SEGMENTS_MAX {
        problems.push(problem("path_syntax", 0, format!("the path has more than {SEGMENTS_MAX} parts"), None));
    }
    segments(&query.segments, &mut problems);
    problems.dedup();
    if problems.is_empty() { Ok(query) } else { Err(problems) }
}

fn problem(code: &'static str, offset: usize, message: String, hint: Option<Hint>) -> Problem {
    Problem { code, offset: u32::try_from(offset).unwrap_or(u32::MAX), length: 1, message, hint }
}

fn unreadable(error: &JsonPathError) -> Problem {
    // The grammar crate's place type is not re-exported; its message begins with ` --> line:column`.
    let offset = match error {
        JsonPathError::PestError(error) => {
            let shown = error.to_string();
            let place = shown.split_once("--> ").and_then(|(_, rest)| rest.lines().next()).and_then(|place| place.split_once(':'));
            place.and_then(|(_, column)| column.trim().parse::<usize>().ok()).map_or(0, |column| column.saturating_sub(1))
        }
        _ => 0,
    };
    let message = match error {
        JsonPathError::InvalidJsonPath(reason) => reason.clone(),
        JsonPathError::InvalidNumber(_) => "a number in the path is out of range".to_owned(),
        _ => "the path cannot be read here".to_owned(),
    };
    problem("path_syntax", offset, message, None)
}

/// The offset at which the path nests too deep; quoted names do not count.
fn too_deep(source: &str) -> Option<usize> {
    let (mut brackets, mut parentheses) = (0_usize, 0_usize);
    let mut quote = None;
    let mut escaped = false;
    for (offset, letter) in source.chars().enumerate() {
        match (quote, letter) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), letter) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, '[') => brackets += 1,
            (None, ']') => brackets = brackets.saturating_sub(1),
            (None, '(') => parentheses += 1,
            (None, ')') => parentheses = parentheses.saturating_sub(1),
            _ => {}
        }
        if brackets > BRACKETS_MAX || parentheses > PARENTHESES_MAX {
            return Some(offset);
        }
    }
    None
}

fn segments(segments: &[Segment], problems: &mut Vec<Problem>) {
    for part in segments {
        match part {
            Segment::Descendant(inner) => self::segments(std::slice::from_ref(inner), problems),
            Segment::Selector(selector) => self::selector(selector, problems),
            Segment::Selectors(selectors) => selectors.iter().for_each(|selector| self::selector(selector, problems)),
        }
    }
}

fn selector(selector: &Selector, problems: &mut Vec<Problem>) {
    if let Selector::Filter(filter) = selector {
        self::filter(filter, problems);
    }
}

fn filter(filter: &Filter, problems: &mut Vec<Problem>) {
    match filter {
        Filter::Or(parts) | Filter::And(parts) => parts.iter().for_each(|part| self::filter(part, problems)),
        Filter::Atom(FilterAtom::Filter { expr, .. }) => self::filter(expr, problems),
        Filter::Atom(FilterAtom::Test { expr, .. }) => match expr.as_ref() {
            Test::RelQuery(inner) => segments(inner, problems),
            Test::AbsQuery(query) => segments(&query.segments, problems),
            Test::Function(function) => problems.push(refused(function)),
        },
        Filter::Atom(FilterAtom::Comparison(comparison)) => self::comparison(comparison, problems),
    }
}

fn comparison(comparison: &Comparison, problems: &mut Vec<Problem>) {
    let (left, right) = comparison.vals();
    for side in [left, right] {
        match side {
            Comparable::Literal(Literal::Int(_) | Literal::Float(_)) => problems.push(number()),
            Comparable::Function(function) => problems.push(refused(function)),
            _ => {}
        }
    }
    let text = |side: &Comparable| matches!(side, Comparable::Literal(Literal::String(_)));
    let ordered = !matches!(comparison, Comparison::Eq(..) | Comparison::Ne(..));
    // Two fields set in order may hold numbers, and then a text order would be wrong.
    if ordered && !text(left) && !text(right) {
        problems.push(number());
    }
}

fn number() -> Problem {
    let hint = "extract the list with `many: true` and use an expression: `rows.filter(r, decimal(r.amount) > 5)`".into();
    problem("path_number_compare", 0, "a filter compares text, true, false and null only, not numbers".to_owned(), Some(hint))
}

fn refused(function: &TestFunction) -> Problem {
    match function {
        TestFunction::Length(_) | TestFunction::Count(_) => number(),
        _ => {
            let hint = "extract the list with `many: true` and use an expression".into();
            problem("path_syntax", 0, "functions are not taken in a path".to_owned(), Some(hint))
        }
    }
}
