//! `docs/reference/config.md`: every option of the process with its default and its variable.

use std::fmt::Write;

use super::{cell, form, sentence, top};
use crate::config::{self, DEFAULTS};
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{Field, ObjectShape, Shape, TaggedShape};
use crate::domain::text::tree::{Node, parse};

/// The page.
pub fn page() -> String {
    let mut out = top("Configuration", "the code that reads `config/waybill.yaml`");
    out += "\n`waybill serve --config FILE` reads defaults, then the file, then variables `WAYBILL_SECTION_OPTION`. Unknown options are \
            errors. The file begins with `format: 1`; [config/waybill.yaml](../../config/waybill.yaml) has every option with its \
            default and why. Secrets never stand in it: `{secret: env/NAME}` or `{secret: file/PATH}`.\n";
    let defaults = parse(DEFAULTS, &mut Report::new("(defaults)"));
    for section in config::SHAPE.fields {
        let default = defaults.as_ref().and_then(|tree| tree.get(section.name));
        match &section.shape {
            Shape::Object(object) => of_object(&mut out, section, object, default),
            Shape::Tagged(tagged) => of_tagged(&mut out, section, tagged),
            _ => {}
        }
    }
    out
}

fn heading(out: &mut String, section: &Field) {
    // Writing into a string cannot fail.
    let _ = write!(out, "\n## `{}`\n\n{}\n", section.name, sentence(section.doc));
}

fn of_object(out: &mut String, section: &'static Field, object: &'static ObjectShape, defaults: Option<&Node>) {
    heading(out, section);
    out.push_str("\n| option | what stands there | default | variable | meaning |\n|---|---|---|---|---|\n");
    let mut inner: Vec<&'static ObjectShape> = Vec::new();
    for field in object.fields {
        let default = defaults.and_then(|node| node.get(field.name)).map(written).filter(|text| !text.is_empty());
        let default = default.map(|text| format!("`{text}`")).unwrap_or_default();
        let variable = if is_single(&field.shape) { variable(section.name, field.name) } else { String::new() };
        let shown = form(&field.shape, &|name| format!("`{name}`"));
        let _ = writeln!(out, "| `{}` | {} | {} | {variable} | {} |", field.name, cell(&shown), cell(&default), sentence(field.doc));
        inner.extend(object_in(&field.shape));
    }
    of_inner(out, &inner);
}

/// The mappings that stand inside options of a section.
fn of_inner(out: &mut String, inner: &[&'static ObjectShape]) {
    for object in inner {
        let _ = write!(out, "\n`{}`: {}\n\n| option | what stands there | meaning |\n|---|---|---|\n", object.name, sentence(object.doc));
        for field in object.fields {
            let name = if field.required { format!("**`{}`**", field.name) } else { format!("`{}`", field.name) };
            let shown = form(&field.shape, &|name| format!("`{name}`"));
            let _ = writeln!(out, "| {name} | {} | {} |", cell(&shown), sentence(field.doc));
        }
    }
}

fn of_tagged(out: &mut String, section: &'static Field, tagged: &'static TaggedShape) {
    heading(out, section);
    let default = tagged.default.map(|word| format!(" (default `{word}`)")).unwrap_or_default();
    let _ = write!(out, "\n`{}`{default}, or {}:\n\n", tagged.tag, variable(section.name, tagged.tag));
    for kind in tagged.kinds {
        let later = if kind.later { " Not available yet." } else { "" };
        let _ = writeln!(out, "- `{}`: {}{later}", kind.word, sentence(kind.doc));
    }
    if !tagged.common.is_empty() {
        options(out, section, &format!("`{}`, every kind", section.name), tagged.common);
    }
    for kind in tagged.kinds.iter().filter(|kind| !kind.fields.is_empty()) {
        options(out, section, &format!("`{}: {}`", tagged.tag, kind.word), kind.fields);
    }
}

/// The options that a kind brings. Their defaults stand in their sentences: the shipped file holds one kind only.
fn options(out: &mut String, section: &'static Field, title: &str, fields: &'static [Field]) {
    let _ = write!(out, "\n{title}:\n\n| option | what stands there | variable | meaning |\n|---|---|---|---|\n");
    let mut inner: Vec<&'static ObjectShape> = Vec::new();
    for field in fields {
        let name = if field.required { format!("**`{}`**", field.name) } else { format!("`{}`", field.name) };
        let variable = if is_single(&field.shape) { variable(section.name, field.name) } else { String::new() };
        let shown = form(&field.shape, &|name| format!("`{name}`"));
        let _ = writeln!(out, "| {name} | {} | {variable} | {} |", cell(&shown), sentence(field.doc));
        inner.extend(object_in(&field.shape));
    }
    of_inner(out, &inner);
}

fn variable(section: &str, option: &str) -> String {
    format!("`WAYBILL_{}_{}`", section.to_uppercase(), option.to_uppercase())
}

fn written(node: &Node) -> String {
    node.text().map_or_else(|| node.to_json().to_string(), str::to_owned)
}

/// Lists and mappings have no variable of their own.
fn is_single(shape: &Shape) -> bool {
    !matches!(shape, Shape::List(_) | Shape::Object(_) | Shape::Map(_) | Shape::IdMap(_))
}

fn object_in(shape: &'static Shape) -> Option<&'static ObjectShape> {
    match shape {
        Shape::Object(object) => Some(object),
        Shape::List(item) | Shape::OneOrMany(item) => object_in(item),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every option below a shape, with the place it stands at. No wildcard: a new form of options is thought of here too.
    fn options_of(place: &str, shape: &'static Shape, found: &mut Vec<(String, &'static str)>) {
        let groups: Vec<&'static [Field]> = match shape {
            Shape::Object(object) => vec![object.fields],
            Shape::Keyed(keyed) => {
                let variants = keyed.variants.iter().flat_map(|variant| [std::slice::from_ref(&variant.key), variant.fields]);
                variants.chain([keyed.common]).collect()
            }
            Shape::Tagged(tagged) => {
                found.push((place.to_owned(), tagged.tag));
                tagged.kinds.iter().map(|kind| kind.fields).chain([tagged.common]).collect()
            }
            Shape::List(item) | Shape::Map(item) | Shape::IdMap(item) | Shape::OneOrMany(item) => return options_of(place, item, found),
            Shape::Either(shapes) => return shapes.iter().for_each(|shape| options_of(place, shape, found)),
            Shape::Any
            | Shape::Text
            | Shape::Id
            | Shape::Reference
            | Shape::Bool
            | Shape::Int
            | Shape::Decimal
            | Shape::Duration
            | Shape::Size
            | Shape::Rate
            | Shape::Expression
            | Shape::Path
            | Shape::Template
            | Shape::Title
            | Shape::Setting
            | Shape::Word(_) => return,
        };
        for field in groups.into_iter().flatten() {
            found.push((place.to_owned(), field.name));
            options_of(place, &field.shape, found);
        }
    }

    #[test]
    fn every_option_stands_in_its_section_of_the_page() {
        let page = page();
        let mut options = Vec::new();
        for section in config::SHAPE.fields.iter().filter(|section| section.name != "format") {
            options_of(section.name, &section.shape, &mut options);
        }
        for (section, option) in [("transport", "publish_events"), ("server", "client_secret"), ("quotas", "tenant")] {
            assert!(options.contains(&(section.to_owned(), option)), "the walk misses {section}.{option}");
        }
        let lacks = |(section, option): &&(String, &'static str)| {
            let after = page.split_once(&format!("\n## `{section}`\n")).map_or("", |(_, after)| after);
            let part = after.split("\n## ").next().unwrap_or_default();
            ![format!("\n| `{option}` |"), format!("\n| **`{option}`** |"), format!("\n`{option}` (default ")]
                .iter()
                .any(|row| part.contains(row))
        };
        assert_eq!(options.iter().filter(lacks).collect::<Vec<_>>(), Vec::<&(String, &str)>::new());
    }
}
