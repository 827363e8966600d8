//! The declared types of what is filled in, for expressions and mappings.

use super::Section;
use super::field::{Field, FieldKind};
use crate::domain::expression::ScopeType;
use crate::domain::value::{ObjectType, Type, TypeField};
use std::sync::Arc;

/// People one field names; more cannot be asked in one step.
pub const PEOPLE_MAX: u32 = 50;

fn object(name: &str, fields: impl IntoIterator<Item = (Arc<str>, Type)>) -> Type {
    let field = |of: Type| TypeField { of, required: false, max_length: None };
    let fields = fields.into_iter().map(|(name, of)| (name, field(of))).collect();
    Type::Object(Arc::new(ObjectType { name: name.into(), fields, open: false }))
}

/// A person of the directory: `{id, name, email, department}`.
pub fn person() -> Type {
    object("person", ["id", "name", "email", "department"].map(|name| (Arc::from(name), Type::Text)))
}

fn department() -> Type {
    object("department", ["id", "name"].map(|name| (Arc::from(name), Type::Text)))
}

fn attachment() -> Type {
    let text = ["name", "ref", "media_type", "sha256"].map(|name| (Arc::from(name), Type::Text));
    object("attachment", text.into_iter().chain([(Arc::from("size"), Type::Int)]))
}

/// The type of a field.
pub fn of_field(field: &Field) -> Type {
    match &field.kind {
        FieldKind::Text { .. } => Type::Text,
        FieldKind::Int { .. } => Type::Int,
        FieldKind::Decimal { currency, .. } => Type::Decimal { currency: currency.clone() },
        FieldKind::Date => Type::Date,
        FieldKind::Instant => Type::Instant,
        FieldKind::Choice { many: true, options, .. } => Type::List(Box::new(Type::Text), u32::try_from(options.len()).ok()),
        FieldKind::Choice { .. } => Type::Text,
        FieldKind::Person { many: true, .. } => Type::List(Box::new(person()), Some(PEOPLE_MAX)),
        FieldKind::Person { .. } => person(),
        FieldKind::Department => department(),
        FieldKind::Attachment { max } => Type::List(Box::new(attachment()), Some(*max)),
        FieldKind::YesNo => Type::Bool,
        FieldKind::Lines { fields, max, .. } => Type::List(Box::new(of_line(&field.id, fields)), Some(*max)),
    }
}

/// The type of one line of a table.
pub fn of_line(table: &str, fields: &[Field]) -> Type {
    object(&format!("line of {table}"), fields.iter().map(|field| (field.id.clone(), of_field(field))))
}

/// The type of all that is filled in.
pub fn of_form(id: &str, sections: &[Section]) -> Type {
    let fields = || sections.iter().flat_map(|section| &section.fields);
    let sums = fields().filter_map(|field| match &field.kind {
        FieldKind::Lines { fields, sums, .. } if !sums.is_empty() => {
            let summed = fields.iter().filter(|one| sums.contains(&one.id)).map(|one| (one.id.clone(), of_field(one)));
            Some((field.id.clone(), object(&format!("sums of {}", field.id), summed)))
        }
        _ => None,
    });
    let sums: Vec<(Arc<str>, Type)> = sums.collect();
    let own = fields().map(|field| (field.id.clone(), of_field(field)));
    let extra = (!sums.is_empty()).then(|| (Arc::from("sums"), object("sums", sums)));
    object(id, own.chain(extra))
}

/// What the expressions of a form see.
pub fn scope(form: Type) -> ScopeType {
    ScopeType::default().with("form", form).with("submitter", person()).with("submitted_at", Type::Instant).with("today", Type::Date)
}
