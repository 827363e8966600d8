//! A flow with everything it needs, compiled: what an instance runs on until it ends.

use super::version::{Bundle, VersionId};
use crate::domain::binding::Bindings;
use crate::domain::calendar::Calendar;
use crate::domain::connector::Connector;
use crate::domain::directory::Directory;
use crate::domain::document::DocumentType;
use crate::domain::flow::Flow;
use crate::domain::flow::environment::ConnectorInfo;
use crate::domain::flow::people::asks_of;
use crate::domain::mapping::Mapping;
use crate::domain::notice::{Channel, Notice};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One version of a flow. Immutable but for the directory: people come and go while an instance runs.
#[derive(Clone, Debug)]
pub struct FlowVersion {
    /// Its id: the hash of its bundle.
    pub id: VersionId,
    /// The compiled flow.
    pub flow: Arc<Flow>,
    /// The flow with the parts of a binding row in it, by row; rows without parts in this flow are not here.
    pub variants: BTreeMap<Arc<str>, Arc<Flow>>,
    /// The roles of systems it uses.
    pub roles: Vec<Arc<str>>,
    /// Document types by id.
    pub documents: BTreeMap<Arc<str>, Arc<DocumentType>>,
    /// Calendars by id.
    pub calendars: BTreeMap<Arc<str>, Arc<Calendar>>,
    /// Mappings by id.
    pub mappings: BTreeMap<Arc<str>, Arc<Mapping>>,
    /// The bindings as they were.
    pub bindings: Arc<Bindings>,
    /// Connectors by connection.
    pub connectors: BTreeMap<Arc<str>, Spoken>,
    /// Notice templates by id, compiled for this flow.
    pub notices: BTreeMap<Arc<str>, Notice>,
    /// Channels of notices by id.
    pub channels: BTreeMap<Arc<str>, Arc<Channel>>,
    /// People, as they are now.
    pub directory: Arc<Directory>,
    /// The texts it is made of.
    pub bundle: Arc<Bundle>,
}

/// The connector that a connection spoke through when the version was made.
#[derive(Clone, Debug)]
pub struct Spoken {
    /// The connector.
    pub connector: Arc<Connector>,
    /// As flows see it.
    pub info: Arc<ConnectorInfo>,
}

impl FlowVersion {
    /// The same version with the people of today.
    #[must_use]
    pub fn with_directory(&self, directory: Arc<Directory>) -> FlowVersion {
        FlowVersion { directory, ..self.clone() }
    }

    /// The flow as it runs under a binding row.
    pub fn flow_under(&self, row: Option<&str>) -> &Flow {
        row.and_then(|row| self.variants.get(row)).unwrap_or(&self.flow)
    }

    /// Whether a step of it, under whatever row, asks people.
    pub fn asks_people(&self) -> bool {
        std::iter::once(&self.flow).chain(self.variants.values()).any(|flow| flow.steps.iter().any(|step| asks_of(step).is_some()))
    }

    /// The connector of a connection, as it was when the version was made.
    pub fn connector(&self, connection: &str) -> Option<&Arc<Connector>> {
        self.connectors.get(connection).map(|spoken| &spoken.connector)
    }
}
