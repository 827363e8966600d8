//! Every operation of the API, walked from its own description: who may, who may not, and that nothing is left out.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;
use waybill::domain::permission::Permission;

use crate::support::{Door, door, json, token};

/// What needs no token, each with its reason: probes, the description itself, and what proves itself: webhooks by their
/// signature, the way back from a consent or a provider by the state that was given out, whoever signs in by a password or a link,
/// and a decision by a link of a notice, which is signed.
pub const PUBLIC: [&str; 16] = [
    "GET /health",
    "GET /ready",
    "GET /openapi.json",
    "GET /hooks/{hook}",
    "POST /hooks/{hook}",
    "GET /consent/callback",
    "GET /api/v1/sign-in",
    "POST /api/v1/sign-in",
    "POST /api/v1/sign-in/providers/{provider}",
    "GET /api/v1/sign-in/providers/{provider}/callback",
    "POST /api/v1/sign-in/apps/{app}",
    "POST /api/v1/sign-in/link",
    "POST /api/v1/sign-in/link/look",
    "POST /api/v1/sign-out",
    "GET /decide/{link}",
    "POST /decide/{link}",
];

pub struct Operation {
    pub name: String,
    pub method: Method,
    pub path: String,
    pub needs: Vec<Permission>,
}

pub fn operations() -> Vec<Operation> {
    let description: Value = serde_json::from_str(&waybill::api::openapi::text()).unwrap();
    let mut found = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let word = |scope: &Value| Permission::ALL.into_iter().find(|known| Some(known.word()) == scope.as_str()).unwrap();
            let scopes = operation["security"].as_array().unwrap().iter().filter_map(|one| one.get("token"));
            let mut needs: Vec<Permission> = scopes.flat_map(|scopes| scopes.as_array().unwrap().iter().map(word)).collect();
            needs.sort_by_key(|needed| Permission::ALL.iter().position(|known| known == needed));
            let id = uuid::Uuid::nil().to_string();
            let filled = path
                .replace("{id}", &id)
                .replace("{number}", "1")
                .replace("{hook}", "h1")
                .replace("{kind}", "flow")
                .replace("{name}", "oa_main")
                .replace("{identity}", &id)
                .replace("{file}", &id)
                .replace("{provider}", "nobody")
                .replace("{app}", "nobody")
                .replace("{link}", "made.up")
                .replace("{stream}", "orders")
                .replace("{form}", "f1")
                .replace("{flow}", "f1");
            found.push(Operation { name: format!("{method} {path}"), method, path: filled, needs });
        }
    }
    found
}

/// Every file of the API, as far as it is code.
fn sources(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => sources(&path, found),
            false if path.extension().is_some_and(|extension| extension == "rs") => found.push(path),
            false => {}
        }
    }
}

/// The routes of the router's text: a path, and a handler for each method.
fn routed(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for rest in text.split(".route(").skip(1) {
        let path = rest.split('"').nth(1).unwrap();
        let handlers = rest.split_once(',').unwrap().1;
        for method in ["get", "post", "put", "delete", "patch", "head", "options", "any"] {
            let (alone, chained) = (format!(" {method}("), format!(").{method}("));
            if handlers.lines().next().unwrap().contains(&alone) || handlers.lines().next().unwrap().contains(&chained) {
                found.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    found
}

#[test]
fn every_route_is_described_and_every_description_is_a_route() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("src/api/router.rs")).unwrap();
    let routes = routed(&text);
    assert_eq!(text.matches(".route(").count(), routes.iter().map(|route| route.split_once(' ').unwrap().1).collect::<BTreeSet<_>>().len());
    let described: BTreeSet<String> = operations().into_iter().map(|operation| operation.name).collect();
    let difference: Vec<&String> = routes.symmetric_difference(&described).collect();
    assert!(difference.is_empty(), "in one of the two alone: {difference:?}");
    // The walks see what is in that list; there is no other way in.
    for way in [".nest(", ".nest_service(", ".route_service("] {
        assert!(!text.contains(way), "`{way}` brings routes that nobody walks");
    }
    let mut files = Vec::new();
    sources(&root.join("src/api"), &mut files);
    let others: Vec<_> = files
        .into_iter()
        .filter(|file| !file.ends_with("api/router.rs") && std::fs::read_to_string(file).unwrap().contains(".route(\"/"))
        .collect();
    assert_eq!(others, Vec::<std::path::PathBuf>::new(), "routes of the hub stand in one list");
}

async fn status(door: &Door, operation: &Operation, permissions: Option<&[Permission]>) -> u16 {
    let mut request = door.client.request(operation.method.clone(), format!("{}{}", door.base, operation.path));
    if let Some(permissions) = permissions {
        request = request.bearer_auth(token(permissions));
    }
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn each_operation_refuses_strangers_and_those_who_lack_its_permission() {
    let door = door().await;
    let operations = operations();
    assert!(operations.len() >= 90, "the description lists {} operations", operations.len());
    for operation in &operations {
        let name = &operation.name;
        if PUBLIC.contains(&name.as_str()) {
            assert!(operation.needs.is_empty(), "{name}");
            let answer = status(&door, operation, None).await;
            // A way back that belongs to no question is refused, which is all that a stranger learns; so is an empty form.
            let wanted = match name.as_str() {
                "GET /consent/callback" => answer == 400,
                provider if provider.contains("{provider}") || provider.contains("{link}") => answer == 404,
                form if form.starts_with("POST /api/v1/sign-in") => answer == 422,
                _ => answer < 400,
            };
            assert!(wanted, "{name}: {answer}");
            continue;
        }
        assert!(!operation.needs.is_empty(), "{name} says no permission");
        assert_eq!(status(&door, operation, None).await, 401, "{name}");
        for needed in &operation.needs {
            let others: Vec<_> = Permission::ALL.into_iter().filter(|permission| permission != needed).collect();
            assert_eq!(status(&door, operation, Some(&others)).await, 403, "{name} without {}", needed.word());
        }
        let enough = status(&door, operation, Some(&operation.needs)).await;
        assert!([200, 201, 204, 400, 404, 422, 428].contains(&enough), "{name} with {:?}: {enough}", operation.needs);
    }
}

#[tokio::test]
async fn a_token_counts_only_as_one_bearer_token() {
    let door = door().await;
    let good = token(&Permission::ALL);
    let path = format!("{}/api/v1/documents", door.base);
    for header in [format!("Basic {good}"), good.clone(), format!("Bearer {good}x"), "Bearer ".to_owned(), "Bearer".to_owned()] {
        let answer = door.client.get(&path).header("authorization", &header).send().await.unwrap();
        assert_eq!(answer.headers()["www-authenticate"], "Bearer");
        let (status, body) = json(answer).await;
        assert_eq!((status, body["code"].as_str()), (401, Some("unauthenticated")), "{header}");
    }
    let twice = door.client.get(&path).header("authorization", format!("Bearer {good}")).header("authorization", "Bearer x");
    assert_eq!(twice.send().await.unwrap().status(), 401);
    let in_query = door.client.get(format!("{path}?access_token=x")).send().await.unwrap();
    assert_eq!(in_query.status(), 401);
    let lower_case = door.client.get(&path).header("authorization", format!("bearer {good}"));
    assert_eq!(lower_case.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_served_description_is_the_committed_one() {
    let door = door().await;
    let served = door.client.get(format!("{}/openapi.json", door.base)).send().await.unwrap().text().await.unwrap();
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/api/openapi.json")).unwrap();
    assert_eq!(served, committed, "run `UPDATE=1 cargo test --test generated`");
}

#[tokio::test]
async fn readiness_and_metrics_tell_the_process() {
    let door = door().await;
    let (status, body) = door.get("/ready").await;
    assert_eq!((status, &body["parts"]["store"]), (200, &Value::from("ready")));
    door.lifecycle.readiness().waits("store", "it does not answer");
    let (status, body) = door.get("/ready").await;
    assert_eq!((status, &body["parts"]["store"]), (503, &Value::from("it does not answer")));
    assert_eq!(door.get("/health").await.0, 200);
    let metrics = door.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("waybill_http_requests_total{route=\"/ready\",method=\"GET\",status=\"503\"}"), "{metrics}");
    assert!(!metrics.contains("token that may"), "{metrics}");
}
