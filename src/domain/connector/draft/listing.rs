//! A list that somebody names, made into a stream and an event: which rows, what names a thing, what says that it has changed.

use super::sketch::begin;
use super::{Draft, DraftError, Form, Listing, Operation, Output, outputs};
use serde_json::{Value as Json, json};

/// Names of arguments that say since when.
const SINCE: &[&str] =
    &["since", "from", "after", "start", "changed", "changed_since", "modified_since", "updated_since", "updated_after", "modified_after"];
/// Parts of names of what changes with the thing.
const CHANGES: &[&str] = &["changed", "updated", "modified", "version", "etag", "revision"];
/// The moment in examples.
const MOMENT: &str = "2026-01-31T08:00:00Z";

/// What somebody says of a list.
#[derive(Clone, Debug)]
pub struct List {
    /// Its path, such as `/orders?changed_since={since}`.
    pub path: String,
    /// What it was answered.
    pub answer: Option<Json>,
}

/// Adds the read that lists, the stream and the event; what it lists is read by the first operation.
///
/// # Errors
/// When its path cannot be one, its answer has no rows, or the first read takes more than the id of one thing.
pub fn listing(draft: &mut Draft, list: &List) -> Result<(), DraftError> {
    let mut operation = begin("list_changed", "GET", &list.path)?;
    let since = since_of(&mut operation, &list.path)?;
    let answer = list.answer.clone().unwrap_or_else(|| {
        operation.open.push("where the rows stand, what names one, and when it changed: assumed here".to_owned());
        json!({"items": [{"id": "17", "changed_at": MOMENT}]})
    });
    let (found, _) = outputs(&Form::of_sample(&answer));
    let Some(rows) = found.iter().find(|output| !output.fields.is_empty()) else {
        return Err(DraftError::new(
            "the answer to the listing holds no rows",
            "a list of objects, such as `{\"items\": [{\"id\": \"17\"}]}`",
        ));
    };
    let (each, id) = (rows.name.clone(), text(named(&rows.fields)?, "item"));
    operation.output = found.clone();
    operation.answer.body = Some(answer);
    operation.open.push("whether it comes in pages: declare `page:`, else only the first is read".to_owned());
    let Some(get) = draft.operations.first_mut() else { return Err(DraftError::new("there is no read of one thing", "name it first")) };
    let argument = match get.input.as_slice() {
        [one] => one.name.clone(),
        _ => {
            let message = format!("`{}` takes {} arguments, and a listing gives the id of a thing alone", get.name, get.input.len());
            return Err(DraftError::new(message, "leave the listing out, and write `streams:` and `events:` by hand"));
        }
    };
    if get.output.is_empty() {
        let (assumed, _) = outputs(&Form::of_sample(&json!({"id": "17", "changed_at": MOMENT})));
        get.output = assumed;
        get.answer.body = Some(json!({"id": "17", "changed_at": MOMENT}));
    }
    let known_by = text(named(&get.output)?, "output");
    let changed = get.output.iter().find(|output| is_change(output)).map(|output| format!("output.{}", output.name));
    if changed.is_none() {
        get.open.push("what is another one once the thing has changed: write it under `dedupe:` of the event".to_owned());
    }
    let noun = get.name.split_once('_').map_or(get.name.as_str(), |(_, noun)| noun);
    draft.listing = Some(Listing {
        event: format!("{noun}_change"),
        list: operation.name.clone(),
        since,
        each,
        id,
        get: (get.name.clone(), argument),
        known_by,
        changed,
    });
    draft.operations.push(operation);
    Ok(())
}

/// The argument for the time since when, as a moment.
fn since_of(operation: &mut Operation, path: &str) -> Result<Option<String>, DraftError> {
    let since = operation.input.iter_mut().find(|input| SINCE.contains(&input.name.as_str()));
    let since = since.map(|input| {
        (input.form, input.sample) = (Form::Instant, Some(json!(MOMENT)));
        input.name.clone()
    });
    match operation.input.iter().find(|input| Some(&input.name) != since.as_ref()) {
        None => Ok(since),
        Some(other) => Err(DraftError::new(
            format!("nobody gives the listing a `{}`", other.name),
            format!("in `{path}` only `{{since}}` is filled, with the time since when; write other values as they are"),
        )),
    }
}

/// What names a thing: `id`, else something that ends so, else the first that is a text or a number.
fn named(fields: &[Output]) -> Result<&Output, DraftError> {
    let scalar = |output: &&Output| matches!(output.form, Form::Text | Form::Int);
    let ends = |output: &&Output| ["_id", "_no", "number", "_key", "code"].iter().any(|end| output.name.ends_with(end));
    let found = fields.iter().filter(scalar).find(|output| output.name == "id");
    let found = found.or_else(|| fields.iter().filter(scalar).find(ends)).or_else(|| fields.iter().find(scalar));
    found.ok_or_else(|| DraftError::new("nothing in the answer names the thing", "an answer with an id, a number or a code in it"))
}

fn text(output: &Output, of: &str) -> String {
    let name = format!("{of}.{}", output.name);
    if output.form == Form::Text { name } else { format!("string({name})") }
}

fn is_change(output: &Output) -> bool {
    output.fields.is_empty() && CHANGES.iter().any(|part| output.name.contains(part))
}
