//! Identity providers at which people sign in: `server.identity_providers`.

use std::collections::BTreeMap;

use secrecy::SecretString;
use url::Url;

use super::server::secret_setting;
use super::{Source, outside};
use crate::domain::access::grant::{Grant, Scope};
use crate::domain::access::oidc::{Admit, Rules};
use crate::domain::access::role::Roles;
use crate::domain::binding::EgressRule;
use crate::domain::diagnostic::{Hint, Report, did_you_mean};
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::{Node, NodeKind};

/// One entry.
pub static SHAPE: ObjectShape = ObjectShape {
    name: "identity_provider",
    doc: "One OpenID Connect provider at which people sign in.",
    fields: &[
        Field::required("name", Shape::Id, "Its name in addresses, sessions and the audit; the redirect address at the provider holds it."),
        Field::optional("title", Shape::Text, "What people read on its button; left out: the name."),
        Field::required("issuer", Shape::Text, "Its issuer, letter by letter as it says of itself."),
        Field::required("client_id", Shape::Text, "The hub, as the provider knows it."),
        Field::optional("client_secret", Shape::Setting, "`{secret: env/NAME}` or `{secret: file/PATH}`; left out for a public client."),
        Field::optional("scopes", Shape::List(&Shape::Text), "What is asked for; left out: `openid`, `profile`, `email`."),
        Field::optional("name_claim", Shape::Text, "The claim that the name is taken from; left out: `preferred_username`."),
        Field::optional("person_claim", Shape::Text, "The claim with the person's id in the directory; left out: set by hand."),
        Field::optional("groups_claim", Shape::Text, "The claim with the groups, by its name or a path such as `realm_access.roles`."),
        Field::optional(
            "roles",
            Shape::Map(&Shape::OneOrMany(&Shape::Text)),
            "Roles that a group gives, each `ROLE` or `ROLE@SCOPE`; given and taken away at each sign-in.",
        ),
        Field::optional(
            "admit",
            Shape::Word(&Admit::WORDS),
            "Who may come in without an account: `nobody`, `mapped` (a group gives a role; the default), `everybody`.",
        ),
        Field::optional("egress", Shape::List(&Shape::Text), "Hosts and networks it may be reached at; left out: the issuer's host."),
        Field::optional("ca_file", Shape::Text, "Trust this authority too: a provider with a certificate of your own."),
    ],
};

/// One provider.
#[derive(Clone, Debug)]
pub struct IdentityProvider {
    /// Its name.
    pub name: String,
    /// What people read.
    pub title: String,
    /// Its issuer.
    pub issuer: Url,
    /// The issuer, letter by letter.
    pub issuer_text: String,
    /// The hub, as the provider knows it.
    pub client_id: String,
    /// What proves it.
    pub client_secret: Option<SecretString>,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// How what it says is read.
    pub rules: Rules,
    /// Where it may be reached.
    pub egress: Vec<EgressRule>,
    /// A further authority, as PEM.
    pub ca: Option<String>,
}

pub(super) fn read(source: &Source<'_>, has_public_url: bool, known: &Roles, report: &mut Report) -> Vec<IdentityProvider> {
    let nodes = source.get("identity_providers").map(Node::items).unwrap_or_default();
    let mut providers: Vec<IdentityProvider> = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let path = format!("server.identity_providers[{index}]");
        let Some(provider) = provider(node, source, &path, known, report) else { continue };
        if providers.iter().any(|other| other.name == provider.name) {
            report.error("duplicate_definition", node.span, format!("two identity providers are named `{}`", provider.name)).at(&path);
        }
        providers.push(provider);
    }
    if let Some(first) = nodes.first().filter(|_| !has_public_url) {
        report
            .error("missing_key", first.span, "providers send people back to the hub, and `server.public_url` is not set")
            .at("server.public_url")
            .hint("write the address at which browsers reach this hub");
    }
    providers
}

fn provider(node: &Node, source: &Source<'_>, path: &str, known: &Roles, report: &mut Report) -> Option<IdentityProvider> {
    let text = |name: &str| node.get(name).and_then(Node::text).map(str::to_owned);
    let name = text("name")?;
    let issuer_text = text("issuer")?;
    let issuer = issuer(node, &issuer_text, path, report)?;
    let secret = node.get("client_secret");
    let client_secret = match secret {
        Some(secret) => Some(secret_setting(secret, source, &format!("{path}.client_secret"), report)?),
        None => None,
    };
    let mut scopes: Vec<String> = node.get("scopes").map(texts).unwrap_or_else(|| ["openid", "profile", "email"].map(str::to_owned).into());
    if !scopes.iter().any(|scope| scope == "openid") {
        // Without it the provider speaks OAuth alone and says nothing of who it is.
        scopes.insert(0, "openid".to_owned());
    }
    let rules = Rules {
        name_claim: text("name_claim").unwrap_or_else(|| "preferred_username".to_owned()),
        person_claim: text("person_claim"),
        groups_claim: text("groups_claim"),
        roles: roles(node, path, known, report),
        admit: text("admit").and_then(|word| Admit::of(&word)).unwrap_or_default(),
    };
    if let Some(roles) = node.get("roles").filter(|_| rules.groups_claim.is_none()) {
        report
            .error("missing_key", roles.span, "groups give roles, and no claim says which groups somebody has")
            .at(format!("{path}.groups_claim"))
            .hint("write `groups_claim: groups`, or as the provider calls it");
    }
    Some(IdentityProvider {
        title: text("title").unwrap_or_else(|| name.clone()),
        name,
        egress: outside::egress(node, &issuer, "*.example.com:443", path, report),
        ca: authority(node, source, path, report),
        issuer,
        issuer_text,
        client_id: text("client_id")?,
        client_secret,
        scopes,
        rules,
    })
}

/// Over TLS, or on this machine itself.
fn issuer(node: &Node, text: &str, path: &str, report: &mut Report) -> Option<Url> {
    let url = outside::secure(text);
    if url.is_none() {
        let span = node.get("issuer").map(|node| node.span).unwrap_or_default();
        report
            .error("bad_value", span, "this is no issuer: an `https` URL without a query")
            .at(format!("{path}.issuer"))
            .hint("write what the provider's discovery document says as `issuer`; `http` is for this machine alone");
    }
    url
}

fn roles(node: &Node, path: &str, known: &Roles, report: &mut Report) -> BTreeMap<String, Vec<Grant>> {
    let Some(NodeKind::Map(groups)) = node.get("roles").map(|node| &node.kind) else { return BTreeMap::new() };
    let mut roles = BTreeMap::new();
    for (group, given) in groups {
        let nodes: Vec<&Node> = if given.text().is_some() { vec![given] } else { given.items().iter().collect() };
        let grants = nodes.into_iter().filter_map(|node| grant(node, &format!("{path}.roles.{}", group.text), known, report)).collect();
        roles.insert(group.text.clone(), grants);
    }
    roles
}

fn grant(node: &Node, path: &str, known: &Roles, report: &mut Report) -> Option<Grant> {
    let text = node.text()?;
    let (role, scope) = text.split_once('@').unwrap_or((text, "tenant"));
    let scope: Scope = match scope.parse() {
        Ok(scope) => scope,
        Err(error) => {
            report.error("bad_value", node.span, format!("{error}")).at(path);
            return None;
        }
    };
    if known.permissions(role).is_none() {
        let finding = report.error("bad_word", node.span, format!("`{role}` is no role")).at(path);
        if let Some(near) = did_you_mean(role, known.all().map(|(word, _)| word)) {
            finding.hint(Hint::meant(near));
        }
        return None;
    }
    Some(Grant { role: role.to_owned(), scope, by: None })
}

fn authority(node: &Node, source: &Source<'_>, path: &str, report: &mut Report) -> Option<String> {
    let file = node.get("ca_file")?;
    let read = std::fs::read_to_string(source.base.join(file.text()?));
    read.map_err(|error| {
        report.error("unknown_file", file.span, format!("the authority cannot be read: {error}")).at(format!("{path}.ca_file"));
    })
    .ok()
}

fn texts(list: &Node) -> Vec<String> {
    list.items().iter().filter_map(Node::text).map(str::to_owned).collect()
}
