//! What only the form knows of a mapping: values whose content is of another type than the field holds, and words for a kind
//! that are another kind's. And whether a connection has the template that the form stands for.

use super::define::{VendorField, VendorForm};
use crate::domain::binding::{Connection, Setting};
use crate::domain::connector::forms::{FormKind, FormLayout};
use crate::domain::diagnostic::{Report, Span};
use crate::domain::mapping::{Mapping, Write, Written};
use crate::domain::value::{Type, Value};
use std::sync::Arc;

/// Checks the values of a mapping that fills the form.
pub fn lint_mapping(form: &VendorForm, mapping: &Mapping, report: &mut Report) {
    let Some(layout) = form.layout() else { return };
    for write in mapping.writes() {
        let Some((field, inside)) = field_of(form, layout, &write.path) else { continue };
        let Some(kind) = layout.kinds.get(&field.kind) else { continue };
        lint_write(layout, field, kind, inside, &write, report);
    }
}

fn lint_write(layout: &FormLayout, field: &VendorField, kind: &FormKind, inside: &[Arc<str>], write: &Write<'_>, report: &mut Report) {
    let named = |message: String, hint: String, code: &'static str, report: &mut Report| {
        report.error(code, write.info.span, message).hint(hint).at(write.info.path.clone());
    };
    match &write.of {
        Written::Constant(Value::Text(word)) if inside.len() == 1 && layout.says.as_ref() == inside.first() && **word != *field.kind => {
            let message = format!("`{}` is of the kind `{}`, not `{word}`", field.id, field.kind);
            named(message, format!("write `constant: {}`", field.kind), "bad_value", report);
        }
        Written::Typed(given) if inside == kind.at.as_slice() => {
            let Some(holds) = kind.holds.as_ref().filter(|holds| !may_hold(holds, given)) else { return };
            let message = format!("`{}` is a `{}` and holds {}, but this gives {}", field.id, field.kind, holds.name(), given.name());
            let hint = match holds {
                Type::Decimal { .. } => "give an amount or a number: a field of the document, or `decimal(…)`",
                Type::Date | Type::Instant => "give a date or a time of the document",
                Type::Bool => "give true or false, and say the vendor's words with `as: {bool: …}`",
                _ => "give another field of the document",
            };
            named(message, hint.to_owned(), "expression_type", report);
        }
        _ => {}
    }
}

/// The field that a path of the operation's input leads to, and the path inside its value.
fn field_of<'f, 'p>(form: &'f VendorForm, layout: &FormLayout, path: &'p [Arc<str>]) -> Option<(&'f VendorField, &'p [Arc<str>])> {
    let (argument, rest) = path.split_first()?;
    if *argument != layout.fields && layout.tables.as_ref() != Some(argument) {
        return None;
    }
    let (id, rest) = rest.split_first()?;
    let field = form.fields.iter().find(|field| field.id == *id)?;
    if field.columns.is_empty() {
        return Some((field, rest));
    }
    let (column, rest) = rest.split_first()?;
    Some((field.columns.iter().find(|field| field.id == *column)?, rest))
}

/// Whether a value of this type can be the content of a field that holds that. Formats and dictionaries come after.
fn may_hold(holds: &Type, given: &Type) -> bool {
    match (holds, given) {
        (_, Type::Any) => true,
        (Type::Decimal { .. } | Type::Int, Type::Decimal { .. } | Type::Int) => true,
        (Type::Date | Type::Instant, Type::Date | Type::Instant) => true,
        (Type::Text, Type::List(..) | Type::Map(_) | Type::Object(_) | Type::Secret) => false,
        (Type::Text, _) => true,
        (holds, given) => holds == given,
    }
}

/// Whether a connection has the template that a form stands for, as far as its text tells; else the setting that differs, with
/// what the connection has.
pub fn stands_for(form: &VendorForm, connection: &Connection) -> Result<(), (Arc<str>, String)> {
    for (setting, wanted) in &form.template {
        let given = match connection.settings.get(setting) {
            Some(Setting::Literal(value)) => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            // What is kept secret cannot be compared here.
            Some(_) => continue,
            None => form.connector.defaults.get(setting).and_then(Value::as_text).unwrap_or_default().to_owned(),
        };
        if given != *wanted.value {
            return Err((setting.clone(), given));
        }
    }
    Ok(())
}

/// Refuses a mapping whose connection has another template than the form stands for.
pub fn lint_settings(form: &VendorForm, connection: &Connection, span: Span, report: &mut Report) {
    if let Err((setting, given)) = stands_for(form, connection) {
        let message = format!(
            "the form `{}` stands for `{setting}: {}`, but the connection `{}` has `{given}`",
            form.id,
            form.template.get(&setting).map_or("", |wanted| &wanted.value),
            connection.id
        );
        report
            .error("bad_value", span, message)
            .hint("name the form of that template, or bind another connection or mapping in this row")
            .at("to.form");
    }
}
