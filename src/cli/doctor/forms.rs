//! Whether the templates at vendors are still those that the project's vendor forms describe.

use std::path::Path;

use super::Check;
use crate::cli::output::many;
use crate::cli::partner::Partners;
use crate::config;
use crate::domain::catalog::Catalog;
use crate::domain::vendor_form::{Discrepancy, VendorForm, compare, stands_for};

/// Differences that are told; the command tells all.
const SHOWN_MAX: usize = 3;

/// Reads the template of each connection that a form stands for; offline, nothing is read.
pub async fn check(catalog: &Catalog, folder: &Path, gateway: &config::Gateway, offline: bool) -> Vec<Check> {
    if catalog.vendor_forms.is_empty() || offline {
        return Vec::new();
    }
    let partners = Partners::new(folder, gateway, false);
    let mut checks = Vec::new();
    for form in catalog.vendor_forms.values() {
        if form.layout().is_some_and(|layout| layout.template.is_none()) {
            checks.push(Check::good(format!("form {}", form.id), "its vendor tells no template: nothing to compare"));
            continue;
        }
        let connections = catalog.connections.values().filter(|connection| connection.connector == form.connector.id);
        let meant: Vec<_> = connections.filter(|connection| stands_for(form, connection).is_ok()).collect();
        if meant.is_empty() {
            let hint = "mend `template` of the form, or add the connection";
            checks.push(Check::warning(format!("form {}", form.id), "no connection has the template that it stands for", hint));
        }
        for connection in meant {
            let name = format!("form {} at {}", form.id, connection.id);
            checks.push(match partners.template(form, connection).await {
                Ok(there) => judge(name, form, &connection.id, there.len(), &compare(form, &there)),
                Err(why) => Check::warning(name, why, "are the secrets set, and is the partner up and allowed to be called?"),
            });
        }
    }
    checks
}

fn judge(name: String, form: &VendorForm, connection: &str, fields: usize, found: &[Discrepancy]) -> Check {
    if found.is_empty() {
        return Check::good(name, format!("its template is as described ({})", many(fields, "field")));
    }
    let hint = format!("`waybill connector form {connection} {}` says it field by field", form.id);
    let worst = || found.iter().filter(|one| one.breaks).chain(found.iter().filter(|one| !one.breaks));
    let words: Vec<String> = worst().take(SHOWN_MAX).map(|one| format!("`{}`: {}", one.field, one.message)).collect();
    let more = found.len().saturating_sub(SHOWN_MAX);
    let more = if more == 0 { String::new() } else { format!("; and {more} more") };
    let said = format!("its template differs: {}{more}", words.join("; "));
    if found.iter().any(|one| one.breaks) { Check::failed(name, said, hint) } else { Check::warning(name, said, hint) }
}
