//! `docs/reference/language.md`: every key of every kind of definition, from the tables that check them.

use std::collections::{BTreeSet, VecDeque};
use std::fmt::Write;

use super::{cell, form, sentence, top};
use crate::domain::catalog::kinds::{KINDS, Kind};
use crate::domain::text::shape::{Field, KeyedShape, ObjectShape, Shape, TaggedShape};

/// The page.
pub fn page() -> String {
    let mut out = top("The language, key by key", "the tables that check definitions");
    out += "\nOne definition a file, `format: 1` and a kind key with its id on top. Unknown keys are errors. Keys in bold must be there. \
            What the values mean (durations, titles, expressions and their scopes) is told in \
            [Writing definitions](../guide/writing-definitions.md); editors complete from the JSON Schemas in `schemas/language/`.\n";
    for kind in KINDS {
        // Writing into a string cannot fail.
        let _ = write!(out, "\n## {} (`{}`)\n\nIts files stand in {}.\n", kind.title, kind.key, kind.folder.words());
        match kind.shape {
            Some(shape) => of_kind(&mut out, kind, shape),
            None => out += "\nKnown, but not available yet.\n",
        }
    }
    out
}

/// All shapes of a kind, the outermost first, each once.
fn of_kind(out: &mut String, kind: &'static Kind, shape: &'static Shape) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut open: VecDeque<&'static Shape> = VecDeque::from([shape]);
    while let Some(shape) = open.pop_front() {
        match shape {
            Shape::Object(object) if seen.insert(object.name) => of_object(out, kind, object, &mut open),
            Shape::Keyed(keyed) if seen.insert(keyed.name) => of_keyed(out, kind, keyed, &mut open),
            Shape::Tagged(tagged) if seen.insert(tagged.name) => of_tagged(out, kind, tagged, &mut open),
            Shape::List(item) | Shape::Map(item) | Shape::IdMap(item) | Shape::OneOrMany(item) => open.push_back(item),
            Shape::Either(options) => open.extend(options.iter()),
            _ => {}
        }
    }
}

fn heading(out: &mut String, kind: &Kind, name: &str, doc: &str) {
    let _ = write!(out, "\n### {}: {name}\n\n{}\n", kind.key, sentence(doc));
}

fn of_object(out: &mut String, kind: &'static Kind, object: &'static ObjectShape, open: &mut VecDeque<&'static Shape>) {
    heading(out, kind, object.name, object.doc);
    table(out, kind, object.fields.iter(), open);
}

fn of_keyed(out: &mut String, kind: &'static Kind, keyed: &'static KeyedShape, open: &mut VecDeque<&'static Shape>) {
    heading(out, kind, keyed.name, keyed.doc);
    if !keyed.common.is_empty() {
        out.push_str("\nKeys that any of them may have:\n");
        table(out, kind, keyed.common.iter(), open);
    }
    out.push_str("\nExactly one of these keys says what it is:\n");
    for variant in keyed.variants {
        let _ = write!(out, "\n**`{}`**{}\n", variant.key.name, if variant.key.later { " (not available yet)" } else { "" });
        if !variant.key.later {
            table(out, kind, std::iter::once(&variant.key).chain(variant.fields), open);
        }
    }
}

fn of_tagged(out: &mut String, kind: &'static Kind, tagged: &'static TaggedShape, open: &mut VecDeque<&'static Shape>) {
    heading(out, kind, tagged.name, tagged.doc);
    let default = tagged.default.map(|word| format!("; `{word}` where it is left out")).unwrap_or_default();
    let _ = write!(out, "\n`{}` says which further keys it has{default}.\n", tagged.tag);
    if !tagged.common.is_empty() {
        out.push_str("\nKeys that any of them may have:\n");
        table(out, kind, tagged.common.iter(), open);
    }
    for one in tagged.kinds {
        let later = if one.later { " Not available yet." } else { "" };
        let _ = write!(out, "\n**`{}: {}`**: {}{later}\n", tagged.tag, one.word, sentence(one.doc));
        if !one.later && !one.fields.is_empty() {
            table(out, kind, one.fields.iter(), open);
        }
    }
}

fn table(out: &mut String, kind: &Kind, fields: impl Iterator<Item = &'static Field>, open: &mut VecDeque<&'static Shape>) {
    out.push_str("\n| key | what stands there | meaning |\n|---|---|---|\n");
    let link = |name: &str| format!("[{name}](#{}-{name})", kind.key);
    for field in fields {
        let name = if field.required { format!("**`{}`**", field.name) } else { format!("`{}`", field.name) };
        if field.later {
            let _ = writeln!(out, "| {name} | (not available yet) | {} |", sentence(field.doc));
            continue;
        }
        let _ = writeln!(out, "| {name} | {} | {} |", cell(&form(&field.shape, &link)), sentence(field.doc));
        open.push_back(&field.shape);
    }
}
