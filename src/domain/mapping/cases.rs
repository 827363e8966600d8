//! Examples beside a mapping: given these inputs, this comes out.

use super::definition::Definition;
use super::rule::Mapping;
use crate::domain::diagnostic::{Report, Span, Spanned};
use crate::domain::expression::{Scope, ScopeType};
use crate::domain::text::files::Files;
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use serde_json::Value as Json;
use std::sync::Arc;

/// An example.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it shows.
    pub name: Arc<str>,
    /// Path of the JSON file with a value for each input.
    pub inputs: Spanned<Arc<str>>,
    /// Path of the JSON file with the result.
    pub expect: Spanned<Arc<str>>,
    /// Where it stands.
    pub span: Span,
}

/// Differences one case reports; the first few say it all.
const DIFFERENCES_MAX: usize = 20;

impl Case {
    pub(super) fn read(node: &Node) -> Option<Case> {
        let path = |key: &str| Some(Spanned::new(Arc::from(node.get(key)?.text()?), node.get(key)?.span));
        Some(Case { name: node.get("name")?.text()?.into(), inputs: path("inputs")?, expect: path("expect")?, span: node.span })
    }
}

/// Runs all cases of a definition; failures are findings at the case. Gives the number that passed.
pub fn check_cases(definition: &Definition, mapping: &Mapping, types: &ScopeType, files: &Files, report: &mut Report) -> usize {
    let mut passed = 0;
    for (index, case) in definition.cases.iter().enumerate() {
        let (Some(inputs), Some(expect)) = (load(&case.inputs, files, report), load(&case.expect, files, report)) else { continue };
        match run_case(mapping, |inputs| read_inputs(types, inputs), &inputs, &expect) {
            Ok(()) => passed += 1,
            Err(differences) => {
                let message = format!("the case `{}` fails: {}", case.name, differences.join("; "));
                report.error("test_failed", case.span, message).at(format!("tests[{index}]"));
            }
        }
    }
    passed
}

fn load(path: &Spanned<Arc<str>>, files: &Files, report: &mut Report) -> Option<Json> {
    let Some(text) = files.get(&path.value) else {
        report
            .error("unknown_file", path.span, format!("the project has no file `{}`", path.value))
            .hint("the path is relative to the project folder");
        return None;
    };
    match serde_json::from_str(text) {
        Ok(json) => Some(json),
        Err(error) => {
            let message = format!("`{}` is not valid JSON: line {}, column {}", path.value, error.line(), error.column());
            report.error("bad_value", path.span, message);
            None
        }
    }
}

/// The inputs of a mapping from JSON that holds a member for each; the error says which one does not fit and how.
pub fn read_inputs<'t>(types: &'t ScopeType, inputs: &Json) -> Result<Scope<'t>, String> {
    let untyped = Value::from_json(inputs);
    let mut scope = Scope::default();
    for (name, of) in &types.names {
        let value = of.read(untyped.member(name)).map_err(|error| format!("input `{name}`: {error}"))?;
        scope.set(name, value);
    }
    Ok(scope)
}

/// Runs one case, with `read` for what it sees; the error lists what differs.
pub fn run_case<'t>(
    mapping: &Mapping,
    read: impl FnOnce(&Json) -> Result<Scope<'t>, String>,
    inputs: &Json,
    expect: &Json,
) -> Result<(), Vec<String>> {
    let scope = read(inputs).map_err(|problem| vec![problem])?;
    let mapped = mapping.apply(&scope).map_err(|error| vec![error.to_string()])?;
    let mut differences = Vec::new();
    compare("", expect, &mapped.value.to_json(), &mut differences);
    if differences.is_empty() { Ok(()) } else { Err(differences) }
}

/// Lists where two JSON values differ; numbers by their text, so that a digit more is a difference.
fn compare(path: &str, expect: &Json, found: &Json, out: &mut Vec<String>) {
    if out.len() >= DIFFERENCES_MAX {
        return;
    }
    match (expect, found) {
        (Json::Object(expect), Json::Object(found)) => {
            for (key, value) in expect {
                match found.get(key) {
                    Some(other) => compare(&join(path, key), value, other, out),
                    None => out.push(format!("`{}` is missing", join(path, key))),
                }
            }
            out.extend(found.keys().filter(|key| !expect.contains_key(*key)).map(|key| format!("`{}` is not expected", join(path, key))));
            let order = |object: &serde_json::Map<String, Json>| object.keys().cloned().collect::<Vec<_>>();
            if expect.len() == found.len() && expect.keys().all(|key| found.contains_key(key)) && order(expect) != order(found) {
                out.push(format!("the keys of `{}` are in another order", if path.is_empty() { "the result" } else { path }));
            }
        }
        (Json::Array(expect), Json::Array(found)) => {
            if expect.len() != found.len() {
                out.push(format!("`{path}` has {} elements instead of {}", found.len(), expect.len()));
            }
            for (index, (expect, found)) in expect.iter().zip(found).enumerate() {
                compare(&format!("{path}[{index}]"), expect, found, out);
            }
        }
        (expect, found) if expect == found => {}
        (expect, found) => out.push(format!("`{path}` is {} instead of {}", shown(found), shown(expect))),
    }
}

fn join(path: &str, key: &str) -> String {
    super::target::write(path, &[Arc::from(key)])
}

fn shown(value: &Json) -> String {
    let text = value.to_string();
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
