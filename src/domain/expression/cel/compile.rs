//! From the crate's syntax tree to our checked tree.

use super::super::{COST_MAX, Problem, ScopeType};
use super::currency::{Currency, Owner};
use super::macros::{self, Macro};
use super::node::{Loop, LoopKind, Node};
use super::parse::{Parsed, parse};
use super::types::{assignable, either, member_type};
use super::{Compiled, cost};
use crate::domain::diagnostic::{Hint, did_you_mean};
use crate::domain::value::{ObjectType, Type, TypeField, Value};
use cel::common::ast::{EntryExpr, Expr, IdedExpr, LiteralValue, MapExpr, SelectExpr, operators};
use indexmap::IndexMap;
use rust_decimal::Decimal;
use std::sync::Arc;

/// Compiles a text; with a wanted type, the result must fit it.
pub(super) fn compile(source: &str, scope: &ScopeType, wanted: Option<&Type>) -> Result<Compiled, Vec<Problem>> {
    let parsed = parse(source)?;
    let mut compiler = Compiler { parsed: &parsed, scope, locals: Vec::new(), problems: Vec::new(), references: Vec::new() };
    let typed = compiler.expr(&parsed.tree);
    let typed = typed.and_then(|typed| match wanted {
        Some(wanted) => compiler.fit(&parsed.tree, typed, wanted),
        None => Some(typed),
    });
    let Compiler { mut problems, references, .. } = compiler;
    let Some(typed) = typed.filter(|_| problems.is_empty()) else {
        problems.sort_by_key(|problem| problem.offset);
        return Err(problems);
    };
    let cost = cost::cost(&typed.node);
    if cost > COST_MAX {
        return Err(vec![Problem {
            code: "expression_cost",
            offset: 0,
            length: u32::try_from(source.chars().count()).unwrap_or(u32::MAX),
            message: format!("the expression may cost {cost} units; the limit is {COST_MAX}"),
            hint: Some("bound the lists it runs over, or do not loop inside a loop".into()),
        }]);
    }
    let currency = match (&typed.of, typed.currency) {
        (Type::Decimal { .. }, currency) => currency,
        _ => None,
    };
    Ok(Compiled { source: Arc::from(source), node: typed.node, result: typed.of, currency, references, cost })
}

/// A checked node: what it is, and what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub node: Node,
    pub of: Type,
    /// Currency of an amount.
    pub currency: Option<Currency>,
    /// Currency of the amounts in a made list.
    pub items: Option<Currency>,
    /// The mappings passed on the way here, outermost first.
    pub owners: Vec<Owner>,
    /// How a path into the scope is written.
    pub path: Option<String>,
}

impl Typed {
    pub fn new(node: Node, of: Type) -> Typed {
        Typed { node, of, currency: None, items: None, owners: Vec::new(), path: None }
    }

    pub fn constant(value: Value, of: Type) -> Typed {
        Typed::new(Node::Constant(value), of)
    }

    pub fn is_null(&self) -> bool {
        matches!(self.node, Node::Constant(Value::Null))
    }
}

pub(super) struct Compiler<'a> {
    parsed: &'a Parsed,
    pub scope: &'a ScopeType,
    locals: Vec<(String, Typed)>,
    problems: Vec<Problem>,
    references: Vec<Arc<str>>,
}

impl Compiler<'_> {
    /// Compiles a node; none when a problem was recorded.
    pub fn expr(&mut self, tree: &IdedExpr) -> Option<Typed> {
        match &tree.expr {
            Expr::Ident(_) => self.path(tree),
            Expr::Select(select) if !select.test => self.path(tree),
            Expr::Select(select) => self.has(tree, select),
            Expr::Call(call) if call.func_name == operators::INDEX && call.target.is_none() => self.path(tree),
            Expr::Call(call) => self.call(tree, call),
            Expr::Literal(literal) => self.literal(tree, literal),
            Expr::List(list) => self.list(tree, &list.elements),
            Expr::Map(map) => self.map(map),
            Expr::Comprehension(fold) => match macros::recognise(fold) {
                Some(found) => self.looped(tree, &found),
                None => self.refuse(tree, "this fold is not part of the language"),
            },
            Expr::Struct(_) => self.refuse(tree, "typed messages are not part of the language"),
            Expr::Unspecified => self.refuse(tree, "this is not an expression"),
        }
    }

    /// A path into the scope: recorded as a reference, once and whole.
    fn path(&mut self, tree: &IdedExpr) -> Option<Typed> {
        let typed = self.access(tree)?;
        if let Some(path) = &typed.path
            && !self.references.iter().any(|known| **known == **path)
        {
            self.references.push(Arc::from(path.as_str()));
        }
        Some(typed)
    }

    fn access(&mut self, tree: &IdedExpr) -> Option<Typed> {
        match &tree.expr {
            Expr::Ident(name) => self.name(tree, name),
            Expr::Select(select) if !select.test => {
                let base = self.access(&select.operand)?;
                self.member(tree, base, &select.field)
            }
            Expr::Call(call) if call.func_name == operators::INDEX && call.target.is_none() => {
                let [base, index] = call.args.as_slice() else { return self.refuse(tree, "an index takes one value") };
                let (base, index_typed) = (self.access(base), self.expr(index));
                self.index(tree, base?, index_typed?)
            }
            _ => self.expr(tree),
        }
    }

    fn name(&mut self, tree: &IdedExpr, name: &str) -> Option<Typed> {
        if let Some((_, typed)) = self.locals.iter().rev().find(|(known, _)| known == name) {
            return Some(typed.clone());
        }
        let Some(of) = self.scope.names.get(name) else {
            let known = self.scope.names.keys().map(String::as_str).chain(self.locals.iter().map(|(name, _)| name.as_str()));
            let hint = match did_you_mean(name, known) {
                Some(near) => Hint::meant(near),
                None => format!("names here: {}", self.scope.names.keys().map(String::as_str).collect::<Vec<_>>().join(", ")).into(),
            };
            return self.problem(tree, "expression_name", format!("`{name}` is not known here"), Some(hint));
        };
        let mut typed = Typed::new(Node::Name(Arc::from(name)), of.clone());
        typed.path = Some(name.to_owned());
        self.price(&mut typed);
        Some(typed)
    }

    /// Finds out the currency of an amount, or of a list of amounts, that was just reached.
    fn price(&self, typed: &mut Typed) {
        match &typed.of {
            Type::Decimal { currency: Some(declared) } => {
                typed.currency = Some(Currency::resolve(declared, &typed.owners, self.scope));
            }
            Type::List(item, _) => {
                if let Type::Decimal { currency: Some(declared) } = item.as_ref() {
                    typed.items = Some(Currency::resolve(declared, &typed.owners, self.scope));
                }
            }
            _ => {}
        }
    }

    fn member(&mut self, tree: &IdedExpr, base: Typed, key: &str) -> Option<Typed> {
        let Some(of) = member_type(&base.of, key) else {
            let name = base.of.name();
            return match &base.of {
                Type::Object(object) => {
                    let hint = match did_you_mean(key, object.fields.keys().map(AsRef::as_ref)) {
                        Some(near) => Hint::meant(near),
                        None => format!("it has: {}", object.fields.keys().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")).into(),
                    };
                    self.field_problem(tree, key, "unknown_field", format!("`{name}` has no field `{key}`"), Some(hint))
                }
                Type::List(..) => {
                    let hint = "take one with `[0]`, or use `all`, `exists`, `map` or `filter`".into();
                    self.field_problem(tree, key, "expression_type", format!("this is a list, so it has no field `{key}`"), Some(hint))
                }
                _ => self.field_problem(tree, key, "expression_type", format!("this is {name}, so it has no field `{key}`"), None),
            };
        };
        let mut owners = base.owners;
        let path = base.path.map(|path| format!("{path}.{key}"));
        if let Type::Object(object) = &base.of {
            let shown = path.as_deref().and_then(|path| path.rsplit_once('.')).map_or("", |(before, _)| before);
            owners.push(Owner { object: object.clone(), node: base.node.clone(), path: Arc::from(shown) });
        }
        let mut typed = Typed { node: Node::Member(Box::new(base.node), Arc::from(key)), of, currency: None, items: None, owners, path };
        self.price(&mut typed);
        Some(typed)
    }

    fn index(&mut self, tree: &IdedExpr, base: Typed, index: Typed) -> Option<Typed> {
        if let (Type::Object(_) | Type::Map(_) | Type::Any, Node::Constant(Value::Text(key))) = (&base.of, &index.node) {
            let key = key.clone();
            return self.member(tree, base, &key);
        }
        let of = match (&base.of, &index.of) {
            (Type::List(item, _), Type::Int | Type::Any) => item.as_ref().clone(),
            (Type::Map(item), Type::Text | Type::Any) => item.as_ref().clone(),
            // Which field it is shows when it runs, and then it may be one of the secrets.
            (base @ Type::Object(_), Type::Text | Type::Int | Type::Any) if base.holds_secret() => {
                let hint = "write the field's name: `settings.name`".into();
                return self.problem(
                    tree,
                    "expression_type",
                    "what holds secrets is not looked into by a name that is found out".to_owned(),
                    Some(hint),
                );
            }
            (Type::Any | Type::Object(_), Type::Text | Type::Int | Type::Any) => Type::Any,
            (base, index) => {
                let message = format!("{} cannot be indexed by {}", base.name(), index.name());
                return self.problem(tree, "expression_type", message, None);
            }
        };
        let written = match &index.node {
            Node::Constant(Value::Int(at)) => at.to_string(),
            _ => String::new(),
        };
        let path = base.path.as_ref().map(|path| format!("{path}[{written}]"));
        let made = base.items.clone();
        let node = Node::Index(Box::new((base.node, index.node)));
        let mut typed = Typed { node, of, currency: None, items: None, owners: base.owners, path };
        match made {
            Some(currency) => typed.currency = Some(currency),
            None => self.price(&mut typed),
        }
        Some(typed)
    }

    fn has(&mut self, tree: &IdedExpr, select: &SelectExpr) -> Option<Typed> {
        let base = self.access(&select.operand)?;
        let node = base.node.clone();
        let member = self.member(tree, base, &select.field)?;
        if let Some(path) = &member.path
            && !self.references.iter().any(|known| **known == **path)
        {
            self.references.push(Arc::from(path.as_str()));
        }
        Some(Typed::new(Node::Has(Box::new(node), Arc::from(select.field.as_str())), Type::Bool))
    }

    fn literal(&mut self, tree: &IdedExpr, literal: &LiteralValue) -> Option<Typed> {
        Some(match literal {
            LiteralValue::Boolean(flag) => Typed::constant(Value::Bool(*flag.inner()), Type::Bool),
            LiteralValue::Int(number) => Typed::constant(Value::Int(*number.inner()), Type::Int),
            LiteralValue::String(text) => Typed::constant(Value::text(text.inner()), Type::Text),
            LiteralValue::Null => Typed::constant(Value::Null, Type::Any),
            LiteralValue::Double(number) => {
                // The parser read it as a float; the exact number stands in the text.
                let text = self.parsed.token(tree.id);
                let read = if text.contains(['e', 'E']) { Decimal::from_scientific(text) } else { Decimal::from_str_exact(text) };
                match read {
                    Ok(value) => {
                        let value = if number.inner().is_sign_negative() { -value } else { value };
                        Typed::constant(Value::Decimal(value), Type::Decimal { currency: None })
                    }
                    Err(_) => return self.refuse(tree, "this number has more digits than an exact decimal holds"),
                }
            }
            LiteralValue::UInt(_) => return self.refuse(tree, "unsigned numbers are not part of the language; leave out the `u`"),
            LiteralValue::Bytes(_) => return self.refuse(tree, "bytes are not part of the language; leave out the `b`"),
        })
    }

    fn list(&mut self, tree: &IdedExpr, elements: &[IdedExpr]) -> Option<Typed> {
        let typed: Vec<Option<Typed>> = elements.iter().map(|element| self.expr(element)).collect();
        let typed: Vec<Typed> = typed.into_iter().collect::<Option<_>>()?;
        let mut of = typed.first().map_or(Type::Any, |first| first.of.clone());
        let mut items = typed.first().and_then(|first| first.currency.clone());
        for element in typed.iter().skip(1) {
            of = either(&of, &element.of);
            if let Err(message) = super::currency::meet(items.as_ref(), element.currency.as_ref()) {
                return self.problem(tree, "expression_type", message, Some("keep amounts of one currency in one list".into()));
            }
            items = items.or_else(|| element.currency.clone());
        }
        let bound = u32::try_from(typed.len()).ok();
        let nodes: Vec<Node> = typed.into_iter().map(|element| element.node).collect();
        let constants: Option<Vec<Value>> = nodes
            .iter()
            .map(|node| match node {
                Node::Constant(value) => Some(value.clone()),
                _ => None,
            })
            .collect();
        // A list of literals is made once, not on every evaluation.
        let node = constants.map_or_else(|| Node::List(nodes), |values| Node::Constant(Value::list(values)));
        let mut made = Typed::new(node, Type::List(Box::new(of), bound));
        made.items = items;
        Some(made)
    }

    fn map(&mut self, map: &MapExpr) -> Option<Typed> {
        let mut nodes = Vec::with_capacity(map.entries.len());
        let mut fields: Option<IndexMap<Arc<str>, TypeField>> = Some(IndexMap::new());
        let mut secret = false;
        for entry in &map.entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else { continue };
            let (key, value) = (self.expr(&entry.key), self.expr(&entry.value));
            let (key_typed, value) = (key?, value?);
            if !matches!(key_typed.of, Type::Text | Type::Any) {
                return self.problem(&entry.key, "expression_type", format!("a key is text, not {}", key_typed.of.name()), None);
            }
            match (&key_typed.node, &mut fields) {
                (Node::Constant(Value::Text(key)), Some(fields)) => {
                    fields.insert(key.clone(), TypeField { of: value.of.clone(), required: true, max_length: None });
                }
                _ => fields = None,
            }
            secret |= value.of.holds_secret();
            nodes.push((key_typed.node, value.node));
        }
        let of = match fields {
            Some(fields) => Type::Object(Arc::new(ObjectType { name: Arc::from("mapping"), fields, open: false })),
            None => Type::Map(Box::new(if secret { Type::Secret } else { Type::Any })),
        };
        Some(Typed::new(Node::Map(nodes), of))
    }

    fn looped(&mut self, tree: &IdedExpr, found: &Macro<'_>) -> Option<Typed> {
        let range = self.expr(found.range)?;
        let (item, bound) = match &range.of {
            Type::List(item, bound) => (item.as_ref().clone(), bound.unwrap_or(cost::LIST_ASSUMED)),
            Type::Map(_) => (Type::Text, cost::LIST_ASSUMED),
            Type::Object(object) => (Type::Text, u32::try_from(object.fields.len()).unwrap_or(u32::MAX)),
            Type::Any => (Type::Any, cost::LIST_ASSUMED),
            other => {
                let message = format!("`{}` runs over a list, not over {}", found.kind.name(), other.name());
                return self.problem(tree, "expression_type", message, None);
            }
        };
        let level = u16::try_from(self.locals.len()).unwrap_or(u16::MAX);
        let mut local = Typed::new(Node::Local(level), item.clone());
        if matches!(range.of, Type::List(..)) {
            local.owners.clone_from(&range.owners);
        }
        local.path = range.path.as_ref().map(|path| format!("{path}[]"));
        self.price(&mut local);
        if range.items.is_some() {
            local.currency.clone_from(&range.items);
        }
        self.locals.push((found.variable.to_owned(), local));
        let condition = found.condition.map(|condition| {
            let typed = self.expr(condition)?;
            self.condition(condition, typed)
        });
        let body = found.body.map(|body| self.expr(body));
        self.locals.pop();
        let (condition, body) = (transpose(condition)?, transpose(body)?);
        let mut made = Typed::new(Node::Constant(Value::Unset), Type::Bool);
        match found.kind {
            LoopKind::Filter => {
                made.of = Type::List(Box::new(item), Some(bound));
                made.owners = range.owners;
                made.items = range.items;
                made.path = range.path;
            }
            LoopKind::Map => {
                made.of = Type::List(Box::new(body.as_ref().map_or(Type::Any, |body| body.of.clone())), Some(bound));
                made.items = body.as_ref().and_then(|body| body.currency.clone()).map(|currency| currency.outside(level));
            }
            _ => {}
        }
        let (condition, body) = (condition.map(|typed| typed.node), body.map(|typed| typed.node));
        made.node = Node::Loop(Box::new(Loop { kind: found.kind, range: range.node, bound, level, condition, body }));
        Some(made)
    }

    /// Insists on something that is true or false.
    pub fn condition(&mut self, tree: &IdedExpr, typed: Typed) -> Option<Typed> {
        match typed.of {
            Type::Bool | Type::Any => Some(typed),
            other => {
                let hint = "compare it with something".into();
                self.problem(tree, "expression_type", format!("a condition is wanted here, but this is {}", other.name()), Some(hint))
            }
        }
    }

    /// Insists on a type, converting whole numbers to decimals.
    fn fit(&mut self, tree: &IdedExpr, typed: Typed, wanted: &Type) -> Option<Typed> {
        if typed.is_null() {
            return Some(typed);
        }
        if !assignable(&typed.of, wanted) {
            let hint = match (&typed.of, wanted) {
                (_, Type::Decimal { .. }) => Some("convert it: `decimal(...)`".into()),
                (Type::Text, Type::Instant) => Some("convert it: `instant(...)`".into()),
                (Type::Text, Type::Date) => Some("convert it: `date(...)`".into()),
                (Type::Text, Type::Int) => Some("convert it: `int(...)`".into()),
                (Type::Int | Type::Decimal { .. } | Type::Bool | Type::Instant | Type::Date, Type::Text) => {
                    Some("convert it: `string(...)`".into())
                }
                _ => None,
            };
            let message = format!("{} is wanted here, but this is {}", wanted.name(), typed.of.name());
            return self.problem(tree, "expression_type", message, hint);
        }
        Some(if matches!((&typed.of, wanted), (Type::Int, Type::Decimal { .. })) { to_decimal(typed) } else { typed })
    }

    /// Records a problem at a node.
    pub fn problem<T>(&mut self, tree: &IdedExpr, code: &'static str, message: String, hint: Option<Hint>) -> Option<T> {
        let (offset, length) = self.parsed.place(tree.id);
        self.problems.push(Problem { code, offset, length, message, hint });
        None
    }

    /// Records a problem at the name of a field; the parser places a selection at its dot.
    fn field_problem<T>(&mut self, tree: &IdedExpr, key: &str, code: &'static str, message: String, hint: Option<Hint>) -> Option<T> {
        let (offset, length) = self.parsed.place(tree.id);
        let named = matches!(&tree.expr, Expr::Select(select) if !select.test) && self.parsed.token(tree.id) == ".";
        let length = if named { u32::try_from(key.chars().count()).unwrap_or(length) } else { length };
        self.problems.push(Problem { code, offset: offset + u32::from(named), length, message, hint });
        None
    }

    fn refuse<T>(&mut self, tree: &IdedExpr, message: &str) -> Option<T> {
        self.problem(tree, "expression_syntax", message.to_owned(), None)
    }
}

/// A whole number as a decimal: literals when compiled, others when evaluated.
pub(super) fn to_decimal(typed: Typed) -> Typed {
    let node = match typed.node {
        Node::Constant(Value::Int(number)) => Node::Constant(Value::Decimal(Decimal::from(number))),
        node => Node::ToDecimal(Box::new(node)),
    };
    Typed { node, of: Type::Decimal { currency: None }, ..typed }
}

/// None when there is nothing; the outer none when it failed.
#[expect(clippy::option_option, reason = "outer: compiled at all; inner: there is one")]
fn transpose(typed: Option<Option<Typed>>) -> Option<Option<Typed>> {
    match typed {
        None => Some(None),
        Some(None) => None,
        Some(found) => Some(found),
    }
}
