//! Applying a mapping. Bounded in values, text and cost whatever the inputs hold.

use super::rule::{Body, Each, Leaf, Lookup, Mapping, Rule, Source};
use super::settle::{settle, shorten};
use super::{BYTES_MAX, EACH_MAX, VALUES_MAX, target};
use crate::domain::diagnostic::Span;
use crate::domain::dictionary::LookupError;
use crate::domain::expression::{Budget, COST_MAX, EvaluateError, Expression, Scope, print};
use crate::domain::format::{Direction, FormatError};
use crate::domain::value::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Units all expressions of one application may cost together.
const COST_TOTAL_MAX: u64 = 20 * COST_MAX;

/// What came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapped {
    /// The value; keys in the order of the rules.
    pub value: Value,
    /// Where each value came from; empty unless asked for.
    pub origins: Vec<Origin>,
}

/// Where an output value came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// Its path in the output: `form['明细'][0]['品名']`.
    pub path: String,
    /// The rule that made it: an index into `Mapping::infos`.
    pub rule: usize,
    /// Where the rule stands.
    pub span: Span,
    /// What the rule read: `doc.lines[0].description`.
    pub inputs: Vec<String>,
}

/// Why a mapping could not be applied, and which rule it was.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("`{target}` cannot be mapped: {cause}")]
pub struct MapError {
    /// The output path.
    pub target: String,
    /// The rule: an index into `Mapping::infos`.
    pub rule: usize,
    /// Where the rule stands.
    pub span: Span,
    /// Why.
    pub cause: MapCause,
}

/// Why a rule failed. Messages hold no payload values.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MapCause {
    /// Its expression, template or path failed.
    #[error("{0}")]
    Evaluate(#[from] EvaluateError),
    /// Nothing came out where something must.
    #[error("nothing comes out, and it is required")]
    Required,
    /// A code table has no code.
    #[error("{0}")]
    Lookup(#[from] LookupError),
    /// The value does not have the form `as` takes.
    #[error("{0}")]
    Format(#[from] FormatError),
    /// The text is longer than the target takes.
    #[error("the text is longer than {0} characters")]
    TooLong(u32),
    /// The value is of another type than the target.
    #[error("{wanted} is wanted, but this is {found}")]
    Type {
        /// What was there.
        found: &'static str,
        /// What the target is.
        wanted: String,
    },
    /// The output is larger than allowed.
    #[error("the result is larger than a mapping may make")]
    TooMuch,
}

impl Mapped {
    /// Every value, containers too, by its path as origins write it.
    pub fn places(&self) -> BTreeMap<String, &Value> {
        let mut found = BTreeMap::new();
        places(&self.value, String::new(), &mut found);
        found
    }
}

fn places<'v>(value: &'v Value, path: String, found: &mut BTreeMap<String, &'v Value>) {
    // A rule may also make a whole mapping or list; its path is then the container's.
    found.insert(path.clone(), value);
    match value {
        Value::Map(map) => map.iter().for_each(|(key, member)| places(member, target::write(&path, std::slice::from_ref(key)), found)),
        Value::List(items) => items.iter().enumerate().for_each(|(index, item)| places(item, format!("{path}[{index}]"), found)),
        _ => {}
    }
}

impl MapError {
    /// Whether a row of a code table is missing, which a person mends without touching the document.
    pub fn is_rule_missing(&self) -> bool {
        matches!(self.cause, MapCause::Lookup(LookupError::Missing { .. }))
    }
}

impl Mapping {
    /// Applies the rules to the values in scope.
    pub fn apply(&self, scope: &Scope<'_>) -> Result<Mapped, MapError> {
        self.run(scope, false)
    }

    /// Applies the rules and tells where every value came from.
    pub fn explain(&self, scope: &Scope<'_>) -> Result<Mapped, MapError> {
        self.run(scope, true)
    }

    fn run(&self, scope: &Scope<'_>, explains: bool) -> Result<Mapped, MapError> {
        let mut run = Run {
            mapping: self,
            scope: scope.clone(),
            path: Vec::new(),
            aliases: Vec::new(),
            origins: explains.then(Vec::new),
            cost_left: COST_TOTAL_MAX,
            values_left: VALUES_MAX,
            bytes_left: BYTES_MAX,
        };
        let mut made = Map::with_capacity(self.rules.len());
        run.rules(&self.rules, &mut made)?;
        Ok(Mapped { value: Value::Map(Arc::new(made)), origins: run.origins.unwrap_or_default() })
    }
}

/// A part of the output path; text is made of it only for origins and errors.
#[derive(Clone, Copy)]
enum Step<'m> {
    Members(&'m [Arc<str>]),
    Element(usize),
}

struct Run<'m, 's> {
    mapping: &'m Mapping,
    scope: Scope<'s>,
    path: Vec<Step<'m>>,
    /// Loop names and what they stand for: `line` is `doc.lines[3]`.
    aliases: Vec<(&'m str, String)>,
    origins: Option<Vec<Origin>>,
    cost_left: u64,
    values_left: usize,
    bytes_left: usize,
}

impl<'m: 's, 's> Run<'m, 's> {
    fn rules(&mut self, rules: &'m [Rule], made: &mut Map) -> Result<(), MapError> {
        for rule in rules {
            self.path.push(Step::Members(&rule.to));
            let result = self.rule(rule, made);
            if let Err(cause) = result {
                return Err(cause.unwrap_or_else(|cause| self.error(rule, cause)));
            }
            self.path.pop();
        }
        Ok(())
    }

    fn error(&self, rule: &Rule, cause: MapCause) -> MapError {
        MapError { target: self.written(), rule: rule.info, span: self.mapping.infos[rule.info].span, cause }
    }

    fn rule(&mut self, rule: &'m Rule, made: &mut Map) -> Result<(), Result<MapError, MapCause>> {
        if let Some(when) = &rule.when
            && !self.evaluate(when).and_then(|value| truth(&value)).map_err(Err)?
        {
            return Ok(());
        }
        let value = match &rule.body {
            Body::Leaf(leaf) => self.leaf(leaf, rule).map_err(Err)?,
            Body::Each(each) => self.each(each)?,
            Body::Group(rules) => {
                let mut inner = Map::with_capacity(rules.len());
                self.rules(rules, &mut inner).map_err(Ok)?;
                if inner.is_empty() { Value::Unset } else { Value::Map(Arc::new(inner)) }
            }
        };
        if value.is_unset() {
            return if rule.required { Err(Err(MapCause::Required)) } else { Ok(()) };
        }
        self.values_left = self.values_left.checked_sub(1).ok_or(Err(MapCause::TooMuch))?;
        put(made, &rule.to, value);
        Ok(())
    }

    fn each(&mut self, each: &'m Each) -> Result<Value, Result<MapError, MapCause>> {
        let over = self.evaluate(&each.over).map_err(Err)?;
        let items = match &over {
            Value::Unset | Value::Null => return Ok(Value::Unset),
            Value::List(items) => items.clone(),
            other => return Err(Err(MapCause::Type { found: other.kind(), wanted: "a list".to_owned() })),
        };
        if items.len() > EACH_MAX {
            return Err(Err(MapCause::TooMuch));
        }
        let base = self.origins.is_some().then(|| self.named(each.over.references().first().map_or(each.over.source(), |first| first)));
        let mut list = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            self.values_left = self.values_left.checked_sub(1).ok_or(Err(MapCause::TooMuch))?;
            self.scope.set(&each.name, item.clone());
            self.path.push(Step::Element(index));
            if let Some(base) = &base {
                self.aliases.push((&each.name, format!("{base}[{index}]")));
            }
            let mut made = Map::with_capacity(each.rules.len());
            self.rules(&each.rules, &mut made).map_err(Ok)?;
            if base.is_some() {
                self.aliases.pop();
            }
            self.path.pop();
            self.scope.pop();
            list.push(Value::Map(Arc::new(made)));
        }
        Ok(Value::List(Arc::new(list)))
    }

    fn leaf(&mut self, leaf: &'m Leaf, rule: &Rule) -> Result<Value, MapCause> {
        let value = match &leaf.source {
            Source::Constant(value) => {
                self.origin(leaf, rule);
                return Ok(value.clone());
            }
            Source::Value(expression) => self.evaluate(expression)?,
            Source::Text(template) => {
                let mut budget = self.budget()?;
                let before = budget.left;
                let text = template.render(&self.scope, &mut budget)?;
                self.cost_left -= before - budget.left;
                Value::text(text)
            }
            Source::From(path, cardinality, payload) => path.extract(self.scope.get(payload), *cardinality)?,
        };
        let value = match value {
            Value::Unset | Value::Null => Value::Unset,
            value => self.converted(leaf, value)?,
        };
        let value = match (value, &leaf.default) {
            (Value::Unset | Value::Null, Some(default)) => default.clone(),
            (Value::Null, None) => Value::Unset,
            (value, _) => value,
        };
        if !value.is_unset() {
            self.origin(leaf, rule);
        }
        Ok(value)
    }

    /// Lookup, formats, join, length and the target's own form.
    fn converted(&mut self, leaf: &'m Leaf, value: Value) -> Result<Value, MapCause> {
        let currency = match &leaf.source {
            Source::Value(expression) if leaf.formats.iter().any(crate::domain::format::Format::needs_currency) => {
                expression.currency(&self.scope)
            }
            _ => None,
        };
        let on = match &leaf.lookup {
            Some(Lookup { on: Some(on), .. }) => match self.evaluate(on)? {
                Value::Date(day) => Some(day),
                _ => None,
            },
            _ => None,
        };
        let value = match value {
            Value::List(items) if !leaf.formats.is_empty() || leaf.lookup.is_some() || leaf.join.is_some() => {
                if items.len() > EACH_MAX {
                    return Err(MapCause::TooMuch);
                }
                let mut made = Vec::with_capacity(items.len());
                for item in items.iter() {
                    let item = self.one(leaf, item.clone(), currency.as_deref(), on)?;
                    if !matches!(item, Value::Unset | Value::Null) {
                        made.push(item);
                    }
                }
                match &leaf.join {
                    Some(separator) => joined(&made, separator)?,
                    None => Value::List(Arc::new(made)),
                }
            }
            value => self.one(leaf, value, currency.as_deref(), on)?,
        };
        if value.is_unset() {
            return Ok(value);
        }
        let value = settle(value, &leaf.target)?;
        let value = match leaf.max_length {
            Some(max) => shorten(value, max, leaf.truncate)?,
            None => value,
        };
        if let Value::Text(text) = &value {
            self.bytes_left = self.bytes_left.checked_sub(text.len()).ok_or(MapCause::TooMuch)?;
        }
        Ok(value)
    }

    fn one(&self, leaf: &Leaf, value: Value, currency: Option<&str>, on: Option<jiff::civil::Date>) -> Result<Value, MapCause> {
        let looked = |value: Value| match &leaf.lookup {
            Some(lookup) => lookup.dictionary.lookup(&value, on),
            None => Ok(value),
        };
        let direction = self.mapping.direction;
        let mut value = if direction == Direction::Write { looked(value)? } else { value };
        for format in &leaf.formats {
            value = format.convert(&value, direction, currency)?;
        }
        if direction == Direction::Read { Ok(looked(value)?) } else { Ok(value) }
    }

    fn budget(&self) -> Result<Budget, MapCause> {
        if self.cost_left == 0 {
            return Err(MapCause::TooMuch);
        }
        Ok(Budget { left: self.cost_left.min(COST_MAX) })
    }

    fn evaluate(&mut self, expression: &Expression) -> Result<Value, MapCause> {
        let mut budget = self.budget()?;
        let before = budget.left;
        let value = expression.evaluate(&self.scope, &mut budget)?;
        self.cost_left -= before - budget.left;
        Ok(value)
    }

    fn origin(&mut self, leaf: &Leaf, rule: &Rule) {
        if self.origins.is_none() {
            return;
        }
        let inputs = match &leaf.source {
            Source::Value(expression) => expression.references().iter().map(|path| self.named(path)).collect(),
            Source::Text(template) => template.references().iter().map(|path| self.named(path)).collect(),
            Source::From(path, _, payload) => vec![self.named(&format!("{payload}{}", path.source().trim_start_matches('$')))],
            Source::Constant(_) => Vec::new(),
        };
        let origin = Origin { path: self.written(), rule: rule.info, span: self.mapping.infos[rule.info].span, inputs };
        self.origins.get_or_insert_default().push(origin);
    }

    /// A path with the loop name in front replaced by what it stands for.
    fn named(&self, path: &str) -> String {
        let head = path.find(['.', '[']).unwrap_or(path.len());
        match self.aliases.iter().rev().find(|(name, _)| *name == &path[..head]) {
            Some((_, base)) => format!("{base}{}", &path[head..]),
            None => path.to_owned(),
        }
    }

    fn written(&self) -> String {
        self.path.iter().fold(String::new(), |path, step| match step {
            Step::Members(parts) => target::write(&path, parts),
            Step::Element(index) => format!("{path}[{index}]"),
        })
    }
}

fn truth(value: &Value) -> Result<bool, MapCause> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::Unset | Value::Null => Ok(false),
        other => Err(MapCause::Type { found: other.kind(), wanted: "a condition".to_owned() }),
    }
}

fn joined(items: &[Value], separator: &str) -> Result<Value, MapCause> {
    let mut text = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push_str(separator);
        }
        text.push_str(&print(item).ok_or_else(|| MapCause::Type { found: item.kind(), wanted: "a single value".to_owned() })?);
        if text.len() > BYTES_MAX {
            return Err(MapCause::TooMuch);
        }
    }
    Ok(Value::text(text))
}

/// Writes a value at a path, making the mappings on the way; the check has refused rules that get in each other's way.
fn put(map: &mut Map, path: &[Arc<str>], value: Value) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        map.insert(first.clone(), value);
        return;
    }
    let inner = map.entry(first.clone()).or_insert_with(|| Value::Map(Arc::new(Map::new())));
    if let Value::Map(inner) = inner {
        put(Arc::make_mut(inner), rest, value);
    }
}
