//! The definitions in force, and older flow versions that running instances keep.
//!
//! `Definitions` is one immutable moment: replaced whole, never changed. Versions are compiled from stored texts when an
//! instance of before needs them, and stay in memory. A little more than 500 lines: one moment is
//! looked up in many ways, each a few lines.

use super::delegated::Delegated;
use super::readings::Readings;
use crate::domain::binding::Connection;
use crate::domain::catalog::{Bundle, Catalog};
use crate::domain::connector::heard_by::HeardBy;
use crate::domain::connector::{Connector, DocumentRequest, Target};
use crate::domain::directory::{Conflict, Organisation, Source};
use crate::domain::flow::effect::Cause;
use crate::domain::flow::{DocumentFacts, Environment, Facts, Flow, HUB, StartOn};
use crate::domain::ids::{self, DocumentId, TenantId};
use crate::domain::mapping::MapError;
use crate::domain::value::Value;
use crate::store::{Store, StreamKey};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

/// Effects of one connection under way at once where nothing is declared.
const CONCURRENCY: u32 = 16;

/// One flow version as the engine uses it.
pub struct FlowVersion {
    compiled: Arc<crate::domain::catalog::FlowVersion>,
    connections: Arc<BTreeMap<Arc<str>, Arc<Connection>>>,
    readings: Arc<Readings>,
}

/// Where a webhook comes in.
pub struct Hook {
    /// Tenant.
    pub tenant: TenantId,
    /// The connection.
    pub connection: Arc<Connection>,
    /// Its connector.
    pub connector: Arc<Connector>,
    /// The webhook.
    pub webhook: Arc<str>,
}

/// A document made from a source's payload.
pub struct MadeDocument {
    /// Type.
    pub kind: String,
    /// Business key.
    pub key: String,
    /// The source's own id.
    pub external_id: String,
    /// Derived id.
    pub id: DocumentId,
    /// Typed content.
    pub typed: Value,
    /// Content hash.
    pub hash: String,
    /// The source's version.
    pub version: Option<String>,
    /// The source's status in our words.
    pub status: Option<String>,
}

/// What connected systems say of the organisation, by connection.
pub type Told = BTreeMap<String, Arc<Organisation>>;

/// Everything in force at one moment.
pub struct Definitions {
    /// As it was released.
    released: Arc<Catalog>,
    /// The same with the people that connected systems know.
    catalog: Arc<Catalog>,
    /// Where those systems and the directory's file differ.
    conflicts: Arc<Vec<Conflict>>,
    flows: BTreeMap<String, Arc<FlowVersion>>,
    versions: Arc<RwLock<HashMap<String, Arc<FlowVersion>>>>,
    hooks: HashMap<String, Arc<Hook>>,
    hook_ids: BTreeMap<(String, String), String>,
    concurrency: HashMap<String, u32>,
    /// Connection and stream.
    unheard: BTreeSet<(String, String)>,
    release: u32,
    readings: Arc<Readings>,
}

/// The definitions in force now; replaced while others read.
pub struct Live {
    now: RwLock<Arc<Definitions>>,
    hook_key: Vec<u8>,
    told: RwLock<Arc<Told>>,
    /// Who decides for whom.
    delegated: Delegated,
    /// Told of every change, after it.
    listeners: RwLock<Vec<Listener>>,
}

/// Hears of a change of the definitions.
type Listener = Box<dyn Fn(&Catalog) + Send + Sync>;

/// Flow versions kept in memory beyond those in force; others are loaded again when an instance needs them.
const OLD_VERSIONS_MAX: usize = 500;

impl Live {
    /// Puts the catalog of a release in force; 0 is none. `hook_key` makes the opaque ids of webhooks.
    pub fn new(catalog: Arc<Catalog>, release: u32, hook_key: &[u8]) -> Self {
        let definitions = Arc::new(Definitions::new(catalog, &Told::new(), HashMap::new(), hook_key, release, Arc::default()));
        Self {
            now: RwLock::new(definitions),
            hook_key: hook_key.to_vec(),
            told: RwLock::default(),
            delegated: Delegated::default(),
            listeners: RwLock::default(),
        }
    }

    /// Puts the catalog of a newer release in force, in one step for all that read; an older one changes nothing. Running
    /// instances keep their versions, but speak to partners and people as these are now.
    pub fn replace(&self, catalog: Arc<Catalog>, release: u32) -> bool {
        {
            let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
            if now.release >= release {
                return false;
            }
            *now = self.next(&now, catalog, release);
        }
        self.tell_listeners();
        true
    }

    /// Who decides for whom for a while.
    pub fn delegated(&self) -> &Delegated {
        &self.delegated
    }

    /// Takes over what connected systems say of the organisation; definitions stay as they are.
    pub fn organise(&self, told: Told) {
        {
            let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
            *self.told.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(told);
            *now = self.next(&now, now.released.clone(), now.release);
        }
        self.tell_listeners();
    }

    fn next(&self, now: &Definitions, catalog: Arc<Catalog>, release: u32) -> Arc<Definitions> {
        let known = now.versions.read().unwrap_or_else(PoisonError::into_inner).clone();
        let told = self.told.read().unwrap_or_else(PoisonError::into_inner).clone();
        Arc::new(Definitions::new(catalog, &told, known, &self.hook_key, release, now.readings.clone()))
    }

    fn tell_listeners(&self) {
        let catalog = self.now().catalog.clone();
        for listener in self.listeners.read().unwrap_or_else(PoisonError::into_inner).iter() {
            listener(&catalog);
        }
    }

    /// Calls this after every change.
    pub fn on_change(&self, listener: impl Fn(&Catalog) + Send + Sync + 'static) {
        self.listeners.write().unwrap_or_else(PoisonError::into_inner).push(Box::new(listener));
    }

    /// The definitions in force.
    pub fn now(&self) -> Arc<Definitions> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Loads a version from the store and compiles it.
    ///
    /// # Errors
    /// When the store is away, the version is not stored, or its texts no longer compile.
    pub async fn load_version(&self, store: &dyn Store, tenant: TenantId, flow: &str, hash: &str) -> Result<Arc<FlowVersion>, NotLoaded> {
        let row = match store.definition(tenant, "bundle", flow, hash).await {
            Ok(row) => row.ok_or_else(|| NotLoaded::Wrong(format!("version `{hash}` of flow `{flow}` is not stored")))?,
            Err(error @ crate::store::Error::Unavailable(_)) => return Err(NotLoaded::Away(error.to_string())),
            Err(error) => return Err(NotLoaded::Wrong(error.to_string())),
        };
        let unreadable = |error| NotLoaded::Wrong(format!("the stored version `{hash}` cannot be read: {error}"));
        let bundle = Bundle::from_json(&row.text).map(Arc::new).map_err(unreadable)?;
        let definitions = self.now();
        let compiled = bundle.compile(&definitions.catalog.directory).map_err(|findings| {
            let first = findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
            NotLoaded::Wrong(format!("the stored version `{hash}` does not compile any more: {first}"))
        })?;
        let version = Arc::new(FlowVersion {
            compiled: Arc::new(compiled),
            connections: definitions.connections(),
            readings: definitions.readings.clone(),
        });
        definitions.versions.write().unwrap_or_else(PoisonError::into_inner).insert(hash.to_owned(), version.clone());
        Ok(version)
    }

    /// A version from memory, else from the store.
    ///
    /// # Errors
    /// As `load_version`. The flow is not known here, so versions are stored under their hash as well.
    pub async fn version_or_load(&self, store: &dyn Store, tenant: TenantId, hash: &str) -> Result<Arc<FlowVersion>, NotLoaded> {
        if let Some(version) = self.now().version(hash) {
            return Ok(version);
        }
        self.load_version(store, tenant, ANY_FLOW, hash).await
    }
}

/// Why a version is not there.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NotLoaded {
    /// The store does not answer now.
    #[error("{0}")]
    Away(String),
    /// It is not stored, or does not compile any more.
    #[error("{0}")]
    Wrong(String),
}

/// The id under which every version is stored a second time, for who knows only its hash.
pub const ANY_FLOW: &str = "*";

impl Definitions {
    fn new(
        released: Arc<Catalog>,
        told: &Told,
        known: HashMap<String, Arc<FlowVersion>>,
        hook_key: &[u8],
        release: u32,
        readings: Arc<Readings>,
    ) -> Self {
        let (catalog, conflicts) = with_people(&released, told);
        let connections = Arc::new(catalog.connections.clone());
        let wrap = |compiled: &Arc<crate::domain::catalog::FlowVersion>| {
            Arc::new(FlowVersion { compiled: compiled.clone(), connections: connections.clone(), readings: readings.clone() })
        };
        let flows: BTreeMap<String, Arc<FlowVersion>> =
            catalog.flows.iter().map(|(id, compiled)| (id.to_string(), wrap(compiled))).collect();
        // A map of its own: what decides with an older moment keeps the versions it has checked for.
        let kept = if known.len() > OLD_VERSIONS_MAX { HashMap::new() } else { known };
        let renewed = |version: &FlowVersion| FlowVersion {
            compiled: Arc::new(version.compiled.with_directory(catalog.directory.clone())),
            connections: connections.clone(),
            readings: readings.clone(),
        };
        let mut versions: HashMap<String, Arc<FlowVersion>> =
            kept.into_iter().map(|(hash, version)| (hash, Arc::new(renewed(&version)))).collect();
        versions.extend(flows.values().map(|version| (version.hash().to_owned(), version.clone())));
        let versions = Arc::new(RwLock::new(versions));
        let (mut hooks, mut hook_ids, mut concurrency) =
            (HashMap::new(), BTreeMap::new(), HashMap::from(["log", "mail"].map(|channel| (channel.to_owned(), CONCURRENCY))));
        for (id, connection) in &catalog.connections {
            let Some(connector) = catalog.connectors.get(&connection.connector) else { continue };
            let limit = connection.limits.concurrency.or(connector.limits.concurrency).unwrap_or(CONCURRENCY);
            concurrency.insert(id.to_string(), limit);
            for name in connector.webhooks.keys() {
                let hook_id = hook_id(hook_key, id, name);
                let hook =
                    Hook { tenant: TenantId::DEFAULT, connection: connection.clone(), connector: connector.clone(), webhook: name.clone() };
                hook_ids.insert((id.to_string(), name.to_string()), hook_id.clone());
                hooks.insert(hook_id, Arc::new(hook));
            }
        }
        let unheard = catalog.unheard().into_iter().map(|(connection, stream)| (connection.to_string(), stream.to_string())).collect();
        let conflicts = Arc::new(conflicts);
        Self { released, catalog, conflicts, flows, versions, hooks, hook_ids, concurrency, unheard, release, readings }
    }

    /// The release they came with; 0 for none.
    pub fn release(&self) -> u32 {
        self.release
    }

    /// Where connected systems and the directory's file differ on who works here.
    pub fn conflicts(&self) -> &Arc<Vec<Conflict>> {
        &self.conflicts
    }

    /// The catalog.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    fn connections(&self) -> Arc<BTreeMap<Arc<str>, Arc<Connection>>> {
        Arc::new(self.catalog.connections.clone())
    }

    /// A version that is in memory.
    pub fn version(&self, hash: &str) -> Option<Arc<FlowVersion>> {
        self.versions.read().unwrap_or_else(PoisonError::into_inner).get(hash).cloned()
    }

    /// The version of a flow that is in force.
    pub fn live(&self, flow: &str) -> Option<Arc<FlowVersion>> {
        self.flows.get(flow).cloned()
    }

    /// Whether any flow that may run asks people for something.
    pub fn asks_people(&self) -> bool {
        self.versions.read().unwrap_or_else(PoisonError::into_inner).values().any(|version| version.compiled.asks_people())
    }

    /// Every live flow, by id.
    pub fn flows(&self) -> impl Iterator<Item = &Flow> {
        self.flows.values().map(|version| version.flow())
    }

    /// The flows an event of a connection may start.
    pub fn starts(&self, connection: &str, event: &str, kind: &str) -> Vec<Arc<FlowVersion>> {
        if connection == HUB {
            let here = match event.strip_prefix("api/") {
                Some(flow) => self.live(flow).into_iter().collect(),
                None => self.starts_of_hub(event),
            };
            return here.into_iter().filter(|version| version.flow().document == kind).collect();
        }
        let started = self.catalog.started_by(connection, event);
        started.iter().filter(|version| version.flow.document == kind).filter_map(|version| self.live(&version.flow.id)).collect()
    }

    /// Whether flows in force have different priorities, so that their order matters where work piles up.
    pub fn has_mixed_priorities(&self) -> bool {
        let mut priorities = self.flows.values().map(|version| version.priority());
        let first = priorities.next();
        priorities.any(|priority| Some(priority) != first)
    }

    /// The flows that something of the hub itself may start.
    pub fn starts_of_hub(&self, event: &str) -> Vec<Arc<FlowVersion>> {
        self.catalog.started_here(event).iter().filter_map(|version| self.live(&version.flow.id)).collect()
    }

    /// The receiver behind an opaque id.
    pub fn hook(&self, id: &str) -> Option<Arc<Hook>> {
        self.hooks.get(id).cloned()
    }

    /// The opaque id of a connection's webhook.
    pub fn hook_id(&self, connection: &str, webhook: &str) -> Option<&str> {
        self.hook_ids.get(&(connection.to_owned(), webhook.to_owned())).map(String::as_str)
    }

    /// All webhooks: connection, webhook, opaque id.
    pub fn hooks(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.hook_ids.iter().map(|((connection, webhook), id)| (connection.as_str(), webhook.as_str(), id.as_str()))
    }

    /// The connector of a connection, as it is now.
    pub fn connector(&self, connection: &str) -> Option<Arc<Connector>> {
        let connection = self.catalog.connections.get(connection)?;
        self.catalog.connectors.get(&connection.connector).cloned()
    }

    /// A connection and its connector, as they are now.
    pub fn connection(&self, connection: &str) -> Option<(Arc<Connection>, Arc<Connector>)> {
        Some((self.catalog.connections.get(connection)?.clone(), self.connector(connection)?))
    }

    /// An operation at a connection, as it is now.
    pub fn target(&self, connection: &str, operation: &str) -> Option<Target> {
        let known = self.catalog.connections.get(connection)?;
        Target::new(known.clone(), self.connector(connection)?, operation)
    }

    /// How many effects each connection may have under way.
    pub fn concurrency(&self) -> HashMap<String, u32> {
        self.concurrency.clone()
    }

    /// Whether no definition in force listens to a stream.
    pub fn is_unheard(&self, connection: &str, stream: &str) -> bool {
        self.unheard.contains(&(connection.to_owned(), stream.to_owned()))
    }

    /// The streams of a connection that nobody listens to.
    pub fn unheard_of<'a>(&'a self, connection: &'a str) -> impl Iterator<Item = &'a str> {
        self.unheard.iter().filter(move |(known, _)| known == connection).map(|(_, stream)| stream.as_str())
    }

    /// Streams some event is heard by.
    pub fn streams(&self) -> Vec<StreamKey> {
        let mut keys = Vec::new();
        for (id, connection) in &self.catalog.connections {
            let Some(connector) = self.catalog.connectors.get(&connection.connector) else { continue };
            for name in connector.streams.keys().filter(|name| !connector.events_of_stream(name).is_empty()) {
                keys.push(StreamKey { tenant: TenantId::DEFAULT, connection: id.to_string(), stream: name.to_string() });
            }
        }
        keys
    }

    /// Events that open objects of a connection are read again for.
    pub fn reread_events(&self, connection: &str) -> Vec<String> {
        let Some(connector) = self.connector(connection) else { return Vec::new() };
        let rereads = |way: &HeardBy| matches!(way, HeardBy::Reread { .. });
        connector.events.values().filter(|event| event.heard_by.iter().any(rereads)).map(|event| event.name.to_string()).collect()
    }

    /// The wait before the next re-read of an object that was read again so often.
    pub fn reread_wait(&self, connection: &str, rereads: u32) -> Option<SignedDuration> {
        wait_of(self.connector(connection)?.as_ref(), rereads)
    }

    /// Makes a document of a source's payload: mapping, check against its type, status, identity.
    ///
    /// # Errors
    /// The cause and the words for the exception.
    pub fn make_document(
        &self,
        tenant: TenantId,
        connection: &str,
        request: &DocumentRequest,
        source: &Value,
    ) -> Result<MadeDocument, (Cause, String)> {
        let mapping = self
            .catalog
            .mappings
            .get(&request.map)
            .ok_or_else(|| (Cause::RuleMissing, format!("there is no mapping `{}`", request.map)))?;
        let kind = self
            .catalog
            .documents
            .get(&request.document)
            .ok_or_else(|| (Cause::RuleMissing, format!("there is no document type `{}`", request.document)))?;
        let scope = crate::domain::expression::Scope::default().with("source", source.clone());
        let mapped = mapping.apply(&scope).map_err(|error| cause_of(&error))?;
        let connector = self.connector(connection).ok_or_else(|| (Cause::RuleMissing, format!("there is no connection `{connection}`")))?;
        let mut json = mapped.value.to_json();
        let raw: Option<String> = json.get("status_raw").and_then(serde_json::Value::as_str).map(str::to_owned);
        let status = match raw {
            None => None,
            Some(raw) => match connector.status(&request.document, &raw) {
                Some(status) => Some(status.to_owned()),
                None => {
                    return Err((Cause::RuleMissing, format!("`statuses` of the connector has no word for the source's status `{raw}`")));
                }
            },
        };
        if let (Some(status), Some(object)) = (&status, json.as_object_mut()) {
            object.insert("status".to_owned(), status.clone().into());
        }
        let validated = kind.validate(&json).map_err(|problems| {
            let words: Vec<String> = problems.iter().take(5).map(|problem| format!("`{}` {}", problem.path, problem.message)).collect();
            (Cause::DataWrong, format!("the document does not fit its type: {}", words.join("; ")))
        })?;
        let text = |path: [&str; 2]| match validated.value.member(path[0]).member(path[1]) {
            Value::Text(text) => Some(text.to_string()),
            Value::Instant(instant) => Some(instant.to_string()),
            Value::Int(number) => Some(number.to_string()),
            _ => None,
        };
        let key = validated.key.to_string();
        Ok(MadeDocument {
            kind: request.document.to_string(),
            external_id: text(["source", "id"]).unwrap_or_else(|| key.clone()),
            id: ids::document_id(tenant, &request.document, connection, &key),
            hash: kind.content_hash(&validated.value),
            version: text(["source", "version"]),
            status,
            typed: validated.value,
            key,
        })
    }
}

/// A released project together with the people that the sources of its directory know; sources that were not read yet say nothing.
fn with_people(released: &Arc<Catalog>, told: &Told) -> (Arc<Catalog>, Vec<Conflict>) {
    let sources = released.directory.sources.iter();
    let said: Vec<(&Source, &Organisation)> = sources.filter_map(|source| Some((&**source, &**told.get(&*source.connection)?))).collect();
    if said.is_empty() {
        return (released.clone(), Vec::new());
    }
    let (directory, conflicts) = released.directory.joined(&said);
    (Arc::new(released.with_directory(Arc::new(directory))), conflicts)
}

fn cause_of(error: &MapError) -> (Cause, String) {
    (if error.is_rule_missing() { Cause::RuleMissing } else { Cause::DataWrong }, error.to_string())
}

fn wait_of(connector: &Connector, rereads: u32) -> Option<SignedDuration> {
    let every = connector.events.values().flat_map(|event| &event.heard_by).find_map(|way| match way {
        HeardBy::Reread { every_millis } => Some(every_millis),
        _ => None,
    })?;
    let millis = every.get(rereads as usize).or_else(|| every.last())?;
    Some(SignedDuration::from_millis(i64::try_from(*millis).unwrap_or(i64::MAX)))
}

/// 128 bits nobody can guess without the key; the same for the same connection and webhook for ever.
fn hook_id(key: &[u8], connection: &str, webhook: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(connection.as_bytes());
    mac.update(&[0]);
    mac.update(webhook.as_bytes());
    hex::encode(&mac.finalize().into_bytes()[..16])
}

impl FlowVersion {
    /// The flow's id.
    pub fn flow_id(&self) -> &str {
        &self.compiled.flow.id
    }

    /// The version's hash.
    pub fn hash(&self) -> &str {
        &self.compiled.id.0
    }

    /// The compiled flow.
    pub fn flow(&self) -> &Flow {
        &self.compiled.flow
    }

    /// The flow as it is written, and as it runs under each binding row that replaces steps of it.
    pub fn flows(&self) -> impl Iterator<Item = &Flow> {
        std::iter::once(&self.compiled.flow).chain(self.compiled.variants.values()).map(AsRef::as_ref)
    }

    /// The flow as it runs under a binding row.
    pub fn flow_under(&self, row: Option<&str>) -> &Flow {
        self.compiled.flow_under(row)
    }

    /// What `decide` may ask.
    pub fn environment(&self) -> &dyn Environment {
        self.compiled.as_ref()
    }

    /// Priority of its effects: 0 is first.
    pub fn priority(&self) -> i16 {
        self.compiled.flow.priority
    }

    /// Whether a document heard by this event of this connection starts the flow.
    ///
    /// # Errors
    /// In words, when the condition or the binding cannot be evaluated.
    pub fn starts_on(&self, connection: &str, event: &str, document: &DocumentFacts) -> Result<bool, String> {
        if connection == HUB {
            return self.starts_here(if event.starts_with("api/") { "api" } else { event }, document);
        }
        let binding = self.compiled.bind(&document.doc).map_err(|error| error.to_string())?;
        let initiator = document.doc.member("requester");
        for (role, played_by) in &binding.roles {
            if played_by == connection {
                let starts = self.compiled.flow.starts(role, event, document, initiator, &binding).map_err(|error| error.to_string())?;
                if starts {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether something of the hub itself starts the flow for a document: `form/ID`, `api`, `created/RELATION`.
    ///
    /// # Errors
    /// In words, when the condition or the binding cannot be evaluated.
    pub fn starts_here(&self, event: &str, document: &DocumentFacts) -> Result<bool, String> {
        let binding = self.compiled.bind(&document.doc).map_err(|error| error.to_string())?;
        let fits = |on: &StartOn| on.event_of_hub().as_deref() == Some(event);
        let initiator = document.doc.member("requester");
        self.compiled.flow.starts_where(fits, document, initiator, &binding).map_err(|error| error.to_string())
    }

    /// The status a document of this type begins with.
    pub fn first_status(&self, kind: &str) -> String {
        let kind = self.compiled.documents.get(kind);
        kind.and_then(|kind| kind.statuses.first()).map_or_else(|| "draft".to_owned(), ToString::to_string)
    }

    /// A stored revision as expressions see it.
    pub fn read_document(&self, kind: &str, body: &str, status: &str) -> Value {
        let typed = || self.compiled.typed_document(kind, &serde_json::from_str(body).unwrap_or_default());
        crate::domain::catalog::with_status(self.readings.typed(self.hash(), kind, body, typed), status)
    }

    /// Content hash of a document made by this version's flow.
    pub fn hash_document(&self, kind: &str, body: &serde_json::Value) -> String {
        let typed = self.compiled.documents.get(kind).and_then(|kind| Some((kind, kind.validate(body).ok()?)));
        // A body that does not fit its type was refused by the step; the text's own hash keeps even that case apart.
        typed.map_or_else(|| ids::derived(&[body.to_string().as_bytes()]).to_string(), |(kind, read)| kind.content_hash(&read.value))
    }

    /// Fills in which connection plays which role.
    ///
    /// # Errors
    /// In words, when the document cannot be bound.
    pub fn bind(&self, facts: &mut Facts) -> Result<(), String> {
        facts.binding = self.compiled.bind(&facts.document.doc).map_err(|error| error.to_string())?;
        Ok(())
    }

    /// When an object just made at a connection is read again for the first time, should nothing be heard.
    pub fn first_reread(&self, connection: &str, now: Timestamp) -> Option<Timestamp> {
        let wait = wait_of(self.compiled.connector(connection)?, 0)?;
        now.checked_add(wait).ok()
    }

    /// An operation at a connection, in the connector this version was made with.
    pub fn target(&self, connection: &str, operation: &str) -> Option<Target> {
        let known = self.connections.get(connection)?;
        Target::new(known.clone(), self.compiled.connector(connection)?.clone(), operation)
    }
}
