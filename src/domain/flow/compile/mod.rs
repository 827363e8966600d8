//! From a flow as written to a flow that runs: every name, type and path is checked here, so that `decide` meets no surprise
//! that a file could have shown.
//!
//! Two passes: `declare` walks the tree and gives every step its place, id and output type; then every step is compiled
//! against the scope that results.

mod check;
mod declare;
mod parts;
mod paths;
mod scope;
mod signature;
mod tables;
mod unset;

pub use check::fits;
pub(in crate::domain::flow) use check::{Operation, common};
pub(in crate::domain::flow) use declare::EXPIRE;
pub use declare::{Child, Declared};
pub(in crate::domain::flow) use scope::object;
pub use signature::signature;

use super::definition::Definition;
use super::environment::{DocumentInfo, FlowEnvironment};
use super::flow::{Flow, Policy, Reaction, Step, Trigger};
use super::people::FieldRight;
use super::people::verbs::withdraw::Withdrawal;
use super::start::{Start, StartOn};
use super::steps::{self, Kind};
use super::tables::Tables;
use super::within::Within;
use crate::domain::diagnostic::{Hint, Report, Span};
use crate::domain::expression::ScopeType;
use crate::domain::text::title::Title;
use crate::domain::text::tree::Node;
use crate::domain::value::Type;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Works on one flow.
pub struct Compiler<'a> {
    /// What the flow may refer to.
    pub env: &'a FlowEnvironment,
    /// Where problems go.
    pub report: &'a mut Report,
    pub(super) document: Option<&'a DocumentInfo>,
    pub(super) document_kind: &'a str,
    pub(super) declared: Vec<Declared<'a>>,
    pub(super) blocks: Vec<Vec<usize>>,
    pub(super) by_id: HashMap<String, usize>,
    /// The flow's calendar.
    pub(super) flow_calendar: Option<String>,
    /// The calendar of the step at hand.
    pub(super) clock: Option<String>,
    /// The longest working time by calendar, in working days.
    pub(super) working_days: BTreeMap<String, u32>,
    /// Whether the flow only ever runs as a step of another.
    pub(super) always_subflow: bool,
    /// Whether it may run so.
    pub(super) may_be_subflow: bool,
    /// What a parent gives.
    pub(super) inputs: Vec<(String, Type)>,
    /// Decision tables that something looks at.
    pub(super) tables: BTreeSet<String>,
}

/// One step while it is compiled.
pub struct StepContext<'a> {
    /// Its index.
    pub index: usize,
    /// Its text.
    pub node: &'a Node,
    /// Blocks inside it and their labels.
    pub children: Vec<(Option<String>, usize)>,
    /// What its expressions see.
    pub scope: ScopeType,
    /// Types of the names under `with`.
    pub with: Vec<(String, Type)>,
    /// The document type it is about.
    pub document: String,
}

impl Flow {
    /// Compiles a definition. None when it cannot run; every problem is in the report.
    pub fn compile(definition: &Definition, env: &FlowEnvironment, report: &mut Report) -> Option<Flow> {
        let before = report.has_errors();
        let node = &definition.node;
        let mut compiler = Compiler {
            env,
            report,
            document: env.documents.get(&definition.document.value),
            document_kind: &definition.document.value,
            declared: Vec::new(),
            blocks: Vec::new(),
            by_id: HashMap::new(),
            tables: BTreeSet::new(),
            inputs: signature::inputs(&definition.node),
            always_subflow: signature::always(&definition.node),
            may_be_subflow: signature::signature(&definition.node).is_some_and(|signature| signature.is_subflow),
            flow_calendar: None,
            clock: None,
            working_days: BTreeMap::new(),
        };
        let flow = compiler.flow(definition, node);
        (before || !compiler.report.has_errors()).then_some(flow).filter(|_| !report.has_errors())
    }
}

impl<'a> Compiler<'a> {
    fn flow(&mut self, definition: &'a Definition, node: &'a Node) -> Flow {
        if self.document.is_none() {
            self.unknown("document type", &definition.document.value, definition.document.span, self.env.documents.keys());
        }
        let reactions = self.declare(node);
        self.require_owner(definition, node);
        let starts = self.starts(node);
        let calendar = self.calendar(node);
        self.flow_calendar.clone_from(&calendar);
        let mut steps: Vec<Step> = (0..self.declared.len()).map(|index| self.step(index)).collect();
        self.form_rights(&starts, &mut steps);
        let mut flow = Flow {
            id: definition.id.value.clone(),
            title: Title::read(node.get("title")),
            document: definition.document.value.clone(),
            row: None,
            owner: self.who(node.get("owner")),
            co_managers: self.co_managers(node.get("co_managers")),
            priority: priority(node.get("priority").and_then(Node::text)),
            calendar,
            working_days: std::mem::take(&mut self.working_days),
            starts,
            steps,
            blocks: std::mem::take(&mut self.blocks),
            policies: self.policies(node.get("on_error")),
            reactions: Vec::new(),
            tables: Tables::new(),
            within: None,
            withdrawal: Withdrawal::read(node.get("withdraw").and_then(Node::text)),
            inputs: object("input", self.inputs.iter().cloned()),
            outputs: Vec::new(),
            by_id: std::mem::take(&mut self.by_id),
            document_key: self.document.map_or_else(String::new, |document| document.key.clone()),
            document_type: self.document.map_or(Type::Any, |document| document.of.clone()),
            notices: self.tells(node.get("notices")),
            shown_in: self.centres(node.get("shown_in")),
        };
        for (frame, node) in reactions {
            let reaction = self.reaction(frame, node, &mut flow);
            flow.reactions.extend(reaction);
        }
        flow.outputs = self.outputs_of(node);
        flow.within = node.get("within").filter(|_| !self.declared.is_empty()).map(|within| {
            let scope = self.step_scope(0, self.document_kind);
            Within::compile(self, within, &scope)
        });
        flow.tables = self.use_tables(definition.id.span);
        if !self.report.has_errors() {
            paths::check(&flow, node, self.report);
            unset::check(&flow, self.report);
        }
        flow
    }

    /// Every step may stop for a person, so every flow has one: its own, or one per step.
    fn require_owner(&mut self, definition: &Definition, node: &Node) {
        let lacks =
            |declared: &Declared<'_>| declared.frame.is_none() && steps::may_stop(declared.node) && declared.node.get("owner").is_none();
        if node.get("owner").is_none() && self.declared.iter().any(lacks) {
            self.report
                .error("missing_owner", definition.id.span, "the flow has no `owner`: an exception of one of its steps would be nobody's")
                .hint("add `owner: {role: …}`");
        }
    }

    fn calendar(&mut self, node: &Node) -> Option<String> {
        let calendar = node.get("calendar")?;
        let name = calendar.text()?;
        if !self.env.calendars.contains(name) {
            self.unknown("calendar", name, calendar.span, self.env.calendars.iter());
        }
        Some(name.to_owned())
    }

    fn starts(&mut self, node: &'a Node) -> Vec<Start> {
        for (role, _) in node.get("untold").map(Node::entries).unwrap_or_default() {
            if !self.env.roles.contains_key(&role.text) {
                self.unknown("role", &role.text, role.span, self.env.roles.keys());
            }
        }
        let mut starts = Vec::new();
        if let Some(list) = node.get("start").filter(|list| list.items().is_empty()) {
            self.report
                .error("missing_key", list.span, "nothing starts the flow")
                .hint("add a start, such as `{event: role.event}` or `{api: true}`");
        }
        for start in node.get("start").map(Node::items).unwrap_or_default() {
            let Some(on) = self.start_on(start) else { continue };
            let scope = self.start_scope();
            let when = start.get("when").and_then(|when| self.condition(when, &scope));
            starts.push(Start { on, when });
        }
        starts
    }

    fn start_on(&mut self, start: &Node) -> Option<StartOn> {
        if let Some(form) = start.get("form") {
            return self.start_form(form);
        }
        if let Some(created) = start.get("created") {
            return Some(StartOn::Created(created.text()?.to_owned()));
        }
        for (key, on) in [("api", StartOn::Api), ("subflow", StartOn::Subflow)] {
            let Some(flag) = start.get(key) else { continue };
            if flag.bool() != Some(true) {
                self.report.error("bad_value", flag.span, format!("`{key}` is `true`")).hint("leave the start out instead");
            }
            return Some(on);
        }
        let event = start.get("event")?;
        let (role, name, info) = self.event(event)?;
        if info.document.as_deref() != Some(self.document_kind) {
            let made = info.document.as_deref().unwrap_or("no document");
            let message = format!("`{role}.{name}` makes {made}, but this flow is for {}", self.document_kind);
            self.report.error("wrong_source", event.span, message);
        }
        Some(StartOn::Event { role, event: name })
    }

    /// What the forms that begin the flow say of their fields at a step holds for its tasks, as far as the step says nothing.
    fn form_rights(&self, starts: &[Start], steps: &mut [Step]) {
        let forms = starts.iter().filter_map(|start| match &start.on {
            StartOn::Form(form) => self.env.forms.get(form),
            _ => None,
        });
        let forms: Vec<_> = forms.collect();
        for step in steps {
            let (Kind::Approve(asks) | Kind::Task(asks)) = &mut step.kind else { continue };
            let mut given: BTreeMap<&String, FieldRight> = BTreeMap::new();
            for (path, right) in forms.iter().flat_map(|form| form.rights.get(&step.id).into_iter().flatten()) {
                // Where two forms differ, the narrower holds.
                given.entry(path).and_modify(|known| *known = (*known).max(*right)).or_insert(*right);
            }
            for (path, right) in given {
                asks.fields.entry(path.clone()).or_insert(right);
            }
        }
    }

    fn start_form(&mut self, form: &Node) -> Option<StartOn> {
        let name = form.text()?;
        let env = self.env;
        match env.forms.get(name) {
            Some(info) if info.document == self.document_kind => {}
            Some(info) => {
                let message = format!("the form `{name}` makes {}, but this flow is for {}", info.document, self.document_kind);
                self.report.error("wrong_source", form.span, message);
            }
            None => self.unknown("form", name, form.span, env.forms.keys()),
        }
        Some(StartOn::Form(name.to_owned()))
    }

    fn step(&mut self, index: usize) -> Step {
        let declared = self.declared[index].clone();
        let node = declared.node;
        let document = self.document_of(index);
        let mut scope = self.step_scope(index, &document);
        let mut with = Vec::new();
        let mut names = Vec::new();
        for (key, value) in node.get("with").map(Node::entries).unwrap_or_default() {
            if let Some(expression) = self.expression(value, &scope) {
                with.push((key.text.clone(), expression.expression.result_type().clone()));
                names.push((key.text.clone(), expression));
            }
        }
        let when = node.get("when").filter(|_| declared.frame.is_none()).and_then(|when| self.condition(when, &scope));
        for (name, of) in &with {
            scope = scope.with(name, of.clone());
        }
        let context = StepContext { index, node, children: declared.children.clone(), scope, with, document };
        let calendar = self.calendar(node);
        self.clock = calendar.clone().or_else(|| self.flow_calendar.clone());
        let kind = match declared.frame {
            Some(number) => Some(Kind::Reaction(number)),
            None => steps::word_of(node).and_then(|word| (word.compile)(self, &context)),
        };
        Step {
            id: declared.id.clone(),
            title: Title::read(node.get("title")),
            span: node.span,
            block: declared.block,
            position: declared.position,
            children: declared.children.iter().map(|(_, block)| *block).collect(),
            // A step that could not be compiled never runs: the report holds an error then.
            kind: kind.unwrap_or(Kind::Restart),
            when,
            with: names,
            about: node.get("for").and_then(Node::text).map(str::to_owned),
            sets: self.sets(node, &context.document),
            owner: self.who(node.get("owner")),
            timeout: self.duration(node.get("timeout")),
            notices: self.tells(node.get("notices")),
            calendar,
            retry_for_millis: node.get("retry").and_then(|retry| self.plain_time(retry)),
            policies: self.policies(node.get("on_error")),
            output: declared.output,
        }
    }

    fn sets(&mut self, node: &Node, document: &str) -> Option<String> {
        let sets = node.get("sets")?;
        let status = sets.text()?;
        self.check_status(document, status, sets.span);
        Some(status.to_owned())
    }

    fn reaction(&mut self, frame: usize, node: Option<&'a Node>, flow: &mut Flow) -> Option<Reaction> {
        let takes_over = paths::takes_over(flow, frame);
        let Some(node) = node else {
            return Some(Reaction {
                trigger: match flow.steps.get(frame).map(|step| step.id.as_str()) {
                    Some(declare::WITHDRAW) => Trigger::Withdraw,
                    Some(declare::EXPIRE) => Trigger::Expire,
                    _ => Trigger::Cancel,
                },
                while_running: true,
                on_request: false,
                when: None,
                frame,
                takes_over: true,
                by_initiator: false,
            });
        };
        if let Some(verb) = node.get("verb").filter(|verb| verb.text() == Some("withdraw") && flow.withdrawal == Withdrawal::Never) {
            self.report
                .error("bad_value", verb.span, "this never comes: nobody withdraws instances of a flow whose `withdraw` is `never`")
                .hint("leave the reaction out, or write `before_first_decision`");
        }
        let trigger = match node.get("revision").and_then(Node::text) {
            Some("changed") => Trigger::Changed,
            Some(_) => Trigger::Withdrawn,
            None if node.get("verb").is_some() => Trigger::Verb(node.get("verb").and_then(Node::text)?.to_owned()),
            None if node.get("drift").is_some() => {
                if let Some(step) = flow.steps.get_mut(frame) {
                    step.output = scope::drift_output();
                }
                let at = node.get("at")?;
                let role = at.text()?.to_owned();
                if !self.env.roles.contains_key(&role) {
                    self.unknown("role", &role, at.span, self.env.roles.keys());
                }
                Trigger::Drift { kind: node.get("drift").and_then(Node::text)?.to_owned(), role }
            }
            None => {
                let (role, event, info) = self.event(node.get("event")?)?;
                if let Some(step) = flow.steps.get_mut(frame) {
                    step.output = info.output;
                }
                Trigger::Event { role, event }
            }
        };
        let scope = self.step_scope(frame, self.document_kind);
        Some(Reaction {
            trigger,
            while_running: node.get("while").is_some(),
            on_request: node.get("on_request").and_then(Node::bool).unwrap_or(false),
            when: node.get("when").and_then(|when| self.condition(when, &scope)),
            frame,
            takes_over,
            by_initiator: node.get("by").and_then(Node::text) == Some("initiator"),
        })
    }
}

fn priority(word: Option<&str>) -> i16 {
    match word {
        Some("high") => 0,
        Some("low") => 2,
        _ => 1,
    }
}

impl StepContext<'_> {
    /// Whether nobody wrote this step (the operator's cancel).
    pub(super) fn is_generated(&self, compiler: &Compiler<'_>) -> bool {
        compiler.declared.get(self.index).is_some_and(|declared| declared.id.starts_with("command."))
    }
}

impl<'a> Compiler<'a> {
    /// The document type of the flow.
    pub(super) fn document_kind(&self) -> &'a str {
        self.document_kind
    }

    /// Whether the flow may run as a step of another.
    pub(super) fn may_be_subflow(&self) -> bool {
        self.may_be_subflow
    }

    /// Whether the flow only ever runs as a step of another.
    pub(super) fn is_always_subflow(&self) -> bool {
        self.always_subflow
    }

    /// The text of a step.
    pub(super) fn text_of(&self, id: &str) -> Option<&'a Node> {
        self.by_id.get(id).and_then(|index| self.declared.get(*index)).map(|declared| declared.node)
    }

    /// Ids that somebody wrote.
    pub(super) fn step_ids(&self) -> Vec<String> {
        self.declared.iter().map(|declared| declared.id.clone()).filter(|id| !id.contains('.')).collect()
    }

    /// Reports a step that is not there.
    pub(super) fn unknown_step(&mut self, id: &str, span: Span, known: &[String]) {
        let near = crate::domain::diagnostic::did_you_mean(id, known.iter().map(String::as_str));
        let hint = near.map_or_else(|| "name a step of this flow".into(), Hint::meant);
        self.report.error("unknown_step", span, format!("there is no step `{id}`")).hint(hint);
    }
}

impl Compiler<'_> {
    /// Reports an unknown name with the nearest known one.
    pub fn unknown<'k>(&mut self, what: &str, name: &str, span: Span, known: impl Iterator<Item = &'k String>) {
        let known: Vec<&str> = known.map(String::as_str).collect();
        let near = crate::domain::diagnostic::did_you_mean(name, known.iter().copied());
        let hint = match near {
            Some(near) => Hint::meant(near),
            None if known.is_empty() => format!("no {what} is defined").into(),
            None => format!("known: {}", known.iter().take(20).copied().collect::<Vec<_>>().join(", ")).into(),
        };
        self.report.error("unknown_definition", span, format!("there is no {what} `{name}`")).hint(hint);
    }

    /// The policies under `on_error`.
    pub(super) fn policies(&mut self, node: Option<&Node>) -> Vec<Policy> {
        let rows = node.map(Node::items).unwrap_or_default();
        for (index, row) in rows.iter().enumerate() {
            let cause = row.get("cause").and_then(Node::text);
            if cause.is_some() && rows[..index].iter().any(|earlier| earlier.get("cause").and_then(Node::text) == cause) {
                let message = format!("`{}` has a policy already, so this one never counts", cause.unwrap_or_default());
                self.report.error("duplicate_key", row.span, message).hint("keep one of the two");
            }
        }
        rows.iter().filter_map(|row| self.policy(row)).collect()
    }
}
