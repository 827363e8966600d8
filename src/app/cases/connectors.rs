//! Examples of connectors: `examples/*.json` beside the file, recorded pairs of request and answer.

use super::{Case, Difference};
use crate::domain::catalog::Catalog;
use crate::domain::connector::example::replay;

/// Every example of every connector.
pub fn cases(catalog: &Catalog) -> Vec<Case> {
    let mut cases = Vec::new();
    for definition in catalog.definitions.iter().filter(|definition| definition.kind == "connector") {
        let Some(connector) = catalog.connectors.get(&definition.id) else { continue };
        let folder = definition.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let prefix = format!("{folder}/examples/");
        for (path, text) in catalog.files.iter().filter(|(path, _)| path.starts_with(&prefix) && path.ends_with(".json")) {
            let name = path[prefix.len()..].trim_end_matches(".json");
            cases.push(match serde_json::from_str(text) {
                Ok(example) => {
                    let differences = replay(connector, &example).into_iter();
                    let differences =
                        differences.map(|one| Difference { place: one.place, expected: Some(one.expected), actual: Some(one.actual) });
                    Case { kind: "connector", file: path.clone(), name: name.to_owned(), differences: differences.collect() }
                }
                // The message of the parser may quote the text; the place is enough.
                Err(problem) => {
                    let why = format!("it is not JSON (line {}, column {})", problem.line(), problem.column());
                    Case::broken("connector", path, name, &why)
                }
            });
        }
    }
    cases
}
