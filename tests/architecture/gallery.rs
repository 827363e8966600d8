//! Connectors under names that nobody has heard of: they compile, promise and answer as under their own, so no code knows one by
//! its name and adding one touches none.

use std::collections::BTreeMap;

use waybill::app::{cases, load::load};
use waybill::domain::catalog::Catalog;
use waybill::domain::connector::Connector;
use waybill::domain::connector::promise::promises;
use waybill::domain::text::files::Files;

use crate::sources::root;

/// The product's project, and the examples in which connectors are used by connections, forms, dictionaries and flows.
const PROJECTS: &[&str] = &["", "examples/kingdee_dingtalk", "examples/erpnext_feishu", "examples/sap_weaver", "examples/wecom"];

fn compiled(files: Files) -> Catalog {
    let (catalog, found) = Catalog::compile(files);
    assert!(found.is_empty(), "{found:#?}");
    catalog
}

/// The same project with every connector under an invented name.
fn renamed(catalog: &Catalog, invented: &BTreeMap<String, String>) -> Files {
    let mut files = Files::default();
    for (path, text) in catalog.files.iter() {
        let (mut path, mut text) = (path.to_string(), format!("\n{text}"));
        for (name, new) in invented {
            if let Some(rest) = path.strip_prefix(&format!("connectors/{name}/")) {
                path = format!("connectors/{new}/{rest}");
            }
            for key in ["connector", "to"] {
                text = text.replace(&format!("\n{key}: {name}\n"), &format!("\n{key}: {new}\n"));
            }
            // What belongs to a connector is named behind it: `crm.get_order`.
            for operation in catalog.connectors[name.as_str()].operations.keys() {
                for before in [" ", "\"", "'", "[", "("] {
                    text = text.replace(&format!("{before}{name}.{operation}"), &format!("{before}{new}.{operation}"));
                }
            }
        }
        files.insert(path, &text[1..]);
    }
    files
}

/// Everything about a connector that others see.
fn told(connector: &Connector) -> String {
    let operations: Vec<_> = connector.operations.iter().map(|(name, operation)| (name, operation.effect, &operation.input)).collect();
    let events: Vec<_> = connector.events.iter().map(|(name, event)| (name, &event.heard_by)).collect();
    format!("{operations:?} {events:?} {:?} {:?} {:?}", connector.statuses, connector.can, promises(connector))
}

#[test]
fn a_connector_under_an_invented_name_is_the_same() {
    let mut walked = 0;
    for project in PROJECTS {
        let (files, unread) = load(&root().join(project)).unwrap();
        assert!(unread.is_empty(), "{project}: {unread:?}");
        let catalog = compiled(files);
        let names = catalog.connectors.keys().enumerate();
        let invented: BTreeMap<String, String> = names.map(|(number, name)| (name.to_string(), format!("zq{number}_xv"))).collect();
        let strange = compiled(renamed(&catalog, &invented));
        assert_eq!(strange.connectors.len(), catalog.connectors.len(), "{project}");
        for (name, connector) in &catalog.connectors {
            let other = strange.connectors.get(invented[&**name].as_str()).unwrap_or_else(|| panic!("{project}: {name} is not there"));
            assert_eq!(told(connector), told(other), "{project}: {name}");
            walked += 1;
        }
        // Examples, samples of mappings and scripts of flows: all of them come out as before.
        let (before, after) = (cases::run(&catalog, None), cases::run(&strange, None));
        let failed: Vec<_> = after.iter().filter(|case| !case.passes()).collect();
        assert!(failed.is_empty() && before.len() == after.len(), "{project}: {} and {}: {failed:#?}", before.len(), after.len());
    }
    assert!(walked > 30, "{walked} connectors");
}
