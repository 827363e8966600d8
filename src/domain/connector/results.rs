//! `results:`: the answer to a request that holds many items says of each what became of it. A part that was refused is never
//! counted as done because the request as a whole was answered with success.

use super::answer::{Answer, bad_answer};
use super::class::Class;
use super::compiler::Compiler;
use super::operation::Effect;
use super::reply::Reply;
use super::rule::shorten;
use crate::domain::expression::{Budget, Cardinality, Expression, Path, Scope, ScopeType};
use crate::domain::flow::effect::Cause;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::{Type, Value};

/// Items that are named in a message; the answer holds them all.
const NAMED_MAX: usize = 5;

static OBJECT: ObjectShape = ObjectShape {
    name: "results",
    doc: "What the answer says of each item of a request that holds many.",
    fields: &[
        Field::required("each", Shape::Path, "The results in the body, one for each item."),
        Field::required("ok_when", Shape::Expression, "Holds on the result of an item that was done; sees `item`, `input` and `response`."),
        Field::optional("id", Shape::Expression, "What people call the item."),
        Field::optional("message", Shape::Expression, "Why it was not done, in the partner's words."),
    ],
};

/// The shape of `results:`.
pub const SHAPE: Shape = Shape::Object(&OBJECT);

/// How the results of a request's items are read.
#[derive(Debug)]
pub struct Results {
    each: Path,
    ok_when: Expression,
    id: Option<Expression>,
    message: Option<Expression>,
}

impl Results {
    pub(super) fn compile(node: &Node, response: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Results> {
        let scope = response.clone().with("item", Type::Any);
        let each = compiler.inside("each", |compiler| compiler.json_path(node.get("each")?));
        let ok_when = compiler.inside("ok_when", |compiler| compiler.condition(node.get("ok_when")?, &scope));
        let mut words = |key: &str| match node.get(key) {
            Some(value) => compiler.inside(key, |compiler| compiler.expression(value, &scope)).map(Some),
            None => Some(None),
        };
        let (id, message) = (words("id")?, words("message")?);
        Some(Results { each: each?, ok_when: ok_when?, id, message })
    }

    /// What the results make of an answer that is ok as a whole; none when every item was done.
    pub(super) fn judge(&self, reply: &Reply, scope: &Scope<'_>) -> Option<Answer> {
        let found = self.each.extract(&reply.body, Cardinality::Many).unwrap_or_default();
        let Value::List(items) = &found else {
            return Some(no_results());
        };
        if items.is_empty() {
            return Some(no_results());
        }
        let (mut done, mut refused) = (Vec::new(), Vec::new());
        for (number, item) in items.iter().enumerate() {
            let scope = scope.clone().with("item", item.clone());
            let word = |expression: &Option<Expression>| {
                let value = expression.as_ref()?.evaluate(&scope, &mut Budget::default()).ok()?;
                Some(value).filter(|value| !matches!(value, Value::Unset | Value::Null)).map(|value| plain(&value))
            };
            let name = word(&self.id).unwrap_or_else(|| format!("item {}", number + 1));
            // A condition that cannot be evaluated is not met: what is not known to be done is not counted as done.
            match self.ok_when.holds(&scope, &mut Budget::default()).unwrap_or(false) {
                true => done.push(name),
                false => refused.push(word(&self.message).map_or(name.clone(), |why| format!("{name} ({why})"))),
            }
        }
        if refused.is_empty() {
            return None;
        }
        let all = items.len();
        let (code, head) = match done.len() {
            0 => ("none_done", format!("none of {all} items was done")),
            some => ("partly_done", format!("{some} of {all} items were done: {}", named(&done))),
        };
        let message = shorten(&format!("{head}; not done: {}", named(&refused)));
        Some(Answer { payload: reply.body.clone(), ..Answer::stopped(Class::Refused, Cause::DataWrong, code, message) })
    }
}

fn plain(value: &Value) -> String {
    value.as_text().map_or_else(|| value.to_json_text(), str::to_owned)
}

pub(super) fn named(names: &[String]) -> String {
    let shown = names.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > NAMED_MAX { format!("{shown} and {} more", names.len() - NAMED_MAX) } else { shown }
}

/// A success that does not say what came of each item.
fn no_results() -> Answer {
    Answer { misread: true, ..bad_answer(Effect::Write, "the answer has no results of its items".to_owned()) }
}

#[cfg(test)]
mod tests {
    use crate::domain::connector::example::play;
    use crate::domain::connector::read;
    use crate::domain::diagnostic::Report;
    use crate::domain::text::tree::parse;
    use serde_json::{Value as Json, json};
    use std::sync::Arc;

    fn told(body: &Json) -> (String, String, String) {
        let text = "format: 1\nconnector: p\nsettings: {base_url: {type: url}}\nhttp: {base_url: \"{{settings.base_url}}\"}\noperations:\n  book:\n    effect: write\n    input: {items: [object]}\n    request: {method: POST, path: /batch, json: {items: {value: input.items}}}\n    results: {each: \"$.results[*]\", ok_when: \"item.status == 'ok'\", id: item.key, message: item.error}\n    output: {count: {type: int, value: \"size(response.body.results)\"}}\n    idempotency: {by: none}\n";
        let mut report = Report::new("connector.yaml");
        let connector =
            parse(text, &mut report).and_then(|node| read(&node, &mut report)).unwrap_or_else(|| panic!("{:#?}", report.items()));
        let example = json!({"operation": "book", "input": {"items": [{}]}, "request": {}, "response": {"status": 200, "body": body}});
        let answer = play(&Arc::new(connector), &example).answer;
        (answer.class.word().to_owned(), answer.code.unwrap_or_default(), answer.message)
    }

    #[test]
    fn a_part_that_was_refused_is_no_success() {
        let ok = |key: &str| json!({"key": key, "status": "ok"});
        let bad = |key: &str| json!({"key": key, "status": "error", "error": "no such supplier"});
        for (body, class, code, words) in [
            (json!({"results": [ok("A"), ok("B")]}), "ok", "", ""),
            (
                json!({"results": [ok("A"), bad("B")]}),
                "refused",
                "partly_done",
                "1 of 2 items were done: A; not done: B (no such supplier)",
            ),
            (
                json!({"results": [bad("A"), {"status": 7}]}),
                "refused",
                "none_done",
                "none of 2 items was done; not done: A (no such supplier), item 2",
            ),
            // Success without a word about the items leaves open what was done.
            (json!({"results": []}), "unknown", "bad_answer", "the answer has no results of its items"),
        ] {
            assert_eq!(told(&body), (class.to_owned(), code.to_owned(), words.to_owned()), "{body}");
        }
        let many: Vec<Json> = (0..9).map(|number| bad(&number.to_string())).collect();
        assert!(told(&json!({"results": many})).2.ends_with("and 4 more"));
    }
}
