//! The cases that authors write beside their definitions: tests of mappings, examples of connectors, tests of flows.
//!
//! Nothing is sent. One file a kind of case; each gives its cases with what differs.

mod connectors;
mod flows;
mod mappings;
mod tables;

use crate::domain::catalog::Catalog;
use serde::Serialize;
use std::sync::Arc;

/// One case and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Case {
    /// `mapping`, `table`, `connector` or `flow`.
    pub kind: &'static str,
    /// The file it stands in.
    pub file: Arc<str>,
    /// Its name.
    pub name: String,
    /// What differs from what it says; empty when it passes.
    pub differences: Vec<Difference>,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where, or the whole of it in words.
    pub place: String,
    /// What the case says, where it can be told apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
}

impl Difference {
    /// A difference in words.
    pub fn words(words: impl Into<String>) -> Difference {
        Difference { place: words.into(), expected: None, actual: None }
    }
}

impl Case {
    /// Whether it passes.
    pub fn passes(&self) -> bool {
        self.differences.is_empty()
    }

    /// A case that could not be run at all.
    pub fn broken(kind: &'static str, file: &Arc<str>, name: &str, why: &str) -> Case {
        Case { kind, file: file.clone(), name: name.to_owned(), differences: vec![Difference::words(format!("it cannot be run: {why}"))] }
    }
}

pub use flows::{Spoken, spoken};

/// The kinds of cases there are, in the order they are run.
static RUNNERS: &[fn(&Catalog) -> Vec<Case>] = &[mappings::cases, tables::cases, connectors::cases, flows::cases];

/// Runs every case whose file or name contains `filter`.
pub fn run(catalog: &Catalog, filter: Option<&str>) -> Vec<Case> {
    let wanted = |case: &Case| filter.is_none_or(|filter| case.file.contains(filter) || case.name.contains(filter));
    RUNNERS.iter().flat_map(|runner| runner(catalog)).filter(wanted).collect()
}
