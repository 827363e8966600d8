//! From the crate's template tree to ours, every name checked.

use super::super::cel::member_type;
use super::super::{Problem, ScopeType};
use super::{Compiled, Counter, Helper, Part, Place, TEMPLATE_LENGTH_MAX, Term};
use crate::domain::diagnostic::{Hint, did_you_mean};
use crate::domain::value::{Type, Value};
use handlebars::template::{BlockParam, HelperTemplate, Parameter, TemplateElement};
use handlebars::{Path, PathSeg, Template as Parsed};
use std::sync::Arc;

/// Nested blocks, brackets and helpers; the grammar recurses over them.
const DEPTH_MAX: usize = 24;

/// Compiles a text; all problems at once.
pub(super) fn compile(source: &str, place: Place, scope: &ScopeType) -> Result<Compiled, Vec<Problem>> {
    bounds(source)?;
    let parsed = Parsed::compile(source).map_err(|error| {
        let offset = error.pos().map_or(0, |(line, column)| offset(source, line, column));
        let reason = error.reason().to_string();
        let reason = reason.lines().last().unwrap_or_default().trim().trim_start_matches("= ").to_owned();
        vec![problem("template_syntax", offset, format!("the template cannot be read here: {reason}"), None)]
    })?;
    let mut compiler = Compiler { source, place, scope, blocks: Vec::new(), at: 0, problems: Vec::new(), references: Vec::new() };
    let parts = compiler.template(&parsed);
    let Compiler { problems, references, .. } = compiler;
    if problems.is_empty() { Ok(Compiled { source: Arc::from(source), place, parts, references }) } else { Err(problems) }
}

fn problem(code: &'static str, offset: u32, message: String, hint: Option<Hint>) -> Problem {
    Problem { code, offset, length: 1, message, hint }
}

fn offset(source: &str, line: usize, column: usize) -> u32 {
    let before: usize = source.split_inclusive('\n').take(line.saturating_sub(1)).map(|text| text.chars().count()).sum();
    u32::try_from(before + column.saturating_sub(1)).unwrap_or(u32::MAX)
}

/// Refuses what is too long or too deep to parse, and raw blocks, which the scan could not follow.
fn bounds(source: &str) -> Result<(), Vec<Problem>> {
    let length = source.chars().count();
    let refuse =
        |offset: usize, message: String| Err(vec![problem("template_syntax", u32::try_from(offset).unwrap_or(u32::MAX), message, None)]);
    if length > TEMPLATE_LENGTH_MAX {
        return refuse(0, format!("the template has {length} characters; the limit is {TEMPLATE_LENGTH_MAX}"));
    }
    let letters: Vec<char> = source.chars().collect();
    let (mut blocks, mut inner, mut inside) = (0_usize, 0_usize, false);
    for (at, letter) in letters.iter().enumerate() {
        match letter {
            '{' if letters.get(at + 1) == Some(&'{') && !inside => {
                if letters.get(at + 2) == Some(&'{') && letters.get(at + 3) == Some(&'{') {
                    return refuse(at, "raw blocks are not taken".to_owned());
                }
                inside = true;
                inner = 0;
                let mark = letters[at + 2..].iter().find(|letter| !matches!(letter, '~' | ' '));
                match mark {
                    Some('#') => blocks += 1,
                    Some('/') => blocks = blocks.saturating_sub(1),
                    _ => {}
                }
            }
            '}' if letters.get(at + 1) == Some(&'}') => inside = false,
            '(' | '[' | '{' if inside => inner += 1,
            ')' | ']' | '}' if inside => inner = inner.saturating_sub(1),
            _ => {}
        }
        if blocks > DEPTH_MAX || inner > DEPTH_MAX {
            return refuse(at, format!("the template nests deeper than {DEPTH_MAX}"));
        }
    }
    Ok(())
}

/// An open `each` or `with`.
struct Block {
    of: Type,
    name: Option<String>,
    /// The second name of `as |item index|`.
    counter_name: Option<String>,
    path: Option<String>,
    is_each: bool,
}

struct Compiler<'a> {
    source: &'a str,
    place: Place,
    scope: &'a ScopeType,
    blocks: Vec<Block>,
    at: u32,
    problems: Vec<Problem>,
    references: Vec<Arc<str>>,
}

/// A term and what is known of it.
struct Typed {
    term: Term,
    of: Type,
    path: Option<String>,
}

impl Compiler<'_> {
    fn template(&mut self, template: &Parsed) -> Vec<Part> {
        let mut parts = Vec::new();
        for (index, element) in template.elements.iter().enumerate() {
            if let Some(place) = template.mapping.get(index) {
                self.at = offset(self.source, place.0, place.1);
            }
            parts.extend(self.element(element));
        }
        parts
    }

    fn element(&mut self, element: &TemplateElement) -> Option<Part> {
        match element {
            TemplateElement::RawString(text) => Some(Part::Text(text.clone())),
            TemplateElement::Comment(_) => None,
            TemplateElement::Expression(expression) => self.print(expression),
            TemplateElement::HelperBlock(block) => self.block(block),
            TemplateElement::HtmlExpression(_) => {
                self.refuse("unescaped insertion is not taken", Some("write `{{name}}`: the text is escaped for its place".into()))
            }
            _ => self.refuse("partials and decorators are not taken", Some("write the text out".into())),
        }
    }

    fn print(&mut self, expression: &HelperTemplate) -> Option<Part> {
        let typed = self.call(expression)?;
        match &typed.of {
            Type::List(..) => self.name_problem("a list cannot be printed", Some("use `{{#each …}}` or `{{join … \", \"}}`".into())),
            Type::Object(_) | Type::Map(_) => self.name_problem("a mapping cannot be printed", Some("print one of its fields".into())),
            Type::Secret if self.place == Place::Markdown => self.name_problem("a secret cannot stand in a message", None),
            _ => Some(Part::Print(typed.term)),
        }
    }

    /// A name, or a helper with its arguments.
    fn call(&mut self, expression: &HelperTemplate) -> Option<Typed> {
        if expression.params.is_empty() && expression.hash.is_empty() {
            return self.parameter(&expression.name);
        }
        let Some(name) = expression.name.as_name().map(str::to_owned) else {
            return self.refuse("this cannot be called", None);
        };
        if !expression.hash.is_empty() {
            return self.refuse("helpers take no named arguments", None);
        }
        let helper = match (name.as_str(), expression.params.len()) {
            ("first", 1) => Helper::First,
            ("last", 1) => Helper::Last,
            ("size", 1) => Helper::Size,
            ("join", 1 | 2) => Helper::Join,
            ("default", 2) => Helper::Default,
            _ => {
                let known = ["first", "last", "size", "join", "default"];
                let hint: Hint = match did_you_mean(&name, known) {
                    Some(near) if near != name => Hint::meant(near),
                    _ => "helpers: first x, last x, size x, join x \", \", default x \"…\"; other work is done in an expression".into(),
                };
                return self.refuse(&format!("there is no helper `{name}` with {} arguments", expression.params.len()), Some(hint));
            }
        };
        let arguments: Vec<Option<Typed>> = expression.params.iter().map(|parameter| self.parameter(parameter)).collect();
        let arguments: Vec<Typed> = arguments.into_iter().collect::<Option<_>>()?;
        self.helper(helper, &name, arguments)
    }

    fn helper(&mut self, helper: Helper, name: &str, arguments: Vec<Typed>) -> Option<Typed> {
        let first = &arguments[0];
        let of = match (helper, &first.of) {
            (Helper::First | Helper::Last, Type::List(item, _)) => item.as_ref().clone(),
            (Helper::Join, Type::List(..)) => Type::Text,
            (Helper::Size, Type::List(..) | Type::Text | Type::Map(_)) => Type::Int,
            (Helper::First | Helper::Last, Type::Any) => Type::Any,
            (Helper::Join, Type::Any) => Type::Text,
            (Helper::Size, Type::Any) => Type::Int,
            (Helper::Default, of) => of.clone(),
            (_, other) => {
                let message = format!("`{name}` cannot take {}", other.name());
                return self.name_problem(&message, None);
            }
        };
        let path = match helper {
            Helper::First | Helper::Last => first.path.as_ref().map(|path| format!("{path}[]")),
            _ => None,
        };
        Some(Typed { term: Term::Helper(helper, arguments.into_iter().map(|argument| argument.term).collect()), of, path })
    }

    fn parameter(&mut self, parameter: &Parameter) -> Option<Typed> {
        match parameter {
            Parameter::Literal(json) => {
                let value = Value::from_json(json);
                let of = match &value {
                    Value::Text(_) => Type::Text,
                    Value::Bool(_) => Type::Bool,
                    Value::Int(_) => Type::Int,
                    Value::Decimal(_) => Type::Decimal { currency: None },
                    _ => return self.refuse("only text, numbers and true or false may stand here", None),
                };
                Some(Typed { term: Term::Literal(value), of, path: None })
            }
            Parameter::Name(name) => self.path(&[name.as_str()], name),
            Parameter::Path(Path::Relative((segments, raw))) => {
                let names: Option<Vec<&str>> = segments
                    .iter()
                    .map(|segment| match segment {
                        PathSeg::Named(name) => Some(name.as_str()),
                        _ => None,
                    })
                    .collect();
                match names {
                    Some(names) => self.path(&names, raw),
                    None => self.refuse(&format!("`{raw}` is not taken"), Some("name the element: `{{#each list as |item|}}`".into())),
                }
            }
            Parameter::Path(Path::Local((_, name, raw))) => self.counter(name, raw),
            Parameter::Subexpression(inner) => match inner.as_element() {
                TemplateElement::Expression(expression) => self.call(expression),
                _ => self.refuse("this cannot stand in brackets", None),
            },
            _ => self.refuse("this form of argument is not taken", None),
        }
    }

    fn counter(&mut self, name: &str, raw: &str) -> Option<Typed> {
        let level = self.blocks.iter().rposition(|block| block.is_each);
        let counter = match name {
            "index" => Some((Counter::Index, Type::Int)),
            "key" => Some((Counter::Key, Type::Text)),
            "first" => Some((Counter::First, Type::Bool)),
            "last" => Some((Counter::Last, Type::Bool)),
            _ => None,
        };
        match (level, counter) {
            (Some(level), Some((counter, of))) if !raw.contains("..") => {
                Some(Typed { term: Term::Counter { level, counter }, of, path: None })
            }
            _ => self.refuse(&format!("`{raw}` is not known here"), Some("inside `each`: @index, @key, @first, @last".into())),
        }
    }

    /// A path: block names first, then fields of the innermost element that declares them, then names in scope.
    fn path(&mut self, names: &[&str], raw: &str) -> Option<Typed> {
        let written: Arc<str> = Arc::from(raw);
        let Some((head, rest)) = names.split_first() else {
            return match self.blocks.len() {
                0 => self.refuse("`this` has no meaning outside `each` and `with`", None),
                count => self.in_block(count - 1, &[], &written),
            };
        };
        if raw == "this" || raw.starts_with("this.") || raw.starts_with("this/") || raw.starts_with("./") {
            return match self.blocks.len() {
                0 => self.refuse("`this` has no meaning outside `each` and `with`", None),
                count => self.in_block(count - 1, names, &written),
            };
        }
        for level in (0..self.blocks.len()).rev() {
            let block = &self.blocks[level];
            if block.name.as_deref() == Some(head) {
                return self.in_block(level, rest, &written);
            }
            if block.counter_name.as_deref() == Some(head) {
                return Some(Typed { term: Term::Counter { level, counter: Counter::Position }, of: Type::Any, path: None });
            }
            if block.name.is_none() && matches!(&block.of, Type::Object(object) if object.fields.contains_key(*head)) {
                return self.in_block(level, names, &written);
            }
        }
        if let Some(of) = self.scope.names.get(*head) {
            let (of, path) = self.members(of.clone(), (*head).to_owned(), rest)?;
            let members = rest.iter().map(|name| Arc::from(*name)).collect();
            self.refer(&path);
            return Some(Typed { term: Term::Name { name: Arc::from(*head), members, written }, of, path: Some(path) });
        }
        // An undeclared element may have any field.
        if let Some(level) = self.blocks.iter().rposition(|block| block.name.is_none() && matches!(block.of, Type::Any | Type::Map(_))) {
            return self.in_block(level, names, &written);
        }
        let known: Vec<&str> =
            self.scope.names.keys().map(String::as_str).chain(self.blocks.iter().filter_map(|block| block.name.as_deref())).collect();
        let hint = match did_you_mean(head, known.iter().copied()) {
            Some(near) => Hint::meant(near),
            None => format!("names here: {}", known.join(", ")).into(),
        };
        self.name_problem(&format!("`{head}` is not known here"), Some(hint))
    }

    fn in_block(&mut self, level: usize, names: &[&str], written: &Arc<str>) -> Option<Typed> {
        let block = &self.blocks[level];
        let (of, base) = (block.of.clone(), block.path.clone());
        let (of, path) = self.members(of, base.clone().unwrap_or_default(), names)?;
        let path = base.map(|_| path);
        if let Some(path) = &path {
            self.refer(path);
        }
        let members = names.iter().map(|name| Arc::from(*name)).collect();
        Some(Typed { term: Term::Block { level, members, written: written.clone() }, of, path })
    }

    fn members(&mut self, mut of: Type, mut path: String, names: &[&str]) -> Option<(Type, String)> {
        for name in names {
            let Some(next) = member_type(&of, name) else {
                let hint = match &of {
                    Type::Object(object) => match did_you_mean(name, object.fields.keys().map(AsRef::as_ref)) {
                        Some(near) => Some(Hint::meant(near)),
                        None => Some(format!("it has: {}", object.fields.keys().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")).into()),
                    },
                    Type::List(..) => Some("use `{{#each …}}` or `(first …)`".into()),
                    _ => None,
                };
                return self.name_problem(&format!("{} has no field `{name}`", of.name()), hint);
            };
            of = next;
            path = format!("{path}.{name}");
        }
        Some((of, path))
    }

    fn refer(&mut self, path: &str) {
        if !self.references.iter().any(|known| **known == *path) {
            self.references.push(Arc::from(path));
        }
    }

    fn block(&mut self, block: &HelperTemplate) -> Option<Part> {
        let name = block.name.as_name().unwrap_or_default().to_owned();
        let [parameter] = block.params.as_slice() else {
            return self.refuse(&format!("`{name}` takes one value"), None);
        };
        let at = self.at;
        let typed = self.parameter(parameter);
        match name.as_str() {
            "if" | "unless" => {
                let then = self.inner(block.template.as_ref());
                let otherwise = self.inner(block.inverse.as_ref());
                Some(Part::If { condition: typed?.term, negated: name == "unless", then, otherwise })
            }
            "each" | "with" => {
                let typed = typed?;
                let is_each = name == "each";
                let (of, path) = match (&typed.of, is_each) {
                    (of, false) => (of.clone(), typed.path),
                    (Type::List(item, _) | Type::Map(item), true) => (item.as_ref().clone(), typed.path.map(|path| format!("{path}[]"))),
                    (Type::Any, true) => (Type::Any, typed.path.map(|path| format!("{path}[]"))),
                    (other, true) => {
                        self.at = at;
                        let message = format!("`each` runs over a list or a free mapping, not over {}", other.name());
                        return self.name_problem(&message, None);
                    }
                };
                let (name, counter_name) = block_names(block.block_param.as_ref());
                self.blocks.push(Block { of, name, counter_name, path, is_each });
                let body = self.inner(block.template.as_ref());
                self.blocks.pop();
                let otherwise = self.inner(block.inverse.as_ref());
                let value = typed.term;
                Some(if is_each { Part::Each { over: value, body, otherwise } } else { Part::With { value, body, otherwise } })
            }
            _ => {
                self.at = at;
                self.refuse(&format!("there is no block `{name}`"), Some("blocks: if, unless, each, with".into()))
            }
        }
    }

    fn inner(&mut self, template: Option<&Parsed>) -> Vec<Part> {
        template.map(|template| self.template(template)).unwrap_or_default()
    }

    fn refuse<T>(&mut self, message: &str, hint: Option<Hint>) -> Option<T> {
        self.problems.push(problem("template_syntax", self.at, message.to_owned(), hint));
        None
    }

    fn name_problem<T>(&mut self, message: &str, hint: Option<Hint>) -> Option<T> {
        self.problems.push(problem("template_name", self.at, message.to_owned(), hint));
        None
    }
}

fn block_names(parameter: Option<&BlockParam>) -> (Option<String>, Option<String>) {
    let name = |parameter: &Parameter| parameter.as_name().map(str::to_owned);
    match parameter {
        Some(BlockParam::Single(first)) => (name(first), None),
        Some(BlockParam::Pair((first, second))) => (name(first), name(second)),
        _ => (None, None),
    }
}
