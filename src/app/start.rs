//! Starting by hand: check, one durable insert, then the engine at once; whatever is interrupted after the insert goes on by
//! the message table, like a partner's word.

use crate::app::engine::definitions::{Definitions, Live};
use crate::app::engine::hub::{self, HubWork};
use crate::app::engine::input::{Input, Verdict};
use crate::app::group::Group;
use crate::app::starts::{
    Asker, Forecast, FormItem, StartError, StartRequest, Started, StartedDocument, StartedInstance, Starts, Subject, Submission,
};
use crate::domain::document::Problem;
use crate::domain::expression::Scope;
use crate::domain::flow::{HUB, StartOn};
use crate::domain::form::{Circumstances, FieldProblem, Form, START};
use crate::domain::ids::{self, DocumentId, InboxId, TenantId};
use crate::domain::value::{self, Value};
use crate::runtime::{Clock, IdMaker};
use crate::store::{DocumentFilter, DocumentView, Lease, Message, NewMessage, Page, Received, Store};
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::time::Duration;

/// Takes requests to start.
pub struct Starter {
    /// Definitions in force.
    pub live: Arc<Live>,
    /// Inserts that share a commit.
    pub received: Group<NewMessage, Option<Received>>,
    /// The engine.
    pub engine: Group<Input, Verdict>,
    /// The durable side.
    pub store: Arc<dyn Store>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub ids: IdMaker,
}

/// A repeated request may meet the first one at work: how often and how long it is waited for.
const LOOKS: u32 = 10;
const LOOK_AGAIN: Duration = Duration::from_millis(200);

impl Starts for Starter {
    fn submit(&self, submission: Submission) -> BoxFuture<'_, Result<Started, StartError>> {
        async move {
            if !submission.asker.tenant.has_project() {
                return Err(StartError::NotFound(format!("there is no form `{}`", submission.form)));
            }
            self.take_form(submission).await
        }
        .boxed()
    }

    fn forecast(&self, submission: &Submission) -> Result<Forecast, StartError> {
        if !submission.asker.tenant.has_project() {
            return Err(StartError::NotFound(format!("there is no form `{}`", submission.form)));
        }
        self.foresee(submission)
    }

    fn start(&self, request: StartRequest) -> BoxFuture<'_, Result<Started, StartError>> {
        async move {
            if !request.asker.tenant.has_project() {
                return Err(StartError::NotFound(format!("there is no flow `{}`", request.flow)));
            }
            self.take_start(request).await
        }
        .boxed()
    }

    fn document_of(&self, tenant: TenantId, flow: &str, content: &Json) -> Option<DocumentId> {
        let definitions = self.live.now();
        let kind = definitions.live(flow)?.flow().document.clone();
        let key = validated(&definitions, &kind, content, "").ok()?;
        Some(ids::document_id(tenant, &kind, HUB, &key))
    }

    fn forms(&self) -> Vec<FormItem> {
        let definitions = self.live.now();
        let forms = definitions.catalog().forms.values();
        forms.map(|form| FormItem { form: form.id.to_string(), title: json!(form.title), document: form.document.to_string() }).collect()
    }

    fn form(&self, id: &str) -> Option<Json> {
        self.live.now().catalog().forms.get(id).map(|form| form.describe())
    }
}

pub(super) fn invalid(pointer: &str, message: impl Into<String>) -> StartError {
    StartError::Invalid(vec![FieldProblem { pointer: pointer.to_owned(), message: message.into() }])
}

impl Starter {
    async fn take_form(&self, submission: Submission) -> Result<Started, StartError> {
        let definitions = self.live.now();
        let tenant = submission.asker.tenant;
        let form = definitions.catalog().forms.get(submission.form.as_str()).cloned();
        let form = form.ok_or_else(|| StartError::NotFound(format!("there is no form `{}`", submission.form)))?;
        let name = self.message_id(&submission.asker);
        // It names the document for this request for ever: a repeat finds what the first one made.
        let made = ids::derived(&[b"submission", &tenant.0.to_be_bytes(), form.id.as_bytes(), name.as_bytes()]).to_string();
        if submission.asker.key.is_some()
            && let Some(known) = self.by_submission(tenant, &made).await?
        {
            return Ok(started(&known, None, true));
        }
        let (body, key) = self.document_of(&definitions, &form, &submission).await?;
        let document = ids::document_id(tenant, &form.document, HUB, &key);
        if self.known(tenant, document).await?.is_some() {
            return Err(StartError::Conflict(format!("there is a document `{key}` already")));
        }
        let event = format!("form/{}", form.id);
        let work =
            HubWork::Document { kind: form.document.to_string(), key, external_id: made.clone(), body, event: event.clone(), flow: None };
        match self.store_and_work(tenant, &event, name, &work, &definitions).await? {
            Taken::Worked => self.answer(tenant, document, None, false).await,
            Taken::Pending => Ok(pending(false)),
            Taken::Known => {
                for _ in 0..LOOKS {
                    if let Some(known) = self.by_submission(tenant, &made).await? {
                        return Ok(started(&known, None, true));
                    }
                    self.clock.wait(LOOK_AGAIN).await;
                }
                Ok(pending(true))
            }
        }
    }

    /// Fills the form, draws the number, makes the document and checks it: nothing is stored yet.
    async fn document_of(&self, definitions: &Definitions, form: &Form, submission: &Submission) -> Result<(Json, String), StartError> {
        let filled = self.filled(definitions, form, submission)?;
        let number = match &form.number {
            Some(rule) => {
                let counter = rule.counter(&form.document, filled.today);
                let drawn = self.store.draw_number(submission.asker.tenant, &counter).await.map_err(StartError::Unavailable)?;
                Value::text(rule.write(filled.today, drawn))
            }
            None => Value::Unset,
        };
        filled.document(definitions, form, number)
    }

    /// Fills the form.
    pub(super) fn filled(&self, definitions: &Definitions, form: &Form, submission: &Submission) -> Result<Filled, StartError> {
        let catalog = definitions.catalog();
        let now = self.clock.now();
        let today: Date = value::zone(&form.zone).unwrap_or(jiff::tz::TimeZone::UTC).to_datetime(now).date();
        let submitter = submitter(definitions, submission)?;
        let around = Circumstances {
            step: START,
            before: &Value::Unset,
            submitter: &submitter,
            directory: &catalog.directory,
            submitted_at: now,
            today,
            language: &submission.asker.language,
        };
        let filled = form.fill(&submission.values, &around).map_err(|problems| {
            let below = |problem: FieldProblem| FieldProblem { pointer: format!("/values{}", problem.pointer), ..problem };
            StartError::Invalid(problems.into_iter().map(below).collect())
        })?;
        Ok(Filled { form: filled, submitter, now, today })
    }

    async fn take_start(&self, request: StartRequest) -> Result<Started, StartError> {
        let definitions = self.live.now();
        let version =
            definitions.live(&request.flow).ok_or_else(|| StartError::NotFound(format!("there is no flow `{}`", request.flow)))?;
        if !version.flow().starts.iter().any(|start| start.on == StartOn::Api) {
            return Err(StartError::Conflict(format!("the flow `{}` does not start by the API: it has no `{{api: true}}`", request.flow)));
        }
        let tenant = request.asker.tenant;
        let (document, work) = match &request.subject {
            Subject::Known(document) => {
                let known = self.known(tenant, *document).await?;
                known.ok_or_else(|| StartError::NotFound("there is no such document".to_owned()))?;
                (*document, HubWork::Start { document: *document, flow: request.flow.clone() })
            }
            Subject::Given(body) => {
                let kind = version.flow().document.clone();
                let key = validated(&definitions, &kind, body, "/document")?;
                let document = ids::document_id(tenant, &kind, HUB, &key);
                let known = self.known(tenant, document).await?;
                if known.is_some_and(|known| known.document.external_id.as_deref() != Some(&*key)) {
                    return Err(StartError::Conflict(format!("`{key}` is the key of a document that a form made")));
                }
                let external_id = key.clone();
                let (event, flow) = ("api".to_owned(), Some(request.flow.clone()));
                (document, HubWork::Document { kind, key, external_id, body: body.clone(), event, flow })
            }
        };
        let name = self.message_id(&request.asker);
        let taken = self.store_and_work(tenant, &format!("api/{}", request.flow), name, &work, &definitions).await?;
        match taken {
            Taken::Pending => Ok(pending(false)),
            Taken::Worked | Taken::Known => self.answer(tenant, document, Some(&request.flow), matches!(taken, Taken::Known)).await,
        }
    }

    /// A caller's key names the request for ever; without one the request is its own.
    fn message_id(&self, asker: &Asker) -> String {
        match &asker.key {
            Some(key) => format!("{}/{key}", asker.name),
            None => self.ids.next().to_string(),
        }
    }

    async fn store_and_work(
        &self,
        tenant: TenantId,
        source: &str,
        name: String,
        work: &HubWork,
        definitions: &Definitions,
    ) -> Result<Taken, StartError> {
        let payload = serde_json::to_string(work).map_err(|error| invalid("", error.to_string()))?;
        let now = self.clock.now();
        let new = NewMessage {
            id: InboxId(self.ids.next()),
            tenant,
            connection: HUB.to_owned(),
            event: HUB.to_owned(),
            message_id: name,
            source: source.to_owned(),
            payload,
            received_at: now,
        };
        match self.received.submit(new.clone()).await {
            Ok(Some(Received::New)) => {}
            Ok(Some(Received::Duplicate)) => return Ok(Taken::Known),
            Ok(None) | Err(_) => return Err(StartError::Busy),
        }
        // Stored: from here on it happens, now by us, or later by whoever claims it.
        let message = Message::own(new, &Lease { owner: String::new(), until: now });
        let input = match hub::input(&message, definitions) {
            Ok(input) => input,
            Err((_, _, problem)) => return Err(invalid("", problem)),
        };
        match self.engine.submit_patiently(input).await {
            Ok(Verdict::Done | Verdict::Gone) => Ok(Taken::Worked),
            Ok(Verdict::Refused(why)) => Err(StartError::Conflict(why)),
            _ => Ok(Taken::Pending),
        }
    }

    async fn known(&self, tenant: TenantId, document: DocumentId) -> Result<Option<DocumentView>, StartError> {
        self.store.document(tenant, document).await.map_err(StartError::Unavailable)
    }

    async fn by_submission(&self, tenant: TenantId, made: &str) -> Result<Option<DocumentView>, StartError> {
        let filter = DocumentFilter { tenant, kind: None, status: None, key: Some(made.to_owned()) };
        let found = self.store.documents(&filter, &Page { limit: 1, after: None }).await.map_err(StartError::Unavailable)?;
        match found.first() {
            Some(row) => self.known(tenant, row.id).await,
            None => Ok(None),
        }
    }

    async fn answer(&self, tenant: TenantId, document: DocumentId, flow: Option<&str>, repeated: bool) -> Result<Started, StartError> {
        for look in 0..LOOKS {
            match self.known(tenant, document).await? {
                Some(known) => {
                    let answer = started(&known, flow, repeated);
                    if let (Some(flow), true) = (flow, answer.instances.is_empty()) {
                        return Err(StartError::Conflict(format!(
                            "`{flow}` does not start for this document: its condition does not hold"
                        )));
                    }
                    return Ok(answer);
                }
                None if look + 1 < LOOKS => self.clock.wait(LOOK_AGAIN).await,
                None => {}
            }
        }
        Ok(pending(repeated))
    }
}

/// A form that was filled, with what its mapping sees beside it.
pub(super) struct Filled {
    form: Value,
    submitter: Value,
    pub(super) now: Timestamp,
    pub(super) today: Date,
}

impl Filled {
    /// The document that the form's mapping makes of it, checked against its type; and its key.
    pub(super) fn document(self, definitions: &Definitions, form: &Form, number: Value) -> Result<(Json, String), StartError> {
        let scope = Scope::default()
            .with("form", self.form)
            .with("number", number)
            .with("submitter", self.submitter)
            .with("submitted_at", Value::Instant(self.now))
            .with("today", Value::Date(self.today));
        let mappings = &definitions.catalog().mappings;
        let mapping = mappings.get(&form.map).ok_or_else(|| StartError::NotFound(format!("there is no mapping `{}`", form.map)))?;
        let mapped = mapping.apply(&scope).map_err(|error| invalid("/values", format!("cannot be made a document: {error}")))?;
        let body = mapped.value.to_json();
        let key = validated(definitions, &form.document, &body, "/values")?;
        Ok((body, key))
    }
}

enum Taken {
    /// Stored and decided.
    Worked,
    /// Stored; it is decided later.
    Pending,
    /// The same request was stored before.
    Known,
}

fn pending(repeated: bool) -> Started {
    Started { document: None, instances: Vec::new(), repeated }
}

fn started(view: &DocumentView, flow: Option<&str>, repeated: bool) -> Started {
    let row = &view.document;
    let instances = view.instances.iter().filter(|instance| flow.is_none_or(|flow| instance.flow == flow));
    let one = |instance: &crate::store::InstanceRow| StartedInstance {
        id: instance.id.0,
        flow: instance.flow.clone(),
        status: instance.status.clone(),
    };
    let most = if flow.is_some() { 1 } else { usize::MAX };
    Started {
        document: Some(StartedDocument { id: row.id.0, kind: row.kind.clone(), key: row.key.clone(), status: row.status.clone() }),
        instances: instances.take(most).map(one).collect(),
        repeated,
    }
}

/// Who filled the form: the person named, who must be in the directory, else the caller.
fn submitter(definitions: &Definitions, submission: &Submission) -> Result<Value, StartError> {
    let Some(id) = &submission.submitter else {
        return Ok(Value::map([("id", Value::text(&submission.asker.acts_as)), ("name", Value::text(&submission.asker.name))]));
    };
    let directory = &definitions.catalog().directory;
    let known = directory.users.get(id.as_str()).filter(|user| user.active);
    let user = known.ok_or_else(|| invalid("/submitter", "the directory knows no such person"))?;
    let text = |value: &Option<Arc<str>>| value.clone().map_or(Value::Unset, Value::Text);
    Ok(Value::map([
        ("id", Value::Text(user.id.clone())),
        ("name", Value::Text(user.name.clone())),
        ("email", text(&user.email)),
        ("department", text(&user.department)),
    ]))
}

/// Checks a document against its type; gives its key.
fn validated(definitions: &Definitions, kind: &str, body: &Json, at: &str) -> Result<String, StartError> {
    let kind =
        definitions.catalog().documents.get(kind).ok_or_else(|| StartError::NotFound(format!("there is no document type `{kind}`")))?;
    match kind.validate(body) {
        Ok(read) => Ok(read.key.to_string()),
        Err(problems) => Err(StartError::Invalid(problems.iter().map(|problem| pointed(at, problem)).collect())),
    }
}

/// A path such as `lines[2].quantity` as a JSON Pointer. Of a form the document's fields are not the form's: the problem
/// then names the document's field and points at the whole.
fn pointed(at: &str, problem: &Problem) -> FieldProblem {
    if at == "/values" {
        return FieldProblem { pointer: at.to_owned(), message: format!("the document's `{}`: {}", problem.path, problem.message) };
    }
    let path = problem.path.replace('[', ".").replace(']', "");
    let parts: String = path.split('.').filter(|part| !part.is_empty()).map(|part| format!("/{part}")).collect();
    FieldProblem { pointer: format!("{at}{parts}"), message: problem.message.clone() }
}
