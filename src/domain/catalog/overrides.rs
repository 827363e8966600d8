//! Mappings that binding rows put in the place of others: what a step gives to the one and takes from it, it gives to the other
//! and takes from it, so both must fit.

use super::compile::Work;
use crate::domain::flow::environment::{MappingInfo, MappingTarget};
use crate::domain::flow::fits;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Work {
    /// Checks every `maps` of the bindings; findings stand in the bindings.
    pub(super) fn lint_overrides(&mut self) {
        let ids: Vec<Arc<str>> = self.catalog.mappings.keys().cloned().collect();
        let infos: BTreeMap<Arc<str>, MappingInfo> = ids.into_iter().filter_map(|id| Some((id.clone(), self.mapping_info(&id)?))).collect();
        let bindings = self.catalog.bindings.clone();
        let Some(found) = self.found.iter_mut().find(|found| found.kind.key == "bind") else { return };
        for (index, row) in bindings.rows.iter().enumerate() {
            for (named, target) in &row.maps {
                let (Some(instead_of), Some(used)) = (infos.get(named), infos.get(&target.value)) else { continue };
                for why in unfit(named, instead_of, &target.value, used) {
                    found.report.error("wrong_mapping", target.span, why).at(format!("bind[{index}].maps.{named}"));
                }
            }
        }
    }
}

/// Why a mapping cannot stand in for another.
fn unfit(named: &str, instead_of: &MappingInfo, id: &str, used: &MappingInfo) -> Vec<String> {
    let mut found = Vec::new();
    if instead_of.target != used.target {
        found.push(format!("`{named}` makes {}, but `{id}` in its place makes {}", words(&instead_of.target), words(&used.target)));
    }
    for (name, wanted) in &used.inputs {
        match instead_of.inputs.get(name) {
            None => found.push(format!("`{id}` takes `{name}`, which the steps do not give to `{named}`")),
            Some(given) if !fits(given, wanted) => {
                found.push(format!("`{id}` takes `{name}` as {}, but `{named}` is given {}", wanted.name(), given.name()));
            }
            Some(_) => {}
        }
    }
    found
}

fn words(target: &MappingTarget) -> String {
    match target {
        MappingTarget::Operation(name) => format!("the input of `{name}`"),
        MappingTarget::Document(kind) => format!("a `{kind}`"),
    }
}
