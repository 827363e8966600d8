//! `kind: kingdee_sign`: the signed headers of Kingdee Cloud Galaxy, which need no log-in.
//!
//! Two signatures: one over method, path, nonce and time with a key hidden in the application's id, one over account, user,
//! language and organisation with the application's secret. Every HMAC is base64 of its hexadecimal digits, and the header
//! that lists the signed headers names them in another order than they are signed in; so says the vendor's own client.

use super::digest::{Encoding, Hash};
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
use url::{Position, Url};

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What the second part of an application's id is combined with to give its client secret. Public: every client has it.
const MIX: &[u8; 32] = b"0054f397c6234378b09ca7d3e5debce7";

/// The shape.
pub static KIND: Kind = Kind {
    word: "kingdee_sign",
    doc: "The signed headers of Kingdee Cloud Galaxy.",
    later: false,
    fields: &[
        Field::required("account", Shape::Any, "The account's (data centre's) id."),
        Field::required("user", Shape::Any, "The user in whose name is worked."),
        Field::required("app_id", Shape::Any, "The application's id: two parts with `_` between."),
        Field::required("app_secret", Shape::Any, "The application's secret."),
        Field::optional("language", Shape::Any, "The language's number; 2052, simplified Chinese."),
        Field::optional("organisation", Shape::Any, "The organisation's number; 0 where none is chosen."),
    ],
};

/// Whose requests are signed, and with what.
#[derive(Debug)]
pub struct KingdeeSign {
    account: Tree,
    user: Tree,
    app_id: Tree,
    app_secret: Tree,
    language: Option<Tree>,
    organisation: Option<Tree>,
}

impl KingdeeSign {
    pub(super) fn compile(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<KingdeeSign> {
        let scope = scopes.settings();
        literal_secret("app_secret", node.get("app_secret")?, compiler);
        let mut tree = |name: &str| match node.get(name) {
            Some(written) => compiler.inside(name, |compiler| Tree::compile(written, &scope, compiler)).map(Some),
            None => Some(None),
        };
        let (account, user, app_id, app_secret) = (tree("account"), tree("user"), tree("app_id"), tree("app_secret"));
        let (language, organisation) = (tree("language"), tree("organisation"));
        let (account, user, app_id, app_secret) = (account??, user??, app_id??, app_secret??);
        Some(KingdeeSign { account, user, app_id, app_secret, language: language?, organisation: organisation? })
    }

    pub(super) fn sign(&self, request: &mut Request, scope: &Scope<'_>, moment: &Moment) -> Result<(), BuildError> {
        let text = |tree: &Tree, name: &str| text_of(tree, scope, &format!("auth.{name}"));
        let other = |tree: &Option<Tree>, name: &str, default: &str| match tree {
            Some(tree) => text(tree, name),
            None => Ok(default.to_owned()),
        };
        let app_id = text(&self.app_id, "app_id")?;
        let (client_id, client_secret) = client(&app_id)?;
        let (nonce, seconds) = (moment.nonce.to_string(), moment.now.as_second().to_string());
        let path = path_of(&request.url)?;
        let signed = format!("{}\n{path}\n\nx-api-nonce:{nonce}\nx-api-timestamp:{seconds}\n", request.method);
        let language = other(&self.language, "language", "2052")?;
        let organisation = other(&self.organisation, "organisation", "0")?;
        let data = format!("{},{},{language},{organisation}", text(&self.account, "account")?, text(&self.user, "user")?);
        let app_secret = text(&self.app_secret, "app_secret")?;
        let headers = [
            ("x-api-clientid", client_id.to_owned()),
            ("x-api-auth-version", "2.0".to_owned()),
            ("x-api-timestamp", seconds),
            ("x-api-nonce", nonce),
            ("x-api-signheaders", "x-api-timestamp,x-api-nonce".to_owned()),
            ("x-api-signature", hmac(&client_secret, &signed)),
            ("x-kd-appkey", app_id.clone()),
            ("x-kd-appdata", STANDARD.encode(&data)),
            ("x-kd-signature", hmac(&app_secret, &format!("{app_id}{data}"))),
        ];
        for (name, value) in headers {
            let value = crate::domain::connector::request::header_text(value, name)?;
            request.set_header(name, value);
        }
        Ok(())
    }
}

fn hmac(key: &str, text: &str) -> String {
    Encoding::Base64OfHex.write(&Hash::Sha256.keyed(key.as_bytes(), text.as_bytes()))
}

/// The client's id, and the secret that its second part hides.
fn client(app_id: &str) -> Result<(&str, String), BuildError> {
    let wrong = || BuildError::Invalid { place: "auth.app_id".to_owned(), why: "is not `{client id}_{base64}`" };
    let (client_id, hidden) = app_id.split_once('_').ok_or_else(wrong)?;
    let hidden = STANDARD.decode(hidden).ok().filter(|bytes| !bytes.is_empty() && bytes.len() <= MIX.len()).ok_or_else(wrong)?;
    let mixed: Vec<u8> = hidden.iter().zip(MIX).map(|(one, other)| one ^ other).collect();
    Ok((client_id, STANDARD.encode(mixed)))
}

/// Everything behind the host, percent-encoded, slashes too.
fn path_of(url: &str) -> Result<String, BuildError> {
    let parsed = Url::parse(url).map_err(|_| BuildError::Invalid { place: "url".to_owned(), why: "is not a URL" })?;
    Ok(utf8_percent_encode(&parsed[Position::BeforePath..Position::AfterQuery], UNRESERVED).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP_ID: &str = "216688_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

    #[test]
    fn the_client_secret_is_the_vendors() {
        assert_eq!(client(APP_ID).unwrap(), ("216688", "MDE3N2I2PzBrPzg4OD45N3IhK3B1InIk".to_owned()));
        for wrong in ["216688", "216688_", "216688_!", &format!("216688_{}", STANDARD.encode([0; 33]))] {
            assert!(client(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_path_is_encoded_with_its_slashes() {
        let url = "http://k3.example.test/k3cloud/Kingdee.BOS.WebApi.ServicesStub.DynamicFormService.ExecuteBillQuery.common.kdsvc";
        let path = "%2Fk3cloud%2FKingdee.BOS.WebApi.ServicesStub.DynamicFormService.ExecuteBillQuery.common.kdsvc";
        assert_eq!(path_of(url).unwrap(), path);
    }
}
