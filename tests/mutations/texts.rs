//! Text on its own: YAML, JSON, XML, expressions, paths, templates, and the small languages of addresses and times.

use crate::storm::{files, storm};
use std::path::Path;
use waybill::cli::output::{Colour, findings};
use waybill::domain::binding::EgressRule;
use waybill::domain::diagnostic::Report;
use waybill::domain::expression::{Budget, Expression, Path as JsonPath, Place, Problem, Scope, ScopeType, Template};
use waybill::domain::retry::parse_retry_after;
use waybill::domain::text::files::Files;
use waybill::domain::text::tree::{Node, parse};
use waybill::domain::text::units;
use waybill::domain::value::{Type, Value};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub fn definitions() -> Vec<Vec<u8>> {
    ["connectors", "mappings", "flows", "documents", "config", "tables", "calendars", "dictionaries", "forms", "examples/patterns"]
        .iter()
        .flat_map(|folder| files(&root().join(folder), ".yaml"))
        .collect()
}

/// Every text of the definitions at a key.
fn texts_at(keys: &[&str]) -> Vec<Vec<u8>> {
    fn walk(node: &Node, keys: &[&str], texts: &mut Vec<Vec<u8>>) {
        for (key, value) in node.entries() {
            if keys.contains(&key.text.as_ref())
                && let Some(text) = value.text()
            {
                texts.push(text.as_bytes().to_vec());
            }
            walk(value, keys, texts);
        }
        node.items().iter().for_each(|item| walk(item, keys, texts));
    }
    let mut texts = Vec::new();
    for file in definitions() {
        if let Some(node) = parse(&lossy(&file), &mut Report::new("seed.yaml")) {
            walk(&node, keys, &mut texts);
        }
    }
    texts.sort();
    texts.dedup();
    texts
}

/// What problems come to, without their words.
fn codes(problems: &[Problem]) -> String {
    problems.iter().map(|problem| problem.code).collect::<Vec<_>>().join(" ")
}

/// Each problem stands inside the text.
fn inside(text: &str, problems: &[Problem]) {
    let length = text.chars().count();
    for problem in problems {
        assert!(problem.offset as usize <= length, "at {} of {length}", problem.offset);
    }
    assert!(!problems.is_empty(), "refused without a problem");
}

#[test]
fn yaml() {
    storm("yaml", definitions(), |bytes| {
        let mut report = Report::new("input.yaml");
        let text = lossy(bytes);
        let node = parse(&text, &mut report);
        let found = report.into_items();
        assert!(node.is_some() || !found.is_empty(), "refused without a word");
        // YAML ends a line at a lone carriage return too.
        let lines = text.chars().filter(|character| matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')).count() + 1;
        for diagnostic in &found {
            assert!(diagnostic.span.line as usize <= lines, "line {} of {lines}", diagnostic.span.line);
        }
        // They are shown with their lines, wherever an editor would see these.
        let mut files = Files::default();
        files.insert("input.yaml", text.as_str());
        assert!(findings(&found, &files, Colour::Never).len() >= found.len());
        if let Some(node) = &node {
            drop(node.to_json());
        }
        let codes: Vec<&str> = found.iter().map(|diagnostic| diagnostic.code).take(3).collect();
        format!("{} {codes:?}", node.is_some())
    });
}

#[test]
fn json() {
    storm("json", files(&root().join("samples"), ".json"), |bytes| {
        let Ok(value) = Value::from_strict_json(&lossy(bytes)) else { return "refused".to_owned() };
        let text = value.to_json_text();
        let again = Value::from_strict_json(&text).expect("what it writes it reads");
        assert_eq!(again.to_json_text(), text, "the same again");
        value.kind().to_owned()
    });
}

#[test]
fn xml() {
    let seeds = ["<a/>", "<a b=\"c\">d<e>f</e><e/></a>", "<?xml version='1.0'?><xml><Encrypt><![CDATA[x]]></Encrypt></xml>"];
    let mut seeds: Vec<Vec<u8>> = seeds.iter().map(|text| text.as_bytes().to_vec()).collect();
    seeds.extend(files(&root().join("tests"), ".xml"));
    storm("xml", seeds, |bytes| {
        let text = lossy(bytes);
        match Value::from_xml(&text) {
            Ok(value) => {
                // Nothing grows: a character of XML is at most a few of JSON.
                assert!(value.to_json_text().len() <= 8 * text.len() + 64, "{} of {}", value.to_json_text().len(), text.len());
                value.kind().to_owned()
            }
            Err(error) => error.to_string(),
        }
    });
}

#[test]
fn expressions() {
    let scope = ScopeType::default().with("doc", Type::Any).with("source", Type::Any).with("values", Type::Any);
    let value = Value::from_strict_json(r#"{"number": "1", "total": "12.50", "lines": [{"amount": "1"}, {"amount": "2"}]}"#).expect("JSON");
    storm("expressions", texts_at(&["when", "value", "if", "amount"]), |bytes| {
        let text = lossy(bytes);
        match Expression::compile(&text, &scope) {
            Ok(expression) => {
                let scope = Scope::default().with("doc", value.clone()).with("source", value.clone()).with("values", value.clone());
                let mut budget = Budget::default();
                match expression.evaluate(&scope, &mut budget) {
                    Ok(value) => value.kind().to_owned(),
                    Err(_) => "an error".to_owned(),
                }
            }
            Err(problems) => {
                inside(&text, &problems);
                codes(&problems)
            }
        }
    });
}

#[test]
fn paths() {
    storm("paths", texts_at(&["from", "each", "next"]), |bytes| {
        let text = lossy(bytes);
        match JsonPath::compile(&text) {
            Ok(_) => "a path".to_owned(),
            Err(problems) => {
                inside(&text, &problems);
                codes(&problems)
            }
        }
    });
}

#[test]
fn templates() {
    let scope = ScopeType::default().with("doc", Type::Any).with("input", Type::Any).with("settings", Type::Any);
    let nasty =
        Value::from_strict_json(r#"{"a": "x\r\nSet-Cookie: y", "id": "../../x?y#z", "base_url": "https://a.example"}"#).expect("JSON");
    let places = [Place::Plain, Place::UrlSegment, Place::Url, Place::Xml, Place::Markdown, Place::Header, Place::SqlName];
    let mut seeds = texts_at(&["path", "base_url", "template", "text", "title", "subject", "url"]);
    seeds.push(b"{{ input.id }}/{{ doc.a }}".to_vec());
    storm("templates", seeds, |bytes| {
        let text = lossy(bytes);
        let mut outcome = String::new();
        for place in places {
            match Template::compile(&text, place, &scope) {
                Ok(template) => {
                    let scope = Scope::default().with("doc", nasty.clone()).with("input", nasty.clone()).with("settings", nasty.clone());
                    let rendered = template.render(&scope, &mut Budget::default());
                    if let (Ok(rendered), Place::Header) = (&rendered, place) {
                        assert!(template.constant().is_some() || !rendered.contains(['\r', '\n']), "a header ends: {rendered:?}");
                    }
                    outcome += if rendered.is_ok() { "y" } else { "n" };
                }
                Err(problems) => {
                    inside(&text, &problems);
                    outcome += problems.first().map_or("", |problem| problem.code);
                }
            }
        }
        outcome
    });
}

#[test]
fn small_languages() {
    let seeds = ["10.0.0.0/8", "*.example.com:443", "[::1]:80", "1h30m", "5/s", "10 MiB", "12.50", "120", "Wed, 21 Oct 2026 07:28:00 GMT"];
    let now = jiff::Timestamp::from_second(1_790_000_000).expect("in range");
    storm("small_languages", seeds.iter().map(|text| text.as_bytes().to_vec()).collect(), |bytes| {
        let text = lossy(bytes);
        format!(
            "{} {} {} {} {} {}",
            EgressRule::parse(&text).is_some(),
            units::duration(&text).is_some(),
            units::size(&text).is_some(),
            units::rate(&text).is_some(),
            units::decimal(&text).is_some(),
            parse_retry_after(&text, now).is_some()
        )
    });
}
