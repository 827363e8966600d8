//! JSON Schema (draft 2020-12) of a shape: editor completion and console forms come from the table that checks.

use super::shape::{Field, KeyedShape, ObjectShape, Shape, TaggedShape};
use serde_json::{Map, Value as Json, json};

/// The schema of a kind of definition.
pub fn of_kind(kind: &str, title: &str, shape: &'static Shape) -> Json {
    let mut defs = Defs::default();
    let root = defs.of(shape);
    let mut schema = Map::new();
    schema.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("$id".into(), format!("https://waybill.example/schemas/language/{kind}.schema.json").into());
    schema.insert("title".into(), title.into());
    if let Json::Object(root) = root {
        schema.extend(root);
    }
    defs.done.sort_keys();
    schema.insert("$defs".into(), Json::Object(defs.done));
    Json::Object(schema)
}

#[derive(Default)]
struct Defs {
    done: Map<String, Json>,
}

impl Defs {
    fn of(&mut self, shape: &'static Shape) -> Json {
        match shape {
            Shape::Any => json!({}),
            Shape::Text | Shape::Template => json!({"type": ["string", "number", "boolean"]}),
            Shape::Expression => json!({"type": ["string", "number", "boolean"], "description": "CEL expression"}),
            Shape::Path => json!({"type": "string", "description": "JSONPath"}),
            Shape::Id => json!({"type": "string", "pattern": ID}),
            Shape::Reference => json!({"type": "string"}),
            Shape::Bool => json!({"type": "boolean"}),
            Shape::Int => json!({"type": "integer"}),
            Shape::Decimal => json!({"type": "string", "pattern": "^-?[0-9]+([.][0-9]+)?$"}),
            Shape::Duration => json!({"type": "string", "pattern": "^[0-9]+(ms|s|m|h|d|w|wd|wh)$"}),
            Shape::Size => json!({"type": "string", "pattern": "^[0-9]+(B|KiB|MiB|GiB)$"}),
            Shape::Rate => json!({"type": "string", "pattern": "^[0-9]+/[smhd]$"}),
            Shape::Title => json!({"anyOf": [
                {"type": "string"},
                {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}},
            ]}),
            Shape::Setting => json!({"anyOf": [
                {"type": ["string", "number", "boolean", "array"]},
                {"type": "object", "required": ["secret"], "properties": {"secret": {"type": "string", "pattern": "^(env|file)/.+$"}}, "additionalProperties": false},
            ]}),
            Shape::Word(words) => json!({"enum": words}),
            Shape::Object(object) => self.object(object),
            Shape::Keyed(keyed) => self.keyed(keyed),
            Shape::Tagged(tagged) => self.tagged(tagged),
            Shape::List(item) => json!({"type": "array", "items": self.of(item)}),
            Shape::Map(item) => json!({"type": "object", "additionalProperties": self.of(item)}),
            Shape::IdMap(item) => json!({"type": "object", "propertyNames": {"pattern": ID}, "additionalProperties": self.of(item)}),
            Shape::OneOrMany(item) => {
                let one = self.of(item);
                json!({"anyOf": [one.clone(), {"type": "array", "items": one}]})
            }
            Shape::Either(options) => {
                let options: Vec<Json> = options.iter().map(|option| self.of(option)).collect();
                json!({"anyOf": options})
            }
        }
    }

    /// Makes a named definition once; shapes may contain themselves, so the name is taken before its body is made.
    fn named(&mut self, name: &str, body: impl FnOnce(&mut Self) -> Json) -> Json {
        if !self.done.contains_key(name) {
            self.done.insert(name.to_owned(), Json::Null);
            let body = body(self);
            self.done.insert(name.to_owned(), body);
        }
        json!({"$ref": format!("#/$defs/{name}")})
    }

    fn object(&mut self, object: &'static ObjectShape) -> Json {
        self.named(object.name, |defs| defs.fields(object.name, object.doc, &[object.fields], None))
    }

    fn keyed(&mut self, keyed: &'static KeyedShape) -> Json {
        self.named(keyed.name, |defs| {
            let variants: Vec<Json> = keyed
                .variants
                .iter()
                .filter(|variant| !variant.key.later)
                .map(|variant| {
                    let groups = [std::slice::from_ref(&variant.key), variant.fields, keyed.common];
                    defs.fields(variant.key.name, variant.key.doc, &groups, Some((variant.key.name, None)))
                })
                .collect();
            json!({"title": keyed.name, "description": keyed.doc, "oneOf": variants})
        })
    }

    fn tagged(&mut self, tagged: &'static TaggedShape) -> Json {
        self.named(tagged.name, |defs| {
            let kinds: Vec<Json> = tagged
                .kinds
                .iter()
                .filter(|kind| !kind.later)
                .map(|kind| {
                    let must = tagged.default != Some(kind.word);
                    let tag = Some((tagged.tag, Some((kind.word, must))));
                    defs.fields(kind.word, kind.doc, &[kind.fields, tagged.common], tag)
                })
                .collect();
            json!({"title": tagged.name, "description": tagged.doc, "oneOf": kinds})
        })
    }

    /// A closed mapping. `says` is the key that says what it is, with its word and whether it must be written.
    fn fields(&mut self, title: &str, doc: &str, groups: &[&'static [Field]], says: Option<(&str, Option<(&str, bool)>)>) -> Json {
        let mut properties = Map::new();
        let mut required: Vec<&str> = Vec::new();
        match says {
            Some((tag, Some((word, must)))) => {
                properties.insert(tag.to_owned(), json!({"const": word}));
                required.extend(must.then_some(tag));
            }
            Some((key, None)) => required.push(key),
            None => {}
        }
        for field in groups.iter().flat_map(|group| group.iter()).filter(|field| !field.later) {
            properties.insert(field.name.to_owned(), described(self.of(&field.shape), field.doc));
            if field.required && !required.contains(&field.name) {
                required.push(field.name);
            }
        }
        json!({
            "title": title,
            "description": doc,
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }
}

const ID: &str = "^[a-z][a-z0-9_]*$";

fn described(schema: Json, doc: &str) -> Json {
    match schema {
        Json::Object(mut schema) => {
            schema.insert("description".into(), doc.into());
            Json::Object(schema)
        }
        other => other,
    }
}
