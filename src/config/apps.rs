//! Apps inside which people sign in: `server.apps`.

use secrecy::SecretString;
use url::Url;

use super::server::secret_setting;
use super::{Source, outside};
use crate::domain::access::in_app::{Scheme, WORDS};
use crate::domain::binding::EgressRule;
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;

/// One entry.
pub static SHAPE: ObjectShape = ObjectShape {
    name: "app",
    doc: "One app inside which people sign in: its page sends the hub a code.",
    fields: &[
        Field::required("name", Shape::Id, "Its name in addresses, sessions and the audit."),
        Field::optional("title", Shape::Text, "What people read; left out: the name."),
        Field::required("scheme", Shape::Word(WORDS), "Which app."),
        Field::required("client_id", Shape::Text, "The app key, app id, or company id, as the vendor calls it."),
        Field::required("client_secret", Shape::Setting, "`{secret: env/NAME}` or `{secret: file/PATH}`."),
        Field::optional("base_url", Shape::Text, "Where the vendor is; left out: its public address."),
        Field::optional("egress", Shape::List(&Shape::Text), "Hosts and networks it may be reached at; left out: the host of `base_url`."),
    ],
};

/// One app.
#[derive(Clone, Debug)]
pub struct AppSignIn {
    /// Its name.
    pub name: String,
    /// What people read.
    pub title: String,
    /// How its vendor is spoken to.
    pub scheme: &'static Scheme,
    /// Us, as the vendor knows us.
    pub client_id: String,
    /// What proves it.
    pub client_secret: SecretString,
    /// Where the vendor is.
    pub base: Url,
    /// Where it may be reached.
    pub egress: Vec<EgressRule>,
}

pub(super) fn read(source: &Source<'_>, report: &mut Report) -> Vec<AppSignIn> {
    let nodes = source.get("apps").map(Node::items).unwrap_or_default();
    let mut apps: Vec<AppSignIn> = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let path = format!("server.apps[{index}]");
        let Some(app) = app(node, source, &path, report) else { continue };
        if apps.iter().any(|other| other.name == app.name) {
            report.error("duplicate_definition", node.span, format!("two apps are named `{}`", app.name)).at(&path);
        }
        apps.push(app);
    }
    apps
}

fn app(node: &Node, source: &Source<'_>, path: &str, report: &mut Report) -> Option<AppSignIn> {
    let text = |name: &str| node.get(name).and_then(Node::text).map(str::to_owned);
    let name = text("name")?;
    let scheme = Scheme::of(&text("scheme")?)?;
    let written = text("base_url").unwrap_or_else(|| scheme.base.to_owned());
    let Some(base) = outside::secure(&written) else {
        let span = node.get("base_url").map(|node| node.span).unwrap_or_default();
        report
            .error("bad_value", span, "this is no address of a vendor: an `https` URL without a query")
            .at(format!("{path}.base_url"))
            .hint(format!("leave it out, or write for example `{}`; `http` is for this machine alone", scheme.base));
        return None;
    };
    let client_secret = secret_setting(node.get("client_secret")?, source, &format!("{path}.client_secret"), report)?;
    Some(AppSignIn {
        title: text("title").unwrap_or_else(|| name.clone()),
        name,
        scheme,
        client_id: text("client_id")?,
        client_secret,
        egress: outside::egress(node, &base, base.host_str().unwrap_or_default(), path, report),
        base,
    })
}
