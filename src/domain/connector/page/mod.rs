//! Further pages, one file a kind, and the guards they share: a bound, a loop check, a host check.

mod keyset;
mod next_link;
mod number;
mod offset;
mod token;

use super::compiler::Compiler;
use super::reply::Reply;
use crate::domain::expression::{Cardinality, Path};
use crate::domain::text::shape::{Field, Kind, Shape, TaggedShape};
use crate::domain::text::tree::Node;
use crate::domain::value::{Map, Value};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// The kinds there are.
pub static KINDS: &[&Kind] = &[&offset::KIND, &number::KIND, &next_link::KIND, &keyset::KIND, &token::KIND];

static TAGGED: TaggedShape = TaggedShape {
    name: "page",
    doc: "How further pages are asked for.",
    tag: "kind",
    default: None,
    common: &[
        Field::optional("size", Shape::Int, "Rows asked for in one page; `page.size` in the request."),
        Field::optional("rows", Shape::Path, "The rows of a page, where they are not the first list of the output."),
        Field::optional("max_pages", Shape::Int, "More pages than this are a mistake; 1000."),
    ],
    kinds: KINDS,
};

/// The shape of `page:`.
pub const SHAPE: Shape = Shape::Tagged(&TAGGED);

/// Pages of one reading where nothing else is said.
const PAGES_MAX: u32 = 1_000;
/// Rows of one page where nothing else is said.
const SIZE: i64 = 100;

/// When a page is the last.
#[derive(Debug)]
pub enum End {
    /// It has fewer rows than were asked for.
    ShortPage,
    /// It has no rows.
    EmptyPage,
    /// The answer counts all rows here.
    Total(Path),
    /// The answer counts all pages here.
    PageCount(Path),
    /// The answer says here whether there is more.
    HasMore(Path),
}

/// How further pages are asked for.
#[derive(Debug)]
pub struct Page {
    kind: PageKind,
    size: i64,
    rows: Option<Path>,
    pages_max: u32,
}

#[derive(Debug)]
enum PageKind {
    Offset(offset::Offset),
    Number(number::Number),
    NextLink(next_link::NextLink),
    Keyset(keyset::Keyset),
    Token(token::Token),
}

/// Where in a paged reading we are; what `page` shows to expressions.
#[derive(Clone, Debug, PartialEq)]
pub struct PageState {
    /// Pages asked for so far, this one included.
    pub count: u32,
    number: i64,
    offset: i64,
    size: i64,
    after: Value,
    /// The whole URL of this page, when the last one gave it.
    pub url: Option<String>,
    digest: Option<u64>,
}

impl Default for PageState {
    fn default() -> Self {
        PageState { count: 1, number: 1, offset: 0, size: SIZE, after: Value::Map(Arc::new(Map::new())), url: None, digest: None }
    }
}

/// Why paging stops without an end. Never retried: it would go the same way again.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PageError {
    /// The same page came twice.
    #[error("page {0} is the same as the one before it")]
    Loop(u32),
    /// There are more pages than allowed.
    #[error("there are more than {0} pages")]
    TooMany(u32),
    /// The next link leads to another host.
    #[error("the next link leads to another host")]
    OtherHost,
    /// What says where the next page is cannot be read.
    #[error("{0} cannot be read from the answer")]
    Unreadable(&'static str),
}

impl Page {
    /// Compiles `page:`.
    pub(super) fn compile(node: &Node, has_rows: bool, compiler: &mut Compiler<'_>) -> Option<Page> {
        let size = node.get("size").and_then(Node::int).unwrap_or(SIZE);
        if !(1..=100_000).contains(&size) {
            compiler.error("bad_value", node.get("size").unwrap_or(node).span, "a page has between 1 and 100000 rows");
        }
        let rows = match node.get("rows") {
            Some(path) => Some(compiler.inside("rows", |compiler| compiler.json_path(path))?),
            None => None,
        };
        if rows.is_none() && !has_rows {
            compiler
                .error("unbounded_page", node.span, "the output has no list, so the rows of a page cannot be counted")
                .hint("declare an output with `many: true`, or say where the rows are with `rows`");
        }
        let pages_max = node.get("max_pages").and_then(Node::int).and_then(|most| u32::try_from(most).ok()).unwrap_or(PAGES_MAX);
        let kind = match node.get("kind").and_then(Node::text)? {
            "offset" => PageKind::Offset(offset::Offset::compile(node, compiler)?),
            "page" => PageKind::Number(number::Number::compile(node, compiler)?),
            "next_link" => PageKind::NextLink(next_link::NextLink::compile(node, compiler)?),
            "token" => PageKind::Token(token::Token::compile(node, compiler)?),
            _ => PageKind::Keyset(keyset::Keyset::compile(node, compiler)?),
        };
        Some(Page { kind, size, rows, pages_max })
    }

    /// The first page.
    pub fn first(&self) -> PageState {
        let mut state = PageState { size: self.size, ..PageState::default() };
        match &self.kind {
            PageKind::Offset(offset) => state.offset = offset.first,
            PageKind::Number(number) => state.number = number.first,
            PageKind::NextLink(_) | PageKind::Keyset(_) | PageKind::Token(_) => {}
        }
        state
    }

    /// The page after this one; none when this one is the last.
    ///
    /// # Errors
    /// When the reading would not end, or would leave the partner.
    pub fn next(&self, state: &PageState, reply: &Reply, rows: &Value, asked: &str, base: &str) -> Result<Option<PageState>, PageError> {
        let found;
        let rows = match &self.rows {
            Some(path) => {
                found = path.extract(&reply.body, Cardinality::Many).map_err(|_| PageError::Unreadable("the rows of the page"))?;
                // `$.items` finds one list, `$.items[*]` finds its elements; both mean the elements.
                match &found {
                    Value::List(items) if items.len() == 1 && matches!(items[0], Value::List(_)) => &items[0],
                    _ => &found,
                }
            }
            None => rows,
        };
        let count = match rows {
            Value::List(items) => items.len(),
            _ => 0,
        };
        let digest = digest(rows);
        if count > 0 && state.digest == Some(digest) {
            return Err(PageError::Loop(state.count));
        }
        let next = match &self.kind {
            PageKind::Offset(offset) => offset.next(state, reply, count)?,
            PageKind::Number(number) => number.next(state, reply, count)?,
            PageKind::NextLink(link) => link.next(state, reply, asked, base)?,
            PageKind::Keyset(keyset) => keyset.next(state, reply, count)?,
            PageKind::Token(token) => token.next(state, reply)?,
        };
        let Some(mut next) = next else { return Ok(None) };
        next.count = state.count + 1;
        next.digest = Some(digest);
        if next.count > self.pages_max {
            return Err(PageError::TooMany(self.pages_max));
        }
        Ok(Some(next))
    }
}

impl PageState {
    /// `page` for expressions.
    pub fn value(&self) -> Value {
        Value::map([
            ("number", Value::Int(self.number)),
            ("offset", Value::Int(self.offset)),
            ("size", Value::Int(self.size)),
            ("after", self.after.clone()),
        ])
    }
}

impl End {
    /// The shape of `end:`.
    const SHAPE: Shape = Shape::Either(&[Shape::Word(&["short_page", "empty_page"]), Shape::Object(&END_OBJECT)]);

    /// Compiles `end:`; a reading without it would not end.
    fn compile(node: &Node, compiler: &mut Compiler<'_>) -> Option<End> {
        let Some(end) = node.get("end") else {
            compiler
                .error("unbounded_page", node.span, "nothing says which page is the last")
                .hint("add `end: short_page`, `empty_page`, or `{total: path}`, `{page_count: path}`, `{has_more: path}`");
            return None;
        };
        if let Some(word) = end.text() {
            return Some(if word == "empty_page" { End::EmptyPage } else { End::ShortPage });
        }
        let (key, path) = end.entries().first()?;
        let path = compiler.inside("end", |compiler| compiler.json_path(path))?;
        Some(match key.text.as_str() {
            "total" => End::Total(path),
            "page_count" => End::PageCount(path),
            _ => End::HasMore(path),
        })
    }

    /// Whether this page is the last: `before` rows came before it, it is the `number`th, it has `count` rows.
    fn is_last(&self, state: &PageState, reply: &Reply, before: i64, number: i64, count: usize) -> Result<bool, PageError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        // Whatever the counters say: a page without rows ends it, or a wrong total would ask for ever.
        if count == 0 {
            return Ok(true);
        }
        Ok(match self {
            End::ShortPage => count < state.size,
            End::EmptyPage => false,
            End::Total(path) => before + count >= int(path, reply).ok_or(PageError::Unreadable("the total"))?,
            End::PageCount(path) => number >= int(path, reply).ok_or(PageError::Unreadable("the number of pages"))?,
            End::HasMore(path) => match path.extract(&reply.body, Cardinality::Optional) {
                Ok(Value::Bool(more)) => !more,
                Ok(Value::Text(text)) => !matches!(text.as_ref(), "true" | "True" | "Y" | "1"),
                Ok(Value::Int(more)) => more == 0,
                Ok(Value::Unset | Value::Null) => true,
                _ => return Err(PageError::Unreadable("whether there is more")),
            },
        })
    }
}

static END_OBJECT: crate::domain::text::shape::ObjectShape = crate::domain::text::shape::ObjectShape {
    name: "page_end",
    doc: "What in the answer says which page is the last.",
    fields: &[
        Field::optional("total", Shape::Path, "The number of all rows."),
        Field::optional("page_count", Shape::Path, "The number of all pages."),
        Field::optional("has_more", Shape::Path, "Whether there is more."),
    ],
};

fn int(path: &Path, reply: &Reply) -> Option<i64> {
    match path.extract(&reply.body, Cardinality::One).ok()? {
        Value::Int(number) => Some(number),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

fn digest(rows: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    rows.to_json_text().hash(&mut hasher);
    hasher.finish()
}
