//! Connections whose queue is not ours to use: somebody declared it otherwise, keeps it for himself, or we may not touch it.
//! They work by polling; all others go on over the broker.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Which connections, as the two sides found them.
#[derive(Default)]
pub(super) struct Apart(Mutex<BTreeMap<&'static str, BTreeMap<String, String>>>);

impl Apart {
    /// What one side found now, connection and why.
    pub fn found(&self, side: &'static str, found: BTreeMap<String, String>) {
        let (before, after) = {
            let mut sides = self.lock();
            let before = merged(&sides);
            sides.insert(side, found);
            (before, merged(&sides))
        };
        for (connection, why) in after.iter().filter(|(connection, _)| !before.contains_key(*connection)) {
            tracing::warn!(
                connection.name = connection,
                "the queue of `{connection}` at the broker is not ours to use, so it works by polling: {why}"
            );
        }
        for connection in before.keys().filter(|connection| !after.contains_key(*connection)) {
            tracing::info!(connection.name = connection, "the queue of `{connection}` at the broker can be used again");
        }
    }

    /// Those that one side found.
    pub fn of(&self, side: &'static str) -> Vec<String> {
        self.lock().get(side).into_iter().flat_map(BTreeMap::keys).cloned().collect()
    }

    /// Whether a connection is one.
    pub fn has(&self, connection: &str) -> bool {
        self.lock().values().any(|found| found.contains_key(connection))
    }

    /// All of them, with why.
    pub fn all(&self) -> BTreeMap<String, String> {
        merged(&self.lock())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<&'static str, BTreeMap<String, String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn merged(sides: &BTreeMap<&'static str, BTreeMap<String, String>>) -> BTreeMap<String, String> {
    sides.values().flatten().map(|(connection, why)| (connection.clone(), why.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_apart_while_either_side_finds_it_so() {
        let (apart, found) = (Apart::default(), || BTreeMap::from([("oa".to_owned(), "another kind".to_owned())]));
        apart.found("publisher", found());
        apart.found("consumer", found());
        apart.found("publisher", BTreeMap::new());
        assert!(apart.has("oa") && !apart.has("erp"));
        assert_eq!((apart.of("publisher"), apart.of("consumer")), (vec![], vec!["oa".to_owned()]));
        apart.found("consumer", BTreeMap::new());
        assert!(apart.all().is_empty());
    }
}
