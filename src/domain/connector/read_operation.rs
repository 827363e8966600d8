//! Reads operations: requests or steps, and what makes them safe.

use super::arguments::Arguments;
use super::batch::{self, Batch, ItemType};
use super::compiler::Compiler;
use super::decode::Decode;
use super::field::Fields;
use super::idempotency::{self, Around, Idempotency};
use super::kind::{Asked, ConnectorKind};
use super::operation::{Body, Effect, Operation, OperationStep, Readback, Reverse, Version};
use super::page::Page;
use super::poll::Poll;
use super::read::{Declared, DeclaredOperation, read_limits};
use super::request::{check_header, plain_millis};
use super::results::Results;
use super::rule;
use super::scopes::{Scopes, response_type};
use super::tree::Tree;
use super::types::object;
use crate::domain::diagnostic::Report;
use crate::domain::expression::{Place, ScopeType};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::{ObjectType, Type, TypeField};
use indexmap::IndexMap;
use std::sync::Arc;

/// Reads all operations against what they declare.
pub(super) fn read_all(
    kind: &'static ConnectorKind,
    node: Option<&Node>,
    declared: &Declared,
    scopes: &Scopes,
    compiler: &mut Compiler<'_>,
) -> IndexMap<Arc<str>, Operation> {
    let entries = node.map(Node::entries).unwrap_or_default();
    let mut operations = IndexMap::new();
    for (key, operation) in entries {
        let Some(own) = declared.get(&key.text) else { continue };
        let reader = Reader { kind, name: &key.text, own, declared, scopes };
        if let Some(operation) = compiler.inside(&key.text, |compiler| reader.read(operation, compiler)) {
            operations.insert(operation.name.clone(), operation);
        }
    }
    check_cycles(entries, compiler);
    operations
}

struct Reader<'a> {
    kind: &'static ConnectorKind,
    name: &'a str,
    own: &'a DeclaredOperation,
    declared: &'a Declared,
    scopes: &'a Scopes,
}

impl Reader<'_> {
    fn read(&self, node: &Node, compiler: &mut Compiler<'_>) -> Option<Operation> {
        let effect = if self.own.is_read { Effect::Read } else { Effect::Write };
        let request_scope = self.scopes.request(&self.own.input);
        let batch = self.read_batch(node, effect, compiler)?;
        let (body, output_scope) = self.read_body(node, (&request_scope, &self.scopes.open(&self.own.input)), batch.as_ref(), compiler)?;
        let output =
            compiler.inside("output", |compiler| Fields::compile(node.get("output"), self.own.output.clone(), &output_scope, compiler));
        let page = match node.get("page") {
            Some(page) if matches!(body, Body::Request(_)) => {
                Some(compiler.inside("page", |compiler| Page::compile(page, output.rows().is_some(), compiler))?)
            }
            Some(page) => {
                compiler
                    .error("wrong_type", page.span, "an operation made of steps has no pages of its own")
                    .hint("page the operation it calls");
                None
            }
            None => None,
        };
        let results = match node.get("results") {
            Some(results) if matches!(body, Body::Request(_)) && effect == Effect::Write => {
                let response = self.scopes.response(Some(&self.own.input));
                Some(compiler.inside("results", |compiler| Results::compile(results, &response, compiler))?)
            }
            Some(results) => {
                compiler.error("wrong_type", results.span, "only a write of one request has results of its items");
                None
            }
            None => None,
        };
        let poll = match node.get("poll") {
            Some(poll) if matches!(body, Body::Request(_)) && page.is_none() => {
                let response = self.scopes.response(Some(&self.own.input));
                Some(compiler.inside("poll", |compiler| Poll::compile(poll, &response, compiler))?)
            }
            Some(poll) => {
                compiler
                    .error("wrong_type", poll.span, "only an operation of one request without pages has an outcome to ask for")
                    .hint("make the request an operation of its own");
                None
            }
            None => None,
        };
        self.check_words_of_http(node, compiler);
        if let (Some(page), Effect::Write) = (node.get("page"), effect) {
            compiler.error("wrong_type", page.span, "a write has no pages");
        }
        Some(Operation {
            name: Arc::from(self.name),
            effect,
            input: self.own.input.clone(),
            defaults: self.own.defaults.clone(),
            idempotency: self.read_idempotency(node, effect, &request_scope, batch.as_ref(), compiler)?,
            readback: self.read_readback(node, compiler),
            reverse: self.read_reverse(node, compiler),
            version: self.read_version(node, &request_scope, compiler),
            responses: rule::compile_all(node.get("responses"), &self.scopes.response(Some(&self.own.input)), compiler),
            limits: read_limits(node.get("limits"), compiler),
            decode: self.read_decode(node, &body, compiler),
            timeout_millis: plain_millis(node.get("timeout"), compiler),
            carries_secrets: self.carries_secrets(node, compiler),
            body,
            output,
            page,
            poll,
            results,
            batch: batch.map(|(batch, _)| batch),
        })
    }

    /// None when something is wrong; an inner none where there is no batch.
    fn read_batch(&self, node: &Node, effect: Effect, compiler: &mut Compiler<'_>) -> Option<Option<(Batch, ItemType)>> {
        let Some(written) = node.get("batch") else { return Some(None) };
        if effect == Effect::Read || node.get("request").is_none() {
            compiler.error("wrong_type", written.span, "only a write of one request sends a list that is answered item by item");
            return None;
        }
        for word in ["results", "version"] {
            if let Some(other) = node.get(word) {
                let message = format!("`{word}` is about a request as a whole, and `batch` about each of its items");
                compiler.error("wrong_type", other.span, message).hint("keep one of them");
            }
        }
        if node.get("request").is_some_and(|request| !idempotency::carries(request, batch::SENT)) {
            compiler
                .error("missing_key", written.span, "the request sends no items")
                .hint(format!("write `{{value: {}}}` where the partner takes the list", batch::SENT));
        }
        compiler.inside("batch", |compiler| Batch::compile(written, self.own, self.scopes, compiler)).map(Some)
    }

    /// What stands in headers and links has no place where there are none.
    fn check_words_of_http(&self, node: &Node, compiler: &mut Compiler<'_>) {
        if self.kind.is_http() {
            return;
        }
        if let Some(poll) = node.get("poll") {
            compiler.error("wrong_type", poll.span, "an outcome is asked for at a URL, which this kind of connector does not have");
        }
        if let Some(version) = node.get("version") {
            compiler
                .error("wrong_type", version.span, "a version goes back in a header, which this kind of connector does not have")
                .hint("hand it over as an argument of the request");
        }
        if let Some(page) = node.get("page").filter(|page| page.get("kind").and_then(Node::text) == Some("next_link")) {
            compiler
                .error("wrong_type", page.span, "a next link is a URL, which this kind of connector does not follow")
                .hint("use `keyset` or `offset`");
        }
    }

    fn read_decode(&self, node: &Node, body: &Body, compiler: &mut Compiler<'_>) -> Decode {
        if let (Some(decode), Body::Steps(_)) = (node.get("decode"), body) {
            compiler
                .error("wrong_type", decode.span, "an operation made of steps has no answer of its own to decode")
                .hint("decode that of the operation it calls");
            return Decode::default();
        }
        Decode::compile(node.get("decode"), compiler)
    }

    fn read_body(
        &self,
        node: &Node,
        (scope, open): (&ScopeType, &ScopeType),
        batch: Option<&(Batch, ItemType)>,
        compiler: &mut Compiler<'_>,
    ) -> Option<(Body, ScopeType)> {
        match (node.get("request"), node.get("steps")) {
            (Some(request), None) => {
                let effect = if self.own.is_read { Effect::Read } else { Effect::Write };
                let seen = match batch {
                    Some(_) => scope.clone().with("batch", batch::sent_type()),
                    None => scope.clone(),
                };
                let asked = Asked { scope: &seen, scopes: self.scopes, effect };
                let request = compiler.inside("request", |compiler| self.kind.request(request, &asked, compiler))?;
                let output = match batch {
                    // Of many answers none is the answer; what each item gave is what there is.
                    Some((batch, _)) => open.clone().with("items", batch::items_type(&batch.output.of)),
                    None => open.clone().with("response", response_type()),
                };
                Some((Body::Request(request), output))
            }
            (None, Some(steps)) => {
                let (steps, scope) = self.read_steps(steps, open, compiler);
                Some((Body::Steps(steps), scope))
            }
            (Some(_), Some(steps)) => {
                compiler
                    .error("wrong_type", steps.span, "`request` and `steps` cannot stand together")
                    .hint("make the request an operation of its own");
                None
            }
            (None, None) => {
                compiler.error("missing_key", node.span, "nothing says what the operation does").hint("add `request` or `steps`");
                None
            }
        }
    }

    /// Whether a request cannot be compiled without the secrets. That it can be at all is seen elsewhere.
    fn carries_secrets(&self, node: &Node, compiler: &Compiler<'_>) -> bool {
        let Some(request) = node.get("request") else { return false };
        let open = self.scopes.without_secrets();
        let mut unheard = Report::new(compiler.file());
        let scope = open.request(&self.own.input).with("batch", batch::sent_type());
        let asked = Asked { scope: &scope, scopes: &open, effect: if self.own.is_read { Effect::Read } else { Effect::Write } };
        let compiled = self.kind.request(request, &asked, &mut Compiler::new(&mut unheard));
        compiled.is_none() || !unheard.into_items().is_empty()
    }

    fn read_steps(&self, node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> (Vec<OperationStep>, ScopeType) {
        let mut outputs = ObjectType { name: Arc::from("steps"), fields: IndexMap::new(), open: false };
        let mut steps = Vec::new();
        if node.items().is_empty() {
            compiler.error("missing_key", node.span, "there are no steps");
        }
        for (index, item) in node.items().iter().enumerate() {
            let inner = scope.clone().with("steps", Type::Object(Arc::new(outputs.clone())));
            let step = compiler.inside(&format!("steps[{index}]"), |compiler| self.read_step(item, &outputs, &inner, compiler));
            let Some((step, of)) = step else { continue };
            let of = object("step", [("output", of)]);
            outputs.fields.insert(step.id.clone(), TypeField { of, required: true, max_length: None });
            steps.push(step);
        }
        (steps, scope.clone().with("steps", Type::Object(Arc::new(outputs))))
    }

    fn read_step(&self, node: &Node, before: &ObjectType, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<(OperationStep, Type)> {
        let id = node.get("id")?;
        if before.fields.contains_key(id.text()?) {
            compiler.error("duplicate_step", id.span, format!("there is already a step `{}`", id.text()?));
        }
        let call = node.get("call")?;
        let Some(target) = self.declared.get(call.text()?) else {
            compiler.unknown(call, "operation", call.text()?, self.declared.names());
            return None;
        };
        if target.is_batch {
            compiler
                .error("wrong_type", call.span, format!("`{}` remembers what became of each item, which a step cannot", call.text()?))
                .hint("call it from a flow, as a step of its own");
        }
        if self.own.is_read && !target.is_read {
            compiler.error("wrong_type", call.span, format!("`{}` is a write, but `{}` is declared as a read", call.text()?, self.name));
        }
        let when = node.get("when").and_then(|when| compiler.inside("when", |compiler| compiler.condition(when, scope)));
        let mut inner = scope.clone();
        let each = match node.get("each") {
            Some(over) => {
                let list = Type::List(Box::new(Type::Any), None);
                let expression = compiler.inside("each", |compiler| compiler.typed(over, scope, &list))?;
                let Some(name) = node.get("as").and_then(Node::text) else {
                    compiler.error("missing_key", node.span, "`each` needs `as`, the name of the element");
                    return None;
                };
                let element = match expression.result_type() {
                    Type::List(element, _) => element.as_ref().clone(),
                    _ => Type::Any,
                };
                inner = inner.with(name, element);
                Some((expression, Arc::from(name)))
            }
            None => None,
        };
        let output = Type::Object(target.output.clone());
        let with = Arguments::compile(node.get("with"), node, &target.input, &inner, compiler);
        let keep_scope = scope.clone().with("output", output.clone());
        let keep_when =
            node.get("keep_when").and_then(|when| compiler.inside("keep_when", |compiler| compiler.condition(when, &keep_scope)));
        if let (Some(keep), None) = (node.get("keep_when"), &each) {
            compiler.error("wrong_type", keep.span, "`keep_when` chooses among the results of `each`").hint("add `each`, or write `when`");
        }
        let of = if each.is_some() { Type::List(Box::new(output), None) } else { output };
        Some((OperationStep { id: Arc::from(id.text()?), call: Arc::from(call.text()?), with, when, each, keep_when }, of))
    }

    fn read_idempotency(
        &self,
        node: &Node,
        effect: Effect,
        scope: &ScopeType,
        batch: Option<&(Batch, ItemType)>,
        compiler: &mut Compiler<'_>,
    ) -> Option<Idempotency> {
        match (effect, node.get("idempotency")) {
            (Effect::Read, None) => Some(Idempotency::NotNeeded),
            (Effect::Read, Some(written)) => {
                compiler.error("wrong_type", written.span, "a read needs no idempotency").hint("leave it out, or declare `effect: write`");
                None
            }
            (Effect::Write, None) => {
                compiler
                    .error(
                        "write_without_idempotency",
                        node.span,
                        format!("`{}` writes, but nothing says what makes a repeat harmless", self.name),
                    )
                    .hint("add `idempotency: {by: header | body | nature | lookup | none}`");
                None
            }
            (Effect::Write, Some(written)) => {
                let around = Around {
                    operation: self.name,
                    input: &self.own.input,
                    output: batch.map_or(&self.own.output, |(batch, _)| &batch.output.of),
                    item: batch.map(|(_, item)| item),
                    written_item: node.get("batch").and_then(|batch| batch.get("item")),
                    declared: self.declared,
                    request: node.get("request"),
                    steps: node.get("steps"),
                    is_http: self.kind.is_http(),
                };
                compiler.inside("idempotency", |compiler| Idempotency::compile(written, &around, scope, compiler))
            }
        }
    }

    /// The operation that another part names.
    fn target(&self, node: &Node, reads: bool, compiler: &mut Compiler<'_>) -> Option<&DeclaredOperation> {
        let written = node.get("operation")?;
        let name = written.text()?;
        let Some(target) = self.declared.get(name) else {
            compiler.unknown(written, "operation", name, self.declared.names());
            return None;
        };
        if target.is_read != reads {
            let what = if reads { "a write, where a read is wanted" } else { "a read, where a write is wanted" };
            compiler.error("wrong_type", written.span, format!("`{name}` is {what}"));
        }
        Some(target)
    }

    fn read_readback(&self, node: &Node, compiler: &mut Compiler<'_>) -> Option<Readback> {
        let node = node.get("readback")?;
        compiler.inside("readback", |compiler| {
            let target = self.target(node, true, compiler)?;
            let handing = Scopes::handing(&self.own.input, Some(&self.own.output));
            let with = Arguments::compile(node.get("with"), node, &target.input, &handing, compiler);
            let seen = ScopeType::default()
                .with("input", Type::Object(self.own.input.clone()))
                .with("output", Type::Object(target.output.clone()));
            let expect = compiler.inside("expect", |compiler| compiler.condition(node.get("expect")?, &seen))?;
            let waits = node.get("ask_after").map(Node::items).unwrap_or_default();
            let mut ask_after_millis: Vec<u64> = waits.iter().filter_map(|wait| plain_millis(Some(wait), compiler)).collect();
            if ask_after_millis.is_empty() {
                ask_after_millis.push(0);
            }
            Some(Readback { operation: Arc::from(node.get("operation")?.text()?), with, expect, ask_after_millis })
        })
    }

    fn read_reverse(&self, node: &Node, compiler: &mut Compiler<'_>) -> Option<Reverse> {
        let node = node.get("reverse")?;
        compiler.inside("reverse", |compiler| {
            let target = self.target(node, false, compiler)?;
            let handing = Scopes::handing(&self.own.input, Some(&self.own.output));
            let with = Arguments::compile(node.get("with"), node, &target.input, &handing, compiler);
            Some(Reverse { operation: Arc::from(node.get("operation")?.text()?), with })
        })
    }

    fn read_version(&self, node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Version> {
        let node = node.get("version")?;
        compiler.inside("version", |compiler| {
            let send = node.get("send")?;
            check_header(send.text()?, send.span, compiler);
            // Everything but `send` is an ordinary computed value; without a version there is no lock to ask for.
            let mut rest: Vec<_> = node.entries().iter().filter(|(key, _)| key.text != "send").cloned().collect();
            if rest.len() != 1 {
                compiler.error("missing_key", node.span, "nothing says where the version is").hint("add `from` or `value`");
                return None;
            }
            let key = crate::domain::text::tree::Key { text: "optional".to_owned(), span: node.span };
            rest.push((key, Node { span: node.span, kind: NodeKind::Scalar { text: "true".to_owned(), quoted: false } }));
            let rest = Node { span: node.span, kind: NodeKind::Map(rest) };
            let value = Tree::compile_for(&rest, scope, Place::Header, compiler)?;
            Some(Version { value, header: Arc::from(send.text()?) })
        })
    }
}

/// Operations made of steps must not call each other in a circle.
fn check_cycles(entries: &[(crate::domain::text::tree::Key, Node)], compiler: &mut Compiler<'_>) {
    let calls = |name: &str| -> Vec<&str> {
        let operation = entries.iter().find(|(key, _)| key.text == name).map(|(_, node)| node);
        let steps = operation.and_then(|node| node.get("steps")).map(Node::items).unwrap_or_default();
        steps.iter().filter_map(|step| step.get("call")?.text()).collect()
    };
    for (key, _) in entries {
        let mut seen: Vec<&str> = Vec::new();
        let mut open = calls(&key.text);
        while let Some(next) = open.pop() {
            if next == key.text {
                compiler.error("cycle", key.span, format!("`{}` calls itself through its steps", key.text));
                break;
            }
            if !seen.contains(&next) {
                seen.push(next);
                open.extend(calls(next));
            }
        }
    }
}
