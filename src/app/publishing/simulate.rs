//! A document played through a flow with given or recorded answers. Nothing is sent and nothing is stored.

use super::{Error, Overlay, Publishing, aside};
use crate::domain::catalog::{Catalog, FlowVersion};
use crate::domain::diagnostic::{Report, Span, Spanned};
use crate::domain::flow::Instance;
use crate::domain::flow::cases::{Answers, Case, CaseResult, Setting, run as play, simulate};
use crate::domain::flow::effect::{Purpose, Work};
use crate::domain::flow::steps::Kind;
use crate::domain::ids::{DocumentId, InstanceId, TenantId};
use crate::domain::text::tree::parse;
use crate::domain::value::Value;
use crate::store::Onward;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// The name under which the given document is put before the flow.
const GIVEN: &str = "(given)";

/// What to play.
#[derive(Clone, Debug)]
pub struct SimulateRequest {
    /// Tenant.
    pub tenant: TenantId,
    /// Texts over what is live.
    pub overlay: Overlay,
    /// The flow.
    pub flow: String,
    /// With what.
    pub what: SimulationWhat,
    /// When it begins; now when not said.
    pub at: Option<Timestamp>,
}

/// With which document and answers.
#[derive(Clone, Debug)]
pub enum SimulationWhat {
    /// The text of a flow test.
    Script(String),
    /// Answers by the name of what is asked.
    Answers {
        /// The document's content.
        sample: Option<Json>,
        /// A stored document, of which the newest revision is taken.
        document: Option<DocumentId>,
        /// `{calls: {role.operation: …}, events: {role.event: …}, advance: [3d]}`.
        answers: Json,
        /// An instance whose recorded answers stand in where none is given.
        recorded: Option<InstanceId>,
    },
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Simulation {
    /// The flow.
    pub flow: String,
    /// What happened, in order.
    pub trace: Vec<SimulationLine>,
    /// Steps entered, in order; a choice as `step.branch`.
    pub path: Vec<String>,
    /// What the instance came to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub outcome: Option<String>,
    /// Our status of the document.
    pub status: String,
    /// How often each operation was called.
    pub calls: BTreeMap<String, u32>,
    /// Exceptions that stand open: code and words.
    pub exceptions: Vec<BTreeMap<String, String>>,
    /// What it waits for, each with an example of an answer.
    #[schema(value_type = Vec<Object>)]
    pub waits: Vec<Json>,
    /// Given answers that nothing asked for.
    pub unused_answers: Vec<String>,
    /// What is not as the script expects; a document that does not fit its type also stands here.
    pub failures: Vec<super::Finding>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SimulationLine {
    /// When, on the simulated clock.
    pub at: Timestamp,
    /// In words.
    pub words: String,
}

impl Publishing {
    /// Plays.
    ///
    /// # Errors
    /// When there is no such sound flow, or what is given cannot be read.
    pub async fn simulate(&self, request: SimulateRequest) -> Result<Simulation, Error> {
        self.own(request.tenant)?;
        let (catalog, findings) = self.compiled(&request.overlay).await?;
        let Some(version) = catalog.flows.get(request.flow.as_str()).cloned() else {
            return Err(if findings.is_empty() { Error::NotFound("flow") } else { Error::Unsound(findings) });
        };
        let now = self.clock.now();
        let (case, answers, given) = match request.what {
            SimulationWhat::Script(text) => (script(&text, &request.flow, request.at)?, Answers::default(), None),
            SimulationWhat::Answers { sample, document, answers, recorded } => {
                let document = self.given(request.tenant, sample, document).await?;
                let recorded = match recorded {
                    Some(instance) => self.recorded(request.tenant, instance, &version).await?,
                    None => json!({}),
                };
                let read = read_answers(&merged(recorded, answers))?;
                (empty(&request.flow, request.at.unwrap_or(now)), read, Some(document))
            }
        };
        let scripted = given.is_none();
        aside(move || on_stage(&catalog, &version, &case, answers, given.as_deref(), scripted)).await
    }

    async fn given(&self, tenant: TenantId, sample: Option<Json>, document: Option<DocumentId>) -> Result<String, Error> {
        match (sample, document) {
            (Some(sample), None) => Ok(sample.to_string()),
            (None, Some(id)) => {
                let view = self.store.document(tenant, id).await?.ok_or(Error::NotFound("document"))?;
                self.unmasked(&view)?;
                let revision = self.store.revision(tenant, id, view.document.revision).await?.ok_or(Error::NotFound("revision"))?;
                Ok(revision.body)
            }
            _ => Err(Error::Field("sample", "or `document` is required, and only one of them".to_owned())),
        }
    }

    /// What partners answered an instance, by the names that the flow uses for them.
    async fn recorded(&self, tenant: TenantId, instance: InstanceId, version: &FlowVersion) -> Result<Json, Error> {
        let row = self.store.instance(tenant, instance).await?.ok_or(Error::NotFound("instance"))?;
        self.unmasked(&self.store.document(tenant, row.document).await?.ok_or(Error::NotFound("document"))?)?;
        let state: Instance = serde_json::from_str(&row.state).map_err(|_| Error::NotFound("readable state of the instance"))?;
        let effects = self.store.effects(tenant, instance, Onward::all()).await?;
        let (mut calls, mut events): (Map<String, Json>, Map<String, Json>) = (Map::new(), Map::new());
        let add = |map: &mut Map<String, Json>, key: String, value: Json| {
            let list = map.entry(key).or_insert_with(|| json!([]));
            list.as_array_mut().into_iter().for_each(|list| list.push(value.clone()));
        };
        for visit in &state.visits {
            let Some(Kind::Call(call)) = version.flow.step(&visit.step).map(|step| &step.kind) else { continue };
            let mine = format!("{}#{}", visit.step, visit.number);
            let asked = effects.iter().any(|row| {
                let forward = matches!(serde_json::from_str(&row.work), Ok(Work::Call { purpose: Purpose::Forward, .. }));
                row.step == mine && row.state == "done" && forward
            });
            if asked {
                add(&mut calls, format!("{}.{}", call.role, call.operation), visit.output.clone().unwrap_or_else(|| json!({})));
            }
            if let (Some(awaits), Some(outcome)) = (&call.awaits, visit.outcome) {
                let mut event = Map::from_iter([("outcome".to_owned(), json!(outcome.word()))]);
                event.extend(visit.heard.clone().map(|heard| ("output".to_owned(), heard)));
                add(&mut events, format!("{}.{}", awaits.role, awaits.event), Json::Object(event));
            }
        }
        Ok(json!({"calls": calls, "events": events}))
    }
}

/// Given answers stand before recorded ones of the same name.
fn merged(mut recorded: Json, given: Json) -> Json {
    let Json::Object(given) = given else { return if given.is_null() { recorded } else { given } };
    for (part, value) in given {
        match (recorded.get_mut(&part).and_then(Json::as_object_mut), value) {
            (Some(known), Json::Object(members)) => known.extend(members),
            (_, value) => drop(recorded.as_object_mut().map(|all| all.insert(part, value))),
        }
    }
    recorded
}

/// Read by the reader of the language: JSON is YAML.
fn read_answers(answers: &Json) -> Result<Answers, Error> {
    let mut report = Report::new("answers");
    let read = parse(&answers.to_string(), &mut report).map(|node| Answers::read(&node, &mut report));
    match read {
        Some(read) if !report.has_errors() => Ok(read),
        _ => Err(Error::Unsound(report.into_items())),
    }
}

fn script(text: &str, flow: &str, at: Option<Timestamp>) -> Result<Case, Error> {
    let mut report = Report::new("script");
    let case = parse(text, &mut report).and_then(|node| Case::read(&node, &mut report)).filter(|_| !report.has_errors());
    let Some(mut case) = case else { return Err(Error::Unsound(report.into_items())) };
    if case.flow.value != flow {
        return Err(Error::Field("script", format!("is about the flow `{}`, not `{flow}`", case.flow.value)));
    }
    case.at = at.unwrap_or(case.at);
    Ok(case)
}

fn empty(flow: &str, at: Timestamp) -> Case {
    Case {
        name: format!("a simulation of {flow}"),
        flow: Spanned::new(flow.to_owned(), Span::default()),
        file: Arc::from("simulation"),
        document: Spanned::new(GIVEN.to_owned(), Span::default()),
        at,
        script: Vec::new(),
        expect: None,
        span: Span::default(),
    }
}

fn on_stage(
    catalog: &Catalog,
    version: &FlowVersion,
    case: &Case,
    mut answers: Answers,
    given: Option<&str>,
    scripted: bool,
) -> Simulation {
    let setting = Setting {
        flow: &version.flow,
        variants: &version.variants,
        env: version,
        bind: &|document: &Value| version.bind(document).map_err(|problem| problem.to_string()),
        files: &|path: &str| match given {
            Some(text) if path == GIVEN => Some(text.to_owned()),
            _ => catalog.files.get(path).map(ToString::to_string),
        },
    };
    let result = if scripted { play(case, &setting) } else { simulate(case, &mut answers, &setting) };
    view(&version.flow.id, result, &answers.unused())
}

fn view(flow: &str, result: CaseResult, unused: &[&str]) -> Simulation {
    let exception = |(code, message): (String, String)| BTreeMap::from([("code".to_owned(), code), ("message".to_owned(), message)]);
    Simulation {
        flow: flow.to_owned(),
        trace: result.trace.into_iter().map(|entry| SimulationLine { at: entry.at, words: entry.words }).collect(),
        path: result.path,
        outcome: result.outcome,
        status: result.status,
        calls: result.calls,
        exceptions: result.exceptions.into_iter().map(exception).collect(),
        waits: result.waits.iter().map(crate::domain::flow::cases::wait_json).collect(),
        unused_answers: unused.iter().map(|name| (*name).to_owned()).collect(),
        failures: result.failures.iter().map(super::Finding::from).collect(),
    }
}
