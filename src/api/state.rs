//! What handlers work with, each taking only its part.

use std::sync::Arc;

use axum::extract::FromRef;
use tokio_util::sync::CancellationToken;

use super::auth::{Cookies, Gate, Tokens};
use crate::app::access::proposals::Proposals;
use crate::app::access::{Access, Audit, InApp, Providers, Scoping};
use crate::app::answers::Answers;
use crate::app::commands::Commands;
use crate::app::connections::Connections;
use crate::app::consent::Consents;
use crate::app::desk::{Mending, MessageDesk};
use crate::app::feed::Feed;
use crate::app::intake::Intake;
use crate::app::keeping::Keeper;
use crate::app::people::{DecisionLinks, People};
use crate::app::publishing::Publishing;
use crate::app::quotas::Quotas;
use crate::app::reading::Reader;
use crate::app::reconcile::Reconciling;
use crate::app::secrets::Secrets;
use crate::app::starts::Starts;
use crate::runtime::metrics::Metrics;
use crate::runtime::{Clock, IdMaker, Readiness};

/// What the door is built from.
#[derive(Clone)]
pub struct Parts {
    /// Reads for people.
    pub reader: Reader,
    /// Remembers answers under callers' keys.
    pub answers: Answers,
    /// Takes webhooks.
    pub intake: Arc<dyn Intake>,
    /// Takes people's commands.
    pub commands: Arc<dyn Commands>,
    /// Reconciles.
    pub reconciling: Arc<dyn Reconciling>,
    /// Acts on exceptions, and tells what that would do.
    pub mending: Arc<dyn Mending>,
    /// Acts on messages.
    pub messages: Arc<dyn MessageDesk>,
    /// Keeps what people write.
    pub keeper: Keeper,
    /// What changes, for pages that are open.
    pub feed: Arc<Feed>,
    /// Ends what streams.
    pub stop: CancellationToken,
    /// Takes forms and requests to begin flows.
    pub starts: Arc<dyn Starts>,
    /// Knows the connections.
    pub connections: Arc<dyn Connections>,
    /// Asks for consents and takes them.
    pub consents: Consents,
    /// What is done for people about their tasks.
    pub people: People,
    /// Decides by links of notices.
    pub decision_links: DecisionLinks,
    /// Publishes, and helps on the way there.
    pub publishing: Publishing,
    /// Who may come in with a token.
    pub tokens: Tokens,
    /// Lets people in.
    pub access: Access,
    /// Signs people in at identity providers.
    pub providers: Providers,
    /// Signs people in inside apps.
    pub apps: InApp,
    /// How sessions travel.
    pub cookies: Cookies,
    /// Where changes are written down.
    pub audit: Audit,
    /// What scopes reach.
    pub scoping: Scoping,
    /// How much tenants may take.
    pub quotas: Quotas,
    /// What wants two people.
    pub proposals: Proposals,
    /// What is done about secrets.
    pub secrets: Secrets,
    /// What is ready.
    pub readiness: Readiness,
    /// What was counted.
    pub metrics: Metrics,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Request ids.
    pub ids: IdMaker,
}

/// The state behind the routes. Cloned with every request: the parts are shared.
#[derive(Clone)]
pub struct ApiState {
    parts: Arc<Parts>,
}

impl ApiState {
    /// State from its parts.
    pub fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts) }
    }
}

macro_rules! part {
    ($($part:ty = $field:ident;)*) => {
        $(
            impl FromRef<ApiState> for $part {
                fn from_ref(state: &ApiState) -> Self {
                    state.parts.$field.clone()
                }
            }
        )*
    };
}

part! {
    Reader = reader;
    Answers = answers;
    Arc<dyn Intake> = intake;
    Arc<dyn Commands> = commands;
    Arc<dyn Reconciling> = reconciling;
    Arc<dyn Mending> = mending;
    Arc<dyn MessageDesk> = messages;
    Keeper = keeper;
    Arc<Feed> = feed;
    CancellationToken = stop;
    Arc<dyn Starts> = starts;
    Arc<dyn Connections> = connections;
    Consents = consents;
    People = people;
    DecisionLinks = decision_links;
    Publishing = publishing;
    Access = access;
    Providers = providers;
    InApp = apps;
    Cookies = cookies;
    Audit = audit;
    Scoping = scoping;
    Secrets = secrets;
    Proposals = proposals;
    Quotas = quotas;
    Readiness = readiness;
    Metrics = metrics;
    Arc<dyn Clock> = clock;
    IdMaker = ids;
}

impl FromRef<ApiState> for Gate {
    fn from_ref(state: &ApiState) -> Self {
        let parts = &state.parts;
        Gate {
            tokens: parts.tokens.clone(),
            access: parts.access.clone(),
            cookies: parts.cookies.clone(),
            audit: parts.audit.clone(),
            scoping: parts.scoping.clone(),
            quotas: parts.quotas.clone(),
        }
    }
}
