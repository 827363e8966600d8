//! Tests of mappings: the `tests:` of the file, each with inputs and what is to come out.

use super::{Case, Difference};
use crate::domain::catalog::Catalog;
use crate::domain::mapping::run_case;
use serde_json::Value as Json;
use std::sync::Arc;

/// Every test of every mapping.
pub fn cases(catalog: &Catalog) -> Vec<Case> {
    let mut cases = Vec::new();
    for definition in catalog.definitions.iter().filter(|definition| definition.kind == "mapping") {
        let (Some(mapping), Some(source)) = (catalog.mappings.get(&definition.id), catalog.mapping_sources.get(&definition.id)) else {
            continue;
        };
        for case in &source.definition.cases {
            let read = read(catalog, &case.inputs.value).and_then(|inputs| Ok((inputs, read(catalog, &case.expect.value)?)));
            cases.push(match read {
                Err(why) => Case::broken("mapping", &definition.path, &case.name, &why),
                Ok((inputs, expect)) => {
                    let differences = run_case(mapping, |inputs| source.read(inputs), &inputs, &expect).err().unwrap_or_default();
                    Case {
                        kind: "mapping",
                        file: definition.path.clone(),
                        name: case.name.to_string(),
                        differences: differences.into_iter().map(Difference::words).collect(),
                    }
                }
            });
        }
    }
    cases
}

fn read(catalog: &Catalog, path: &Arc<str>) -> Result<Json, String> {
    let text = catalog.files.get(path).ok_or_else(|| format!("the project has no file `{path}`"))?;
    // The message of the parser may quote the text; the place is enough.
    serde_json::from_str(text).map_err(|problem| format!("`{path}` is not JSON (line {}, column {})", problem.line(), problem.column()))
}
