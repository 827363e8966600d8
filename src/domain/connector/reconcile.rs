//! How objects of a kind are read back, one by one and in bulk, and what of them is compared with the ledger.
//!
//! Owns the compiled `reconcile:` of a connector and what it sees in one object. What a difference means is decided in
//! `domain::reconcile`.

use super::arguments::Arguments;
use crate::domain::expression::{Budget, EvaluateError, Expression, Scope};
use crate::domain::value::{Map, ObjectType, Value};
use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// How the objects of one kind are read back.
#[derive(Debug)]
pub struct Reconcile {
    /// Its name.
    pub name: Arc<str>,
    /// The document type whose counterparts these objects are.
    pub document: Arc<str>,
    /// Many at once, where the partner offers it.
    pub list: Option<BulkRead>,
    /// One by its id.
    pub get: SingleRead,
    /// What both reads give of an object.
    pub theirs: Arc<ObjectType>,
    /// The partner's id of the object; sees `theirs`.
    pub id: Expression,
    /// When it was last changed there.
    pub changed: Option<Expression>,
    /// Holds for objects that ought to be known here.
    pub ours_when: Option<Expression>,
    /// Holds where the partner has carried the document out.
    pub executed_when: Option<Expression>,
    /// Holds where the object is void there.
    pub voided_when: Option<Expression>,
    /// The partner's word for where it stands.
    pub status: Option<StatusRule>,
    /// Fields that are compared.
    pub compare: Vec<CompareRule>,
    /// Our statuses that mean approved, where the usual ones do not fit.
    pub approved: Option<Vec<Arc<str>>>,
    /// Our statuses that mean void, where the usual ones do not fit.
    pub voided: Option<Vec<Arc<str>>>,
    /// A change this young, milliseconds, may still be on its way: the settle time and the longest `visible_within`.
    pub grace_millis: u64,
}

/// A read of many.
#[derive(Debug)]
pub struct BulkRead {
    /// The read.
    pub operation: Arc<str>,
    /// The output field whose elements are the objects.
    pub each: Arc<str>,
    /// Its argument for the beginning of a window.
    pub since: Option<Arc<str>>,
    /// Its argument for the end of a window.
    pub until: Option<Arc<str>>,
    /// Further arguments; they see nothing but literals.
    pub with: Arguments,
    /// Longest window asked for at once, milliseconds; none takes the whole.
    pub slice_millis: Option<u64>,
}

/// A read of one.
#[derive(Debug)]
pub struct SingleRead {
    /// The read.
    pub operation: Arc<str>,
    /// What it is asked with; sees `link.external_id`.
    pub with: Arguments,
}

/// The partner's word and which of ours go with it.
#[derive(Debug)]
pub struct StatusRule {
    /// Their word; sees `theirs`.
    pub value: Expression,
    /// Their word to those of ours that agree with it; none judges by `executed_when` and `voided_when` alone.
    pub agrees: Option<IndexMap<Arc<str>, Vec<Arc<str>>>>,
}

/// One field that is compared.
#[derive(Debug)]
pub struct CompareRule {
    /// The document's field, a dotted path.
    pub field: Arc<str>,
    /// What the partner holds; sees `theirs`.
    pub value: Expression,
    /// The currency of the partner's amount; sees `theirs`.
    pub currency: Option<Expression>,
}

/// What was seen of one object.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The partner's id.
    pub external_id: String,
    /// When it was last changed there, as far as it says.
    pub changed_at: Option<Timestamp>,
    /// Whether it ought to be known here.
    pub ours: bool,
    /// Whether it is carried out there; none where the connector does not say what that means.
    pub executed: Option<bool>,
    /// Whether it is void there.
    pub voided: bool,
    /// The partner's word.
    pub status: Option<String>,
    /// Our words that go with it; none where the connector lists none at all.
    pub agrees: Option<Vec<Arc<str>>>,
    /// Field, value and currency, in the order of the rules.
    pub fields: Vec<(Arc<str>, Value, Option<String>)>,
}

impl BulkRead {
    /// The windows a span is asked for in, oldest first.
    pub fn windows(&self, since: Timestamp, until: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let slice = self.slice_millis.filter(|_| self.until.is_some() && self.since.is_some());
        let Some(slice) = slice.and_then(|millis| i64::try_from(millis).ok()).filter(|millis| *millis > 0) else {
            return vec![(since, until)];
        };
        let mut windows = Vec::new();
        let mut from = since;
        while from < until && windows.len() < WINDOWS_MAX {
            let to = from.checked_add(SignedDuration::from_millis(slice)).map_or(until, |to| to.min(until));
            windows.push((from, to));
            from = to;
        }
        if from < until {
            windows.push((from, until));
        }
        windows
    }

    /// The input for one window.
    ///
    /// # Errors
    /// When an argument cannot be evaluated.
    pub fn input(&self, since: Timestamp, until: Timestamp) -> Result<Value, EvaluateError> {
        let mut map = match self.with.evaluate(&Scope::default())? {
            Value::Map(map) => map.as_ref().clone(),
            _ => Map::new(),
        };
        for (argument, at) in [(&self.since, since), (&self.until, until)] {
            if let Some(argument) = argument {
                map.insert(argument.clone(), Value::Instant(at));
            }
        }
        Ok(Value::Map(Arc::new(map)))
    }
}

/// A run of more windows than this asks for the rest in one.
const WINDOWS_MAX: usize = 1_000;

impl SingleRead {
    /// The input for one object.
    ///
    /// # Errors
    /// When an argument cannot be evaluated.
    pub fn input(&self, external_id: &str) -> Result<Value, EvaluateError> {
        let link = Map::from_iter([(Arc::from("external_id"), Value::text(external_id))]);
        self.with.evaluate(&Scope::default().with("link", Value::Map(Arc::new(link))))
    }
}

impl Reconcile {
    /// What one object says.
    ///
    /// # Errors
    /// When an expression fails on it.
    pub fn see(&self, theirs: &Value) -> Result<Seen, EvaluateError> {
        let scope = Scope::default().with("theirs", theirs.clone());
        let mut budget = Budget::default();
        let mut value = |expression: &Expression| expression.evaluate(&scope, &mut budget);
        let holds = |found: Value| found == Value::Bool(true);
        let external_id = text(&value(&self.id)?).unwrap_or_default();
        let changed_at = match self.changed.as_ref().map(&mut value).transpose()? {
            Some(Value::Instant(at)) => Some(at),
            _ => None,
        };
        let ours = self.ours_when.as_ref().map(&mut value).transpose()?.is_some_and(holds);
        let executed = self.executed_when.as_ref().map(&mut value).transpose()?.map(holds);
        let voided = self.voided_when.as_ref().map(&mut value).transpose()?.is_some_and(holds);
        let status = match &self.status {
            Some(rule) => text(&value(&rule.value)?),
            None => None,
        };
        let table = self.status.as_ref().and_then(|rule| rule.agrees.as_ref());
        let agrees = table.map(|table| status.as_deref().and_then(|word| table.get(word)).cloned().unwrap_or_default());
        let mut fields = Vec::with_capacity(self.compare.len());
        for rule in &self.compare {
            let found = value(&rule.value)?;
            let currency = rule.currency.as_ref().map(&mut value).transpose()?.as_ref().and_then(text);
            fields.push((rule.field.clone(), found, currency));
        }
        Ok(Seen { external_id, changed_at, ours, executed, voided, status, agrees, fields })
    }
}

/// A value as one word of text; none for what has no such form.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.to_string()),
        Value::Unset | Value::Null | Value::List(_) | Value::Map(_) => None,
        other => match other.to_json() {
            serde_json::Value::String(text) => Some(text),
            json => Some(json.to_string()),
        },
    }
}
