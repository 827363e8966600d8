//! Tests of flows: files in `tests/` folders, each a script of answers, events and passing time.

use super::{Case, Difference};
use crate::domain::catalog::{Catalog, FlowVersion};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::flow::cases::{self, Setting};
use crate::domain::value::Value;

/// Every test of every flow.
pub fn cases(catalog: &Catalog) -> Vec<Case> {
    let run = |case: &cases::Case| match catalog.flows.get(case.flow.value.as_str()) {
        Some(version) => play(catalog, version, case),
        None => Case::broken("flow", &case.file, &case.name, &format!("there is no flow `{}`", case.flow.value)),
    };
    catalog.flow_cases.iter().map(run).collect()
}

fn play(catalog: &Catalog, version: &FlowVersion, case: &cases::Case) -> Case {
    let setting = Setting {
        flow: &version.flow,
        variants: &version.variants,
        env: version,
        bind: &|document: &Value| version.bind(document).map_err(|problem| problem.to_string()),
        files: &|path: &str| catalog.files.get(path).map(ToString::to_string),
    };
    let result = cases::run(case, &setting);
    let difference = |failure: Diagnostic| Difference::words(format!("line {}: {}", failure.span.line, failure.message));
    let differences = result.failures.into_iter().map(difference).collect();
    Case { kind: "flow", file: case.file.clone(), name: case.name.clone(), differences }
}
