//! A door on a free port over a fresh SQLite file, with a few rows behind it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, RequestBuilder, Response};
use secrecy::SecretString;
use serde_json::Value;
use tempfile::TempDir;
use uuid::Uuid;
use waybill::api::auth::{Cookies, TokenOptions, Tokens};
use waybill::api::listener::{Listener, Options};
use waybill::api::{ApiState, Limits, Parts, router};
use waybill::app::access::proposals::Proposals;
use waybill::app::access::providers::ProviderOptions;
use waybill::app::access::{Access, Audit, Cost, Providers, Scoping};
use waybill::app::answers::Answers;
use waybill::app::commands::{Accepted, CommandError, CommandRequest, Commands};
use waybill::app::connections::{ConnectionItem, Connections};
use waybill::app::consent::Consents;
use waybill::app::desk::{Look, Mending, MessageDesk, MessageOrder, Order, Preview, PreviewCall};
use waybill::app::engine::definitions::Live;
use waybill::app::engine::input::{Input, Verdict};
use waybill::app::feed::Feed;
use waybill::app::group::Group;
use waybill::app::intake::{HookAnswer, HookRequest, Intake};
use waybill::app::keeping::Keeper;
use waybill::app::people::{FileOptions, Files, People};
use waybill::app::publishing::Publishing;
use waybill::app::quotas::{QuotaOptions, Quotas};
use waybill::app::reading::Reader;
use waybill::app::reconcile::{Reconciling, RepairOutcome, RepairRequest, StartRequest, Why};
use waybill::app::start::Starter;
use waybill::app::starts::{self, Forecast, FormItem, StartError, Started, StartedDocument, StartedInstance, Starts, Submission};
use waybill::domain::access::role::Roles;
use waybill::domain::catalog::{Catalog, has_errors};
use waybill::domain::ids::{DriftId, ReconciliationId, TenantId};
use waybill::domain::permission::Permission;
use waybill::gateway::Gateway;
use waybill::runtime::{IdMaker, Lifecycle, ManualClock, Spawner};
use waybill::store::{self, Keys, NewMessage, Store, Writes};

/// What stands behind the door.
pub struct Door {
    pub base: String,
    pub client: reqwest::Client,
    pub lifecycle: Lifecycle,
    pub commands: Arc<Recorder>,
    pub mending: Arc<Mends>,
    pub begins: Arc<Begins>,
    /// What people did, as the engine was told.
    pub acts: Acts,
    pub intake: Arc<Hooks>,
    pub store: Arc<dyn Store>,
    pub clock: Arc<ManualClock>,
    pub access: Access,
    pub audit: Audit,
    pub quotas: Quotas,
    folder: TempDir,
}

/// How a door differs from the usual.
#[derive(Default)]
pub struct Setup {
    pub listener: Options,
    pub limits: Limits,
    pub providers: Vec<ProviderOptions>,
    pub apps: Vec<waybill::app::access::in_app::AppOptions>,
    pub roles: Roles,
    /// The project; the shipped one when not given.
    pub catalog: Option<Arc<Catalog>>,
    /// The store; a fresh SQLite file when not given.
    pub store_url: Option<String>,
    /// How the store is spoken to; as usual when not given.
    pub store_options: Option<store::Options>,
    /// How much tenants may take.
    pub quotas: Option<QuotaOptions>,
    /// What people may attach.
    pub files: FileOptions,
    /// Kinds of change that want two people.
    pub four_eyes: Vec<waybill::domain::access::second_person::Kind>,
    /// Whether operations may be tried at partners on this machine.
    pub loopback: bool,
    /// Whether there is no master key.
    pub no_master_key: bool,
}

/// Remembers commands and answers as told.
#[derive(Default)]
pub struct Recorder {
    pub taken: Mutex<Vec<CommandRequest>>,
    pub refusals: Mutex<Vec<CommandError>>,
}

impl Commands for Recorder {
    fn command(&self, request: CommandRequest) -> BoxFuture<'_, Result<Accepted, CommandError>> {
        async move {
            if let Some(refusal) = self.refusals.lock().unwrap().pop() {
                return Err(refusal);
            }
            let instance = request.instance;
            self.taken.lock().unwrap().push(request);
            Ok(Accepted { instance, status: "running".to_owned() })
        }
        .boxed()
    }
}

/// Remembers orders to the desk and answers as told.
#[derive(Default)]
pub struct Mends {
    pub taken: Mutex<Vec<Order>>,
    pub messages: Mutex<Vec<MessageOrder>>,
    /// What a preview waits for, and whether it came to its end.
    pub slow: Mutex<Option<Arc<tokio::sync::Notify>>>,
    pub previewed: tokio::sync::Notify,
}

impl Mending for Mends {
    fn act(&self, order: Order) -> BoxFuture<'_, Result<Accepted, CommandError>> {
        async move {
            self.taken.lock().unwrap().push(order);
            Ok(Accepted { instance: crate::rows::instance("PO-9"), status: "running".to_owned() })
        }
        .boxed()
    }

    fn preview(&self, order: Order, look: Look) -> BoxFuture<'_, Result<Preview, CommandError>> {
        async move {
            let slow = self.slow.lock().unwrap().clone();
            if let Some(slow) = slow {
                slow.notified().await;
            }
            self.previewed.notify_one();
            let input =
                (look.payloads == waybill::app::reading::Payloads::Shown).then(|| serde_json::json!({"title": "canary of a payload"}));
            let call = PreviewCall {
                connection: "oa_main".into(),
                operation: Some("create_approval".into()),
                step: "oa#1".into(),
                purpose: "forward".into(),
                key: Uuid::from_u128(5),
                reference: Some("WB-1".into()),
                key_used_before: true,
                guarantee: "look_up".into(),
                may_duplicate: false,
                linked: vec![],
                held: if look.ask_partners { "no" } else { "not_asked" }.into(),
                input,
            };
            Ok(Preview { status: order.action.word().to_owned(), calls: vec![call], ..Preview::default() })
        }
        .boxed()
    }
}

impl MessageDesk for Mends {
    fn settle(&self, order: MessageOrder) -> BoxFuture<'_, Result<(), CommandError>> {
        async move {
            let known = order.tenant == TenantId::DEFAULT && !order.message.0.is_nil();
            self.messages.lock().unwrap().push(order);
            if known { Ok(()) } else { Err(CommandError::NotFound) }
        }
        .boxed()
    }
}

/// Remembers webhooks; `/hooks/slow` does not answer, `/hooks/broken` panics.
#[derive(Default)]
pub struct Hooks {
    pub taken: Mutex<Vec<(String, HookRequest)>>,
    pub arrived: tokio::sync::Notify,
    pub go_on: tokio::sync::Notify,
}

impl Intake for Hooks {
    fn receive<'a>(&'a self, hook: &'a str, request: HookRequest) -> BoxFuture<'a, HookAnswer> {
        async move {
            self.taken.lock().unwrap().push((hook.to_owned(), request));
            self.arrived.notify_one();
            match hook {
                "slow" => self.go_on.notified().await,
                "broken" => panic!("canary of a panic"),
                _ => {}
            }
            let mut answer = HookAnswer::empty(http::StatusCode::ACCEPTED);
            answer.headers.insert("x-hook", http::HeaderValue::from_static("taken"));
            answer.body = bytes::Bytes::from_static(b"{\"errcode\":0}");
            answer
        }
        .boxed()
    }
}

/// A hub that knows one reconciliation and one difference; runs with real systems are in `tests/reconciliation.rs`.
struct Reconciles;

/// The one reconciliation, and the one difference.
pub const RECONCILIATION: Uuid = Uuid::from_u128(77);
pub const DRIFT: Uuid = Uuid::from_u128(78);

fn known(tenant: TenantId, id: Uuid, one: Uuid, what: &'static str) -> Result<(), Why> {
    if tenant == TenantId::DEFAULT && id == one { Ok(()) } else { Err(Why::NotFound(what)) }
}

impl Reconciling for Reconciles {
    fn start(&self, request: StartRequest) -> BoxFuture<'_, Result<ReconciliationId, Why>> {
        let found = request.tenant == TenantId::DEFAULT && request.connection == "oa_main";
        async move { if found { Ok(ReconciliationId(RECONCILIATION)) } else { Err(Why::NotFound("connection")) } }.boxed()
    }

    fn cancel<'a>(&'a self, tenant: TenantId, id: ReconciliationId, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<(), Why>> {
        async move { known(tenant, id.0, RECONCILIATION, "reconciliation") }.boxed()
    }

    fn accept<'a>(&'a self, tenant: TenantId, id: DriftId, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<(), Why>> {
        async move { known(tenant, id.0, DRIFT, "drift") }.boxed()
    }

    fn repair(&self, request: RepairRequest) -> BoxFuture<'_, Result<RepairOutcome, Why>> {
        let outcome = RepairOutcome {
            outcome: "begun".to_owned(),
            instance: Some(crate::rows::instance("PO-9").0),
            steps: vec!["release".to_owned()],
            theirs: Some("waiting".to_owned()),
        };
        async move { known(request.tenant, request.drift.0, DRIFT, "drift").map(|()| outcome) }.boxed()
    }
}

/// What people did.
pub type Acts = Arc<Mutex<Vec<waybill::domain::approval::Act>>>;

/// The forms and flows of the shipped project, with an engine that begins at once, and remembers what was begun.
#[derive(Default)]
pub struct Begins {
    pub submitted: Mutex<Vec<Submission>>,
    pub started: Mutex<Vec<starts::StartRequest>>,
}

fn begun(asker: &starts::Asker, known: bool, what: String) -> Result<Started, StartError> {
    if asker.tenant != TenantId::DEFAULT || !known {
        return Err(StartError::NotFound(what));
    }
    let document = StartedDocument {
        id: crate::rows::document("PO-9").0,
        kind: "purchase_order".to_owned(),
        key: "PO-9".to_owned(),
        status: "draft".to_owned(),
    };
    let instance =
        StartedInstance { id: crate::rows::instance("PO-9").0, flow: "purchase_order_approval".to_owned(), status: "running".to_owned() };
    Ok(Started { document: Some(document), instances: vec![instance], repeated: false })
}

impl Starts for Begins {
    fn submit(&self, submission: Submission) -> BoxFuture<'_, Result<Started, StartError>> {
        let known = shipped().forms.contains_key(submission.form.as_str());
        self.submitted.lock().unwrap().push(submission.clone());
        async move { begun(&submission.asker, known, format!("there is no form `{}`", submission.form)) }.boxed()
    }

    fn forecast(&self, submission: &Submission) -> Result<Forecast, StartError> {
        let known = shipped().forms.contains_key(submission.form.as_str());
        begun(&submission.asker, known, format!("there is no form `{}`", submission.form)).map(|_| Forecast::default())
    }

    fn start(&self, request: starts::StartRequest) -> BoxFuture<'_, Result<Started, StartError>> {
        let known = shipped().flows.contains_key(request.flow.as_str());
        self.started.lock().unwrap().push(request.clone());
        async move { begun(&request.asker, known, format!("there is no flow `{}`", request.flow)) }.boxed()
    }

    fn document_of(&self, _: TenantId, _: &str, content: &Value) -> Option<waybill::domain::ids::DocumentId> {
        content["number"].as_str().map(crate::rows::document)
    }

    fn forms(&self) -> Vec<FormItem> {
        let item = |form: &Arc<waybill::domain::form::Form>| FormItem {
            form: form.id.to_string(),
            title: serde_json::json!(form.title),
            document: form.document.to_string(),
        };
        shipped().forms.values().map(item).collect()
    }

    fn form(&self, id: &str) -> Option<Value> {
        shipped().forms.get(id).map(|form| form.describe())
    }
}

struct One;

impl Connections for One {
    fn connections(&self) -> Vec<ConnectionItem> {
        let webhooks = BTreeMap::from([("approvals".to_owned(), "/hooks/h1".to_owned())]);
        vec![ConnectionItem {
            connection: "oa_main".to_owned(),
            connector: "demo_oa".to_owned(),
            environment: Some("test".to_owned()),
            webhooks,
            unheard_streams: vec!["quiet".to_owned()],
        }]
    }
}

/// The token with these permissions.
pub fn token(permissions: &[Permission]) -> String {
    let words: Vec<_> = Permission::ALL.iter().filter(|known| permissions.contains(known)).map(|known| known.word()).collect();
    format!("a token that may {}", words.join(" and "))
}

/// The name of who may do everything.
pub const CALLER: &str = "caller_of_all";

/// The token of somebody who may do everything, elsewhere.
pub const FOREIGN: &str = "a token of another tenant";

/// Every set of permissions has a token.
fn tokens() -> Tokens {
    let sets = (0..1_u16 << Permission::ALL.len()).map(|set| {
        let chosen = Permission::ALL.into_iter().enumerate().filter(|(bit, _)| set & (1 << bit) != 0);
        chosen.map(|(_, permission)| permission).collect::<Vec<_>>()
    });
    let foreign = TokenOptions {
        name: "foreign".to_owned(),
        secret: SecretString::from(FOREIGN.to_owned()),
        tenant: TenantId(2),
        permissions: Permission::ALL.to_vec(),
        person: Some("e1001".to_owned()),
    };
    let own = sets.map(|permissions| TokenOptions {
        name: if permissions.len() == Permission::ALL.len() { CALLER.to_owned() } else { format!("caller_{}", permissions.len()) },
        secret: SecretString::from(token(&permissions)),
        tenant: TenantId::DEFAULT,
        permissions,
        person: Some("e1001".to_owned()),
    });
    Tokens::new(own.chain([foreign]))
}

pub async fn door() -> Door {
    door_with(Setup::default()).await
}

pub async fn door_with(setup: Setup) -> Door {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let url = setup.store_url.unwrap_or_else(|| format!("sqlite:{}", folder.path().join("waybill.sqlite").display()));
    let live = Arc::new(Live::new(setup.catalog.unwrap_or_else(shipped), 0, b"key"));
    let store = store::connect(&url, setup.store_options.unwrap_or_default()).await.unwrap();
    store.migrate().await.unwrap();
    let clock = Arc::new(ManualClock::new(at(60)));
    let ids = IdMaker::seeded(clock.clone(), 1);
    let (feed, mending) = (Feed::new(store.clone(), clock.clone()), Arc::new(Mends::default()));
    let (lifecycle, commands, intake) = (Lifecycle::new(), Arc::new(Recorder::default()), Arc::new(Hooks::default()));
    lifecycle.readiness().ready("store");
    let cost = Cost { memory_kib: 64, passes: 1 };
    let access = Access::new(store.clone(), clock.clone(), ids.clone(), waybill::domain::access::session::Limits::default(), cost);
    let roles = setup.roles;
    let known = tokens();
    let access = access.with_roles(roles.clone()).with_kept_names(known.names());
    let audit = Audit::new(store.clone(), clock.clone(), ids.clone(), lifecycle.spawner());
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), setup.listener).await.unwrap();
    let base = format!("http://{}", listener.address().unwrap());
    let reached = url::Url::parse(&base).ok();
    let apps = waybill::app::access::InApp::new(access.clone(), setup.apps).unwrap();
    let keyring =
        waybill::runtime::Keyring::new([("k1", &SecretString::from("a master key of the tests, 32 letters".to_owned()))]).unwrap();
    let kept = Arc::new(waybill::app::secrets::Kept::new(if setup.no_master_key { waybill::runtime::Keyring::default() } else { keyring }));
    let gateway = Arc::new(Gateway::new(waybill::gateway::Options::default(), clock.clone()).reading(kept.clone()));
    let secrets = waybill::app::secrets::Secrets::new(store.clone(), kept, gateway, live.clone(), (clock.clone(), ids.clone()));
    let (begins, acts) = (Arc::<Begins>::default(), Acts::default());
    let quotas = Quotas::new(store.clone(), clock.clone(), setup.quotas.unwrap_or_default());
    let files = Files::new(setup.files);
    let parts = Parts {
        people: people(&store, &live, clock.clone(), (&acts, &files)),
        decision_links: waybill::app::people::DecisionLinks {
            people: people(&store, &live, clock.clone(), (&acts, &files)),
            key: waybill::domain::approval::LinkKey::of(b"key"),
            audit: audit.clone(),
        },
        audit: audit.clone(),
        scoping: Scoping::new(store.clone(), live.clone(), roles.clone()),
        quotas: quotas.clone(),
        proposals: Proposals::new(access.clone(), secrets.clone(), setup.four_eyes),
        secrets,
        access: access.clone(),
        providers: Providers::new(access.clone(), reached, setup.providers).unwrap().with_apps(apps.clone()),
        apps,
        cookies: Cookies::new(None, true),
        reader: Reader::new(store.clone(), live.clone()),
        answers: Answers::new(store.clone(), clock.clone()),
        intake: intake.clone(),
        commands: commands.clone(),
        reconciling: Arc::new(Reconciles),
        mending: mending.clone(),
        messages: mending.clone(),
        keeper: Keeper::new(store.clone(), clock.clone(), ids.clone()),
        feed: feed.clone(),
        stop: lifecycle.soft().clone(),
        starts: begins.clone(),
        connections: Arc::new(One),
        consents: Consents {
            live: live.clone(),
            gateway: Arc::new(Gateway::new(waybill::gateway::Options::default(), clock.clone())),
            shared: None,
            public_url: None,
            clock: clock.clone(),
            ids: ids.clone(),
        },
        publishing: publishing(&store, &live, clock.clone(), &ids, setup.loopback),
        tokens: known,
        readiness: lifecycle.readiness().clone(),
        metrics: waybill::runtime::metrics::install(),
        clock: clock.clone(),
        ids: ids.clone(),
    };
    lifecycle.run(feed.clone().run(lifecycle.soft().clone()));
    lifecycle.run_listener(listener.serve(router(ApiState::new(parts), ids, &setup.limits), lifecycle.listener().clone()));
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
    Door { base, client, lifecycle, commands, mending, begins, acts, intake, store, clock, access, audit, quotas, folder }
}

/// The shipped project, compiled once for all tests.
pub fn shipped() -> Arc<Catalog> {
    static SHIPPED: OnceLock<Arc<Catalog>> = OnceLock::new();
    let load = || {
        let (files, unreadable) = waybill::app::load::load(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let (catalog, findings) = Catalog::compile(files);
        assert!(unreadable.is_empty() && !has_errors(&findings), "{findings:?}");
        Arc::new(catalog)
    };
    SHIPPED.get_or_init(load).clone()
}

/// The real door to starting, over the shipped project; nothing that it would store is taken.
pub fn starter(door: &Door) -> Starter {
    let refused = |messages: Vec<NewMessage>| async move { messages.iter().map(|_| None).collect() }.boxed();
    let gone = |inputs: Vec<Input>| async move { inputs.iter().map(|_| Verdict::Gone).collect() }.boxed();
    Starter {
        live: Arc::new(Live::new(shipped(), 0, b"key")),
        received: Group::start(&Spawner::default(), 16, 16, 1, Arc::new(refused)),
        engine: Group::start(&Spawner::default(), 16, 16, 1, Arc::new(gone)),
        store: door.store.clone(),
        clock: door.clock.clone(),
        ids: IdMaker::seeded(door.clock.clone(), 2),
    }
}

/// People's tasks over the shipped project, with an engine that says done to everything and remembers what was done.
fn people(store: &Arc<dyn Store>, live: &Arc<Live>, clock: Arc<ManualClock>, (acts, files): (&Acts, &Files)) -> People {
    let acts = acts.clone();
    let done = move |inputs: Vec<Input>| {
        for input in &inputs {
            if let Input::People(told) = input
                && let waybill::domain::flow::event::Event::Act(act) = &told.event
            {
                acts.lock().unwrap().push(act.as_ref().clone());
            }
        }
        async move { inputs.iter().map(|_| Verdict::Done).collect() }.boxed()
    };
    let engine = Group::start(&Spawner::default(), 16, 16, 1, Arc::new(done));
    People { engine, store: store.clone(), live: live.clone(), clock, files: files.clone() }
}

/// Publishing over the shipped project, with an engine that says done to everything.
fn publishing(store: &Arc<dyn Store>, live: &Arc<Live>, clock: Arc<ManualClock>, ids: &IdMaker, loopback: bool) -> Publishing {
    let mut options = waybill::gateway::Options::default();
    options.egress.allow_loopback = loopback;
    let gateway = Arc::new(Gateway::new(options, clock.clone()));
    let done = |inputs: Vec<Input>| async move { inputs.iter().map(|_| Verdict::Done).collect() }.boxed();
    let engine = Group::start(&Spawner::default(), 16, 16, 1, Arc::new(done));
    Publishing::new(store.clone(), live.clone(), gateway, engine, clock, ids.clone())
}

impl Door {
    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// A request by somebody who may do everything.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base)).bearer_auth(token(&Permission::ALL))
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        json(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &str) -> (u16, Value) {
        let request = self.request(Method::POST, path).header("content-type", "application/json").body(body.to_owned());
        json(request.send().await.unwrap()).await
    }

    /// The store's file.
    pub fn store_file(&self) -> std::path::PathBuf {
        self.folder.path().join("waybill.sqlite")
    }

    /// Every byte of the store's files, as far as it is text.
    pub async fn everything_kept(&self) -> String {
        let files = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
        files.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
    }

    /// Commits rows as an engine batch would.
    pub async fn write(&self, writes: Writes) {
        self.store.decide(&Keys::default(), Box::new(move |_| Ok(writes))).await.unwrap();
    }
}

/// Status and JSON of an answer; every no must be a problem with a code, its own status and a request id.
pub async fn json(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let content_type = response.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
    let request_id = response.headers().get("x-request-id").map(|value| value.to_str().unwrap().to_owned());
    let text = response.text().await.unwrap();
    let value: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{status}: {error}: {text}"));
    if status >= 400 && value.get("parts").is_none() {
        assert_eq!(content_type.as_deref(), Some("application/problem+json"), "{text}");
        assert_eq!(value["status"], status, "{text}");
        assert_eq!(value["request_id"].as_str(), request_id.as_deref(), "{text}");
        let code = value["code"].as_str().unwrap();
        assert!(waybill::api::codes::ALL.iter().any(|known| known.code == code && known.status == status), "{text}");
        Uuid::parse_str(request_id.as_deref().unwrap()).unwrap();
    }
    (status, value)
}

/// So many minutes after ten.
pub fn at(minute: i64) -> Timestamp {
    "2026-09-28T10:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
}
