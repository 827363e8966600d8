//! Puts a hub together from its parts: store, definitions, gateway, engine, loops, door. `serve`, `demo` and `bench` use it.
//!
//! A little more than 500 lines: it is the one place where every part of the hub meets every other.

use crate::api::auth::{Cookies, TokenOptions, Tokens};
use crate::api::{Limits, Parts, listener};
use crate::app::access::in_app::AppOptions;
use crate::app::access::proposals::Proposals;
use crate::app::access::providers::ProviderOptions;
use crate::app::access::{Access, Actor, Audit, Cost, InApp, Providers, Scoping};
use crate::app::act::Act;
use crate::app::answers::Answers;
use crate::app::commands::Commands;
use crate::app::connections::{ConnectionItem, Connections};
use crate::app::consent::Consents;
use crate::app::desk::{self, Batching, Mender, Mending, MessageDesk};
use crate::app::engine::definitions::Live;
use crate::app::feed::Feed;
use crate::app::keeping::Keeper;
use crate::app::marked::marked;
use crate::app::notice::{Bundles, Here, Notices, SmtpOptions};
use crate::app::people::{self, DecisionLinks, FileOptions, Leavers, People, organisation};
use crate::app::publishing::{Differs, Publishing, Source};
use crate::app::quotas::{QuotaOptions, Quotas};
use crate::app::reading::Reader;
use crate::app::reconcile::Asking;
use crate::app::reconcile::repair::Repairs;
use crate::app::secrets::{Kept, Secrets};
use crate::app::shared::InStore;
use crate::app::start::Starter;
use crate::cli::works::{self, Pace};
use crate::cli::{begin, door};
use crate::domain::access::role::Roles;
use crate::domain::access::{second_person, session};
use crate::domain::approval::LinkKey;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::ids::TenantId;
use crate::domain::permission::Permission;
use crate::domain::text::files::Files;
use crate::gateway::{Gateway, Shared};
use crate::runtime::lifecycle::Stopped;
use crate::runtime::metrics::Metrics;
use crate::runtime::{Clock, IdMaker, Keyring, Lifecycle, Sealer, SystemClock};
use crate::store::kill_points::{self, KillPoint};
use crate::store::sealed::Sealed;
use crate::store::{Counts, DefinitionRow, Store};
use crate::transport::{InProcess, RabbitMq, Transport, rabbitmq};
use crate::worker::batches::Batches;
use crate::worker::organisation::Organisations;
use crate::worker::report::Reporting;
use crate::worker::{house, publishing as events, quotas, releases, sealing, secrets, watch};
use anyhow::Context;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// What a hub is made from.
pub struct HubOptions {
    /// `sqlite:PATH` or `postgres://…`.
    pub store_url: String,
    /// How the store is opened.
    pub store: crate::store::Options,
    /// Seals what replicas share and nobody may read in the database; without it each logs in by itself.
    pub sealing_key: Option<SecretString>,
    /// Open the secrets the hub keeps; the first one seals.
    pub master_keys: Vec<(String, SecretString)>,
    /// Where the hub is reached from outside.
    pub public_url: Option<url::Url>,
    /// Where the definitions come from.
    pub definitions: Source,
    /// Pause between two looks for a newer release.
    pub follow: Duration,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Limits of connections.
    pub listener: listener::Options,
    /// Limits of requests.
    pub limits: Limits,
    /// What people may attach.
    pub files: FileOptions,
    /// Who may use the API.
    pub tokens: Tokens,
    /// Roles of the installation's own beside the product's.
    pub roles: Roles,
    /// How much tenants may take.
    pub quotas: QuotaOptions,
    /// Kinds of change that want two people.
    pub four_eyes: Vec<second_person::Kind>,
    /// Where people sign in.
    pub providers: Vec<ProviderOptions>,
    /// Apps inside which they do.
    pub apps: Vec<AppOptions>,
    /// Egress, limits and where relative secrets are.
    pub gateway: crate::gateway::Options,
    /// Events decided in one transaction.
    pub batch_size_max: usize,
    /// Effects under way at once.
    pub effects_in_flight_max: u32,
    /// How long a claim holds.
    pub lease: Duration,
    /// Pause when nothing is due.
    pub poll: Duration,
    /// Streams read at once.
    pub stream_parallel_max: usize,
    /// Attempts are kept this long.
    pub attempts_kept: Duration,
    /// How often what is past retention is dropped.
    pub clean_every: Duration,
    /// Mail channels for notices.
    pub mail: Vec<SmtpOptions>,
    /// The broker; none to stay inside this process.
    pub broker: Option<Broker>,
    /// Where the process is to die, for the test that walks these points.
    pub kill_point: Option<KillPoint>,
    /// What was counted; the process installs one recorder.
    pub metrics: Metrics,
}

/// A broker and what is done with it.
#[derive(Clone)]
pub struct Broker {
    /// How it is reached.
    pub options: rabbitmq::Options,
    /// Where committed changes are published: the installation's name; none when they are not.
    pub events_source: Option<String>,
}

impl HubOptions {
    /// A hub for this project, with the defaults of the shipped configuration.
    pub fn new(files: Files) -> Self {
        Self {
            store_url: "sqlite:waybill.sqlite".to_owned(),
            store: crate::store::Options::default(),
            sealing_key: None,
            master_keys: Vec::new(),
            public_url: None,
            definitions: Source::Folder(files, Differs::Always),
            follow: Duration::from_secs(2),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            listener: listener::Options::default(),
            limits: Limits::default(),
            files: FileOptions::default(),
            tokens: Tokens::default(),
            roles: Roles::default(),
            quotas: QuotaOptions::default(),
            four_eyes: Vec::new(),
            providers: Vec::new(),
            apps: Vec::new(),
            gateway: crate::gateway::Options::default(),
            batch_size_max: 128,
            effects_in_flight_max: 256,
            lease: Duration::from_secs(60),
            poll: Duration::from_millis(500),
            stream_parallel_max: 8,
            attempts_kept: Duration::from_secs(30 * 86_400),
            clean_every: Duration::from_secs(3_600),
            mail: Vec::new(),
            broker: None,
            kill_point: None,
            metrics: crate::runtime::metrics::install(),
        }
    }
}

/// A running hub.
pub struct Hub {
    lifecycle: Lifecycle,
    store: Arc<dyn Store>,
    live: Arc<Live>,
    clock: Arc<dyn Clock>,
    address: SocketAddr,
    statements: Arc<AtomicU64>,
    transport: Arc<dyn Transport>,
    access: Access,
    cookies: Cookies,
}

/// The definitions have errors.
#[derive(Debug, thiserror::Error)]
#[error("the project has {} findings, errors among them; `waybill check` shows them", .0.len())]
pub struct Unsound(pub Vec<Diagnostic>);

/// A stop takes at most this long where nothing is configured.
pub const STOP_WITHIN: Duration = Duration::from_secs(20);

impl Hub {
    /// Starts everything; ready when it returns.
    ///
    /// # Errors
    /// When the store, the definitions or the address cannot be used.
    pub async fn start(mut options: HubOptions) -> anyhow::Result<Hub> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let ids = IdMaker::new(clock.clone());
        let lifecycle = Lifecycle::new();
        let store = crate::store::connect(&options.store_url, options.store.clone()).await.context("the store cannot be opened")?;
        let store = match &options.kill_point {
            Some(point) => kill_points::around(store, point.clone()),
            None => store,
        };
        store.migrate().await.context("the store's schema cannot be brought up to date")?;
        let sealed = Arc::new(Sealed::around(store, keyring(&options)?, clock.clone(), ids.clone()));
        let store: Arc<dyn Store> = sealed.clone();

        let definitions = std::mem::replace(&mut options.definitions, Source::Store);
        let found = begin::definitions(store.as_ref(), definitions, clock.as_ref()).await?;
        let hook_key = hook_key(store.as_ref(), &ids, clock.as_ref()).await?;
        let live = Arc::new(Live::new(found.catalog, found.release, &hook_key));
        sealed.mark(TenantId::DEFAULT, marked(live.now().catalog()));
        sealed.ready().await.context("the key of sealed content cannot be used")?;
        live.on_change(move |catalog| sealed.mark(TenantId::DEFAULT, marked(catalog)));
        // Before anything works: whoever only a connected system knows would seem to have left.
        let told = organisation::told(store.as_ref(), TenantId::DEFAULT).await.map_err(anyhow::Error::msg)?;
        if !told.is_empty() {
            live.organise(told);
        }

        let owner = ids.next().to_string();
        let kept_secrets = Arc::new(Kept::new(keyring(&options)?));
        let gateway = gateway(&options, &store, &clock, (&owner, &kept_secrets), lifecycle.cut())?;
        let secrets = Secrets::new(store.clone(), kept_secrets, gateway.clone(), live.clone(), (clock.clone(), ids.clone()));
        // Before the first call: a connection whose secret is not read yet would look as if it had none.
        secrets.refresh().await.context("the secrets that the hub keeps cannot be read")?;
        let of = (secrets.clone(), lifecycle.clone(), clock.clone());
        lifecycle.keep("loop_secrets", move || secrets::run(of.0.clone(), of.1.readiness().clone(), of.2.clone(), of.1.soft().clone()));
        let consents = kept(&options, &store, &clock, &owner)?;
        let transport = transport(options.broker.as_ref(), &clock, &ids);
        let events_source = options.broker.as_ref().and_then(|broker| broker.events_source.clone());
        let committed = Arc::new(Notify::new());
        let addresses = live.now().catalog().directory.addresses();
        let notices = Notices::new(&options.mail, addresses).context("mail cannot be set up")?;
        let notices = Arc::new(notices.at(Here::new(options.public_url.as_ref(), Some(LinkKey::of(&hook_key)))));
        let readdressed = notices.clone();
        live.on_change(move |catalog| readdressed.readdress(catalog.directory.addresses()));
        let is_sqlite = options.store_url.starts_with("sqlite:");
        let pace = Pace {
            batch_size_max: options.batch_size_max,
            // Batches overlap on PostgreSQL, where row locks keep them apart: while one waits for its commit, the others work. SQLite
            // has one writer anyway.
            parallel: if is_sqlite { 1 } else { 3 },
            effects_in_flight_max: options.effects_in_flight_max,
            lease: options.lease,
            poll: options.poll,
            stream_parallel_max: options.stream_parallel_max,
            reconcile_poll: Some(options.poll),
        };
        let quotas = Quotas::new(store.clone(), clock.clone(), options.quotas.clone());
        if quotas.any() {
            let of = (quotas.clone(), lifecycle.clone(), clock.clone());
            lifecycle.keep("loop_quotas", move || quotas::run(of.0.clone(), of.1.readiness().clone(), of.2.clone(), of.1.soft().clone()));
        }
        let works = works::start(
            works::Parts {
                quotas: quotas.clone(),
                store: store.clone(),
                live: live.clone(),
                gateway: gateway.clone(),
                notices,
                clock: clock.clone(),
                ids: ids.clone(),
                lifecycle: lifecycle.clone(),
                owner: owner.clone(),
                transport: transport.clone(),
                publishes: events_source.is_some().then(|| committed.clone()),
            },
            &pace,
        );
        if let Some(name) = events_source {
            let telling = Arc::new(events::Publishing {
                store: store.clone(),
                transport: transport.clone(),
                clock: clock.clone(),
                owner: owner.clone(),
                source: format!("/waybill/{name}"),
                poll: options.poll,
                committed,
            });
            let soft = lifecycle.soft().clone();
            lifecycle.keep("loop_events", move || telling.clone().run(soft.clone()));
        }
        let of = (transport.clone(), lifecycle.clone(), clock.clone());
        lifecycle.keep("loop_broker", move || watch::run(of.0.clone(), of.1.readiness().clone(), of.2.clone(), of.1.soft().clone()));
        let of = (store.clone(), clock.clone(), options.metrics.clone(), lifecycle.clone());
        let (attempts_kept, clean_every) = (options.attempts_kept, options.clean_every);
        lifecycle.keep("loop_house", move || {
            let retention = house::Retention { attempts_kept, clean_every };
            house::run(of.0.clone(), of.1.clone(), retention, of.2.clone(), of.3.readiness().clone(), of.3.soft().clone())
        });

        let starter = Starter {
            live: live.clone(),
            received: works.receiver.received.clone(),
            engine: works.engine.clone(),
            store: store.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
        };
        let publishing = Publishing::new(store.clone(), live.clone(), gateway.clone(), works.engine.clone(), clock.clone(), ids.clone());
        let (of, follow) = ((publishing.clone(), clock.clone(), lifecycle.clone()), options.follow);
        lifecycle.keep("loop_releases", move || {
            releases::run(of.0.clone(), of.1.clone(), follow, of.2.readiness().clone(), of.2.soft().clone())
        });
        let repairs = Repairs { store: store.clone(), live: live.clone(), engine: works.engine.clone() };
        let asking = Asking { repairs, gateway: gateway.clone(), clock: clock.clone(), ids: ids.clone() };

        let reporting = Arc::new(Reporting {
            store: store.clone(),
            gateway: gateway.clone(),
            tally: gateway.tally().clone(),
            receipts: works.receiver.receipts.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            readiness: lifecycle.readiness().clone(),
            owner: owner.clone(),
        });
        let soft = lifecycle.soft().clone();
        lifecycle.keep("loop_reports", move || reporting.clone().run(soft.clone()));
        let feed = Feed::new(store.clone(), clock.clone());
        let (fed, soft) = (feed.clone(), lifecycle.soft().clone());
        lifecycle.keep("loop_feed", move || fed.clone().run(soft.clone()));
        let consents = Consents {
            live: live.clone(),
            gateway: gateway.clone(),
            shared: consents,
            public_url: options.public_url.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
        };
        let people = People {
            engine: works.engine.clone(),
            store: store.clone(),
            live: live.clone(),
            clock: clock.clone(),
            files: people::Files::new(options.files.clone()),
        };
        let changed = Arc::new(Notify::new());
        let people_change = changed.clone();
        live.on_change(move |_| people_change.notify_one());
        let (leavers, soft) = (Arc::new(Leavers { people: people.clone(), changed: Some(changed) }), lifecycle.soft().clone());
        lifecycle.keep("loop_leavers", move || leavers.clone().run(soft.clone()));
        let organisations = Arc::new(Organisations {
            live: live.clone(),
            gateway: gateway.clone(),
            store: store.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            owner: owner.clone(),
            lease: options.lease,
        });
        let soft = lifecycle.soft().clone();
        lifecycle.keep("loop_organisations", move || organisations.clone().run(soft.clone()));
        let bundles = Bundles { store: store.clone(), engine: works.engine.clone(), clock: clock.clone(), ids: ids.clone() };
        let (bundles, soft) = (Arc::new(bundles), lifecycle.soft().clone());
        lifecycle.keep("loop_notices", move || bundles.clone().run(soft.clone()));
        let commands: Arc<dyn Commands> = Arc::new(Act { engine: works.engine.clone(), store: store.clone() });
        let mending: Arc<dyn Mending> = Arc::new(Mender {
            commands: commands.clone(),
            engine: works.engine.clone(),
            store: store.clone(),
            live: live.clone(),
            gateway,
            clock: clock.clone(),
        });
        let message_desk: Arc<dyn MessageDesk> =
            Arc::new(desk::Messages { engine: works.engine, store: store.clone(), parked: works.parked });
        let batching = Arc::new(Batching { store: store.clone(), mending: mending.clone(), messages: message_desk.clone() });
        let batches = Batches { store: store.clone(), batching, clock: clock.clone(), owner, lease: options.lease, poll: options.poll };
        let (batches, soft) = (Arc::new(batches), lifecycle.soft().clone());
        lifecycle.keep("loop_batches", move || batches.clone().run(soft.clone()));
        let access = Access::new(store.clone(), clock.clone(), ids.clone(), session::Limits::default(), Cost::default());
        let access = access.with_roles(options.roles.clone()).with_kept_names(options.tokens.names());
        let cookies = Cookies::new(options.public_url.clone(), options.listen.ip().is_loopback());
        let apps = InApp::new(access.clone(), options.apps).map_err(anyhow::Error::msg)?;
        let providers = Providers::new(access.clone(), options.public_url.clone(), options.providers).map_err(anyhow::Error::msg)?;
        let providers = providers.with_apps(apps.clone());
        let audit = Audit::new(store.clone(), clock.clone(), ids.clone(), lifecycle.spawner());
        let of = (store.clone(), clock.clone(), lifecycle.soft().clone());
        lifecycle.keep("loop_audit", move || sealing::run(of.0.clone(), of.1.clone(), of.2.clone()));
        let parts = Parts {
            audit: audit.clone(),
            scoping: Scoping::new(store.clone(), live.clone(), options.roles),
            quotas,
            proposals: Proposals::new(access.clone(), secrets.clone(), options.four_eyes),
            secrets,
            access: access.clone(),
            providers,
            apps,
            cookies: cookies.clone(),
            reader: Reader::new(store.clone(), live.clone()),
            answers: Answers::new(store.clone(), clock.clone()),
            intake: Arc::new(works.receiver),
            starts: Arc::new(starter),
            commands,
            mending,
            messages: message_desk,
            keeper: Keeper::new(store.clone(), clock.clone(), ids.clone()),
            feed,
            stop: lifecycle.soft().clone(),
            reconciling: Arc::new(asking),
            connections: Arc::new(Known(live.clone())),
            consents,
            decision_links: DecisionLinks { people: people.clone(), key: LinkKey::of(&hook_key), audit: audit.clone() },
            people,
            publishing,
            tokens: options.tokens,
            readiness: lifecycle.readiness().clone(),
            metrics: options.metrics,
            clock: clock.clone(),
            ids: ids.clone(),
        };
        let address = door::open(options.listen, options.listener.clone(), &options.limits, parts, &lifecycle).await?;
        lifecycle.readiness().ready("engine");
        Ok(Hub { lifecycle, store, live, clock, address, statements: works.statements, transport, access, cookies })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A link that makes the first owner, working once and for a day; none when there is an owner.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn set_up_link(&self) -> anyhow::Result<Option<String>> {
        let link = self.access.set_up_link(TenantId::DEFAULT, &Actor::system(TenantId::DEFAULT)).await?;
        Ok(link.map(|link| {
            let told = self.cookies.link(&link.secret);
            // Without an address of its own the hub tells the one it listens on.
            if told.starts_with('/') { format!("http://{}{told}", self.address) } else { told }
        }))
    }

    /// Where a partner calls for this webhook.
    pub fn hook_url(&self, connection: &str, webhook: &str) -> Option<String> {
        let definitions = self.live.now();
        definitions.hook_id(connection, webhook).map(|id| format!("http://{}/hooks/{id}", self.address))
    }

    /// The store, for reading.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Counts of this moment.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn counts(&self) -> anyhow::Result<Counts> {
        Ok(self.store.counts(self.clock.now()).await?)
    }

    /// Statements the engine's batches ran so far.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// How work travels, with what was counted.
    pub fn transport(&self) -> crate::transport::Health {
        self.transport.health()
    }

    /// Stops in order within `bound`; what is cut off is taken up by the next start.
    pub async fn stop(self, bound: Duration) -> Stopped {
        let stopped = self.lifecycle.stop(bound).await;
        self.transport.close().await;
        self.store.close().await;
        stopped
    }
}

fn keyring(options: &HubOptions) -> anyhow::Result<Keyring> {
    Keyring::new(options.master_keys.iter().map(|(id, key)| (id.as_str(), key))).context("a master key cannot be used")
}

/// A gateway that shares limits and credentials with the other processes on the same PostgreSQL. SQLite has one process.
fn gateway(
    options: &HubOptions,
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
    (owner, secrets): (&str, &Arc<Kept>),
    cut: &CancellationToken,
) -> anyhow::Result<Arc<Gateway>> {
    let gateway = Gateway::new(options.gateway.clone(), clock.clone()).cut_by(cut.clone()).reading(secrets.clone());
    let gateway = match kept(options, store, clock, owner)? {
        Some(consents) => gateway.keeping(consents),
        None => gateway,
    };
    if options.store_url.starts_with("sqlite:") {
        return Ok(Arc::new(gateway));
    }
    let sealer = options.sealing_key.as_ref().map(Sealer::new).transpose().context("`store.sealing_key` cannot be used")?;
    let shared = InStore { store: store.clone(), clock: clock.clone(), owner: owner.to_owned(), sealer };
    Ok(Arc::new(gateway.sharing(Arc::new(shared))))
}

/// Where consents are kept, on either database; none without a key to seal them.
fn kept(options: &HubOptions, store: &Arc<dyn Store>, clock: &Arc<dyn Clock>, owner: &str) -> anyhow::Result<Option<Arc<dyn Shared>>> {
    let Some(key) = &options.sealing_key else { return Ok(None) };
    let sealer = Sealer::new(key).context("`store.sealing_key` cannot be used")?;
    Ok(Some(Arc::new(InStore { store: store.clone(), clock: clock.clone(), owner: owner.to_owned(), sealer: Some(sealer) })))
}

fn transport(broker: Option<&Broker>, clock: &Arc<dyn Clock>, ids: &IdMaker) -> Arc<dyn Transport> {
    match broker {
        None => Arc::new(InProcess::default()),
        Some(broker) => Arc::new(RabbitMq::start(&broker.options, clock, ids)),
    }
}

/// The key behind the opaque ids of webhooks: drawn once per installation, kept with the definitions.
async fn hook_key(store: &dyn Store, ids: &IdMaker, clock: &dyn Clock) -> anyhow::Result<Vec<u8>> {
    let drawn: String = (0..4).map(|_| format!("{:016x}", ids.seed())).collect();
    let row = DefinitionRow {
        tenant: TenantId::DEFAULT,
        kind: "key".to_owned(),
        id: "hooks".to_owned(),
        hash: "1".to_owned(),
        text: drawn,
        author: "serve".to_owned(),
        message: "drawn at the first start".to_owned(),
        created_at: clock.now(),
    };
    // The first process to store one wins; everybody uses what is stored.
    store.put_definitions(std::slice::from_ref(&row)).await.context("the key of webhook addresses cannot be stored")?;
    let stored = store.definition(TenantId::DEFAULT, "key", "hooks", "1").await?.context("the key of webhook addresses is gone")?;
    Ok(stored.text.into_bytes())
}

/// One token that may do everything: for a hub that ends with its process.
pub fn one_token(token: &str) -> Tokens {
    Tokens::new([TokenOptions {
        name: "local".to_owned(),
        secret: SecretString::from(token.to_owned()),
        tenant: TenantId::DEFAULT,
        permissions: Permission::ALL.to_vec(),
        person: None,
    }])
}

struct Known(Arc<Live>);

impl Connections for Known {
    fn connections(&self) -> Vec<ConnectionItem> {
        let definitions = self.0.now();
        let webhooks = |connection: &str| {
            let mine = definitions.hooks().filter(|(known, _, _)| *known == connection);
            mine.map(|(_, webhook, id)| (webhook.to_owned(), format!("/hooks/{id}"))).collect()
        };
        let connections = definitions.catalog().connections.values();
        connections
            .map(|connection| ConnectionItem {
                connection: connection.id.to_string(),
                connector: connection.connector.to_string(),
                environment: connection.environment.as_deref().map(str::to_owned),
                webhooks: webhooks(&connection.id),
                unheard_streams: definitions.unheard_of(&connection.id).map(str::to_owned).collect(),
            })
            .collect()
    }
}
