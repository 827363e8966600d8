//! `batch:`: a write over a list that goes out as one request and is answered item by item.
//!
//! The list is cut into requests of at most `most` items. Of each answer every item gets a class of its own, by the same ordered
//! rules that judge a whole answer: what is done is remembered with the effect and never sent again, what is refused waits for a
//! person while the others go on, what was surely not done is sent again, and what is unknown is looked up item by item (`by:
//! lookup`) or sent again under its own key. `items` keeps what is known of each, `judge` reads the answers; the walk through
//! them is `run/batch.rs`.

mod items;
mod judge;

pub use items::ItemsBegun;
pub(super) use judge::{Chunk, Outcome, judge, plain};

use super::compiler::Compiler;
use super::field::{self, Fields};
use super::idempotency::carries;
use super::read::DeclaredOperation;
use super::rule::{self, ResponseRule};
use super::scopes::Scopes;
use super::tree::{BuildError, Tree};
use super::{lint, types};
use crate::domain::connector::class::Class;
use crate::domain::connector::scopes::{AttemptFacts, Facts};
use crate::domain::expression::{Budget, EvaluateError, Expression, Path, Scope, ScopeType};
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::{ObjectType, Type, Value};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::sync::Arc;

/// Items of one request where nothing is said.
const MOST: usize = 50;
/// Items of one request at most, whatever is said: an answer that is lost leaves as many in doubt, each to be looked up.
const MOST_MAX: i64 = 500;
/// Items of one write, over all its requests: what is known of each is kept with the effect.
pub(super) const ITEMS_MAX: usize = 2_000;
/// Names that an item must not take: they stand for something else in the same expressions.
const TAKEN: &[&str] = &["settings", "input", "reference", "attempt", "page", "batch", "response", "result", "items", "output"];
/// What the hub hands to the request: the items as they are written.
pub(super) const SENT: &str = "batch.items";

static KEY: ObjectShape = ObjectShape {
    name: "batch_key",
    doc: "What names an item, in the list and in its result.",
    fields: &[
        Field::required("item", Shape::Expression, "Of an item of the list; no two of them have the same."),
        Field::required("result", Shape::Expression, "The same, as its result writes it; sees `result`."),
    ],
};

static OBJECT: ObjectShape = ObjectShape {
    name: "batch",
    doc: "A write over a list in one request, whose answer says of each item what became of it. The request carries `batch.items`, and `output` sees `items`: what each of them gave, in order.",
    fields: &[
        Field::required("over", Shape::Expression, "The list; sees `input`."),
        Field::required("as", Shape::Id, "The name of one item of it."),
        Field::optional(
            "item",
            Shape::Any,
            "How one is written in `batch.items`, as it is where this is left out; `reference` and `attempt.key` are the item's own.",
        ),
        Field::optional("called", Shape::Expression, "What people call an item; its key, else its number in the list."),
        Field::optional("most", Shape::Int, "Items of one request; 50."),
        Field::required("results", Shape::OneOrMany(&Shape::Path), "Where in the answer's body the results are."),
        Field::optional("index", Shape::Expression, "Which item of the request a result is about, counted from 0; sees `result`."),
        Field::optional(
            "key",
            Shape::Object(&KEY),
            "What names an item in its result; without it and `index` results are in the items' order.",
        ),
        Field::optional("status", Shape::Expression, "The status that a result has of its own, as over HTTP; sees `result`."),
        Field::optional("body", Shape::Expression, "What of a result stands for the body of an answer; all of it."),
        Field::optional(
            "responses",
            Shape::List(&rule::SHAPE),
            "Rules about one result, before the connector's: `response.body` is the result, `response.status` its own or the answer's.",
        ),
        Field::optional("output", Shape::IdMap(&field::SHAPE), "What an item gives that was done."),
    ],
};

/// The shape of `batch:`.
pub const SHAPE: Shape = Shape::Object(&OBJECT);

/// How a list is sent and its answers are read.
#[derive(Debug)]
pub struct Batch {
    over: Expression,
    /// The name of an item.
    pub name: Arc<str>,
    item: Option<Tree>,
    called: Option<Expression>,
    /// Items of one request.
    pub most: usize,
    /// What an item gives.
    pub output: Fields,
    results: Vec<Path>,
    find: Find,
    status: Option<Expression>,
    body: Option<Expression>,
    responses: Vec<ResponseRule>,
}

/// Which item a result is about.
#[derive(Debug)]
enum Find {
    Order,
    Index(Expression),
    Key { item: Expression, result: Expression },
}

/// The type of one item as written in a definition, and its name.
pub(super) struct ItemType {
    /// The name.
    pub name: Arc<str>,
    /// The type.
    pub of: Type,
}

impl Batch {
    /// Compiles `batch:` of an operation. Its request, its look-up and its output are compiled by others, against [`ItemType`].
    pub(super) fn compile(node: &Node, own: &DeclaredOperation, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<(Batch, ItemType)> {
        let (request, open) = (scopes.request(&own.input), scopes.open(&own.input));
        let list = Type::List(Box::new(Type::Any), None);
        let over = compiler.inside("over", |compiler| compiler.typed(node.get("over")?, &open, &list));
        let named = node.get("as")?;
        let name: Arc<str> = Arc::from(named.text()?);
        if TAKEN.contains(&name.as_ref()) {
            compiler
                .error("bad_value", named.span, format!("`{name}` names something else here already"))
                .hint("name the item for what it is");
        }
        let over = over?;
        let of = match over.result_type() {
            Type::List(of, _) => of.as_ref().clone(),
            _ => Type::Any,
        };
        let (item_scope, open_item) = (request.with(&name, of.clone()), open.with(&name, of.clone()));
        let response = scopes.response(Some(&own.input)).with(&name, of.clone()).with("result", Type::Any);
        let item = match node.get("item") {
            Some(item) => {
                lint::literal_secrets(item, compiler);
                if carries(item, "input.reference") {
                    compiler
                        .error("key_not_own", item.span, "`input.reference` is that of the whole list: every item would carry the same")
                        .hint("write `reference`, which is the item's own");
                }
                Some(compiler.inside("item", |compiler| Tree::compile(item, &item_scope, compiler))?)
            }
            None => None,
        };
        let called = match node.get("called") {
            Some(called) => Some(compiler.inside("called", |compiler| compiler.expression(called, &open_item))?),
            None => None,
        };
        let results = compiler.inside("results", |compiler| paths(node.get("results")?, compiler))?;
        let find = find(node, &open_item, &response, compiler)?;
        let mut told = |key: &str, of: &Type| match node.get(key) {
            Some(value) => compiler.inside(key, |compiler| compiler.typed(value, &response, of)).map(Some),
            None => Some(None),
        };
        let (status, body) = (told("status", &Type::Int)?, told("body", &Type::Any)?);
        let responses = rule::compile_all(node.get("responses"), &response, compiler);
        if status.is_none() && !responses.iter().any(|rule| rule.class() == Class::Ok) {
            compiler
                .error("missing_key", node.span, "nothing says which results are of items that were done, so that none ever would be")
                .hint("add `status`, or a rule such as `responses: [{when: \"response.body.ok\", class: ok}]`");
        }
        let output = Arc::new(compiler.inside("output", |compiler| field::declare("item", node.get("output"), compiler)));
        let output = compiler.inside("output", |compiler| Fields::compile(node.get("output"), output, &response, compiler));
        let most = most(node.get("most"), compiler);
        let batch = Batch { over, name: name.clone(), item, called, most, output, results, find, status, body, responses };
        Some((batch, ItemType { name, of }))
    }

    /// The items, and what people call each.
    ///
    /// # Errors
    /// In words, when there are too many, or two have the same key: what is said of one would be said of the other.
    pub(super) fn items(&self, facts: &Facts, most: Option<u32>) -> Result<Items, String> {
        let scope = facts.open_scope();
        let over = self.over.evaluate(&scope, &mut Budget::default()).map_err(|error| format!("`over`: {error}"))?;
        let items = match over {
            Value::List(items) if items.len() > ITEMS_MAX => {
                return Err(format!("there are {} items; at most {ITEMS_MAX} are sent by one write", items.len()));
            }
            Value::List(items) => items,
            _ => Arc::new(Vec::new()),
        };
        let mut keys = Vec::new();
        if let Find::Key { item: key, .. } = &self.find {
            let mut seen = HashSet::new();
            for (place, item) in items.iter().enumerate() {
                let value = key.evaluate(&self.open_item_scope(facts, place, item, most), &mut Budget::default());
                let value = value.map_err(|error| format!("the key of item {}: {error}", place + 1))?;
                if matches!(value, Value::Unset | Value::Null) {
                    return Err(format!("item {} has no key", place + 1));
                }
                if !seen.insert(plain(&value)) {
                    return Err(format!("two items have the key of item {}, so that nothing could be told of either", place + 1));
                }
                keys.push(plain(&value));
            }
        }
        let called = |(place, item): (usize, &Value)| {
            let called = self
                .called
                .as_ref()
                .and_then(|called| called.evaluate(&self.open_item_scope(facts, place, item, most), &mut Budget::default()).ok());
            let called = called.filter(|called| !matches!(called, Value::Unset | Value::Null)).map(|called| plain(&called));
            called.or_else(|| keys.get(place).cloned()).unwrap_or_else(|| format!("item {}", place + 1))
        };
        let names = items.iter().enumerate().map(called).collect();
        Ok(Items { items, keys, names })
    }

    /// An item as it is written.
    pub(super) fn write(&self, facts: &Facts, place: usize, item: &Value, most: Option<u32>) -> Result<Value, BuildError> {
        match &self.item {
            Some(tree) => {
                let scope = self.item_scope(facts, place, item, most);
                tree.build(&scope, item, &format!("batch.item of item {}", place + 1), &mut Budget::default())
            }
            None => Ok(item.clone()),
        }
    }

    /// What an item is written with. Its reference and key are the same in every attempt: they hang on its place.
    fn item_scope<'a>(&'a self, facts: &Facts, place: usize, item: &Value, most: Option<u32>) -> Scope<'a> {
        self.facts_of(facts, place, most).scope().with(&self.name, item.clone())
    }

    /// What the other expressions about one item see.
    fn open_item_scope<'a>(&'a self, facts: &Facts, place: usize, item: &Value, most: Option<u32>) -> Scope<'a> {
        self.facts_of(facts, place, most).open_scope().with(&self.name, item.clone())
    }

    /// The facts of one item: as those of the whole, with a reference and a key of its own.
    pub(super) fn facts_of(&self, facts: &Facts, place: usize, most: Option<u32>) -> Facts {
        let number = place + 1;
        let key = Arc::from(format!("{}/{}.{place}", facts.attempt.key, self.name));
        Facts {
            reference: Arc::from(reference_of(&facts.reference, number, most)),
            attempt: AttemptFacts { key, ..facts.attempt.clone() },
            ..facts.clone()
        }
    }

    /// What an item gave, as declared.
    pub(super) fn read_output(&self, stored: &serde_json::Value) -> Value {
        let value = Value::from_json(stored);
        Type::Object(self.output.of.clone()).read(&value).unwrap_or(value)
    }

    /// What it promises beside the safety of a repeat, in words for check and console.
    pub fn words(&self, looks_up: bool) -> String {
        let unknown = if looks_up { ", what is unknown is looked up one by one" } else { "" };
        format!("; up to {} items in one request, each with its own outcome: what is done is not sent again{unknown}", self.most)
    }
}

/// The items of a write.
#[derive(Clone, Debug)]
pub(super) struct Items {
    /// Themselves.
    pub items: Arc<Vec<Value>>,
    /// What names each in its result; none where that is told otherwise.
    pub keys: Vec<String>,
    /// What people call each.
    pub names: Vec<String>,
}

/// The hub's reference of one item: the write's with its number, or, where the partner's field has no room for that, a digest of
/// it. From ten characters on a digest tells the writes of years apart, as the write's own reference does.
fn reference_of(reference: &str, number: usize, most: Option<u32>) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    if reference.is_empty() {
        return String::new();
    }
    let numbered = format!("{reference}-{number}");
    match most.map(|most| most as usize) {
        Some(most) if numbered.chars().count() > most => {
            let digest = Sha256::digest(numbered.as_bytes());
            digest.iter().take(most.min(16)).map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
        }
        _ => numbered,
    }
}

fn most(node: Option<&Node>, compiler: &mut Compiler<'_>) -> usize {
    let Some(node) = node else { return MOST };
    match node.int().filter(|most| (1..=MOST_MAX).contains(most)).and_then(|most| usize::try_from(most).ok()) {
        Some(most) => most,
        None => {
            compiler.error("bad_value", node.span, format!("`most` is between 1 and {MOST_MAX}"));
            MOST
        }
    }
}

fn paths(node: &Node, compiler: &mut Compiler<'_>) -> Option<Vec<Path>> {
    match &node.kind {
        NodeKind::List(items) => {
            let paths: Vec<Path> = items.iter().filter_map(|item| compiler.json_path(item)).collect();
            (paths.len() == items.len() && !paths.is_empty()).then_some(paths)
        }
        _ => compiler.json_path(node).map(|path| vec![path]),
    }
}

fn find(node: &Node, item: &ScopeType, response: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Find> {
    match (node.get("index"), node.get("key")) {
        (Some(_), Some(key)) => {
            compiler.error("wrong_type", key.span, "`index` and `key` cannot stand together").hint("keep one of them");
            None
        }
        (Some(index), None) => compiler.inside("index", |compiler| compiler.expression(index, response)).map(Find::Index),
        (None, Some(key)) => compiler.inside("key", |compiler| {
            let of_item = compiler.inside("item", |compiler| compiler.expression(key.get("item")?, item));
            let result = compiler.inside("result", |compiler| compiler.expression(key.get("result")?, response));
            Some(Find::Key { item: of_item?, result: result? })
        }),
        (None, None) => Some(Find::Order),
    }
}

/// `batch`, for the request.
pub(super) fn sent_type() -> Type {
    types::object("batch", [("items", Type::List(Box::new(Type::Any), None))])
}

/// `items`, for the output of the whole.
pub(super) fn items_type(output: &Arc<ObjectType>) -> Type {
    Type::List(Box::new(Type::Object(output.clone())), None)
}

/// What went wrong before anything was sent.
pub(super) fn cannot_hand(error: &EvaluateError) -> String {
    format!("what the look-up of an item is asked with: {error}")
}

#[cfg(test)]
mod tests {
    use super::reference_of;

    #[test]
    fn an_items_reference_fits_and_is_its_own() {
        assert_eq!(reference_of("PO-17", 3, None), "PO-17-3");
        assert_eq!(reference_of("PO-17", 3, Some(7)), "PO-17-3");
        assert_eq!(reference_of("", 3, None), "");
        let short: Vec<String> = (1..=500).map(|number| reference_of("7ZK3M0Q4417X", number, Some(12))).collect();
        assert!(short.iter().all(|one| one.len() == 12 && one.chars().all(|letter| letter.is_ascii_alphanumeric())), "{short:?}");
        let own: std::collections::HashSet<&String> = short.iter().collect();
        assert_eq!(own.len(), 500);
        assert_eq!(reference_of("7ZK3M0Q4417X", 9, Some(12)), short[8], "the same in every attempt");
    }
}
