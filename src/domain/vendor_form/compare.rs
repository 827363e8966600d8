//! The form as it is described and the template as the vendor tells it now: field by field, what differs and what of it breaks.

use super::define::{VendorField, VendorForm};
use crate::domain::connector::forms::{FormLayout, TemplateField};
use crate::domain::diagnostic::did_you_mean;
use serde::Serialize;

/// How a field differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// The template does not have it any more: whoever fills it is refused.
    Gone,
    /// The template has it, the form does not.
    New,
    /// It is of another kind there.
    Kind,
    /// It must be filled there, and need not be here.
    Required,
    /// It need not be filled there any more.
    NotRequired,
}

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Discrepancy {
    /// The field; a column with its table and a dot before it.
    pub field: String,
    /// How.
    pub difference: Difference,
    /// In words.
    pub message: String,
    /// Whether documents are refused because of it.
    pub breaks: bool,
    /// What to do.
    pub hint: String,
}

/// What differs, in the order of the form, then of the template.
pub fn compare(form: &VendorForm, template: &[TemplateField]) -> Vec<Discrepancy> {
    let Some(layout) = form.layout() else { return Vec::new() };
    let mut found = Vec::new();
    fields(layout, "", &form.fields, template, &mut found);
    found
}

fn fields(layout: &FormLayout, before: &str, ours: &[VendorField], theirs: &[TemplateField], found: &mut Vec<Discrepancy>) {
    let fresh = |field: &&TemplateField| !ours.iter().any(|known| *known.id == *field.id);
    for field in ours {
        let path = format!("{before}{}", field.id);
        match theirs.iter().find(|there| *there.id == *field.id) {
            Some(there) => {
                one(&path, field, there, found);
                if !field.columns.is_empty() {
                    fields(layout, &format!("{path}."), &field.columns, &there.columns, found);
                }
            }
            None => {
                let renamed: Vec<&str> =
                    theirs.iter().filter(fresh).filter(|there| *there.kind == *field.kind).map(|there| there.id.as_str()).collect();
                let near =
                    did_you_mean(&field.id, renamed.iter().copied()).or(if let [only] = renamed.as_slice() { Some(*only) } else { None });
                let hint = match near {
                    Some(near) => format!("is it `{near}` now? change the form and the mapping, or the name over there"),
                    None => "take it out of the form and the mapping, or put it back over there".to_owned(),
                };
                push(found, path, Difference::Gone, "the template does not have it".to_owned(), true, hint);
            }
        }
    }
    for there in theirs.iter().filter(fresh) {
        let path = format!("{before}{}", there.id);
        // What is only shown, or filled by the vendor, need not be known here.
        let sent = layout.kinds.get(there.kind.as_str()).is_none_or(|kind| kind.sent);
        if !sent {
            continue;
        }
        let (message, hint) = match there.required {
            true => (format!("the template has it (`{}`), and it must be filled", there.kind), "add it to the form and the mapping"),
            false => (
                format!("the template has it (`{}`); it stays empty", there.kind),
                "add it to the form; to the mapping, when it is to be filled",
            ),
        };
        push(found, path, Difference::New, message, there.required, hint.to_owned());
    }
}

fn one(path: &str, ours: &VendorField, theirs: &TemplateField, found: &mut Vec<Discrepancy>) {
    if *ours.kind != *theirs.kind {
        let message = format!("it is `{}` in the template, `{}` in the form", theirs.kind, ours.kind);
        push(found, path.to_owned(), Difference::Kind, message, true, "change `kind` in the form, and what the mapping writes".to_owned());
    }
    match (ours.required || ours.by_connector, theirs.required) {
        (false, true) => {
            let message = "it must be filled in the template, and need not be in the form".to_owned();
            push(
                found,
                path.to_owned(),
                Difference::Required,
                message,
                true,
                "add `required: true` to the form; `waybill check` then finds mappings that leave it out".to_owned(),
            );
        }
        (true, false) if !ours.by_connector => {
            let message = "it need not be filled in the template".to_owned();
            push(
                found,
                path.to_owned(),
                Difference::NotRequired,
                message,
                false,
                "leave it, or take `required` out of the form".to_owned(),
            );
        }
        _ => {}
    }
}

fn push(found: &mut Vec<Discrepancy>, field: String, difference: Difference, message: String, breaks: bool, hint: String) {
    found.push(Discrepancy { field, difference, message, breaks, hint });
}
