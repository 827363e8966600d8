//! Playing a flow test: script items in order on a stage; what nobody scripts happens by itself or fails the test. A little more
//! than 500 lines: one stage, and every kind of script item plays on it.

use super::answer::{self, Answer};
use super::read::{Case, Expect, Item, What};
use super::wait::{Wait, waits};
use super::words::{TraceEntry, of_history};
use crate::domain::diagnostic::{Diagnostic, Report, Span};
use crate::domain::flow::effect::{Cause, EffectResult, Purpose, Work};
use crate::domain::flow::environment::Environment;
use crate::domain::flow::event::{Command, DriftSeen, Event, Heard, Outcome, RevisionChange};
use crate::domain::flow::facts::{Binding, DocumentFacts, Facts};
use crate::domain::flow::flow::Flow;
use crate::domain::flow::instance::{SubState, Visit};
use crate::domain::flow::stage::{Lost, Open, Phase, Stage};
use crate::domain::flow::start::HUB;
use crate::domain::flow::steps::Kind;
use crate::domain::ids::{self, EffectId, TenantId};
use crate::domain::text::tree::Node;
use crate::domain::text::units;
use crate::domain::value::Value;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Timers one `advance` may fire.
const TIMERS_MAX: usize = 10_000;

/// What a test plays in.
pub struct Setting<'a> {
    /// The flow.
    pub flow: &'a Flow,
    /// The flow under the binding rows that put parts into it.
    pub variants: &'a BTreeMap<Arc<str>, Arc<Flow>>,
    /// What decisions may ask.
    pub env: &'a dyn Environment,
    /// The binding row for a document.
    pub bind: &'a dyn Fn(&Value) -> Result<Binding, String>,
    /// Reads a file of the project as text.
    pub files: &'a dyn Fn(&str) -> Option<String>,
}

/// What came of a test.
#[derive(Clone, Debug, Default)]
pub struct CaseResult {
    /// What is not as expected, with its place; empty when the test passes.
    pub failures: Vec<Diagnostic>,
    /// What happened.
    pub trace: Vec<TraceEntry>,
    /// The path taken.
    pub path: Vec<String>,
    /// What the instance came to.
    pub outcome: Option<String>,
    /// Our status of the document.
    pub status: String,
    /// How often each operation was called, `connection.operation`, looks-up included.
    pub calls: BTreeMap<String, u32>,
    /// Exceptions that stand open: code and words.
    pub exceptions: Vec<(String, String)>,
    /// What it waits for.
    pub waits: Vec<Wait>,
}

/// Plays a test.
pub fn run(case: &Case, setting: &Setting<'_>) -> CaseResult {
    let mut play = match Play::open(case, setting) {
        Ok(play) => play,
        Err(result) => return *result,
    };
    for item in &case.script {
        let since = play.stage.history.len();
        play.item(item);
        if let Some(expect) = &item.expect {
            play.expect(expect, since);
        }
    }
    play.finish(case);
    play.result()
}

type Wrong = (Span, String);

fn facts(case: &Case, setting: &Setting<'_>) -> Result<Facts, Wrong> {
    let flow = setting.flow;
    let doc = document(setting, &case.document.value).map_err(|message| (case.document.span, message))?;
    let binding = (setting.bind)(&doc).map_err(|message| (case.document.span, message))?;
    let key = flow.document_key.split('.').fold(&doc, |value, part| value.member(part));
    let key = key.as_text().unwrap_or_default().to_owned();
    let source = flow.starts.first().and_then(|start| binding.roles.get(start.on.role()?)).cloned().unwrap_or_else(|| HUB.to_owned());
    let id = ids::document_id(TenantId::DEFAULT, &flow.document, &source, &key);
    let external_id = doc.member("source").member("id").as_text().unwrap_or(&key).to_owned();
    Ok(Facts {
        tenant: TenantId::DEFAULT,
        instance: ids::instance_id(TenantId::DEFAULT, id, &flow.id, 1),
        version: "test".to_owned(),
        initiator: doc.member("requester").clone(),
        document: DocumentFacts {
            id,
            kind: flow.document.clone(),
            key,
            revision: 1,
            status: doc.member("status").as_text().unwrap_or_default().to_owned(),
            doc,
            source,
            external_id: Some(external_id),
        },
        binding,
        delegations: std::sync::Arc::default(),
        made: std::sync::Arc::default(),
    })
}

fn document(setting: &Setting<'_>, path: &str) -> Result<Value, String> {
    let text = (setting.files)(path).ok_or_else(|| format!("`{path}` cannot be read"))?;
    let value: Value = text.parse().map_err(|error| format!("`{path}` is not JSON: {error}"))?;
    setting.flow.document_type.read(&value).map_err(|error| format!("`{path}` is not a `{}`: {error}", setting.flow.document))
}

/// A test being played.
pub(super) struct Play<'a> {
    pub setting: &'a Setting<'a>,
    pub stage: Stage<'a>,
    report: Report,
    trace: Vec<TraceEntry>,
    told: usize,
}

impl<'a> Play<'a> {
    /// Puts the document on stage and starts the flow; the result when there is nothing to put there.
    pub fn open(case: &Case, setting: &'a Setting<'a>) -> Result<Play<'a>, Box<CaseResult>> {
        let mut report = Report::new(case.file.clone());
        let facts = match facts(case, setting) {
            Ok(facts) => facts,
            Err((span, message)) => {
                report.error("test_failed", span, message);
                return Err(Box::new(CaseResult { failures: report.into_items(), ..CaseResult::default() }));
            }
        };
        let flow = setting.variants.get(facts.binding.row.as_str()).map_or(setting.flow, AsRef::as_ref);
        let stage = Stage::new(flow, setting.env, facts, case.at);
        let mut play = Play { setting, stage, report, trace: Vec::new(), told: 0 };
        play.begin(case);
        Ok(play)
    }

    /// What came of it.
    pub fn result(self) -> CaseResult {
        CaseResult {
            path: self.stage.path(),
            outcome: self.stage.instance.outcome_word().map(str::to_owned),
            status: self.stage.status().to_owned(),
            calls: self.stage.calls.iter().map(|((connection, operation), count)| (format!("{connection}.{operation}"), *count)).collect(),
            exceptions: self.stage.exceptions.iter().map(|open| (open.code.clone(), open.message.clone())).collect(),
            waits: waits(&self.stage),
            failures: self.report.into_items(),
            trace: self.trace,
        }
    }

    /// Whether anything was not as the script says.
    pub fn has_failed(&self) -> bool {
        self.report.has_errors()
    }

    pub fn fail(&mut self, span: Span, message: impl Into<String>) {
        self.report.error("test_failed", span, message);
    }

    /// Puts new history into the trace and lets notices go out.
    pub fn settle(&mut self) {
        loop {
            let notice = self.stage.outbox.iter().find(|open| is_notice(&open.effect.work) && open.phase == Phase::Ready);
            match notice.map(|open| open.effect.id) {
                Some(id) => drop(self.stage.end(id, EffectResult::Done { output: Value::Unset })),
                None => break,
            }
        }
        for entry in &self.stage.history[self.told..] {
            self.trace.push(TraceEntry { at: self.stage.now, words: of_history(entry) });
        }
        self.told = self.stage.history.len();
    }

    fn say(&mut self, words: String) {
        self.trace.push(TraceEntry { at: self.stage.now, words });
    }

    fn begin(&mut self, case: &Case) {
        let flow = self.setting.flow;
        let document = &self.stage.facts.document;
        let starts = flow.starts.is_empty()
            || flow.starts_where(|_| true, document, &self.stage.facts.initiator, &self.stage.facts.binding).unwrap_or(false);
        if !starts {
            self.fail(case.document.span, "the flow does not start for this document");
        }
        self.stage.tell(&Event::Started);
        self.settle();
    }

    /// One item of a script.
    pub fn item(&mut self, item: &Item) {
        match &item.what {
            What::Call { call, answer } => self.call(item.span, call, answer),
            What::Event { event, node } => self.event(item.span, event, node),
            What::Drift(node) => self.drift(node),
            What::Subflow(flow, node) => self.subflow(item.span, flow, node),
            What::Linked(kind, status) => self.linked(item.span, kind, status),
            What::Act(verb, node) => self.act(item.span, verb, node),
            What::Advance(span) => self.advance(*span, item.span),
            What::Command(word, output) => self.command(word, output.as_ref()),
        }
        self.settle();
    }

    // ---- calls ----

    fn call(&mut self, span: Span, call: &(String, String), answer: &Node) {
        let Some(connection) = self.stage.facts.binding.roles.get(&call.0).cloned() else {
            return self.fail(span, format!("no connection plays the role `{}`", call.0));
        };
        let asked = |open: &Open| match (&open.effect.work, &open.phase) {
            (Work::Call { connection: at, operation, .. }, Phase::Ready) => *at == connection && *operation == call.1,
            (Work::Call { connection: at, .. }, Phase::LookingUp(operation)) => *at == connection && *operation == call.1,
            _ => false,
        };
        let Some(open) = self.stage.outbox.iter().find(|open| asked(open)).cloned() else {
            let waits = self.waiting();
            return self.fail(span, format!("`{}.{}` is not called here; {waits}", call.0, call.1));
        };
        *self.stage.calls.entry((connection.clone(), call.1.clone())).or_default() += 1;
        let Some(info) = self.setting.env.operation(&connection, &call.1) else {
            return self.fail(span, format!("`{connection}` has no operation `{}`", call.1));
        };
        let looks_up = matches!(open.phase, Phase::LookingUp(_));
        match answer::read(answer, info) {
            Err(message) => self.fail(answer.span, message),
            Ok(Answer::Again(class)) => self.say(format!("{}.{} answers {class} and is tried again", call.0, call.1)),
            Ok(Answer::Lost) if looks_up => self.say(format!("{}.{} gives no answer and is asked again", call.0, call.1)),
            Ok(Answer::Lost) => self.lose(&open, call),
            Ok(Answer::Ended(result)) if looks_up => self.looked_up(answer.span, &open, result),
            Ok(Answer::Ended(result)) => drop(self.stage.end(open.effect.id, result)),
        }
    }

    fn lose(&mut self, open: &Open, call: &(String, String)) {
        let words = match self.stage.lose(open.effect.id) {
            Lost::Repeated => "the same call is made again",
            Lost::LookedUp => "it is looked up",
            Lost::Unknown => "nobody can tell whether it was done",
        };
        self.say(format!("the answer of {}.{} is lost; {words}", call.0, call.1));
        if words.starts_with("nobody") {
            self.unknown(open.effect.id);
        }
    }

    fn unknown(&mut self, effect: EffectId) {
        let message = "the answer was lost, and nothing can tell whether it was done".to_owned();
        self.stage.end(effect, EffectResult::Failed { cause: Cause::Unknown, message, class: "unknown".to_owned() });
    }

    /// A look-up was answered: what it found is read as the output of the call that is in doubt.
    fn looked_up(&mut self, span: Span, open: &Open, result: EffectResult) {
        let found = match &result {
            EffectResult::Done { output } => holds_something(output),
            EffectResult::Failed { .. } => false,
        };
        if !found {
            self.say("the look-up finds nothing".to_owned());
            if self.stage.not_found(open.effect.id) == Lost::Unknown {
                self.unknown(open.effect.id);
            }
            return;
        }
        self.say("the look-up finds it: the call was done".to_owned());
        let EffectResult::Done { output } = result else { return };
        let Work::Call { connection, operation, .. } = &open.effect.work else { return };
        let wanted = self.setting.env.operation(connection, operation).map(|info| info.output.clone());
        match wanted.map_or(Ok(output.clone()), |wanted| wanted.read(&output)) {
            Ok(output) => drop(self.stage.end(open.effect.id, EffectResult::Done { output })),
            Err(error) => self.fail(span, format!("what the look-up found does not fit the call: {error}")),
        }
    }

    fn waiting(&self) -> String {
        let names: Vec<String> = self
            .stage
            .outbox
            .iter()
            .filter_map(|open| match (&open.effect.work, &open.phase) {
                (Work::Call { connection, operation, .. }, Phase::Ready) => Some(format!("{connection}.{operation}")),
                (Work::Call { connection, .. }, Phase::LookingUp(operation)) => Some(format!("{connection}.{operation}")),
                _ => None,
            })
            .collect();
        if names.is_empty() {
            let at = self.stage.instance.at_step().unwrap_or_else(|| self.stage.instance.status_word().to_owned());
            return format!("no call waits for an answer (the instance stands at {at})");
        }
        format!("these wait for an answer: {}", names.join(", "))
    }

    // ---- events, time, people ----

    fn event(&mut self, span: Span, event: &(String, String), node: &Node) {
        if let Some(file) = node.get("document") {
            match document(self.setting, file.text().unwrap_or_default()) {
                Ok(doc) => self.stage.newest = doc,
                Err(message) => return self.fail(file.span, message),
            }
            let known = self.stage.instance.newest_revision.unwrap_or(self.stage.facts.document.revision);
            let revision = known.max(self.stage.facts.document.revision) + 1;
            self.stage.tell(&Event::Revision(RevisionChange::Changed { revision }));
            return;
        }
        if node.get("withdrawn").and_then(Node::bool) == Some(true) {
            self.stage.tell(&Event::Revision(RevisionChange::Withdrawn));
            return;
        }
        match self.heard(event, node) {
            Ok(heard) => drop(self.stage.tell(&Event::Heard(heard))),
            Err(message) => self.fail(span, message),
        }
    }

    fn heard(&self, event: &(String, String), node: &Node) -> Result<Heard, String> {
        let Some(connection) = self.stage.facts.binding.roles.get(&event.0).cloned() else {
            return Err(format!("no connection plays the role `{}`", event.0));
        };
        let Some(info) = self.setting.env.event(&connection, &event.1) else {
            return Err(format!("`{connection}` has no event `{}`", event.1));
        };
        let outcome = match node.get("outcome").and_then(Node::text) {
            None => None,
            Some(word) => Some(Outcome::from_word(word).ok_or_else(|| format!("`{word}` is not an outcome"))?),
        };
        let external_id = node.get("id").and_then(Node::text).ok_or("the event has no `id`")?.to_owned();
        let output = node.get("output").map_or(Value::Unset, |output| Value::from_json(&output.to_json()));
        let output = info.output.read(&output).map_err(|error| format!("`output` does not fit: {error}"))?;
        Ok(Heard { connection, event: event.1.clone(), external_id, outcome, output, asked: None })
    }

    fn subflow(&mut self, span: Span, flow: &str, node: &Node) {
        let open = |visit: &Visit| {
            let step = self.stage.flow.step(&visit.step)?;
            let Kind::Subflow(subflow) = &step.kind else { return None };
            let sub =
                visit.sub.as_ref().filter(|sub| subflow.flow == flow && matches!(sub.state, SubState::Running | SubState::TakingBack))?;
            Some((sub.instance, sub.state == SubState::TakingBack, step.output.clone()))
        };
        let Some((instance, taken_back, wanted)) = self.stage.instance.visits.iter().find_map(open) else {
            return self.fail(span, format!("no step waits for the flow `{flow}` here"));
        };
        let usual = if taken_back { Outcome::Cancelled } else { Outcome::Approved };
        let outcome = node.get("outcome").and_then(Node::text).and_then(Outcome::from_word).unwrap_or(usual);
        let output = node.get("output").map_or(Json::Null, Node::to_json);
        if let Err(error) = wanted.read(&Value::from_json(&output)) {
            return self.fail(span, format!("`output` does not fit: {error}"));
        }
        let decided_by = node.get("decided_by").map(Node::items).unwrap_or_default();
        let decided_by = decided_by.iter().filter_map(Node::text).map(str::to_owned).collect();
        self.stage.tell(&Event::SubflowEnded { instance, outcome, output, taken_back, decided_by });
    }

    fn linked(&mut self, span: Span, kind: &str, status: &str) {
        let made = self.stage.instance.visits.iter().rev().filter_map(|visit| visit.made.as_ref()).find(|made| made.kind == kind);
        match made.map(|made| made.id) {
            Some(document) => drop(self.stage.tell(&Event::Linked { document, status: status.to_owned() })),
            None => self.fail(span, format!("the flow has made no `{kind}` so far")),
        }
    }

    fn advance(&mut self, span: units::Span, place: Span) {
        let until = self.setting.env.due(self.setting.flow.calendar.as_deref(), self.stage.now, span);
        for _ in 0..TIMERS_MAX {
            match self.stage.next_timer().filter(|(_, due)| *due <= until) {
                Some((number, _)) => drop(self.stage.fire(number)),
                None => {
                    self.stage.now = self.stage.now.max(until);
                    return;
                }
            }
            self.settle();
        }
        self.fail(place, format!("more than {TIMERS_MAX} timers fired"));
    }

    fn act(&mut self, span: Span, verb: &str, node: &Node) {
        let act = super::people::act(&self.stage.instance, verb, node, self.stage.history.len());
        let refused = self.stage.tell(&Event::Act(Box::new(act))).refused;
        let wanted = node.get("refused").and_then(Node::text);
        match (refused, wanted) {
            (None, Some(code)) => self.fail(span, format!("this is done, but it is expected to be refused as `{code}`")),
            (Some(refusal), None) => self.fail(span, format!("this is refused as `{}`: {}", refusal.code.word(), refusal.message)),
            (Some(refusal), Some(code)) if refusal.code.word() != code => {
                self.fail(span, format!("this is refused as `{}` ({}), but `{code}` is expected", refusal.code.word(), refusal.message));
            }
            (Some(refusal), Some(_)) => self.say(format!("`{verb}` is refused: {}", refusal.message)),
            (None, None) => {}
        }
    }

    fn command(&mut self, word: &str, output: Option<&Node>) {
        let command = match word {
            "retry" => Command::Retry,
            "skip" => Command::Skip,
            "cancel" => Command::Cancel,
            _ => Command::MarkDone { output: output.map_or(Json::Null, Node::to_json), proof: "test".to_owned() },
        };
        self.stage.tell(&Event::Command { command, exception: None, actor: "test".to_owned(), reason: Some("test".to_owned()) });
    }

    fn drift(&mut self, node: &Node) {
        let text = |key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
        let role = text("at").unwrap_or_default();
        let connection = self.stage.facts.binding.roles.get(&role).cloned().unwrap_or(role);
        let seen = DriftSeen {
            kind: text("drift").unwrap_or_default(),
            repair: node.span.offset.to_string(),
            asked: node.get("asked").and_then(Node::bool).unwrap_or(false),
            connection,
            external_id: text("id"),
            field: text("field"),
            ours: text("ours"),
            theirs: text("theirs"),
        };
        let command = Command::Repair(seen);
        self.stage.tell(&Event::Command { command, exception: None, actor: "reconciliation".to_owned(), reason: None });
    }

    // ---- expectations ----

    fn expect(&mut self, expect: &Expect, since: usize) {
        for (key, node) in expect.node.entries() {
            let (wanted, found) = match key.text.as_str() {
                "path" => (texts(node), self.stage.path()),
                "outcome" => (
                    vec![node.text().unwrap_or_default().to_owned()],
                    vec![self.stage.instance.outcome_word().unwrap_or("none").to_owned()],
                ),
                "status" => (vec![node.text().unwrap_or_default().to_owned()], vec![self.stage.status().to_owned()]),
                "holders" => (texts(node), super::people::holders(&self.stage.instance)),
                "round" => (vec![node.text().unwrap_or_default().to_owned()], vec![self.stage.instance.round.0.to_string()]),
                "reminded" => (texts(node), self.reminded(since)),
                "exceptions" => (texts(node), self.stage.exceptions.iter().map(|open| open.code.clone()).collect()),
                "calls" => {
                    self.expect_calls(node);
                    continue;
                }
                _ => continue,
            };
            if wanted != found {
                self.fail(node.span, format!("`{}` is [{}], but [{}] is expected", key.text, found.join(", "), wanted.join(", ")));
            }
        }
    }

    fn expect_calls(&mut self, node: &Node) {
        for (key, count) in node.entries() {
            let Some((role, operation)) = key.text.split_once('.') else { continue };
            let connection = self.stage.facts.binding.roles.get(role).cloned().unwrap_or_default();
            let found = self.stage.calls.get(&(connection, operation.to_owned())).copied().unwrap_or(0);
            if count.int() != Some(i64::from(found)) {
                let wanted = count.text().unwrap_or("?").to_owned();
                self.fail(key.span, format!("`{}` was called {found} times, but {wanted} is expected", key.text));
            }
        }
    }

    fn reminded(&self, since: usize) -> Vec<String> {
        let entries = self.stage.history[since.min(self.stage.history.len())..].iter().filter(|entry| entry.kind == "reminded");
        let mut people: Vec<String> = Vec::new();
        for person in entries.filter_map(|entry| entry.detail.get("to")).filter_map(Json::as_array).flatten().filter_map(Json::as_str) {
            if !people.iter().any(|known| known == person) {
                people.push(person.to_owned());
            }
        }
        people
    }

    fn finish(&mut self, case: &Case) {
        let expects_exceptions = case.expect.as_ref().is_some_and(|expect| expect.node.get("exceptions").is_some());
        let open = self.stage.outbox.iter().any(|open| open.phase != Phase::Stopped);
        if open {
            let waiting = self.waiting();
            self.fail(case.span, format!("the script is over, but {waiting}"));
        }
        if let Some(first) = self.stage.exceptions.first().filter(|_| !expects_exceptions) {
            let message = format!("an exception stands open: {} ({})", first.code, first.message);
            self.fail(case.span, message);
        }
        if let Some(expect) = &case.expect {
            self.expect(expect, 0);
        }
    }
}

fn texts(node: &Node) -> Vec<String> {
    node.items().iter().filter_map(Node::text).map(str::to_owned).collect()
}

/// Whether a look-up's output names anything at all.
fn holds_something(output: &Value) -> bool {
    match output {
        Value::Unset | Value::Null => false,
        Value::Map(map) => map.values().any(holds_something),
        Value::List(items) => !items.is_empty(),
        _ => true,
    }
}

/// Whether nothing but a notice: it goes out by itself.
fn is_notice(work: &Work) -> bool {
    matches!(work, Work::Notice { .. } | Work::Call { purpose: Purpose::Notice, .. })
}
