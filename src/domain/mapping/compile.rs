//! Compiling the rules against the types of both sides.

use super::coverage::{Certainty, Coverage};
use super::definition::{Definition, Target};
use super::lint;
use super::rule::{Body, Each, Leaf, Lookup, Mapping, Rule, RuleInfo, Source};
use super::target;
use crate::domain::diagnostic::{Hint, Report, did_you_mean};
use crate::domain::dictionary::Dictionary;
use crate::domain::expression::{Cardinality, Expression, Path, Place, Problem, ScopeType, Template};
use crate::domain::format::{Direction, Format};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::{Type, TypeField, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rules of one mapping, nested ones included.
const RULES_MAX: usize = 2_000;
/// Nested `each` and `fields`.
const DEPTH_MAX: usize = 8;

/// Dictionaries by id.
pub type Dictionaries = BTreeMap<Arc<str>, Arc<Dictionary>>;

impl Mapping {
    /// Compiles a definition; `seen` are the types of its inputs by name, and of `values` where it sees them, `to` the type of what it
    /// makes. All problems go into the report of the definition's file; none comes back when there is an error.
    pub fn compile(
        definition: &Definition,
        seen: &ScopeType,
        to: &Type,
        dictionaries: &Dictionaries,
        report: &mut Report,
    ) -> Option<Mapping> {
        let before = report.len();
        let (direction, filled): (Direction, &[&str]) = match &definition.target.value {
            // The hub gives every write its own reference.
            Target::Operation { .. } => (Direction::Write, &["reference"]),
            Target::Document(_) => (Direction::Read, &[]),
        };
        let payload = definition.payload().filter(|name| seen.names.contains_key(&***name));
        let mut compiler = Compiler { report, dictionaries, direction, on: None, infos: Vec::new(), payload: payload.cloned(), depth: 0 };
        if let Some(node) = definition.node.get("on") {
            compiler.on = compiler.date(node, "on", seen);
        }
        let mut coverage = Coverage::default();
        let rules = compiler.rules(definition.node.get("fields")?, "fields", seen, to, &mut coverage, &[]);
        let infos = std::mem::take(&mut compiler.infos);
        for path in coverage.missing(to, filled) {
            let diagnostic = report.error("unmapped_target", definition.target.span, format!("the required target `{path}` is not mapped"));
            diagnostic.hint(format!("add a rule with `to: {path}`")).at("fields");
        }
        let names = definition.inputs.iter().map(|(name, _)| name.clone()).collect();
        let sound = !report.has_errors_since(before);
        let (id, target) = (definition.id.clone(), definition.target.value.clone());
        sound.then_some(Mapping { id, inputs: names, target, infos, direction, rules })
    }
}

struct Compiler<'a> {
    report: &'a mut Report,
    dictionaries: &'a Dictionaries,
    direction: Direction,
    on: Option<Expression>,
    infos: Vec<RuleInfo>,
    /// The name that `from:` reads.
    payload: Option<Arc<str>>,
    depth: usize,
}

impl Compiler<'_> {
    fn rules(&mut self, list: &Node, path: &str, scope: &ScopeType, to: &Type, coverage: &mut Coverage, base: &[Arc<str>]) -> Vec<Rule> {
        if self.depth >= DEPTH_MAX {
            self.report.error("too_large", list.span, format!("rules nest deeper than {DEPTH_MAX}")).at(path);
            return Vec::new();
        }
        self.depth += 1;
        let rules = list
            .items()
            .iter()
            .enumerate()
            .filter_map(|(index, node)| self.rule(node, &format!("{path}[{index}]"), scope, to, coverage, base))
            .collect();
        self.depth -= 1;
        rules
    }

    fn rule(&mut self, node: &Node, path: &str, scope: &ScopeType, to: &Type, coverage: &mut Coverage, base: &[Arc<str>]) -> Option<Rule> {
        if self.infos.len() >= RULES_MAX {
            if self.infos.len() == RULES_MAX {
                self.report.error("too_large", node.span, format!("a mapping has at most {RULES_MAX} rules")).at(path);
            }
            return None;
        }
        let info = self.infos.len();
        let written = node.get("to")?;
        let text = written.text()?;
        self.infos.push(RuleInfo { path: path.to_owned(), span: node.span, to: Arc::from(text) });
        let when = node.get("when").map(|when| self.expression(when, &format!("{path}.when"), scope, Some(&Type::Bool)));
        let parts = self.target(written, text, path);
        let field = parts.as_ref().and_then(|parts| self.field(written, path, to, parts));
        let is_group = node.get("each").is_none() && node.get("fields").is_some();
        let certainty = if when.is_some() { Certainty::Conditional } else { Certainty::Always };
        if let (Some(parts), false, Some(_)) = (&parts, is_group, &field) {
            let full: Vec<Arc<str>> = base.iter().chain(parts).cloned().collect();
            if !coverage.write(&full, certainty) {
                let message = format!("`{}` is written by another rule as well", target::write("", &full));
                self.report
                    .error("duplicate_target", written.span, message)
                    .hint("remove one of the two, or give both a `when`")
                    .at(format!("{path}.to"));
            }
        }
        let of = field.clone().map_or(Type::Any, |field| field.of);
        let said = node.get("required").and_then(Node::bool).unwrap_or(false);
        // What the operation must be given is refused here, where the field is known, and not first when it is called.
        let needed = self.direction == Direction::Write && !path.contains('.') && parts.as_ref().is_some_and(|parts| parts.len() == 1);
        let required = said || (needed && field.as_ref().is_some_and(|field| field.required));
        let body = if let Some(over) = node.get("each") {
            self.each(node, over, path, scope, &of)
        } else if let Some(list) = node.get("fields") {
            let full: Vec<Arc<str>> = base.iter().chain(parts.iter().flatten()).cloned().collect();
            Some(Body::Group(self.rules(list, &format!("{path}.fields"), scope, &of, coverage, &full)))
        } else {
            let field = field.unwrap_or(TypeField { of: Type::Any, required: false, max_length: None });
            self.leaf(node, path, scope, &field).map(|leaf| Body::Leaf(Box::new(leaf)))
        };
        let when = match when {
            Some(compiled) => Some(compiled?),
            None => None,
        };
        Some(Rule { info, to: parts?, when, required, body: body? })
    }

    fn target(&mut self, node: &Node, text: &str, path: &str) -> Option<Vec<Arc<str>>> {
        match target::read(text) {
            Ok(parts) => Some(parts),
            Err((offset, message)) => {
                let span = node.part(u32::try_from(offset).unwrap_or(0), 1);
                self.report.error("unknown_target", span, message).at(format!("{path}.to"));
                None
            }
        }
    }

    fn field(&mut self, node: &Node, path: &str, to: &Type, parts: &[Arc<str>]) -> Option<TypeField> {
        match target::field(to, parts) {
            Ok(field) => Some(field),
            Err((_, message, hint)) => {
                let diagnostic = self.report.error("unknown_target", node.span, message);
                diagnostic.at(format!("{path}.to"));
                diagnostic.hint = hint;
                None
            }
        }
    }

    fn each(&mut self, node: &Node, over: &Node, path: &str, scope: &ScopeType, to: &Type) -> Option<Body> {
        let compiled = self.expression(over, &format!("{path}.each"), scope, None);
        let name = node.get("as").and_then(Node::text)?;
        let element = match compiled.as_ref().map(Expression::result_type) {
            Some(Type::List(item, _)) => item.as_ref().clone(),
            Some(Type::Any) | None => Type::Any,
            Some(other) => {
                let message = format!("`each` runs over a list, not over {}", other.name());
                self.report.error("expression_type", over.span, message).at(format!("{path}.each"));
                Type::Any
            }
        };
        let item = match to {
            Type::List(item, _) => item.as_ref().clone(),
            Type::Any => Type::Any,
            other => {
                let message = format!("`each` makes a list, but the target is {}", other.name());
                self.report.error("expression_type", node.span, message).at(path);
                Type::Any
            }
        };
        let inner = scope.clone().with(name, element);
        let payload = self.payload.replace(Arc::from(name));
        let mut coverage = Coverage::default();
        let rules = self.rules(node.get("fields")?, &format!("{path}.fields"), &inner, &item, &mut coverage, &[]);
        self.payload = payload;
        for missing in coverage.missing(&item, &[]) {
            let message = format!("the required target `{missing}` of each element is not mapped");
            self.report
                .error("unmapped_target", node.span, message)
                .hint(format!("add a rule with `to: {missing}`"))
                .at(format!("{path}.fields"));
        }
        Some(Body::Each(Box::new(Each { over: compiled?, name: Arc::from(name), rules })))
    }

    fn leaf(&mut self, node: &Node, path: &str, scope: &ScopeType, field: &TypeField) -> Option<Leaf> {
        if let Some(constant) = node.get("constant") {
            return self.constant(constant, path, field);
        }
        let source = self.source(node, path, scope);
        let lookup = node.get("lookup").map(|lookup| self.lookup(lookup, &format!("{path}.lookup"), scope));
        let formats = node.get("as").map(|format| Format::compile(format, self.report, &format!("{path}.as")));
        let max_length = self.max_length(node, path, field);
        let default = node.get("default").map(|default| (default, Value::from_json(&default.to_json())));
        let (source, of) = source?;
        let lookup = transposed(lookup)?;
        let mut formats = transposed(formats)?.unwrap_or_default();
        if self.direction == Direction::Read {
            formats.reverse();
        }
        let join = node.get("join").and_then(Node::text).map(Arc::from);
        let truncate = node.get("on_overflow").and_then(Node::text) == Some("truncate");
        let target = field.of.clone();
        let mut leaf = Leaf { source, lookup, formats, join, max_length, truncate, default: None, target };
        let given = self.flow(node, path, &leaf, of);
        if let Some(given) = given
            && let Err(mismatch) = lint::fits(&given, &field.of)
        {
            let diagnostic = self.report.error(mismatch.code, node.span, mismatch.message);
            diagnostic.at(path);
            diagnostic.hint = mismatch.hint;
        }
        if let Some((written, value)) = default {
            leaf.default = Some(self.literal(written, value, &format!("{path}.default"), &field.of)?);
        }
        Some(leaf)
    }

    fn constant(&mut self, node: &Node, path: &str, field: &TypeField) -> Option<Leaf> {
        let value = self.literal(node, Value::from_json(&node.to_json()), &format!("{path}.constant"), &field.of)?;
        let target = Type::Any;
        let source = Source::Constant(value);
        Some(Leaf { source, lookup: None, formats: Vec::new(), join: None, max_length: None, truncate: false, default: None, target })
    }

    /// A literal in the form of its target.
    fn literal(&mut self, node: &Node, value: Value, path: &str, to: &Type) -> Option<Value> {
        match super::settle::settle(value, to) {
            Ok(value) => Some(value),
            Err(cause) => {
                self.report.error("bad_value", node.span, cause.to_string()).at(path);
                None
            }
        }
    }

    fn source(&mut self, node: &Node, path: &str, scope: &ScopeType) -> Option<(Source, Type)> {
        if let Some(value) = node.get("value") {
            let expression = self.expression(value, &format!("{path}.value"), scope, None)?;
            let of = expression.result_type().clone();
            return Some((Source::Value(expression), of));
        }
        if let Some(text) = node.get("text") {
            let compiled = Template::compile(text.text()?, Place::Plain, scope);
            let template = self.take(text, &format!("{path}.text"), compiled)?;
            return Some((Source::Text(template), Type::Text));
        }
        let from = node.get("from")?;
        let extract = self.take(from, &format!("{path}.from"), Path::compile(from.text()?));
        let flag = |key: &str| node.get(key).and_then(Node::bool).unwrap_or(false);
        let cardinality = match (flag("many"), flag("optional")) {
            (true, _) => Cardinality::Many,
            (false, true) => Cardinality::Optional,
            (false, false) => Cardinality::One,
        };
        let Some(payload) = self.payload.clone() else {
            self.report
                .error("expression_name", from.span, "`from` reads the input `source`, which this mapping does not take")
                .hint("name the input: `value: doc.number`")
                .at(format!("{path}.from"));
            return None;
        };
        let of = if cardinality == Cardinality::Many { Type::List(Box::new(Type::Any), None) } else { Type::Any };
        Some((Source::From(extract?, cardinality, payload), of))
    }

    fn lookup(&mut self, node: &Node, path: &str, scope: &ScopeType) -> Option<Lookup> {
        let named = node.get("dictionary").unwrap_or(node);
        let name = named.text()?;
        let own = match node.get("on") {
            Some(on) => Some(self.date(on, &format!("{path}.on"), scope)?),
            None => None,
        };
        let on = own.or_else(|| self.on.clone());
        let Some(dictionary) = self.dictionaries.get(name) else {
            let hint = did_you_mean(name, self.dictionaries.keys().map(AsRef::as_ref)).map(Hint::meant);
            let diagnostic = self.report.error("unknown_definition", named.span, format!("there is no dictionary `{name}`"));
            diagnostic.at(path);
            diagnostic.hint = hint;
            return None;
        };
        let mut dictionary = dictionary.clone();
        if node.get("reverse").and_then(Node::bool) == Some(true) {
            match dictionary.reversed() {
                Ok(reversed) => dictionary = Arc::new(reversed),
                Err(code) => {
                    let message = format!("two values of `{name}` have the code `{code}`, so it cannot be turned back");
                    self.report.error("overlapping_rows", named.span, message).at(path);
                    return None;
                }
            }
        }
        if dictionary.needs_date() && on.is_none() {
            let message = format!("`{name}` has rows that hold for a time only, so a lookup needs a day");
            self.report
                .error("missing_key", node.span, message)
                .hint(format!("write `lookup: {{dictionary: {name}, on: doc.issue_date}}`, or `on:` for the whole mapping"))
                .at(path);
            return None;
        }
        Some(Lookup { dictionary, on })
    }

    fn date(&mut self, node: &Node, path: &str, scope: &ScopeType) -> Option<Expression> {
        self.expression(node, path, scope, Some(&Type::Date))
    }

    fn max_length(&mut self, node: &Node, path: &str, field: &TypeField) -> Option<u32> {
        let declared = field.max_length;
        let Some(written) = node.get("max_length") else {
            if let Some(overflow) = node.get("on_overflow").filter(|_| declared.is_none()) {
                let message = "`on_overflow` has no effect without `max_length`";
                self.report.error("missing_key", overflow.span, message).hint("add `max_length`").at(format!("{path}.on_overflow"));
            }
            return declared;
        };
        let own = written.int().and_then(|length| u32::try_from(length).ok()).filter(|length| *length > 0);
        if own.is_none() {
            self.report.error("bad_value", written.span, "a length is at least 1").at(format!("{path}.max_length"));
        }
        match (own, declared) {
            (Some(own), Some(declared)) => Some(own.min(declared)),
            (own, declared) => own.or(declared),
        }
    }

    /// Follows the type of the value through lookup, formats and join.
    fn flow(&mut self, node: &Node, path: &str, leaf: &Leaf, of: Type) -> Option<Type> {
        let is_list = matches!(of, Type::List(..));
        let mut of = match of {
            Type::List(item, _) => *item,
            other => other,
        };
        let looked = |of: Type| if leaf.lookup.is_some() { Type::Any } else { of };
        if self.direction == Direction::Write {
            of = looked(of);
        }
        for format in &leaf.formats {
            if let Err(wanted) = format.takes(&of, self.direction) {
                let message = format!("{wanted} is wanted by `as`, but this is {}", of.name());
                self.report.error("expression_type", node.get("as").unwrap_or(node).span, message).at(format!("{path}.as"));
                return None;
            }
            if format.needs_currency() && !matches!(&leaf.source, Source::Value(expression) if expression.has_currency()) {
                let message = "`scale: currency` needs an amount whose currency is declared".to_owned();
                self.report
                    .error("expression_type", node.get("as").unwrap_or(node).span, message)
                    .hint("write the number of digits, or declare the field's currency")
                    .at(format!("{path}.as"));
                return None;
            }
            of = format.gives(&of, self.direction);
        }
        if self.direction == Direction::Read {
            of = looked(of);
        }
        Some(match (is_list, leaf.join.is_some()) {
            (_, true) => Type::Text,
            (true, false) => Type::List(Box::new(of), None),
            (false, false) => of,
        })
    }

    fn expression(&mut self, node: &Node, path: &str, scope: &ScopeType, wanted: Option<&Type>) -> Option<Expression> {
        let text = match &node.kind {
            NodeKind::Scalar { text, .. } => text.as_str(),
            _ => return None,
        };
        let compiled = match wanted {
            Some(wanted) => Expression::compile_expecting(text, scope, wanted),
            None => Expression::compile(text, scope),
        };
        self.take(node, path, compiled)
    }

    fn take<T>(&mut self, node: &Node, path: &str, compiled: Result<T, Vec<Problem>>) -> Option<T> {
        match compiled {
            Ok(compiled) => Some(compiled),
            Err(problems) => {
                for problem in problems {
                    let diagnostic = self.report.error(problem.code, node.part(problem.offset, problem.length), problem.message);
                    diagnostic.at(path);
                    diagnostic.hint = problem.hint;
                }
                None
            }
        }
    }
}

/// None when it was there but did not compile.
#[expect(clippy::option_option, reason = "outer: compiled at all; inner: there is one")]
fn transposed<T>(compiled: Option<Option<T>>) -> Option<Option<T>> {
    match compiled {
        None => Some(None),
        Some(None) => None,
        found => found,
    }
}
