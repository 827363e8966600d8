//! A compiled mapping.

use super::definition::Target;
use crate::domain::diagnostic::Span;
use crate::domain::dictionary::Dictionary;
use crate::domain::expression::{Cardinality, Expression, Path, Template};
use crate::domain::format::{Direction, Format};
use crate::domain::value::{Type, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A compiled mapping. Immutable; share it.
#[derive(Debug)]
pub struct Mapping {
    /// Its id.
    pub id: Arc<str>,
    /// The names it takes.
    pub inputs: Vec<Arc<str>>,
    /// What it makes.
    pub target: Target,
    /// Its rules, in the order of the file; the index is what origins and errors name.
    pub infos: Vec<RuleInfo>,
    pub(super) direction: Direction,
    pub(super) rules: Vec<Rule>,
}

/// What people are told of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleInfo {
    /// Its place in the definition, such as `fields[7].fields[0]`.
    pub path: String,
    /// Where it stands.
    pub span: Span,
    /// Its target as written.
    pub to: Arc<str>,
}

impl Mapping {
    /// The members of the target it writes, at the top.
    pub fn fills(&self) -> BTreeSet<Arc<str>> {
        self.rules.iter().filter_map(|rule| rule.to.first().cloned()).collect()
    }

    /// The dictionaries it looks into.
    pub fn dictionaries(&self) -> BTreeSet<Arc<str>> {
        let mut found = BTreeSet::new();
        collect(&self.rules, &mut found);
        found
    }
}

/// One value that a mapping writes.
#[derive(Debug)]
pub struct Write<'m> {
    /// The target; of an element of a list, that of the list and then the element's own.
    pub path: Vec<Arc<str>>,
    /// The rule.
    pub info: &'m RuleInfo,
    /// What is written.
    pub of: Written<'m>,
}

/// What is written, as far as it is known before there is a value.
#[derive(Debug)]
pub enum Written<'m> {
    /// This value.
    Constant(&'m Value),
    /// A value of this type, before it is written in the target's form.
    Typed(&'m Type),
    /// A text made of several, a partner's value, a code of a dictionary.
    Else,
}

impl Mapping {
    /// Every value that it writes, with its target.
    pub fn writes(&self) -> Vec<Write<'_>> {
        let mut found = Vec::new();
        self.gather(&self.rules, &[], &mut found);
        found
    }

    fn gather<'m>(&'m self, rules: &'m [Rule], base: &[Arc<str>], found: &mut Vec<Write<'m>>) {
        for rule in rules {
            let path: Vec<Arc<str>> = base.iter().chain(&rule.to).cloned().collect();
            match &rule.body {
                Body::Leaf(leaf) => {
                    let of = match &leaf.source {
                        Source::Constant(value) => Written::Constant(value),
                        Source::Value(expression) if leaf.lookup.is_none() && leaf.join.is_none() => {
                            Written::Typed(expression.result_type())
                        }
                        Source::Value(_) | Source::Text(_) | Source::From(..) => Written::Else,
                    };
                    found.push(Write { path, info: &self.infos[rule.info], of });
                }
                Body::Each(each) => self.gather(&each.rules, &path, found),
                Body::Group(rules) => self.gather(rules, &path, found),
            }
        }
    }
}

/// What a mapping makes of one of its inputs, or of a member of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Becomes {
    /// Dotted targets that hold it as it is, or, for a list, what each of its elements is made into.
    pub alone: BTreeSet<String>,
    /// Dotted targets that it has a part in, those included.
    pub part_of: BTreeSet<String>,
}

impl Mapping {
    /// What becomes of a path such as `form.reason`.
    pub fn becomes(&self, path: &str) -> Becomes {
        let mut found = Becomes::default();
        becomes(&self.rules, &[], path, &mut found);
        found
    }
}

fn becomes(rules: &[Rule], base: &[Arc<str>], path: &str, found: &mut Becomes) {
    for rule in rules {
        let target: Vec<Arc<str>> = base.iter().chain(&rule.to).cloned().collect();
        let reads = |expression: &Expression| expression.references().iter().any(|read| is_within(read, path));
        let (is_it, has_part) = match &rule.body {
            Body::Leaf(leaf) => match &leaf.source {
                Source::Value(expression) => {
                    let plain = leaf.lookup.is_none() && leaf.join.is_none() && leaf.formats.is_empty() && !leaf.truncate;
                    (plain && expression.source().trim() == path, reads(expression))
                }
                Source::Text(template) => (false, template.references().iter().any(|read| is_within(read, path))),
                Source::From(_, _, name) => (false, is_within(name, path)),
                Source::Constant(_) => (false, false),
            },
            Body::Each(each) => {
                let mut inside = Becomes::default();
                becomes(&each.rules, &[], path, &mut inside);
                (each.over.source().trim() == path, reads(&each.over) || !inside.part_of.is_empty())
            }
            Body::Group(rules) => {
                becomes(rules, &target, path, found);
                (false, false)
            }
        };
        let has_part = has_part || rule.when.as_ref().is_some_and(reads);
        if is_it || has_part {
            let target = target.join(".");
            if is_it && rule.when.is_none() {
                found.alone.insert(target.clone());
            }
            found.part_of.insert(target);
        }
    }
}

/// Whether what is read is the path, a part of it, or the whole that it is a part of.
fn is_within(read: &str, path: &str) -> bool {
    let begins = |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    begins(read, path) || begins(path, read)
}

fn collect(rules: &[Rule], found: &mut BTreeSet<Arc<str>>) {
    for rule in rules {
        match &rule.body {
            Body::Leaf(leaf) => found.extend(leaf.lookup.iter().map(|lookup| lookup.dictionary.id.clone())),
            Body::Each(each) => collect(&each.rules, found),
            Body::Group(rules) => collect(rules, found),
        }
    }
}

#[derive(Debug)]
pub(super) struct Rule {
    pub info: usize,
    pub to: Vec<Arc<str>>,
    pub when: Option<Expression>,
    pub required: bool,
    pub body: Body,
}

#[derive(Debug)]
pub(super) enum Body {
    Leaf(Box<Leaf>),
    Each(Box<Each>),
    Group(Vec<Rule>),
}

#[derive(Debug)]
pub(super) struct Leaf {
    pub source: Source,
    pub lookup: Option<Lookup>,
    /// In the order in which they are applied.
    pub formats: Vec<Format>,
    pub join: Option<Arc<str>>,
    pub max_length: Option<u32>,
    pub truncate: bool,
    pub default: Option<Value>,
    pub target: Type,
}

#[derive(Debug)]
pub(super) enum Source {
    Value(Expression),
    Text(Template),
    /// A path on a name in scope.
    From(Path, Cardinality, Arc<str>),
    Constant(Value),
}

#[derive(Debug)]
pub(super) struct Lookup {
    pub dictionary: Arc<Dictionary>,
    pub on: Option<Expression>,
}

#[derive(Debug)]
pub(super) struct Each {
    pub over: Expression,
    pub name: Arc<str>,
    pub rules: Vec<Rule>,
}
