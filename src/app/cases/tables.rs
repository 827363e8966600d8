//! Tests of decision tables: the `tests:` of the file, each with inputs and what is decided.

use super::{Case, Difference};
use crate::domain::catalog::Catalog;
use crate::domain::table::run_case;

/// Every test of every table.
pub fn cases(catalog: &Catalog) -> Vec<Case> {
    let mut cases = Vec::new();
    for definition in catalog.definitions.iter().filter(|definition| definition.kind == "table") {
        let Some(table) = catalog.tables.get(&definition.id) else { continue };
        for case in &table.cases {
            let differences = run_case(table, case).err().map(Difference::words);
            let (file, name) = (definition.path.clone(), case.name.to_string());
            cases.push(Case { kind: "table", file, name, differences: differences.into_iter().collect() });
        }
    }
    cases
}
