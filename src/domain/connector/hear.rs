//! From what a partner told (and what it said when asked back) to what it means here.

use super::connector::{Connector, FollowUp};
use super::event::EventDefinition;
use super::field::FieldError;
use super::heard_by::HeardBy;
use super::tree::BuildError;
use super::webhook::build_reference;
use crate::domain::expression::{Budget, EvaluateError, Scope};
use crate::domain::flow::event::Outcome;
use crate::domain::value::Value;
use std::sync::Arc;

/// What an event means.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// The partner's id of the object it is about.
    pub external_id: Option<String>,
    /// Two tellings with the same key are one.
    pub dedupe_key: String,
    /// What it means for whoever waits; none for events without outcome rules.
    pub outcome: Option<Outcome>,
    /// Whom the object asks there; none where that is not told, or nobody is asked any more.
    pub asked: Option<AskedThere>,
    /// The document it makes.
    pub document: Option<DocumentRequest>,
    /// The typed output of the read-back, or of the trusted payload.
    pub output: Value,
    /// Rules that could not be evaluated; they did not match.
    pub notes: Vec<String>,
}

/// Whom an object asks at the partner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedThere {
    /// What the partner calls them.
    pub people: Vec<String>,
    /// Where they see and decide it.
    pub url: Option<String>,
}

/// A document to make of an event.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentRequest {
    /// The document type.
    pub document: Arc<str>,
    /// The mapping; its input `source` is the payload as the partner wrote it.
    pub map: Arc<str>,
    /// Whether the source has withdrawn it.
    pub withdrawn: bool,
}

/// What somebody did about one of our tasks in a partner's app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// The task's id, as the partner gave it back.
    pub task: String,
    /// The verb.
    pub verb: String,
    /// What they said.
    pub comment: Option<String>,
}

/// Why an event cannot be understood. Never silently dropped: the caller parks it with this reason.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum HearError {
    /// What identifies the object cannot be evaluated.
    #[error("`{place}` of the event cannot be evaluated: {source}")]
    Evaluate {
        /// Where.
        place: &'static str,
        /// Why.
        source: EvaluateError,
    },
    /// The object has no id.
    #[error("`link.external_id` of the event is unset")]
    NoExternalId,
    /// Somebody acted, and no task or verb is named.
    #[error("`act.task` or `act.verb` of the event is unset")]
    NoTask,
    /// The trusted payload does not hold what is declared.
    #[error(transparent)]
    Payload(#[from] FieldError),
    /// What a callback points at cannot be built.
    #[error(transparent)]
    Reference(#[from] BuildError),
}

impl Connector {
    /// The events a callback is heard for; `settings` are the connection's, without secrets.
    pub fn events_of_webhook<'c>(&'c self, webhook: &str, payload: &Value, headers: &Value, settings: &Value) -> Vec<&'c EventDefinition> {
        let scope = Scope::default().with("payload", payload.clone()).with("headers", headers.clone()).with("settings", settings.clone());
        let hears = |way: &HeardBy| match way {
            HeardBy::Webhook { webhook: known, when } if known.as_ref() == webhook => {
                // A condition that fails does not keep an event out: reading back once too often is harmless.
                when.as_ref().is_none_or(|when| when.holds(&scope, &mut Budget::default()).unwrap_or(true))
            }
            _ => false,
        };
        self.events.values().filter(|event| event.heard_by.iter().any(hears)).collect()
    }

    /// The events a stream is heard for.
    pub fn events_of_stream<'c>(&'c self, stream: &str) -> Vec<&'c EventDefinition> {
        let hears = |way: &HeardBy| matches!(way, HeardBy::Stream { stream: known } if known.as_ref() == stream);
        self.events.values().filter(|event| event.heard_by.iter().any(hears)).collect()
    }

    /// The read that tells the truth about a hint; none when the event has none (then its payload is trusted).
    ///
    /// # Errors
    /// When its arguments cannot be evaluated.
    pub fn truth_call(&self, event: &EventDefinition, reference: &Value) -> Result<Option<FollowUp>, EvaluateError> {
        let Some(then) = &event.then else { return Ok(None) };
        let input = then.with.evaluate(&Scope::default().with("ref", reference.clone()))?;
        Ok(Some(FollowUp { operation: then.operation.clone(), input }))
    }
}

impl EventDefinition {
    /// The output a trusted payload gives; none when the payload is only a hint.
    ///
    /// # Errors
    /// When it does not hold what is declared.
    pub fn trusted_output(&self, payload: &Value, headers: &Value) -> Option<Result<Value, FieldError>> {
        let trusted = self.trusted.as_ref()?;
        let scope = Scope::default().with("payload", payload.clone()).with("headers", headers.clone());
        Some(trusted.extract(payload, headers, &scope))
    }

    /// What somebody did about one of our tasks; none of an event that is something else.
    ///
    /// # Errors
    /// When it cannot be evaluated, or no task or verb is named.
    pub fn acted(&self, output: &Value) -> Option<Result<Acted, HearError>> {
        let act = self.act.as_ref()?;
        let scope = Scope::default().with("output", output.clone());
        let text = |expression: &crate::domain::expression::Expression, place: &'static str| -> Result<Option<String>, HearError> {
            let value = expression.evaluate(&scope, &mut Budget::default()).map_err(|source| HearError::Evaluate { place, source })?;
            Ok(super::request::scalar_text(&value, place)?.filter(|text| !text.is_empty()))
        };
        let named = || -> Result<Acted, HearError> {
            Ok(Acted {
                task: text(&act.task, "act.task")?.ok_or(HearError::NoTask)?,
                verb: text(&act.verb, "act.verb")?.ok_or(HearError::NoTask)?,
                comment: act.comment.as_ref().map(|comment| text(comment, "act.comment")).transpose()?.flatten(),
            })
        };
        Some(named())
    }

    /// What an output means.
    ///
    /// # Errors
    /// When what identifies the object cannot be evaluated. A rule of `outcome` that fails only does not match.
    pub fn hear(&self, output: &Value) -> Result<Heard, HearError> {
        let scope = Scope::default().with("output", output.clone());
        let mut budget = Budget::default();
        let external_id = match &self.link {
            None => None,
            Some(link) => {
                let value = link.evaluate(&scope, &mut budget).map_err(|source| HearError::Evaluate { place: "link", source })?;
                let text = super::request::scalar_text(&value, "link.external_id")?;
                Some(text.filter(|text| !text.is_empty()).ok_or(HearError::NoExternalId)?)
            }
        };
        let mut parts = Vec::with_capacity(self.dedupe.len() + 1);
        parts.push(serde_json::Value::String(self.name.to_string()));
        for expression in &self.dedupe {
            let value = expression.evaluate(&scope, &mut budget).map_err(|source| HearError::Evaluate { place: "dedupe", source })?;
            parts.push(value.to_json());
        }
        // JSON keeps ["a,b"] and ["a", "b"] apart, which joining would not.
        let dedupe_key = serde_json::Value::Array(parts).to_string();
        let mut notes = Vec::new();
        let outcome = self.outcome_of(&scope, &mut notes);
        let asked = self.asked_of(&scope, &mut notes).filter(|_| outcome == Some(Outcome::Pending));
        let document = self.document.as_ref().map(|document| DocumentRequest {
            document: document.document.clone(),
            map: document.map.clone(),
            withdrawn: match &document.withdrawn {
                None => false,
                Some(when) => when.holds(&scope, &mut budget).unwrap_or_else(|error| {
                    notes.push(format!("`withdrawn` does not hold because {error}"));
                    false
                }),
            },
        });
        Ok(Heard { external_id, dedupe_key, outcome, asked, document, output: output.clone(), notes })
    }

    /// Whom it asks. Lists are a help: what cannot be told keeps no outcome from being heard.
    fn asked_of(&self, scope: &Scope<'_>, notes: &mut Vec<String>) -> Option<AskedThere> {
        let asked = self.asked.as_ref()?;
        let people = match asked.people.evaluate(scope, &mut Budget::default()) {
            Ok(Value::List(people)) => people.iter().filter_map(Value::as_text).map(str::to_owned).collect(),
            Ok(_) => Vec::new(),
            Err(error) => {
                notes.push(format!("`asked.people` cannot be told: {error}"));
                return None;
            }
        };
        let url = asked.url.as_ref().and_then(|url| url.evaluate(scope, &mut Budget::default()).ok());
        Some(AskedThere { people, url: url.as_ref().and_then(Value::as_text).filter(|url| !url.is_empty()).map(str::to_owned) })
    }

    fn outcome_of(&self, scope: &Scope<'_>, notes: &mut Vec<String>) -> Option<Outcome> {
        let rules = self.outcome.as_ref()?;
        for (when, outcome) in &rules.rules {
            match when.holds(scope, &mut Budget::default()) {
                Ok(true) => return Some(*outcome),
                Ok(false) => {}
                Err(error) => notes.push(format!("the rule `{}` does not match because {error}", when.source())),
            }
        }
        Some(rules.otherwise)
    }
}

impl super::stream::Stream {
    /// The items of a page and what each points at.
    ///
    /// # Errors
    /// When an item does not hold what `ref` names.
    pub fn items(&self, output: &Value) -> Result<Vec<(Value, Value)>, BuildError> {
        let Value::List(items) = output.member(&self.each) else { return Ok(Vec::new()) };
        items
            .iter()
            .map(|item| {
                let scope = Scope::default().with("item", item.clone());
                Ok((build_reference(&self.reference, item, &scope)?, item.clone()))
            })
            .collect()
    }
}
