//! Tests of flows: files in `tests/` folders, each a script of answers, events and passing time.

use super::{Case, Difference};
use crate::domain::catalog::{Catalog, FlowVersion};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::flow::cases::{self, CaseResult, Setting};
use crate::domain::value::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Every test of every flow.
pub fn cases(catalog: &Catalog) -> Vec<Case> {
    let run = |case: &cases::Case| match catalog.flows.get(case.flow.value.as_str()) {
        Some(version) => play(catalog, version, case),
        None => Case::broken("flow", &case.file, &case.name, &format!("there is no flow `{}`", case.flow.value)),
    };
    catalog.flow_cases.iter().map(run).collect()
}

/// How tests of flows that pass speak through a connector.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spoken {
    /// Files of tests in which a flow calls it.
    pub called: BTreeSet<Arc<str>>,
    /// Files of tests of flows whose notices, or tasks to be shown, may go through it. A test does not send them.
    pub told: BTreeSet<Arc<str>>,
}

/// Connectors by id, each with the tests that go through it.
pub fn spoken(catalog: &Catalog) -> BTreeMap<Arc<str>, Spoken> {
    let mut found: BTreeMap<Arc<str>, Spoken> = BTreeMap::new();
    let connector = |connection: &str| catalog.connections.get(connection).map(|connection| connection.connector.clone());
    for case in &catalog.flow_cases {
        let Some(version) = catalog.flows.get(case.flow.value.as_str()) else { continue };
        let result = result(catalog, version, case);
        if !result.failures.is_empty() {
            continue;
        }
        for id in result.calls.keys().filter_map(|call| connector(call.split_once('.')?.0)) {
            found.entry(id).or_default().called.insert(case.file.clone());
        }
        let roles: BTreeSet<&Arc<str>> = version.channels.values().map(|channel| &channel.role).collect();
        for id in roles.into_iter().flat_map(|role| catalog.bindings.connections_of(role)).filter_map(|connection| connector(&connection)) {
            found.entry(id).or_default().told.insert(case.file.clone());
        }
    }
    found
}

fn play(catalog: &Catalog, version: &FlowVersion, case: &cases::Case) -> Case {
    let difference = |failure: Diagnostic| Difference::words(format!("line {}: {}", failure.span.line, failure.message));
    let differences = result(catalog, version, case).failures.into_iter().map(difference).collect();
    Case { kind: "flow", file: case.file.clone(), name: case.name.clone(), differences }
}

fn result(catalog: &Catalog, version: &FlowVersion, case: &cases::Case) -> CaseResult {
    let setting = Setting {
        flow: &version.flow,
        variants: &version.variants,
        env: version,
        bind: &|document: &Value| version.bind(document).map_err(|problem| problem.to_string()),
        files: &|path: &str| catalog.files.get(path).map(ToString::to_string),
    };
    cases::run(case, &setting)
}
