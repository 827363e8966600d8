//! What the connectors of a project promise of their writes, in words.

use serde_json::{Value as Json, json};

use super::output::many;
use super::table::table;
use crate::domain::catalog::Catalog;
use crate::domain::connector::promise::{Promise, promises};

fn all(catalog: &Catalog) -> impl Iterator<Item = (&str, Promise)> {
    catalog.connectors.iter().flat_map(|(id, connector)| promises(connector).into_iter().map(move |promise| (id.as_ref(), promise)))
}

/// All of them.
pub fn json(catalog: &Catalog) -> Json {
    let one = |(connector, promise): (&str, Promise)| {
        let mut json = json!(promise);
        json["connector"] = json!(connector);
        json
    };
    all(catalog).map(one).collect()
}

/// The writes that may duplicate, or all with their promises.
pub fn text(catalog: &Catalog, listed: bool) -> String {
    let all: Vec<_> = all(catalog).collect();
    let unsafe_ones: Vec<_> = all.iter().filter(|(_, promise)| !promise.safe).collect();
    if listed {
        let rows: Vec<Vec<String>> =
            all.iter().map(|(connector, promise)| vec![format!("{connector}.{}", promise.operation), with_defaults(promise)]).collect();
        return format!("{}\n", wide(&rows));
    }
    unsafe_ones.iter().map(|(connector, promise)| format!("{connector}.{}: {}\n", promise.operation, promise.words)).collect::<String>()
        + &if all.is_empty() {
            String::new()
        } else {
            format!("{}, of which {} may duplicate (`--promises` lists them all)\n", many(all.len(), "write"), unsafe_ones.len())
        }
}

/// The whole promise of one write.
pub fn words(promise: &Promise) -> String {
    let mut words = promise.words.clone();
    if let Some(read) = &promise.read_back {
        words += &format!("; read back by `{read}`");
    }
    if let Some(undo) = &promise.reversed_by {
        words += &format!("; undone by `{undo}`");
    }
    words
}

/// The same with what the hub sends for arguments that are not given.
fn with_defaults(promise: &Promise) -> String {
    let given = promise.defaults.iter().map(|(name, value)| format!("; `{name}` is {} where it is not given", shown(value)));
    words(promise) + &given.collect::<String>()
}

/// A default as a definition writes it.
pub fn shown(value: &Json) -> String {
    match value {
        Json::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}

/// Sentences are not cut as the cells of other tables are.
fn wide(rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return table(&["WRITE", "PROMISE"], rows, "No connector of the project writes.");
    }
    rows.iter().map(|row| format!("{}\n    {}\n", row[0], row[1])).collect()
}
