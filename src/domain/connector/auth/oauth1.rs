//! `kind: oauth1`: a signature over every request by RFC 5849, with HMAC-SHA256 (or SHA-1, which is all that some speak).

use super::digest::Hash;
use super::moment::Moment;
use super::parts::text_of;
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::lint::literal_secret;
use crate::domain::connector::request::Request;
use crate::domain::connector::scopes::Scopes;
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::Scope;
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The shape.
pub static KIND: Kind = Kind {
    word: "oauth1",
    doc: "OAuth 1.0a: a signature over every request, from a consumer's and a token's secrets.",
    later: false,
    fields: &[
        Field::required("consumer_key", Shape::Any, "The consumer's key."),
        Field::required("consumer_secret", Shape::Any, "The consumer's secret."),
        Field::required("token", Shape::Any, "The token."),
        Field::required("token_secret", Shape::Any, "The token's secret."),
        Field::optional("realm", Shape::Any, "The realm, such as an account's id; not part of what is signed."),
        Field::optional("method", Shape::Word(&["HMAC-SHA256", "HMAC-SHA1"]), "The signature's method; `HMAC-SHA256`."),
    ],
};

/// Consumer and token.
#[derive(Debug)]
pub struct OAuth1 {
    consumer_key: Tree,
    consumer_secret: Tree,
    token: Tree,
    token_secret: Tree,
    realm: Option<Tree>,
    method: &'static str,
}

impl OAuth1 {
    pub(super) fn compile(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<OAuth1> {
        let scope = scopes.settings();
        for name in ["consumer_secret", "token_secret"] {
            literal_secret(name, node.get(name)?, compiler);
        }
        let mut tree = |name: &str| compiler.inside(name, |compiler| Tree::compile(node.get(name)?, &scope, compiler));
        let realm = node.get("realm").map(|_| tree("realm"));
        let (key, secret, token, token_secret) = (tree("consumer_key"), tree("consumer_secret"), tree("token"), tree("token_secret"));
        let method = if node.get("method").and_then(Node::text) == Some("HMAC-SHA1") { "HMAC-SHA1" } else { "HMAC-SHA256" };
        let realm = match realm {
            Some(realm) => Some(realm?),
            None => None,
        };
        Some(OAuth1 { consumer_key: key?, consumer_secret: secret?, token: token?, token_secret: token_secret?, realm, method })
    }

    pub(super) fn sign(&self, request: &mut Request, scope: &Scope<'_>, moment: &Moment) -> Result<(), BuildError> {
        let text = |tree: &Tree, name: &str| text_of(tree, scope, &format!("auth.{name}"));
        let own = [
            ("oauth_consumer_key", text(&self.consumer_key, "consumer_key")?),
            ("oauth_nonce", moment.nonce.to_string()),
            ("oauth_signature_method", self.method.to_owned()),
            ("oauth_timestamp", moment.now.as_second().to_string()),
            ("oauth_token", text(&self.token, "token")?),
            ("oauth_version", "1.0".to_owned()),
        ];
        let base = base_string(request, &own)?;
        let key =
            format!("{}&{}", encode(&text(&self.consumer_secret, "consumer_secret")?), encode(&text(&self.token_secret, "token_secret")?));
        let hash = if self.method == "HMAC-SHA1" { Hash::Sha1 } else { Hash::Sha256 };
        let signature = STANDARD.encode(hash.keyed(key.as_bytes(), base.as_bytes()));
        let mut fields = Vec::with_capacity(own.len() + 2);
        if let Some(realm) = &self.realm {
            fields.push(format!("realm=\"{}\"", encode(&text(realm, "realm")?)));
        }
        fields.extend(own.iter().map(|(name, value)| format!("{name}=\"{}\"", encode(value))));
        fields.push(format!("oauth_signature=\"{}\"", encode(&signature)));
        request.set_header("authorization", format!("OAuth {}", fields.join(", ")));
        Ok(())
    }
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// RFC 5849, 3.4.1: method, URL without its query, and all parameters, those of a form body included.
fn base_string(request: &Request, own: &[(&str, String)]) -> Result<String, BuildError> {
    let invalid = |_| BuildError::Invalid { place: "url".to_owned(), why: "is not a URL" };
    let mut url = Url::parse(&request.url).map_err(invalid)?;
    let mut pairs: Vec<(String, String)> = own.iter().map(|(name, value)| (encode(name), encode(value))).collect();
    pairs.extend(url.query_pairs().map(|(name, value)| (encode(&name), encode(&value))));
    if request.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        pairs.extend(url::form_urlencoded::parse(&request.body).map(|(name, value)| (encode(&name), encode(&value))));
    }
    pairs.sort_unstable();
    let joined: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    url.set_query(None);
    url.set_fragment(None);
    Ok(format!("{}&{}&{}", request.method, encode(url.as_str()), encode(&joined.join("&"))))
}
