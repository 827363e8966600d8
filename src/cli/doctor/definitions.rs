//! Whether the project's definitions can be read and are sound.

use std::path::Path;

use super::Check;
use crate::app::load::load;
use crate::cli::output;
use crate::domain::catalog::{Catalog, has_errors};

/// Checks them as `waybill check` does, and hands on what is sound.
pub fn check(folder: &Path) -> (Check, Catalog) {
    const NAME: &str = "definitions";
    let (files, mut findings) = match load(folder) {
        Ok(read) => read,
        Err(error) => {
            let hint = "set `project.folder`; a relative path starts from the folder of the configuration file";
            return (Check::failed(NAME, error.to_string(), hint), Catalog::default());
        }
    };
    let (catalog, found) = Catalog::compile(files);
    findings.extend(found);
    let count = catalog.definitions.len();
    let said = format!("{}: {}", output::many(count, "definition"), output::counts(&findings));
    let hint = format!("run `waybill check {}`", folder.display());
    let check = if has_errors(&findings) {
        Check::failed(NAME, said, hint)
    } else if count == 0 {
        Check::warning(NAME, "the project holds none", "a project has folders such as flows/ and connectors/")
    } else if findings.is_empty() {
        Check::good(NAME, said)
    } else {
        Check::warning(NAME, said, hint)
    };
    (check, catalog)
}
