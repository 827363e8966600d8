//! Who listens to what connections tell: a list that nobody waits for need not be read from the partner again and again.

use super::compile::Catalog;
use crate::domain::connector::EventDefinition;
use crate::domain::flow::Flow;
use std::sync::Arc;

impl Catalog {
    /// Streams that nobody listens to, as connection and stream. What instances of earlier versions wait for, only the store knows.
    pub fn unheard(&self) -> Vec<(Arc<str>, Arc<str>)> {
        let mut found = Vec::new();
        for (id, connection) in &self.connections {
            let Some(connector) = self.connectors.get(&connection.connector) else { continue };
            let heard = |stream: &Arc<str>| connector.events_of_stream(stream).into_iter().any(|event| self.listens(id, event));
            found.extend(connector.streams.keys().filter(|stream| !heard(stream)).map(|stream| (id.clone(), stream.clone())));
        }
        found
    }

    /// Whether anything follows from this event of a connection.
    fn listens(&self, connection: &Arc<str>, event: &EventDefinition) -> bool {
        // Tasks that somebody decides in another app are ours, whatever role that app plays.
        if event.act.is_some() {
            return true;
        }
        let roles = self.bindings.roles_of(connection);
        match &event.document {
            // Documents of a system that takes part are kept also where no flow begins by itself: people begin one, and look them up.
            Some(makes) => !roles.is_empty() || self.every_flow().any(|flow| *flow.document == *makes.document),
            None => self.every_flow().any(|flow| roles.iter().any(|role| flow.listens(role, &event.name))),
        }
    }

    /// The flows in force, also as they run under rows that put parts into them.
    fn every_flow(&self) -> impl Iterator<Item = &Flow> {
        self.flows.values().flat_map(|version| std::iter::once(&version.flow).chain(version.variants.values())).map(AsRef::as_ref)
    }
}
