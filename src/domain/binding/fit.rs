//! Whether a connection fits its connector: settings as declared, no secrets in text, its own addresses allowed.

use super::connection::Connection;
use super::setting::Setting;
use crate::domain::connector::egress::{Egress, EgressPolicy};
use crate::domain::connector::kind::usual_port;
use crate::domain::diagnostic::{Hint, Report, Span, did_you_mean};
use crate::domain::text::tree::Node;
use crate::domain::value::{ObjectType, Type, Value};
use std::sync::Arc;
use url::Url;

impl Connection {
    /// Checks the settings against what the connector declares; `node` is the file's tree.
    pub fn fit(&self, node: &Node, declared: &ObjectType, report: &mut Report) {
        let written = node.get("settings").map(Node::entries).unwrap_or_default();
        for (key, value) in written {
            let path = format!("settings.{}", key.text);
            match (declared.fields.get(key.text.as_str()), self.settings.get(key.text.as_str())) {
                (None, _) => {
                    let near = did_you_mean(&key.text, declared.fields.keys().map(AsRef::as_ref));
                    let message = format!("`{}` is no setting of the connector `{}`", key.text, self.connector);
                    report.error("unknown_setting", key.span, message).at(path).hint = near.map(Hint::meant);
                }
                (Some(field), Some(Setting::Literal(json))) => check_literal(&field.of, json, value.span, &path, report),
                _ => {}
            }
        }
        let is_written = |name: &str| written.iter().any(|(key, _)| key.text == name);
        let place = node.get("settings").map_or(node.span, |settings| settings.span);
        for (name, _) in declared.fields.iter().filter(|(name, field)| field.required && !is_written(name)) {
            let message = format!("the setting `{name}` of the connector `{}` is missing", self.connector);
            report.error("missing_setting", Span { length: 1, ..place }, message).at("settings");
        }
        self.check_egress(node, declared, report);
    }

    /// Every literal address among the settings must be one that the connection may reach.
    fn check_egress(&self, node: &Node, declared: &ObjectType, report: &mut Report) {
        let egress = Egress { rules: self.egress.clone(), allow_http: true };
        // Whether this process lets connections reach itself is for the process to say, not for the project.
        let policy = EgressPolicy { allow_loopback: true, own: Vec::new() };
        for (name, url) in self.own_urls(declared) {
            let host = url.host_str().unwrap_or_default();
            let allowed = match (url.scheme(), url.port().or_else(|| usual_port(url.scheme()))) {
                ("http" | "https", _) => egress.check_url(&url, &policy),
                (_, Some(port)) => egress.check_host(host, port, &policy),
                // A file of this machine: the process says which it may be.
                (_, None) => continue,
            };
            let Err(refusal) = allowed else { continue };
            let span = node.get("settings").and_then(|settings| settings.get(&name)).map_or(node.span, |value| value.span);
            let hint = format!("allow it: `egress: {{allow: [{host}]}}`");
            let message = format!("the connection may not call this address: {refusal}");
            report.error("egress_missing", span, message).hint(hint).at(format!("settings.{name}"));
        }
    }

    /// The settings that are addresses, by their schemes.
    fn own_urls(&self, declared: &ObjectType) -> Vec<(Arc<str>, Url)> {
        let url = |name: &Arc<str>| match self.settings.get(name) {
            Some(Setting::Literal(serde_json::Value::String(text))) if text.contains("://") => {
                Some((name.clone(), Url::parse(text.as_str()).ok().filter(|url| usual_port(url.scheme()).is_some())?))
            }
            _ => None,
        };
        declared.fields.keys().filter_map(url).collect()
    }
}

fn check_literal(of: &Type, json: &serde_json::Value, span: Span, path: &str, report: &mut Report) {
    if matches!(of, Type::Secret) {
        let hint = "write `{secret: env/NAME}` or `{secret: file/PATH}`";
        report.error("secret_in_text", span, "this setting is a secret and stands in plain text").hint(hint).at(path);
    } else if let Err(problem) = of.read(&Value::from_json(json)) {
        let message = format!("{} is declared, but this is {}", problem.wanted, problem.found);
        report.error("bad_value", span, message).at(path);
    }
}
