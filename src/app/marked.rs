//! What the definitions in force mark for sealing, as the store wants to know it.

use crate::domain::catalog::Catalog;
use crate::store::sealed::Marked;

/// The document types that are sealed; and of all that partners say, the messages that are sure to make documents of others.
pub fn marked(catalog: &Catalog) -> Marked {
    let kinds: std::collections::BTreeSet<String> = catalog.sealed().map(|kind| kind.id.to_string()).collect();
    if kinds.is_empty() {
        return Marked::default();
    }
    let events = catalog.connections.values().filter_map(|connection| Some((connection, catalog.connectors.get(&connection.connector)?)));
    let made = events.flat_map(|(connection, connector)| {
        connector.events.iter().filter_map(move |(event, definition)| Some((connection, event, definition.document.as_ref()?)))
    });
    let plain = made
        .filter(|(_, _, made)| !kinds.contains(&*made.document))
        .map(|(connection, event, _)| (connection.id.to_string(), event.to_string()))
        .collect();
    Marked { kinds, plain }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::has_errors;

    fn catalog(mark: &str) -> Catalog {
        let (mut files, _) = crate::app::load::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let path = format!("documents/{mark}.yaml");
        if let Some(text) = files.get(&path).map(ToString::to_string) {
            files.insert(path.as_str(), format!("{text}\nsealed: true\n"));
        }
        let (catalog, findings) = Catalog::compile(files);
        assert!(!has_errors(&findings), "{findings:?}");
        catalog
    }

    #[test]
    fn messages_that_make_other_types_stay_plain() {
        assert_eq!(marked(&catalog("")), Marked::default());
        let one = marked(&catalog("purchase_order"));
        assert_eq!(one.kinds.iter().map(String::as_str).collect::<Vec<_>>(), ["purchase_order"]);
        let orders = ("erp_hq".to_owned(), "purchase_orders".to_owned());
        assert!(!one.plain.contains(&orders), "it makes the marked type");
        assert!(!one.plain.contains(&("oa_main".to_owned(), "approval_changed".to_owned())), "it is about an object of any type");
        assert!(marked(&catalog("payment_request")).plain.contains(&orders), "it makes another type");
    }
}
