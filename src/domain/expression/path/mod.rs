//! JSONPath (RFC 9535) over values.
//!
//! The crate parses, once; the walk is ours: the crate's compares numbers as floats, compiles a pattern for every
//! element and builds the text of every path. Filters compare text, true, false and null, exactly; a filter with a number
//! or a function is refused, because an expression can do it exactly.

mod check;
mod walk;

use super::{EvaluateError, Problem};
use crate::domain::value::Value;
use jsonpath_rust::parser::model::{JpQuery, Segment, Selector};
use std::sync::Arc;

/// Characters of one path.
pub const PATH_LENGTH_MAX: usize = 1_024;

/// How many values a path may give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Cardinality {
    /// Exactly one.
    #[default]
    One,
    /// One or none (unset).
    Optional,
    /// Any number, as a list.
    Many,
}

/// A compiled path. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Path {
    source: Arc<str>,
    plan: Arc<Plan>,
}

#[derive(Debug)]
enum Plan {
    /// Members and elements only: the usual case, walked without a list of candidates.
    Simple(Vec<Step>),
    Query(JpQuery),
}

#[derive(Debug)]
enum Step {
    Member(String),
    Element(i64),
}

impl Path {
    /// Compiles a path; filters that compare numbers are refused.
    pub fn compile(source: &str) -> Result<Path, Vec<Problem>> {
        let query = check::parse(source)?;
        let plan = match simple(&query) {
            Some(steps) => Plan::Simple(steps),
            None => Plan::Query(query),
        };
        Ok(Path { source: Arc::from(source), plan: Arc::new(plan) })
    }

    /// The text it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it can never give more than one value, so that `many` would only wrap it.
    pub fn is_singular(&self) -> bool {
        matches!(*self.plan, Plan::Simple(_))
    }

    /// Extracts from a payload.
    pub fn extract(&self, payload: &Value, cardinality: Cardinality) -> Result<Value, EvaluateError> {
        let found = self.select(payload)?;
        match (cardinality, found.as_slice()) {
            (Cardinality::Many, found) => Ok(Value::list(found.iter().map(|value| (*value).clone()))),
            (_, [one]) => Ok((*one).clone()),
            (Cardinality::Optional, []) => Ok(Value::Unset),
            (_, found) => Err(EvaluateError::Cardinality {
                path: self.source.to_string(),
                found: found.len(),
                wanted: if cardinality == Cardinality::One { "one" } else { "at most one" },
            }),
        }
    }

    /// The values it selects, in the order of RFC 9535.
    pub fn select<'v>(&self, payload: &'v Value) -> Result<Vec<&'v Value>, EvaluateError> {
        match &*self.plan {
            Plan::Simple(steps) => Ok(walk::simple(steps, payload).into_iter().collect()),
            Plan::Query(query) => walk::query(query, payload),
        }
    }
}

fn simple(query: &JpQuery) -> Option<Vec<Step>> {
    query
        .segments
        .iter()
        .map(|segment| match segment {
            Segment::Selector(Selector::Name(name)) => Some(Step::Member(name.clone())),
            Segment::Selector(Selector::Index(at)) => Some(Step::Element(*at)),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload() -> Value {
        r#"{
            "store": {"book": [
                {"category": "reference", "author": "A", "price": 8.95, "isbn": null},
                {"category": "fiction", "author": "B", "price": 12.99},
                {"category": "fiction", "author": "C", "isbn": "0-1", "price": 8.99}
            ], "bicycle": {"color": "red", "price": 19.95}},
            "金额": "5.00", "a b": 1, "ids": [1234567890123456789, 1234567890123456788],
            "rows": [{"id": 1234567890123456789, "want": 1234567890123456788}, {"id": 7, "want": 7}]
        }"#
        .parse()
        .unwrap()
    }

    fn check(path: &str, wanted: &str) {
        let found = Path::compile(path).unwrap_or_else(|problems| panic!("{path}: {problems:?}"));
        let found = found.extract(&payload(), Cardinality::Many).unwrap();
        assert_eq!(found.to_json(), serde_json::from_str::<serde_json::Value>(wanted).unwrap(), "{path}");
    }

    #[test]
    fn paths_select_as_the_standard_says() {
        let table = [
            ("$.store.bicycle.color", r#"["red"]"#),
            ("$.store.book[0].author", r#"["A"]"#),
            ("$.store.book[-1].author", r#"["C"]"#),
            ("$.store.book[9].author", "[]"),
            ("$.store.book[*].author", r#"["A","B","C"]"#),
            ("$..author", r#"["A","B","C"]"#),
            ("$.store.book[0,2].author", r#"["A","C"]"#),
            ("$.store.book[1:].author", r#"["B","C"]"#),
            ("$.store.book[::-1].author", r#"["C","B","A"]"#),
            ("$.store.book[:-1].author", r#"["A","B"]"#),
            ("$.store.book[::0].author", "[]"),
            ("$['金额']", r#"["5.00"]"#),
            ("$['a b']", "[1]"),
            ("$.store.book[?@.category == 'fiction'].author", r#"["B","C"]"#),
            ("$.store.book[?@.category != 'fiction'].author", r#"["A"]"#),
            ("$.store.book[?@.isbn].author", r#"["A","C"]"#),
            ("$.store.book[?!@.isbn].author", r#"["B"]"#),
            ("$.store.book[?@.isbn == null].author", r#"["A"]"#),
            ("$.store.book[?@.category == 'fiction' && @.isbn].author", r#"["C"]"#),
            ("$.store.book[?(@.author == 'A' || @.author == 'C') && @.category == 'fiction'].author", r#"["C"]"#),
            ("$.store.book[?@.author >= 'B'].author", r#"["B","C"]"#),
            ("$.store.book[?@.nothing == @.neither].author", r#"["A","B","C"]"#),
            ("$.store.book[?@.nothing == @.author].author", "[]"),
            ("$.store.book[?@.nothing != @.author].author", r#"["A","B","C"]"#),
            ("$.store.book[?@['author'] == $.store.book[1].author].author", r#"["B"]"#),
            ("$.store.book[?@.author == 'A'][?@ == 'reference']", r#"["reference"]"#),
        ];
        for (path, wanted) in table {
            check(path, wanted);
        }
    }

    #[test]
    fn ids_beyond_floats_are_compared_exactly() {
        check("$.rows[?@.id == @.want].id", "[7]");
        check("$.rows[?@.id == $.ids[0]].want", "[1234567890123456788]");
    }

    #[test]
    fn cardinality_is_kept() {
        let payload = payload();
        let extract = |path: &str, cardinality| Path::compile(path).unwrap().extract(&payload, cardinality);
        assert_eq!(extract("$.nothing", Cardinality::Optional), Ok(Value::Unset));
        assert!(matches!(extract("$.nothing", Cardinality::One), Err(EvaluateError::Cardinality { found: 0, .. })));
        assert!(matches!(extract("$..author", Cardinality::Optional), Err(EvaluateError::Cardinality { found: 3, .. })));
        assert_eq!(extract("$.nothing[*]", Cardinality::Many), Ok(Value::list([])));
        assert_eq!(extract("$.store.book[0].isbn", Cardinality::One), Ok(Value::Null));
    }

    #[test]
    fn what_cannot_be_exact_or_cheap_is_refused() {
        let deep = format!("$[?{}@.a{}]", "length(".repeat(30), ")".repeat(30));
        let nested = format!("${}", "[?@".repeat(200));
        let table = [
            ("$.a[?@.n == 5]", "path_number_compare"),
            ("$.a[?@.n > 5.5]", "path_number_compare"),
            ("$.a[?@.n < @.m]", "path_number_compare"),
            ("$.a[?length(@.n) == 5]", "path_number_compare"),
            ("$.a[?count(@.n) == 5]", "path_number_compare"),
            ("$.a[?match(@.n, 'x.*')]", "path_syntax"),
            ("$.a[?search(@.n, 'x.*')]", "path_syntax"),
            ("$.a[?in(@.n, $.m)]", "path_syntax"),
            ("a.b", "path_syntax"),
            ("", "path_syntax"),
            ("$.", "path_syntax"),
            (deep.as_str(), "path_syntax"),
            (nested.as_str(), "path_syntax"),
        ];
        for (path, code) in table {
            let problems = Path::compile(path).expect_err(path);
            assert!(problems.iter().any(|problem| problem.code == code), "{path}: {problems:?}");
        }
    }

    #[test]
    fn a_hostile_path_cannot_stall() {
        let mut value = Value::list((0..10).map(Value::Int));
        for _ in 0..5 {
            value = Value::list((0..10).map(|_| value.clone()));
        }
        let path = Path::compile("$..*..*..*").unwrap();
        assert_eq!(path.extract(&value, Cardinality::Many), Err(EvaluateError::Cost));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "[$@.\\[\\]?*'\"a-c0-9:,()!=<>& |\\-]{0,40}") {
            if let Ok(path) = Path::compile(&format!("${text}")) {
                let _ = path.extract(&payload(), Cardinality::Many);
            }
        }
    }
}
