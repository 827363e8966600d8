//! Fields of the document that a person changes with an act: checked against the step's rights and the field's type.

use super::Given;
use crate::domain::approval::{Refusal, RefusalCode};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::people::{Asks, FieldRight};
use crate::domain::flow::scope::set_path;
use crate::domain::value::Value;
use serde_json::{Value as Json, json};

/// Fields one act may change.
const EDITS_MAX: usize = 100;

/// Verbs that fields can be changed with: those of whoever is asked, and of the initiator to whom it went back. Anybody who has to
/// do with an instance may comment on it, and who only is to know reads their copy.
const EDITING: &[&str] = &["approve", "reject", "complete", "return", "resubmit"];

/// Applies the edits; gives what changed, field by field.
pub(super) fn apply(machine: &mut Machine<'_>, given: &Given<'_>) -> Result<Vec<Json>, Refusal> {
    let edits = &given.act.edits;
    if edits.len() > EDITS_MAX {
        return Err(RefusalCode::Incomplete.because(format!("at most {EDITS_MAX} fields are changed by one act")));
    }
    if !edits.is_empty() && !EDITING.contains(&given.act.verb.as_str()) {
        return Err(RefusalCode::NotAllowed.because(format!("fields are changed by whoever decides, not by `{}`", given.act.verb)));
    }
    let mut changed = Vec::new();
    let mut doc = machine.doc.clone();
    // What a step hides it hides from those whom it asks, not from the initiator who mends what was returned.
    let hidden = given.asks.filter(|_| given.act.verb != "resubmit").map(Asks::hidden).unwrap_or_default();
    for (path, value) in edits {
        let may = match given.asks.and_then(|asks| asks.fields.get(path)) {
            // Whoever gives a field anew without having seen all of it would take the rest away.
            Some(FieldRight::Edit | FieldRight::Required) => !hidden.touches(path),
            Some(FieldRight::Read) => false,
            // The initiator mends what was returned: all but what makes the document this document.
            Some(FieldRight::Hide) | None => given.act.verb == "resubmit" && !is_identity(machine, path),
        };
        if !may {
            return Err(RefusalCode::NotAllowed.because(format!("`{path}` may not be changed at this step")));
        }
        let before = path.split('.').fold(&machine.doc, |at, part| at.member(part)).to_json();
        if before == *value {
            continue;
        }
        doc = set_path(&doc, path, Value::from_json(value));
        changed.push((path.clone(), before, value.clone()));
    }
    if !changed.is_empty() {
        let read = machine
            .flow
            .document_type
            .read(&doc)
            .map_err(|error| RefusalCode::Incomplete.because(format!("the changes do not fit the document: {error}")))?;
        // The whole document is held against its schema; what was wrong before is not this person's fault.
        let kind = &machine.facts.document.kind;
        let before = machine.env().faults(kind, &machine.doc);
        let new: Vec<String> = machine.env().faults(kind, &read).into_iter().filter(|fault| !before.contains(fault)).take(5).collect();
        if !new.is_empty() {
            return Err(RefusalCode::Incomplete.because(format!("the changes do not fit the document: {}", new.join("; "))));
        }
        for (path, _, value) in &changed {
            machine.instance.assigned.retain(|(known, _)| known != path);
            machine.instance.assigned.push((path.clone(), value.clone()));
        }
        machine.doc = read;
        machine.instance.changed = machine.instance.changed.saturating_add(1);
        // Who agreed before has agreed to something else.
        machine.instance.edited = u32::try_from(given.visit).ok();
    }
    required(machine, given)?;
    Ok(changed.into_iter().map(|(field, before, after)| json!({"field": field, "before": before, "after": after})).collect())
}

/// What must be there when somebody agrees.
fn required(machine: &Machine<'_>, given: &Given<'_>) -> Result<(), Refusal> {
    if !matches!(given.act.verb.as_str(), "approve" | "complete") {
        return Ok(());
    }
    for (path, right) in given.asks.map(|asks| &asks.fields).into_iter().flatten() {
        let names: Vec<&str> = path.split('.').collect();
        if *right == FieldRight::Required && is_empty(&machine.doc, &names) {
            return Err(RefusalCode::Incomplete.because(format!("`{path}` must be filled in")));
        }
    }
    Ok(())
}

/// Whether nothing stands at a place; of a column, in any line.
fn is_empty(value: &Value, path: &[&str]) -> bool {
    match (value, path) {
        (Value::List(lines), [_, ..]) => lines.iter().any(|line| is_empty(line, path)),
        (_, [name, rest @ ..]) => is_empty(value.member(name), rest),
        (_, []) => matches!(value, Value::Unset | Value::Null) || value.as_text().is_some_and(|text| text.trim().is_empty()),
    }
}

/// Fields that say which document it is, whose, and where it stands: nobody mends those.
fn is_identity(machine: &Machine<'_>, path: &str) -> bool {
    let top = path.split('.').next().unwrap_or_default();
    let key = machine.flow.document_key.split('.').next().unwrap_or_default();
    [key, "source", "status", "requester"].contains(&top)
}
