//! The form as clients draw it: titles in every language, what can be chosen, what is editable when.

use super::Form;
use super::field::{Check, Field, FieldKind, Required};
use serde_json::{Map, Value as Json, json};

impl Form {
    /// The form as JSON, for the API.
    pub fn describe(&self) -> Json {
        let sections: Vec<Json> = self
            .sections
            .iter()
            .map(
                |section| json!({"id": section.id, "title": section.title, "fields": section.fields.iter().map(field).collect::<Vec<_>>()}),
            )
            .collect();
        json!({
            "form": self.id,
            "title": self.title,
            "hint": self.hint,
            "document": self.document,
            "zone": self.zone,
            "sections": sections,
            "checks": checks(&self.checks),
        })
    }
}

fn checks(checks: &[Check]) -> Vec<Json> {
    checks.iter().map(|check| json!({"that": check.that.source(), "message": check.message})).collect()
}

impl Field {
    /// The field as JSON, for whoever draws it alone.
    pub fn describe(&self) -> Json {
        field(self)
    }
}

fn field(field: &Field) -> Json {
    let mut out = Map::new();
    out.insert("id".into(), json!(field.id));
    out.insert("type".into(), json!(field.kind.word()));
    out.insert("title".into(), json!(field.title));
    out.insert("hint".into(), json!(field.hint));
    out.insert(
        "required".into(),
        match &field.required {
            Required::Fixed(required) => json!(required),
            Required::When(condition) => json!(condition.source()),
        },
    );
    if let Some(default) = &field.default {
        out.insert("default".into(), default.clone());
    }
    if let Some(visible) = &field.visible {
        out.insert("visible".into(), json!(visible.source()));
    }
    if !field.checks.is_empty() {
        out.insert("checks".into(), json!(checks(&field.checks)));
    }
    let rights: Map<String, Json> = field.rights.iter().map(|(step, right)| (step.to_string(), json!(right.word()))).collect();
    out.insert("rights".into(), Json::Object(rights));
    if let Json::Object(own) = own(&field.kind) {
        out.extend(own.into_iter().filter(|(_, value)| !value.is_null()));
    }
    Json::Object(out)
}

/// What only this type has.
fn own(kind: &FieldKind) -> Json {
    match kind {
        FieldKind::Text { multi_line, max_length, pattern } => {
            json!({"multi_line": multi_line, "max_length": max_length, "pattern": pattern.as_ref().map(regex::Regex::as_str)})
        }
        FieldKind::Int { min, max } => json!({"min": min, "max": max}),
        FieldKind::Decimal { currency, scale, min, max } => {
            json!({"currency": currency, "scale": scale, "min": min.map(|min| min.to_string()), "max": max.map(|max| max.to_string())})
        }
        FieldKind::Choice { options, dictionary, many } => {
            let options: Vec<Json> = options.iter().map(|option| json!({"id": option.id, "title": option.title})).collect();
            json!({"options": options, "dictionary": dictionary, "many": many})
        }
        FieldKind::Person { role, many } => json!({"role": role, "many": many}),
        FieldKind::Attachment { max } => json!({"max": max}),
        FieldKind::Lines { fields, min, max, sums } => {
            json!({"fields": fields.iter().map(field).collect::<Vec<_>>(), "min": min, "max": max, "sums": sums})
        }
        FieldKind::Date | FieldKind::Instant | FieldKind::Department | FieldKind::YesNo => json!({}),
    }
}
