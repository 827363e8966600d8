//! What people ask of reconciliation: a run, its end, and what becomes of a drift.

use super::compare::{Setting, findings, object};
use super::plan::{Wish, before};
use super::repair::{By, NoRemedy, Repairs};
use crate::domain::connector::Class;
use crate::domain::ids::{DriftId, ReconciliationId, TenantId};
use crate::domain::reconcile::Object;
use crate::gateway::{Call, CallPurpose, Gateway};
use crate::runtime::{Clock, IdMaker};
use crate::store::{DriftFilter, DriftRow, DriftSay, DriftWord, Page, Store, Wanted};
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;
use uuid::Uuid;

/// A run that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct StartRequest {
    /// Tenant.
    pub tenant: TenantId,
    /// The connection.
    pub connection: String,
    /// Documents that ended since then; the connection's window where it is left out.
    pub since: Option<Timestamp>,
    /// Up to then; now where it is left out.
    pub until: Option<Timestamp>,
    /// Only open documents.
    pub open_only: bool,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
    /// The caller's key: the same key is the same run, across restarts too.
    pub key: String,
}

/// A repair that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct RepairRequest {
    /// Tenant.
    pub tenant: TenantId,
    /// The drift.
    pub drift: DriftId,
    /// Only tell what would be done.
    pub dry_run: bool,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
    /// The caller's key: the same key is the same repair.
    pub key: String,
}

/// What a repair comes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RepairOutcome {
    /// `begun`, `would_begin` (a dry run), or `gone`: read again just now, the difference is not there any more.
    pub outcome: String,
    /// The instance whose flow repairs it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instance: Option<Uuid>,
    /// What the flow's reaction does, step by step.
    pub steps: Vec<String>,
    /// What the system says now, where it says another thing than when the drift was seen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub theirs: Option<String>,
}

/// Why something is not done.
#[derive(Debug, thiserror::Error)]
pub enum Why {
    /// There is no such thing.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// It is not in a state for that any more.
    #[error("{0}")]
    Conflict(String),
    /// It makes no sense here.
    #[error("{0}")]
    Invalid(String),
    /// The partner cannot be asked now.
    #[error("{0}")]
    Partner(String),
    /// The database cannot be used now.
    #[error("the database cannot be used now")]
    Store(#[from] crate::store::Error),
}

/// What doors ask.
pub trait Reconciling: Send + Sync + 'static {
    /// Stores a run to do; any replica begins it. Its id.
    fn start(&self, request: StartRequest) -> BoxFuture<'_, Result<ReconciliationId, Why>>;
    /// Cancels a run that is not over.
    fn cancel<'a>(&'a self, tenant: TenantId, run: ReconciliationId, actor: &'a str, reason: &'a str) -> BoxFuture<'a, Result<(), Why>>;
    /// A person says that a difference may stay.
    fn accept<'a>(&'a self, tenant: TenantId, drift: DriftId, actor: &'a str, reason: &'a str) -> BoxFuture<'a, Result<(), Why>>;
    /// Reads the object once more and, when it still differs, sets the flow's reaction off.
    fn repair(&self, request: RepairRequest) -> BoxFuture<'_, Result<RepairOutcome, Why>>;
}

/// Answers what people ask.
pub struct Asking {
    /// Repairs.
    pub repairs: Repairs,
    /// Reads go out here.
    pub gateway: Arc<Gateway>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub ids: IdMaker,
}

/// How long a person waits for a partner.
const PATIENCE: Duration = Duration::from_secs(20);

impl Reconciling for Asking {
    fn start(&self, request: StartRequest) -> BoxFuture<'_, Result<ReconciliationId, Why>> {
        self.begin(request).boxed()
    }

    fn cancel<'a>(&'a self, tenant: TenantId, run: ReconciliationId, actor: &'a str, reason: &'a str) -> BoxFuture<'a, Result<(), Why>> {
        async move {
            let words = format!("cancelled by {actor}: {reason}");
            if self.store().cancel_reconciliation(tenant, run, &words, self.clock.now()).await? {
                return Ok(());
            }
            let filter = crate::store::ReconciliationFilter { tenant, connection: None, state: None, id: Some(run) };
            let found = self.store().reconciliations(&filter, &Page { limit: 1, after: None }).await?;
            Err(found.first().map_or(Why::NotFound("reconciliation"), |row| Why::Conflict(format!("the run is `{}` already", row.state))))
        }
        .boxed()
    }

    fn accept<'a>(&'a self, tenant: TenantId, drift: DriftId, actor: &'a str, reason: &'a str) -> BoxFuture<'a, Result<(), Why>> {
        async move {
            self.open(tenant, drift).await?;
            self.say(tenant, drift, DriftSay::Accept, actor, Some(reason)).await
        }
        .boxed()
    }

    fn repair(&self, request: RepairRequest) -> BoxFuture<'_, Result<RepairOutcome, Why>> {
        self.mend(request).boxed()
    }
}

impl Asking {
    fn store(&self) -> &Arc<dyn Store> {
        &self.repairs.store
    }

    async fn begin(&self, request: StartRequest) -> Result<ReconciliationId, Why> {
        let definitions = self.repairs.live.now();
        let Some((connection, connector)) = definitions.connection(&request.connection) else {
            return Err(Why::NotFound("connection"));
        };
        if connector.reconcile.is_empty() {
            let message = format!("the connector `{}` does not say how its objects are read back: it has no `reconcile`", connector.id);
            return Err(Why::Invalid(message));
        }
        let now = self.clock.now();
        let until = request.until.unwrap_or(now).min(now);
        let since = request.since.unwrap_or_else(|| before(until, connection.reconcile.window_millis));
        if since >= until {
            return Err(Why::Invalid("`since` is not before `until`".to_owned()));
        }
        let parts: [&[u8]; 4] = [b"reconciliation", &request.tenant.0.to_be_bytes(), request.actor.as_bytes(), request.key.as_bytes()];
        let drawn = || ReconciliationId(self.ids.next());
        let id = if request.key.is_empty() { drawn() } else { ReconciliationId(crate::domain::ids::derived(&parts)) };
        let wish = Wish {
            id,
            tenant: request.tenant,
            connection: request.connection,
            since,
            until,
            open_only: request.open_only,
            actor: request.actor,
            reason: request.reason,
            schedule: None,
        };
        self.store().plan_reconciliations(&[wish.row(now)]).await?;
        Ok(id)
    }

    async fn drift(&self, tenant: TenantId, id: DriftId) -> Result<DriftRow, Why> {
        let filter = DriftFilter { id: Some(id), ..DriftFilter::of(tenant) };
        let found = self.store().drifts(&filter, &Page { limit: 1, after: None }).await?;
        found.into_iter().next().ok_or(Why::NotFound("drift"))
    }

    async fn open(&self, tenant: TenantId, id: DriftId) -> Result<DriftRow, Why> {
        let drift = self.drift(tenant, id).await?;
        if drift.state == "open" {
            return Ok(drift);
        }
        let by = drift.resolved_by.map(|who| format!(" by {who}")).unwrap_or_default();
        Err(Why::Conflict(format!("the drift is {}{by}", drift.state)))
    }

    async fn say(&self, tenant: TenantId, id: DriftId, say: DriftSay, actor: &str, reason: Option<&str>) -> Result<(), Why> {
        let word = DriftWord { tenant, id, say, actor: actor.to_owned(), reason: reason.map(str::to_owned), at: self.clock.now() };
        match self.store().say_of_drifts(&[word]).await?.first() {
            Some(true) => Ok(()),
            _ => Err(Why::Conflict("the drift is not open any more".to_owned())),
        }
    }

    async fn mend(&self, request: RepairRequest) -> Result<RepairOutcome, Why> {
        let drift = self.open(request.tenant, request.drift).await?;
        let remedy = self.repairs.remedy(&drift, true).await.map_err(|error| match error {
            NoRemedy::None(why) => Why::Invalid(why),
            NoRemedy::Store(error) => Why::Store(error),
        })?;
        // What a run saw hours ago may have changed: never written to a partner without a look at it now.
        let Some(theirs) = self.still(&drift).await? else {
            if !request.dry_run {
                self.say(request.tenant, drift.id, DriftSay::Gone, &request.actor, request.reason.as_deref()).await?;
            }
            return Ok(RepairOutcome { outcome: "gone".to_owned(), instance: None, steps: Vec::new(), theirs: None });
        };
        let theirs = Some(theirs).filter(|theirs| *theirs != drift.theirs).flatten();
        let mut outcome =
            RepairOutcome { outcome: "would_begin".to_owned(), instance: Some(remedy.instance.0), steps: remedy.steps.clone(), theirs };
        if request.dry_run {
            return Ok(outcome);
        }
        let by = By { actor: &request.actor, reason: request.reason.as_deref(), asked: true, key: &request.key };
        self.repairs.begin(&drift, &remedy, by).await.map_err(Why::Conflict)?;
        let words = format!("flow `{}`, asked by {}", remedy.flow, request.actor);
        self.say(request.tenant, drift.id, DriftSay::Repair(words), &request.actor, request.reason.as_deref()).await?;
        outcome.outcome = "begun".to_owned();
        Ok(outcome)
    }

    /// Reads the object now; none when the difference is gone, else what they say.
    async fn still(&self, drift: &DriftRow) -> Result<Option<Option<String>>, Why> {
        let external_id = drift.external_id.clone().unwrap_or_default();
        let definitions = self.repairs.live.now();
        let gone = || Why::Invalid(format!("the connection `{}` is not read back any more", drift.connection));
        let (_, connector) = definitions.connection(&drift.connection).ok_or_else(gone)?;
        let wanted = Wanted::Objects(vec![external_id.clone()]);
        let loaded = self.store().reconcilable(drift.tenant, &drift.connection, &wanted).await?;
        let link = loaded.links.iter().find(|link| Some(link.document) == drift.document);
        let link = link.ok_or_else(|| Why::Conflict("the document has no such object any more".to_owned()))?;
        let kind = loaded.documents.iter().find(|document| document.id == link.document).map(|document| document.kind.as_str());
        let entry = connector.reconcile.values().find(|entry| Some(&*entry.document) == kind).ok_or_else(gone)?;
        let target = definitions.target(&drift.connection, &entry.get.operation).ok_or_else(gone)?;
        let input = entry.get.input(&external_id).map_err(|error| Why::Invalid(error.to_string()))?;
        let performed = self
            .gateway
            .perform(&target, read_call(drift.tenant, &drift.connection, &entry.get.operation, input, self.clock.monotonic() + PATIENCE))
            .await;
        let read = match performed.class {
            Class::Ok => object(entry, &performed.output),
            Class::NotFound => Object::Missing,
            class => {
                return Err(Why::Partner(format!(
                    "`{}` cannot be read now: {}: {}",
                    external_id,
                    class.word(),
                    performed.message.unwrap_or_default()
                )));
            }
        };
        let now = self.clock.now();
        let run = drift.run.unwrap_or(ReconciliationId(Uuid::nil()));
        let setting = Setting {
            definitions: &definitions,
            connector: &connector,
            entry,
            tenant: drift.tenant,
            connection: &drift.connection,
            run,
            began: now,
            asked_at: now,
            now,
        };
        let found = findings(&setting, &loaded, link, &read);
        Ok(found.into_iter().find(|one| one.kind.word() == drift.kind && one.field == drift.field).map(|one| one.theirs))
    }
}

/// A read of one object, answered by `deadline` of the clock's monotonic time.
pub fn read_call(tenant: TenantId, connection: &str, operation: &str, input: crate::domain::value::Value, deadline: Duration) -> Call {
    Call {
        tenant,
        connection: connection.to_owned(),
        operation: operation.to_owned(),
        purpose: CallPurpose::Call,
        input,
        output: crate::domain::value::Value::Unset,
        reference: String::new(),
        idempotency_key: String::new(),
        attempt: 1,
        first_sent_at: None,
        due_since: None,
        deadline,
        secrets: Vec::new(),
    }
}
