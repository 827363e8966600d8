//! How much one tenant may take.

use std::collections::BTreeMap;

use super::Source;
use crate::domain::diagnostic::Report;
use crate::domain::ids::TenantId;
use crate::domain::quota::Limits;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;

/// What stands under `quotas`.
pub static SHAPE: ObjectShape = ObjectShape {
    name: "quotas",
    doc: "How much one tenant may take; 0 for as much as there is.",
    fields: &[
        Field::optional("documents_per_day", Shape::Int, "Documents first seen within a day (UTC)."),
        Field::optional("open_instances", Shape::Int, "Instances that have not ended."),
        Field::optional("payload_bytes_per_day", Shape::Int, "Bytes of payloads kept within a day (UTC), as the database keeps them."),
        Field::optional("requests_per_second", Shape::Int, "API requests that each process takes."),
        Field::optional("tenants", Shape::List(&Shape::Object(&TENANT)), "Single tenants, each with all of its own limits."),
    ],
};

static TENANT: ObjectShape = ObjectShape {
    name: "tenant_quotas",
    doc: "The limits of one tenant, instead of those for all.",
    fields: &[
        Field::required("tenant", Shape::Int, "Its number."),
        Field::optional("documents_per_day", Shape::Int, "Documents first seen within a day (UTC)."),
        Field::optional("open_instances", Shape::Int, "Instances that have not ended."),
        Field::optional("payload_bytes_per_day", Shape::Int, "Bytes of payloads kept within a day (UTC)."),
        Field::optional("requests_per_second", Shape::Int, "API requests that each process takes."),
    ],
};

/// How much one tenant may take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quotas {
    /// For every tenant without limits of its own.
    pub all: Limits,
    /// For single ones.
    pub tenants: BTreeMap<TenantId, Limits>,
}

impl Quotas {
    pub(super) fn read(source: &Source<'_>, report: &mut Report) -> Quotas {
        let mut tenants = BTreeMap::new();
        for (index, item) in source.get("tenants").map(Node::items).unwrap_or_default().iter().enumerate() {
            let at = format!("quotas.tenants[{index}]");
            match item.get("tenant").and_then(Node::int).and_then(|number| i32::try_from(number).ok()).filter(|number| *number > 0) {
                Some(number) => drop(tenants.insert(TenantId(number), limits(|name| item.get(name), &at, report))),
                None => drop(report.error("out_of_range", item.span, "a tenant has a number from 1").at(format!("{at}.tenant"))),
            }
        }
        Quotas { all: limits(|name| source.get(name), "quotas", report), tenants }
    }
}

fn limits<'n>(get: impl Fn(&str) -> Option<&'n Node>, at: &str, report: &mut Report) -> Limits {
    let mut bound = |name: &str| {
        let node = get(name)?;
        match node.int().map(u64::try_from) {
            Some(Ok(0)) => None,
            Some(Ok(bound)) => Some(bound),
            _ => {
                report.error("out_of_range", node.span, format!("`{name}` is a whole number from 0")).at(format!("{at}.{name}"));
                None
            }
        }
    };
    Limits {
        documents_per_day: bound("documents_per_day"),
        open_instances: bound("open_instances"),
        payload_bytes_per_day: bound("payload_bytes_per_day"),
        requests_per_second: bound("requests_per_second").map(|rate| u32::try_from(rate).unwrap_or(u32::MAX)),
    }
}
