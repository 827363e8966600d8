//! A project folder as a content that can be published: checked, its cases run, findings and failures shown.

use std::io::Write;
use std::path::Path;

use super::exit::{self, Exit};
use super::output::{self, Colour};
use crate::app::cases::{self, Case};
use crate::app::load::load;
use crate::domain::catalog::{Catalog, has_errors};
use crate::domain::publishing::{Content, content};

/// Reads and checks a folder; findings go to standard error, errors end it with code 1.
pub fn checked(folder: &Path) -> anyhow::Result<(Catalog, Content)> {
    let (files, mut findings) = load(folder).map_err(|error| exit::usage(error.into()))?;
    let (catalog, found) = Catalog::compile(files);
    findings.extend(found);
    if !findings.is_empty() {
        let shown = output::findings(&findings, &catalog.files, Colour::Never);
        // Nobody is left to tell when standard error is gone.
        let _ = std::io::stderr().lock().write_all(shown.as_bytes());
    }
    if has_errors(&findings) {
        return Err(Exit::failed(format!("the project has {}", output::counts(&findings))).into());
    }
    if catalog.definitions.is_empty() {
        let message = format!("`{}` holds no definitions", folder.display());
        return Err(Exit::usage(message).hint("a project has folders such as flows/ and connectors/").into());
    }
    let held = content(&catalog);
    Ok((catalog, held))
}

/// Runs the cases; failures go to standard error.
pub fn tested(catalog: &Catalog) -> Vec<Case> {
    let cases = cases::run(catalog, None);
    for case in cases.iter().filter(|case| !case.passes()) {
        let differences: String = case.differences.iter().map(|one| format!("\n        {}", one.place)).collect();
        let line = format!("FAIL  {:<9}  {}  {}{differences}\n", case.kind, case.file, case.name);
        // Nobody is left to tell when standard error is gone.
        let _ = std::io::stderr().lock().write_all(line.as_bytes());
    }
    cases
}
