//! The functions of expressions: one list, one file per topic.
//!
//! A function is looked up by name and style when compiled; its overload by the types of its arguments. An argument
//! that is unset or null at run time makes the result unset, so the functions themselves never meet either.

mod convert;
mod layout;
mod list;
mod number;
mod text;
mod time;

use super::super::{Budget, EvaluateError};
use crate::domain::value::{Type, Value};
use std::borrow::Cow;

/// Runs a function on its arguments, the receiver first.
pub(super) type Run = fn(&'static str, &[Cow<'_, Value>], &mut Budget) -> Result<Value, EvaluateError>;

/// A function, or one of several forms of it.
pub(super) struct Function {
    pub name: &'static str,
    pub style: Style,
    /// What it takes, the receiver first.
    pub takes: &'static [Kind],
    /// Further arguments that may follow.
    pub optional: &'static [Kind],
    /// Whether the last of `takes` may be repeated.
    pub repeats: bool,
    pub gives: Gives,
    /// An argument that must be a literal of a certain form, so that it can be checked when compiled.
    pub literal: Option<Literal>,
    pub run: Run,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `x.name(…)`
    Method,
    /// `name(x, …)`
    Global,
    /// Either.
    Both,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Int,
    Number,
    List,
    /// A list or a mapping.
    Collection,
    Instant,
    /// Anything that prints as one text.
    Scalar,
}

#[derive(Clone, Copy)]
pub(super) enum Gives {
    Bool,
    Int,
    Decimal,
    Text,
    Texts,
    /// A list of whatever.
    Items,
    Instant,
    Date,
    Duration,
    /// A list of lists of the first argument's type.
    Lists,
    /// The type of the first argument.
    First,
    /// The type that holds all arguments.
    Widest,
    /// The type of an element of the first argument.
    Item,
}

pub(super) struct Literal {
    pub argument: usize,
    pub fits: fn(&Value) -> bool,
    pub wanted: &'static str,
}

static FUNCTIONS: &[&[Function]] =
    &[text::FUNCTIONS, number::FUNCTIONS, list::FUNCTIONS, layout::FUNCTIONS, convert::FUNCTIONS, time::FUNCTIONS];

/// All forms of a name in a style.
pub(super) fn named(name: &str, method: bool) -> impl Iterator<Item = &'static Function> {
    let fits = move |style: Style| style == Style::Both || (style == Style::Method) == method;
    FUNCTIONS.iter().flat_map(|group| group.iter()).filter(move |function| function.name == name && fits(function.style))
}

/// Every name of a style, for did-you-mean.
pub(super) fn names(method: bool) -> impl Iterator<Item = &'static str> {
    let fits = move |style: Style| style == Style::Both || (style == Style::Method) == method;
    FUNCTIONS.iter().flat_map(|group| group.iter()).filter(move |function| fits(function.style)).map(|function| function.name)
}

impl Function {
    const fn method(name: &'static str, takes: &'static [Kind], gives: Gives, run: Run) -> Function {
        Function { name, style: Style::Method, takes, optional: &[], repeats: false, gives, literal: None, run }
    }

    const fn global(name: &'static str, takes: &'static [Kind], gives: Gives, run: Run) -> Function {
        Function { name, style: Style::Global, takes, optional: &[], repeats: false, gives, literal: None, run }
    }

    const fn both(name: &'static str, takes: &'static [Kind], gives: Gives, run: Run) -> Function {
        Function { name, style: Style::Both, takes, optional: &[], repeats: false, gives, literal: None, run }
    }

    const fn then(mut self, optional: &'static [Kind]) -> Function {
        self.optional = optional;
        self
    }

    const fn repeated(mut self) -> Function {
        self.repeats = true;
        self
    }

    const fn literal(mut self, argument: usize, fits: fn(&Value) -> bool, wanted: &'static str) -> Function {
        self.literal = Some(Literal { argument, fits, wanted });
        self
    }

    /// Whether it takes arguments of these types.
    pub fn accepts(&self, types: &[&Type]) -> bool {
        let fixed = self.takes.len();
        let most = if self.repeats { usize::MAX } else { fixed + self.optional.len() };
        types.len() >= fixed
            && types.len() <= most
            && types.iter().enumerate().all(|(index, of)| {
                let kind =
                    self.takes.get(index).or_else(|| if self.repeats { self.takes.last() } else { self.optional.get(index - fixed) });
                kind.is_some_and(|kind| kind.accepts(of))
            })
    }

    /// How it is written, for hints.
    pub fn signature(&self) -> String {
        let names = |kinds: &[Kind]| kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
        let mut arguments = match self.style {
            Style::Method => names(&self.takes[1..]),
            _ => names(self.takes),
        };
        if self.repeats {
            arguments.push_str(", …");
        }
        for kind in self.optional {
            arguments.push_str(&format!("[, {}]", kind.name()));
        }
        match self.style {
            Style::Method => format!("{}.{}({arguments})", self.takes[0].name(), self.name),
            _ => format!("{}({arguments})", self.name),
        }
    }
}

impl Kind {
    fn accepts(self, of: &Type) -> bool {
        match (self, of) {
            // A list or a mapping of secrets too: joined, it would be a text.
            (_, of) if of.holds_secret() => false,
            (_, Type::Any) => true,
            (Kind::Text, Type::Text) | (Kind::Int, Type::Int) | (Kind::Instant, Type::Instant) => true,
            (Kind::Number, Type::Int | Type::Decimal { .. }) => true,
            (Kind::List, Type::List(..)) | (Kind::Collection, Type::List(..) | Type::Map(_) | Type::Object(_)) => true,
            (Kind::Scalar, Type::List(..) | Type::Map(_) | Type::Object(_)) => false,
            (Kind::Scalar, _) => true,
            _ => false,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Int => "int",
            Kind::Number => "number",
            Kind::List => "list",
            Kind::Collection => "list or mapping",
            Kind::Instant => "instant",
            Kind::Scalar => "value",
        }
    }
}

/// The text of an argument.
fn text<'v>(name: &str, values: &'v [Cow<'_, Value>], index: usize) -> Result<&'v str, EvaluateError> {
    match values[index].as_ref() {
        Value::Text(text) => Ok(text),
        other => Err(wrong(name, other)),
    }
}

/// The whole number of an argument.
fn int(name: &str, values: &[Cow<'_, Value>], index: usize) -> Result<i64, EvaluateError> {
    match values[index].as_ref() {
        Value::Int(number) => Ok(*number),
        other => Err(wrong(name, other)),
    }
}

/// A count or position: negative ones are zero.
fn count(name: &str, values: &[Cow<'_, Value>], index: usize) -> Result<usize, EvaluateError> {
    Ok(usize::try_from(int(name, values, index)?.max(0)).unwrap_or(usize::MAX))
}

/// The elements of an argument.
fn items<'v>(name: &str, values: &'v [Cow<'_, Value>], index: usize) -> Result<&'v [Value], EvaluateError> {
    match values[index].as_ref() {
        Value::List(items) => Ok(items),
        other => Err(wrong(name, other)),
    }
}

/// The error of an argument of the wrong kind, which only undeclared values can be.
fn wrong(name: &str, found: &Value) -> EvaluateError {
    EvaluateError::Type { operation: name.to_owned(), found: found.kind().to_owned() }
}

/// The error of a text that does not read as what is wanted; the text itself may be personal and is not quoted.
fn unreadable(name: &str) -> EvaluateError {
    EvaluateError::Type { operation: name.to_owned(), found: "a text of another form".to_owned() }
}
