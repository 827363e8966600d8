//! Every list and every detail that the API has, as somebody with all rights reads them.

use crate::needles::Place;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of one list that are followed.
const FOLLOWED_MAX: usize = 60;
/// Paths that are no list and no detail: a stream without an end, and addresses that hold a secret of their bearer.
const ELSEWHERE: [&str; 5] =
    ["/api/v1/events/stream", "/decide/{link}", "/hooks/{hook}", "/consent/callback", "/api/v1/sign-in/providers/{provider}/callback"];

/// What some lists want to be asked.
const QUERIES: [(&str, &str); 2] = [("/api/v1/metrics/series", "?series=calls"), ("/api/v1/tasks", "?list=done")];

/// What was told, and the paths of which nothing is there to be told.
pub struct Told {
    pub places: Vec<Place>,
    pub empty: BTreeSet<String>,
}

/// Answers by their paths.
type Answers = BTreeMap<String, (u16, String)>;

/// Reads all of it; `ask` answers a path with status and text.
pub async fn everything(ask: impl AsyncFn(&str) -> (u16, String)) -> Told {
    let (_, description) = ask("/openapi.json").await;
    let description: Value = serde_json::from_str(&description).expect("the API describes itself");
    let paths = description["paths"].as_object().expect("paths");
    let mut templates: Vec<&String> =
        paths.iter().filter(|(path, of)| of["get"].is_object() && !ELSEWHERE.contains(&path.as_str())).map(|(path, _)| path).collect();
    // Lists before what hangs on them.
    templates.sort_by_key(|path| path.matches('{').count());
    let (mut answers, mut empty) = (Answers::new(), BTreeSet::new());
    for template in templates {
        let mut found = false;
        for path in filled(&answers, template) {
            let query = QUERIES.iter().find(|(known, _)| *known == path).map_or("", |(_, query)| *query);
            let answer = ask(&format!("{path}{query}")).await;
            assert!(answer.0 < 500, "{path}: {} {}", answer.0, answer.1);
            found |= answer.0 == 200;
            answers.insert(path, answer);
        }
        if !found {
            empty.insert(template.clone());
        }
    }
    let places = answers.into_iter().map(|(path, (status, text))| Place::new(format!("GET {path} ({status})"), text)).collect();
    Told { places, empty }
}

/// A path with what the lists before it say; several where there are several rows.
fn filled(answers: &Answers, template: &str) -> Vec<String> {
    let Some((before, _)) = template.split_once('{') else { return vec![template.to_owned()] };
    let mut paths = Vec::new();
    for row in rows(answers, before.trim_end_matches('/')).iter().take(FOLLOWED_MAX) {
        // Places that follow each other are of one row.
        let (mut path, mut rest) = (before.to_owned(), &template[before.len()..]);
        while let Some((name, after)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            let Some(value) = member(row, name) else { break };
            path += &value;
            rest = after;
            if rest.starts_with("/{") {
                path.push('/');
                rest = &rest[1..];
            }
        }
        if path != before {
            paths.extend(filled(answers, &format!("{path}{rest}")));
        }
    }
    paths
}

fn rows(answers: &Answers, list: &str) -> Vec<Value> {
    // Flows and dictionaries are listed among the definitions.
    let kind = match list {
        "/api/v1/flows" => Some("flow"),
        "/api/v1/dictionaries" => Some("dictionary"),
        _ => None,
    };
    let answer = answers.get(if kind.is_some() { "/api/v1/definitions" } else { list });
    let answer: Value = answer.and_then(|(_, text)| serde_json::from_str(text).ok()).unwrap_or_default();
    let rows = answer.get("items").unwrap_or(&answer).as_array().cloned().unwrap_or_default();
    rows.into_iter().filter(|row| kind.is_none_or(|kind| row["kind"] == kind)).collect()
}

/// What a place in a path is called in the rows of its list.
fn member(row: &Value, name: &str) -> Option<String> {
    let also: &[&str] = match name {
        "name" => &["connection", "id"],
        "flow" | "form" => &["id"],
        _ => &[],
    };
    [name].iter().chain(also).find_map(|name| match &row[*name] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}
