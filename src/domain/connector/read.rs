//! Reads a connector file: shape first, then declared types, then everything compiled against them.

use super::arguments::Arguments;
use super::auth::Auth;
use super::compiler::Compiler;
use super::connector::Connector;
use super::defaults::{self, Defaults};
use super::field;
use super::kind::ConnectorKind;
use super::lacks::{Has, Lacks};
use super::operation::Limits;
use super::proof::Proof;
use super::redact::Redaction;
use super::request::plain_millis;
use super::scopes::Scopes;
use super::stream::{Cursor, Stream, Window, check_cursor_type};
use super::tree::Tree;
use super::webhook::Webhook;
use super::{forms, quota, read_event, read_operation, read_reconcile, reference, rule, shape, types};
use crate::domain::diagnostic::Report;
use crate::domain::expression::ScopeType;
use crate::domain::text::shape::check;
use crate::domain::text::title::Title;
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::text::units;
use crate::domain::value::{ObjectType, Type, Value};
use indexmap::IndexMap;
use std::sync::Arc;

/// What operations declare, before any of them is compiled.
pub(super) struct Declared {
    operations: IndexMap<Arc<str>, DeclaredOperation>,
}

/// What one operation declares.
pub(super) struct DeclaredOperation {
    pub input: Arc<ObjectType>,
    pub defaults: Defaults,
    pub output: Arc<ObjectType>,
    pub is_read: bool,
    /// Whether it sends a list and is answered item by item.
    pub is_batch: bool,
}

impl Declared {
    pub(super) fn get(&self, name: &str) -> Option<&DeclaredOperation> {
        self.operations.get(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.operations.keys().map(AsRef::as_ref)
    }

    /// The operation that `operation:` names, which has to be a read: `only_reads` says who reads, for the words of the refusal.
    pub(super) fn read_named(&self, node: &Node, only_reads: &str, compiler: &mut Compiler<'_>) -> Option<(Arc<str>, &DeclaredOperation)> {
        let written = node.get("operation")?;
        let name = written.text()?;
        let Some(target) = self.get(name) else {
            compiler.unknown(written, "operation", name, self.names());
            return None;
        };
        if !target.is_read {
            compiler.error("wrong_type", written.span, format!("`{name}` is a write; {only_reads} only reads"));
        }
        Some((Arc::from(name), target))
    }
}

/// What events can be heard by.
pub(super) struct Sources<'a> {
    pub webhooks: &'a IndexMap<Arc<str>, Webhook>,
    pub streams: &'a IndexMap<Arc<str>, Stream>,
    /// The settings that are no secrets.
    pub settings: Type,
}

/// Reads a connector; none when it cannot be used. Every problem goes into the report.
pub fn read(node: &Node, report: &mut Report) -> Option<Connector> {
    let before = report.len();
    check(node, &shape::SHAPE, report);
    // Words of later kinds have no fields to read; the report already says so.
    let kind = ConnectorKind::of(node)?;
    let mut compiler = Compiler::new(report);
    let connector = compile(kind, node, &mut compiler);
    let sound = !has_errors_since(report, before);
    connector.filter(|_| sound)
}

fn has_errors_since(report: &Report, before: usize) -> bool {
    report.len() > before && report.has_errors()
}

fn compile(kind: &'static ConnectorKind, node: &Node, compiler: &mut Compiler<'_>) -> Option<Connector> {
    let id = node.get("connector").and_then(Node::text)?;
    let settings = Arc::new(compiler.inside("settings", |compiler| types::read_object("settings", node.get("settings"), compiler)));
    let defaults = read_defaults(node.get("settings"), &settings, compiler);
    let scopes = Scopes::new(settings.clone());
    let reach = kind.reach(node, &scopes, compiler);
    let auth = match node.get("auth") {
        Some(auth) => compiler.inside("auth", |compiler| Auth::compile(auth, &scopes, compiler)),
        None => Some(Auth::NONE),
    };
    let limits = read_limits(node.get("limits"), compiler);
    let remaining = node.get("limits").and_then(|limits| limits.get("remaining"));
    let remaining = compiler.inside("limits", |compiler| quota::compile_remaining(remaining, compiler));
    let responses = rule::compile_all(node.get("responses"), &scopes.response(None), compiler);
    let declared = declare(node.get("operations"), compiler);
    let operations =
        compiler.inside("operations", |compiler| read_operation::read_all(kind, node.get("operations"), &declared, &scopes, compiler));
    let webhooks = compiler.inside("webhooks", |compiler| read_webhooks(node.get("webhooks"), &settings, compiler));
    let streams = compiler.inside("streams", |compiler| read_streams(node.get("streams"), &declared, compiler));
    let sources = Sources { webhooks: &webhooks, streams: &streams, settings: Type::Object(Arc::new(settings.without_secrets())) };
    let events = compiler.inside("events", |compiler| read_event::read_all(node.get("events"), &declared, &sources, compiler));
    let reconcile =
        compiler.inside("reconcile", |compiler| read_reconcile::read_all(node.get("reconcile"), &declared, &operations, compiler));
    let forms = compiler.inside("forms", |compiler| forms::read_all(node.get("forms"), &declared, compiler));
    let statuses = read_statuses(node.get("statuses"));
    let can = node.get("can").map(Node::entries).unwrap_or_default();
    let can = can.iter().filter_map(|(key, value)| Some((Arc::from(key.text.as_str()), value.bool()?))).collect();
    let has = Has { operations: &operations, events: !events.is_empty(), forms: !forms.is_empty() };
    let lacks = compiler.inside("lacks", |compiler| Lacks::read(node.get("lacks"), &has, compiler));
    let redact = compiler.inside("redact", |compiler| Redaction::compile(node.get("redact"), compiler));
    let proof = compiler.inside("proof", |compiler| Proof::read(node.get("proof"), compiler));
    Some(Connector {
        id: Arc::from(id),
        title: Title::read(node.get("title")),
        settings,
        defaults,
        reach: reach?,
        auth: auth?,
        limits,
        remaining,
        responses,
        operations,
        webhooks,
        streams,
        events,
        statuses,
        reconcile,
        forms,
        can,
        lacks,
        redact,
        proof,
    })
}

fn read_defaults(node: Option<&Node>, settings: &ObjectType, compiler: &mut Compiler<'_>) -> IndexMap<Arc<str>, Value> {
    let mut found = IndexMap::new();
    for (key, value) in node.map(Node::entries).unwrap_or_default() {
        let (Some(default), Some(field)) = (value.get("default"), settings.fields.get(key.text.as_str())) else { continue };
        let read = compiler.inside(&format!("settings.{}", key.text), |compiler| defaults::read_one(&key.text, default, field, compiler));
        found.extend(read.map(|value| (Arc::from(key.text.as_str()), value)));
    }
    found
}

/// Reads `limits:`; connections use it too.
pub(super) fn read_limits(node: Option<&Node>, compiler: &mut Compiler<'_>) -> Limits {
    let Some(node) = node else { return Limits::default() };
    let rates = match node.get("rate") {
        Some(rate) => match &rate.kind {
            NodeKind::List(items) => items.iter().filter_map(|item| units::rate(item.text()?)).collect(),
            _ => rate.text().and_then(units::rate).into_iter().collect(),
        },
        None => Vec::new(),
    };
    let written = node.get("concurrency");
    let concurrency = written.and_then(Node::int).and_then(|count| u32::try_from(count).ok()).filter(|count| (1..=1_000).contains(count));
    if let (Some(written), None) = (written, concurrency) {
        compiler.error("bad_value", written.span, "`concurrency` is between 1 and 1000");
    }
    Limits { rates, concurrency }
}

fn declare(node: Option<&Node>, compiler: &mut Compiler<'_>) -> Declared {
    let mut operations = IndexMap::new();
    for (key, operation) in node.map(Node::entries).unwrap_or_default() {
        let name = key.text.as_str();
        let declared = compiler.inside(&format!("operations.{name}"), |compiler| {
            let input = compiler.inside("input", |compiler| types::read_object(name, operation.get("input"), compiler));
            DeclaredOperation {
                defaults: compiler.inside("input", |compiler| Defaults::compile(operation.get("input"), &input, compiler)),
                input: Arc::new(input),
                output: Arc::new(compiler.inside("output", |compiler| field::declare(name, operation.get("output"), compiler))),
                is_read: operation.get("effect").and_then(Node::text) == Some("read"),
                is_batch: operation.get("batch").is_some(),
            }
        });
        operations.insert(Arc::from(name), declared);
    }
    reference::narrow(node, &mut operations, compiler);
    Declared { operations }
}

fn read_webhooks(node: Option<&Node>, settings: &ObjectType, compiler: &mut Compiler<'_>) -> IndexMap<Arc<str>, Webhook> {
    let entries = node.map(Node::entries).unwrap_or_default();
    let read = entries.iter().filter_map(|(key, webhook)| {
        let webhook = compiler.inside(&key.text, |compiler| Webhook::compile(&key.text, webhook, settings, compiler))?;
        Some((Arc::from(key.text.as_str()), webhook))
    });
    read.collect()
}

fn read_streams(node: Option<&Node>, declared: &Declared, compiler: &mut Compiler<'_>) -> IndexMap<Arc<str>, Stream> {
    let entries = node.map(Node::entries).unwrap_or_default();
    let read = entries.iter().filter_map(|(key, stream)| {
        let stream = compiler.inside(&key.text, |compiler| read_stream(&key.text, stream, declared, compiler))?;
        Some((Arc::from(key.text.as_str()), stream))
    });
    read.collect()
}

fn read_stream(name: &str, node: &Node, declared: &Declared, compiler: &mut Compiler<'_>) -> Option<Stream> {
    let written = node.get("operation")?;
    let operation = written.text()?;
    let Some(target) = declared.get(operation) else {
        compiler.unknown(written, "operation", operation, declared.names());
        return None;
    };
    if !target.is_read {
        compiler.error("wrong_type", written.span, format!("`{operation}` is a write; a stream only reads"));
    }
    let each = node.get("each")?;
    let item = match target.output.fields.get(each.text()?).map(|field| &field.of) {
        Some(Type::List(item, _)) => item.as_ref().clone(),
        Some(other) => {
            compiler.error("expression_type", each.span, format!("a stream runs over a list, but this is {}", other.name()));
            return None;
        }
        None => {
            compiler.unknown_field(each.span, each.text()?, &target.output);
            return None;
        }
    };
    let scope = ScopeType::default().with("item", item);
    let reference = read_reference(node.get("ref")?, &scope, compiler)?;
    let told = |key: &str, of: &Type, compiler: &mut Compiler<'_>| match node.get(key) {
        Some(written) => compiler.inside(key, |compiler| compiler.typed(written, &scope, of)).map(Some),
        None => Some(None),
    };
    let id = told("id", &Type::Text, compiler)?;
    let payload = told("payload", &Type::Any, compiler)?;
    let cursor = match node.get("cursor") {
        Some(cursor) => Some(compiler.inside("cursor", |compiler| read_cursor(cursor, target, &scope, compiler))?),
        None => None,
    };
    let mut elsewhere: Vec<&str> = cursor.iter().map(|cursor| cursor.argument.as_ref()).collect();
    elsewhere.extend(cursor.iter().filter_map(|cursor| cursor.window.as_ref()).map(|window| window.argument.as_ref()));
    let with = Arguments::compile_beside_all(node.get("with"), node, &target.input, &elsewhere, &ScopeType::default(), compiler);
    let every = node.get("every")?;
    let every_millis = plain_millis(Some(every), compiler)?;
    if every_millis < super::stream::EVERY_MIN_MILLIS {
        compiler.error("bad_value", every.span, "`every` is at least `1s`: a partner is not asked all the time");
    }
    Some(Stream {
        name: Arc::from(name),
        operation: Arc::from(operation),
        with,
        each: Arc::from(each.text()?),
        reference,
        id,
        payload,
        cursor,
        every_millis,
    })
}

fn read_reference(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<IndexMap<Arc<str>, Tree>> {
    let entries = node.entries();
    let trees: IndexMap<_, _> = entries
        .iter()
        .filter_map(|(key, tree)| {
            let tree = compiler.inside(&format!("ref.{}", key.text), |compiler| Tree::compile(tree, scope, compiler))?;
            Some((Arc::from(key.text.as_str()), tree))
        })
        .collect();
    (trees.len() == entries.len()).then_some(trees)
}

fn read_cursor(node: &Node, target: &DeclaredOperation, item: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Cursor> {
    let argument = node.get("argument")?;
    let name = argument.text()?;
    let Some(field) = target.input.fields.get(name) else {
        compiler.unknown_field(argument.span, name, &target.input);
        return None;
    };
    check_cursor_type(&field.of, argument.span, compiler);
    let value = match node.get("value") {
        Some(value) => Some(compiler.inside("value", |compiler| compiler.typed(value, item, &field.of))?),
        None if field.of == Type::Int => {
            compiler.error("missing_key", node.span, "a cursor that counts needs `value`").hint("add `value: item.id` or the like");
            None
        }
        None => None,
    };
    let overlap_millis = plain_millis(node.get("overlap"), compiler).unwrap_or(120_000);
    let window = read_window(node, target, overlap_millis, compiler)?;
    Some(Cursor {
        argument: Arc::from(name),
        of: field.of.clone(),
        value,
        overlap_millis,
        window,
        initial_millis: plain_millis(node.get("initial"), compiler).unwrap_or(86_400_000),
        ordered: node.get("ordered").and_then(Node::bool).unwrap_or(false),
    })
}

/// None when something is wrong; an inner none where a reading has no end.
fn read_window(node: &Node, target: &DeclaredOperation, overlap_millis: u64, compiler: &mut Compiler<'_>) -> Option<Option<Window>> {
    let Some(until) = node.get("until") else {
        if let Some(alone) = node.get("window").or_else(|| node.get("lag")) {
            compiler.error("missing_key", alone.span, "`until` names the argument for the end; without it there is none");
            return None;
        }
        return Some(None);
    };
    let name = until.text()?;
    match target.input.fields.get(name) {
        Some(field) if field.of == Type::Instant => {}
        Some(_) => {
            compiler.error("expression_type", until.span, format!("the end of a reading is an instant, which `{name}` is not declared"));
            return None;
        }
        None => {
            compiler.unknown_field(until.span, name, &target.input);
            return None;
        }
    }
    if let Some(value) = node.get("value") {
        compiler
            .error("wrong_type", value.span, "with `until` the next reading begins where this one ended, whatever its items say")
            .hint("leave `value` out");
        return None;
    }
    let most_millis = plain_millis(node.get("window"), compiler);
    if let Some(window) = node.get("window").filter(|_| most_millis.is_some_and(|most| most <= overlap_millis)) {
        compiler.error("bad_value", window.span, "a window that is not longer than the overlap would never move on");
        return None;
    }
    let lag_millis = plain_millis(node.get("lag"), compiler).unwrap_or(0);
    Some(Some(Window { argument: Arc::from(name), most_millis, lag_millis }))
}

fn read_statuses(node: Option<&Node>) -> IndexMap<Arc<str>, IndexMap<Arc<str>, Arc<str>>> {
    let entries = node.map(Node::entries).unwrap_or_default();
    let table = |node: &Node| {
        let rows = node.entries().iter();
        rows.filter_map(|(theirs, ours)| Some((Arc::from(theirs.text.as_str()), Arc::from(ours.text()?)))).collect()
    };
    entries.iter().map(|(document, rows)| (Arc::from(document.text.as_str()), table(rows))).collect()
}
