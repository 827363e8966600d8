//! `poll:`: a partner that takes a request, answers "not yet", and says where to ask for the outcome (202 and `Location`, or a
//! job's number in the body).
//!
//! The asking is part of the operation: what comes last is the operation's answer. When it does not come in time, a write may
//! have been done, and is unknown as after any lost answer.

use super::answer::Answer;
use super::class::Class;
use super::compiler::Compiler;
use super::operation::Effect;
use super::reply::Reply;
use super::request::{join, plain_millis};
use crate::domain::expression::{Budget, Cardinality, Expression, Path, Place, Scope, ScopeType, Template};
use crate::domain::flow::effect::Cause;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use std::sync::Arc;
use url::Url;

/// Time between two askings where nothing is said.
const EVERY_MILLIS: u64 = 2_000;
/// Time for all of them where nothing is said.
const MOST_MILLIS: u64 = 60_000;
/// Shorter pauses only load the partner.
const EVERY_MILLIS_MIN: u64 = 100;
/// A call holds a worker and a lease; what takes longer is looked up or heard of as an event.
const MOST_MILLIS_MAX: u64 = 600_000;

static AT: ObjectShape = ObjectShape {
    name: "poll_at",
    doc: "Where the outcome is asked for; one of these.",
    fields: &[
        Field::optional("header", Shape::Text, "A header of the answer that holds the address, whole or relative."),
        Field::optional("from", Shape::Path, "Where in the body the address is, whole or relative."),
        Field::optional("path", Shape::Template, "The path below `http.base_url`; sees `response`, such as `/jobs/{{response.body.id}}`."),
    ],
};

static OBJECT: ObjectShape = ObjectShape {
    name: "poll",
    doc: "Asking for the outcome of a request that the partner has only taken.",
    fields: &[
        Field::optional("at", Shape::Object(&AT), "Where to ask; the header `Location`."),
        Field::optional("while", Shape::Expression, "Holds on an answer that says not yet; status 202."),
        Field::optional("every", Shape::Duration, "Time between two askings where the answer has no `Retry-After`; 2s."),
        Field::optional("for", Shape::Duration, "Time for all of them; 1m. A write that is not done by then is unknown."),
    ],
};

/// The shape of `poll:`.
pub const SHAPE: Shape = Shape::Object(&OBJECT);

/// How an outcome is asked for.
#[derive(Debug)]
pub struct Poll {
    at: At,
    pending: Option<Expression>,
    every_millis: u64,
    most_millis: u64,
}

#[derive(Debug)]
enum At {
    Header(Arc<str>),
    From(Path),
    Path(Template),
}

/// An asking that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asking {
    /// Where.
    pub url: String,
    /// After which pause.
    pub wait_millis: u64,
    waited_millis: u64,
}

impl Poll {
    pub(super) fn compile(node: &Node, response: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Poll> {
        let at = match node.get("at") {
            None => At::Header(Arc::from("location")),
            Some(at) => compiler.inside("at", |compiler| match (at.get("header"), at.get("from"), at.get("path")) {
                (Some(header), None, None) => header.text().map(|header| At::Header(Arc::from(header.to_ascii_lowercase()))),
                (None, Some(from), None) => compiler.inside("from", |compiler| compiler.json_path(from)).map(At::From),
                (None, None, Some(path)) => {
                    compiler.inside("path", |compiler| compiler.template(path, Place::UrlSegment, response)).map(At::Path)
                }
                _ => {
                    compiler.error("wrong_type", at.span, "exactly one of `header`, `from` and `path` says where to ask");
                    None
                }
            })?,
        };
        let pending = match node.get("while") {
            Some(pending) => Some(compiler.inside("while", |compiler| compiler.condition(pending, response))?),
            None => None,
        };
        let every_millis = plain_millis(node.get("every"), compiler).unwrap_or(EVERY_MILLIS);
        let most_millis = plain_millis(node.get("for"), compiler).unwrap_or(MOST_MILLIS);
        if every_millis < EVERY_MILLIS_MIN || most_millis < every_millis || most_millis > MOST_MILLIS_MAX {
            compiler
                .error("bad_value", node.span, "`every` is at least 100ms, and `for` between `every` and 10m")
                .hint("what takes longer is looked up (`idempotency: {by: lookup}`) or heard of as an event");
        }
        Some(Poll { at, pending, every_millis, most_millis })
    }

    /// Whether an answer says not yet. Once the partner has taken the request, its own stumbling says nothing either.
    pub(super) fn is_pending(&self, reply: &Reply, scope: &Scope<'_>, asking: bool) -> bool {
        let stumbles = asking && (reply.status >= 500 || reply.status == 429);
        stumbles
            || match &self.pending {
                None => reply.status == 202,
                Some(pending) => pending.holds(&scope.clone().with("response", reply.value()), &mut Budget::default()).unwrap_or(false),
            }
    }

    /// The next asking after an answer that says not yet, or after none.
    ///
    /// # Errors
    /// In words: time is over, or the answer does not say where to ask.
    pub(super) fn next(
        &self,
        before: Option<&Asking>,
        reply: Option<&Reply>,
        scope: &Scope<'_>,
        asked: &str,
        base: &str,
    ) -> Result<Asking, String> {
        let waited = before.map_or(0, |before| before.waited_millis + before.wait_millis);
        if waited >= self.most_millis {
            return Err(format!("the partner has not finished after {} s of asking", self.most_millis / 1_000));
        }
        let wait = reply.and_then(|reply| reply.retry_after_millis).unwrap_or(self.every_millis);
        let wait_millis = wait.clamp(EVERY_MILLIS_MIN, self.most_millis - waited.min(self.most_millis - EVERY_MILLIS_MIN));
        let told = match reply {
            Some(reply) => self.place(reply, scope, base)?,
            None => None,
        };
        let url = match (told, before) {
            // An answer that names no other place is asked for where it was.
            (None, Some(before)) => before.url.clone(),
            (None, None) => return Err("the answer says not yet, and not where to ask".to_owned()),
            (Some(told), _) => within(&told, asked)?,
        };
        Ok(Asking { url, wait_millis, waited_millis: waited })
    }

    fn place(&self, reply: &Reply, scope: &Scope<'_>, base: &str) -> Result<Option<String>, String> {
        let told = match &self.at {
            At::Header(header) => reply.headers.member(header).as_text().map(str::to_owned),
            At::From(path) => path.extract(&reply.body, Cardinality::Optional).ok().and_then(|value| value.as_text().map(str::to_owned)),
            At::Path(template) => {
                let scope = scope.clone().with("response", reply.value());
                template.render(&scope, &mut Budget::default()).ok().map(|path| join(base, &path))
            }
        };
        Ok(told.filter(|told| !told.trim().is_empty()))
    }
}

/// Credentials go with the request: an answer must not lead them elsewhere.
fn within(told: &str, asked: &str) -> Result<String, String> {
    let unreadable = || "the address to ask at is none".to_owned();
    let asked = Url::parse(asked).map_err(|_| unreadable())?;
    let whole = asked.join(told).map_err(|_| unreadable())?;
    if whole.origin() != asked.origin() || !whole.username().is_empty() || whole.password().is_some() {
        return Err("the answer sends us to another host to ask".to_owned());
    }
    Ok(whole.into())
}

/// The answer when no outcome came.
pub fn unfinished(effect: Effect, words: impl Into<String>) -> Answer {
    match effect {
        Effect::Write => Answer::stopped(Class::Unknown, Cause::Unknown, "poll_unfinished", words),
        Effect::Read => Answer::stopped(Class::Retryable, Cause::PartnerDown, "poll_unfinished", words),
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::connector::example::replay;
    use crate::domain::connector::read;
    use crate::domain::diagnostic::Report;
    use crate::domain::text::tree::parse;
    use serde_json::{Value as Json, json};
    use std::sync::Arc;

    fn differences(poll: &str, exchanges: &[(Json, Json)], class: &str, output: &Json) -> Vec<String> {
        let text = format!(
            "format: 1\nconnector: p\nsettings: {{base_url: {{type: url}}}}\nhttp: {{base_url: \"{{{{settings.base_url}}}}/api\"}}\noperations:\n  make:\n    effect: write\n    input: {{n: int}}\n    request: {{method: POST, path: /orders, json: {{n: {{value: input.n}}}}}}\n    poll: {poll}\n    output: {{id: {{type: string, from: $.id}}}}\n    idempotency: {{by: none}}\n"
        );
        let mut report = Report::new("connector.yaml");
        let connector =
            parse(&text, &mut report).and_then(|node| read(&node, &mut report)).unwrap_or_else(|| panic!("{:#?}", report.items()));
        let exchanges: Vec<Json> = exchanges.iter().map(|(request, response)| json!({"request": request, "response": response})).collect();
        let mut example = json!({"operation": "make", "input": {"n": 1}, "exchanges": exchanges, "class": class});
        if !output.is_null() {
            example["output"] = output.clone();
        }
        replay(&Arc::new(connector), &example).into_iter().map(|one| format!("{}: {} / {}", one.place, one.expected, one.actual)).collect()
    }

    #[test]
    fn the_outcome_is_asked_for_where_the_answer_says() {
        let made = json!({"status": 200, "body": {"id": "17"}});
        let post = json!({"method": "POST", "path": "/api/orders"});
        let get = |path: &str| json!({"method": "GET", "path": path});
        for (poll, first, path) in [
            ("{}", json!({"status": 202, "headers": {"Location": "/api/jobs/7"}}), "/api/jobs/7"),
            ("{}", json!({"status": 202, "headers": {"Location": "jobs/7?x=1"}}), "/api/jobs/7?x=1"),
            ("{}", json!({"status": 202, "headers": {"Location": "https://partner.example/api/jobs/7"}}), "/api/jobs/7"),
            ("{at: {from: $.status_url}}", json!({"status": 202, "body": {"status_url": "/api/jobs/7"}}), "/api/jobs/7"),
            (
                "{at: {path: \"/jobs/{{response.body.job}}\"}, while: \"response.body.state == 'running'\"}",
                json!({"status": 200, "body": {"job": "a/7", "state": "running"}}),
                "/api/jobs/a%2F7",
            ),
        ] {
            let again = if poll.contains("while") { first.clone() } else { json!({"status": 202}) };
            let busy = json!({"status": 503});
            let exchanges = [(post.clone(), first.clone()), (get(path), again), (get(path), busy), (get(path), made.clone())];
            assert_eq!(differences(poll, &exchanges, "ok", &json!({"id": "17"})), Vec::<String>::new(), "{poll}");
        }
        // A partner that is done at once is not asked.
        assert_eq!(differences("{}", &[(post, made)], "ok", &json!({"id": "17"})), Vec::<String>::new());
    }

    #[test]
    fn a_write_without_an_outcome_is_unknown_and_its_refusal_counts() {
        let post = json!({"method": "POST"});
        let taken = json!({"status": 202, "headers": {"Location": "/api/jobs/7"}});
        let get = json!({"method": "GET", "path": "/api/jobs/7"});
        let refused = json!({"status": 422, "body": {"message": "no such supplier"}});
        assert_eq!(
            differences("{}", &[(post.clone(), taken.clone()), (get.clone(), refused)], "refused", &Json::Null),
            Vec::<String>::new()
        );
        // Two askings of 30 s fill the minute.
        let slow = [(post.clone(), taken.clone()), (get.clone(), taken.clone()), (get, taken)];
        assert_eq!(differences("{every: 30s}", &slow, "unknown", &Json::Null), Vec::<String>::new());
        for nowhere in [json!({"status": 202}), json!({"status": 202, "headers": {"Location": "https://other.example/jobs/7"}})] {
            assert_eq!(differences("{}", &[(post.clone(), nowhere)], "unknown", &Json::Null), Vec::<String>::new());
        }
    }
}
