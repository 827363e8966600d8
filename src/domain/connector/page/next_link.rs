//! `kind: next_link`: the answer says where the next page is, whole or relative, in the body or in a `Link` header.

use super::{PageError, PageState};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::reply::Reply;
use crate::domain::expression::{Cardinality, Path};
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use url::Url;

/// The shape.
pub static KIND: Kind = Kind {
    word: "next_link",
    doc: "The answer says where the next page is; without a link it was the last.",
    later: false,
    fields: &[
        Field::optional("from", Shape::Path, "The link in the body; the `Link` header with `rel=\"next\"` where it is left out."),
        Field::optional(
            "relative_to",
            Shape::Word(&["request", "base"]),
            "What a relative link starts from: the request's URL, or `http.base_url`.",
        ),
    ],
};

/// The answer says where the next page is.
#[derive(Debug)]
pub struct NextLink {
    from: Option<Path>,
    relative_to_base: bool,
}

impl NextLink {
    pub(super) fn compile(node: &Node, compiler: &mut Compiler<'_>) -> Option<NextLink> {
        let from = match node.get("from") {
            Some(path) => Some(compiler.inside("from", |compiler| compiler.json_path(path))?),
            None => None,
        };
        Some(NextLink { from, relative_to_base: node.get("relative_to").and_then(Node::text) == Some("base") })
    }

    pub(super) fn next(&self, state: &PageState, reply: &Reply, asked: &str, base: &str) -> Result<Option<PageState>, PageError> {
        let unreadable = PageError::Unreadable("the next link");
        let link = match &self.from {
            Some(path) => match path.extract(&reply.body, Cardinality::Optional).map_err(|_| unreadable.clone())? {
                Value::Unset | Value::Null => None,
                Value::Text(text) => Some(text.to_string()),
                _ => return Err(unreadable),
            },
            None => reply.headers.member("link").as_text().and_then(from_header),
        };
        let Some(link) = link.filter(|link| !link.trim().is_empty()) else { return Ok(None) };
        let asked = Url::parse(asked).map_err(|_| unreadable.clone())?;
        let whole = if self.relative_to_base {
            // Relative to the service: the base's last path segment is kept, unlike with URL joining.
            Url::parse(&format!("{}/", base.trim_end_matches('/'))).and_then(|base| base.join(&link))
        } else {
            asked.join(&link)
        };
        let whole = whole.map_err(|_| unreadable)?;
        // Credentials go with the request: they must not be led to another place by an answer.
        if whole.origin() != asked.origin() || !whole.username().is_empty() || whole.password().is_some() {
            return Err(PageError::OtherHost);
        }
        if state.url.as_deref() == Some(whole.as_str()) || whole == asked {
            return Err(PageError::Loop(state.count));
        }
        Ok(Some(PageState { url: Some(whole.into()), ..state.clone() }))
    }
}

/// `<https://…>; rel="next"` among the links of a header.
fn from_header(header: &str) -> Option<String> {
    header.split(',').find_map(|link| {
        let (target, parameters) = link.split_once(';')?;
        let is_next = parameters.split(';').any(|parameter| matches!(parameter.trim(), "rel=\"next\"" | "rel=next"));
        let target = target.trim().strip_prefix('<')?.strip_suffix('>')?;
        is_next.then(|| target.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    const ASKED: &str = "https://erp.example/svc/v2/orders?top=2";
    const BASE: &str = "https://erp.example/svc/v2";

    fn next(link: &str, relative_to_base: bool) -> Result<Option<String>, PageError> {
        let headers = [("link".to_owned(), format!("<https://erp.example/first>; rel=\"first\", <{link}>; rel=\"next\""))];
        let reply = Reply::new(200, &headers, b"[]", Timestamp::UNIX_EPOCH);
        let state = NextLink { from: None, relative_to_base }.next(&PageState::default(), &reply, ASKED, BASE)?;
        Ok(state.and_then(|state| state.url))
    }

    #[test]
    fn links_stay_with_the_partner() {
        let table = [
            ("https://erp.example/svc/v2/orders?skip=2", false, Ok("https://erp.example/svc/v2/orders?skip=2")),
            ("/svc/v2/orders?skip=2", false, Ok("https://erp.example/svc/v2/orders?skip=2")),
            ("orders?skip=2", true, Ok("https://erp.example/svc/v2/orders?skip=2")),
            ("https://other.example/orders", false, Err(PageError::OtherHost)),
            ("//other.example/orders", false, Err(PageError::OtherHost)),
            ("http://erp.example/svc/v2/orders?skip=2", false, Err(PageError::OtherHost)),
            ("https://erp.example:8443/orders", false, Err(PageError::OtherHost)),
            ("https://a:b@erp.example/orders", false, Err(PageError::OtherHost)),
            ("https://erp.example@other.example/orders", false, Err(PageError::OtherHost)),
            ("file:///etc/passwd", false, Err(PageError::OtherHost)),
            (ASKED, false, Err(PageError::Loop(1))),
        ];
        for (link, relative, expected) in table {
            assert_eq!(next(link, relative), expected.map(|url| Some(url.to_owned())), "{link}");
        }
    }

    #[test]
    fn no_link_is_the_end() {
        let reply = Reply::new(200, &[], b"[]", Timestamp::UNIX_EPOCH);
        let link = NextLink { from: None, relative_to_base: false };
        assert_eq!(link.next(&PageState::default(), &reply, ASKED, BASE), Ok(None));
    }
}
