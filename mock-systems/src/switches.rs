//! What each system does wrong, how often, and how it behaves in general.
//!
//! Every fault has a probability (`lost_response: 0.05`) and a one-shot counter (`lost_response_next: 1`), for the whole
//! system and for one operation (`operations: {create_approval: {lost_response: 0.05}}`). Counters are used up first, an
//! operation's before the system's; then an operation's probability, where it has one, stands in for the system's.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// One kind of misbehaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// Drops the connection, nothing done.
    ResetBefore,
    /// 429, or 403 with `throttled`, nothing done.
    Throttle,
    /// 502 with a gateway's HTML page, nothing done.
    HtmlErrorPage,
    /// 200 with an error in the body, nothing done.
    Http200Error,
    /// Answers 504 and does the work within `executes_within_ms`.
    LateExecution,
    /// Answers success and does nothing (writes other than creates).
    SilentNoOp,
    /// Does the work and drops the connection.
    LostResponse,
    /// Does the work and answers 500.
    ErrorAfter,
    /// Does the work and answers with half of the JSON.
    MalformedJson,
    /// Does the work and answers with `huge_body_bytes`.
    HugeBody,
    /// Waits `slow_ms`, then goes on.
    Slow,
    /// Sends a webhook twice.
    DuplicateWebhook,
    /// Holds a webhook back so that later ones overtake it.
    ReorderWebhook,
    /// Never sends a webhook.
    LostWebhook,
    /// Sends the webhook of a new approval before the create is answered.
    EarlyWebhook,
}

impl Fault {
    /// In the order in which they are tried; the first that strikes wins.
    pub const ALL: [Self; 15] = [
        Self::ResetBefore,
        Self::Throttle,
        Self::HtmlErrorPage,
        Self::Http200Error,
        Self::LateExecution,
        Self::SilentNoOp,
        Self::LostResponse,
        Self::ErrorAfter,
        Self::MalformedJson,
        Self::HugeBody,
        Self::Slow,
        Self::DuplicateWebhook,
        Self::ReorderWebhook,
        Self::LostWebhook,
        Self::EarlyWebhook,
    ];

    /// The switch's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ResetBefore => "reset_before",
            Self::Throttle => "throttle",
            Self::HtmlErrorPage => "html_error_page",
            Self::Http200Error => "http200_error",
            Self::LateExecution => "late_execution",
            Self::SilentNoOp => "silent_no_op",
            Self::LostResponse => "lost_response",
            Self::ErrorAfter => "error_after",
            Self::MalformedJson => "malformed_json",
            Self::HugeBody => "huge_body",
            Self::Slow => "slow",
            Self::DuplicateWebhook => "duplicate_webhook",
            Self::ReorderWebhook => "reorder_webhook",
            Self::LostWebhook => "lost_webhook",
            Self::EarlyWebhook => "early_webhook",
        }
    }

    fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.name() == name)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Setting {
    probability: Option<f64>,
    next: u32,
}

/// Settings of all faults, for a system or for one operation.
#[derive(Clone, Debug, Default, PartialEq)]
struct Faults([Setting; Fault::ALL.len()]);

/// When the OA decides by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Decide {
    #[default]
    Never,
    Approve,
    Share,
}

/// How a throttled request is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ThrottleAs {
    #[default]
    Status429,
    Status403,
}

/// All switches of one system. Built and changed from JSON, the form in which the control API shows them.
#[derive(Clone, Debug, PartialEq)]
pub struct Switches {
    faults: Faults,
    operations: BTreeMap<String, Faults>,
    pub(crate) throttle_as: ThrottleAs,
    pub(crate) retry_after_seconds: u64,
    /// All sessions end after so many calls more; none where they live as long as they do.
    pub(crate) sessions_end_after: Option<u64>,
    pub(crate) slow_ms: u64,
    pub(crate) outage: bool,
    pub(crate) outage_seconds: u64,
    pub(crate) executes_within_ms: u64,
    pub(crate) visible_within_ms: u64,
    pub(crate) honours_keys: bool,
    pub(crate) clock_skew_seconds: i64,
    pub(crate) huge_body_bytes: u64,
    pub(crate) reorder_ms: u64,
    pub(crate) webhook_attempts: u32,
    pub(crate) numeric_ids: bool,
    pub(crate) decide: Decide,
    pub(crate) decide_after_ms: u64,
    pub(crate) reject_share: f64,
}

/// A huge body is streamed, but somebody may collect it.
const HUGE_BODY_BYTES_MAX: u64 = 1 << 30;
/// Names of operations are few; a control client must not grow the table without end.
const OPERATIONS_MAX: usize = 64;
/// A week, in milliseconds: longer waits are mistakes.
const WAIT_MS_MAX: u64 = 7 * 86_400_000;

impl Default for Switches {
    fn default() -> Self {
        Self {
            faults: Faults::default(),
            operations: BTreeMap::new(),
            throttle_as: ThrottleAs::Status429,
            retry_after_seconds: 1,
            sessions_end_after: None,
            slow_ms: 0,
            outage: false,
            outage_seconds: 0,
            executes_within_ms: 1000,
            visible_within_ms: 0,
            honours_keys: true,
            clock_skew_seconds: 0,
            huge_body_bytes: 64 << 20,
            reorder_ms: 400,
            webhook_attempts: 6,
            numeric_ids: false,
            decide: Decide::Never,
            decide_after_ms: 0,
            reject_share: 0.0,
        }
    }
}

impl Switches {
    /// The default with `changes` applied.
    ///
    /// # Errors
    /// The sentence names the first switch that is unknown or has a wrong value.
    pub fn from_json(changes: &Value) -> Result<Self, String> {
        let mut switches = Self::default();
        switches.apply(changes)?;
        Ok(switches)
    }

    /// Changes the named switches and leaves the others; all or nothing.
    ///
    /// # Errors
    /// The sentence names the first switch that is unknown or has a wrong value.
    pub fn apply(&mut self, changes: &Value) -> Result<(), String> {
        let members = changes.as_object().ok_or("switches are a JSON object")?;
        let mut draft = self.clone();
        for (name, value) in members {
            draft.set(name, value).map_err(|problem| format!("switch `{name}` {problem}"))?;
        }
        *self = draft;
        Ok(())
    }

    fn set(&mut self, name: &str, value: &Value) -> Result<(), String> {
        match name {
            "operations" => return self.set_operations(value),
            "throttle_as" => {
                self.throttle_as = match number(value, 999)? {
                    429 => ThrottleAs::Status429,
                    403 => ThrottleAs::Status403,
                    _ => return Err("is 429 or 403".to_owned()),
                }
            }
            "retry_after_seconds" => self.retry_after_seconds = number(value, 86_400)?,
            "sessions_end_after" => self.sessions_end_after = if value.is_null() { None } else { Some(number(value, 1_000_000)?) },
            "slow_ms" => self.slow_ms = number(value, WAIT_MS_MAX)?,
            "outage" => self.outage = boolean(value)?,
            "outage_seconds" => self.outage_seconds = number(value, WAIT_MS_MAX / 1000)?,
            "executes_within_ms" => self.executes_within_ms = number(value, WAIT_MS_MAX)?,
            "visible_within_ms" => self.visible_within_ms = number(value, WAIT_MS_MAX)?,
            "honours_keys" => self.honours_keys = boolean(value)?,
            "clock_skew_seconds" => self.clock_skew_seconds = value.as_i64().ok_or("is a whole number")?,
            "huge_body_bytes" => self.huge_body_bytes = number(value, HUGE_BODY_BYTES_MAX)?,
            "reorder_ms" => self.reorder_ms = number(value, WAIT_MS_MAX)?,
            "webhook_attempts" => self.webhook_attempts = u32::try_from(number(value, 20)?).unwrap_or(20),
            "numeric_ids" => self.numeric_ids = boolean(value)?,
            "decide" => {
                self.decide = match value.as_str() {
                    Some("never") => Decide::Never,
                    Some("approve") => Decide::Approve,
                    Some("share") => Decide::Share,
                    _ => return Err("is `never`, `approve` or `share`".to_owned()),
                }
            }
            "decide_after_ms" => self.decide_after_ms = number(value, WAIT_MS_MAX)?,
            "reject_share" => self.reject_share = probability(value)?,
            _ => return self.faults.set(name, value),
        }
        Ok(())
    }

    fn set_operations(&mut self, value: &Value) -> Result<(), String> {
        for (operation, faults) in value.as_object().ok_or("is a JSON object")? {
            if self.operations.len() >= OPERATIONS_MAX && !self.operations.contains_key(operation) {
                return Err(format!("names more than {OPERATIONS_MAX} operations"));
            }
            let own = self.operations.entry(operation.clone()).or_default();
            for (name, value) in faults.as_object().ok_or("holds a JSON object per operation")? {
                own.set(name, value).map_err(|problem| format!("of `{operation}`: `{name}` {problem}"))?;
            }
        }
        Ok(())
    }

    /// As the control API shows them: what is not at its default, and the settings.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut shown = self.faults.to_json();
        let settings = json!({
            "throttle_as": if self.throttle_as == ThrottleAs::Status403 { 403 } else { 429 },
            "retry_after_seconds": self.retry_after_seconds,
            "sessions_end_after": self.sessions_end_after,
            "slow_ms": self.slow_ms,
            "outage": self.outage,
            "outage_seconds": self.outage_seconds,
            "executes_within_ms": self.executes_within_ms,
            "visible_within_ms": self.visible_within_ms,
            "honours_keys": self.honours_keys,
            "clock_skew_seconds": self.clock_skew_seconds,
            "huge_body_bytes": self.huge_body_bytes,
            "reorder_ms": self.reorder_ms,
            "webhook_attempts": self.webhook_attempts,
            "numeric_ids": self.numeric_ids,
            "decide": match self.decide { Decide::Never => "never", Decide::Approve => "approve", Decide::Share => "share" },
            "decide_after_ms": self.decide_after_ms,
            "reject_share": self.reject_share,
        });
        if let Value::Object(settings) = settings {
            shown.extend(settings);
        }
        let operations: Map<String, Value> =
            self.operations.iter().map(|(name, faults)| (name.clone(), Value::Object(faults.to_json()))).collect();
        shown.insert("operations".to_owned(), Value::Object(operations));
        Value::Object(shown)
    }

    /// Whether any fault could strike at all: without one, requests skip the dice.
    pub(crate) fn has_faults(&self) -> bool {
        self.faults.any() || self.operations.values().any(Faults::any)
    }

    /// Uses up a one-shot counter if there is one, else rolls.
    pub(crate) fn strikes(&mut self, operation: &str, fault: Fault, roll: impl FnOnce() -> f64) -> bool {
        let index = fault as usize;
        let own = self.operations.get_mut(operation).map(|faults| &mut faults.0[index]);
        let general = &mut self.faults.0[index];
        let own_probability = own.as_ref().and_then(|setting| setting.probability);
        if let Some(own) = own.filter(|setting| setting.next > 0) {
            own.next -= 1;
            return true;
        }
        // The token endpoint is left alone unless it is named: faults are for business calls.
        if operation == "token" && own_probability.is_none() {
            return false;
        }
        if general.next > 0 {
            general.next -= 1;
            return true;
        }
        own_probability.or(general.probability).is_some_and(|probability| probability > 0.0 && roll() < probability)
    }
}

impl Faults {
    fn set(&mut self, name: &str, value: &Value) -> Result<(), String> {
        if let Some(fault) = Fault::by_name(name) {
            self.0[fault as usize].probability = if value.is_null() { None } else { Some(probability(value)?) };
            return Ok(());
        }
        let fault = name.strip_suffix("_next").and_then(Fault::by_name).ok_or("is not known")?;
        self.0[fault as usize].next = u32::try_from(number(value, 1_000_000)?).unwrap_or(0);
        Ok(())
    }

    fn any(&self) -> bool {
        self.0.iter().any(|setting| setting.next > 0 || setting.probability.is_some_and(|p| p > 0.0))
    }

    fn to_json(&self) -> Map<String, Value> {
        let mut shown = Map::new();
        for (fault, setting) in Fault::ALL.iter().zip(&self.0) {
            if let Some(probability) = setting.probability {
                shown.insert(fault.name().to_owned(), json!(probability));
            }
            if setting.next > 0 {
                shown.insert(format!("{}_next", fault.name()), json!(setting.next));
            }
        }
        shown
    }
}

fn number(value: &Value, max: u64) -> Result<u64, String> {
    value.as_u64().filter(|number| *number <= max).ok_or_else(|| format!("is a whole number from 0 to {max}"))
}

fn boolean(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| "is true or false".to_owned())
}

fn probability(value: &Value) -> Result<f64, String> {
    value.as_f64().filter(|p| (0.0..=1.0).contains(p)).ok_or_else(|| "is a probability from 0 to 1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_come_first_and_run_out() -> Result<(), String> {
        let mut switches = Switches::from_json(&json!({"lost_response_next": 1, "operations": {"create": {"lost_response_next": 1}}}))?;
        assert!(switches.has_faults());
        assert!(switches.strikes("create", Fault::LostResponse, || 0.9));
        assert!(switches.strikes("create", Fault::LostResponse, || 0.9));
        assert!(!switches.strikes("create", Fault::LostResponse, || 0.9));
        assert!(!switches.has_faults());
        Ok(())
    }

    #[test]
    fn an_operation_replaces_the_general_probability() -> Result<(), String> {
        let mut switches = Switches::from_json(&json!({"throttle": 1.0, "operations": {"get": {"throttle": 0.0}}}))?;
        assert!(switches.strikes("create", Fault::Throttle, || 0.5));
        assert!(!switches.strikes("get", Fault::Throttle, || 0.5));
        assert!(!switches.strikes("token", Fault::Throttle, || 0.5));
        Ok(())
    }

    #[test]
    fn a_wrong_switch_changes_nothing() {
        let mut switches = Switches::default();
        assert!(switches.apply(&json!({"throttle": 0.5, "thorttle": 1})).is_err());
        assert_eq!(switches, Switches::default());
        assert!(switches.apply(&json!({"throttle": 1.5})).is_err());
    }

    #[test]
    fn what_is_shown_can_be_set_again() -> Result<(), String> {
        let changes = json!({"throttle": 0.25, "slow_next": 2, "decide": "share", "operations": {"get": {"slow": 1.0}}});
        let switches = Switches::from_json(&changes)?;
        assert_eq!(Switches::from_json(&switches.to_json())?, switches);
        Ok(())
    }
}
