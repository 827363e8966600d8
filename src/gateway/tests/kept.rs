//! Secrets that the hub keeps: read when a connection is made ready, and read anew once it is told that they changed.

use super::support::*;
use crate::domain::binding::Connection;
use crate::domain::connector::{Class, Target};
use crate::domain::diagnostic::Report;
use crate::domain::ids::TenantId;
use crate::domain::text::tree::parse;
use crate::gateway::{Gateway, Vault};
use crate::runtime::secret::Error;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use secrecy::SecretString;
use serde_json::{Value as Json, json};
use std::sync::{Arc, Mutex};

const OPERATIONS: &str = "
auth:
  kind: token_request
  request: {method: POST, path: /token, json: {key: {value: settings.key}}}
  token: {from: $.access_token}
  expires_in: {from: $.expires_in}
  apply: {header: Authorization, text: \"Bearer {{token}}\"}
operations:
  look: {effect: read, input: {}, request: {method: GET, path: /x}, output: {n: {type: int, from: $.n}}}
";

/// One secret, `erp_key` of the default tenant, that a test may change.
struct Kept(Arc<Mutex<Option<String>>>);

impl Vault for Kept {
    fn open(&self, tenant: TenantId, name: &str) -> Result<SecretString, Error> {
        let value = self.0.lock().unwrap().clone().filter(|_| tenant == TenantId::DEFAULT && name == "erp_key");
        value.map(SecretString::from).ok_or_else(|| Error::Unset(name.to_owned()))
    }
}

/// Keys that log-ins came with.
type Came = Arc<Mutex<Vec<String>>>;

async fn log_in(State(came): State<Came>, axum::Json(body): axum::Json<Json>) -> axum::Json<Json> {
    came.lock().unwrap().push(body["key"].as_str().unwrap_or_default().to_owned());
    axum::Json(json!({"access_token": "t", "expires_in": 7200}))
}

#[tokio::test]
async fn a_new_value_is_used_once_the_gateway_is_told() {
    let came = Came::default();
    let router = Router::new().route("/token", post(log_in)).route("/x", get(|| async { axum::Json(json!({"n": 1})) }));
    let address = partner(router.with_state(came.clone())).await;
    let text = format!(
        "format: 1\nconnection: c\nconnector: p\nsettings: {{base_url: \"http://{address}\", key: {{secret: store/erp_key}}}}\n\
         egress: {{allow: [127.0.0.1/32]}}\n"
    );
    let mut report = Report::new("connection.yaml");
    let connection = Arc::new(Connection::read(&parse(&text, &mut report).unwrap(), &mut report).unwrap());
    assert!(!report.has_errors());
    let connector = connector(&format!("{PLAIN}{OPERATIONS}"));
    let target = Target::new(connection, connector, "look").unwrap();

    let value = Arc::new(Mutex::new(None));
    let gateway: Gateway = gateway().reading(Arc::new(Kept(value.clone())));
    let missing = gateway.perform(&target, call("{}")).await;
    assert_ne!(missing.class, Class::Ok);
    assert!(came.lock().unwrap().is_empty(), "nobody is called without it");

    let looks = async || gateway.perform(&target, call("{}")).await;
    *value.lock().unwrap() = Some("canary-value-one".to_owned());
    assert_eq!(looks().await.class, Class::Ok, "what could not be read is read again");
    *value.lock().unwrap() = Some("canary-value-two".to_owned());
    looks().await;
    gateway.forget_secret(TenantId(7), "erp_key");
    gateway.forget_secret(TenantId::DEFAULT, "erp_key_2");
    looks().await;
    assert_eq!(*came.lock().unwrap(), ["canary-value-one"], "neither time nor other secrets make it log in anew");
    gateway.forget_secret(TenantId::DEFAULT, "erp_key");
    let performed = looks().await;
    assert_eq!((performed.class, came.lock().unwrap().len()), (Class::Ok, 2));
    assert_eq!(came.lock().unwrap()[1], "canary-value-two");
    assert!(!format!("{performed:?}").contains("canary-value"), "values are not recorded");
    // Taken away, it opens nothing any more.
    *value.lock().unwrap() = None;
    gateway.forget_secret(TenantId::DEFAULT, "erp_key");
    assert_ne!(looks().await.class, Class::Ok);
}
