//! Response rules: ordered, the first that matches decides what an answer means.

use super::class::Class;
use super::compiler::Compiler;
use super::quota::{self, Wait};
use super::reply::Reply;
use crate::domain::expression::{Budget, Cardinality, Expression, Path, Place, Scope, ScopeType, Template};
use crate::domain::flow::effect::Cause;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;

/// Longest message kept from an answer, characters: some partners answer tens of kilobytes of field definitions.
pub const MESSAGE_MAX: usize = 500;

static WORDS_FROM: ObjectShape = ObjectShape {
    name: "words_of_an_answer",
    doc: "A text taken out of an answer.",
    fields: &[
        Field::optional("from", Shape::Path, "A JSONPath on the answer's body."),
        Field::optional("value", Shape::Expression, "A CEL expression."),
        Field::optional("text", Shape::Template, "A template."),
    ],
};

static CAUSES: &[&str] = &["partner_down", "data_wrong", "rule_missing", "credentials", "our_fault"];

static OBJECT: ObjectShape = ObjectShape {
    name: "response_rule",
    doc: "What an answer means; the first rule that matches decides.",
    fields: &[
        Field::required("when", Shape::Expression, "Sees `response.status`, `response.headers`, `response.body`, `input`."),
        Field::required("class", Shape::Word(Class::WORDS), "What it means."),
        Field::optional("message", Shape::Object(&WORDS_FROM), "The partner's words for people."),
        Field::optional("code", Shape::Object(&WORDS_FROM), "The partner's code."),
        Field::optional("cause", Shape::Word(CAUSES), "The cause of the exception, where it is not the class's."),
        Field::optional(
            "retry_after",
            quota::WAIT_SHAPE,
            "Earliest next try where `Retry-After` does not say: a duration, or where the answer says.",
        ),
    ],
};

/// The shape of one rule.
pub const SHAPE: Shape = Shape::Object(&OBJECT);

/// One rule.
#[derive(Debug)]
pub struct ResponseRule {
    when: Expression,
    class: Class,
    message: Option<Words>,
    code: Option<Words>,
    cause: Option<Cause>,
    retry_after: Option<Wait>,
}

#[derive(Debug)]
enum Words {
    From(Path),
    Value(Expression),
    Text(Template),
}

/// What a rule says.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The class.
    pub class: Class,
    /// The cause, where the rule gives one.
    pub cause: Option<Cause>,
    /// The partner's words.
    pub message: Option<String>,
    /// The partner's code.
    pub code: Option<String>,
    /// Earliest next try, milliseconds.
    pub retry_after_millis: Option<u64>,
}

impl ResponseRule {
    /// The class it gives.
    pub fn class(&self) -> Class {
        self.class
    }
}

/// Compiles a list of rules.
pub(super) fn compile_all(node: Option<&Node>, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Vec<ResponseRule> {
    let items = node.map(Node::items).unwrap_or_default();
    let rules = items.iter().enumerate();
    rules.filter_map(|(index, rule)| compiler.inside(&format!("responses[{index}]"), |compiler| compile(rule, scope, compiler))).collect()
}

fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<ResponseRule> {
    let when = compiler.inside("when", |compiler| compiler.condition(node.get("when")?, scope));
    let class = node.get("class").and_then(Node::text).and_then(Class::from_word);
    let message = node.get("message").and_then(|words| compiler.inside("message", |compiler| Words::compile(words, scope, compiler)));
    let code = node.get("code").and_then(|words| compiler.inside("code", |compiler| Words::compile(words, scope, compiler)));
    let cause = node.get("cause").and_then(Node::text).and_then(Cause::from_word);
    let retry_after = node.get("retry_after").and_then(|wait| compiler.inside("retry_after", |compiler| Wait::compile(wait, compiler)));
    Some(ResponseRule { when: when?, class: class?, message, code, cause, retry_after })
}

impl Words {
    fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Words> {
        if let Some(path) = node.get("from") {
            return compiler.json_path(path).map(Words::From);
        }
        if let Some(value) = node.get("value") {
            return compiler.expression(value, scope).map(Words::Value);
        }
        compiler.template(node.get("text")?, Place::Plain, scope).map(Words::Text)
    }

    fn read(&self, reply: &Reply, scope: &Scope<'_>) -> Option<String> {
        let mut budget = Budget::default();
        let value = match self {
            // Error lists are common: the first message is what people need.
            Words::From(path) => match path.extract(&reply.body, Cardinality::Many).ok()? {
                Value::List(items) => items.first()?.clone(),
                other => other,
            },
            Words::Value(expression) => expression.evaluate(scope, &mut budget).ok()?,
            Words::Text(template) => Value::text(template.render(scope, &mut budget).ok()?),
        };
        match value {
            Value::Unset | Value::Null => None,
            Value::Text(text) => Some(shorten(&text)),
            other => Some(shorten(&other.to_json_text())),
        }
    }
}

/// Cuts a text for people.
pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(MESSAGE_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The verdict of the first rule that matches. A rule whose expression fails does not match; `notes` says so.
pub(super) fn first_match<'r>(
    rules: impl IntoIterator<Item = &'r ResponseRule>,
    reply: &Reply,
    scope: &Scope<'_>,
    notes: &mut Vec<String>,
) -> Option<Verdict> {
    for rule in rules {
        match rule.when.holds(scope, &mut Budget::default()) {
            Ok(false) => {}
            Ok(true) => {
                return Some(Verdict {
                    class: rule.class,
                    cause: rule.cause,
                    message: rule.message.as_ref().and_then(|words| words.read(reply, scope)),
                    code: rule.code.as_ref().and_then(|words| words.read(reply, scope)),
                    retry_after_millis: rule.retry_after.as_ref().and_then(|wait| wait.read(reply)),
                });
            }
            Err(error) => notes.push(format!("the rule `{}` does not match because {error}", rule.when.source())),
        }
    }
    None
}
