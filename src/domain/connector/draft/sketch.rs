//! Drafts from what a person says: a read, and a write with its promise.

pub use super::listing::{List, listing};
use super::{Answer, Body, Draft, DraftError, Form, Input, Names, Operation, Output, Part, Promise, Source, outputs};
use serde_json::{Value as Json, json};

/// A read.
#[derive(Clone, Debug)]
pub struct Read {
    /// Its name.
    pub name: String,
    /// Its path, such as `/orders/{id}?expand=lines`.
    pub path: String,
    /// What it was answered.
    pub answer: Option<Json>,
}

/// A write, sent as JSON.
#[derive(Clone, Debug)]
pub struct Write {
    /// Its name.
    pub name: String,
    /// POST, PUT or PATCH.
    pub method: &'static str,
    /// Its path.
    pub path: String,
    /// What makes a repeat harmless.
    pub promise: Promised,
}

/// What a person says about a repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Promised {
    /// The partner honours a key in this header.
    Header(String),
    /// Our reference is searched for at this path, such as `/orders?reference={reference}`.
    Find(String),
    /// Repeating is harmless.
    Nature,
    /// Nothing.
    None,
}

/// Adds a read.
///
/// # Errors
/// When its path cannot be one.
pub fn read(draft: &mut Draft, read: &Read) -> Result<(), DraftError> {
    let mut operation = begin(&read.name, "GET", &read.path)?;
    match &read.answer {
        Some(answer) => {
            let (found, cut) = outputs(&Form::of_sample(answer));
            operation.output = found;
            operation.answer.body = Some(answer.clone());
            if cut {
                operation.open.push("the answer has more fields than are drafted here".to_owned());
            }
        }
        None => operation.open.push("what it answers: `waybill connector try` shows it; write it under `output:`".to_owned()),
    }
    draft.operations.push(operation);
    Ok(())
}

/// Adds a write, and the read that finds it where it is looked up.
///
/// # Errors
/// When a path cannot be one, or the one that finds has no place for our reference.
pub fn write(draft: &mut Draft, write: &Write) -> Result<(), DraftError> {
    let mut operation = begin(&write.name, write.method, &write.path)?;
    operation.write = true;
    let taken = operation.input.clone();
    let mut names = Names::default();
    taken.iter().for_each(|input| drop(names.take(&input.name)));
    for name in ["reference", "title"].into_iter().filter(|name| !taken.iter().any(|input| input.name == *name)) {
        operation.input.push(Input { name: names.take(name), form: Form::Text, optional: false, sample: Some(json!(format!("{name}-1"))) });
    }
    let members = operation.input.iter().filter(|input| !taken.contains(input));
    operation.body = Body::Json(members.map(|input| (input.name.clone(), Source::Input(input.name.clone()))).collect());
    operation.output = vec![external_id("$.id", false)];
    operation.answer = Answer { status: 201, body: Some(json!({"id": "17"})) };
    operation.open.push(
        "which members the body has; `reference` is ours, unique for each step's visit, and should be kept by the partner".to_owned(),
    );
    operation.promise = match &write.promise {
        Promised::Header(header) => Promise::Header(header.clone()),
        Promised::Nature => Promise::Nature,
        Promised::None => {
            operation
                .open
                .push("what makes a repeat harmless; until then it may duplicate, and an unknown outcome goes to a person".to_owned());
            Promise::None
        }
        Promised::Find(path) => {
            let found = find(&write.name, path)?;
            let name = found.name.clone();
            draft.operations.push(found);
            Promise::Lookup(name)
        }
    };
    draft.operations.push(operation);
    Ok(())
}

fn find(write: &str, path: &str) -> Result<Operation, DraftError> {
    let noun = write.split_once('_').map_or(write, |(_, noun)| noun);
    let mut operation = begin(&format!("find_{noun}"), "GET", path)?;
    if !operation.input.iter().any(|input| input.name == "reference") {
        let message = format!("`{path}` has no `{{reference}}`: what is looked up is our own number");
        return Err(DraftError::new(message, "such as `/orders?reference={reference}`"));
    }
    operation.output = vec![external_id("$.items[0].id", true)];
    operation.answer.body = Some(json!({"items": [{"id": "17"}]}));
    operation.open.push("where the id of what was found stands; it is left out where nothing was found".to_owned());
    Ok(operation)
}

fn external_id(from: &str, optional: bool) -> Output {
    Output { name: "external_id".to_owned(), from: from.to_owned(), form: Form::Text, optional, fields: Vec::new() }
}

/// A path of literals and `{names}`, also in the query.
pub(super) fn begin(name: &str, method: &'static str, written: &str) -> Result<Operation, DraftError> {
    if !written.starts_with('/') {
        return Err(DraftError::new(
            format!("`{written}` is no path"),
            "it begins with `/`, such as `/orders/{id}`; the host stands in the connection",
        ));
    }
    let (path, query) = written.split_once('?').unwrap_or((written, ""));
    let mut operation = Operation {
        name: name.to_owned(),
        title: name.replace('_', " "),
        write: false,
        method,
        path: Vec::new(),
        input: Vec::new(),
        query: Vec::new(),
        headers: Vec::new(),
        body: Body::None,
        output: Vec::new(),
        promise: Promise::None,
        answer: Answer { status: 200, body: None },
        open: Vec::new(),
    };
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after
            .split_once('}')
            .ok_or_else(|| DraftError::new(format!("`{written}` has a brace that is not closed"), "such as `/orders/{id}`"))?;
        let name = argument(&mut operation, name);
        operation.path.extend([Part::Literal(before.to_owned()), Part::Input(name)]);
        rest = after;
    }
    if !rest.is_empty() {
        operation.path.push(Part::Literal(rest.to_owned()));
    }
    for (name, value) in query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, ""))) {
        let source = match value.strip_prefix('{').and_then(|value| value.strip_suffix('}')) {
            Some(input) => Source::Input(argument(&mut operation, input)),
            None => Source::Literal(json!(value)),
        };
        operation.query.push((name.to_owned(), source));
    }
    Ok(operation)
}

fn argument(operation: &mut Operation, name: &str) -> String {
    let name = super::names::id(name);
    if !operation.input.iter().any(|input| input.name == name) {
        operation.input.push(Input { name: name.clone(), form: Form::Text, optional: false, sample: Some(json!(format!("{name}-1"))) });
    }
    name
}
